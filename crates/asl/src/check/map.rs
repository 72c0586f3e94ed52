//! Map states.

use std::collections::HashMap;

use statewright_source::{Node, Severity, Span, Value};

use super::{
    context::Context,
    mend::mend,
    place::Place,
    shared::{MISSING, NOT_ALLOWED, UNKNOWN, wrong_kind},
};
use crate::{
    flow::distributed,
    model::{State, StateType},
    rule::{Group, Rule},
};

const DISTRIBUTED_ONLY: Rule = Rule::schema(
    "ASL100",
    "distributed-only",
    Group::Fields,
    "The field belongs to distributed maps: `ProcessorConfig: { Mode: DISTRIBUTED, ExecutionType: STANDARD }` in the \
     `ItemProcessor`. An inline map takes it and does not do what it says.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "ToleratedFailureCount": 1, "End": true,
  "ItemProcessor": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "ToleratedFailureCount": 1, "End": true,
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
);

const LABEL: Rule = Rule::schema(
    "ASL101",
    "map-label",
    Group::Fields,
    "A label has at most 40 characters, and neither white space nor any of `?*<>{}[]:;,\\|^~$#%&`\"`, nor a control character.",
)
.aws("INVALID_LABEL_NAME")
.examples(
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "Label": "my label", "End": true,
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "Label": "my-label", "End": true,
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
);

const LABEL_TWICE: Rule =
    Rule::schema("ASL102", "map-label-twice", Group::Fields, "Labels are unique in the whole machine.")
        .aws("DUPLICATE_LABEL_NAME")
        .examples(
            r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "Label": "l", "Next": "N",
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } },
  "N": { "Type": "Map", "Label": "l", "End": true,
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "B", "States": { "B": { "Type": "Pass", "End": true } } } } } }"#,
            r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "Label": "l", "End": true,
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
        );

const DEPRECATED: Rule = Rule::schema(
    "ASL103",
    "deprecated-map-field",
    Group::Fields,
    "`Iterator` is now `ItemProcessor`, and a Map's `Parameters` are `ItemSelector`. The old names still work.",
)
.of(Severity::Note)
.examples(
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "End": true,
  "Iterator": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "End": true,
  "ItemProcessor": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
);

const CONCURRENCY: Rule = Rule::schema(
    "ASL104",
    "map-concurrency",
    Group::Fields,
    "An inline map works on at most 40 items at once, a distributed one on 10,000.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "MaxConcurrency": 100, "End": true,
  "ItemProcessor": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "MaxConcurrency": 40, "End": true,
  "ItemProcessor": { "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
);

const SAYS_NOTHING: Rule = Rule::schema(
    "ASL105",
    "map-part-says-nothing",
    Group::Fields,
    "The guide wants a `ResultWriter` to say where results go (`Resource` with `Parameters` or `Arguments`) or how they look \
     (`WriterConfig`), and an `ItemBatcher` to bound its batches (`MaxItemsPerBatch`, `MaxInputBytesPerBatch`).",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "ResultWriter": {}, "End": true,
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
    r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "End": true,
  "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Bucket": "b", "Prefix": "p" } },
  "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
    "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } } } } }"#,
);

pub(super) const RULES: &[Rule] = &[DISTRIBUTED_ONLY, LABEL, LABEL_TWICE, DEPRECATED, CONCURRENCY, SAYS_NOTHING];

const ONLY_DISTRIBUTED: [&str; 8] = [
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
];

pub(super) fn check(cx: &mut Context<'_, '_>, state: &State<'_>) {
    if state.kind != Some(StateType::Map) {
        return;
    }
    let base = Place::State(state.id);
    for field in ["ItemProcessor", "Iterator"] {
        if let Some(processor) = state.get(field).filter(|n| !cx.opaque(n)) {
            let place = base.key(field);
            config(cx, processor, &place);
            modes(cx, state, processor, &base);
        }
    }
    for (old, new) in [("Iterator", "ItemProcessor"), ("Parameters", "ItemSelector")] {
        if let Some(entry) = state.entry(old).filter(|_| state.entry(new).is_none()) {
            let title = format!("`{old}` is now `{new}`");
            let found = DEPRECATED.at(entry.key_span, title, cx.location(&base.key(old)));
            cx.push(mend(found, entry.key_span, old, new));
        }
    }
    says_something(cx, state, &base, "ResultWriter", &["Resource", "WriterConfig"]);
    let bounds = ["MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"];
    says_something(cx, state, &base, "ItemBatcher", &bounds);
    label(cx, state, &base);
    reader(cx, state, &base);
    if let Some(writer) = state.get("ResultWriter") {
        let allowed = |api: &str| api == "putObject";
        resource(cx, writer, &base.key("ResultWriter"), allowed, "s3:putObject");
    }
}

fn config(cx: &mut Context<'_, '_>, processor: &Node, place: &Place<'_>) {
    let Some(entry) = processor.entry("ProcessorConfig").filter(|e| !cx.opaque(&e.value)) else { return };
    let config = &entry.value;
    let place = place.key("ProcessorConfig");
    let mode = config.get("Mode").and_then(Node::as_str);
    let kind = config.entry("ExecutionType");
    if mode == Some("DISTRIBUTED") && kind.is_none() {
        let title = "`ProcessorConfig` lacks `ExecutionType`";
        cx.push(MISSING.at(entry.key_span, title, cx.location(&place)).help("`STANDARD` or `EXPRESS`"));
    } else if let Some(kind) = kind.filter(|_| mode == Some("INLINE")) {
        let title = "an inline map has no `ExecutionType`";
        cx.push(UNKNOWN.at(kind.key_span, title, cx.location(&place)));
    }
}

