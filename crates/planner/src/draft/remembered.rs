//! Functions whose role is made anew: once it is there, nothing tells that they hold the one before it, so they are marked first.
//! Also where the function is to get another role or to go: the plan may be cut short before that, and the next one leave it as
//! it is.

use statewright_spec::{Address, Resource, Tags, kind::function::Function};

use super::{Draft, Phase};
use crate::{
    Action, Detail, Present,
    kind::function::{self, Standing},
    operation::function::MARK_ROLE,
    survey::{self, Survey},
};

/// The share that marks it, where it is not marked already.
pub(super) fn draft(survey: &Survey<'_>, address: &Address, present: &Present) -> Option<Draft> {
    let Resource::Function(before) = &present.resource else { return None };
    if !role_is_new(survey, before) || present.markers.contains_key(MARK_ROLE) {
        return None;
    }
    Some(Draft {
        address: address.clone(),
        phase: Phase::Prepare,
        action: Action::Update,
        title: "mark to be given its role anew".to_owned(),
        changes: Vec::new(),
        why: "its role is made anew, and its environment is encrypted for the one before".to_owned(),
        risk: Vec::new(),
        operations: function::remember(&address.name, &present.arn, &standing(present, false)?),
        before: None,
        read_back: None,
        ours: Tags::new(),
    })
}

/// Whether it is to be given its role anew.
pub(super) fn gives_role(survey: &Survey<'_>, present: &Present, before: &Function) -> bool {
    role_is_new(survey, before) || present.markers.contains_key(MARK_ROLE)
}

pub(super) fn standing(present: &Present, give_role: bool) -> Option<Standing<'_>> {
    match &present.detail {
        Detail::Function { state, update, .. } => Some(Standing { state, update, give_role }),
        _ => None,
    }
}

/// Whether this plan makes the role that it has anew.
fn role_is_new(survey: &Survey<'_>, function: &Function) -> bool {
    let role = survey.by_arn(&function.role).and_then(|role| survey.standing.get(role));
    matches!(role, Some(survey::Standing::New { .. } | survey::Standing::Replaced { .. }))
}
