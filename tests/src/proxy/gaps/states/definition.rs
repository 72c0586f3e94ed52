use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;

/// Something in a definition that AWS refuses.
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) location: String,
}

/// `ValidateStateMachineDefinition`, as far as [`faults`] sees.
pub(super) async fn validate(call: Intercepted) -> Reply {
    let diagnostics: Vec<Value> = faults(call.text("definition"))
        .into_iter()
        .map(|fault| {
            json!({"severity": "ERROR", "code": fault.code, "message": fault.message, "location": fault.location})
        })
        .collect();
    let result = if diagnostics.is_empty() { "OK" } else { "FAIL" };
    call.succeed(&json!({"result": result, "diagnostics": diagnostics, "truncated": false}))
}

/// The coarsest of what AWS refuses: no JSON, no object, no `StartAt`, an unknown type, a transition to nowhere, a state nobody reaches,
/// no way on. Written apart from the checker under test, which it must not agree with by construction.
pub(super) fn faults(definition: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    match serde_json::from_str::<Value>(definition) {
        Ok(Value::Object(machine)) => block(&machine, "", &mut faults),
        Ok(_) => fault(&mut faults, "INVALID_JSON_DESCRIPTION", "Json is not an object".to_owned(), "/"),
        Err(error) => fault(&mut faults, "INVALID_JSON_DESCRIPTION", error.to_string(), "/"),
    }
    faults
}

fn fault(faults: &mut Vec<Fault>, code: &'static str, message: String, location: &str) {
    faults.push(Fault { code, message, location: location.to_owned() });
}

fn block(block: &Map<String, Value>, at: &str, faults: &mut Vec<Fault>) {
    const TYPES: [&str; 8] = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];
    const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
    let empty = Map::new();
    let states = block.get("States").and_then(Value::as_object).unwrap_or(&empty);
    if states.is_empty() {
        fault(faults, SCHEMA, "The field 'States' must have at least one state".to_owned(), &format!("{at}/States"));
    }
    let mut reached = BTreeSet::new();
    match block.get("StartAt").and_then(Value::as_str) {
        None => fault(faults, SCHEMA, "The field 'StartAt' is required".to_owned(), at),
        Some(start) if !states.contains_key(start) => {
            let message = format!("Missing 'StartAt' target: {start}");
            fault(faults, "MISSING_TRANSITION_TARGET", message, &format!("{at}/StartAt"));
        }
        Some(start) => {
            reached.insert(start);
        }
    }
    for (name, state) in states {
        let here = format!("{at}/States/{name}");
        let kind = state["Type"].as_str().unwrap_or_default();
        if !TYPES.contains(&kind) {
            fault(faults, SCHEMA, format!("The value of 'Type' is not valid: {kind}"), &format!("{here}/Type"));
        }
        let on = state.get("Next").is_some() || state["End"] == true;
        if !on && !matches!(kind, "Choice" | "Succeed" | "Fail") {
            fault(faults, SCHEMA, "These fields are required: [End] or [Next]".to_owned(), &here);
        }
        for (target, place) in targets(state) {
            if states.contains_key(target) {
                reached.insert(target);
            } else {
                let field = if place == "Default" { "Default" } else { "Next" };
                let message = format!("Missing '{field}' target: {target}");
                fault(faults, "MISSING_TRANSITION_TARGET", message, &format!("{here}/{place}"));
            }
        }
        let branches = state["Branches"].as_array().into_iter().flatten().enumerate();
        let inner = branches.map(|(n, branch)| (format!("Branches[{n}]"), branch));
        let containers =
            ["ItemProcessor", "Iterator"].into_iter().filter_map(|key| Some((key.to_owned(), state.get(key)?)));
        for (place, container) in inner.chain(containers) {
            self::block(container.as_object().unwrap_or(&empty), &format!("{here}/{place}"), faults);
        }
    }
    for name in states.keys().filter(|name| !reached.contains(name.as_str())) {
        let message = format!("State \"{name}\" is not reachable.");
        fault(faults, "MISSING_TRANSITION_TARGET", message, &format!("{at}/States/{name}"));
    }
}

fn targets(state: &Value) -> Vec<(&str, String)> {
    let mut targets = Vec::new();
    for field in ["Next", "Default"] {
        targets.extend(state[field].as_str().map(|target| (target, field.to_owned())));
    }
    for list in ["Choices", "Catch"] {
        for (n, item) in state[list].as_array().into_iter().flatten().enumerate() {
            targets.extend(item["Next"].as_str().map(|target| (target, format!("{list}[{n}]/Next"))));
        }
    }
    targets
}
