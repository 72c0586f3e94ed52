//! Task states: what is called, and how.

use statewright_source::{Entry, Node, Severity, Value};

use super::{
    context::Context,
    integrations::{self, Problem},
    mend::mend,
    place::Place,
};
use crate::{
    flow,
    model::{QueryLanguage, State, StateType},
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
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish",
  "TimeoutSeconds": 10, "HeartbeatSeconds": 10, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish",
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
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:query", "End": true } } }"#,
);

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
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Credentials": {}, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish",
  "Credentials": { "RoleArn": "arn:aws:iam::123456789012:role/r" }, "End": true } } }"#,
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

pub(super) const FIELD_RULES: &[Rule] = &[HEARTBEAT];
pub(super) const RULES: &[Rule] = &[
    NOT_AN_ARN,
    UNRECOGNIZED,
    EXPRESS,
    TOKEN_LOST,
    PARAMETER,
    CASE,
    STRING_OUTPUT,
    LEGACY,
    CREDENTIALS,
    FOREVER,
    EXPRESS_TIMEOUT,
    NOT_LINKED,
    EXPRESS_CHILD,
];

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
            if cx.express() {
                let title = "an EXPRESS machine calls no activities";
                cx.push(EXPRESS.at(node.span, title, location));
            } else if in_express_child(cx, state) {
                cx.push(EXPRESS_CHILD.at(node.span, "an EXPRESS execution calls no activities", location));
            }
        }
        Resource::Optimized(i) | Resource::AwsSdk(i) => {
            let known = if matches!(resource, Resource::AwsSdk(_)) {
                of_sdk(cx, node, text, *i, location)
            } else {
                optimized(cx, node, text, *i, location)
            };
            if known {
                integration(cx, state, node, *i, matches!(resource, Resource::AwsSdk(_)));
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
    let found = UNRECOGNIZED.at(node.span, format!("AWS does not recognize the resource `{text}`"), location);
    match i.pattern {
        Pattern::RequestResponse | Pattern::WaitForTaskToken => {}
        Pattern::Sync | Pattern::Sync2 | Pattern::Unknown(_) => {
            cx.push(found.help("integrations of the SDK have no `.sync`"));
            return false;
        }
    }
    if let Err(near) = integrations::sdk(i.service) {
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
    true
}

fn integration(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, i: Integration<'_>, sdk: bool) {
    let base = Place::State(state.id);
    let location = cx.location(&base.key("Resource"));
    if cx.express() && i.pattern != Pattern::RequestResponse {
        let title = format!("an EXPRESS machine does not support `{}`", i.pattern);
        cx.push(EXPRESS.at(node.span, title, location.as_str()));
    } else if i.pattern != Pattern::RequestResponse && in_express_child(cx, state) {
        let title = format!("an EXPRESS execution does not support `{}`", i.pattern);
        cx.push(EXPRESS_CHILD.at(node.span, title, location.as_str()));
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

/// The machine's own timeout in an EXPRESS machine, and distributed maps there.
pub(super) fn express(cx: &mut Context<'_, '_>) {
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
