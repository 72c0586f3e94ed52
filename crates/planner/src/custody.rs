//! Whose a resource is, and what may become of it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;
use statewright_iam::derive::POLICY_NAME;
use statewright_source::{Diagnostic, Severity};
use statewright_spec::{
    Address, Adopt, Arn, Attachments, Custody, Declared, Desired, Owner, Resource, Tags, kind::role::Role,
};

use crate::{
    Change, Live, Observed, Present, Shown, codes,
    kind::count,
    notes::{Notes, Place, finding},
    survey::{Standing, Survey, is_deleting},
};

/// Whether `adopt` lets something of this owner be taken over.
pub(crate) fn may_take(adopt: &Adopt, owner: Option<&Owner>) -> bool {
    match (adopt, owner) {
        (Adopt::Never, _) | (Adopt::Unowned, Some(_)) | (Adopt::From(_), None) => false,
        (Adopt::Unowned, None) => true,
        (Adopt::From(from), Some(owner)) => from == owner,
    }
}

/// Whether a live resource may not be deleted or replaced.
pub(crate) fn is_protected(present: &Present, declared: Option<&Declared>) -> bool {
    Custody::says_yes(present.markers.get(Custody::PROTECT)) || declared.is_some_and(|d| d.custody.protect)
}

/// Whether a live resource stays when the stack lets go of it.
pub(crate) fn is_retained(present: &Present, declared: Option<&Declared>) -> bool {
    Custody::says_yes(present.markers.get(Custody::RETAIN)) || declared.is_some_and(|d| d.custody.retain)
}

/// What is ours and goes: deleted, or left to itself where it is retained. What is protected stays where it is.
pub(crate) fn going<'a>(place: Place<'_>, present: &'a Present, notes: &mut Notes) -> Standing<'a> {
    // Its tags can no longer be read then; and nothing holds it back.
    if is_deleting(present) {
        return Standing::Leaving { present };
    }
    // Only the live mark counts for what leaves the spec; for a destroy the spec's word is enough.
    if is_retained(present, place.declared) {
        return Standing::Forgotten { present };
    }
    if is_protected(present, place.declared) {
        notes.find(place.address, protected(place, present, None));
        return Standing::Blocked;
    }
    Standing::Leaving { present }
}

/// Why what is protected may neither go nor be made anew.
pub(crate) fn protected(place: Place<'_>, present: &Present, fields: Option<&[&str]>) -> Diagnostic {
    let (address, arn) = (place.address, &present.arn);
    let (title, then) = match (fields, place.declared) {
        (Some(fields), _) => {
            let what = fields.join(" and ");
            (format!("{address} is protected, and another {what} would replace it"), "change it")
        }
        (None, Some(_)) => (format!("{address} is protected and cannot be destroyed"), "destroy"),
        (None, None) => (format!("{address} is protected and no longer in the spec"), "take it out"),
    };
    let says = place.declared.is_some_and(|declared| declared.custody.protect);
    let live = Custody::says_yes(present.markers.get(Custody::PROTECT));
    let help = match (fields, says, live) {
        (None, ..) if place.declared.is_none() => format!(
            "it takes two applies: declare it as it is with `protect: false` and apply, then take it out; or put it back to keep {arn}"
        ),
        (_, true, false) => "take `protect: true` off the spec first".to_owned(),
        _ => format!("it takes two applies: leave all else as it is, set `protect: false` and apply, then {then}"),
    };
    let error = Diagnostic::error(codes::PROTECTED, title);
    let field = fields.and_then(|fields| fields.first()).map_or_else(|| "/protect".to_owned(), |f| format!("/{f}"));
    let label = if live { format!("its tag {} says so", Custody::PROTECT) } else { "`protect: true` here".to_owned() };
    place.on(error, &field, label).help(help)
}

/// Roles that AWS made for itself: IAM lets nobody change them
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>).
pub(crate) fn is_aws_own(present: &Present) -> bool {
    match &present.resource {
        Resource::Role(role) => ["/aws-service-role/", "/aws-reserved/"].iter().any(|own| role.path.starts_with(own)),
        Resource::Policy(_) => present.arn.is_aws_managed_policy(),
        Resource::LogGroup(_) | Resource::Function(_) | Resource::Job(_) | Resource::StateMachine(_) => false,
    }
}

/// All of our tags on a resource that is made: whose it is, and what may become of it.
pub(crate) fn ours(owner: &Owner, custody: &Custody) -> Tags {
    let mut tags = custody.tags();
    tags.insert(Owner::TAG.to_owned(), owner.as_str().to_owned());
    tags
}

/// A tag in the words of a plan: its key in the spec, and what it is called to take it away.
const WORDS: [(&str, &str, &str); 2] =
    [(Custody::PROTECT, "protect", "unprotect"), (Custody::RETAIN, "retain", "no longer retain")];

/// What is to be done with our tags on a resource that is there: set, taken away, and what a plan shows of it.
#[derive(Default)]
pub(crate) struct Retag {
    pub(crate) set: Tags,
    pub(crate) gone: Vec<String>,
    pub(crate) changes: Vec<Change>,
    /// In a few words.
    pub(crate) title: Vec<&'static str>,
    /// The keys of the spec.
    pub(crate) parts: Vec<&'static str>,
}

