//! What a plan gives and takes: for each role and policy that it changes, what was allowed against what will be.

use std::collections::BTreeSet;

use serde_json::Value;
use statewright_iam::{
    access::{Access, AccessChange, change},
    together,
};
use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Address, Arn, Guard, Kind, Resource, Secret, kind::role::Role};

use crate::{
    Answer, Mode, Observed, Question, codes,
    notes::{Notes, finding},
    permissions::hide,
    survey::{Standing, Survey},
};

/// The change in access of one role or policy. What is not proved the same is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessChanges {
    /// By what its policies grant together; for a policy by what it grants.
    pub grants: AccessChange,
    /// By its permissions boundary, against which everything is held that its policies grant.
    pub boundary: AccessChange,
    /// By whom it trusts.
    pub trust: AccessChange,
    /// What was not read, in words: what comes and goes with it is not known.
    pub unread: Vec<String>,
    /// Something of that comes or changes, and may give.
    pub unread_gives: bool,
    /// For a policy: the roles of this plan that hold it, whose own changes say the same.
    pub through: BTreeSet<Address>,
}

impl AccessChanges {
    /// Whether something is allowed that was not, or may be.
    pub fn broadens(&self) -> bool {
        self.parts().any(|part| part.uncertain || !part.broadens.is_empty()) || self.unread_gives
    }

    /// Whether it gives a way to more permissions.
    pub fn is_dangerous(&self) -> bool {
        self.parts().any(|part| part.broadens.iter().any(|access| access.danger))
    }

    fn parts(&self) -> impl Iterator<Item = &AccessChange> {
        [&self.grants, &self.boundary, &self.trust].into_iter()
    }

    fn is_empty(&self) -> bool {
        self.unread.is_empty() && self.parts().all(AccessChange::is_empty)
    }

    /// Nothing in it shows what a sensitive variable holds.
    fn conceal(&mut self, secrets: &[Secret]) {
        for part in [&mut self.grants, &mut self.boundary, &mut self.trust] {
            for Access { actions, resources, principals, conditions, levels: _, danger: _, by_deny: _ } in
                part.broadens.iter_mut().chain(&mut part.narrows)
            {
                let texts = actions.iter_mut().chain(resources).chain(principals).chain(conditions);
                texts.for_each(|text| hide(text, secrets));
            }
        }
    }
}

/// The changes in access of a plan, in the order of the addresses; none for a destroy, after which nobody has anything.
/// Policies that are only named and come or go are asked for.
pub(crate) fn changes(survey: &Survey<'_>, notes: &mut Notes) -> Vec<(Address, AccessChanges)> {
    if survey.mode == Mode::Destroy {
        return Vec::new();
    }
    let mut out: Vec<(Address, AccessChanges)> = Vec::new();
    let mut held: Vec<(&Address, BTreeSet<&Arn>)> = Vec::new();
    for (address, standing) in &survey.standing {
        let (before, after) = sides(standing);
        let mut found = match (before, after) {
            (Some(Resource::Role(_)), _) | (None, Some(Resource::Role(_))) => {
                let (before, after) = (before.and_then(role), after.and_then(role));
                let arns = [before, after].into_iter().flatten().flat_map(|role| &role.attachments);
                held.push((address, arns.collect()));
                of_role(survey, before, after, notes)
            }
            (Some(Resource::Policy(_)), _) | (None, Some(Resource::Policy(_))) => {
                let document = |policy: Option<&Resource>| policy.map_or(Value::Null, document);
                AccessChanges { grants: change(&document(before), &document(after)), ..AccessChanges::default() }
            }
            _ => continue,
        };
        if !found.is_empty() {
            found.conceal(&survey.desired.secrets);
            out.push((address.clone(), found));
        }
    }
    let shown: BTreeSet<Address> = out.iter().map(|(address, _)| address.clone()).collect();
    for (address, found) in out.iter_mut().filter(|(address, _)| address.kind == Kind::Policy) {
        let holders = held.iter().filter(|(_, arns)| arns.iter().any(|arn| survey.by_arn(arn) == Some(&*address)));
        found.through = holders.map(|(role, _)| (*role).clone()).filter(|role| shown.contains(role)).collect();
    }
    guard(survey, &out, notes);
    out
}

/// Says that a plan does what its spec guards against.
fn guard(survey: &Survey<'_>, changes: &[(Address, AccessChanges)], notes: &mut Notes) {
    let Some(Guard::NoBroadening { span }) = &survey.desired.guard else { return };
    let broader: Vec<String> =
        changes.iter().filter(|(_, c)| c.broadens() && c.through.is_empty()).map(|(a, _)| a.to_string()).collect();
    if broader.is_empty() {
        return;
    }
    let title = format!("the plan broadens what {} allows, and the spec guards against it", broader.join(", "));
    let found: Diagnostic = finding(codes::BROADENS, Severity::Warning, title).at(*span, "guarded here");
    notes.find_plain(found.help("`apply --yes` needs `--allow-broadening` too; without `--yes` it is asked for"));
}

/// What is there and what shall be.
fn sides<'a>(standing: &Standing<'a>) -> (Option<&'a Resource>, Option<&'a Resource>) {
    match standing {
        Standing::New { declared, .. } => (None, Some(&declared.resource)),
        Standing::Kept { declared, present } | Standing::Replaced { declared, present, .. } => {
            (Some(&present.resource), Some(&declared.resource))
        }
        Standing::Leaving { present } => (Some(&present.resource), None),
        // What is let go keeps what it has.
        Standing::Forgotten { .. } | Standing::Blocked => (None, None),
    }
}

