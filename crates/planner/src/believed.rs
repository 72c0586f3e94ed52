//! What an apply takes a resource to be: as the plan read it, with what the apply wrote since. A read just before a step
//! is held against it, so that nobody's work is overwritten unseen; what the apply wrote outranks a read that is stale.
//!
//! Nothing of it is kept or shown but the names of places, so it may compare what no fingerprint may hold.

use statewright_spec::{Address, Arn, Attachments, Custody, IgnoredTags, Kind, Owner, Resource, TAG_PREFIX, Tags};

use crate::{
    Condition, Fingerprint, Operation, Present,
    custody::Hung,
    kind::{between, written},
    operation::{
        function::{FunctionOperation, MARK_CODE},
        job::JobOperation,
        log_group::LogGroupOperation,
        policy::PolicyOperation,
        role::RoleOperation,
        state_machine::StateMachineOperation,
    },
    survey::is_deleting,
};

/// Places that are named where something departs; the rest is counted.
const NAMED: usize = 6;

/// A resource as it must be when the next step of it begins.
#[derive(Debug, Clone)]
pub struct Believed {
    present: Present,
    written: bool,
    others: Others,
}

/// What others may change meanwhile, as it is theirs.
#[derive(Debug, Clone, Default)]
struct Others {
    /// `ignore_tags`.
    tags: IgnoredTags,
    /// What hangs on a role whose spec says `attachments: report`.
    hung: Option<Hung>,
}

impl Believed {
    /// As the plan read it.
    pub fn read(present: &Present) -> Self {
        Self { present: present.clone(), written: false, others: Others::default() }
    }

    /// As the plan read it, where the spec leaves some of it to others and no call of the step touches that.
    pub(crate) fn shared(present: &Present, custody: &Custody, hung: Option<&Hung>) -> Self {
        let hung = (custody.attachments == Attachments::Report).then(|| hung.cloned().unwrap_or_default());
        Self { others: Others { tags: custody.ignore_tags.clone(), hung }, ..Self::read(present) }
    }

    /// What the plan read that may be shown and kept.
    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.present.fingerprint
    }

    /// Where it is read.
    pub fn arn(&self) -> &Arn {
        &self.present.arn
    }

    /// Whether this apply wrote it: then a read may not show it yet.
    pub fn is_written(&self) -> bool {
        self.written
    }

    /// The same after one more write that was done; `None` where nothing is known of it any more, as it is gone or made
    /// anew.
    #[must_use]
    pub fn after(mut self, operation: &Operation) -> Option<Self> {
        self.written |= !matches!(operation, Operation::Wait(_));
        if !written(&mut self.present.resource, operation) {
            return None;
        }
        match tagged(operation) {
            Some(Retag::Set(tags)) => tags.iter().for_each(|(key, value)| self.tag(key, Some(value))),
            Some(Retag::Gone(keys)) => keys.iter().for_each(|key| self.tag(key, None)),
            None => {}
        }
        Some(self)
    }

    fn tag(&mut self, key: &str, value: Option<&String>) {
        let Present { resource, owner, markers, .. } = &mut self.present;
        if key == Owner::TAG {
            *owner = value.map(Owner::from_tag);
            return;
        }
        let tags = if key.starts_with(TAG_PREFIX) { markers } else { resource.tags_mut() };
        match value {
            Some(value) => drop(tags.insert(key.to_owned(), value.clone())),
            None => drop(tags.remove(key)),
        }
    }

    /// How a reading departs from it, in words that name places and show no value; `None` where it does not. A revision
    /// that changed alone is nothing: Lambda's does when a function has settled.
    pub fn departure(&self, now: &Present) -> Option<String> {
        let was = &self.present;
        if identity(was) != identity(now) || was.arn != now.arn {
            return Some("it was deleted and made anew".to_owned());
        }
        if is_deleting(now) && !is_deleting(was) {
            return Some("it is being deleted".to_owned());
        }
        if was.owner != now.owner {
            let owner = |of: &Present| of.owner.as_ref().map_or("nobody".to_owned(), ToString::to_string);
            return Some(format!("it belonged to {} and belongs to {}", owner(was), owner(now)));
        }
        let mut places = Vec::new();
        let (was, now) = self.comparable(now);
        places.extend(between(&now.resource, &was.resource).places());
        // What the mark of a function's code says is compared as its code.
        let markers = was.markers.keys().chain(now.markers.keys()).filter(|key| *key != MARK_CODE);
        places.extend(
            markers.filter(|key| was.markers.get(*key) != now.markers.get(*key)).map(|key| format!("tags.{key}")),
        );
        places.sort();
        places.dedup();
        if places.is_empty() {
            return None;
        }
        let more = places.len().saturating_sub(NAMED);
        places.truncate(NAMED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("it was changed in {}{rest}", places.join(", ")))
    }

    /// What it is taken to be and what it is now, each without what may differ.
    fn comparable(&self, now: &Present) -> (Present, Present) {
        let (mut was, mut now) = (self.present.clone(), now.clone());
        for present in [&mut was, &mut now] {
            present.resource.tags_mut().retain(|key, _| !self.others.tags.covers(key));
            // A job's script is read where a plan is made, and not before a step: it is an object of its own.
            if let Resource::Job(job) = &mut present.resource {
                job.script = None;
            }
        }
        if let (Some(hung), Resource::Role(was), Resource::Role(now)) =
            (&self.others.hung, &mut was.resource, &mut now.resource)
        {
            was.attachments.retain(|policy| !hung.attachments.contains(policy));
            was.inline.retain(|name, _| !hung.inline.contains(name));
            now.attachments.retain(|policy| was.attachments.contains(policy));
            now.inline.retain(|name, _| was.inline.contains_key(name));
        }
        (was, now)
    }
}

