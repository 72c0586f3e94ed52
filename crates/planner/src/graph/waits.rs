//! The waits that the order asks for: what one share did is to be in force when the next relies on it.

use std::collections::{BTreeMap, BTreeSet};

use statewright_spec::{Address, Kind, Resource};

use super::Node;
use crate::{
    Action, Condition, Operation,
    draft::{Draft, Phase},
    kind::state_machine,
    operation::{
        function::FunctionOperation, job::JobOperation, policy::PolicyOperation, role::RoleOperation,
        state_machine::StateMachineOperation,
    },
    survey::Survey,
};

/// What works with a role changes only when the grants that it was given before are in force everywhere: what is started
/// with the new definition may need them at once. What is made anew has nobody yet who relies on it.
pub(super) fn before_changing(before: &BTreeMap<Node, BTreeSet<Node>>, drafts: &mut BTreeMap<Node, Draft>) {
    let giving: BTreeSet<Node> =
        drafts.iter().filter(|(_, draft)| draft.operations.iter().any(gives)).map(|(node, _)| node.clone()).collect();
    for (node, needs) in before {
        if node.0 != Phase::Grow || matches!(node.1.kind, Kind::Policy | Kind::Role | Kind::LogGroup) {
            continue;
        }
        let grown = |kind| needs.iter().filter(move |(phase, address)| *phase == Phase::Grow && address.kind == kind);
        // A role's own policies come before it.
        let hung = grown(Kind::Role).filter_map(|role| before.get(role)).flatten().filter(|n| n.1.kind == Kind::Policy);
        let given: BTreeSet<Address> = grown(Kind::Role)
            .chain(grown(Kind::Policy))
            .chain(hung)
            .filter(|node| giving.contains(node))
            .map(|(_, address)| address.clone())
            .collect();
        let Some(draft) = drafts.get_mut(node).filter(|_| !given.is_empty()) else { continue };
        if let Some(at) = draft.operations.iter().position(changes_what_runs) {
            draft.operations.insert(at, Operation::Wait(Condition::GrantsInForce { given }));
        }
    }
}

/// An update of a machine is seen some seconds later: where grants go after it, its step waits until it is.
pub(super) fn before_shrinking(
    survey: &Survey<'_>,
    before: &BTreeMap<Node, BTreeSet<Node>>,
    drafts: &mut BTreeMap<Node, Draft>,
) {
    let takes = |node: &&Node| {
        node.0 == Phase::Shrink || (node.0 == Phase::Delete && matches!(node.1.kind, Kind::Role | Kind::Policy))
    };
    let awaited: BTreeSet<&Node> = before.keys().filter(takes).flat_map(|node| &before[node]).collect();
    for node in
        awaited.into_iter().filter(|(phase, address)| *phase == Phase::Grow && address.kind == Kind::StateMachine)
    {
        let (Some(draft), Some(declared)) = (drafts.get_mut(node), survey.wanted(&node.1)) else { continue };
        if let (Action::Update | Action::Adopt, Resource::StateMachine(machine)) = (draft.action, &declared.resource)
            && draft
                .operations
                .iter()
                .any(|o| matches!(o, Operation::StateMachine(StateMachineOperation::Update { .. })))
        {
            draft.operations.push(state_machine::settled(&declared.arn, machine));
        }
    }
}

/// Whether a call gives a role something, or lets a service assume it.
const fn gives(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Policy(PolicyOperation::CreateVersion { .. })
            | Operation::Role(
                RoleOperation::Create { .. }
                    | RoleOperation::UpdateTrust { .. }
                    | RoleOperation::Attach { .. }
                    | RoleOperation::PutInline { .. }
                    | RoleOperation::PutBoundary { .. }
                    | RoleOperation::DeleteBoundary { .. }
            )
    )
}

/// Whether a call changes what a role is used for, of something that is there.
const fn changes_what_runs(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Function(FunctionOperation::UpdateCode { .. } | FunctionOperation::UpdateConfiguration { .. })
            | Operation::Job(JobOperation::Update { .. })
            | Operation::StateMachine(StateMachineOperation::Update { .. })
    )
}
