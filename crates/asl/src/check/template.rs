//! Payload templates of JSONPath, and values with expressions of JSONata.

use statewright_source::{Entry, Node, Severity, Value};

use super::{
    context::Context,
    expression,
    language::{DOLLAR_KEY_IN_JSONATA, EXPRESSION_IN_JSONPATH},
    mend::mend,
    path,
    place::Place,
    schema::Scope,
    shared::wrong_kind,
    value::looks_dynamic,
};
use crate::{
    jsonata::Gives,
    model::{QueryLanguage, State},
    path::parse_dynamic,
    rule::{Group, Rule},
};

const NOT_DYNAMIC: Rule = Rule::schema(
    "ASL073",
    "dynamic-value",
    Group::Paths,
    "The value of a key that ends in `.$` is a path (`$.a`), a path into the context (`$$.State.Name`), a variable \
     (`$name`) or an intrinsic function (`States.Format('{}', $.a)`), and nothing else.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "x" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$.x" }, "End": true } } }"#,
);

const KEY_TWICE: Rule = Rule::schema(
    "ASL074",
    "key-twice-in-template",
    Group::Paths,
    "`k` and `k.$` give the same key of the payload.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x": 1, "x.$": "$.x" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$.x" }, "End": true } } }"#,
);

const NO_DOLLAR: Rule = Rule::schema(
    "ASL075",
    "key-without-dollar",
    Group::Paths,
    "The value looks like a path or an intrinsic function. It is evaluated only if the key ends in `.$`.",
)
.of(Severity::Warning)
.aws("NO_DOLLAR")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x": "$.x" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$.x" }, "End": true } } }"#,
);

const STATIC_RESULT: Rule = Rule::schema(
    "ASL077",
    "result-is-static",
    Group::Paths,
    "`Result` is constant: paths, intrinsic functions and `.$` in it stay as they are. `Parameters` evaluates them.",
)
.of(Severity::Warning)
.aws("PASS_RESULT_IS_STATIC")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "x.$": "$.x" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$.x" }, "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[NOT_DYNAMIC, KEY_TWICE, NO_DOLLAR, STATIC_RESULT];

/// A template in the language of its state.
pub(super) fn check(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    node: &Node,
    place: &Place<'_>,
    object: bool,
    scope: Scope,
) {
    match state.language {
        None => {}
        Some(QueryLanguage::Jsonata) => {
            let expression = node.as_str().is_some_and(|t| t.starts_with("{%"));
            if object && node.as_map().is_none() && !expression {
                wrong_kind(cx, node, "an object or an expression", "OBJECT", place);
                return;
            }
            jsonata(cx, state, node, place, scope, object.then_some(Gives::Object));
        }
        Some(QueryLanguage::JsonPath) => {
            if object && node.as_map().is_none() {
                wrong_kind(cx, node, "an object", "OBJECT", place);
                return;
            }
            jsonpath(cx, state, node, place);
        }
    }
}

/// Every string in a value of a JSONata state.
fn jsonata(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    node: &Node,
    place: &Place<'_>,
    scope: Scope,
    wants: Option<Gives>,
) {
    match &node.value {
        Value::String(_) => drop(expression::check(cx, state, node, place, scope, wants)),
        Value::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                jsonata(cx, state, item, &place.item(index), scope, None);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let place = place.key(&entry.key);
                if entry.key.ends_with(".$") {
                    let title = format!("`{}` does not make its value a path in JSONata", entry.key);
                    cx.push(DOLLAR_KEY_IN_JSONATA.at(entry.key_span, title, cx.location(&place)));
                }
                jsonata(cx, state, &entry.value, &place, scope, None);
            }
        }
        _ => {}
    }
}

/// A payload template.
pub(super) fn jsonpath(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>) {
    match &node.value {
        Value::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                jsonpath(cx, state, item, &place.item(index));
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                if let Some(name) = entry.key.strip_suffix(".$") {
                    dynamic(cx, state, entry, name, entries, place);
                } else {
                    plain(cx, entry, place);
                    jsonpath(cx, state, &entry.value, &place.key(&entry.key));
                }
            }
        }
        Value::String(text) => left_over(cx, node, text, place),
        _ => {}
    }
}

/// `{% … %}` in JSONPath.
fn left_over(cx: &mut Context<'_, '_>, node: &Node, text: &str, place: &Place<'_>) {
    if text.starts_with("{%") && text.ends_with("%}") {
        let title = "an expression is plain text in JSONPath";
        cx.push(EXPRESSION_IN_JSONPATH.at(node.span, title, cx.location(place)));
    }
}

fn dynamic(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    entry: &Entry,
    name: &str,
    beside: &[Entry],
    place: &Place<'_>,
) {
    if let Some(other) = beside.iter().find(|e| e.key == name) {
        let title = format!("`{name}` and `{}` give the same key", entry.key);
        let found = KEY_TWICE.at(entry.key_span, title, cx.location(place));
        cx.push(found.related(other.key_span, "the other one"));
    }
    let node = &entry.value;
    if cx.opaque(node) {
        return;
    }
    let Some(text) = node.as_str() else {
        let title =
            format!("the value of `{}` must be a path or an intrinsic function, not {}", entry.key, node.kind());
        cx.push(NOT_DYNAMIC.at(node.span, title, cx.location(place)));
        return;
    };
    match parse_dynamic(text) {
        Ok(value) => {
            let place = place.key(&entry.key);
            path::dynamic(cx, state, node, &place, &value);
        }
        Err(fault) => {
            let title = format!("the value of `{}` is neither a path nor an intrinsic function", entry.key);
            let span = if fault.at.is_empty() { node.span } else { cx.within(node, fault.at) };
            cx.push(NOT_DYNAMIC.at(span, title, cx.location(place)).help(fault.message));
        }
    }
}

/// A value without `.$`.
fn plain(cx: &mut Context<'_, '_>, entry: &Entry, place: &Place<'_>) {
    let Some(text) = entry.value.as_str() else { return };
    if looks_dynamic(text) && !cx.opaque_text(text) {
        let title = format!("`{}` takes `{text}` as it stands", entry.key);
        let found = NO_DOLLAR.at(entry.key_span, title, cx.location(&place.key(&entry.key)));
        let with_dollar = format!("{}.$", entry.key);
        cx.push(mend(found.help(format!("did you mean `{with_dollar}`?")), entry.key_span, &entry.key, &with_dollar));
    }
}

/// The `Result` of a Pass state.
pub(super) fn constant(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>) {
    match &node.value {
        Value::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                constant(cx, item, &place.item(index));
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let place = place.key(&entry.key);
                if entry.key.ends_with(".$") {
                    let title = format!("`{}` is a key like any other in `Result`", entry.key);
                    cx.push(STATIC_RESULT.at(entry.key_span, title, cx.location(&place)));
                } else {
                    constant(cx, &entry.value, &place);
                }
            }
        }
        Value::String(text) if looks_dynamic(text) && !cx.opaque_text(text) => {
            let title = format!("`Result` takes `{text}` as it stands");
            cx.push(STATIC_RESULT.at(node.span, title, cx.location(place)));
        }
        _ => {}
    }
}
