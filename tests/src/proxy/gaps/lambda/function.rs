use serde_json::{Map, Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;

const FUNCTION: &str = "lambda.function";

/// What is remembered of a function: fields that an emulator drops.
const REMEMBERED: [&str; 9] = [
    "DeadLetterConfig",
    "LoggingConfig",
    "TracingConfig",
    "EphemeralStorage",
    "KMSKeyArn",
    "Architectures",
    "FileSystemConfigs",
    "SnapStart",
    "VpcConfig",
];

/// Keeps what was written and answers that; a revision changes with each write, and a write for another revision is refused.
pub(super) async fn as_written(call: Intercepted) -> Reply {
    let name = name(call.text("FunctionName")).to_owned();
    let operation = call.operation().to_owned();
    match operation.as_str() {
        "CreateFunction" | "UpdateFunctionConfiguration" | "UpdateFunctionCode" => {
            let known = call.recall(FUNCTION, &name);
            let known = if operation == "CreateFunction" { None } else { known };
            if let (Some(asked), Some(known)) = (call.given("RevisionId"), &known)
                && *asked != known["RevisionId"]
            {
                let message = "The Revision Id provided does not match the latest Revision Id. Call the \
                               GetFunction/GetAlias API to retrieve the latest Revision Id";
                return call.refuse(412, "PreconditionFailedException", message);
            }
            let reply = call.forward().await;
            if !reply.succeeded() || call.given("DryRun") == Some(&Value::Bool(true)) {
                return reply;
            }
            let function = written(&call, &name, known.as_ref());
            call.remember(FUNCTION, &name, function);
        }
        "DeleteFunction" => {
            let reply = call.forward().await;
            if reply.succeeded() {
                call.forget(FUNCTION, &name);
            }
            return reply;
        }
        _ => return call.forward().await.edit_json(|answer| each_configuration(answer, |c| correct(&call, c))),
    }
    // The answer of a write, with what has just been remembered: the emulator's own, read again.
    let answer = call.emulator.lambda("GetFunctionConfiguration", json!({"FunctionName": name})).await;
    let mut configuration = answer.unwrap_or_default();
    correct(&call, &mut configuration);
    let mut reply = call.succeed(&configuration);
    if let (Reply::Answer(answer), "CreateFunction") = (&mut reply, operation.as_str()) {
        answer.status = http::StatusCode::CREATED;
    }
    reply
}

fn written(call: &Intercepted, name: &str, known: Option<&Value>) -> Value {
    let mut function: Map<String, Value> = known.and_then(Value::as_object).cloned().unwrap_or_default();
    function.insert("RevisionId".to_owned(), super::super::unique().into());
    for field in REMEMBERED {
        if let Some(value) = call.given(field) {
            function.insert(field.to_owned(), value.clone());
        }
    }
    // Cleared by an empty text.
    function.retain(|field, value| match field.as_str() {
        "KMSKeyArn" => *value != "",
        "DeadLetterConfig" => value["TargetArn"].as_str().is_some_and(|target| !target.is_empty()),
        "FileSystemConfigs" => value.as_array().is_some_and(|mounts| !mounts.is_empty()),
        _ => true,
    });
    let logging = function.entry("LoggingConfig").or_insert(json!({"LogFormat": "Text"}));
    if logging["LogGroup"].as_str().is_none_or(str::is_empty) {
        logging["LogGroup"] = format!("/aws/lambda/{name}").into();
    }
    Value::Object(function)
}

fn correct(call: &Intercepted, configuration: &mut Value) {
    let name = configuration["FunctionName"].as_str().unwrap_or_default();
    let Some(Value::Object(function)) = call.recall(FUNCTION, name) else { return };
    for field in REMEMBERED.into_iter().chain(["RevisionId"]) {
        match function.get(field) {
            // The service adds to these what it finds out itself: the VPC, the snapshot's state.
            Some(Value::Object(written)) if configuration[field].is_object() => {
                for (part, value) in written {
                    configuration[field][part] = value.clone();
                }
            }
            Some(value) => configuration[field] = value.clone(),
            None if matches!(field, "KMSKeyArn" | "DeadLetterConfig" | "FileSystemConfigs") => {
                if let Some(configuration) = configuration.as_object_mut() {
                    configuration.shift_remove(field);
                }
            }
            None => {}
        }
    }
}

/// A function logs to `/aws/lambda/NAME` where nothing else is said.
pub(super) async fn log_group(call: Intercepted) -> Reply {
    call.forward().await.edit_json(|answer| {
        each_configuration(answer, |configuration| {
            let name = configuration["FunctionName"].as_str().unwrap_or_default().to_owned();
            let logging = &mut configuration["LoggingConfig"];
            if logging.is_object() && logging["LogGroup"].as_str().is_none_or(str::is_empty) {
                logging["LogGroup"] = format!("/aws/lambda/{name}").into();
            }
        });
    })
}

/// Edits each configuration in an answer of `GetFunction`, `ListFunctions` and the like.
pub(in crate::proxy) fn each_configuration(answer: &mut Value, mut edit: impl FnMut(&mut Value)) {
    if answer.get("FunctionName").is_some() {
        edit(answer);
    }
    if let Some(configuration) = answer.get_mut("Configuration") {
        edit(configuration);
    }
    for configuration in answer.get_mut("Functions").and_then(Value::as_array_mut).into_iter().flatten() {
        edit(configuration);
    }
}

/// A function's name, of a name or an ARN.
pub(in crate::proxy) fn name(function: &str) -> &str {
    function.split_once(":function:").map_or(function, |(_, rest)| rest.split(':').next().unwrap_or(rest))
}
