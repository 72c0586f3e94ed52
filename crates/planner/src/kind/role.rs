//! Roles: what they grant comes before what needs it, and goes after what needed it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use statewright_iam::{equivalent, quota, size};
use statewright_spec::{Arn, Tags, kind::role::Role};

use super::{Part, Update, Use, count, owned};
use crate::{
    Operation,
    compare::{Difference, Differences},
    grants::{Pace, Transition},
    operation::role::RoleOperation,
};

/// IAM has no call that changes it.
pub(crate) const IMMUTABLE: &[&str] = &["path"];
/// IAM's own, in seconds.
const SESSION: u32 = 3_600;

pub(crate) fn differences(before: Option<&Role>, after: &Role) -> Differences {
    let Role { trust, attachments, inline, permissions_boundary, path, description, max_session_seconds, tags } = after;
    let mut d = Differences::default();
    if before.is_none_or(|before| !equivalent(&before.trust, trust)) {
        d.document("trust", None, before.map(|b| &b.trust), Some(trust));
    }
    d.set("policies", before.map(|b| &b.attachments), attachments);
    let none = BTreeMap::new();
    let was = before.map_or(&none, |b| &b.inline);
    for name in was.keys().chain(inline.keys()).collect::<BTreeSet<_>>() {
        let (b, a) = (was.get(name), inline.get(name));
        if !matches!((b, a), (Some(b), Some(a)) if equivalent(b, a)) {
            d.document("inline", Some(name), b, a);
        }
    }
    d.value("permissions_boundary", before.map(|b| &b.permissions_boundary), permissions_boundary, &None);
    d.value("path", before.map(|b| &b.path), path, &"/".to_owned());
    d.value("description", before.map(|b| &b.description), description, &String::new());
    d.value("max_session_seconds", before.map(|b| &b.max_session_seconds), max_session_seconds, &SESSION);
    d.map("tags", before.map(|b| &b.tags), tags);
    d
}

pub(crate) fn create(name: &str, role: &Role, ours: &Tags) -> Vec<Operation> {
    let create =
        RoleOperation::Create { name: name.to_owned(), role: Box::new(role.clone()), tags: owned(&role.tags, ours) };
    let hung = role.attachments.iter().map(|policy| attach(name, policy));
    let inline = role.inline.iter().map(|(policy, document)| put(name, policy, document));
    std::iter::once(create).chain(hung).chain(inline).map(Operation::Role).collect()
}

/// What hangs on it first: IAM refuses to delete a role that holds anything.
pub(crate) fn delete(name: &str, role: &Role) -> Vec<Operation> {
    let inline = role.inline.keys().map(|policy| delete_inline(name, policy));
    let held = role.attachments.iter().map(|policy| detach(name, policy));
    inline.chain(held).chain([RoleOperation::Delete { name: name.to_owned() }]).map(Operation::Role).collect()
}

pub(crate) fn uses(role: &Role) -> Vec<Use> {
    role.attachments.iter().chain(&role.permissions_boundary).cloned().map(Use::Arn).collect()
}

/// Each field of a role on its way.
pub(crate) fn update(name: &str, before: &Role, after: &Role, (set, untag): (Tags, Vec<String>), pace: Pace) -> Update {
    let mut way = Way { name, pace, update: Update::default(), taken: BTreeSet::new() };
    way.trust(before, after);
    way.settings(before, after);
    way.boundary(before, after);
    way.attachments(before, after);
    way.inline(before, after);
    if !set.is_empty() || !untag.is_empty() {
        way.update.grow.title.push("tags".to_owned());
    }
    if !set.is_empty() {
        way.grow(RoleOperation::Tag { name: name.to_owned(), tags: set });
    }
    if !untag.is_empty() {
        way.grow(RoleOperation::Untag { name: name.to_owned(), keys: untag });
    }
    let Way { mut update, taken, .. } = way;
    for difference in differences(Some(before), after).0 {
        let shrinks = taken.contains(&place(&difference))
            || (difference.field == "policies" && taken.contains("policies") && difference.after.is_none());
        if shrinks { update.shrink.differences.0.push(difference) } else { update.grow.differences.0.push(difference) }
    }
    update
}

/// A role between what it is and what it shall be.
struct Way<'a> {
    name: &'a str,
    pace: Pace,
    update: Update,
    /// Fields, or inline policies as `inline/NAME`, that only the shrinking step touches.
    taken: BTreeSet<String>,
}

