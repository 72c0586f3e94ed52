//! What EXPRESS machines, and EXPRESS children of distributed maps, cannot do.

use statewright_source::{Node, Severity, Value};

use super::{context::Context, place::Place};
use crate::{
    flow,
    model::State,
    rule::{Group, Rule},
};

const EXPRESS: Rule = Rule::schema(
    "ASL122",
    "not-in-express",
    Group::Resources,
    "An EXPRESS machine neither waits for jobs (`.sync`) nor for tokens (`.waitForTaskToken`), calls no activities and has \
     no distributed maps.",
)
.express()
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "t.$": "$$.Task.Token" } }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
  "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "x.$": "$.x" } }, "End": true } } }"#,
);

const EXPRESS_CHILD: Rule = Rule::schema(
    "ASL132",
    "not-in-express-children",
    Group::Resources,
    "The map's children are EXPRESS executions (`ExecutionType: EXPRESS`), and those neither wait for jobs (`.sync`) nor for \
     tokens (`.waitForTaskToken`) nor call activities.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" }, "StartAt": "A", "States": {
    "A": { "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": { "JobName": "j" }, "End": true } } } } } }"#,
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "End": true, "ItemProcessor": {
  "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "A", "States": {
    "A": { "Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": { "JobName": "j" }, "End": true } } } } } }"#,
);

const EXPRESS_TIMEOUT: Rule = Rule::schema(
    "ASL130",
    "express-timeout",
    Group::Resources,
    "An EXPRESS execution ends after 300 seconds at the latest, whatever `TimeoutSeconds` says.",
)
.of(Severity::Warning)
.express()
.examples(
    r#"{ "TimeoutSeconds": 600, "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }"#,
    r#"{ "TimeoutSeconds": 60, "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[EXPRESS, EXPRESS_CHILD, EXPRESS_TIMEOUT];

/// Says that a resource is none for EXPRESS executions, where the state runs in one.
pub(super) fn refuse(cx: &mut Context<'_, '_>, state: &State<'_>, resource: &Node, what: &str) {
    let base = Place::State(state.id);
    if cx.express() {
        let title = format!("an EXPRESS machine {what}");
        cx.push(EXPRESS.at(resource.span, title, cx.location(&base.key("Resource"))));
    } else if in_express_child(cx, state) {
        let title = format!("an EXPRESS execution {what}");
        cx.push(EXPRESS_CHILD.at(resource.span, title, cx.location(&base.key("Resource"))));
    }
}

/// The machine's own timeout in an EXPRESS machine, and distributed maps there.
pub(super) fn check(cx: &mut Context<'_, '_>) {
    if !cx.express() {
        return;
    }
    if let Some(node) = cx.definition.root.get("TimeoutSeconds")
        && let Value::Number(n) = &node.value
        && n.as_u64().is_some_and(|n| n > 300)
    {
        let title = format!("an EXPRESS execution ends after 300 seconds, not {n}");
        cx.push(EXPRESS_TIMEOUT.at(node.span, title, "/TimeoutSeconds"));
    }
    let definition = cx.definition;
    for body in definition.bodies() {
        let mode = body.node.get("ProcessorConfig").and_then(|c| c.get("Mode"));
        if let Some(mode) = mode.filter(|m| m.as_str() == Some("DISTRIBUTED")) {
            let base = Place::Body(body.id);
            let config = base.key("ProcessorConfig");
            let title = "an EXPRESS machine has no distributed maps";
            cx.push(EXPRESS.at(mode.span, title, cx.location(&config.key("Mode"))));
        }
    }
}
/// Whether a state runs in the EXPRESS child executions of a distributed map.
fn in_express_child(cx: &Context<'_, '_>, state: &State<'_>) -> bool {
    let mut body = cx.definition.body(state.body);
    loop {
        if flow::distributed(body.node) {
            let kind = body.node.get("ProcessorConfig").and_then(|c| c.get("ExecutionType"));
            return kind.and_then(Node::as_str) == Some("EXPRESS");
        }
        let Some(owner) = cx.definition.owner(body.id) else { return false };
        body = cx.definition.body(owner.body);
    }
}
