//! Task states: what is called, and how.

use statewright_source::{Node, Severity, Value};

use super::{
    call,
    context::Context,
    express,
    integrations::{self, Problem},
    mend::mend,
    place::Place,
};
use crate::{
    model::{State, StateType},
    operations::Service,
    resource::{Integration, Pattern, Resource},
    rule::{Group, Rule},
};

const HEARTBEAT: Rule = Rule::schema(
    "ASL096",
    "heartbeat",
    Group::Fields,
    "`HeartbeatSeconds` is smaller than `TimeoutSeconds`: else the heartbeat is never missed before the task times out.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" },
  "TimeoutSeconds": 10, "HeartbeatSeconds": 10, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" },
  "TimeoutSeconds": 60, "HeartbeatSeconds": 10, "End": true } } }"#,
);

const NOT_AN_ARN: Rule = Rule::schema(
    "ASL120",
    "resource-arn",
    Group::Resources,
    "`Resource` is an ARN: of an integration (`arn:aws:states:::lambda:invoke`, `arn:aws:states:::aws-sdk:s3:getObject`), of \
     an activity or of a Lambda function. It is never an expression or a path.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "my-function", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "FunctionName": "my-function" }, "End": true } } }"#,
);

const UNRECOGNIZED: Rule = Rule::schema(
    "ASL121",
    "unknown-integration",
    Group::Resources,
    "AWS has no such integration: the service, the call or the pattern (`.sync`, `.waitForTaskToken`) does not exist. What \
     has no integration of its own is called through the SDK: `arn:aws:states:::aws-sdk:dynamodb:query`.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::dynamodb:query", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:query",
  "Parameters": { "TableName": "t" }, "End": true } } }"#,
);

const UNKNOWN_ACTION: Rule = Rule::schema(
    "ASL136",
    "unknown-operation",
    Group::Resources,
    "The service has no such operation in the API models of 2026-11. AWS refuses what Step Functions does not know; an \
     operation that is younger than those models may be known to it.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:makeCoffee",
  "Parameters": {}, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "Bucket": "b", "Key": "k" }, "End": true } } }"#,
);

const LEGACY: Rule = Rule::schema(
    "ASL127",
    "function-as-resource",
    Group::Resources,
    "A function's ARN as `Resource` works, and cannot say which version, how it is invoked or what it is sent. \
     `arn:aws:states:::lambda:invoke` can.",
)
.of(Severity::Note)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task",
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "FunctionName": "f", "Payload.$": "$" }, "OutputPath": "$.Payload", "End": true } } }"#,
);

const CREDENTIALS: Rule = Rule::schema(
    "ASL128",
    "credentials",
    Group::Resources,
    "`Credentials` names a role with `RoleArn` (in JSONPath `RoleArn.$` as well), and activities take none.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "Credentials": {}, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" },
  "Credentials": { "RoleArn": "arn:aws:iam::123456789012:role/r" }, "End": true } } }"#,
);

pub(super) const FIELD_RULES: &[Rule] = &[HEARTBEAT];
pub(super) const RULES: &[Rule] = &[NOT_AN_ARN, UNRECOGNIZED, UNKNOWN_ACTION, LEGACY, CREDENTIALS];

pub(super) fn check(cx: &mut Context<'_, '_>, state: &State<'_>) {
    if state.kind != Some(StateType::Task) {
        return;
    }
    times(cx, state);
    let Some(node) = state.get("Resource").filter(|n| !cx.opaque(n)) else { return };
    let Some(text) = node.as_str() else { return };
    let base = Place::State(state.id);
    let location = cx.location(&base.key("Resource"));
    let resource = Resource::of(text);
    credentials(cx, state, &resource);
    match &resource {
        Resource::Lambda(arn) => {
            let name =
                |s: &str| !s.is_empty() && s.chars().all(|c| !c.is_whitespace() && !"$*#%&()[]{};,'\"".contains(c));
            let qualifier = |s: &str| s == "$LATEST" || name(s);
            if !name(arn.name) || arn.qualifier.is_some_and(|q| !qualifier(q)) {
                cx.push(NOT_AN_ARN.at(node.span, format!("`{text}` is no ARN of a function"), location));
                return;
            }
            let title = format!("Task state `{}` calls the function by its ARN", state.name);
            cx.push(LEGACY.at(node.span, title, location));
        }
        Resource::Activity { .. } => {
            express::refuse(cx, state, node, "calls no activities");
        }
        Resource::Optimized(i) | Resource::AwsSdk(i) => {
            let known = if matches!(resource, Resource::AwsSdk(_)) {
                of_sdk(cx, node, text, *i, location)
            } else {
                optimized(cx, node, text, *i, location)
            };
            if known {
                call::check(cx, state, node, *i, matches!(resource, Resource::AwsSdk(_)));
            }
        }
        Resource::Other(text) => {
            if text.starts_with("arn:") && text.matches(':').count() >= 5 {
                let title = format!("AWS does not recognize the resource `{text}`");
                cx.push(UNRECOGNIZED.at(node.span, title, location));
            } else {
                let mut found = NOT_AN_ARN.at(node.span, format!("`{text}` is not an ARN"), location);
                if text.starts_with("{%") || text.starts_with('$') {
                    found = found.help("`Resource` is constant text");
                }
                cx.push(found);
            }
        }
    }
}

