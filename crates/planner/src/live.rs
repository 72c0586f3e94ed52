//! The state that AWS reports.

use std::collections::{BTreeMap, BTreeSet};

use statewright_asl::AwsDiagnostic;
use statewright_iam::PolicyFinding;
use statewright_spec::{
    Address, Arn, Identity, Lookup, Owner, Resource, Secret, Tags,
    kind::{role::Role, state_machine::MachineType},
};

use crate::{Denied, Right};

/// What the first round of reading shall read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Resources, each with the ARN that it has if it exists.
    pub resources: BTreeMap<Address, Arn>,
    /// For jobs whose script the spec holds: where it is uploaded (`s3://bucket/key`).
    pub scripts: BTreeMap<Address, String>,
    /// What is only named.
    pub lookups: BTreeSet<Lookup>,
    /// Whose resources are searched for beyond those, where a search is wanted.
    pub search: Option<Owner>,
    /// Whether the search goes on in an account so large that it would stop.
    pub deep: bool,
    /// The tags that each machine shall carry, ours among them. Where the search finds a machine with just these, it is
    /// believed; else its tags are read by themselves, for the search lags behind. Step Functions tells the tags of few
    /// machines a second.
    pub tagged: BTreeMap<Address, Tags>,
}

/// Everything that was read, once.
#[derive(Debug, Clone)]
pub struct Live {
    /// Where it was read.
    pub identity: Identity,
    /// Declared resources, and those that the search found to be the owner's.
    pub observed: BTreeMap<Address, Observed>,
    /// What is only named.
    pub lookups: BTreeMap<Lookup, Found>,
    /// Answers to [`questions`](crate::questions).
    pub answers: BTreeMap<Question, Answer>,
    /// How the search for the owner's other resources went.
    pub search: Search,
}

/// One resource as it was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Observed {
    /// It does not exist.
    Absent,
    /// It exists.
    Present(Box<Present>),
    /// AWS would not say.
    Unreadable(Refusal),
}

/// A resource that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Present {
    /// Its fields, defaults filled in.
    pub resource: Resource,
    /// Its real ARN.
    pub arn: Arn,
    /// The value of `statewright:stack`, where it has one.
    pub owner: Option<Owner>,
    /// Our other tags (`statewright:protect`, `statewright:script`, …), whole keys.
    pub markers: BTreeMap<String, String>,
    /// What must still be so when it is written.
    pub fingerprint: Fingerprint,
    /// What only one kind has.
    pub detail: Detail,
}

/// Says whether a resource is still the one that was planned against: a revision id, a default version, a date.
/// Never made of a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Fingerprint(pub BTreeMap<String, String>);

/// What is known of one kind only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A policy: which version is the default, and how often it is in use.
    Policy {
        /// `v3`.
        default_version: String,
        /// Attachments to users, groups and roles, and users and roles that it is the boundary of.
        attachments: u32,
    },
    /// A role.
    Role {
        /// `AROA…`: another one under the same name has another.
        id: String,
    },
    /// A log group.
    LogGroup,
    /// A function.
    Function {
        /// Guards a write.
        revision: String,
        /// `Active`, `Pending`, `Inactive`, `Failed`.
        state: String,
        /// `Successful`, `InProgress`, `Failed`.
        update: String,
    },
    /// A job.
    Job {
        /// Whether the object at the script's place exists, and whose it is.
        script: ScriptObject,
        /// The job has nodes of the visual editor, which an update would wipe out.
        visual_nodes: bool,
    },
    /// A state machine.
    StateMachine {
        /// `INITIAL` or an id.
        revision: String,
        /// `ACTIVE` or `DELETING`.
        status: String,
    },
}

/// The object where a job's script is uploaded to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptObject {
    /// The spec holds no script for this job, and ours was never there.
    NotManaged,
    /// Nothing there yet.
    Absent,
    /// There, with this owner tag, if any.
    Present {
        /// The owner's tag.
        owner: Option<Owner>,
    },
    /// S3 would not say.
    Unreadable(Refusal),
}

/// What a lookup found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is there.
    Yes,
    /// It is not.
    No,
    /// AWS would not say.
    Unreadable(Refusal),
}

