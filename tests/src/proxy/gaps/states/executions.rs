use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;

/// An input that is no JSON is refused; an execution without a name gets one; the same name and input again is the same execution while
/// that runs.
pub(super) async fn start(call: Intercepted) -> Reply {
    if let Some(input) = call.given("input").and_then(Value::as_str)
        && let Err(error) = serde_json::from_str::<Value>(input)
    {
        let message = format!("Invalid State Machine Execution Input: '{error}'");
        return call.refuse(400, "InvalidExecutionInput", &message);
    }
    let mut parameters = call.request.operation.parameters.clone();
    let Some(name) = call.given("name").and_then(Value::as_str) else {
        parameters["name"] = super::super::unique().into();
        return call.forward_json(&parameters).await;
    };
    let arn = format!("{}:{name}", call.text("stateMachineArn").replace(":stateMachine:", ":execution:"));
    let running = call.emulator.states("DescribeExecution", json!({"executionArn": arn})).await.unwrap_or_default();
    let input = |value: Option<&Value>| {
        value.and_then(Value::as_str).and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or(json!({}))
    };
    if running["status"] == "RUNNING" && input(call.given("input")) == input(running.get("input")) {
        return call.succeed(&json!({"executionArn": arn, "startDate": running["startDate"]}));
    }
    call.forward().await
}

/// An execution keeps the definition and the role that it started with.
pub(super) async fn started_with(call: Intercepted) -> Reply {
    if call.operation() == "DescribeStateMachineForExecution" {
        let kept = call.recall("revision", call.text("executionArn"));
        return call.forward().await.edit_json(|answer| {
            for field in ["definition", "roleArn"] {
                if let Some(value) = kept.as_ref().and_then(|kept| kept.get(field)) {
                    answer[field] = value.clone();
                }
            }
        });
    }
    let parameters = json!({"stateMachineArn": call.text("stateMachineArn")});
    let machine = call.emulator.states("DescribeStateMachine", parameters).await.unwrap_or_default();
    let reply = call.forward().await;
    if let Some(execution) = reply.value()["executionArn"].as_str()
        && call.recall("revision", execution).is_none()
    {
        call.remember("revision", execution, machine);
    }
    reply
}

/// `StopExecution` answers when it stopped.
pub(super) async fn stop(call: Intercepted) -> Reply {
    call.forward().await.edit_json(|answer| {
        if answer["stopDate"].is_null() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            answer["stopDate"] = json!(now.as_secs());
        }
    })
}
