//! Calls on a state machine.

use statewright_spec::{Arn, Tags, kind::state_machine::StateMachine};

/// One call on a state machine.
#[derive(Debug, Clone, PartialEq)]
pub enum StateMachineOperation {
    /// `CreateStateMachine`. It answers with somebody's identical machine where there is one: only the owner's tag, read
    /// back, tells.
    Create {
        /// The name.
        name: String,
        /// All of it.
        machine: Box<StateMachine>,
        /// The spec's tags and ours.
        tags: Tags,
    },
    /// `UpdateStateMachine`: every field is sent, for what is omitted keeps its value.
    Update {
        /// The machine.
        arn: Arn,
        /// All of it.
        machine: Box<StateMachine>,
    },
    /// `TagResource`.
    Tag {
        /// The machine.
        arn: Arn,
        /// What is set.
        tags: Tags,
    },
    /// `UntagResource`.
    Untag {
        /// The machine.
        arn: Arn,
        /// Which.
        keys: Vec<String>,
    },
    /// `StopExecution` for each that runs.
    StopExecutions {
        /// The machine.
        arn: Arn,
    },
    /// `DeleteStateMachine`: it ends running executions at their next transition.
    Delete {
        /// The machine.
        arn: Arn,
    },
}

impl StateMachineOperation {
    /// The IAM actions that it needs.
    pub fn calls(&self) -> Vec<&'static str> {
        match self {
            Self::Create { .. } => vec!["states:CreateStateMachine", "iam:PassRole", "states:TagResource"],
            Self::Update { .. } => vec!["states:UpdateStateMachine", "iam:PassRole"],
            Self::Tag { .. } => vec!["states:TagResource"],
            Self::Untag { .. } => vec!["states:UntagResource"],
            Self::StopExecutions { .. } => vec!["states:StopExecution", "states:ListExecutions"],
            Self::Delete { .. } => vec!["states:DeleteStateMachine"],
        }
    }
}
