//! What is declared and not there.

use statewright_spec::{Address, Declared, Resource};

use super::{Draft, kept::listed, script};
use crate::{
    Action, Operation, Present, custody,
    kind::{self, function, job, log_group, policy, role, state_machine},
    notes::Notes,
    survey::Survey,
};

pub(super) fn draft(
    survey: &Survey<'_>,
    address: &Address,
    declared: &Declared,
    leaving: Option<&Present>,
    notes: &mut Notes,
) -> Draft {
    let mut draft = Draft::making(survey, address, Action::Create, declared);
    match leaving {
        None => {
            draft.why = match survey.former(address) {
                None => "it does not exist".to_owned(),
                Some((former, present)) => {
                    draft.title = format!("create, renamed from {}", former.name);
                    renamed(&former, &present.resource, &declared.resource)
                }
            };
        }
        Some(present) => {
            "the one of that name is being deleted".clone_into(&mut draft.why);
            draft.operations.push(state_machine::gone(&present.arn));
            draft.risk.push("nothing of that name can be started until the old one is gone".to_owned());
        }
    }
    draft.operations.extend(operations(survey, address, declared, notes));
    draft
}

/// What a new name is the name of.
fn renamed(former: &Address, before: &Resource, after: &Resource) -> String {
    let parts = kind::between(before, after).parts();
    let as_it_is = match parts.as_slice() {
        [] => "as it is".to_owned(),
        parts => format!("with another {}", listed(parts)),
    };
    format!("it is the new name of {former}, {as_it_is}")
}

/// The calls that make a resource, its script after it.
pub(super) fn operations(
    survey: &Survey<'_>,
    address: &Address,
    declared: &Declared,
    notes: &mut Notes,
) -> Vec<Operation> {
    let (name, owner) = (address.name.as_str(), &survey.desired.owner);
    let ours = &custody::ours(owner, &declared.custody);
    match &declared.resource {
        Resource::Policy(policy) => policy::create(name, policy, ours),
        Resource::Role(role) => role::create(name, role, ours),
        Resource::LogGroup(group) => log_group::create(name, group, ours),
        Resource::Function(function) => function::create(name, &declared.arn, function, ours),
        Resource::Job(job) => job::create(name, job, script::of_new(survey, address, job, notes), owner, ours),
        Resource::StateMachine(machine) => state_machine::create(name, machine, ours),
    }
}