/// What tells a resource from another one under the same name.
fn identity(present: &Present) -> [Option<&String>; 2] {
    ["id", "created"].map(|key| present.fingerprint.0.get(key))
}

enum Retag<'a> {
    Set(&'a Tags),
    Gone(&'a [String]),
}

fn tagged(operation: &Operation) -> Option<Retag<'_>> {
    match operation {
        Operation::Policy(PolicyOperation::Tag { tags, .. })
        | Operation::Role(RoleOperation::Tag { tags, .. })
        | Operation::LogGroup(LogGroupOperation::Tag { tags, .. })
        | Operation::Function(FunctionOperation::Tag { tags, .. })
        | Operation::Job(JobOperation::Tag { tags, .. })
        | Operation::StateMachine(StateMachineOperation::Tag { tags, .. }) => Some(Retag::Set(tags)),
        Operation::Policy(PolicyOperation::Untag { keys, .. })
        | Operation::Role(RoleOperation::Untag { keys, .. })
        | Operation::LogGroup(LogGroupOperation::Untag { keys, .. })
        | Operation::Function(FunctionOperation::Untag { keys, .. })
        | Operation::Job(JobOperation::Untag { keys, .. })
        | Operation::StateMachine(StateMachineOperation::Untag { keys, .. }) => Some(Retag::Gone(keys)),
        _ => None,
    }
}

