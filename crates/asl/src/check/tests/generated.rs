//! Laws on generated machines: what is right gives no error, and a seeded fault is found at its place.

use proptest::prelude::*;
use serde_json::{Value, json};
use statewright_source::{Severity, Sources, Span, parse_json};

use crate::{MachineType, Options, QueryLanguage, Tokens, check};

/// A state before it has a name and a way on.
fn leaf(language: QueryLanguage) -> BoxedStrategy<Value> {
    let task = |body: Value| {
        let mut base = json!({ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke" });
        merge(&mut base, body);
        base
    };
    match language {
        QueryLanguage::JsonPath => prop_oneof![
            Just(json!({ "Type": "Pass" })),
            Just(json!({ "Type": "Pass", "Result": { "a": [1, 2] }, "ResultPath": "$.r", "InputPath": "$.a" })),
            Just(json!({ "Type": "Pass", "Parameters": { "x.$": "$.a[0]['b']", "y.$": "States.Format('{}-{}', $.a, States.UUID())" } })),
            Just(json!({ "Type": "Pass", "OutputPath": null, "Comment": "c" })),
            (0_u32..99).prop_map(|s| json!({ "Type": "Wait", "Seconds": s })),
            Just(json!({ "Type": "Wait", "SecondsPath": "$.s" })),
            Just(json!({ "Type": "Wait", "Timestamp": "2026-03-14T01:59:00Z" })),
            (1_u32..99).prop_map(move |s| task(json!({
                "Parameters": { "FunctionName": "f", "Payload.$": "$" }, "TimeoutSeconds": s + 1, "HeartbeatSeconds": s,
                "ResultSelector": { "r.$": "$.Payload" },
                "Retry": [{ "ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 2, "MaxAttempts": 6, "BackoffRate": 2.0,
                    "MaxDelaySeconds": 60, "JitterStrategy": "FULL" }, { "ErrorEquals": ["States.ALL"] }],
            }))),
        ]
        .boxed(),
        QueryLanguage::Jsonata => prop_oneof![
            Just(json!({ "Type": "Pass", "Output": { "x": "{% $states.input.a[b > 1].c & 'x' %}", "y": [1, "text"] } })),
            Just(json!({ "Type": "Pass", "Output": "{% $map($states.input.items, function($v, $i) { $v.n * $i }) %}" })),
            (0_u32..99).prop_map(|s| json!({ "Type": "Wait", "Seconds": format!("{{% {s} + $states.input.n %}}") })),
            Just(json!({ "Type": "Wait", "Timestamp": "{% $states.input.at %}" })),
            (1_u32..99).prop_map(move |s| task(json!({
                "Arguments": { "FunctionName": "f", "Payload": "{% $states.input %}" }, "TimeoutSeconds": s,
                "Output": "{% $states.result.Payload %}",
                "Retry": [{ "ErrorEquals": ["States.ALL"] }],
            }))),
        ]
        .boxed(),
    }
}

/// A state, maybe with states inside it.
fn state(language: QueryLanguage) -> impl Strategy<Value = Value> {
    leaf(language).prop_recursive(3, 24, 3, move |inner| {
        let body = prop::collection::vec(inner, 1..4).prop_map(|states| json!({ "unnamed": states }));
        prop_oneof![
            prop::collection::vec(body.clone(), 1..3).prop_map(|b| json!({ "Type": "Parallel", "Branches": b })),
            (body.clone(), 0_u32..40).prop_map(move |(b, n)| {
                let mut map = json!({ "Type": "Map", "ItemProcessor": b, "MaxConcurrency": n });
                merge(&mut map, match language {
                    QueryLanguage::JsonPath => json!({ "ItemsPath": "$.items", "ItemSelector": { "v.$": "$$.Map.Item.Value" } }),
                    QueryLanguage::Jsonata => json!({ "Items": "{% $states.input.items %}" }),
                });
                map
            }),
            body.prop_map(|mut b| {
                b["ProcessorConfig"] = json!({ "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" });
                json!({ "Type": "Map", "ItemProcessor": b, "ToleratedFailurePercentage": 5.5, "ItemBatcher": { "MaxItemsPerBatch": 10 } })
            }),
        ]
    })
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Gives the states names and ways on: each to the next, some through a Choice, the last one ends.
fn name(body: &mut Value, language: QueryLanguage, count: &mut usize) {
    let Some(Value::Array(states)) = body.as_object_mut().and_then(|b| b.remove("unnamed")) else { return };
    let first = *count;
    let mut named = serde_json::Map::new();
    let mut names = Vec::new();
    for _ in &states {
        names.push(format!("State {count}"));
        *count += 1;
    }
    let last = states.len() - 1;
    for (i, mut state) in states.into_iter().enumerate() {
        for inner in state.get_mut("Branches").and_then(Value::as_array_mut).into_iter().flatten() {
            name(inner, language, count);
        }
        if let Some(inner) = state.get_mut("ItemProcessor") {
            name(inner, language, count);
        }
        if i < last {
            // Every third goes on through a choice that may also come back.
            if (first + i).is_multiple_of(3) {
                let choice = format!("Choice {count}");
                *count += 1;
                let test = match language {
                    QueryLanguage::JsonPath => json!({ "And": [{ "Variable": "$.x", "IsPresent": true },
                        { "Not": { "Variable": "$.x", "NumericLessThan": 3 } }] }),
                    QueryLanguage::Jsonata => json!({ "Condition": "{% $states.input.x > 3 %}" }),
                };
                let mut rule = test;
                rule["Next"] = names[i].clone().into();
                let choices = json!({ "Type": "Choice", "Choices": [rule], "Default": names[i + 1] });
                state["Next"] = choice.clone().into();
                named.insert(names[i].clone(), state);
                named.insert(choice, choices);
                continue;
            }
            state["Next"] = names[i + 1].clone().into();
        } else {
            state["End"] = true.into();
        }
        named.insert(names[i].clone(), state);
    }
    body["StartAt"] = names[0].clone().into();
    body["States"] = Value::Object(named);
}

fn machine() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![QueryLanguage::JsonPath, QueryLanguage::Jsonata]).prop_flat_map(|language| {
        prop::collection::vec(state(language), 1..6).prop_map(move |states| {
            let mut body = json!({ "unnamed": states });
            name(&mut body, language, &mut 0);
            body["QueryLanguage"] = language.as_str().into();
            body
        })
    })
}

fn errors(machine: &Value) -> Vec<(String, Span, String)> {
    let text = serde_json::to_string_pretty(machine).unwrap();
    let mut sources = Sources::default();
    let file = sources.add("x", text.as_str());
    let root = parse_json(file, &text).root.unwrap();
    let options =
        Options { machine_type: Some(MachineType::Standard), tokens: Tokens::Wildcard, sources: Some(&sources) };
    let found = check(&root, &options).diagnostics;
    let errors = found.into_iter().filter(|d| d.severity <= Severity::Runtime);
    errors.map(|d| (d.code.0.to_owned(), d.primary.unwrap().span, d.title)).collect()
}

/// Where a value stands, and its key.
fn spans(machine: &Value, pointer: &str) -> (Span, Span) {
    let text = serde_json::to_string_pretty(machine).unwrap();
    let mut sources = Sources::default();
    let file = sources.add("x", text.as_str());
    let root = parse_json(file, &text).root.unwrap();
    let value = root.pointer(pointer).unwrap().span;
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key =
        root.pointer(parent).unwrap().entry(&key.replace("~1", "/").replace("~0", "~")).map_or(value, |e| e.key_span);
    (key, value)
}

/// The pointers of all states.
fn states(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                if value.get("Type").is_some() && pointer.contains("/States/") {
                    found.push(pointer.clone());
                }
                states(value, &pointer, found);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                states(item, &format!("{pointer}/{i}"), found);
            }
        }
        _ => {}
    }
}

