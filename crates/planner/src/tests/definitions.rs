//! What changes in a definition, as a plan tells it.

use serde_json::{Value, json};
use statewright_asl::{AwsDiagnostic, ChangeKind};
use statewright_source::{FileId, Node, Severity, Sources, parse_json};
use statewright_spec::{Address, Kind, Resource};

use super::{generate::world, samples};
use crate::{
    Answer, DefinitionChanges, Live, Mode, Options, Plan, Question, Refusal, RefusalKind, Shown,
    model::{Stack, World, apply, planned, read},
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

/// The answers about definitions that a plan has.
fn verdicts(live: &mut Live) -> impl Iterator<Item = &mut Answer> {
    live.answers.iter_mut().filter(|(question, _)| matches!(question, Question::Verdict { .. })).map(|(_, a)| a)
}

/// A plan of new machines for which AWS answers so; the tree of each definition is what JSON's text gives.
fn judged(stack: &Stack, answer: &Answer) -> (Plan, Sources) {
    let world = world();
    let mut desired = stack.desired(&world.identity);
    let mut sources = Sources::default();
    for declared in desired.resources.values_mut() {
        if let Resource::StateMachine(machine) = &declared.resource {
            let text = serde_json::to_string_pretty(&machine.definition).unwrap();
            let file = sources.add("m.asl.json", text.clone());
            let tree: Node = parse_json(file, &text).root.unwrap();
            declared.documents.insert("definition".to_owned(), tree);
        }
    }
    let mut live = read(&world, &desired, Mode::Apply, &Options::default());
    let mut asked = 0;
    for slot in verdicts(&mut live) {
        *slot = answer.clone();
        asked += 1;
    }
    assert!(asked > 0, "nothing was asked");
    (crate::plan(&desired, &live, &Options::default()), sources)
}

fn says(error: bool, code: &str, message: &str, location: &str) -> AwsDiagnostic {
    AwsDiagnostic { error, code: code.to_owned(), message: message.to_owned(), location: Some(location.to_owned()) }
}

#[test]
fn what_aws_says_has_a_place_in_the_users_file() {
    let answer = Answer::Verdict(vec![
        says(true, "NEW_CODE", "AWS does not like it.", "/States/Old/Resource"),
        says(false, "NEW_WARNING", "Nor this.", "/States/Done"),
    ]);
    let (plan, sources) = judged(&stack(definition()), &answer);
    let found: Vec<_> = plan
        .findings
        .iter()
        .map(|f| (f.code.0, f.severity, sources.text(f.primary.as_ref().unwrap().span), f.title.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("ASL900", Severity::Error, "\"arn:aws:states:::sns:publish\"", "AWS says: AWS does not like it."),
            ("ASL900", Severity::Warning, "\"Done\"", "AWS says: Nor this."),
        ]
    );
    assert!(plan.is_blocked());
    assert_eq!(plan.findings[0].primary.as_ref().unwrap().span.file, FileId(0));
}

#[test]
fn an_error_of_ours_that_was_silenced_is_aws_s_to_say() {
    let mut lost = definition();
    lost["States"]["Lost"] = json!({ "Type": "Succeed" });
    let answer = Answer::Verdict(vec![says(
        true,
        "MISSING_TRANSITION_TARGET",
        "State \"Lost\" is not reachable.",
        "/States/Lost",
    )]);
    let (plan, _) = judged(&stack(lost), &answer);
    assert_eq!(plan.findings.iter().map(|f| f.code.0).collect::<Vec<_>>(), ["ASL900"]);
}

#[test]
fn silence_is_noted_once() {
    let refusal = Refusal {
        kind: RefusalKind::Denied,
        call: "states:ValidateStateMachineDefinition".to_owned(),
        code: "AccessDeniedException".to_owned(),
        message: "not authorized".to_owned(),
        request_id: None,
    };
    let two = || {
        let mut machine = samples::machine("R");
        machine.definition = json!({ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } });
        stack(definition()).with("n", Resource::StateMachine(machine))
    };
    let (plan, _) = judged(&two(), &Answer::Unreadable(refusal.clone()));
    let [note] = plan.findings.as_slice() else { panic!("{:?}", plan.findings) };
    assert_eq!((note.code.0, note.severity), ("PLAN024", Severity::Note));
    assert_eq!(note.title, "AWS would not say what it thinks of 2 definitions");
    assert!(note.help.as_deref().unwrap().contains("not authorized"), "{note:?}");
    let mut quiet = two();
    quiet.allow.insert("PLAN024".to_owned());
    assert_eq!(judged(&quiet, &Answer::Unreadable(refusal)).0.findings, []);
}

#[test]
fn nothing_is_asked_where_nothing_changes() {
    let mut world = world();
    let stack = stack(definition());
    let first = plan(&world, &stack);
    apply(&mut world, &first, |_, _, _| true).unwrap();
    let mut other = stack.desired(&world.identity);
    let machine = other.resources.get_mut(&Address::new(Kind::StateMachine, "m")).unwrap();
    let Resource::StateMachine(inner) = &mut machine.resource else { panic!() };
    inner.tags.insert("a".to_owned(), "b".to_owned());
    let mut live = read(&world, &other, Mode::Apply, &Options::default());
    assert_eq!(verdicts(&mut live).count(), 0, "a change of tags is none of the definition");
    assert!(!crate::plan(&other, &live, &Options::default()).is_empty());
    let mut live = read(&world, &other, Mode::Destroy, &Options::default());
    assert_eq!(verdicts(&mut live).count(), 0);
}
