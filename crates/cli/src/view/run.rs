//! What is told of an execution. `docs/schema/run-1.json` is made from these types.

use std::time::SystemTime;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use statewright_aws::run::{Execution, ExecutionStatus};
use statewright_source::visible;
use statewright_spec::Arn;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::style::{self, paint};
use crate::{args::EventFormat, output};

/// A line of `run --format json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum RunLine {
    /// It was started.
    Start {
        /// The version of this shape.
        v: u32,
        /// RFC 3339, UTC.
        ts: String,
        /// The machine's ARN.
        machine: String,
        /// The execution's ARN.
        exec: String,
    },
    /// It has ended, or is no longer waited for.
    End {
        /// The version of this shape.
        v: u32,
        /// RFC 3339, UTC.
        ts: String,
        /// The execution's ARN.
        exec: String,
        status: Status,
        /// How long it ran, in milliseconds.
        ms: Option<u64>,
        /// Its output.
        output: Option<Value>,
        /// The error's name.
        error: Option<String>,
        /// The error's cause.
        cause: Option<String>,
    },
}

/// How an execution stands.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
    PendingRedrive,
}

/// Tells of one execution, in words or an event a line.
pub(crate) struct Told {
    format: EventFormat,
}

impl Told {
    pub(crate) fn new(format: EventFormat) -> Self {
        Self { format }
    }

    pub(crate) fn started(&self, machine: &Arn, execution: &Arn) {
        match self.format {
            EventFormat::Text => {
                output::say(&format!("{} started {}\n", paint(style::STRONG, "▶"), visible(execution.as_str())));
            }
            EventFormat::Json => output::json_line(&RunLine::Start {
                v: 1,
                ts: stamp(SystemTime::now()),
                machine: machine.to_string(),
                exec: execution.to_string(),
            }),
        }
    }

    pub(crate) fn left_running(&self, execution: &Arn) {
        match self.format {
            EventFormat::Text => {
                output::say(&format!("It is still running, and goes on: {}\n", visible(execution.as_str())));
            }
            EventFormat::Json => output::json_line(&RunLine::End {
                v: 1,
                ts: stamp(SystemTime::now()),
                exec: execution.to_string(),
                status: Status::Running,
                ms: None,
                output: None,
                error: None,
                cause: None,
            }),
        }
    }

    pub(crate) fn ended(&self, execution: &Execution) {
        match self.format {
            EventFormat::Text => words(execution),
            EventFormat::Json => output::json_line(&RunLine::End {
                v: 1,
                ts: stamp(execution.stopped_at.unwrap_or_else(SystemTime::now)),
                exec: execution.arn.to_string(),
                status: execution.status.into(),
                ms: millis(execution),
                output: execution.output.as_deref().map(parsed),
                error: execution.error.clone(),
                cause: execution.cause.clone(),
            }),
        }
    }
}

fn words(execution: &Execution) {
    let (glyph, colour, word) = match execution.status {
        ExecutionStatus::Succeeded => ("✓", style::ADDED, "SUCCEEDED"),
        ExecutionStatus::Running => ("▶", style::STRONG, "RUNNING"),
        ExecutionStatus::PendingRedrive => ("▶", style::STRONG, "PENDING REDRIVE"),
        ExecutionStatus::Failed => ("✕", style::REMOVED, "FAILED"),
        ExecutionStatus::TimedOut => ("✕", style::REMOVED, "TIMED OUT"),
        ExecutionStatus::Aborted => ("■", style::REMOVED, "ABORTED"),
    };
    let spent = millis(execution).map(|ms| format!(" after {}.{} s", ms / 1000, ms % 1000 / 100)).unwrap_or_default();
    output::say(&format!("{}{spent}\n", paint(colour.bold(), format!("{glyph} {word}"))));
    if let Some(error) = &execution.error {
        output::say(&format!("  error: {}\n", visible(error)));
    }
    if let Some(cause) = &execution.cause {
        output::say(&format!("  cause: {}\n", visible(cause)));
    }
    if let Some(text) = &execution.output {
        let shown = format!("{:#}", parsed(text));
        let lines: Vec<_> = shown.lines().map(visible).collect();
        output::data(&format!("{}\n", lines.join("\n")));
    }
}

/// An output that is not JSON after all is told as text.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn millis(execution: &Execution) -> Option<u64> {
    let spent = execution.stopped_at?.duration_since(execution.started_at).ok()?;
    u64::try_from(spent.as_millis()).ok()
}

fn stamp(at: SystemTime) -> String {
    OffsetDateTime::from(at).format(&Rfc3339).unwrap_or_default()
}

impl From<ExecutionStatus> for Status {
    fn from(status: ExecutionStatus) -> Self {
        match status {
            ExecutionStatus::Running => Self::Running,
            ExecutionStatus::Succeeded => Self::Succeeded,
            ExecutionStatus::Failed => Self::Failed,
            ExecutionStatus::TimedOut => Self::TimedOut,
            ExecutionStatus::Aborted => Self::Aborted,
            ExecutionStatus::PendingRedrive => Self::PendingRedrive,
        }
    }
}