fn times(cx: &mut Context<'_, '_>, state: &State<'_>) {
    let number = |field: &str| match state.get(field).map(|n| (&n.value, n)) {
        Some((Value::Number(n), node)) => n.as_u64().map(|n| (n, node)),
        _ => None,
    };
    if let (Some((heartbeat, node)), Some((timeout, other))) = (number("HeartbeatSeconds"), number("TimeoutSeconds"))
        && heartbeat >= timeout
    {
        let title = format!("`HeartbeatSeconds` {heartbeat} is not below `TimeoutSeconds` {timeout}");
        let base = Place::State(state.id);
        let found = HEARTBEAT.at(node.span, title, cx.location(&base.key("HeartbeatSeconds")));
        cx.push(found.related(other.span, "the timeout"));
    }
}

fn credentials(cx: &mut Context<'_, '_>, state: &State<'_>, resource: &Resource<'_>) {
    let Some(entry) = state.entry("Credentials") else { return };
    if cx.opaque(&entry.value) {
        return;
    }
    let base = Place::State(state.id);
    let location = cx.location(&base.key("Credentials"));
    if matches!(resource, Resource::Activity { .. }) {
        cx.push(CREDENTIALS.at(entry.key_span, "`Credentials` are not supported for activities", location));
    } else if let Some(entries) = entry.value.as_map()
        && !entries.iter().any(|e| e.key == "RoleArn" || e.key == "RoleArn.$" || cx.opaque_text(&e.key))
    {
        cx.push(CREDENTIALS.at(entry.key_span, "`Credentials` lacks `RoleArn`", location));
    }
}

fn optimized(cx: &mut Context<'_, '_>, node: &Node, text: &str, i: Integration<'_>, location: String) -> bool {
    let Err(problem) = integrations::optimized(i.service, i.api, &i.pattern.to_string()) else { return true };
    let title = format!("AWS does not recognize the resource `{text}`");
    let found = UNRECOGNIZED.at(node.span, title, location);
    let sdk = format!("arn:{}:states:::aws-sdk:{}:{}{}", i.partition, i.service, i.api, i.pattern);
    let replace = |found: statewright_source::Diagnostic, old: &str, new: &str| {
        let arn = text.replacen(old, new, 1);
        mend(found.help(format!("did you mean `{arn}`?")), node.span, text, &arn)
    };
    cx.push(match problem {
        Problem::Service(Some(near)) => replace(found, &format!(":::{}:", i.service), &format!(":::{near}:")),
        Problem::Api(Some(near)) => replace(found, &format!(":{}", i.api), &format!(":{near}")),
        Problem::Service(None) | Problem::Api(None) if integrations::sdk(i.service).is_ok() => {
            found.help(format!("through the SDK it is `{sdk}`"))
        }
        Problem::Service(None) => found.help("the service has no integration"),
        Problem::Api(None) => found.help(format!("`{}` has no call `{}`", i.service, i.api)),
        Problem::Pattern(patterns) => {
            let has: Vec<String> = patterns.iter().map(|p| format!("`{}:{}{p}`", i.service, i.api)).collect();
            found.help(if has.is_empty() {
                "it has no pattern but request and response".to_owned()
            } else {
                format!("there is {}", has.join(", "))
            })
        }
    });
    false
}

fn of_sdk(cx: &mut Context<'_, '_>, node: &Node, text: &str, i: Integration<'_>, location: String) -> bool {
    let title = format!("AWS does not recognize the resource `{text}`");
    let found = UNRECOGNIZED.at(node.span, title, location.as_str());
    match i.pattern {
        Pattern::RequestResponse | Pattern::WaitForTaskToken => {}
        Pattern::Sync | Pattern::Sync2 | Pattern::Unknown(_) => {
            cx.push(found.help("integrations of the SDK have no `.sync`"));
            return false;
        }
    }
    if let Err(known) = integrations::sdk(i.service) {
        let near = known.or_else(|| cx.nearest(&i.service.to_lowercase(), integrations::sdk_services()));
        cx.push(match near {
            Some(near) => {
                let arn = text.replacen(&format!(":{}:", i.service), &format!(":{near}:"), 1);
                mend(found.help(format!("did you mean `{arn}`?")), node.span, text, &arn)
            }
            None => found.help(format!("the SDK has no service `{}`", i.service)),
        });
        return false;
    }
    if i.api.is_empty() {
        cx.push(found.help("which call?"));
        return false;
    }
    if let Some(service) = Service::of(i.service).filter(|service| service.operation(i.api).is_none()) {
        action(cx, node, text, i, service, location);
        return false;
    }
    true
}

/// An operation that the service does not have, as far as is known: a name that looks mistyped AWS refuses; any other may be
/// younger than what is known here.
fn action(cx: &mut Context<'_, '_>, node: &Node, text: &str, i: Integration<'_>, service: &Service, location: String) {
    let next_version = |near: &str| i.api.strip_prefix(near).is_some_and(|rest| rest.starts_with('V'));
    let near = cx.nearest(i.api, service.apis.iter().map(String::as_str)).filter(|near| !next_version(near));
    cx.push(if let Some(near) = near {
        let title = format!("AWS does not recognize the resource `{text}`");
        let arn = text.replacen(&format!(":{}", i.api), &format!(":{near}"), 1);
        let found = UNRECOGNIZED.at(node.span, title, location).help(format!("did you mean `{arn}`?"));
        mend(found, node.span, text, &arn)
    } else {
        let title = format!("`{}` has no operation `{}` that is known here", i.service, i.api);
        UNKNOWN_ACTION.at(node.span, title, location)
    });
}
