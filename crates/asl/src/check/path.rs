//! Paths and intrinsic calls in the fields of a state.

use statewright_source::{Node, Severity, Span};

use super::{context::Context, place::Place, shared::wrong_kind};
use crate::{
    model::{State, StateType},
    path::{Argument, Call, Dynamic, JsonPathExpr, Root, parse_call, parse_path},
    rule::{Group, Rule},
};

const NOT_A_PATH: Rule = Rule::schema(
    "ASL070",
    "path",
    Group::Paths,
    "The field takes a JSONPath: `$`, `$.a['b'][0]`, `$$.Execution.Id`, `$variable.a`. Intrinsic functions are not paths; \
     compute the value in a Pass state's `Parameters` first.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "InputPath": "x", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "InputPath": "$.x", "End": true } } }"#,
);

const NOT_A_REFERENCE: Rule = Rule::schema(
    "ASL071",
    "reference-path",
    Group::Paths,
    "The field takes a reference path: one that names a single place, without `..`, `*`, `[1:3]`, `[0,1]`, filters and \
     functions. Of a Map's fields only `ItemsPath` takes the context object.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "ResultPath": "$.a[*]", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "ResultPath": "$.a", "End": true } } }"#,
);

const RESULT_PATH: Rule = Rule::schema(
    "ASL072",
    "result-path",
    Group::Paths,
    "A result goes into the state's input (`$.a`), nowhere (`null`) or in place of it (`$`): neither into the context \
     object nor into a variable, which `Assign` sets.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "ResultPath": "$$.a", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "ResultPath": "$.a", "End": true } } }"#,
);

const CONTEXT_FIELD: Rule = Rule::schema(
    "ASL078",
    "context-field",
    Group::Paths,
    "The context object has `Execution`, `State`, `StateMachine`, `Task` and `Map`, each with a few fields. Reading \
     anything else fails the state.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$$.Execution.ID" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$$.Execution.Id" }, "End": true } } }"#,
);

const NO_TOKEN: Rule = Rule::schema(
    "ASL079",
    "task-token-elsewhere",
    Group::Paths,
    "The context object has a `Task.Token` only in a Task state. Elsewhere reading it fails the state; it is of use with \
     `.waitForTaskToken`.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$$.Task.Token" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": { "token.$": "$$.Task.Token" } },
  "HeartbeatSeconds": 600, "End": true } } }"#,
);

const NO_ITEM: Rule = Rule::schema(
    "ASL080",
    "map-item-elsewhere",
    Group::Paths,
    "The context object has `Map.Item` only in a Map state and within it. Elsewhere reading it fails the state.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$$.Map.Item.Value" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Map", "ItemSelector": { "x.$": "$$.Map.Item.Value" },
  "ItemProcessor": { "StartAt": "B", "States": { "B": { "Type": "Pass", "End": true } } }, "End": true } } }"#,
);

const INTRINSIC: Rule = Rule::schema(
    "ASL081",
    "intrinsic-arguments",
    Group::Paths,
    "The function gets arguments that it cannot work with: AWS takes the definition, and the state fails with \
     `States.IntrinsicFailure`.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "States.Format('{} {}', $.a)" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "States.Format('{} {}', $.a, $.b)" }, "End": true } } }"#,
);

const NOT_TEXT: Rule = Rule::schema(
    "ASL082",
    "text-path",
    Group::Paths,
    "`ErrorPath` and `CausePath` take a path or an intrinsic function that gives a string: Format, JsonToString, \
     ArrayGetItem, Base64Encode, Base64Decode, Hash, UUID.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Fail", "CausePath": "States.MathAdd($.a, 1)" } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Fail", "CausePath": "States.Format('{}', $.a)" } } }"#,
);

pub(super) const RULES: &[Rule] =
    &[NOT_A_PATH, NOT_A_REFERENCE, RESULT_PATH, CONTEXT_FIELD, NO_TOKEN, NO_ITEM, INTRINSIC, NOT_TEXT];

