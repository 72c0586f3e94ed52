//! What stands beside a state: the log of the function that it calls, the run of its Glue job, the items of its Map.

use std::time::SystemTime;

use statewright_execution::{ExecutionStatus, MapRun};
use statewright_planner::Refusal;
use statewright_spec::Arn;

use super::{arn, millis, status, time};
use crate::Connection;

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// When it was written.
    pub at: SystemTime,
    /// Which stream it stands in.
    pub stream: String,
    /// What it says.
    pub message: String,
}

/// A run of a Glue job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// The job's name.
    pub job: String,
    /// Its id.
    pub id: String,
    /// Glue's own word: `RUNNING`, `SUCCEEDED`, `FAILED`.
    pub status: String,
    /// Why it failed.
    pub error: Option<String>,
}

impl JobRun {
    /// Whether Glue is done with it.
    pub fn is_final(&self) -> bool {
        matches!(self.status.as_str(), "STOPPED" | "SUCCEEDED" | "FAILED" | "TIMEOUT" | "ERROR" | "EXPIRED")
    }
}

impl Connection {
    /// The lines of a log group between two times, of every stream, at most `limit`; with a filter only those that match it.
    /// One call: whoever wants more asks again from the last line on. A group that is not there has none.
    pub async fn log_events(
        &self,
        group: &str,
        from: SystemTime,
        until: Option<SystemTime>,
        filter: Option<&str>,
        limit: i32,
    ) -> Result<Vec<LogEvent>, Refusal> {
        let request = self
            .logs
            .filter_log_events()
            .log_group_name(group)
            .start_time(millis(from))
            .set_end_time(until.map(millis))
            .set_filter_pattern(filter.map(str::to_owned))
            .limit(limit);
        let answer = crate::kind::unless_missing(self.send("logs:FilterLogEvents", request.send()).await)?;
        let events = answer.and_then(|answer| answer.events).unwrap_or_default().into_iter();
        Ok(events
            .map(|event| LogEvent {
                at: time(&aws_smithy_types::DateTime::from_millis(event.timestamp.unwrap_or_default())),
                stream: event.log_stream_name.unwrap_or_default(),
                message: event.message.unwrap_or_default().trim_end().to_owned(),
            })
            .collect())
    }

    /// A run of a Glue job.
    pub async fn job_run(&self, job: &str, id: &str) -> Result<Option<JobRun>, Refusal> {
        let request = self.glue.get_job_run().job_name(job).run_id(id);
        let answer = crate::kind::unless_missing(self.send("glue:GetJobRun", request.send()).await)?;
        Ok(answer.and_then(|answer| answer.job_run).map(|run| JobRun {
            job: run.job_name.unwrap_or_else(|| job.to_owned()),
            id: run.id.unwrap_or_else(|| id.to_owned()),
            status: run.job_run_state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
            error: run.error_message.filter(|message| !message.is_empty()),
        }))
    }

    /// How far the Map run of a distributed Map is.
    pub async fn map_run(&self, map_run: &str) -> Result<MapRun, Refusal> {
        const CALL: &str = "states:DescribeMapRun";
        let request = self.sfn.describe_map_run().map_run_arn(map_run);
        let raw = self.send(CALL, request.send()).await?;
        let counts = raw.item_counts;
        let count = |of: fn(&aws_sdk_sfn::types::MapRunItemCounts) -> i64| {
            counts.as_ref().map(of).and_then(|count| u64::try_from(count).ok()).unwrap_or_default()
        };
        Ok(MapRun {
            arn: map_run.to_owned(),
            status: status(CALL, raw.status.as_str())?,
            pending: count(|counts| counts.pending),
            running: count(|counts| counts.running),
            succeeded: count(|counts| counts.succeeded),
            failed: count(|counts| counts.failed) + count(|counts| counts.timed_out),
            aborted: count(|counts| counts.aborted),
            total: count(|counts| counts.total),
            tolerated_count: u64::try_from(raw.tolerated_failure_count).ok().filter(|count| *count > 0),
            tolerated_percentage: Some(f64::from(raw.tolerated_failure_percentage)).filter(|percent| *percent > 0.0),
        })
    }

    /// The first executions of a Map run that failed.
    pub async fn failed_items(&self, map_run: &str, limit: i32) -> Result<Vec<Arn>, Refusal> {
        const CALL: &str = "states:ListExecutions";
        let request = self
            .sfn
            .list_executions()
            .map_run_arn(map_run)
            .status_filter(aws_sdk_sfn::types::ExecutionStatus::from(ExecutionStatus::Failed.as_str()))
            .max_results(limit);
        let answer = self.send(CALL, request.send()).await?;
        answer.executions.iter().map(|execution| arn(CALL, &execution.execution_arn)).collect()
    }
}
