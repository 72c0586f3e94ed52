//! `state_machines:` — Step Functions state machines.

use serde_json::Value;

use crate::{Arn, Tags};

/// A state machine.
#[derive(Debug, Clone, PartialEq)]
pub struct StateMachine {
    /// Cannot change: a replace.
    pub machine_type: MachineType,
    /// The role that it assumes.
    pub role: Arn,
    /// The definition, parsed. What is sent is this, printed.
    pub definition: Value,
    /// Log delivery; `None` is `OFF`.
    pub logging: Option<Logging>,
    /// X-Ray.
    pub tracing: bool,
    /// A customer's key; `None` is AWS's own.
    pub encryption: Option<Encryption>,
    /// Without ours.
    pub tags: Tags,
}

/// STANDARD or EXPRESS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MachineType {
    /// Runs up to a year, with a history.
    Standard,
    /// Runs up to five minutes, followed through its log.
    Express,
}

/// Where and how much a machine logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// How much.
    pub level: LogLevel,
    /// Whether inputs and outputs are logged too.
    pub include_execution_data: bool,
    /// The log group's ARN, without the `:*` that AWS wants behind it.
    pub log_group: Arn,
}

/// How much is logged; off is the absence of [`Logging`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogLevel {
    /// Everything.
    All,
    /// Failures and errors.
    Error,
    /// Executions that failed.
    Fatal,
}

/// A customer-managed key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    /// The key: an id, an alias or an ARN.
    pub kms_key: String,
    /// How long a data key is used again, in seconds: 60 to 900; AWS's default is 300.
    pub reuse_seconds: u32,
}

impl MachineType {
    /// As AWS spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

impl LogLevel {
    /// As AWS spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}
