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

pub use wait::Condition;

use self::{
    function::FunctionOperation, job::JobOperation, log_group::LogGroupOperation, policy::PolicyOperation,
    role::RoleOperation, state_machine::StateMachineOperation,
};

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
}