/// What depends on the mode.
fn modes(cx: &mut Context<'_, '_>, state: &State<'_>, processor: &Node, base: &Place<'_>) {
    let mode = processor.get("ProcessorConfig").and_then(|c| c.get("Mode"));
    if mode.is_some_and(|m| cx.opaque(m)) || processor.get("ProcessorConfig").is_some_and(|c| cx.opaque(c)) {
        return;
    }
    let most = if distributed(processor) { 10_000 } else { 40 };
    if let Some(node) = state.get("MaxConcurrency")
        && let Value::Number(n) = &node.value
        && n.as_u64().is_some_and(|n| n > most)
    {
        let title = format!("`MaxConcurrency` {n} has the effect of {most}");
        cx.push(CONCURRENCY.at(node.span, title, cx.location(&base.key("MaxConcurrency"))));
    }
    if distributed(processor) {
        return;
    }
    for field in ONLY_DISTRIBUTED {
        if let Some(entry) = state.entry(field) {
            let title = format!("`{field}` works in distributed maps only");
            cx.push(DISTRIBUTED_ONLY.at(entry.key_span, title, cx.location(&base.key(field))));
        }
    }
}

/// A part that is there and has none of the fields that make it of use.
fn says_something(cx: &mut Context<'_, '_>, state: &State<'_>, base: &Place<'_>, part: &str, one_of: &[&str]) {
    let Some(entry) = state.entry(part).filter(|e| !cx.opaque(&e.value)) else { return };
    let Some(fields) = entry.value.as_map() else { return };
    if !fields.iter().any(|e| one_of.contains(&e.key.as_str()) || cx.opaque_text(&e.key)) {
        let names = one_of.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        let found =
            SAYS_NOTHING.at(entry.key_span, format!("`{part}` has none of {names}"), cx.location(&base.key(part)));
        cx.push(found);
    }
}

fn label(cx: &mut Context<'_, '_>, state: &State<'_>, base: &Place<'_>) {
    let Some(node) = state.get("Label").filter(|n| !cx.opaque(n)) else { return };
    let Some(text) = node.as_str() else { return };
    let length = text.chars().count();
    let bad = text.chars().find(|c| c.is_whitespace() || c.is_control() || "?*<>{}[]:;,\\|^~$#%&`\"".contains(*c));
    let title = match bad {
        _ if length > 40 => format!("a label has at most 40 characters, and this one {length}"),
        Some(c) => format!("a label must not hold {c:?}"),
        None => return,
    };
    cx.push(LABEL.at(node.span, title, cx.location(&base.key("Label"))));
}

/// Labels that stand twice.
pub(super) fn labels(cx: &mut Context<'_, '_>) {
    let definition = cx.definition;
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for state in definition.states().iter().filter(|s| s.kind == Some(StateType::Map)) {
        let Some(node) = state.get("Label").filter(|n| !cx.opaque(n)) else { continue };
        let Some(text) = node.as_str() else { continue };
        if let Some(first) = seen.get(text) {
            let base = Place::State(state.id);
            let title = format!("there is another label `{text}`");
            let found = LABEL_TWICE.at(node.span, title, cx.location(&base.key("Label")));
            cx.push(found.related(*first, "the other one"));
        } else {
            seen.insert(text, node.span);
        }
    }
}

fn reader(cx: &mut Context<'_, '_>, state: &State<'_>, base: &Place<'_>) {
    let Some(reader) = state.get("ItemReader").filter(|n| !cx.opaque(n)) else { return };
    let place = base.key("ItemReader");
    let allowed = |api: &str| api == "getObject" || api == "listObjectsV2";
    resource(cx, reader, &place, allowed, "s3:getObject or s3:listObjectsV2");
    let Some(entry) = reader.entry("ReaderConfig").filter(|e| !cx.opaque(&e.value)) else { return };
    let config = &entry.value;
    let place = place.key("ReaderConfig");
    let kind = config.get("InputType").and_then(Node::as_str);
    let headers = config.entry("CSVHeaderLocation");
    if kind == Some("CSV") && headers.is_none() {
        let title = "`ReaderConfig` of a CSV file lacks `CSVHeaderLocation`";
        cx.push(MISSING.at(entry.key_span, title, cx.location(&place)).help("`FIRST_ROW` or `GIVEN`"));
    }
    if matches!(kind, Some("JSON" | "JSONL")) {
        for field in ["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"] {
            if let Some(entry) = config.entry(field) {
                let title = format!("only a CSV file has `{field}`");
                cx.push(UNKNOWN.at(entry.key_span, title, cx.location(&place)));
            }
        }
    }
    if headers.and_then(|e| e.value.as_str()) == Some("GIVEN") && config.get("CSVHeaders").is_none() {
        let title = "`CSVHeaderLocation` is `GIVEN`, and `CSVHeaders` is missing";
        cx.push(MISSING.at(entry.key_span, title, cx.location(&place)));
    }
}

/// What reads or writes the items.
fn resource(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, allowed: fn(&str) -> bool, names: &str) {
    let Some(resource) = node.get("Resource").filter(|n| !cx.opaque(n)) else { return };
    let place = place.key("Resource");
    let Some(text) = resource.as_str() else {
        wrong_kind(cx, resource, "a string", "STRING", &place);
        return;
    };
    let right = match crate::resource::Resource::of(text) {
        crate::resource::Resource::Optimized(i) => {
            i.service == "s3" && allowed(i.api) && i.pattern == crate::resource::Pattern::RequestResponse
        }
        _ => false,
    };
    if !right {
        let title = format!("`{text}` is not {names}");
        cx.push(NOT_ALLOWED.at(resource.span, title, cx.location(&place)));
    }
}
