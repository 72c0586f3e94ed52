use serde_json::{Value, json};

use super::super::Intercepted;
use super::super::assumable::is_assumable;
use super::definition;
use crate::proxy::Reply;

/// What AWS checks before it makes or changes a machine, in the order of its API reference's errors.
pub(super) async fn check(call: Intercepted) -> Reply {
    match refusal(&call).await {
        Some((code, message)) => call.refuse(400, code, &message),
        None => call.forward().await,
    }
}

/// What an update may change.
const CHANGES: [&str; 5] =
    ["definition", "roleArn", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"];

async fn refusal(call: &Intercepted) -> Option<(&'static str, String)> {
    let create = call.operation() == "CreateStateMachine";
    let name = call.text("name");
    if create && !is_name(name) {
        return Some(("InvalidName", format!("Invalid Name: '{name}'")));
    }
    if !create && CHANGES.iter().all(|field| call.given(field).is_none()) {
        let message = "Either the definition, the role ARN, the LoggingConfiguration, the EncryptionConfiguration or the \
                       TracingConfiguration must be specified";
        return Some(("MissingRequiredParameter", message.to_owned()));
    }
    if let Some(role) = call.given("roleArn").and_then(Value::as_str) {
        if !role.starts_with("arn:") || !role.contains(":role/") {
            return Some(("InvalidArn", format!("Invalid Role Arn: '{role}'")));
        }
        if !is_assumable(&call.emulator, role, "states.amazonaws.com").await {
            // Not modelled: the code is seen on the wire only.
            let message = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized \
                           to assume the provided role.";
            return Some(("AccessDeniedException", message.to_owned()));
        }
    }
    if let Some(definition) = call.given("definition").and_then(Value::as_str)
        && let Some(fault) = definition::faults(definition).first()
    {
        let message =
            format!("Invalid State Machine Definition: '{}: {} at {}'", fault.code, fault.message, fault.location);
        return Some(("InvalidDefinition", message));
    }
    logging(call).await.map(|why| ("InvalidLoggingConfiguration", format!("Invalid Logging Configuration: {why}")))
}

/// The characters that the API reference of `CreateStateMachine` forbids in a name.
fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    (1..=80).contains(&length)
        && !name.chars().any(|c| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c))
}

/// A destination ends in `:*` (terraform-provider-aws#17682) and exists.
async fn logging(call: &Intercepted) -> Option<String> {
    let logging = call.given("loggingConfiguration")?;
    if logging["level"].as_str().is_none_or(|level| level == "OFF") {
        return None;
    }
    let destinations = logging["destinations"].as_array().cloned().unwrap_or_default();
    if destinations.is_empty() {
        return Some("Must specify exactly one Log Destination.".to_owned());
    }
    for destination in &destinations {
        let arn = destination["cloudWatchLogsLogGroup"]["logGroupArn"].as_str().unwrap_or_default();
        let Some(group) = arn.strip_suffix(":*").and_then(|arn| Some(arn.split_once(":log-group:")?.1)) else {
            return Some("Log Destination must end with ':*'".to_owned());
        };
        let answer = call.emulator.logs("DescribeLogGroups", json!({"logGroupNamePrefix": group})).await;
        let groups = answer.unwrap_or_default();
        if !groups["logGroups"].as_array().into_iter().flatten().any(|found| found["logGroupName"] == group) {
            return Some("Log Destination: the log group does not exist".to_owned());
        }
    }
    None
}
