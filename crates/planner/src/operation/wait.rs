//! Waits.

use std::collections::BTreeSet;

use statewright_spec::{Address, Arn};

/// What a wait waits for. The applier polls, says so, and bounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// What roles were given is in force everywhere. No read shows it: only time makes it so.
    GrantsInForce {
        /// The roles, and the policies that hang on them.
        given: BTreeSet<Address>,
    },
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
    /// No execution runs on the machine, at the first look: one that started since the plan was made is not ended unasked.
    Idle {
        /// The machine.
        arn: Arn,
    },
    /// No execution runs on the machine that works with the role and needs what it grants no longer: one that started with
    /// another definition than the one that stays, or with any where the machine lets go of the role.
    Drained {
        /// The machine.
        machine: Arn,
        /// The role.
        role: Arn,
        /// The definition that the role still grants all to, parsed; `None` where the machine has another role.
        stays: Option<Box<serde_json::Value>>,
        /// What is kept for them, in words.
        keeps: String,
    },
    /// The Express executions that run when it begins have ended. No call lists them: only time ends them.
    ExpressEnded {
        /// Their machines.
        machines: BTreeSet<Arn>,
    },
    /// The log group of a deleted function is not there (a late flush makes it anew: then it is deleted again).
    LogGroupGone {
        /// The group's name.
        name: String,
    },
}

impl Condition {
    /// Whether it is looked at once, just before a write, and never waited for.
    pub const fn is_guard(&self) -> bool {
        match self {
            Self::Idle { .. } => true,
            Self::GrantsInForce { .. }
            | Self::FunctionReady { .. }
            | Self::MachineSettled { .. }
            | Self::MachineGone { .. }
            | Self::NoExecutions { .. }
            | Self::Drained { .. }
            | Self::ExpressEnded { .. }
            | Self::LogGroupGone { .. } => false,
        }
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::GrantsInForce { given } => {
                let given = given.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                write!(f, "what {given} newly grants to be in force everywhere")
            }
            Self::FunctionReady { name } => write!(f, "function {name} to be ready"),
            Self::MachineSettled { arn, .. } => write!(f, "state machine {} to show its new definition", arn.name()),
            Self::MachineGone { arn } => write!(f, "state machine {} to be gone", arn.name()),
            Self::NoExecutions { arn } => write!(f, "the executions of {} to end", arn.name()),
            Self::Idle { arn } => write!(f, "{} to have no running execution", arn.name()),
            Self::Drained { machine, role, keeps, .. } => {
                write!(f, "the executions of {} that still need of {}: {keeps}, to end", machine.name(), role.name())
            }
            Self::ExpressEnded { machines } => {
                let machines = machines.iter().map(Arn::name).collect::<Vec<_>>().join(", ");
                write!(f, "the Express executions of {machines} to end (five minutes at most)")
            }
            Self::LogGroupGone { name } => write!(f, "log group {name} to stay gone"),
        }
    }
}
