//! Laws over all kinds.

use serde_json::{Map, Value, json};

use super::testing::Case;
use crate::{Kind, schema};

/// The least that a resource says, with every place that has bounds of its own.
fn least(kind: Kind) -> Value {
    match kind {
        Kind::Policy => json!({ "document": { "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }
        ] } }),
        Kind::Role => json!({ "trust": "states.amazonaws.com" }),
        Kind::LogGroup => json!({}),
        Kind::Function => json!({
            "runtime": "python3.12", "handler": "app.handler", "role": "R",
            "code": { "s3": { "bucket": "my-bucket", "key": "k" } },
            "vpc": { "subnets": ["subnet-1"], "security_groups": ["sg-1"] },
            "file_systems": [{
                "access_point": "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0",
                "mount": "/mnt/data",
            }],
            "logging": { "log_group": "/x" },
        }),
        Kind::Job => json!({
            "role": "R", "glue_version": "5.0", "script": { "file": "t.py", "to": "s3://my-bucket/t.py" },
            "source_control": {},
        }),
        Kind::StateMachine => json!({
            "role": "R", "definition": { "StartAt": "A", "States": { "A": { "Type": "Succeed" } } },
            "encryption": { "kms_key": "alias/x" },
        }),
    }
}

/// Values that a bound forbids.
fn beyond(schema: &Map<String, Value>) -> Vec<Value> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
    let mut out = Vec::new();
    if schema.get("type") == Some(&json!("integer")) {
        out.extend(bound("minimum").filter(|n| *n > 0).map(|n| json!(n - 1)));
        out.extend(bound("maximum").map(|n| json!(n + 1)));
    }
    let length = |n: u64| usize::try_from(n).unwrap();
    out.extend(bound("minLength").map(|n| json!("x".repeat(length(n) - 1))));
    out.extend(bound("maxLength").map(|n| json!("x".repeat(length(n) + 1))));
    out.extend(bound("minItems").map(|n| json!(vec!["x-1"; length(n) - 1])));
    out.extend(bound("maxItems").filter(|n| *n < 100).map(|n| {
        let item = |i: usize| format!("subnet-{i}");
        json!((0..=length(n)).map(item).collect::<Vec<_>>())
    }));
    if schema.contains_key("pattern") {
        out.push(json!("no such form"));
    }
    out
}

fn walk(schema: &Value, definitions: &Value, pointer: &str, found: &mut Vec<(String, Value)>) {
    let Some(object) = schema.as_object() else { return };
    if let Some(name) = object.get("$ref").and_then(Value::as_str) {
        return walk(&definitions[name.rsplit('/').next().unwrap()], definitions, pointer, found);
    }
    found.extend(beyond(object).into_iter().map(|value| (pointer.to_owned(), value)));
    for (key, inner) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(inner, definitions, &format!("{pointer}/{key}"), found);
    }
    for key in ["anyOf", "allOf"] {
        for inner in object.get(key).and_then(Value::as_array).into_iter().flatten() {
            walk(inner, definitions, pointer, found);
        }
    }
    if let Some(items) = object.get("items").filter(|i| i.is_object()) {
        walk(items, definitions, &format!("{pointer}/0"), found);
    }
}

