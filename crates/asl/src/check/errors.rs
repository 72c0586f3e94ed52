//! Retry and Catch.

use std::collections::HashMap;

use statewright_source::{Node, Severity, Span, Value};

use super::{context::Context, mend::mend, place::Place};
use crate::{
    model::{State, StateType},
    resource::Resource,
    rule::{Group, Rule},
};

const ALL: Rule = Rule::schema(
    "ASL110",
    "states-all-not-last",
    Group::Errors,
    "`States.ALL` stands alone in its list, and in the last retrier or catcher.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.ALL"] }, { "ErrorEquals": ["States.Timeout"] }] } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.Timeout"] }, { "ErrorEquals": ["States.ALL"] }] } } }"#,
);

const UNKNOWN: Rule = Rule::schema(
    "ASL111",
    "unknown-states-error",
    Group::Errors,
    "Names that begin with `States.` are the language's own, and this is none of them: it matches no error.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.TimeOut"] }] } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.Timeout"] }] } } }"#,
);

const SHADOWED: Rule = Rule::schema(
    "ASL112",
    "shadowed-error",
    Group::Errors,
    "An earlier retrier or catcher takes the error: the first that fits counts. `States.TaskFailed` takes every error of a \
     task but `States.Timeout`.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.TaskFailed"] }, { "ErrorEquals": ["Sns.SnsException"] }] } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["Sns.SnsException"] }, { "ErrorEquals": ["States.TaskFailed"] }] } } }"#,
);

const NOT_CAUGHT: Rule = Rule::schema(
    "ASL113",
    "states-runtime",
    Group::Errors,
    "`States.Runtime` (a path that finds nothing, a value of the wrong kind) fails the execution whatever `Retry` and \
     `Catch` say.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.Runtime"] }] } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.TaskFailed"] }] } } }"#,
);

const DELAY: Rule = Rule::schema(
    "ASL114",
    "max-delay",
    Group::Errors,
    "`MaxDelaySeconds` bounds the wait that `BackoffRate` makes grow. At or below `IntervalSeconds` (1 where it is not \
     given) it leaves nothing to grow.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxDelaySeconds": 5 }] } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "t", "Message": "m" }, "End": true,
  "Retry": [{ "ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxDelaySeconds": 60 }] } } }"#,
);

const NO_RETRY: Rule = Rule::schema(
    "ASL115",
    "function-without-retry",
    Group::Errors,
    "Lambda now and then answers with an error of its own. The guide advises to retry `Lambda.ServiceException`, \
     `Lambda.AWSLambdaException`, `Lambda.SdkClientException` and `Lambda.TooManyRequestsException`.",
)
.of(Severity::Note)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "FunctionName": "f", "Payload.$": "$" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "FunctionName": "f", "Payload.$": "$" }, "End": true,
  "Retry": [{ "ErrorEquals": ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 2 }] } } }"#,
);

pub(super) const RULES: &[Rule] = &[ALL, UNKNOWN, SHADOWED, NOT_CAUGHT, DELAY, NO_RETRY];

