//! The cases of `../shared/corpus/iam`, where it is there.

use std::path::PathBuf;

use serde_json::Value;

/// The rows of a file, or `None` where the corpus is absent.
pub(super) fn rows(file: &str) -> Option<Vec<Value>> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/iam")).join(file);
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn every_row_of_equivalence() {
    let Some(rows) = rows("equivalence.jsonl") else { return };
    let wrong: Vec<_> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| crate::equivalent(&row["a"], &row["b"]) != row["equal"].as_bool().unwrap())
        .map(|(at, row)| (at, row["name"].clone()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_row_of_evaluation() {
    let Some(rows) = rows("evaluation.jsonl") else { return };
    let wrong: Vec<_> = rows
        .iter()
        .filter(|row| row.get("skip").is_none())
        .filter_map(|row| {
            let verdict = evaluated(row);
            let expected = row["expected"].as_str().unwrap();
            let right = match expected {
                "allow" => verdict == "allowed",
                "deny" => verdict.ends_with("Deny"),
                exact => verdict == exact,
            };
            (!right).then(|| (row["id"].clone(), expected.to_owned(), verdict))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn evaluated(row: &Value) -> String {
    use crate::evaluate::{Context, Policies, Policy, Request, ResourcePolicy};
    let policy = |value: &Value| Policy::new(&crate::Document::of(value).unwrap());
    let list = |value: &Value| value.as_array().map(|all| all.iter().map(policy).collect()).unwrap_or_default();
    let request = &row["request"];
    let context =
        request["context"].as_object().unwrap().iter().fold(Context::complete(), |context, (key, value)| match value {
            Value::Array(items) => context.with(key, items.iter().map(|v| v.as_str().unwrap())),
            one => context.with(key, [one.as_str().unwrap()]),
        });
    let policies = Policies {
        identity: list(&row["policies"]),
        boundary: list(&row["boundary"]),
        resource: match &row["resource_policy"] {
            Value::Null => ResourcePolicy::None,
            value => ResourcePolicy::Known(policy(value)),
        },
    };
    let decision = policies.evaluate(&Request {
        principal: &crate::Principal::new("AWS", request["principal"].as_str().unwrap()),
        action: request["action"].as_str().unwrap(),
        resource: request["resource"].as_str().unwrap(),
        resource_account: request["resource_account"].as_str(),
        context: &context,
    });
    serde_json::to_value(&decision).unwrap()["decision"].as_str().unwrap().to_owned()
}
