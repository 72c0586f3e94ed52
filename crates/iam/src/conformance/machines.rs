//! `cdk-synth.jsonl`: what the AWS CDK grants a machine's role, beside what we say that it needs.

use serde_json::{Value, json};

use super::Expected;
use crate::{
    Document, Effect, Scope,
    canonical::action_text,
    needs::{self, Certainty, Need, Needs, Parameters, Place},
    pattern::{Case, covers, matches},
};

/// What of ours CDK does not grant (`missing`: not that action at all; `broader`: on fewer resources).
pub(super) fn cdk_synth(row: &Value) -> (Value, Expected) {
    let place = Place {
        partition: "aws".to_owned(),
        region: "us-east-1".to_owned(),
        account: "123456789012".to_owned(),
        machine: "SM".to_owned(),
    };
    let mut ours = Vec::new();
    states(&row["definition"], &place, &mut ours);
    if row["name"].as_str() == Some("feature tracing") {
        ours.extend(needs::of_tracing(&place).needs);
    }
    let theirs = json!({"Version": "2012-10-17", "Statement": row["statements"]});
    let Some(theirs) = Document::of(&theirs) else {
        return (Value::Null, Expected::Nothing("the row has no statements"));
    };
    let (mut missing, mut broader) = (Vec::new(), Vec::new());
    for need in ours.iter().filter(|n| matches!(n.certainty, Certainty::Certain)) {
        for action in &need.actions {
            let granting = on(&theirs, action);
            for resource in need.resources.iter().chain(&need.also) {
                let text = format!("{action} on {resource}");
                if granting.is_empty() {
                    missing.push(text);
                } else if !granting.iter().any(|wide| wider(wide, resource)) {
                    broader.push(text);
                }
            }
        }
    }
    let right = missing.is_empty() && broader.is_empty();
    (json!({"missing": missing, "broader": broader}), Expected::Right(right, "CDK grants all of it".to_owned()))
}

/// The resources on which an action is granted.
fn on(document: &Document, action: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (_, statement) in document.with_effect(Effect::Allow) {
        let Some(Scope::Only(actions)) = &statement.actions else { continue };
        if actions.iter().any(|t| matches(&action_text(&t.value), action, Case::Insensitive)) {
            out.extend(statement.resources.iter().flat_map(|r| r.items().iter().map(|t| t.value.clone())));
        }
    }
    out
}

/// A reference of a template stands for any ARN.
fn wider(wide: &str, narrow: &str) -> bool {
    let wide = match wide.find(['[', '$']) {
        Some(at) if wide.contains("Ref:") => &format!("{}*", &wide[..at]),
        _ => wide,
    };
    covers(wide, narrow, Case::Sensitive)
}

/// The needs of every state, those inside others too.
fn states(definition: &Value, place: &Place, out: &mut Vec<Need>) {
    for state in definition["States"].as_object().into_iter().flat_map(|states| states.values()) {
        let mut add = |needs: Needs| out.extend(needs.needs);
        if let Some(resource) = state["Resource"].as_str() {
            let given = state.get("Parameters").or_else(|| state.get("Arguments"));
            let parameters = match given {
                Some(Value::String(_)) | None => Parameters::Dynamic,
                Some(value) => Parameters::Given(value),
            };
            add(needs::of_task(resource, parameters, place));
        }
        if state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED" {
            add(needs::of_distributed_map(place));
        }
        if let Some(credentials) = state.get("Credentials") {
            add(needs::of_credentials(credentials, place));
        }
        if let Some(reader) = state.get("ItemReader") {
            add(needs::of_item_reader(reader, place));
        }
        if let Some(writer) = state.get("ResultWriter") {
            add(needs::of_result_writer(writer, place));
        }
        for inner in ["ItemProcessor", "Iterator"].iter().filter_map(|key| state.get(*key)) {
            states(inner, place, out);
        }
        for branch in state["Branches"].as_array().into_iter().flatten() {
            states(branch, place, out);
        }
    }
}
