//! After a create: what it dropped.

use statewright_spec::{
    Owner, Resource, Tags,
    kind::{function::Function, job::Job},
};

use crate::{
    Operation, Present,
    compare::retag,
    grants::Pace,
    kind::{function, job, log_group, policy, role, state_machine},
};

/// The calls that bring what was just created to what was wanted: fields and tags that the create dropped. `ours` are our
/// tags that it set, the owner's among them. Nothing uses it yet, so there is one phase.
///
/// # Errors
/// In words, where what is there is not ours: a machine without our tag was there before, for `CreateStateMachine` answers
/// with somebody's identical machine; anything with another owner's tag is that owner's. A read may be stale: read again
/// before it is believed.
pub fn mend(wanted: &Resource, ours: &Tags, present: &Present) -> Result<Vec<Operation>, String> {
    let arn = &present.arn;
    let owner = &Owner::from_tag(ours.get(Owner::TAG).cloned().unwrap_or_default());
    match &present.owner {
        Some(other) if other != owner => {
            return Err(format!("{arn} belongs to {other}, not to {owner}: it was not changed"));
        }
        None if is_answered_with_another(wanted) => {
            return Err(format!(
                "{arn} was there before and has no owner: AWS answers a create with somebody's identical {}; it was not changed",
                wanted.kind().noun()
            ));
        }
        Some(_) | None => {}
    }
    // What somebody's automation has tagged meanwhile is nothing that the create dropped: the next plan tells of it.
    let (mut set, _) = retag(present.resource.tags(), wanted.tags());
    if present.owner.is_none() {
        set.insert(Owner::TAG.to_owned(), owner.as_str().to_owned());
    }
    let marks = ours.iter().filter(|(key, _)| *key != Owner::TAG && !present.markers.contains_key(*key));
    set.extend(marks.map(|(key, value)| (key.clone(), value.clone())));
    let tags = (set, Vec::new());
    let name = match wanted {
        Resource::LogGroup(_) => arn.resource().trim_start_matches("log-group:").trim_end_matches(":*"),
        _ => arn.name(),
    };
    let update = match (&present.resource, wanted) {
        (Resource::Policy(before), Resource::Policy(after)) => {
            // A policy that was just created has one version.
            let versions = policy::Versions { all: Vec::new(), default: String::new() };
            policy::update(arn, before, after, versions, tags, Pace::AtOnce)
        }
        (Resource::Role(before), Resource::Role(after)) => role::update(name, before, after, tags, Pace::AtOnce),
        (Resource::LogGroup(before), Resource::LogGroup(after)) => log_group::update(name, arn, before, after, tags),
        (Resource::Function(before), Resource::Function(after)) => {
            // Its code was sent with the create, and the mark of code from S3 is set by a call of its own.
            let after = Function { code: before.code.clone(), ..after.clone() };
            function::update(name, arn, before, &after, &function::Standing::default(), tags)
        }
        (Resource::Job(before), Resource::Job(after)) => {
            let scripts = job::Scripts { marks: job::Marks::of(&present.markers), ..job::Scripts::default() };
            // The script is an object of its own, and goes up in the same step. One that another apply has put there meanwhile stays
            // named, for the next plan to remove.
            let before = Job { script: after.script.clone(), ..before.clone() };
            job::update(name, arn, &before, after, scripts, owner, tags)
        }
        (Resource::StateMachine(before), Resource::StateMachine(after)) => {
            state_machine::update(arn, before, after, tags)
        }
        // Named, so that a new kind is asked for here.
        (
            before @ (Resource::Policy(_)
            | Resource::Role(_)
            | Resource::LogGroup(_)
            | Resource::Function(_)
            | Resource::Job(_)
            | Resource::StateMachine(_)),
            _,
        ) => return Err(format!("{arn} is read back as a {}", before.kind().noun())),
    };
    Ok(update.grow.operations.into_iter().chain(update.shrink.operations).collect())
}

/// Whether AWS answers a create with what somebody made before, where it is the same: then it lacks our tag.
const fn is_answered_with_another(wanted: &Resource) -> bool {
    match wanted {
        Resource::StateMachine(_) => true,
        Resource::Policy(_) | Resource::Role(_) | Resource::LogGroup(_) | Resource::Function(_) | Resource::Job(_) => {
            false
        }
    }
}