/// What an editor marks as out of bounds, the kind refuses: the two say the same.
#[test]
fn every_bound_of_the_schema_is_checked() {
    let mut missed = Vec::new();
    for kind in Kind::ALL {
        let schema = schema::kind_schema(kind);
        let mut cases = Vec::new();
        walk(&schema, &schema["definitions"], "", &mut cases);
        assert!(kind == Kind::LogGroup || !cases.is_empty());
        for (pointer, value) in cases {
            let mut body = least(kind);
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            match body.pointer_mut(parent) {
                Some(Value::Object(map)) => {
                    map.insert(key.to_owned(), value.clone());
                }
                Some(Value::Array(items)) => *items = vec![value.clone()],
                // A document's file, a list of services: other tests.
                _ => continue,
            }
            let lines = Case::new().with("t.py", "x").lines(kind, &body.to_string());
            if !lines.contains("error") {
                missed.push(format!("{kind} {pointer} = {value}: {lines}"));
            }
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}

fn properties(schema: &Value, definitions: &Value, pointer: &str, found: &mut Vec<String>) {
    let Some(object) = schema.as_object() else { return };
    if let Some(name) = object.get("$ref").and_then(Value::as_str) {
        return properties(&definitions[name.rsplit('/').next().unwrap()], definitions, pointer, found);
    }
    for (key, inner) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let pointer = format!("{pointer}/{key}");
        found.push(pointer.clone());
        properties(inner, definitions, &pointer, found);
    }
    for key in ["anyOf", "allOf"] {
        for inner in object.get(key).and_then(Value::as_array).into_iter().flatten() {
            properties(inner, definitions, pointer, found);
        }
    }
}

/// Whatever stands at a key, it is taken, or every finding has a place and no place is spoken of twice.
#[test]
fn anything_at_any_key() {
    let junk = [
        json!(null),
        json!(true),
        json!(-1),
        json!(5_000_000_000_u64),
        json!(""),
        json!("x y"),
        json!([[]]),
        json!({ "": {} }),
    ];
    let mut twice = Vec::new();
    for kind in Kind::ALL {
        let schema = schema::kind_schema(kind);
        let mut pointers = Vec::new();
        properties(&schema, &schema["definitions"], "", &mut pointers);
        pointers.sort();
        pointers.dedup();
        let case = Case::new().with("t.py", "x");
        for pointer in &pointers {
            for value in &junk {
                let mut body = least(kind);
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                let Some(Value::Object(map)) = body.pointer_mut(parent) else { continue };
                map.insert(key.to_owned(), value.clone());
                let lines = case.lines(kind, &body.to_string());
                let mut places: Vec<&str> = lines
                    .lines()
                    .filter(|l| l.starts_with("error SPEC") && !l.starts_with("error SPEC006"))
                    .map(|l| l.split(' ').nth(2).unwrap())
                    .collect();
                let all = places.len();
                places.sort_unstable();
                places.dedup();
                if places.len() != all {
                    twice.push(format!("{kind} {pointer} = {value}:\n{lines}"));
                }
            }
        }
    }
    assert_eq!(twice.concat(), "");
}

/// Each word that the type of a key takes: those that stand in its schema.
fn words(schema: &Value, definitions: &Value, pointer: &str, found: &mut Vec<(String, Value)>) {
    let Some(object) = schema.as_object() else { return };
    if let Some(name) = object.get("$ref").and_then(Value::as_str) {
        return words(&definitions[name.rsplit('/').next().unwrap()], definitions, pointer, found);
    }
    let listed = object.get("enum").and_then(Value::as_array).into_iter().flatten();
    found.extend(listed.chain(object.get("const")).map(|word| (pointer.to_owned(), word.clone())));
    for (key, inner) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        words(inner, definitions, &format!("{pointer}/{key}"), found);
    }
    for key in ["anyOf", "allOf", "oneOf"] {
        for inner in object.get(key).and_then(Value::as_array).into_iter().flatten() {
            words(inner, definitions, pointer, found);
        }
    }
}

/// An editor marks nothing that is taken: each word of each key, and each key that says whose a resource is.
#[test]
fn the_published_schema_takes_each_word_and_each_custody() {
    let published = schema::schema();
    let validator = jsonschema::draft7::new(&published).unwrap();
    let mut refused = Vec::new();
    let mut hold = |kind: Kind, pointer: &str, value: &Value| {
        let mut body = least(kind);
        let mut at = &mut body;
        let mut parts = pointer[1..].split('/').peekable();
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            // Such as `trust`, which is a text in the least.
            if !at.is_object() {
                *at = json!({});
            }
            let map = at.as_object_mut().unwrap();
            if last {
                map.insert(part.to_owned(), value.clone());
                break;
            }
            at = map.entry(part).or_insert_with(|| json!({}));
        }
        let spec = json!({ "statewright": 1, "stack": "s", kind.section(): { "x": body } });
        refused.extend(validator.iter_errors(&spec).map(|e| format!("{kind} {pointer} = {value}: {e}")));
    };
    for kind in Kind::ALL {
        let schema = schema::kind_schema(kind);
        let mut found = Vec::new();
        words(&schema, &schema["definitions"], "", &mut found);
        assert!(found.iter().any(|(pointer, _)| pointer == "/replace"), "{kind}");
        for (pointer, word) in found {
            hold(kind, &pointer, &word);
        }
        let custody = [
            ("/adopt", json!(true)),
            ("/adopt", json!({ "from": "other/dev@us-east-1" })),
            ("/protect", json!(true)),
            ("/retain", json!(true)),
            ("/was", json!("former")),
            ("/ignore_tags", json!(["cost-*"])),
        ];
        for (pointer, value) in custody {
            hold(kind, pointer, &value);
        }
    }
    assert_eq!(refused, Vec::<String>::new());
}