impl Way<'_> {
    fn grow(&mut self, operation: RoleOperation) {
        self.update.grow.operations.push(Operation::Role(operation));
    }

    fn shrink(&mut self, operation: RoleOperation) {
        self.update.shrink.operations.push(Operation::Role(operation));
    }

    fn at_once(&mut self, what: &str, why: &str) {
        self.update.risk.push(format!("{what} gives and takes in one call: {why}"));
    }

    fn trust(&mut self, before: &Role, after: &Role) {
        let name = self.name;
        let to = |document: &Value| RoleOperation::UpdateTrust { name: name.to_owned(), document: document.clone() };
        match self.pace.transition(&before.trust, &after.trust, quota::TRUST) {
            Transition::Same => return,
            Transition::Grow => self.grow(to(&after.trust)),
            Transition::Shrink => {
                self.taken.insert("trust".to_owned());
                self.shrink(to(&after.trust));
                self.update.shrink.title.push("narrow the trust".to_owned());
                return;
            }
            Transition::Both(both) => {
                self.grow(to(&both));
                self.shrink(to(&after.trust));
                self.update.shrink.title.push("narrow the trust".to_owned());
            }
            Transition::AtOnce(why) => {
                self.grow(to(&after.trust));
                self.at_once("the trust", &why);
            }
        }
        self.update.grow.title.push("trust".to_owned());
    }

    fn settings(&mut self, before: &Role, after: &Role) {
        let description = before.description != after.description;
        let session = before.max_session_seconds != after.max_session_seconds;
        if description || session {
            self.grow(RoleOperation::UpdateSettings {
                name: self.name.to_owned(),
                description: after.description.clone(),
                max_session_seconds: after.max_session_seconds,
            });
        }
        if description {
            self.update.grow.title.push("description".to_owned());
        }
        if session {
            self.update.grow.title.push("session duration".to_owned());
        }
    }

    /// A boundary takes when it comes and gives when it goes. What lies between two is not known.
    fn boundary(&mut self, before: &Role, after: &Role) {
        let name = self.name.to_owned();
        match (&before.permissions_boundary, &after.permissions_boundary) {
            (b, a) if b == a => {}
            (_, None) => {
                self.grow(RoleOperation::DeleteBoundary { name });
                self.update.grow.title.push("remove the permissions boundary".to_owned());
            }
            (None, Some(boundary)) if self.pace == Pace::Phased => {
                self.taken.insert("permissions_boundary".to_owned());
                self.shrink(RoleOperation::PutBoundary { name, boundary: boundary.clone() });
                self.update.shrink.title.push("set the permissions boundary".to_owned());
            }
            (before, Some(boundary)) => {
                if before.is_some() {
                    self.at_once("the permissions boundary", "a role has one, and what either allows is not compared");
                }
                self.grow(RoleOperation::PutBoundary { name, boundary: boundary.clone() });
                self.update.grow.title.push("permissions boundary".to_owned());
            }
        }
    }

    fn attachments(&mut self, before: &Role, after: &Role) {
        let new: Vec<&Arn> = after.attachments.difference(&before.attachments).collect();
        let gone: Vec<&Arn> = before.attachments.difference(&after.attachments).collect();
        let both = before.attachments.len() + new.len();
        // An account's quota may have been raised; what hangs there proves how far at least.
        let fits = both <= quota::ATTACHMENTS.max(before.attachments.len());
        let phased = self.pace == Pace::Phased && (fits || new.is_empty());
        if !gone.is_empty() && !phased {
            for policy in &gone {
                self.grow(detach(self.name, policy));
            }
            if self.pace == Pace::Phased {
                let most = quota::ATTACHMENTS;
                self.at_once("the set of policies", &format!("the old and the new together are {both} of {most}"));
            }
        }
        for policy in &new {
            self.grow(attach(self.name, policy));
        }
        if !new.is_empty() {
            self.update.grow.title.push(format!("attach {}", count(new.len(), "policy", "policies")));
        }
        if !gone.is_empty() {
            let title = format!("detach {}", count(gone.len(), "policy", "policies"));
            if phased {
                self.taken.insert("policies".to_owned());
                for policy in &gone {
                    self.shrink(detach(self.name, policy));
                }
                self.update.shrink.title.push(title);
            } else {
                self.update.grow.title.push(title);
            }
        }
    }

    fn inline(&mut self, before: &Role, after: &Role) {
        let names: BTreeSet<&String> = before.inline.keys().chain(after.inline.keys()).collect();
        let mut ways: Vec<(&String, Transition)> = Vec::new();
        for name in names {
            let way = match (before.inline.get(name), after.inline.get(name)) {
                (Some(b), Some(a)) => self.pace.transition(b, a, quota::INLINE_TOTAL),
                (None, _) => Transition::Grow,
                (Some(_), None) => Transition::Shrink,
            };
            ways.push((name, way));
        }
        let between: usize = ways
            .iter()
            .map(|(name, way)| match way {
                Transition::Both(both) => size(both),
                Transition::Same | Transition::Shrink => before.inline.get(*name).map_or(0, size),
                Transition::Grow | Transition::AtOnce(_) => after.inline.get(*name).map_or(0, size),
            })
            .sum();
        let now: usize = before.inline.values().map(size).sum();
        let crowded = between > quota::INLINE_TOTAL.max(now);
        let phased = self.pace == Pace::Phased && !crowded;
        if crowded && self.pace == Pace::Phased {
            let most = quota::INLINE_TOTAL;
            let why = format!("the old and the new together have {between} of {most} characters");
            self.at_once("the set of inline policies", &why);
        }
        let (mut changed, mut narrowed, mut gone) = (0, 0, 0);
        // Where there is no room for both, what goes or narrows goes first.
        if !phased {
            ways.sort_by_key(|(_, way)| !matches!(way, Transition::Shrink));
        }
        for (policy, way) in ways {
            let Some(document) = after.inline.get(policy) else {
                gone += 1;
                let operation = delete_inline(self.name, policy);
                if phased {
                    self.taken.insert(format!("inline/{policy}"));
                    self.shrink(operation);
                } else {
                    self.grow(operation);
                }
                continue;
            };
            let wanted = put(self.name, policy, document);
            match way {
                Transition::Same => {}
                Transition::Shrink if phased => {
                    self.taken.insert(format!("inline/{policy}"));
                    narrowed += 1;
                    self.shrink(wanted);
                }
                Transition::Both(both) if phased => {
                    changed += 1;
                    narrowed += 1;
                    self.grow(put(self.name, policy, &both));
                    self.shrink(wanted);
                }
                Transition::AtOnce(why) => {
                    changed += 1;
                    self.at_once(&format!("the inline policy {policy}"), &why);
                    self.grow(wanted);
                }
                Transition::Grow | Transition::Shrink | Transition::Both(_) => {
                    changed += 1;
                    self.grow(wanted);
                }
            }
        }
        let inline = |verb: &str, n| format!("{verb} {}", count(n, "inline policy", "inline policies"));
        if changed > 0 {
            self.update.grow.title.push(inline("put", changed));
        }
        if narrowed > 0 {
            self.update.shrink.title.push(inline("narrow", narrowed));
        }
        if gone > 0 {
            let part: &mut Part = if phased { &mut self.update.shrink } else { &mut self.update.grow };
            part.title.push(inline("delete", gone));
        }
    }
}

