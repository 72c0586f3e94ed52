//! What a plan gives and takes: in a plan's few lines, and for programs.

use std::{collections::BTreeSet, fmt::Write as _};

use schemars::JsonSchema;
use serde::Serialize;
use statewright_iam::access::{Access, AccessChange};
use statewright_planner::{AccessChanges, Action, Plan};
use statewright_spec::Address;

use super::permissions::Line;

/// What one role or policy allows after the plan and not before, and the other way round. What is not proved the same is
/// listed.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AccessDocument {
    /// `role.NAME` or `policy.NAME`
    address: String,
    /// What it allows after and not before.
    broadens: Vec<GrantDocument>,
    /// What it allows before and not after.
    narrows: Vec<GrantDocument>,
    /// What of it cannot be told: a document that IAM would refuse, or a policy that was not read.
    unknown: Vec<String>,
    /// Whether it may allow more than before: `guard: no-broadening` minds it.
    may_broaden: bool,
    /// For a policy: the roles of this plan that hold it, and say the same.
    through: Vec<String>,
}

/// Some actions on some resources.
#[derive(Serialize, JsonSchema)]
struct GrantDocument {
    by: ByWord,
    /// `Allow`, or `Deny` where a statement that forbids it goes (broadens) or comes (narrows).
    effect: &'static str,
    /// As they stand in the document.
    actions: Vec<String>,
    /// As they stand in the document; empty in a trust policy.
    resources: Vec<String>,
    /// Who, in a trust policy.
    principals: Vec<String>,
    /// Under which conditions, in words.
    conditions: Vec<String>,
    /// What the actions do: `List`, `Read`, `Write`, `Permissions management`, `Tagging`.
    levels: Vec<&'static str>,
    /// It is a way to more permissions.
    danger: bool,
}

/// What brings it about.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ByWord {
    /// The policies of a role, or the policy itself.
    Grants,
    /// The permissions boundary of a role.
    Boundary,
    /// The trust policy of a role.
    Trust,
}

/// Every role and policy whose access changes.
pub(crate) fn documents(plan: &Plan) -> Vec<AccessDocument> {
    plan.access.iter().map(|(address, changes)| document(address, changes)).collect()
}

fn parts(changes: &AccessChanges) -> [(ByWord, &AccessChange); 3] {
    [(ByWord::Grants, &changes.grants), (ByWord::Boundary, &changes.boundary), (ByWord::Trust, &changes.trust)]
}

fn document(address: &Address, changes: &AccessChanges) -> AccessDocument {
    let grants = |side: fn(&AccessChange) -> &Vec<Access>| {
        let all = parts(changes).into_iter().flat_map(|(by, part)| side(part).iter().map(move |access| (by, access)));
        all.map(|(by, access)| GrantDocument {
            by,
            effect: if access.by_deny { "Deny" } else { "Allow" },
            actions: access.actions.clone(),
            resources: access.resources.clone(),
            principals: access.principals.clone(),
            conditions: access.conditions.clone(),
            levels: access.levels.iter().map(|level| level.as_str()).collect(),
            danger: access.danger,
        })
        .collect()
    };
    AccessDocument {
        address: address.to_string(),
        broadens: grants(|part| &part.broadens),
        narrows: grants(|part| &part.narrows),
        unknown: unknown(changes).collect(),
        may_broaden: changes.broadens(),
        through: changes.through.iter().map(ToString::to_string).collect(),
    }
}

/// What cannot be told, in words.
fn unknown(changes: &AccessChanges) -> impl Iterator<Item = String> {
    let uncertain = parts(changes).into_iter().filter(|(_, part)| part.uncertain).map(|(by, _)| {
        let what = match by {
            ByWord::Grants => "what it grants",
            ByWord::Boundary => "what its boundary leaves",
            ByWord::Trust => "whom it trusts",
        };
        format!("{what}: the documents cannot be compared")
    });
    uncertain.chain(changes.unread.iter().map(|what| format!("what comes or goes with {what}")))
}

/// The lines of one role or policy.
pub(super) fn lines(plan: &Plan, address: &Address, changes: &AccessChanges) -> Vec<Line> {
    let steps: BTreeSet<Action> = plan.steps.iter().filter(|s| s.address == *address).map(|s| s.action).collect();
    // Whom a role trusts goes without saying where it comes or goes as a whole.
    let whole = steps.contains(&Action::Create) || steps.contains(&Action::Delete);
    let mut out = Vec::new();
    for (by, part) in parts(changes) {
        let told = |access: &&Access| !(matches!(by, ByWord::Trust) && whole && !access.danger);
        out.extend(part.broadens.iter().filter(told).map(|access| Line::Broadens(words(by, access, true))));
        out.extend(part.narrows.iter().filter(told).map(|access| Line::Narrows(words(by, access, false))));
    }
    out.extend(unknown(changes).map(Line::Unknown));
    out
}

/// `Allow glue:* on *  (Read, Write)`
fn words(by: ByWord, access: &Access, comes: bool) -> String {
    let mut out = String::new();
    out.push_str(match (by, access.by_deny, comes) {
        (ByWord::Boundary, false, true) => "Beyond the boundary that was: ",
        (ByWord::Boundary, false, false) => "Beyond the boundary that comes: ",
        (_, false, _) => "Allow ",
        (_, true, true) => "No longer Deny ",
        (_, true, false) => "Deny ",
    });
    out.push_str(&access.actions.join(", "));
    if !access.resources.is_empty() {
        out.push_str(" on ");
        out.push_str(&access.resources.join(", "));
    }
    if !access.principals.is_empty() {
        out.push_str(" by ");
        out.push_str(&access.principals.join(", "));
    }
    if !access.conditions.is_empty() {
        out.push_str(" if ");
        out.push_str(&access.conditions.join(" and "));
    }
    let levels: Vec<&str> = access.levels.iter().map(|level| level.as_str()).collect();
    if matches!(by, ByWord::Grants) && !levels.is_empty() {
        let _ = write!(out, "  ({})", levels.join(", "));
    }
    if access.danger {
        let why = if matches!(by, ByWord::Trust) { "anybody may assume the role" } else { "a way to more permissions" };
        let _ = write!(out, "  ! danger: {why}");
    }
    out
}
