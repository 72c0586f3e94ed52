//! From a parameter's value to the ARN that IAM sees: `${role(RoleArn)}`, `${queue(QueueUrl)}`.

use super::Place;

/// Applies a function of the data. `None` where the value says nothing about the resource.
pub(super) fn apply(function: &str, value: &str, place: &Place) -> Option<Vec<String>> {
    let Place { partition, region, account, .. } = place;
    let is_arn = value.starts_with("arn:");
    let one = |arn: String| Some(vec![arn]);
    let or_arn = |arn: String| Some(vec![if is_arn { value.to_owned() } else { arn }]);
    match function {
        "" | "machine" => one(value.to_owned()),
        "role" => or_arn(format!("arn:{partition}:iam::{account}:role/{}", value.trim_start_matches('/'))),
        "function" => one(function_arn(value, place)),
        "queue" => queue(value, place).map(|arn| vec![arn]),
        "job_queue" => or_arn(format!("arn:{partition}:batch:{region}:{account}:job-queue/{value}")),
        "task_definition" => {
            let arn = if is_arn {
                value.to_owned()
            } else {
                format!("arn:{partition}:ecs:{region}:{account}:task-definition/{value}")
            };
            // A family stands for its newest revision, whichever that is.
            let family = arn.rsplit('/').next().is_some_and(|name| !name.contains([':', '*']));
            one(if family { format!("{arn}:*") } else { arn })
        }
        "executions" => executions(value),
        "guardrail" => or_arn(format!("arn:{partition}:bedrock:{region}:{account}:guardrail/{value}")),
        // A request names the key and never its alias.
        "key" if value.contains("alias/") => one(format!("arn:{partition}:kms:{region}:{account}:key/*")),
        "key" => or_arn(format!("arn:{partition}:kms:{region}:{account}:key/{value}")),
        "bus" => or_arn(format!("arn:{partition}:events:{region}:{account}:event-bus/{value}")),
        "object" => value.strip_prefix("s3://").map(|path| vec![format!("arn:{partition}:s3:::{path}")]),
        "model" => Some(model(value, place)),
        "lower" => one(value.to_lowercase()),
        "project" => one(value.split(':').next().unwrap_or(value).to_owned()),
        "api" => {
            let host = value.trim_start_matches("https://");
            one(host.split('.').next().unwrap_or(host).to_owned())
        }
        "path" => one(value.trim_start_matches('/').to_owned()),
        "folder" => one(if value.is_empty() { String::new() } else { format!("{}/", value.trim_end_matches('/')) }),
        _ => None,
    }
}

/// A name, `account:function:name` or an ARN, each with or without a qualifier.
fn function_arn(value: &str, place: &Place) -> String {
    let Place { partition, region, account, .. } = place;
    if value.starts_with("arn:") {
        return value.to_owned();
    }
    let (account, name) = value.split_once(":function:").unwrap_or((account, value));
    let name = name.strip_prefix("function:").unwrap_or(name);
    format!("arn:{partition}:lambda:{region}:{account}:function:{name}")
}

/// Whether an ARN of a function with `:*` behind it already had a qualifier.
pub(super) fn is_qualified(arn: &str) -> bool {
    arn.split_once(":function:").is_some_and(|(_, name)| name.matches(':').count() > 1)
}

/// `https://sqs.eu-west-1.amazonaws.com/123456789012/name`
fn queue(url: &str, place: &Place) -> Option<String> {
    if url.starts_with("arn:") {
        return Some(url.to_owned());
    }
    let (host, path) = url.split_once("://")?.1.split_once('/')?;
    let (account, name) = path.split_once('/')?;
    let region = host.strip_prefix("sqs.").and_then(|rest| rest.split_once(".amazonaws.com")).map(|(region, _)| region);
    let region = region.filter(|r| !r.is_empty()).unwrap_or(&place.region);
    Some(format!("arn:{}:sqs:{region}:{account}:{name}", place.partition))
}

/// The executions of a machine, a version of it, or an alias.
fn executions(machine: &str) -> Option<Vec<String>> {
    let (head, name) = machine.split_once(":stateMachine:")?;
    let name = name.split(':').next().unwrap_or(name);
    Some(vec![format!("{head}:execution:{name}:*")])
}

/// A model: an ARN, the id of a foundation model, or an inference profile over several regions (`eu.anthropic.…`).
fn model(value: &str, place: &Place) -> Vec<String> {
    let Place { partition, region, account, .. } = place;
    if value.starts_with("arn:") {
        return vec![value.to_owned()];
    }
    let across = ["us.", "eu.", "apac.", "us-gov.", "global.", "jp.", "au.", "ca."];
    match across.iter().find_map(|area| value.strip_prefix(area)) {
        Some(model) => vec![
            format!("arn:{partition}:bedrock:{region}:{account}:inference-profile/{value}"),
            format!("arn:{partition}:bedrock:*::foundation-model/{model}"),
        ],
        None => vec![format!("arn:{partition}:bedrock:{region}::foundation-model/{value}")],
    }
}