/// A path, parsed and looked at; `None` with a finding for what is none.
pub(super) fn parsed(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    node: &Node,
    place: &Place<'_>,
) -> Option<JsonPathExpr> {
    let Some(text) = node.as_str() else {
        wrong_kind(cx, node, "a path", "STRING", place);
        return None;
    };
    match parse_path(text) {
        Ok(found) => {
            uses(cx, state, node, place, &found);
            Some(found)
        }
        Err(fault) => {
            let title = match place {
                Place::Key(_, key) => format!("`{key}` is not a path: {}", fault.message),
                _ => format!("this is not a path: {}", fault.message),
            };
            let span = if fault.at.is_empty() { node.span } else { cx.within(node, fault.at) };
            let mut found = NOT_A_PATH.at(span, title, cx.location(place));
            if parse_call(text).is_ok() {
                found =
                    found.help("intrinsic functions work in payload templates only: compute it in a Pass state before");
            }
            cx.push(found);
            None
        }
    }
}

/// `InputPath`, `OutputPath`.
pub(super) fn path(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>, null: bool) {
    if !(null && node.value == statewright_source::Value::Null) {
        parsed(cx, state, node, place);
    }
}

/// A path that names one place.
pub(super) fn reference(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>, context: bool) {
    if let Some(found) = parsed(cx, state, node, place) {
        definite(cx, node, place, &found);
        if !context && found.root == Root::Context {
            let title = "a path into the context object is no reference path here";
            cx.push(NOT_A_REFERENCE.at(node.span, title, cx.location(place)));
        }
    }
}

fn definite(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, found: &JsonPathExpr) -> bool {
    let Some((_, part)) = found.indefinite() else { return true };
    let name = match place {
        Place::Key(_, key) => key,
        _ => "this",
    };
    let title = format!("`{name}` must name a single place");
    let span = cx.within(node, part.clone());
    cx.push(NOT_A_REFERENCE.at(span, title, cx.location(place)));
    false
}

/// `ResultPath`.
pub(super) fn result_path(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>) {
    if node.value == statewright_source::Value::Null {
        return;
    }
    let Some(text) = node.as_str() else {
        wrong_kind(cx, node, "a path or null", "STRING", place);
        return;
    };
    let Ok(found) = parse_path(text) else {
        parsed(cx, state, node, place);
        return;
    };
    let what = match &found.root {
        Root::Data => {
            definite(cx, node, place, &found);
            return;
        }
        Root::Context => "the context object".to_owned(),
        Root::Variable(name) => format!("the variable `${name}`"),
    };
    let title = format!("a result cannot go into {what}");
    cx.push(RESULT_PATH.at(node.span, title, cx.location(place)));
}

/// `ErrorPath`, `CausePath`.
pub(super) fn text_path(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>) {
    let Some(text) = node.as_str() else {
        wrong_kind(cx, node, "a path", "STRING", place);
        return;
    };
    if !text.starts_with("States.") {
        parsed(cx, state, node, place);
        return;
    }
    match parse_call(text) {
        Err(fault) => {
            let span = if fault.at.is_empty() { node.span } else { cx.within(node, fault.at) };
            cx.push(NOT_TEXT.at(span, fault.message, cx.location(place)));
        }
        Ok(call) => {
            if call.function().is_some_and(|f| !f.gives_text) {
                let title = format!("`States.{}` gives no string", call.name);
                cx.push(NOT_TEXT.at(node.span, title, cx.location(place)));
            }
            dynamic(cx, state, node, place, &Dynamic::Call(call));
        }
    }
}

/// The value of a `.$` key: what it reads, and what its calls are given.
pub(super) fn dynamic(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>, value: &Dynamic) {
    for found in value.paths() {
        uses(cx, state, node, place, found);
    }
    if let Dynamic::Call(call) = value {
        for call in call.calls() {
            literals(cx, node, place, call);
        }
    }
}

/// Variables and context fields that a path reads.
fn uses(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>, found: &JsonPathExpr) {
    match &found.root {
        Root::Data => {}
        Root::Variable(name) => {
            let start = found.at.start;
            let span = cx.within(node, start..start + 1 + name.len());
            cx.read(state.id, name, span, place);
        }
        Root::Context => {
            let names = found.names();
            if names.first().is_none_or(|n| *n == "Task") {
                cx.tokens_passed[state.id.0] = true;
            }
            let span = cx.within(node, found.at.clone());
            context_field(cx, state, &names, span, place);
        }
    }
}

/// The fields of the context object ("Accessing execution data from the Context object", Step Functions guide).
const CONTEXT: [(&str, &[&str]); 5] = [
    ("Execution", &["Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"]),
    ("State", &["EnteredTime", "Name", "RetryCount"]),
    ("StateMachine", &["Id", "Name"]),
    ("Task", &["Token"]),
    ("Map", &["Item"]),
];