/// What a plan needs to know only where something changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// The versions of a policy whose document changes or that goes.
    PolicyVersions(Arn),
    /// The roles, users and groups that hold a policy that goes, or are bounded by it.
    PolicyAttachments(Arn),
    /// The instance profiles that hold a role that goes.
    InstanceProfiles(String),
    /// The executions that run on a machine that goes or is replaced.
    RunningExecutions(Arn),
    /// The same, by the definition and the role that each started with, where a role that it may work with grants less.
    Revisions(Arn),
    /// The versions of a machine that its aliases lead to, where a role that they may work with grants less.
    Published(Arn),
    /// What AWS itself says of a definition that is new or changes.
    Verdict {
        /// The type of its machine.
        machine_type: MachineType,
        /// The definition as it will be sent.
        definition: Secret,
    },
    /// What AWS itself says of a policy document that is new or changes.
    PolicyVerdict {
        /// What sort of policy.
        kind: statewright_iam::Kind,
        /// The document as it will be sent.
        document: Secret,
    },
    /// The object where a new job's script goes, or that a job leaves behind.
    ScriptObject {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
    /// What a role that is only named grants and whom it trusts: a machine assumes it.
    RoleGrants(Arn),
    /// The default version of a policy that is only named: it hangs on a role that a machine assumes.
    PolicyDocument(Arn),
    /// How old a role is.
    RoleAge(Arn),
    /// What the account may have of IAM, and has.
    AccountSummary,
    /// The resource policies of `CloudWatch` Logs.
    LogPolicies,
    /// Which of these the caller lacks.
    Rights(BTreeSet<Right>),
}

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Version ids, oldest first; the default is in [`Detail::Policy`].
    PolicyVersions(Vec<String>),
    /// `role/NAME`, `user/NAME`, `group/NAME`.
    PolicyAttachments(BTreeSet<String>),
    /// Names.
    InstanceProfiles(BTreeSet<String>),
    /// How many run; at least this many where `more` is true.
    RunningExecutions {
        /// Counted.
        count: usize,
        /// There are more than were counted.
        more: bool,
    },
    /// What runs, by what it started with.
    Revisions(Running),
    /// The versions, by their number.
    Published(Vec<Published>),
    /// The object at a place.
    ScriptObject(ScriptObject),
    /// The role; `None` where there is none.
    RoleGrants(Option<Box<Role>>),
    /// The document; `None` where there is no such policy.
    PolicyDocument(Option<serde_json::Value>),
    /// The time since it was made, by our clock; `None` where there is no such role.
    RoleAge(Option<std::time::Duration>),
    /// Everything that AWS says of a definition; empty where it takes it as it is.
    Verdict(Vec<AwsDiagnostic>),
    /// Everything that AWS says of a policy document.
    PolicyVerdict(Vec<PolicyFinding>),
    /// Counts and quotas of IAM by AWS's own names.
    AccountSummary(BTreeMap<String, u64>),
    /// Their documents.
    LogPolicies(Vec<String>),
    /// What IAM's simulation says.
    Rights {
        /// The user or the role that calls.
        caller: Arn,
        /// What it lacks.
        denied: Vec<Denied>,
    },
    /// AWS would not say.
    Unreadable(Refusal),
}

/// The executions that run on a machine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Running {
    /// By what they started with.
    pub revisions: Vec<Revision>,
    /// Those that were not looked at, for there are too many.
    pub unseen: usize,
}

/// Executions that started with the same definition and role: they keep both until they end.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The role.
    pub role: Arn,
    /// The definition, parsed.
    pub definition: serde_json::Value,
    /// How many run.
    pub count: usize,
}

/// A published version of a machine to which aliases lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Its number.
    pub number: u64,
    /// The aliases' names.
    pub aliases: BTreeSet<String>,
    /// The role that its executions work with.
    pub role: Arn,
    /// Their definition, parsed.
    pub definition: serde_json::Value,
}

/// How the search for what is ours went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Whether a search was made at all.
    pub made: bool,
    /// Parts that were refused or cut short, in words.
    pub incomplete: Vec<String>,
}

/// AWS said no, or said nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What sort of no.
    pub kind: RefusalKind,
    /// `iam:GetRole`.
    pub call: String,
    /// AWS's error code (`AccessDenied`), or empty.
    pub code: String,
    /// AWS's message, or the transport's.
    pub message: String,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// What AWS says that it does not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unseen {
    /// That a service may assume a role.
    Trust,
    /// That a role may do what its service looks for when the call is made.
    Rights,
    /// That a role may use a key.
    Key,
    /// A role or a policy that the call adds to.
    Entity,
    /// A principal that a trust names.
    Principal,
}

/// Sorts of refusal. Decided in one place of `crates/aws`, by code and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The caller may not.
    Denied,
    /// The credentials are missing, wrong or expired.
    Credentials,
    /// No answer: endpoint, network, timeout, or a 5xx to the end of the retries.
    Unreachable,
    /// Throttled to the end of the retries.
    Throttled,
    /// It is not there.
    NotFound,
    /// It is there already.
    Exists,
    /// It is changing: try again soon (`ResourceConflictException`, `StateMachineDeleting`, `ConcurrentModification`).
    Busy,
    /// Something in IAM is not seen yet, or never will be: the wording does not tell, and IAM has to be asked
    /// ([`Reliance`](crate::Reliance)).
    Propagating(Unseen),
    /// AWS does not accept the request.
    Invalid,
    /// A quota.
    Limit,
    /// It changed since it was read.
    Stale,
    /// The answer does not fit AWS's own model.
    Malformed,
    /// Anything else.
    Other,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.code.is_empty() {
            write!(f, "{}: {}", self.call, self.message)
        } else {
            write!(f, "{}: {}: {}", self.call, self.code, self.message)
        }
    }
}
