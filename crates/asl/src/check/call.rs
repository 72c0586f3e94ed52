//! How an integration is called: patterns and tokens.

use statewright_source::{Node, Severity, Value};

use super::{context::Context, express, parameters, place::Place};
use crate::{
    model::{QueryLanguage, State},
    resource::{Integration, Pattern},
    rule::{Group, Rule},
};

const TOKEN_LOST: Rule = Rule::schema(
    "ASL123",
    "token-never-passed",
    Group::Resources,
    "The task waits for its token to come back, and nothing that it sends holds the token: it waits until it times out, \
     for up to a year. Pass `$$.Task.Token`, in JSONata `$states.context.Task.Token`.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
  "Parameters": { "FunctionName": "f", "Payload": { "x": 1 } }, "HeartbeatSeconds": 60, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
  "Parameters": { "FunctionName": "f", "Payload": { "token.$": "$$.Task.Token" } }, "HeartbeatSeconds": 60, "End": true } } }"#,
);

const STRING_OUTPUT: Rule = Rule::schema(
    "ASL126",
    "output-as-string",
    Group::Resources,
    "`states:startExecution.sync` gives the output of the child as a string; `.sync:2` gives it as JSON.",
)
.of(Severity::Note)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
  "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m",
    "Input": { "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id" } }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
  "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m",
    "Input": { "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id" } }, "End": true } } }"#,
);

const FOREVER: Rule = Rule::schema(
    "ASL129",
    "waits-a-year",
    Group::Resources,
    "A task that waits for a token and has neither `HeartbeatSeconds` nor `TimeoutSeconds` waits for a year if the token is lost.",
)
.of(Severity::Note)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
  "Parameters": { "FunctionName": "f", "Payload": { "token.$": "$$.Task.Token" } }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
  "Parameters": { "FunctionName": "f", "Payload": { "token.$": "$$.Task.Token" } }, "HeartbeatSeconds": 3600, "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[TOKEN_LOST, STRING_OUTPUT, FOREVER];

/// How an integration is called.
pub(super) fn check(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, i: Integration<'_>, sdk: bool) {
    let base = Place::State(state.id);
    let location = cx.location(&base.key("Resource"));
    if i.pattern != Pattern::RequestResponse {
        express::refuse(cx, state, node, &format!("does not support `{}`", i.pattern));
    }
    if i.pattern == Pattern::WaitForTaskToken {
        token(cx, state, node, &location);
    }
    if i.service == "states" && i.api == "startExecution" && i.pattern == Pattern::Sync {
        let found = STRING_OUTPUT.at(node.span, "the output of the child comes as a string", location.as_str());
        cx.push(found.help("`.sync:2` gives it as JSON; what reads it must follow"));
    }
    parameters::check(cx, state, node, i, sdk);
}

fn token(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, location: &str) {
    let sent = if state.language == Some(QueryLanguage::Jsonata) { "Arguments" } else { "Parameters" };
    let sends = state.get(sent);
    if !cx.tokens_passed[state.id.0] && !sends.is_some_and(|n| holds_token(cx, n)) && state.language.is_some() {
        let mut found = TOKEN_LOST.at(node.span, "the task waits for a token that it never passes on", location);
        if let Some(entry) = state.entry(sent) {
            found = found.related(entry.key_span, "nothing in here holds it");
        }
        cx.push(found);
    }
    let bounded = ["HeartbeatSeconds", "TimeoutSeconds", "HeartbeatSecondsPath", "TimeoutSecondsPath"];
    if !bounded.iter().any(|f| state.get(f).is_some())
        && !state.node.as_map().is_some_and(|m| m.iter().any(|e| cx.opaque_text(&e.key)))
    {
        let title = "without a timeout or a heartbeat the task waits for up to a year";
        cx.push(FOREVER.at(state.name_span, title, location));
    }
}

/// Whether something in a value may become the token: a token of another tool.
fn holds_token(cx: &Context<'_, '_>, node: &Node) -> bool {
    cx.opaque(node)
        || match &node.value {
            Value::Seq(items) => items.iter().any(|item| holds_token(cx, item)),
            Value::Map(entries) => entries.iter().any(|e| holds_token(cx, &e.value)),
            _ => false,
        }
}
