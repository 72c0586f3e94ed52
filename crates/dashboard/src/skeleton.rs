//! What a definition reads from its input, as far as its text tells: an input to begin from.

use serde_json::{Map, Value, json};

/// An object with every field of the execution's input that the first state names, or any state by way of the context.
pub(crate) fn skeleton(definition: &Value) -> Value {
    let mut found = json!({});
    let start = definition["StartAt"].as_str().unwrap_or_default();
    strings(&definition["States"][start], &mut |text| {
        for path in paths(text, &["$states.input.", "$."]) {
            put(&mut found, &path);
        }
    });
    strings(definition, &mut |text| {
        for path in paths(text, &["$$.Execution.Input.", "$states.context.Execution.Input."]) {
            put(&mut found, &path);
        }
    });
    found
}

fn strings(value: &Value, tell: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => tell(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, tell)),
        // What holds states of its own takes another input.
        Value::Object(map) => {
            let inner =
                ["Branches", "Iterator", "ItemProcessor", "ResultSelector", "ResultPath", "OutputPath", "Output"];
            map.iter().filter(|(key, _)| !inner.contains(&key.as_str())).for_each(|(_, value)| strings(value, tell));
        }
        _ => {}
    }
}

/// The names behind each of the beginnings: `$.a.b` gives `[a, b]`.
fn paths(text: &str, beginnings: &[&str]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for beginning in beginnings {
        for (at, _) in text.match_indices(beginning) {
            // `$.` within `$$.` is another thing.
            if text[..at].ends_with('$') {
                continue;
            }
            let rest = &text[at + beginning.len()..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
            // A function of JSONata is no field.
            let path: Vec<String> =
                rest[..end].split('.').take_while(|name| !name.is_empty()).map(str::to_owned).collect();
            if !path.is_empty() {
                paths.push(path);
            }
        }
    }
    paths
}

fn put(into: &mut Value, path: &[String]) {
    let Some((name, rest)) = path.split_first() else { return };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Some(map) = into.as_object_mut() else { return };
    let field = map.entry(name.clone()).or_insert_with(|| Value::String(String::new()));
    if !rest.is_empty() {
        put(field, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(definition: &Value, expect: &Value) {
        assert_eq!(&skeleton(definition), expect);
    }

    #[test]
    fn the_first_state_reads_the_input() {
        check(
            &json!({"StartAt": "A", "States": {
                "A": {"Type": "Task", "Parameters": {"day.$": "$.day", "at.$": "States.Format('{}', $.place.name)",
                    "input.$": "$$.Execution.Input.tier"}, "ResultPath": "$.result", "Next": "B"},
                "B": {"Type": "Pass", "InputPath": "$.result.rows"},
            }}),
            &json!({"day": "", "place": {"name": ""}, "tier": ""}),
        );
    }

    #[test]
    fn jsonata_reads_it_too() {
        check(
            &json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {
                "A": {"Type": "Pass", "Assign": {"n": "{% $states.input.count + 1 %}"}},
                "B": {"Type": "Pass", "Assign": {"n": "{% $states.context.Execution.Input.who %}"}},
            }}),
            &json!({"count": "", "who": ""}),
        );
    }

    #[test]
    fn nothing_is_read() {
        check(&json!({}), &json!({}));
        check(&json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "$"}}}), &json!({}));
    }
}
