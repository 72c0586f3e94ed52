//! EXPRESS machines: they keep no history. A synchronous start gives the result; else their log group tells, if they have one.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        endpoint::EndpointPrefix,
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;
use statewright_execution::HistoryEvent;
use statewright_planner::Refusal;
use statewright_spec::Arn;

use super::{Execution, arn, status, time};
use crate::Connection;

/// AWS has synchronous starts at another host, `sync-states.REGION.amazonaws.com`. What stands in for AWS has one host.
#[derive(Debug)]
struct OneHost;

impl Intercept for OneHost {
    fn name(&self) -> &'static str {
        "OneHost"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().unset::<EndpointPrefix>();
        Ok(())
    }
}

impl Connection {
    /// Starts an execution of an EXPRESS machine and waits for its end: five minutes at most.
    pub async fn start_sync_execution(
        &self,
        machine: &Arn,
        name: Option<&str>,
        input: &str,
    ) -> Result<Execution, Refusal> {
        const CALL: &str = "states:StartSyncExecution";
        let request = self
            .sfn
            .start_sync_execution()
            .state_machine_arn(machine.as_str())
            .set_name(name.map(str::to_owned))
            .input(input)
            .customize();
        let request = if self.endpoint().is_some() { request.interceptor(OneHost) } else { request };
        // It answers when the execution has ended; and a second attempt would be a second execution.
        let patient = aws_sdk_sfn::config::Builder::new()
            .retry_config(aws_sdk_sfn::config::retry::RetryConfig::disabled())
            .timeout_config(
                aws_sdk_sfn::config::timeout::TimeoutConfig::builder()
                    .operation_attempt_timeout(std::time::Duration::from_secs(330))
                    .read_timeout(std::time::Duration::from_secs(330))
                    .build(),
            );
        let raw = self.send(CALL, request.config_override(patient).send()).await?;
        let text = raw.execution_arn.as_str();
        Ok(Execution {
            arn: arn(CALL, text)?,
            machine: machine.clone(),
            name: raw.name.unwrap_or_default(),
            status: status(CALL, raw.status.as_str())?,
            started_at: time(&raw.start_date),
            stopped_at: Some(time(&raw.stop_date)),
            input: raw.input,
            output: raw.output,
            error: raw.error,
            cause: raw.cause,
        })
    }
}

/// The pattern that selects the events of an execution in its machine's log group.
pub(super) fn pattern(execution: &Arn) -> String {
    format!("{{ $.execution_arn = \"{execution}\" }}")
}

/// An event of an execution, as Step Functions logs it
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>): the event's own record under `details`, numbers as
/// text.
pub(super) fn logged(message: &str) -> Option<HistoryEvent> {
    let raw: Value = serde_json::from_str(message).ok()?;
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let at = time(&aws_smithy_types::DateTime::from_millis(number(&raw["event_timestamp"])?));
    let mut event = HistoryEvent::new(
        number(&raw["id"])?,
        number(&raw["previous_event_id"]).unwrap_or_default(),
        at,
        raw["type"].as_str()?,
    );
    let details = &raw["details"];
    let text = |key: &str| details[key].as_str().map(str::to_owned);
    event.state = text("name").or_else(|| text("state"));
    event.input = text("input").or_else(|| text("parameters"));
    event.output = text("output");
    event.error = text("error");
    event.cause = text("cause");
    event.resource = match (text("resourceType"), text("resource")) {
        (Some(kind), Some(resource)) => Some(format!("{kind}:{resource}")),
        (_, resource) => resource.or_else(|| text("mapRunArn")),
    };
    event.index = number(&details["index"]).and_then(|index| i32::try_from(index).ok());
    event.length = number(&details["length"]).and_then(|length| i32::try_from(length).ok());
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_event_is_an_event() {
        let event = logged(
            r#"{"id": "4", "type": "TaskFailed", "details": {"error": "E", "cause": "C", "resource": "invoke",
                "resourceType": "lambda"}, "previous_event_id": "3", "event_timestamp": "1500",
                "execution_arn": "arn:aws:states:us-east-1:1:express:m:x:y", "redrive_count": "0"}"#,
        )
        .unwrap();
        assert_eq!((event.id, event.previous_id, event.event_type.as_str()), (4, 3, "TaskFailed"));
        assert_eq!(event.resource.as_deref(), Some("lambda:invoke"));
        assert_eq!((event.error.as_deref(), event.cause.as_deref()), (Some("E"), Some("C")));
        assert_eq!(event.at, std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1500));
        assert_eq!(logged("START RequestId: 1"), None);
    }
}
