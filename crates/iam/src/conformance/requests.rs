//! `evaluation.jsonl`.

use serde_json::Value;

use super::Expected;
use crate::{
    Document, Principal,
    evaluate::{Context, Decision, Policies, Policy, Request, ResourcePolicy},
};

/// allowed, implicitDeny or explicitDeny. A row lists all the context there is.
pub(super) fn evaluation(row: &Value) -> (Value, Expected) {
    let request = &row["request"];
    let policy = |value: &Value| Document::of(value).map(|d| Policy::new(&d));
    let list = |value: &Value| -> Vec<Policy> {
        match value {
            Value::Array(all) => all.iter().filter_map(policy).collect(),
            one => policy(one).into_iter().collect(),
        }
    };
    let empty = serde_json::Map::new();
    let context = request["context"].as_object().unwrap_or(&empty).iter();
    let context = context.fold(Context::complete(), |context, (key, value)| context.with(key, texts(value)));
    let policies = Policies {
        identity: list(&row["policies"]),
        boundary: list(&row["boundary"]),
        control: row["scps"].as_array().into_iter().flatten().map(|level| list(&level["policies"])).collect(),
        resource: policy(&row["resource_policy"]).map_or(ResourcePolicy::None, ResourcePolicy::Known),
    };
    let text = |key: &str| request[key].as_str().unwrap_or_default();
    let decision = policies.evaluate(&Request {
        principal: &Principal::new(
            if text("principal").ends_with(".amazonaws.com") { "Service" } else { "AWS" },
            text("principal"),
        ),
        action: text("action"),
        resource: text("resource"),
        resource_account: request["resource_account"].as_str(),
        context: &context,
    });
    let verdict = match decision {
        Decision::Allowed { .. } => "allowed",
        Decision::ExplicitDeny { .. } => "explicitDeny",
        Decision::ImplicitDeny { .. } => "implicitDeny",
        Decision::Depends { .. } => "depends",
    };
    let Some(expected) = row["expected"].as_str() else {
        return (verdict.into(), Expected::Nothing("the row expects nothing"));
    };
    let right = match expected {
        "allow" => verdict == "allowed",
        "deny" => verdict.ends_with("Deny"),
        exact => verdict == exact,
    };
    (verdict.into(), Expected::Right(right, expected.to_owned()))
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}
