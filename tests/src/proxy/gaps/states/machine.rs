use serde_json::{Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;

const TRACING: &str = "states.tracing";
const REVISION: &str = "states.revision";

pub(super) fn arn(call: &Intercepted) -> String {
    let given = call.text("stateMachineArn");
    if given.is_empty() {
        format!("arn:aws:states:{}:{}:stateMachine:{}", call.request.region, call.request.account, call.text("name"))
    } else {
        given.to_owned()
    }
}

/// Fills in what an emulator leaves out of a description: tracing, and the parts of logging that are off.
pub(super) async fn described(call: Intercepted) -> Reply {
    let arn = arn(&call);
    let reply = call.forward().await;
    if !reply.succeeded() {
        return reply;
    }
    match call.operation() {
        "DescribeStateMachine" => reply.edit_json(|machine| {
            if machine["tracingConfiguration"].is_null() {
                machine["tracingConfiguration"] = call.recall(TRACING, &arn).unwrap_or(json!({"enabled": false}));
            }
            if machine["loggingConfiguration"]["level"] == "OFF" {
                machine["loggingConfiguration"] = json!({"level": "OFF", "includeExecutionData": false});
            }
        }),
        "DeleteStateMachine" => {
            call.forget(TRACING, &arn);
            reply
        }
        _ => {
            if let Some(tracing) = call.given("tracingConfiguration") {
                call.remember(TRACING, &arn, tracing.clone());
            }
            reply
        }
    }
}

/// A revision that changes with each update, `INITIAL` before the first, in descriptions and in the answers of updates.
pub(super) async fn revision(call: Intercepted) -> Reply {
    let arn = arn(&call);
    let reply = call.forward().await;
    if !reply.succeeded() {
        return reply;
    }
    match call.operation() {
        "CreateStateMachine" => reply,
        "DeleteStateMachine" => {
            call.forget(REVISION, &arn);
            reply
        }
        "DescribeStateMachine" => reply.edit_json(|machine| {
            if machine["revisionId"].is_null() {
                machine["revisionId"] = call.recall(REVISION, &arn).unwrap_or("INITIAL".into());
            }
        }),
        _ => {
            let machine = call.emulator.states("DescribeStateMachine", json!({"stateMachineArn": arn})).await;
            let revision = match machine.unwrap_or_default()["revisionId"].take() {
                Value::Null => {
                    let revision = Value::String(super::super::unique());
                    call.remember(REVISION, &arn, revision.clone());
                    revision
                }
                revision => revision,
            };
            reply.edit_json(|answer| answer["revisionId"] = revision)
        }
    }
}

/// What makes a second `CreateStateMachine` another machine (its API reference, `CreateStateMachine`): name apart, these five. A role or
/// tags that differ are ignored.
pub(super) async fn existing(call: Intercepted) -> Reply {
    let arn = arn(&call);
    let Ok(machine) = call.emulator.states("DescribeStateMachine", json!({"stateMachineArn": arn})).await else {
        return call.forward().await;
    };
    let asked = &call.request.operation.parameters;
    let or = |value: Option<&Value>, default: Value| value.filter(|value| !value.is_null()).cloned().unwrap_or(default);
    let logging = |value: &Value| match value["level"].as_str() {
        None | Some("OFF") => json!("OFF"),
        Some(_) => value.clone(),
    };
    let tracing = call.recall(TRACING, &arn);
    let off = json!({"enabled": false});
    let owned = json!({"type": "AWS_OWNED_KEY"});
    let same = asked["definition"] == machine["definition"]
        && or(asked.get("type"), "STANDARD".into()) == machine["type"]
        && logging(&asked["loggingConfiguration"]) == logging(&machine["loggingConfiguration"])
        && or(asked.get("tracingConfiguration"), off.clone())
            == or(machine.get("tracingConfiguration").or(tracing.as_ref()), off)
        && or(asked.get("encryptionConfiguration"), owned.clone()) == or(machine.get("encryptionConfiguration"), owned);
    if same {
        call.succeed(&json!({"stateMachineArn": arn, "creationDate": machine["creationDate"]}))
    } else {
        call.refuse(400, "StateMachineAlreadyExists", &format!("State Machine Already Exists: '{arn}'"))
    }
}

/// What AWS says of a machine that does not exist: deleting it succeeds, its executions and tags are refused.
pub(super) async fn missing(call: Intercepted) -> Reply {
    let arn = match call.text("stateMachineArn") {
        "" => call.text("resourceArn").to_owned(),
        arn => arn.to_owned(),
    };
    let machine = call.emulator.states("DescribeStateMachine", json!({"stateMachineArn": arn})).await;
    let absent =
        arn.contains(":stateMachine:") && machine.is_err_and(|refusal| refusal.code == "StateMachineDoesNotExist");
    match call.operation() {
        _ if !absent => call.forward().await,
        "DeleteStateMachine" => call.succeed(&json!({})),
        "ListExecutions" => {
            call.refuse(400, "StateMachineDoesNotExist", &format!("State Machine Does Not Exist: '{arn}'"))
        }
        _ => call.refuse(400, "ResourceNotFound", &format!("Resource not found: '{arn}'")),
    }
}

/// Takes the tags off a machine that has been deleted.
pub(super) async fn tags_die(call: Intercepted) -> Reply {
    let reply = call.forward().await;
    if reply.succeeded() {
        let arn = arn(&call);
        let tags = call.emulator.states("ListTagsForResource", json!({"resourceArn": arn})).await.unwrap_or_default();
        let keys: Vec<&Value> = tags["tags"].as_array().into_iter().flatten().map(|tag| &tag["key"]).collect();
        if !keys.is_empty() {
            // The emulator forgets them as if there were a machine.
            let _ = call.emulator.states("UntagResource", json!({"resourceArn": arn, "tagKeys": keys})).await;
        }
    }
    reply
}
