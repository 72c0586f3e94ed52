//! What the dashboard asks of the specs and of AWS. It reads through this door alone, and links no SDK.

use std::{future::Future, time::SystemTime};

use serde_json::Value;
use statewright_execution::{ExecutionStatus, HistoryEvent, Linked, MapRun};
use statewright_planner::Refusal;

/// The one door. `statewright serve` opens it to AWS; the tests of this crate, to memory.
///
/// Nothing that it gives may hold a secret: what a sensitive variable flows into is redacted on the other side of it.
pub trait Backend: Send + Sync + 'static {
    /// A place in an execution's history.
    type Reader: Send + 'static;

    /// Reads every spec and plans it against live AWS.
    fn survey(&self) -> impl Future<Output = Survey> + Send;

    /// The newest executions of a machine, the newest first.
    fn recent(&self, machine: &str, most: usize) -> impl Future<Output = Result<Vec<Recent>, Refusal>> + Send;

    /// One execution as AWS describes it.
    fn describe(&self, execution: &str) -> impl Future<Output = Result<Described, Refusal>> + Send;

    /// The definition that an execution runs on, where that can be told.
    fn definition(&self, execution: &str) -> impl Future<Output = Result<Option<Value>, Refusal>> + Send;

    /// The beginning of an execution's history.
    fn reader(&self, execution: &str, started: SystemTime) -> Self::Reader;

    /// What is new in it, in order, and whether there is more already.
    fn look(
        &self,
        reader: &mut Self::Reader,
    ) -> impl Future<Output = Result<(Vec<HistoryEvent>, bool), Refusal>> + Send;

    /// The run of a distributed Map.
    fn map_run(&self, map_run: &str) -> impl Future<Output = Result<MapRun, Refusal>> + Send;

    /// What a state has to do with elsewhere: a function's log, a Glue job's run.
    fn beside(&self, execution: &str, linked: &Linked) -> impl Future<Output = Result<Beside, Refusal>> + Send;

    /// The published versions of a machine and the aliases that point to them.
    fn versions(&self, machine: &str) -> impl Future<Output = Result<Vec<Version>, Refusal>> + Send;

    /// Starts an execution; gives its ARN.
    fn start(
        &self,
        machine: &str,
        name: Option<&str>,
        input: &str,
    ) -> impl Future<Output = Result<String, Refusal>> + Send;
}

/// Everything that the specs say, held against AWS.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The stacks, in the order of their names.
    pub stacks: Vec<Stack>,
    /// What kept specs from being planned, as a terminal shows it.
    pub faults: Option<String>,
    /// When it was read.
    pub at: SystemTime,
}

/// One stack in one environment and region.
#[derive(Debug, Clone)]
pub struct Stack {
    /// `NAME[/ENV]@REGION`: unique among the stacks, and its place in URLs.
    pub owner: String,
    /// The spec's file, as the user named it.
    pub spec: String,
    /// The account's id.
    pub account: String,
    /// Whether AWS is as the spec says.
    pub drift: Drift,
    /// The plan, as a terminal shows it: with ANSI colours.
    pub plan: String,
    /// Its machines, in the order of their names.
    pub machines: Vec<Machine>,
}

/// Whether AWS is as the spec says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// A plan has nothing to do.
    InSync,
    /// So many resources differ.
    Differs(usize),
    /// The plan has errors, so many.
    Blocked(usize),
}

/// A state machine of a spec.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Its name.
    pub name: String,
    /// Its ARN, whether or not it exists.
    pub arn: String,
    /// Whether it is an EXPRESS machine, which keeps no executions.
    pub express: bool,
    /// The role that it assumes.
    pub role: String,
    /// Whether it exists.
    pub exists: bool,
    /// What the spec wants.
    pub wanted: Value,
    /// What AWS has, where that is something else.
    pub live: Option<Value>,
    /// The file of the definition and its text; `None` where it stands in the spec itself.
    pub text: Option<(String, String)>,
    /// What each state needs of the role.
    pub permissions: Vec<Permission>,
}

/// One need of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The state; `Logging`, `Tracing` or `Encryption` for what the machine itself needs.
    pub state: String,
    /// `glue:StartJobRun`
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// Whether the role grants it.
    pub verdict: Verdict,
    /// By which statement, why not, or on what it depends.
    pub why: String,
}

/// Whether a role grants what a state needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Granted,
    /// It does not: the state will fail.
    Missing,
    /// That is not known, or depends on something.
    Depends,
}

/// A line of a listing of executions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: ExecutionStatus,
    /// When it started.
    pub started: SystemTime,
    /// When it ended.
    pub stopped: Option<SystemTime>,
}

/// An execution as AWS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// How it stands, when it started and ended.
    pub recent: Recent,
    /// What it was given.
    pub input: Option<String>,
    /// What it gave.
    pub output: Option<String>,
    /// The error's name, where it failed.
    pub error: Option<String>,
    /// The error's cause, where it failed.
    pub cause: Option<String>,
}

/// What a task did elsewhere.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Beside {
    /// The last lines that a function logged.
    pub log: Vec<LogLine>,
    /// Where those stand: the log group.
    pub log_group: Option<String>,
    /// A Glue job's run.
    pub job_run: Option<JobRun>,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: SystemTime,
    /// What it says.
    pub message: String,
}

/// A Glue job's run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// The job's name.
    pub job: String,
    /// The run's id.
    pub id: String,
    /// AWS's word: `RUNNING`, `SUCCEEDED`.
    pub state: String,
    /// Why it failed.
    pub error: Option<String>,
}

/// A published version of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: String,
    /// When it was published.
    pub created: SystemTime,
    /// The aliases that point to it.
    pub aliases: Vec<String>,
}

impl Survey {
    /// The stack of that owner.
    pub fn stack(&self, owner: &str) -> Option<&Stack> {
        self.stacks.iter().find(|stack| stack.owner == owner)
    }

    /// A machine of a stack.
    pub fn machine(&self, owner: &str, name: &str) -> Option<(&Stack, &Machine)> {
        let stack = self.stack(owner)?;
        Some((stack, stack.machines.iter().find(|machine| machine.name == name)?))
    }
}

impl Machine {
    /// The ARN of its execution of that name.
    pub fn execution(&self, name: &str) -> String {
        format!("{}:{name}", self.arn.replacen(":stateMachine:", ":execution:", 1))
    }
}
