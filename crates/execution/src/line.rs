//! What programs are told of an execution, an object a line. `docs/schema/run-1.json` is made from these types.

use std::time::SystemTime;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    execution::{BlockRole, Execution, MapProgress, VisitId},
    status::{ExecutionStatus, Status},
};

/// The version of these shapes.
pub const VERSION: u32 = 1;

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum RunLine {
    /// It was started, or is followed from here on.
    Start(StartLine),
    /// A state stands otherwise.
    State(StateLine),
    /// A Map is further on.
    Map(MapLine),
    /// Nothing has happened for a while.
    Heartbeat(HeartbeatLine),
    /// A Lambda function that a state calls has logged something.
    Log(LogLine),
    /// A Glue job run that a state has to do with stands otherwise.
    Job(JobLine),
    /// It has ended, or is no longer waited for.
    End(EndLine),
}

/// It was started, or is followed from here on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StartLine {
    /// The version of this shape.
    pub v: u32,
    /// The number of the line, from 1.
    pub seq: u64,
    /// RFC 3339, UTC.
    pub ts: String,
    /// The machine's ARN.
    pub machine: String,
    /// The execution's ARN.
    pub exec: String,
}

/// A state stands otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StateLine {
    /// The version of this shape.
    pub v: u32,
    /// The number of the line, from 1.
    pub seq: u64,
    /// RFC 3339, UTC.
    pub ts: String,
    /// The execution's ARN.
    pub exec: String,
    /// What is around the state, from the outermost: a state's name, then `#17` for an iteration or `branch 0`, from 0.
    pub path: Vec<String>,
    /// The state's name.
    pub state: String,
    /// How it stands.
    pub status: Status,
    /// Which try it is, from 1.
    #[serde(rename = "try")]
    pub attempt: u64,
    /// How many tries there are at most, as far as is known.
    pub tries: u64,
    /// How often the state was entered in its block, this time included.
    pub times: u32,
    /// How long it has taken, in milliseconds.
    pub ms: u64,
    /// While it is tried again: the seconds until then.
    pub wait: Option<f64>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The state that it led to.
    pub next: Option<String>,
    /// The events that entered it and that told of it last.
    pub events: [i64; 2],
    /// What it was given, where that is to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// What it gave, where that is to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

/// A Map is further on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MapLine {
    /// The version of this shape.
    pub v: u32,
    /// The number of the line, from 1.
    pub seq: u64,
    /// RFC 3339, UTC.
    pub ts: String,
    /// The execution's ARN.
    pub exec: String,
    /// What is around the state.
    pub path: Vec<String>,
    /// The state's name.
    pub state: String,
    /// The ARN of a distributed Map's run.
    pub run: Option<String>,
    /// How many items stand how.
    #[serde(flatten)]
    pub counts: MapCounts,
}

/// How many items of a Map stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the words say it")]
pub struct MapCounts {
    pub total: Option<u64>,
    pub pending: Option<u64>,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub aborted: u64,
}

/// Nothing has happened for a while.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HeartbeatLine {
    /// The version of this shape.
    pub v: u32,
    /// The number of the line, from 1.
    pub seq: u64,
    /// RFC 3339, UTC.
    pub ts: String,
    /// The execution's ARN.
    pub exec: String,
    /// The states that are at work.
    pub running: Vec<String>,
}

/// A Lambda function that a state calls has logged something.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogLine {
    /// The version of this shape.
    pub v: u32,
    /// The number of the line, from 1.
    pub seq: u64,
    /// When it was logged: RFC 3339, UTC.
    pub ts: String,
    /// The execution's ARN.
    pub exec: String,
    /// The state's name.
    pub state: String,
    /// The function's name.
    pub function: String,
    /// What it logged.
    pub message: String,
}

/// A Glue job run that a state has to do with stands otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct JobLine {
    /// The version of this shape.
    pub v: u32,
    /// The number of the line, from 1.
    pub seq: u64,
    /// RFC 3339, UTC.
    pub ts: String,
    /// The execution's ARN.
    pub exec: String,
    /// The state's name.
    pub state: String,
    /// The job's name.
    pub job: String,
    /// The run's id.
    pub run: String,
    /// Glue's own word: `RUNNING`, `SUCCEEDED`, `FAILED`.
    pub status: String,
    /// Why it failed.
    pub error: Option<String>,
}

/// It has ended, or is no longer waited for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EndLine {
    /// The version of this shape.
    pub v: u32,
    /// The number of the line, from 1.
    pub seq: u64,
    /// RFC 3339, UTC.
    pub ts: String,
    /// The execution's ARN.
    pub exec: String,
    /// How it stands.
    pub status: ExecutionStatus,
    /// How long it ran, in milliseconds.
    pub ms: Option<u64>,
    /// Its output.
    pub output: Option<Value>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
}

impl StateLine {
    /// How a visit stands, told at a time.
    pub fn of(execution: &Execution, exec: &str, id: VisitId, at: SystemTime, seq: u64) -> Option<Self> {
        let visit = execution.visit(id)?;
        let failure = visit.failure.as_ref();
        let took = visit.ended_at.unwrap_or(at).duration_since(visit.entered_at).unwrap_or_default();
        Some(Self {
            v: VERSION,
            seq,
            ts: rfc3339(at),
            exec: exec.to_owned(),
            path: path(execution, id),
            state: visit.state.to_string(),
            status: visit.status,
            attempt: visit.tried() as u64,
            tries: visit.tries_allowed.unwrap_or_default().max(visit.tried() as u64),
            times: visit.times,
            ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            wait: visit.wait(),
            error: failure.and_then(|failure| failure.error.clone()),
            cause: failure.and_then(|failure| failure.cause).map(|cause| execution.text(cause).text.to_owned()),
            next: visit.next.as_ref().map(|next| next.state.to_string()),
            events: [visit.events.0, visit.events.1],
            input: None,
            output: None,
        })
    }
}

impl MapLine {
    /// How far a Map is.
    pub fn of(execution: &Execution, exec: &str, id: VisitId, at: SystemTime, seq: u64) -> Option<Self> {
        let visit = execution.visit(id)?;
        let map = visit.map.as_ref()?;
        Some(Self {
            v: VERSION,
            seq,
            ts: rfc3339(at),
            exec: exec.to_owned(),
            path: path(execution, id),
            state: visit.state.to_string(),
            run: map.run.clone(),
            counts: map.into(),
        })
    }
}

impl From<&MapProgress> for MapCounts {
    fn from(map: &MapProgress) -> Self {
        Self {
            total: map.total,
            pending: map.pending(),
            running: map.running,
            succeeded: map.succeeded,
            failed: map.failed,
            aborted: map.aborted,
        }
    }
}

fn path(execution: &Execution, id: VisitId) -> Vec<String> {
    let mut path = Vec::new();
    for (owner, role) in execution.path(id) {
        path.extend(execution.visit(owner).map(|visit| visit.state.to_string()));
        match role {
            BlockRole::Machine => {}
            BlockRole::Branch(index) => path.push(format!("branch {index}")),
            BlockRole::Iteration(index) => path.push(format!("#{index}")),
        }
    }
    path
}

/// A time as all outputs have it: RFC 3339, UTC.
pub fn rfc3339(at: SystemTime) -> String {
    OffsetDateTime::from(at).format(&Rfc3339).unwrap_or_default()
}