/// The language's own errors ("Handling errors in Step Functions workflows" of the guide).
const KNOWN: [&str; 17] = [
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

pub(super) fn check(cx: &mut Context<'_, '_>, state: &State<'_>) {
    if !matches!(state.kind, None | Some(StateType::Task | StateType::Parallel | StateType::Map)) {
        return;
    }
    for field in ["Retry", "Catch"] {
        if let Some(rules) = state.get(field).and_then(Node::as_seq) {
            list(cx, state, field, rules);
        }
    }
    for (index, retrier) in state.get("Retry").and_then(Node::as_seq).unwrap_or_default().iter().enumerate() {
        delay(cx, state, index, retrier);
    }
    retried(cx, state);
}

fn list(cx: &mut Context<'_, '_>, state: &State<'_>, field: &str, rules: &[Node]) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    let base = Place::State(state.id);
    let place = base.key(field);
    for (index, rule) in rules.iter().enumerate() {
        let place = place.item(index);
        let place = place.key("ErrorEquals");
        let Some(names) = rule.get("ErrorEquals").and_then(Node::as_seq) else { continue };
        for node in names {
            let Some(name) = node.as_str().filter(|n| !cx.opaque_text(n)) else { continue };
            if name == "States.ALL" && (names.len() > 1 || index + 1 < rules.len()) {
                let title = if names.len() > 1 {
                    "`States.ALL` must stand alone".to_owned()
                } else {
                    format!("`States.ALL` must be in the last entry of `{field}`")
                };
                cx.push(ALL.at(node.span, title, cx.location(&place)));
            } else if name.starts_with("States.") && !KNOWN.contains(&name) {
                let mut found = UNKNOWN.at(node.span, format!("there is no error `{name}`"), cx.location(&place));
                if let Some(near) = cx.nearest(name, KNOWN.into_iter()) {
                    found = mend(found.help(format!("did you mean `{near}`?")), node.span, name, near);
                }
                cx.push(found);
            } else if name == "States.Runtime" {
                let title = "`States.Runtime` is neither retried nor caught";
                cx.push(NOT_CAUGHT.at(node.span, title, cx.location(&place)));
            } else if let Some(earlier) = seen.get(name).or_else(|| covered(name, &seen)) {
                let title = format!("an earlier entry of `{field}` takes `{name}`");
                let found = SHADOWED.at(node.span, title, cx.location(&place));
                cx.push(found.related(*earlier, "here"));
            }
        }
        for node in names {
            if let Some(name) = node.as_str() {
                seen.entry(name).or_insert(node.span);
            }
        }
    }
}

/// Where `States.TaskFailed` takes an error before.
fn covered<'s>(name: &str, seen: &'s HashMap<&str, Span>) -> Option<&'s Span> {
    // What a service or a function reports is no name of the language's own.
    (!name.starts_with("States.")).then(|| seen.get("States.TaskFailed")).flatten()
}

fn delay(cx: &mut Context<'_, '_>, state: &State<'_>, index: usize, retrier: &Node) {
    let number = |field: &str| match retrier.get(field).map(|n| &n.value) {
        Some(Value::Number(n)) => n.as_u64(),
        _ => None,
    };
    let interval = number("IntervalSeconds").unwrap_or(1);
    if let Some(most) = number("MaxDelaySeconds").filter(|most| *most > 0 && *most <= interval)
        && let Some(node) = retrier.get("MaxDelaySeconds")
    {
        let base = Place::State(state.id);
        let list = base.key("Retry");
        let item = list.item(index);
        let title = format!("`MaxDelaySeconds` {most} is not above `IntervalSeconds` {interval}");
        cx.push(DELAY.at(node.span, title, cx.location(&item.key("MaxDelaySeconds"))));
    }
}

/// Lambda's own errors.
fn retried(cx: &mut Context<'_, '_>, state: &State<'_>) {
    let Some(text) = state.text("Resource").filter(|t| !cx.opaque_text(t)) else { return };
    let calls = match Resource::of(text) {
        Resource::Lambda(_) => true,
        Resource::Optimized(i) => i.service == "lambda" && i.api == "invoke",
        _ => false,
    };
    if state.kind != Some(StateType::Task) || !calls {
        return;
    }
    let taken = state.get("Retry").is_some_and(|retry| {
        let mut names = retry
            .as_seq()
            .unwrap_or_default()
            .iter()
            .flat_map(|r| r.get("ErrorEquals").and_then(Node::as_seq).unwrap_or_default());
        cx.opaque(retry)
            || names.any(|n| {
                n.as_str().is_none_or(|name| {
                    matches!(name, "States.ALL" | "States.TaskFailed")
                        || name.starts_with("Lambda.")
                        || cx.opaque_text(name)
                })
            })
    });
    if !taken {
        let title = format!("Task state `{}` does not retry the errors of Lambda itself", state.name);
        cx.push(NO_RETRY.at(state.name_span, title, cx.definition.location(state.id)));
    }
}