/// Faults that fit every state: what is changed, which code, and whether the key or the value is the place.
const MUTATIONS: usize = 9;

/// Makes a fault. Gives its code, the pointer of its place, and whether the place is the key.
fn mutate(machine: &mut Value, state: &str, which: usize) -> Option<(&'static str, String, bool)> {
    let goes_on = |s: &Value| s.get("Next").is_some() || s.get("End").is_some();
    let at = machine.pointer_mut(state)?;
    let kind = at["Type"].as_str()?.to_owned();
    match which {
        0 => {
            at["Type"] = "Tsk".into();
            Some(("ASL005", format!("{state}/Type"), false))
        }
        1 => {
            at["Unheard"] = 1.into();
            Some(("ASL003", format!("{state}/Unheard"), true))
        }
        2 => {
            at["Comment"] = 5.into();
            Some(("ASL004", format!("{state}/Comment"), false))
        }
        3 if at.get("Next").is_some() => {
            at["Next"] = "Nowhere at all".into();
            Some(("ASL024", format!("{state}/Next"), false))
        }
        4 if goes_on(at) => {
            let object = at.as_object_mut()?;
            object.remove("Next");
            object.remove("End");
            Some(("ASL022", state.to_owned(), true))
        }
        5 if kind == "Wait" && at.get("Seconds").is_some_and(Value::is_number) => {
            at["Seconds"] = (-1).into();
            Some(("ASL006", format!("{state}/Seconds"), false))
        }
        6 if kind == "Task" => {
            at["Resource"] = "arn:aws:states:::lambda:invok".into();
            Some(("ASL121", format!("{state}/Resource"), false))
        }
        7 if kind == "Choice" => {
            at["Choices"] = json!([]);
            Some(("ASL007", format!("{state}/Choices"), false))
        }
        8 if at.get("Retry").is_some() => {
            at["Retry"][0]["ErrorEquals"] = json!([]);
            Some(("ASL007", format!("{state}/Retry/0/ErrorEquals"), false))
        }
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_right_gives_no_error(machine in machine()) {
        prop_assert_eq!(errors(&machine), [], "{}", serde_json::to_string_pretty(&machine).unwrap());
    }

    #[test]
    fn a_seeded_fault_is_found_at_its_place(machine in machine(), pick in any::<prop::sample::Index>(), which in 0..MUTATIONS) {
        let mut machine = machine;
        let mut all = Vec::new();
        states(&machine, "", &mut all);
        let state = pick.get(&all).clone();
        if let Some((code, pointer, is_key)) = mutate(&mut machine, &state, which) {
            let (key, value) = spans(&machine, &pointer);
            let place = if is_key { key } else { value };
            let found = errors(&machine);
            prop_assert!(found.iter().any(|(c, span, _)| c == code && *span == place), "{} at {}: {:?}", code, pointer, found);
        }
    }

    /// Order of keys, blanks and line breaks change no finding.
    #[test]
    fn formatting_does_not_count(machine in machine()) {
        let compact = errors(&serde_json::from_str(&machine.to_string()).unwrap()).len();
        prop_assert_eq!(compact, errors(&machine).len());
    }
}
