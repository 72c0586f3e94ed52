//! Waits.

use statewright_spec::Arn;

/// What a wait waits for. The applier polls, says so, and bounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A function's state is `Active` (or `Inactive`) and its last update is done.
    FunctionReady {
        /// The function's name.
        name: String,
    },
    /// `DescribeStateMachine` gives what was written: updates are eventually consistent.
    MachineSettled {
        /// The machine.
        arn: Arn,
        /// The role that it must show.
        role: Arn,
        /// The definition that it must show, parsed.
        definition: Box<serde_json::Value>,
    },
    /// The machine is no longer there, not even DELETING.
    MachineGone {
        /// The machine.
        arn: Arn,
    },
    /// No execution runs on the machine.
    NoExecutions {
        /// The machine.
        arn: Arn,
    },
    /// The log group of a deleted function is not there (a late flush makes it anew: then it is deleted again).
    LogGroupGone {
        /// The group's name.
        name: String,
    },
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FunctionReady { name } => write!(f, "function {name} to be ready"),
            Self::MachineSettled { arn, .. } => write!(f, "state machine {} to show its new definition", arn.name()),
            Self::MachineGone { arn } => write!(f, "state machine {} to be gone", arn.name()),
            Self::NoExecutions { arn } => write!(f, "the executions of {} to end", arn.name()),
            Self::LogGroupGone { name } => write!(f, "log group {name} to stay gone"),
        }
    }
}
