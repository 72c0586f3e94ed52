//! One file a kind: what differs, which calls mend it, what it uses.

pub(crate) mod function;
pub(crate) mod job;
pub(crate) mod log_group;
pub(crate) mod policy;
pub(crate) mod role;
pub(crate) mod state_machine;

use serde_json::Value;
use statewright_spec::{Address, Arn, Kind, Resource, Tags};

use crate::{
    Operation,
    compare::Differences,
    operation::{
        function::FunctionOperation, job::JobOperation, log_group::LogGroupOperation, policy::PolicyOperation,
        role::RoleOperation, state_machine::StateMachineOperation,
    },
};

/// What turns a resource into what it shall be.
#[derive(Default)]
pub(crate) struct Update {
    /// All that is given, and all that is no grant: before what uses it.
    pub(crate) grow: Part,
    /// Grants that go: after what used them.
    pub(crate) shrink: Part,
    /// Why there is something to do where nothing differs.
    pub(crate) why: Option<String>,
    /// What may go wrong, in sentences.
    pub(crate) risk: Vec<String>,
}

/// The share of one step.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) differences: Differences,
    pub(crate) operations: Vec<Operation>,
    /// A few words each: `attach 1 policy`.
    pub(crate) title: Vec<String>,
}

/// What a resource names and cannot be without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// A role or a policy, by its ARN.
    Arn(Arn),
    /// A log group, by its name.
    LogGroup(String),
}

/// What a resource uses: AWS refuses it without, or it works with its rights.
pub(crate) fn uses(resource: &Resource) -> Vec<Use> {
    match resource {
        Resource::Policy(_) | Resource::LogGroup(_) => Vec::new(),
        Resource::Role(role) => role::uses(role),
        Resource::Function(function) => function::uses(function),
        Resource::Job(job) => vec![Use::Arn(job.role.clone())],
        Resource::StateMachine(machine) => state_machine::uses(machine),
    }
}

/// What a create sets beyond the defaults.
pub(crate) fn created(resource: &Resource) -> Differences {
    match resource {
        Resource::Policy(policy) => policy::differences(None, policy),
        Resource::Role(role) => role::differences(None, role),
        Resource::LogGroup(group) => log_group::differences(None, group),
        Resource::Function(function) => function::differences(None, function),
        Resource::Job(job) => job::differences(None, job),
        Resource::StateMachine(machine) => state_machine::differences(None, machine),
    }
}

/// The fields that differ and that only another resource can have: it must be replaced. The kinds must be the same.
pub(crate) fn immutable(before: &Resource, after: &Resource) -> Vec<&'static str> {
    let fields = match after {
        Resource::Policy(_) => policy::IMMUTABLE,
        Resource::Role(_) => role::IMMUTABLE,
        Resource::LogGroup(_) => log_group::IMMUTABLE,
        Resource::StateMachine(_) => state_machine::IMMUTABLE,
        Resource::Function(_) | Resource::Job(_) => return Vec::new(),
    };
    let differences = between(before, after);
    fields.iter().copied().filter(|field| differences.has(field)).collect()
}

/// What differs between two readings of one resource, or between what it should be and what it is.
pub(crate) fn between(before: &Resource, after: &Resource) -> Differences {
    match (before, after) {
        (Resource::Policy(b), Resource::Policy(a)) => policy::differences(Some(b), a),
        (Resource::Role(b), Resource::Role(a)) => role::differences(Some(b), a),
        (Resource::LogGroup(b), Resource::LogGroup(a)) => log_group::differences(Some(b), a),
        (Resource::Function(b), Resource::Function(a)) => function::differences(Some(b), a),
        (Resource::Job(b), Resource::Job(a)) => job::differences(Some(b), a),
        (Resource::StateMachine(b), Resource::StateMachine(a)) => state_machine::differences(Some(b), a),
        // Both sides are of one kind. Named, so that a new kind is asked for here.
        (
            Resource::Policy(_)
            | Resource::Role(_)
            | Resource::LogGroup(_)
            | Resource::Function(_)
            | Resource::Job(_)
            | Resource::StateMachine(_),
            _,
        ) => Differences::default(),
    }
}

/// What a write makes of the resource that is there; tags are [`crate::believed`]'s. `false` where it is gone, or not
/// known any more.
pub(crate) fn written(resource: &mut Resource, operation: &Operation) -> bool {
    match (resource, operation) {
        (Resource::Policy(policy), Operation::Policy(o)) => policy::written(policy, o),
        (Resource::Role(role), Operation::Role(o)) => role::written(role, o),
        (Resource::LogGroup(group), Operation::LogGroup(o)) => log_group::written(group, o),
        (Resource::Function(function), Operation::Function(o)) => function::written(function, o),
        (Resource::Job(job), Operation::Job(o)) => job::written(job, o),
        (Resource::StateMachine(machine), Operation::StateMachine(o)) => state_machine::written(machine, o),
        (_, Operation::Wait(_)) => true,
        // An address has its kind in it. Named, so that a new kind is asked for here.
        (
            Resource::Policy(_)
            | Resource::Role(_)
            | Resource::LogGroup(_)
            | Resource::Function(_)
            | Resource::Job(_)
            | Resource::StateMachine(_),
            _,
        ) => false,
    }
}

/// How the spec would write what a field is, for the fields that only another resource can have.
pub(crate) fn as_written(resource: &Resource, field: &str) -> Option<String> {
    let text = match (resource, field) {
        (Resource::Policy(policy), "path") => &policy.path,
        (Resource::Policy(policy), "description") => &policy.description,
        (Resource::Role(role), "path") => &role.path,
        (Resource::LogGroup(group), "class") => &group.class,
        (Resource::StateMachine(machine), "type") => machine.machine_type.as_str(),
        _ => return None,
    };
    Some(format!("{field}: {}", Value::from(text)))
}

/// The call that sets tags.
pub(crate) fn tag(address: &Address, arn: &Arn, tags: Tags) -> Operation {
    let (name, arn) = (address.name.clone(), arn.clone());
    match address.kind {
        Kind::Policy => Operation::Policy(PolicyOperation::Tag { arn, tags }),
        Kind::Role => Operation::Role(RoleOperation::Tag { name, tags }),
        Kind::LogGroup => Operation::LogGroup(LogGroupOperation::Tag { arn, tags }),
        Kind::Function => Operation::Function(FunctionOperation::Tag { arn, tags }),
        Kind::Job => Operation::Job(JobOperation::Tag { arn, tags }),
        Kind::StateMachine => Operation::StateMachine(StateMachineOperation::Tag { arn, tags }),
    }
}

/// The call that takes tags away.
pub(crate) fn untag(address: &Address, arn: &Arn, keys: Vec<String>) -> Operation {
    let (name, arn) = (address.name.clone(), arn.clone());
    match address.kind {
        Kind::Policy => Operation::Policy(PolicyOperation::Untag { arn, keys }),
        Kind::Role => Operation::Role(RoleOperation::Untag { name, keys }),
        Kind::LogGroup => Operation::LogGroup(LogGroupOperation::Untag { arn, keys }),
        Kind::Function => Operation::Function(FunctionOperation::Untag { arn, keys }),
        Kind::Job => Operation::Job(JobOperation::Untag { arn, keys }),
        Kind::StateMachine => Operation::StateMachine(StateMachineOperation::Untag { arn, keys }),
    }
}

/// The tags of a create: the spec's and ours.
pub(crate) fn owned(tags: &Tags, ours: &Tags) -> Tags {
    tags.iter().chain(ours).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// `1 policy`, `2 policies`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}