impl Retag {
    /// From what it carries to what the spec says; with the owner's where it is taken over.
    pub(crate) fn of(present: &Present, custody: &Custody, owner: &Owner, adopts: bool) -> Self {
        let mut retag = Self::default();
        if adopts {
            retag.set.insert(Owner::TAG.to_owned(), owner.as_str().to_owned());
            retag.changes.push(owner_change(present.owner.as_ref(), Some(owner)));
        }
        let wanted = custody.tags();
        for (key, word, undo) in WORDS {
            let (is, shall) = (Custody::says_yes(present.markers.get(key)), wanted.contains_key(key));
            match (present.markers.contains_key(key), shall) {
                (_, true) if !is => {
                    retag.set.insert(key.to_owned(), Custody::SET.to_owned());
                }
                (true, false) => retag.gone.push(key.to_owned()),
                _ => continue,
            }
            retag.title.push(if shall { word } else { undo });
            retag.parts.push(word);
            retag.changes.push(switch(word, is, shall));
        }
        retag
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.gone.is_empty()
    }
}

/// What a plan shows of whose a resource is.
pub(crate) fn owner_change(before: Option<&Owner>, after: Option<&Owner>) -> Change {
    let shown = |owner: Option<&Owner>| owner.map_or(Shown::Absent, |owner| Shown::Value(owner.as_str().into()));
    Change { path: "owner".to_owned(), before: shown(before), after: shown(after) }
}

fn switch(word: &str, before: bool, after: bool) -> Change {
    let shown = |on: bool| if on { Shown::Value(true.into()) } else { Shown::Default(false.into()) };
    Change { path: word.to_owned(), before: shown(before), after: shown(after) }
}

/// What a create shows of it.
pub(crate) fn made(custody: &Custody) -> Vec<Change> {
    let tags = custody.tags();
    WORDS.iter().filter(|(key, ..)| tags.contains_key(*key)).map(|(_, word, _)| switch(word, false, true)).collect()
}

/// What is wanted, with what the spec leaves to others as it is: tags of `ignore_tags`, and what hangs on roles with
/// `attachments: report`. So it neither differs, nor goes when a resource is made anew.
pub(crate) struct LeftAlone<'d> {
    pub(crate) desired: Cow<'d, Desired>,
    /// What hangs on roles and stays there.
    pub(crate) hung: BTreeMap<Address, Hung>,
}

/// What others hung on a role whose spec says `attachments: report`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hung {
    pub(crate) attachments: BTreeSet<Arn>,
    /// By their names.
    pub(crate) inline: BTreeSet<String>,
}

impl<'d> LeftAlone<'d> {
    pub(crate) fn of(desired: &'d Desired, live: &Live) -> Self {
        let mut left = Self { desired: Cow::Borrowed(desired), hung: BTreeMap::new() };
        for (address, declared) in &desired.resources {
            if let Some(Observed::Present(present)) = live.observed.get(address) {
                left.add(address, declared, present, live);
            }
        }
        left
    }

    fn add(&mut self, address: &Address, declared: &Declared, present: &Present, live: &Live) {
        let mut tags = present.resource.tags().clone();
        tags.retain(|key, _| declared.custody.ignore_tags.covers(key));
        let (attachments, inline) = match (&present.resource, &declared.resource) {
            (Resource::Role(there), Resource::Role(role)) if declared.custody.attachments == Attachments::Report => {
                hung(&self.desired, role, there, live)
            }
            _ => Default::default(),
        };
        if tags.is_empty() && attachments.is_empty() && inline.is_empty() {
            return;
        }
        let hung = Hung { attachments: attachments.clone(), inline: inline.keys().cloned().collect() };
        if hung != Hung::default() {
            self.hung.insert(address.clone(), hung);
        }
        let Some(declared) = self.desired.to_mut().resources.get_mut(address) else { return };
        declared.resource.tags_mut().extend(tags);
        if let Resource::Role(role) = &mut declared.resource {
            role.attachments.extend(attachments);
            role.inline.extend(inline);
        }
    }

    /// Tells of what hangs on roles of this plan and is left there.
    pub(crate) fn report(&self, survey: &Survey<'_>, notes: &mut Notes) {
        let kept = self.hung.iter().filter(|(address, _)| survey.wanted(address).is_some());
        for (address, hung) in kept {
            let words = hung.attachments.iter().map(ToString::to_string);
            let words: Vec<String> =
                words.chain(hung.inline.iter().map(|name| format!("the inline policy {name}"))).collect();
            let what = count(words.len(), "policy", "policies");
            let title = format!("{address} holds {what} that the spec does not name");
            let note = finding(codes::HUNG_BY_OTHERS, Severity::Note, title);
            let help = format!("{}: left alone, as `attachments: report` says", words.join(", "));
            notes.find(address, survey.place(address).on(note, "/attachments", "asked for here").help(help));
        }
    }
}

/// What others hung on a role. What `grants: derived` wrote is ours by its name. A policy of this stack that goes cannot
/// stay on it, and one that is made anew under another path hangs there again.
fn hung(desired: &Desired, role: &Role, there: &Role, live: &Live) -> (BTreeSet<Arn>, BTreeMap<String, Value>) {
    let ours: BTreeMap<&Arn, (&Address, &Present)> = live
        .observed
        .iter()
        .filter_map(|(address, observed)| match observed {
            Observed::Present(present) if present.owner.as_ref() == Some(&desired.owner) => {
                Some((&present.arn, (address, &**present)))
            }
            Observed::Present(_) | Observed::Absent | Observed::Unreadable(_) => None,
        })
        .collect();
    let stays = |arn: &Arn| match ours.get(arn) {
        None => Some(arn.clone()),
        Some((address, present)) => match desired.resources.get(*address) {
            Some(declared) => Some(declared.arn.clone()),
            None => is_retained(present, None).then(|| arn.clone()),
        },
    };
    let attachments = there.attachments.difference(&role.attachments).filter_map(stays);
    let attachments = attachments.filter(|arn| !role.attachments.contains(arn)).collect();
    let inline = there.inline.iter().filter(|(name, _)| !role.inline.contains_key(*name) && *name != POLICY_NAME);
    (attachments, inline.map(|(name, document)| (name.clone(), document.clone())).collect())
}
