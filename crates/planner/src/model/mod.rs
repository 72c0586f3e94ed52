//! An AWS in memory: it does what an [`Operation`] says, refuses what AWS refuses, and is read as AWS is read. For the
//! tests of this crate and, behind the feature `model`, of others.
//!
//! It is kinder than AWS in three ways: what was written is seen at once, a wait always ends, and nothing is throttled.

mod glue;
mod iam;
mod lambda;
mod logs;
mod observe;
mod run;
mod stack;
mod states;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use statewright_spec::{
    AccountId, Arn, Identity, Owner, Partition, Region, TAG_PREFIX, Tags,
    kind::{function::Function, job::Job, log_group::LogGroup, role::Role, state_machine::StateMachine},
};

pub use run::{apply, planned, read};
pub use stack::Stack;

use crate::{Condition, Operation, Published, Refusal, RefusalKind};

/// One account in one region.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// Where it is.
    pub identity: Identity,
    /// Managed policies, by name.
    pub policies: BTreeMap<String, LivePolicy>,
    /// Roles, by name.
    pub roles: BTreeMap<String, LiveRole>,
    /// Log groups, by name.
    pub log_groups: BTreeMap<String, LiveLogGroup>,
    /// Functions, by name.
    pub functions: BTreeMap<String, LiveFunction>,
    /// Jobs, by name.
    pub jobs: BTreeMap<String, LiveJob>,
    /// State machines, by name.
    pub machines: BTreeMap<String, LiveMachine>,
    /// Objects in S3, by bucket and key.
    pub objects: BTreeMap<(String, String), LiveObject>,
    /// Roles in instance profiles: profile and role.
    pub instance_profiles: BTreeSet<(String, String)>,
    /// Who else holds a policy: policy and `user/NAME`.
    pub other_holders: BTreeSet<(String, String)>,
    /// Executions that were ended by the deletion of their machine.
    pub ended: usize,
    /// Gives ids that differ.
    pub counter: u64,
}

/// A managed policy.
#[derive(Debug, Clone, PartialEq)]
pub struct LivePolicy {
    /// Its ARN.
    pub arn: Arn,
    /// `/` or `/team/`.
    pub path: String,
    /// May be empty.
    pub description: String,
    /// Documents by number, oldest first.
    pub versions: Vec<(u32, Value)>,
    /// The number in force.
    pub default: u32,
    /// The number of the next.
    pub next: u32,
    /// All tags, ours included.
    pub tags: Tags,
}

/// A role.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveRole {
    /// Its ARN.
    pub arn: Arn,
    /// Its fields; the tags in here are not used.
    pub role: Role,
    /// `AROA…`.
    pub id: String,
    /// All tags, ours included.
    pub tags: Tags,
}

/// A log group.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveLogGroup {
    /// Its fields; the tags in here are not used.
    pub group: LogGroup,
    /// All tags, ours included.
    pub tags: Tags,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveFunction {
    /// Its fields; the tags in here are not used.
    pub function: Function,
    /// `CodeSha256`.
    pub sha256: String,
    /// The id of the role for which its environment is encrypted.
    pub role_id: String,
    /// A write is being done; another is refused.
    pub busy: bool,
    /// The last update failed.
    pub failed: bool,
    /// Changes with each write.
    pub revision: u64,
    /// All tags, ours included.
    pub tags: Tags,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveJob {
    /// Its fields; the tags and the script in here are not used.
    pub job: Job,
    /// Changes with each write.
    pub revision: u64,
    /// All tags, ours included.
    pub tags: Tags,
}

/// A state machine.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveMachine {
    /// Its fields; the tags in here are not used.
    pub machine: StateMachine,
    /// Executions that run.
    pub executions: usize,
    /// What they started with, where the machine has changed since.
    pub started_with: Option<(Arn, Value)>,
    /// The published versions that aliases lead to.
    pub published: Vec<Published>,
    /// It is being deleted, and holds its name.
    pub deleting: bool,
    /// Changes with each write.
    pub revision: u64,
    /// All tags, ours included.
    pub tags: Tags,
}

/// An object in S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveObject {
    /// Its owner's tag.
    pub owner: Option<Owner>,
    /// Its content's.
    pub sha256: String,
}

impl World {
    /// An empty account.
    pub fn new(account: &str, region: &str) -> Self {
        Self {
            identity: Identity {
                partition: Partition::new("aws"),
                account: AccountId::new(account),
                region: Region::new(region),
            },
            policies: BTreeMap::new(),
            roles: BTreeMap::new(),
            log_groups: BTreeMap::new(),
            functions: BTreeMap::new(),
            jobs: BTreeMap::new(),
            machines: BTreeMap::new(),
            objects: BTreeMap::new(),
            instance_profiles: BTreeSet::new(),
            other_holders: BTreeSet::new(),
            ended: 0,
            counter: 0,
        }
    }

