//! What changes in a definition, as a plan tells it.

use serde_json::{Value, json};
use statewright_asl::ChangeKind;
use statewright_spec::Resource;

use super::{generate::world, samples};
use crate::{
    DefinitionChanges, Mode, Options, Plan, Shown,
    model::{Stack, World, apply, planned},
};

fn stack(definition: Value) -> Stack {
    let mut machine = samples::machine("R");
    machine.definition = definition;
    Stack::new("etl").with("R", Resource::Role(samples::role(&[]))).with("m", Resource::StateMachine(machine))
}

fn plan(world: &World, stack: &Stack) -> Plan {
    planned(world, &stack.desired(&world.identity), Mode::Apply, &Options::default())
}

/// What a plan tells of a definition that was applied and is to be another.
fn changes(before: Value, after: Value) -> Vec<DefinitionChanges> {
    let mut world = world();
    let first = plan(&world, &stack(before));
    assert_eq!(first.definitions, [], "a new machine has nothing that changes");
    apply(&mut world, &first, |_, _, _| true).unwrap();
    plan(&world, &stack(after)).definitions
}

fn definition() -> Value {
    json!({
        "Comment": "c",
        "StartAt": "Split",
        "States": {
            "Split": {
                "Type": "Parallel",
                "Branches": [{ "StartAt": "In", "States": { "In": { "Type": "Wait", "Seconds": 1, "End": true } } }],
                "Next": "Old",
            },
            "Old": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Done" },
            "Done": { "Type": "Succeed" },
        },
    })
}

#[test]
fn nothing_where_only_the_form_differs() {
    let text = serde_json::to_string(&definition()).unwrap();
    let reversed: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(changes(definition(), reversed), []);
    let mut other = definition();
    let states = other["States"].as_object_mut().unwrap();
    let split = states.remove("Split").unwrap();
    states.insert("Split".to_owned(), split);
    other["States"]["Split"]["Branches"][0]["States"]["In"]["Seconds"] = json!(1.0);
    assert_eq!(changes(definition(), other), []);
}

#[test]
fn states_edges_and_fields_of_the_machine() {
    let mut after = definition();
    after["Comment"] = json!("d");
    after["States"]["Split"]["Branches"][0]["States"]["In"]["Seconds"] = json!(2);
    let old = after["States"].as_object_mut().unwrap().remove("Old").unwrap();
    after["States"]["New"] = old;
    after["States"]["Split"]["Next"] = json!("Before");
    after["States"]["Before"] = json!({ "Type": "Pass", "Next": "New" });
    let found = changes(definition(), after);
    let [found] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(found.machine.to_string(), "state_machine.m");
    let value = |value: Value| Shown::Value(value);
    let fields: Vec<_> = found.fields.iter().map(|c| (c.path.as_str(), &c.before, &c.after)).collect();
    assert_eq!(fields, [("Comment", &value(json!("c")), &value(json!("d")))]);
    let states: Vec<_> = found.states.iter().map(|s| (s.name.as_str(), s.change, s.was.as_deref())).collect();
    assert_eq!(
        states,
        [
            ("In", ChangeKind::Changed, None),
            ("New", ChangeKind::Renamed, Some("Old")),
            ("Before", ChangeKind::Added, None),
        ]
    );
    let inner = &found.states[0];
    assert_eq!(inner.fields, ["Seconds"]);
    assert_eq!((inner.changes[0].path.as_str(), &inner.changes[0].after), ("Seconds", &value(json!(2))));
    let edges: Vec<_> =
        found.edges.iter().map(|e| (&*e.from, &*e.kind, e.before.as_deref(), e.after.as_deref())).collect();
    assert_eq!(edges, [("Split", "next", Some("Old"), Some("Before"))]);
}

#[test]
fn a_replaced_machine_tells_it_too() {
    let mut world = world();
    let first = plan(&world, &stack(definition()));
    apply(&mut world, &first, |_, _, _| true).unwrap();
    let mut after = definition();
    after["States"]["Done"] = json!({ "Type": "Fail" });
    let mut machine = samples::machine("R");
    machine.definition = after;
    machine.machine_type = statewright_spec::kind::state_machine::MachineType::Express;
    let mut other =
        Stack::new("etl").with("R", Resource::Role(samples::role(&[]))).with("m", Resource::StateMachine(machine));
    other.may_replace = true;
    let plan = plan(&world, &other);
    assert_eq!(plan.definitions.len(), 1, "{:?}", plan.findings);
    assert_eq!(plan.definitions[0].states[0].name, "Done");
}
