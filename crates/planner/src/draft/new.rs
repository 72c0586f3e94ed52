//! What is declared and not there.

use statewright_spec::{Address, Declared, Resource};

use super::{Draft, script};
use crate::{
    Action, Operation, Present,
    compare::View,
    kind::{function, job, log_group, policy, role, state_machine},
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
    let view = View::of(declared, &survey.desired.secrets);
    let mut draft = Draft::making(address, Action::Create, &view, &declared.resource);
    match leaving {
        None => "it does not exist".clone_into(&mut draft.why),
        Some(present) => {
            "the one of that name is being deleted".clone_into(&mut draft.why);
            draft.operations.push(state_machine::gone(&present.arn));
            draft.risk.push("nothing of that name can be started until the old one is gone".to_owned());
        }
    }
    draft.operations.extend(operations(survey, address, declared, notes));
    draft
}

/// The calls that make a resource, its script uploaded before.
pub(super) fn operations(
    survey: &Survey<'_>,
    address: &Address,
    declared: &Declared,
    notes: &mut Notes,
) -> Vec<Operation> {
    let (name, owner) = (address.name.as_str(), &survey.desired.owner);
    match &declared.resource {
        Resource::Policy(policy) => policy::create(name, policy, owner),
        Resource::Role(role) => role::create(name, role, owner),
        Resource::LogGroup(group) => log_group::create(name, group, owner),
        Resource::Function(function) => function::create(name, &declared.arn, function, owner),
        Resource::Job(job) => job::create(name, job, &script::of_new(survey, address, job, notes), owner),
        Resource::StateMachine(machine) => state_machine::create(name, machine, owner),
    }
}