    /// Makes the call of an operation, or lets the time of a wait pass.
    ///
    /// # Errors
    /// AWS's refusal; nothing was changed then.
    pub fn perform(&mut self, operation: &Operation) -> Result<(), Refusal> {
        self.counter += 1;
        match operation {
            Operation::Policy(operation) => self.policy(operation),
            Operation::Role(operation) => self.role(operation),
            Operation::LogGroup(operation) => self.log_group(operation),
            Operation::Function(operation) => self.function(operation),
            Operation::Job(operation) => self.job(operation),
            Operation::StateMachine(operation) => self.machine(operation),
            Operation::Wait(condition) => self.wait(condition),
        }
    }

    fn wait(&mut self, condition: &Condition) -> Result<(), Refusal> {
        match condition {
            Condition::GrantsInForce { .. } | Condition::ExpressEnded { .. } => Ok(()),
            Condition::FunctionReady { name } => {
                let function = self.functions.get_mut(name).ok_or_else(|| missing("lambda:GetFunction", name))?;
                function.busy = false;
                Ok(())
            }
            Condition::MachineSettled { arn, role, definition } => match self.machines.get(arn.name()) {
                Some(live) if live.machine.role == *role && live.machine.definition == **definition => Ok(()),
                Some(_) => Err(refusal(RefusalKind::Other, "wait", "NeverSettles", arn.as_str())),
                None => Err(missing("states:DescribeStateMachine", arn.as_str())),
            },
            Condition::MachineGone { arn } => {
                if self.machines.get(arn.name()).is_some_and(|machine| !machine.deleting) {
                    return Err(refusal(RefusalKind::Other, "wait", "NeverGone", arn.as_str()));
                }
                self.machines.remove(arn.name());
                Ok(())
            }
            Condition::NoExecutions { arn } => {
                if let Some(live) = self.machines.get_mut(arn.name()) {
                    live.executions = 0;
                    live.started_with = None;
                }
                Ok(())
            }
            Condition::Idle { arn } => match self.machines.get(arn.name()) {
                Some(live) if live.executions > 0 => Err(refusal(RefusalKind::Other, "wait", "NotIdle", arn.as_str())),
                Some(_) | None => Ok(()),
            },
            Condition::Drained { machine, role, stays, .. } => {
                if let Some(live) = self.machines.get_mut(machine.name()) {
                    let now = (live.machine.role.clone(), live.machine.definition.clone());
                    let (of, definition) = live.started_with.as_ref().unwrap_or(&now);
                    if of == role && stays.as_deref() != Some(definition) {
                        live.executions = 0;
                        live.started_with = None;
                    }
                }
                Ok(())
            }
            Condition::LogGroupGone { name } => {
                if self.log_groups.contains_key(name) {
                    return Err(refusal(RefusalKind::Other, "wait", "NeverGone", name));
                }
                Ok(())
            }
        }
    }

    /// Whether a role exists under this ARN; another account's always does.
    fn role_exists(&self, arn: &Arn) -> bool {
        arn.account() != self.identity.account.as_str() || self.roles.values().any(|role| role.arn == *arn)
    }
}

fn refusal(kind: RefusalKind, call: &str, code: &str, message: &str) -> Refusal {
    Refusal { kind, call: call.to_owned(), code: code.to_owned(), message: message.to_owned(), request_id: None }
}

fn missing(call: &str, what: &str) -> Refusal {
    refusal(RefusalKind::NotFound, call, "NoSuchEntity", what)
}

fn exists(call: &str, what: &str) -> Refusal {
    refusal(RefusalKind::Exists, call, "EntityAlreadyExists", what)
}

fn conflict(call: &str, why: &str) -> Refusal {
    refusal(RefusalKind::Other, call, "DeleteConflict", why)
}

/// The tags of the spec, the owner, and our other marks.
fn parted(tags: &Tags) -> (Tags, Option<Owner>, Tags) {
    let (ours, theirs): (Tags, Tags) = tags.clone().into_iter().partition(|(key, _)| key.starts_with(TAG_PREFIX));
    let owner = ours.get(Owner::TAG).map(Owner::from_tag);
    let markers = ours.into_iter().filter(|(key, _)| key != Owner::TAG).collect();
    (theirs, owner, markers)
}
