//! The schema that editors read: the shape of the whole spec, with references allowed wherever they work.

use serde_json::{Map, Value, json};

use super::{head_schema, kind_schema};
use crate::Kind;

/// The JSON Schema (draft-07, the newest that yaml-language-server reads) of a spec.
pub fn schema() -> Value {
    let mut root = head_schema();
    let mut definitions = match root.get_mut("definitions").map(Value::take) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    let mut sections = Map::new();
    for kind in Kind::ALL {
        let mut body = kind_schema(kind);
        if let Some(Value::Object(more)) = body.get_mut("definitions").map(Value::take) {
            definitions.extend(more);
        }
        if let Some(body) = body.as_object_mut() {
            body.remove("definitions");
            body.remove("$schema");
            body.remove("title");
        }
        nullable(&mut body);
        definitions.insert(kind.as_str().to_owned(), body);
        sections.insert(
            kind.section().to_owned(),
            json!({
                "description": description(kind),
                "type": ["object", "null"],
                "additionalProperties": { "$ref": format!("#/definitions/{kind}") },
            }),
        );
    }
    for (name, definition) in &mut definitions {
        // What is given for a variable is taken as it stands.
        if name != "Variable" && name != "Environment" {
            with_references(definition);
        }
        if matches!(name.as_str(), "Variable" | "Environment") {
            nullable(definition);
        }
    }
    if let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties.iter_mut() {
            match name.as_str() {
                "statewright" => *property = json!({ "description": property["description"], "const": 1 }),
                "stack" => with_references(property),
                "variables" | "environments" | "tags" => nullable(property),
                _ => {}
            }
        }
        properties.extend(sections);
    }
    if let Some(object) = root.as_object_mut() {
        object.insert("title".to_owned(), "A stack of Statewright".into());
        object.insert("definitions".to_owned(), Value::Object(definitions));
    }
    root
}

/// What stands in a section, in a sentence.
const fn description(kind: Kind) -> &'static str {
    match kind {
        Kind::Policy => "Customer-managed IAM policies, by name.",
        Kind::Role => "IAM roles, by name.",
        Kind::LogGroup => "CloudWatch Logs groups, by name.",
        Kind::Function => "Lambda functions, by name.",
        Kind::Job => "Glue jobs, by name.",
        Kind::StateMachine => "Step Functions state machines, by name.",
    }
}

/// Nothing may stand where a map stands.
fn nullable(schema: &mut Value) {
    if let Some(kind) = schema.get_mut("type").filter(|t| *t == "object") {
        *kind = json!(["object", "null"]);
    }
}

/// Lets `${…}` stand for numbers, booleans, words and texts of a certain form.
fn with_references(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(with_references),
        Value::Object(object) => {
            if let Some(Value::Array(words)) = object.get_mut("oneOf")
                && words.iter().all(|w| w.get("const").or_else(|| w.get("enum")).is_some())
            {
                words.push(json!({ "type": "string", "pattern": REFERENCE }));
                return;
            }
            for (key, inner) in object.iter_mut() {
                match key.as_str() {
                    "properties" | "definitions" => {
                        inner.as_object_mut().into_iter().flatten().for_each(|(_, s)| with_references(s));
                    }
                    "items" | "additionalProperties" | "anyOf" | "oneOf" | "allOf" | "propertyNames" | "not" => {
                        with_references(inner);
                    }
                    _ => {}
                }
            }
            here(object);
        }
        _ => {}
    }
}

/// Somewhere in the text.
const REFERENCE: &str = r"\$\{";

fn here(object: &mut Map<String, Value>) {
    if let Some(Value::String(pattern)) = object.get_mut("pattern") {
        *pattern = format!("(?:{pattern})|{REFERENCE}");
        return;
    }
    let words = object.get("enum").or_else(|| object.get("const")).is_some();
    if words {
        let mut only = Map::new();
        for key in ["enum", "const", "type"] {
            if let Some(value) = object.remove(key) {
                only.insert(key.to_owned(), value);
            }
        }
        object.insert("anyOf".to_owned(), json!([only, { "type": "string", "pattern": REFERENCE }]));
        return;
    }
    let types: Vec<Value> = match object.get("type") {
        Some(Value::String(one)) => vec![one.clone().into()],
        Some(Value::Array(some)) => some.clone(),
        _ => return,
    };
    let plain = types.iter().any(|t| t == "integer" || t == "number" || t == "boolean");
    if plain && !types.iter().any(|t| t == "string") {
        let all = types.into_iter().chain([Value::from("string")]).collect();
        object.insert("type".to_owned(), Value::Array(all));
        object.insert("pattern".to_owned(), REFERENCE.into());
    }
}
