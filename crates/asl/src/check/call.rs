//! What an integration is called with: parameters, tokens.

use statewright_source::{Entry, Node, Severity, Value};

use super::{context::Context, express, integrations, mend::mend, place::Place};
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

const PARAMETER: Rule = Rule::schema(
    "ASL124",
    "missing-parameter",
    Group::Resources,
    "The call cannot succeed without the parameter. AWS takes the definition, and the state fails.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "Payload.$": "$" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "FunctionName": "f", "Payload.$": "$" }, "End": true } } }"#,
);

const CASE: Rule = Rule::schema(
    "ASL125",
    "parameter-case",
    Group::Resources,
    "Integrations name parameters in Pascal case (`Bucket`), whatever the service's own API does.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "bucket": "b", "Key": "k" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "Bucket": "b", "Key": "k" }, "End": true } } }"#,
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

const NOT_LINKED: Rule = Rule::schema(
    "ASL131",
    "execution-not-linked",
    Group::Resources,
    "With `AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID` in its input the child execution is linked to its parent in the \
     console.",
)
.of(Severity::Note)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
  "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m", "Input": { "x": 1 } }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
  "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m",
    "Input": { "x": 1, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id" } }, "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[TOKEN_LOST, PARAMETER, CASE, STRING_OUTPUT, FOREVER, NOT_LINKED];

/// What an integration is called with.
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
    for (field, dollar) in [("Parameters", true), ("Arguments", false)] {
        let Some(entry) = state.entry(field).filter(|e| !cx.opaque(&e.value)) else { continue };
        let Some(given) = entry.value.as_map() else { continue };
        if given.iter().any(|e| cx.opaque_text(&e.key)) || (state.language == Some(QueryLanguage::Jsonata)) == dollar {
            continue;
        }
        let place = base.key(field);
        if !sdk {
            parameters(cx, i, entry, &place);
        }
        case(cx, given, &place);
    }
}

/// Parameters that a call cannot do without, and one that helps.
fn parameters(cx: &mut Context<'_, '_>, i: Integration<'_>, entry: &Entry, place: &Place<'_>) {
    let names: Vec<&str> =
        entry.value.as_map().unwrap_or_default().iter().map(|e| e.key.strip_suffix(".$").unwrap_or(&e.key)).collect();
    for group in integrations::needs(i.service, i.api) {
        if !names.iter().any(|n| group.iter().any(|g| g.eq_ignore_ascii_case(n))) {
            let wanted = group.iter().map(|g| format!("`{g}`")).collect::<Vec<_>>().join(" or ");
            let title = format!("`{}:{}` cannot succeed without {wanted}", i.service, i.api);
            cx.push(PARAMETER.at(entry.key_span, title, cx.location(place)));
        }
    }
    let input = entry.value.entry("Input").filter(|_| i.service == "states");
    if let Some(input) = input
        && let Some(fields) = input.value.as_map()
        && !cx.opaque(&input.value)
        && !fields.iter().any(|e| e.key.starts_with(LINK))
    {
        let title = "the child execution is not linked to this one";
        let found = NOT_LINKED.at(input.key_span, title, cx.location(&place.key("Input")));
        cx.push(found.help(format!("`{LINK}` in the input links it")));
    }
}

const LINK: &str = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";

/// Names of parameters that begin with a small letter.
fn case(cx: &mut Context<'_, '_>, given: &[Entry], place: &Place<'_>) {
    for parameter in given.iter().filter(|e| e.key.starts_with(|c: char| c.is_ascii_lowercase())) {
        let mut name = parameter.key.clone();
        if let Some(first) = name.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        let title = format!("parameters are in Pascal case: `{}`", parameter.key);
        let found = CASE.at(parameter.key_span, title, cx.location(&place.key(&parameter.key)));
        cx.push(mend(found.help(format!("did you mean `{name}`?")), parameter.key_span, &parameter.key, &name));
    }
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
