//! The machine of an execution.

use statewright_planner::Refusal;
use statewright_spec::{Arn, kind::state_machine::MachineType};

use crate::{
    Connection,
    kind::{state_machine::describe, unless_missing},
    refusal,
};

/// What is known of a machine that is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its ARN.
    pub arn: Arn,
    /// Its type.
    pub machine_type: MachineType,
    /// Whether AWS is deleting it.
    pub is_deleting: bool,
    /// Its definition, as text; for an execution the one that it runs on.
    pub definition: String,
    /// The log group that its executions are logged to, if they are.
    pub log_group: Option<String>,
    /// Whether every event is logged there, and not only failures.
    pub logs_everything: bool,
}

impl Connection {
    /// A machine, if there is one of that ARN.
    pub async fn machine(&self, arn: &Arn) -> Result<Option<Machine>, Refusal> {
        const CALL: &str = "states:DescribeStateMachine";
        let Some(raw) = describe(self, arn).await? else { return Ok(None) };
        let machine_type = match raw.r#type().as_str() {
            "STANDARD" => MachineType::Standard,
            "EXPRESS" => MachineType::Express,
            other => return Err(refusal::malformed(CALL, format!("the type `{other}` is not known"))),
        };
        let logging = raw
            .logging_configuration()
            .filter(|logging| logging.level().is_some_and(|level| *level != aws_sdk_sfn::types::LogLevel::Off));
        let group = logging.and_then(|logging| {
            let destination = logging.destinations().first()?.cloud_watch_logs_log_group()?.log_group_arn()?;
            // `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`
            let name = destination.split_once(":log-group:")?.1;
            Some(name.strip_suffix(":*").unwrap_or(name).to_owned())
        });
        let level = logging.and_then(|logging| logging.level());
        Ok(Some(Machine {
            logs_everything: level.is_some_and(|level| *level == aws_sdk_sfn::types::LogLevel::All),
            arn: super::arn(CALL, raw.state_machine_arn())?,
            machine_type,
            is_deleting: raw.status().is_some_and(|status| status.as_str() == "DELETING"),
            definition: raw.definition().to_owned(),
            log_group: group,
        }))
    }

    /// The definition that an execution runs on: an update of the machine does not touch it. `None` where it is gone.
    pub async fn definition_of(&self, execution: &Arn) -> Result<Option<String>, Refusal> {
        let request = self.sfn.describe_state_machine_for_execution().execution_arn(execution.as_str());
        let answer = self.send("states:DescribeStateMachineForExecution", request.send()).await;
        Ok(unless_missing(answer)?.map(|answer| answer.definition))
    }
}
