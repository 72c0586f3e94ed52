//! What is declared, there and ours, and differs in what AWS cannot change: deleted and made anew in one step.

use statewright_source::Diagnostic;
use statewright_spec::{Address, Custody, Declared, Resource};

use super::{Draft, leaving, new};
use crate::{
    Action, Believed, Operation, Present, codes,
    compare::View,
    custody::{self, Retag},
    kind::{self, log_group, policy, role, state_machine},
    notes::Notes,
    survey::Survey,
};

pub(super) fn draft(
    survey: &Survey<'_>,
    address: &Address,
    declared: &Declared,
    present: &Present,
    fields: &[&'static str],
    notes: &mut Notes,
) -> Draft {
    let view = View::of(declared, &survey.desired.secrets);
    let mut draft = Draft::making(survey, address, Action::Replace, declared);
    let retag = Retag::of(present, &declared.custody, &survey.desired.owner, survey.adopts(address, present));
    draft.changes = retag.changes;
    draft.changes.extend(view.changes(&kind::between(&present.resource, &declared.resource)));
    draft.why = format!("AWS cannot change the {} of a {}", fields.join(" and "), address.kind.noun());
    if survey.adopts(address, present) {
        // First it is ours: what is not is never deleted.
        draft.operations.push(kind::tag(
            address,
            &present.arn,
            custody::ours(&survey.desired.owner, &Custody::default()),
        ));
        "adopt and replace".clone_into(&mut draft.title);
    }
    draft.before = Some(Box::new(Believed::read(present)));
    let mut holders: Vec<Operation> = Vec::new();
    match &present.resource {
        Resource::Policy(_) => {
            leaving::attached_elsewhere(survey, address, present, notes);
            boundary(survey, address, present, notes);
            let hung = survey.holders(&present.arn);
            let names = hung.iter().map(|(role, _)| role.to_string()).collect::<Vec<_>>().join(", ");
            if !hung.is_empty() {
                draft.risk.push(format!("its grants are missing on {names} from the detach to the attach"));
            }
            for (role, _) in hung {
                draft.operations.push(Operation::Role(role::detach(&role.name, &present.arn)));
                if survey.hangs_again(role, &declared.arn) {
                    holders.push(Operation::Role(role::attach(&role.name, &declared.arn)));
                }
            }
            if let Some(versions) = leaving::versions(survey, address, present, notes) {
                draft.operations.extend(policy::delete(&present.arn, &versions));
            }
        }
        Resource::Role(before) => {
            leaving::instance_profiles(survey, address, notes);
            draft.operations.extend(role::delete(&address.name, &survey.rehung(address, before)));
            draft.risk.push("what runs with the role fails from its delete until it is made anew and seen".to_owned());
        }
        Resource::LogGroup(group) => {
            leaving::protected(survey, address, group, notes);
            draft.operations.extend(log_group::delete(&address.name));
            draft.risk.push("all of its events are lost, and those in between".to_owned());
        }
        Resource::StateMachine(machine) => {
            let executions = leaving::executions(survey, address, present, machine, notes);
            draft.operations.extend(state_machine::delete(&present.arn, machine, executions.choice));
            let risk = "no execution can be started from the delete to the create, and its history, versions and aliases are lost";
            draft.risk.push(format!("{risk}{}", executions.fate()));
        }
        // Neither has a field that cannot change.
        Resource::Function(_) | Resource::Job(_) => return draft,
    }
    draft.operations.extend(new::operations(survey, address, declared, notes));
    draft.operations.extend(holders);
    draft
}

/// A boundary cannot be taken off a role for the time of a replace: the role would have more rights than it may.
fn boundary(survey: &Survey<'_>, address: &Address, present: &Present, notes: &mut Notes) {
    let bound: Vec<String> = survey.bound_by(&present.arn).into_iter().map(ToString::to_string).collect();
    if !bound.is_empty() {
        let title = format!("{address} cannot be replaced: it is the permissions boundary of {}", bound.join(", "));
        let error = survey.place(address).on(Diagnostic::error(codes::IS_BOUNDARY, title), "", "declared here");
        notes.find(
            address,
            error.help("declare the boundary under another name, move the roles to it, then drop this one"),
        );
    }
}