const fn role(resource: &Resource) -> Option<&Role> {
    match resource {
        Resource::Role(role) => Some(role),
        _ => None,
    }
}

fn document(resource: &Resource) -> Value {
    match resource {
        Resource::Policy(policy) => policy.document.clone(),
        _ => Value::Null,
    }
}

fn of_role(survey: &Survey<'_>, before: Option<&Role>, after: Option<&Role>, notes: &mut Notes) -> AccessChanges {
    let mut out = AccessChanges::default();
    let none = BTreeSet::new();
    let attached = |role: Option<&'_ Role>| role.map_or_else(|| none.clone(), |role| role.attachments.clone());
    let (was, shall) = (attached(before), attached(after));
    let mut documents = |out: &mut AccessChanges, role: Option<&Role>, arns: &BTreeSet<Arn>, time: Time| {
        let mut all: Vec<Value> = role.into_iter().flat_map(|role| role.inline.values().cloned()).collect();
        for arn in arns {
            // What is attached before and after, and is not this plan's, says the same on both sides: it is looked at where
            // it is known.
            let stays = was.contains(arn) && shall.contains(arn);
            match policy(survey, arn, time, (!stays).then_some(&mut *notes)) {
                Ok(document) => all.push(document),
                Err(_) if stays => {}
                Err(why) => {
                    out.unread.push(format!("the policy {}, {why}", arn.name()));
                    out.unread_gives |= time == Time::After;
                }
            }
        }
        all
    };
    let old = documents(&mut out, before, &was, Time::Before);
    let new = documents(&mut out, after, &shall, Time::After);
    let (old, new) = (together(&old), together(&new));
    let trust = |role: Option<&Role>| role.map_or(Value::Null, |role| role.trust.clone());
    out.trust = change(&trust(before), &trust(after));
    if let (Some(before), Some(after)) = (before, after) {
        let bounds = [before.permissions_boundary.as_ref(), after.permissions_boundary.as_ref()];
        boundary(survey, bounds, [old.as_ref(), new.as_ref()], &mut out, notes);
    }
    out.grants = match (old, new) {
        (Some(old), Some(new)) => change(&old, &new),
        _ if before == after && was == shall => AccessChange::default(),
        _ => uncertain(),
    };
    out
}

fn uncertain() -> AccessChange {
    AccessChange { uncertain: true, ..AccessChange::default() }
}

/// A boundary that comes takes what is granted beyond it, and one that goes gives that.
fn boundary(
    survey: &Survey<'_>,
    [before, after]: [Option<&Arn>; 2],
    [old, new]: [Option<&Value>; 2],
    out: &mut AccessChanges,
    notes: &mut Notes,
) {
    let mut side = |arn: &Arn, time| {
        let asking = (before != after).then_some(&mut *notes);
        policy(survey, arn, time, asking).map_err(|why| format!("the permissions boundary {}, {why}", arn.name()))
    };
    let before = before.map(|arn| (arn, side(arn, Time::Before)));
    let after = after.map(|arn| (arn, side(arn, Time::After)));
    let mut unread = |why: String, gives: bool| {
        out.unread.push(why);
        out.unread_gives |= gives;
    };
    out.boundary = match (before, after) {
        (None, None) => return,
        (Some((was, Err(_))), Some((is, Err(_)))) if was == is => return,
        (Some((_, Ok(was))), Some((_, Ok(is)))) => change(&was, &is),
        (None, Some((_, Ok(bound)))) => match old.map(|granted| change(&bound, granted)) {
            Some(AccessChange { mut broadens, uncertain, .. }) => {
                for access in &mut broadens {
                    access.danger = false;
                }
                AccessChange { narrows: broadens, broadens: Vec::new(), uncertain }
            }
            None => uncertain(),
        },
        (Some((_, Ok(bound))), None) => match new.map(|granted| change(&bound, granted)) {
            Some(found) => AccessChange { narrows: Vec::new(), ..found },
            None => uncertain(),
        },
        (None, Some((_, Err(why)))) => return unread(why, false),
        (Some((_, Err(why))), _) | (Some(_), Some((_, Err(why)))) => return unread(why, true),
    };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    Before,
    After,
}

/// What a policy says before or after the plan, or why that is not known.
fn policy(survey: &Survey<'_>, arn: &Arn, time: Time, asking: Option<&mut Notes>) -> Result<Value, String> {
    if let Some(address) = survey.by_arn(arn) {
        let wanted = survey.wanted(address).filter(|_| time == Time::After);
        let there = match survey.live.observed.get(address) {
            Some(Observed::Present(present)) => Some(&present.resource),
            _ => None,
        };
        if let Some(resource) = wanted.map(|declared| &declared.resource).or(there) {
            return Ok(document(resource));
        }
    }
    let question = Question::PolicyDocument(arn.clone());
    match survey.live.answers.get(&question) {
        Some(Answer::PolicyDocument(Some(document))) => Ok(document.clone()),
        Some(Answer::Unreadable(refusal)) => Err(format!("which AWS would not show: {refusal}")),
        Some(_) => Err("which does not exist".to_owned()),
        None => {
            asking.map(|notes| notes.asked.insert(question));
            Err("which was not read".to_owned())
        }
    }
}
