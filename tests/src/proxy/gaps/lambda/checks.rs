use serde_json::{Value, json};

use super::super::Intercepted;
use super::super::assumable::is_assumable;
use super::function::name;
use crate::proxy::Reply;

/// What AWS checks before it writes a function.
pub(super) async fn check(call: Intercepted) -> Reply {
    let function = call.text("FunctionName");
    if call.operation() == "CreateFunction" {
        let short = name(function);
        let good = (1..=64).contains(&short.len())
            && short.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !good {
            let message = format!(
                "1 validation error detected: Value '{function}' at 'functionName' failed to satisfy constraint: Member \
                 must satisfy regular expression pattern: [a-zA-Z0-9-_]+"
            );
            return call.refuse(400, "ValidationException", &message);
        }
    }
    if let Some(role) = call.given("Role").and_then(Value::as_str)
        && !is_assumable(&call.emulator, role, "lambda.amazonaws.com").await
    {
        let message = "The role defined for the function cannot be assumed by Lambda.";
        return call.refuse(400, "InvalidParameterValueException", message);
    }
    let code = call.given("Code").unwrap_or(&call.request.operation.parameters);
    if let (Some(bucket), Some(key)) = (code["S3Bucket"].as_str(), code["S3Key"].as_str())
        && let Err(refusal) = call.emulator.s3("HeadObject", json!({"Bucket": bucket, "Key": key})).await
        && refusal.status == 404
    {
        let message = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does \
                       not exist.";
        return call.refuse(400, "InvalidParameterValueException", message);
    }
    call.forward().await
}

/// A function that is still being made or changed cannot be changed.
pub(super) async fn in_progress(call: Intercepted) -> Reply {
    let function = call.text("FunctionName");
    let answer = call.emulator.lambda("GetFunctionConfiguration", json!({"FunctionName": function})).await;
    let configuration = answer.unwrap_or_default();
    if configuration["State"] == "Pending" || configuration["LastUpdateStatus"] == "InProgress" {
        let arn = configuration["FunctionArn"].as_str().unwrap_or_default();
        let message =
            format!("The operation cannot be performed at this time. An update is in progress for resource: {arn}");
        return call.refuse(409, "ResourceConflictException", &message);
    }
    call.forward().await
}

/// A dry run changes nothing.
pub(super) async fn dry_run(call: Intercepted) -> Reply {
    if call.given("DryRun") != Some(&Value::Bool(true)) {
        return call.forward().await;
    }
    let function = call.text("FunctionName");
    match call.emulator.lambda("GetFunctionConfiguration", json!({"FunctionName": function})).await {
        Ok(configuration) => call.succeed(&configuration),
        Err(refusal) => call.refuse(refusal.status, &refusal.code, &refusal.message),
    }
}