/// Where a difference stands, as [`Way::taken`] names it.
fn place(difference: &Difference) -> String {
    match (&difference.key, difference.field) {
        (Some(key), "inline") => format!("inline/{key}"),
        (_, "policies") => String::new(),
        (_, field) => field.to_owned(),
    }
}

pub(crate) fn attach(name: &str, policy: &Arn) -> RoleOperation {
    RoleOperation::Attach { name: name.to_owned(), policy: policy.clone() }
}

pub(crate) fn detach(name: &str, policy: &Arn) -> RoleOperation {
    RoleOperation::Detach { name: name.to_owned(), policy: policy.clone() }
}

fn put(name: &str, policy: &str, document: &Value) -> RoleOperation {
    RoleOperation::PutInline { name: name.to_owned(), policy: policy.to_owned(), document: document.clone() }
}

fn delete_inline(name: &str, policy: &str) -> RoleOperation {
    RoleOperation::DeleteInline { name: name.to_owned(), policy: policy.to_owned() }
}

/// What a write makes of it.
pub(crate) fn written(role: &mut Role, operation: &RoleOperation) -> bool {
    match operation {
        RoleOperation::UpdateTrust { document, .. } => role.trust.clone_from(document),
        RoleOperation::UpdateSettings { description, max_session_seconds, .. } => {
            role.description.clone_from(description);
            role.max_session_seconds = *max_session_seconds;
        }
        RoleOperation::PutBoundary { boundary, .. } => role.permissions_boundary = Some(boundary.clone()),
        RoleOperation::DeleteBoundary { .. } => role.permissions_boundary = None,
        RoleOperation::Attach { policy, .. } => drop(role.attachments.insert(policy.clone())),
        RoleOperation::Detach { policy, .. } => drop(role.attachments.remove(policy)),
        RoleOperation::PutInline { policy, document, .. } => {
            role.inline.insert(policy.clone(), document.clone());
        }
        RoleOperation::DeleteInline { policy, .. } => drop(role.inline.remove(policy)),
        RoleOperation::Tag { .. } | RoleOperation::Untag { .. } => {}
        RoleOperation::Create { .. } | RoleOperation::Delete { .. } => return false,
    }
    true
}
