//! What a step does, call by call: plain data that `crates/aws` sends. One file a kind.
//!
//! A plan settles every choice, so an operation carries all that its call needs and nothing is asked again.

pub mod function;
pub mod job;
pub mod log_group;
pub mod policy;
pub mod role;
pub mod state_machine;
mod wait;

use statewright_spec::{Arn, Owner, Resource};
pub use wait::Condition;

use self::{
    function::FunctionOperation,
    job::{JobOperation, Over},
    log_group::LogGroupOperation,
    policy::PolicyOperation,
    role::RoleOperation,
    state_machine::StateMachineOperation,
};
use crate::{Present, Refusal, RefusalKind};

/// One mutating call, or one wait.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// On a policy.
    Policy(PolicyOperation),
    /// On a role.
    Role(RoleOperation),
    /// On a log group.
    LogGroup(LogGroupOperation),
    /// On a function.
    Function(FunctionOperation),
    /// On a job.
    Job(JobOperation),
    /// On a state machine.
    StateMachine(StateMachineOperation),
    /// Polls until something is so.
    Wait(Condition),
}

impl Operation {
    /// The IAM actions of the call, the call's own first, then those that it depends on (`iam:PassRole`, tagging).
    /// Empty for a wait.
    pub fn calls(&self) -> Vec<&'static str> {
        match self {
            Self::Policy(o) => o.calls(),
            Self::Role(o) => o.calls(),
            Self::LogGroup(o) => o.calls(),
            Self::Function(o) => o.calls(),
            Self::Job(o) => o.calls(),
            Self::StateMachine(o) => o.calls(),
            Self::Wait(_) => Vec::new(),
        }
    }

    /// The role that the call hands to a service, with the service's principal: AWS looks whether the one may assume the
    /// other before it takes the call.
    pub fn passes(&self) -> Option<(&Arn, &'static str)> {
        match self {
            Self::Function(
                FunctionOperation::Create { function, .. } | FunctionOperation::UpdateConfiguration { function, .. },
            ) => Some((&function.role, "lambda.amazonaws.com")),
            Self::Job(JobOperation::Create { job, .. } | JobOperation::Update { job, .. }) => {
                Some((&job.role, "glue.amazonaws.com"))
            }
            Self::StateMachine(
                StateMachineOperation::Create { machine, .. } | StateMachineOperation::Update { machine, .. },
            ) => Some((&machine.role, "states.amazonaws.com")),
            Self::Policy(_)
            | Self::Role(_)
            | Self::LogGroup(_)
            | Self::Function(_)
            | Self::Job(_)
            | Self::StateMachine(_)
            | Self::Wait(_) => None,
        }
    }

    /// Whether a refusal may mean that the call was made before, and only its answer was lost.
    pub fn may_be_done(&self, refusal: &Refusal) -> bool {
        match self {
            Self::Policy(PolicyOperation::Create { .. })
            | Self::Role(RoleOperation::Create { .. })
            | Self::LogGroup(LogGroupOperation::Create { .. })
            | Self::Function(FunctionOperation::Create { .. })
            | Self::Job(JobOperation::Create { .. } | JobOperation::UploadScript { over: Over::Nothing, .. })
            | Self::StateMachine(StateMachineOperation::Create { .. }) => refusal.kind == RefusalKind::Exists,
            // Made twice, it is another version of the same, and may be the sixth.
            Self::Policy(PolicyOperation::CreateVersion { .. }) => {
                matches!(refusal.kind, RefusalKind::Limit | RefusalKind::Unreachable)
            }
            Self::Policy(_)
            | Self::Role(_)
            | Self::LogGroup(_)
            | Self::Function(_)
            | Self::Job(_)
            | Self::StateMachine(_)
            | Self::Wait(_) => false,
        }
    }

    /// Whether what is there is what the call makes: our resource for a create, our document for a version.
    pub fn is_done_in(&self, present: &Present, owner: &Owner) -> bool {
        let ours = present.owner.as_ref() == Some(owner);
        match (self, &present.resource) {
            (Self::Policy(PolicyOperation::CreateVersion { document, .. }), Resource::Policy(policy)) => {
                ours && statewright_iam::equivalent(&policy.document, document)
            }
            // Another apply's names another script, which this one would not find again.
            (Self::Job(JobOperation::Create { tags, .. }), Resource::Job(_)) => {
                ours && present.markers.get(job::MARK_SCRIPT) == tags.get(job::MARK_SCRIPT)
            }
            _ => ours,
        }
    }
}
