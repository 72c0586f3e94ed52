//! What is not known offline is a wildcard: the account of a policy and that of a need are then the same one.

use serde_json::Value as Json;
use statewright_iam::needs::Need;
use statewright_source::{Entry, Node, Value};
use statewright_spec::{UNKNOWN_ACCOUNT, UNKNOWN_PARTITION, UNKNOWN_REGION};

/// The text with `*` for what is not known.
pub(super) fn known_text(text: &str) -> String {
    text.replace([UNKNOWN_ACCOUNT, UNKNOWN_REGION, UNKNOWN_PARTITION], "*")
}

/// A policy that can be shown: IAM takes a wildcard for a region or an account, and none for the partition.
pub(super) fn known_policy(value: &Json) -> Json {
    match value {
        Json::String(text) => known_text(&text.replace(UNKNOWN_PARTITION, "aws")).into(),
        Json::Array(items) => items.iter().map(known_policy).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (k.clone(), known_policy(v))).collect()),
        plain => plain.clone(),
    }
}

/// The same for every string of a tree.
pub(super) fn known_node(node: &Node) -> Node {
    let value = match &node.value {
        Value::String(text) => Value::String(known_text(text)),
        Value::Seq(items) => Value::Seq(items.iter().map(known_node).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|e| Entry { key: known_text(&e.key), key_span: e.key_span, value: known_node(&e.value) })
                .collect(),
        ),
        plain => plain.clone(),
    };
    Node { span: node.span, value }
}

/// The same for every string of a document.
pub(super) fn known_json(value: &Json) -> Json {
    match value {
        Json::String(text) => known_text(text).into(),
        Json::Array(items) => items.iter().map(known_json).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (known_text(k), known_json(v))).collect()),
        plain => plain.clone(),
    }
}

/// The same for a need.
pub(super) fn known_need(need: &Need) -> Need {
    let all = |texts: &[String]| texts.iter().map(|text| known_text(text)).collect();
    let mut need = Need { resources: all(&need.resources), also: all(&need.also), ..need.clone() };
    for values in need.conditions.values_mut().flat_map(|keys| keys.values_mut()) {
        *values = all(values);
    }
    need
}
