//! Every key of a spec, from its schema.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The sections in reading order: heading, and the definition in the schema (none: the top level).
pub(super) fn page() -> String {
    let schema = statewright_spec::schema();
    let empty = Map::new();
    let definitions = schema["definitions"].as_object().unwrap_or(&empty);
    let mut out = super::head("The spec language");
    out.push_str("Every key, in the words that an editor shows. [The guide](../spec.md) explains them together.\n\n## Top level\n\n");
    table(&mut out, &schema);
    for (name, definition) in definitions {
        if definition.get("properties").is_some() {
            let _ = writeln!(out, "\n## {name}\n");
            if let Some(text) = definition["description"].as_str() {
                let _ = writeln!(out, "{text}\n");
            }
            table(&mut out, definition);
        } else if let Some(text) = definition["description"].as_str() {
            let _ = writeln!(out, "\n## {name}\n\n{text}");
            for form in forms(definition) {
                let _ = writeln!(out, "- {form}");
            }
        }
    }
    out
}

fn table(out: &mut String, definition: &Value) {
    let required: Vec<&str> =
        definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let empty = Map::new();
    out.push_str("| key | is | what |\n|---|---|---|\n");
    for (key, property) in definition["properties"].as_object().unwrap_or(&empty) {
        let must = if required.contains(&key.as_str()) { ", required" } else { "" };
        let what = property["description"].as_str().unwrap_or_default();
        let default = match &property["default"] {
            Value::Null => String::new(),
            value => format!(" Default: `{value}`."),
        };
        let _ = writeln!(out, "| `{key}` | {}{must} | {}{default} |", super::cell(&kind(property)), super::cell(what));
    }
}

/// What may stand there, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str()) {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(value) = schema.get("const") {
        return format!("`{value}`");
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().filter(|v| !v.is_null()).map(|v| format!("`{}`", text(v))).collect::<Vec<_>>().join(", ");
    }
    if schema.get("anyOf").or_else(|| schema.get("oneOf")).is_some() {
        return forms(schema).join(" or ");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => return "anything".to_owned(),
    };
    let named = types.iter().map(|one| match *one {
        "array" => format!("a list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("a map of {}", kind(&schema["additionalProperties"]))
        }
        "object" => "a map".to_owned(),
        "integer" | "number" => bounds(schema),
        other => other.to_owned(),
    });
    named.collect::<Vec<_>>().join(" or ")
}

fn forms(schema: &Value) -> Vec<String> {
    let forms = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array());
    let mut told: Vec<String> = forms.into_iter().flatten().filter(|form| form["type"] != "null").map(kind).collect();
    told.dedup();
    told
}

fn bounds(schema: &Value) -> String {
    match (&schema["minimum"], &schema["maximum"]) {
        (Value::Null, Value::Null) => "a number".to_owned(),
        (low, Value::Null) => format!("a number from {low}"),
        (Value::Null, high) => format!("a number to {high}"),
        (low, high) => format!("a number, {low} to {high}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
