//! Executions: start, describe, follow, stop, list.

mod beside;
mod express;
mod follow;
mod history;
mod machine;
mod pace;
mod revision;
mod versions;

use std::time::{Duration, SystemTime};

use aws_sdk_sfn::{operation::describe_execution::DescribeExecutionOutput, types::ExecutionListItem};
use aws_smithy_types::DateTime;
use statewright_planner::{Refusal, RefusalKind};
use statewright_spec::Arn;

use crate::{
    Connection,
    kind::gone,
    pages::{self, Page},
    refusal,
};

pub use beside::{JobRun, LogEvent};
pub use follow::{Follow, Source};
pub use machine::Machine;
pub use pace::Pace;
pub(crate) use revision::Revisions;
pub use statewright_execution::{ExecutionStatus, HistoryEvent};
pub use versions::Version;

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

fn status(call: &str, text: &str) -> Result<ExecutionStatus, Refusal> {
    ExecutionStatus::of(text).ok_or_else(|| refusal::malformed(call, format!("the status `{text}` is not known")))
}

impl Connection {
    /// Starts an execution. Without a name AWS makes one up. Starting a name again with the same input, while it runs, gives
    /// the same execution; with another input or after its end it is refused (`Exists`).
    pub async fn start_execution(&self, machine: &Arn, name: Option<&str>, input: &str) -> Result<Arn, Refusal> {
        const CALL: &str = "states:StartExecution";
        let request = self
            .sfn
            .start_execution()
            .state_machine_arn(machine.as_str())
            .set_name(name.map(str::to_owned))
            .input(input);
        let answer = self.send(CALL, request.send()).await?;
        arn(CALL, &answer.execution_arn)
    }

    /// Describes an execution. EXPRESS machines keep none: `NotFound` or `Invalid`.
    pub async fn describe_execution(&self, execution: &Arn) -> Result<Execution, Refusal> {
        let request = self.sfn.describe_execution().execution_arn(execution.as_str());
        described(self.send("states:DescribeExecution", request.send()).await?)
    }

    /// Starts a failed execution again where it failed: within 14 days, and not EXPRESS
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>).
    pub async fn redrive_execution(&self, execution: &Arn) -> Result<(), Refusal> {
        let request = self.sfn.redrive_execution().execution_arn(execution.as_str());
        self.send("states:RedriveExecution", request.send()).await.map(drop)
    }

    /// Stops an execution; one that has ended stays as it is.
    pub async fn stop_execution(&self, execution: &Arn, error: &str, cause: &str) -> Result<(), Refusal> {
        let request = self.sfn.stop_execution().execution_arn(execution.as_str()).error(error).cause(cause);
        let Err(refusal) = gone(self.send("states:StopExecution", request.send()).await.map(drop)) else {
            return Ok(());
        };
        // Some answer `ValidationException` to an execution that ended meanwhile: only its status tells.
        let ended = refusal.kind == RefusalKind::Invalid
            && self.describe_execution(execution).await.is_ok_and(|execution| execution.status.is_final());
        if ended { Ok(()) } else { Err(refusal) }
    }

    /// The newest executions of a machine, at most `limit`, only those of `status` where one is given.
    pub async fn list_executions(
        &self,
        machine: &Arn,
        status: Option<ExecutionStatus>,
        limit: usize,
    ) -> Result<Vec<Execution>, Refusal> {
        let page_size = i32::try_from(limit.clamp(1, 1000)).unwrap_or(1000);
        let (executions, _) = pages::at_most("states:ListExecutions", limit.div_ceil(1000), |token| async move {
            let request = self
                .sfn
                .list_executions()
                .state_machine_arn(machine.as_str())
                .set_status_filter(status.map(|s| aws_sdk_sfn::types::ExecutionStatus::from(s.as_str())))
                .max_results(page_size)
                .set_next_token(token);
            let answer = self.send("states:ListExecutions", request.send()).await?;
            Ok(Page::new(answer.executions, answer.next_token))
        })
        .await?;
        executions.into_iter().take(limit).map(listed).collect()
    }
}

fn described(raw: DescribeExecutionOutput) -> Result<Execution, Refusal> {
    const CALL: &str = "states:DescribeExecution";
    let arn_of = |text: &str| arn(CALL, text);
    let name = raw.name.unwrap_or_else(|| raw.execution_arn.rsplit(':').next().unwrap_or_default().to_owned());
    Ok(Execution {
        arn: arn_of(&raw.execution_arn)?,
        machine: arn_of(&raw.state_machine_arn)?,
        name,
        status: status(CALL, raw.status.as_str())?,
        started_at: time(&raw.start_date),
        stopped_at: raw.stop_date.as_ref().map(time),
        input: raw.input,
        output: raw.output,
        error: raw.error,
        cause: raw.cause,
    })
}

fn listed(raw: ExecutionListItem) -> Result<Execution, Refusal> {
    const CALL: &str = "states:ListExecutions";
    Ok(Execution {
        arn: arn(CALL, &raw.execution_arn)?,
        machine: arn(CALL, &raw.state_machine_arn)?,
        name: raw.name,
        status: status(CALL, raw.status.as_str())?,
        started_at: time(&raw.start_date),
        stopped_at: raw.stop_date.as_ref().map(time),
        input: None,
        output: None,
        error: None,
        cause: None,
    })
}

fn arn(call: &str, text: &str) -> Result<Arn, Refusal> {
    Arn::parse(text).ok_or_else(|| refusal::malformed(call, format!("`{text}` is not an ARN")))
}

/// To the millisecond; times before 1970 become 1970.
fn time(at: &DateTime) -> SystemTime {
    let millis = at.to_millis().ok().and_then(|millis| u64::try_from(millis).ok()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

/// Milliseconds since 1970, as `CloudWatch` Logs has times.
fn millis(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