impl Operation {
    /// Whose resource it writes; `None` for a wait, and for an object in S3.
    pub fn writes(&self) -> Option<Address> {
        use FunctionOperation as F;
        use JobOperation as J;
        use LogGroupOperation as L;
        use PolicyOperation as P;
        use RoleOperation as R;
        use StateMachineOperation as M;
        let (kind, name) = match self {
            Self::Policy(P::Create { name, .. }) => (Kind::Policy, name.as_str()),
            Self::Policy(
                P::CreateVersion { arn, .. }
                | P::DeleteVersion { arn, .. }
                | P::Tag { arn, .. }
                | P::Untag { arn, .. }
                | P::Delete { arn },
            ) => (Kind::Policy, arn.name()),
            Self::Role(
                R::Create { name, .. }
                | R::UpdateTrust { name, .. }
                | R::UpdateSettings { name, .. }
                | R::PutBoundary { name, .. }
                | R::DeleteBoundary { name }
                | R::Attach { name, .. }
                | R::Detach { name, .. }
                | R::PutInline { name, .. }
                | R::DeleteInline { name, .. }
                | R::Tag { name, .. }
                | R::Untag { name, .. }
                | R::Delete { name },
            ) => (Kind::Role, name.as_str()),
            Self::LogGroup(
                L::Create { name, .. }
                | L::PutRetention { name, .. }
                | L::DeleteRetention { name }
                | L::AssociateKey { name, .. }
                | L::DisassociateKey { name }
                | L::Protect { name, .. }
                | L::Delete { name },
            ) => (Kind::LogGroup, name.as_str()),
            Self::LogGroup(L::Tag { arn, .. } | L::Untag { arn, .. }) => {
                (Kind::LogGroup, arn.resource().strip_prefix("log-group:")?)
            }
            Self::Function(
                F::Create { name, .. }
                | F::UpdateCode { name, .. }
                | F::UpdateConfiguration { name, .. }
                | F::MarkCode { name, .. }
                | F::Delete { name },
            ) => (Kind::Function, name.as_str()),
            Self::Function(F::Tag { arn, .. } | F::Untag { arn, .. }) => {
                (Kind::Function, arn.resource().strip_prefix("function:")?)
            }
            Self::Job(J::Create { name, .. } | J::Update { name, .. } | J::Delete { name }) => {
                (Kind::Job, name.as_str())
            }
            Self::Job(J::Tag { arn, .. } | J::Untag { arn, .. }) => (Kind::Job, arn.resource().strip_prefix("job/")?),
            Self::StateMachine(M::Create { name, .. }) => (Kind::StateMachine, name.as_str()),
            Self::StateMachine(
                M::Update { arn, .. }
                | M::Tag { arn, .. }
                | M::Untag { arn, .. }
                | M::StopExecutions { arn }
                | M::Delete { arn },
            ) => (Kind::StateMachine, arn.resource().strip_prefix("stateMachine:")?),
            Self::Job(J::UploadScript { .. } | J::DeleteScript { .. } | J::ReleaseScript { .. }) | Self::Wait(_) => {
                return None;
            }
        };
        Some(Address::new(kind, name))
    }

    /// Whether a read of the resource shows all that it does, so that a resource that looks as if it were done needs it
    /// no more.
    pub fn is_seen(&self) -> bool {
        match self {
            Self::Policy(PolicyOperation::Create { .. } | PolicyOperation::Delete { .. })
            | Self::Role(RoleOperation::Create { .. } | RoleOperation::Delete { .. })
            | Self::LogGroup(LogGroupOperation::Create { .. } | LogGroupOperation::Delete { .. })
            | Self::Function(
                FunctionOperation::Create { .. }
                | FunctionOperation::UpdateCode { .. }
                | FunctionOperation::MarkCode { .. }
                | FunctionOperation::Delete { .. },
            )
            | Self::Job(
                JobOperation::Create { .. }
                | JobOperation::UploadScript { .. }
                | JobOperation::DeleteScript { .. }
                | JobOperation::ReleaseScript { .. }
                | JobOperation::Delete { .. },
            )
            | Self::StateMachine(
                StateMachineOperation::Create { .. }
                | StateMachineOperation::StopExecutions { .. }
                | StateMachineOperation::Delete { .. },
            ) => false,
            Self::Wait(condition) => {
                matches!(condition, Condition::FunctionReady { .. } | Condition::GrantsInForce { .. })
            }
            Self::Policy(_)
            | Self::Role(_)
            | Self::LogGroup(_)
            | Self::Function(_)
            | Self::Job(_)
            | Self::StateMachine(_) => true,
        }
    }
}