/// A field of the context object that is read.
pub(super) fn context_field(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    names: &[&str],
    span: Span,
    place: &Place<'_>,
) {
    let Some(first) = names.first() else { return };
    let Some((_, fields)) = CONTEXT.iter().find(|(name, _)| name == first) else {
        unknown(cx, span, cx.location(place), first, "the context object", CONTEXT.iter().map(|(name, _)| *name));
        return;
    };
    let Some(second) = names.get(1) else { return };
    if !fields.contains(second) {
        unknown(
            cx,
            span,
            cx.location(place),
            second,
            &format!("`{first}` of the context object"),
            fields.iter().copied(),
        );
        return;
    }
    match (*first, *second) {
        ("Task", "Token") if state.kind != Some(StateType::Task) => {
            let title = "there is a task token only in a Task state";
            cx.push(NO_TOKEN.at(span, title, cx.location(place)));
        }
        ("Map", "Item") if !cx.in_map(state.id) => {
            cx.push(NO_ITEM.at(span, "there is an item only within a Map state", cx.location(place)));
        }
        ("Map", "Item") => {
            let items = ["Index", "Value", "Key", "Source"];
            if let Some(third) = names.get(2).filter(|n| !items.contains(n)) {
                unknown(cx, span, cx.location(place), third, "`Map.Item` of the context object", items.into_iter());
            }
        }
        _ => {}
    }
}

fn unknown<'f>(
    cx: &mut Context<'_, '_>,
    span: Span,
    location: String,
    name: &str,
    what: &str,
    fields: impl Iterator<Item = &'f str>,
) {
    let mut found = CONTEXT_FIELD.at(span, format!("{what} has no `{name}`"), location);
    if let Some(near) = cx.nearest(name, fields) {
        found = found.help(format!("did you mean `{near}`?"));
    }
    cx.push(found);
}

/// What literal arguments show.
fn literals(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, call: &Call) {
    let text = |i: usize| match call.arguments.get(i) {
        Some((Argument::String(s), _)) => Some(s.as_str()),
        _ => None,
    };
    let number = |i: usize| match call.arguments.get(i) {
        Some((Argument::Number(n), _)) => Some(*n),
        _ => None,
    };
    let problem: Option<(usize, String)> = call.misfit().or_else(|| match call.name {
        "Format" => text(0).and_then(|template| {
            let (places, given) = (places(template), call.arguments.len() - 1);
            let message = format!("`States.Format` has {places} places `{{}}` and {given} values");
            (places != given).then_some((0, message))
        }),
        "Hash" => text(1)
            .filter(|a| !["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"].contains(a))
            .map(|a| (1, format!("`{a}` is none of MD5, SHA-1, SHA-256, SHA-384, SHA-512"))),
        "ArrayRange" => match (number(0), number(1), number(2)) {
            (_, _, Some(0.0)) => Some((2, "the step of `States.ArrayRange` must not be 0".to_owned())),
            (Some(from), Some(to), Some(step)) if ((to - from) / step).floor() >= 1000.0 => {
                Some((1, "`States.ArrayRange` gives at most 1,000 items".to_owned()))
            }
            _ => None,
        },
        "ArrayPartition" => number(1)
            .filter(|n| *n < 1.0)
            .map(|n| (1, format!("the size of `States.ArrayPartition` must be positive, not {n}"))),
        "JsonMerge" => match call.arguments.get(2) {
            Some((Argument::Bool(true), _)) => {
                Some((2, "`States.JsonMerge` merges shallowly only: the third argument is `false`".to_owned()))
            }
            _ => None,
        },
        "MathRandom" => match (number(0), number(1)) {
            (Some(from), Some(to)) if from >= to => {
                Some((1, "the end of `States.MathRandom` must be above its start".to_owned()))
            }
            _ => None,
        },
        "Base64Encode" | "Base64Decode" => text(0)
            .filter(|s| s.chars().count() > 10_000)
            .map(|_| (0, format!("`States.{}` takes at most 10,000 characters", call.name))),
        _ => None,
    });
    if let Some((index, title)) = problem
        && let Some((_, part)) = call.arguments.get(index)
    {
        cx.push(INTRINSIC.at(cx.within(node, part.clone()), title, cx.location(place)));
    }
}

/// How many `{}` a template has; an escaped brace is none.
fn places(template: &str) -> usize {
    let plain = template.replace("\\{", "").replace("\\}", "");
    plain.matches("{}").count()
}
