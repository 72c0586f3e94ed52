//! What this apply wrote outranks what IAM shows, as long as IAM may show what was before.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use statewright_spec::{Address, Arn, Identity, Kind, kind::role::Role};

use super::Written;
use crate::{
    Answer, Operation, Question,
    operation::{policy::PolicyOperation, role::RoleOperation},
};

/// The answers as they are once IAM shows all that was written, in the order in which it was.
pub(super) fn overlaid(
    identity: &Identity,
    answers: &BTreeMap<Question, Answer>,
    written: &[Written],
) -> BTreeMap<Question, Answer> {
    let mut answers = answers.clone();
    for Written { operation, .. } in written.iter().filter(|written| !written.is_shown) {
        match operation {
            Operation::Role(operation) => role(&mut answers, operation),
            Operation::Policy(operation) => policy(identity, &mut answers, operation),
            Operation::LogGroup(_)
            | Operation::Function(_)
            | Operation::Job(_)
            | Operation::StateMachine(_)
            | Operation::Wait(_) => {}
        }
    }
    answers
}

/// How many seconds ago this apply last wrote to a role or to a policy; `None` where it did not.
pub(super) fn last(identity: &Identity, written: &[Written], arn: &Arn) -> Option<u64> {
    let touches = |operation: &Operation| match operation {
        Operation::Role(operation) => arn.resource().starts_with("role/") && operation.name() == arn.name(),
        Operation::Policy(PolicyOperation::Create { name, policy, .. }) => {
            identity.arn(&Address::new(Kind::Policy, name.as_str()), &policy.path) == *arn
        }
        Operation::Policy(
            PolicyOperation::CreateVersion { arn: other, .. }
            | PolicyOperation::DeleteVersion { arn: other, .. }
            | PolicyOperation::Tag { arn: other, .. }
            | PolicyOperation::Untag { arn: other, .. }
            | PolicyOperation::Delete { arn: other },
        ) => other == arn,
        Operation::LogGroup(_)
        | Operation::Function(_)
        | Operation::Job(_)
        | Operation::StateMachine(_)
        | Operation::Wait(_) => false,
    };
    written.iter().filter(|w| touches(&w.operation)).map(|w| w.seconds).min()
}

fn role(answers: &mut BTreeMap<Question, Answer>, operation: &RoleOperation) {
    // A role that IAM would not show, and that we made, is known from what we wrote.
    if let RoleOperation::Create { name, role, .. } = operation {
        for (question, answer) in answers.iter_mut() {
            match question {
                Question::RoleGrants(arn) if arn.name() == name && !matches!(answer, Answer::RoleGrants(Some(_))) => {
                    let (attachments, inline) = (BTreeSet::new(), BTreeMap::new());
                    let bare = Role { attachments, inline, ..(**role).clone() };
                    *answer = Answer::RoleGrants(Some(Box::new(bare)));
                }
                Question::RoleAge(arn) if arn.name() == name => *answer = Answer::RoleAge(Some(Duration::ZERO)),
                _ => {}
            }
        }
    }
    for (question, answer) in answers.iter_mut() {
        let (Question::RoleGrants(arn), Answer::RoleGrants(shown)) = (question, answer) else { continue };
        let Some(role) = shown.as_mut().filter(|_| arn.name() == operation.name()) else { continue };
        match operation {
            RoleOperation::Create { role: made, .. } => {
                role.trust.clone_from(&made.trust);
                role.permissions_boundary.clone_from(&made.permissions_boundary);
            }
            RoleOperation::UpdateTrust { document, .. } => role.trust.clone_from(document),
            RoleOperation::PutBoundary { boundary, .. } => role.permissions_boundary = Some(boundary.clone()),
            RoleOperation::DeleteBoundary { .. } => role.permissions_boundary = None,
            RoleOperation::Attach { policy, .. } => drop(role.attachments.insert(policy.clone())),
            RoleOperation::Detach { policy, .. } => drop(role.attachments.remove(policy)),
            RoleOperation::PutInline { policy, document, .. } => {
                role.inline.insert(policy.clone(), document.clone());
            }
            RoleOperation::DeleteInline { policy, .. } => drop(role.inline.remove(policy)),
            RoleOperation::Delete { .. } => *shown = None,
            RoleOperation::UpdateSettings { .. } | RoleOperation::Tag { .. } | RoleOperation::Untag { .. } => {}
        }
    }
}

fn policy(identity: &Identity, answers: &mut BTreeMap<Question, Answer>, operation: &PolicyOperation) {
    let (arn, document) = match operation {
        PolicyOperation::Create { name, policy, .. } => {
            let address = Address::new(Kind::Policy, name.as_str());
            (identity.arn(&address, &policy.path), Some(policy.document.clone()))
        }
        PolicyOperation::CreateVersion { arn, document } => (arn.clone(), Some(document.clone())),
        PolicyOperation::Delete { arn } => (arn.clone(), None),
        PolicyOperation::DeleteVersion { .. } | PolicyOperation::Tag { .. } | PolicyOperation::Untag { .. } => return,
    };
    // Only what was asked for: an answer to no question would look like one.
    if let Some(answer) = answers.get_mut(&Question::PolicyDocument(arn)) {
        *answer = Answer::PolicyDocument(document);
    }
}
