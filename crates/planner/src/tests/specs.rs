//! Specs as they are written, from their text to a plan.

use std::{fs, path::PathBuf};

use insta::assert_snapshot;
use statewright_source::{Sources, Span};
use statewright_spec::{Desired, Identity, Request};

use super::{dump::dump, generate::world};
use crate::{
    Mode, Options, Plan,
    model::{World, apply, planned},
    questions, reading,
};

/// A spec of this repository.
fn spec(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs")).join(name)
}

fn desired(path: PathBuf, variables: &[(&str, &str)], identity: &Identity) -> (Sources, Desired) {
    let mut sources = Sources::default();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let request = Request { path, environment: None, variables, variable_files: Vec::new(), shared: false };
    let loaded = statewright_spec::load(&mut sources, &request).unwrap();
    let (desired, findings) = loaded.resolve(identity);
    (sources, desired.unwrap_or_else(|| panic!("{findings:?}")))
}

fn plan_of(world: &World, desired: &Desired, mode: Mode) -> Plan {
    planned(world, desired, mode, &Options::default())
}

/// Made, unchanged after that without a question, and taken away without a trace.
#[track_caller]
fn there_and_back(desired: &Desired, creates: usize) {
    let mut world = world();
    let plan = plan_of(&world, desired, Mode::Apply);
    assert!(!plan.is_blocked(), "{}", dump(&plan));
    assert_eq!(plan.summary().create, creates);
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    let live = world.observe(&reading(desired, Mode::Apply, false, true));
    assert!(questions(desired, &live, Mode::Apply, &Options::default()).is_empty());
    let again = plan_of(&world, desired, Mode::Apply);
    assert!(again.is_empty(), "{}", dump(&again));
    assert_eq!(again.unchanged.len(), creates);
    let destroy = plan_of(&world, desired, Mode::Destroy);
    apply(&mut world, &destroy, |_, _, _| true).unwrap();
    assert!(world.of_owner(&desired.owner).is_empty() && world.objects.is_empty());
}

#[test]
fn the_tutorials_stack() {
    let identity = world().identity;
    let (_, desired) = desired(spec("lambda-glue.yaml"), &[], &identity);
    there_and_back(&desired, 4);
    let plan = plan_of(&world(), &desired, Mode::Apply);
    let order: Vec<String> = plan.steps.iter().map(|step| step.address.to_string()).collect();
    assert_eq!(order.last().map(String::as_str), Some("state_machine.lambda-glue"), "{order:?}");
    assert!(order[2].starts_with("role."), "{order:?}");
    let runtime = plan.findings.iter().filter(|f| f.code == crate::codes::MISSING_AT_RUNTIME);
    assert_eq!(runtime.count(), 2, "the function and the job are not declared\n{}", dump(&plan));
}

#[test]
fn a_nights_etl() {
    let identity = world().identity;
    let (_, desired) = desired(spec("nightly-etl.yaml"), &[("bucket", "my-bucket")], &identity);
    let creates = desired.resources.len();
    there_and_back(&desired, creates);
    let plan = plan_of(&world(), &desired, Mode::Apply);
    let place = |address: &str| plan.steps.iter().position(|step| step.address.to_string() == address).unwrap();
    let machine = place("state_machine.nightly-etl");
    assert!(place("function.nightly-extract") < machine && place("job.nightly-transform") < machine);
    assert!(place("log_group./aws/lambda/nightly-extract") < place("function.nightly-extract"));
    // Its documents name the function and the job, which is no reason to make it late: propagation takes its time.
    assert!(plan.steps[place("role.NightlyEtlMachine")].needs.is_empty());
}

/// The text at a finding's place.
fn text_at(sources: &Sources, span: Span) -> String {
    let start = sources.start(span);
    format!("{}:{} {}", start.line, start.column, sources.text(span).lines().next().unwrap_or_default())
}

const TEXT: &str = r#"statewright: 1
stack: etl
variables:
  token: { sensitive: true }
policies:
  Read:
    path: /team/
    document:
      Version: "2012-10-17"
      Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }]
roles:
  Role: { trust: states.amazonaws.com, policies: [Read] }
state_machines:
  m:
    role: Role
    definition:
      StartAt: Call
      States:
        Call:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Parameters: { FunctionName: other, Payload: { token: "${var.token}" } }
          End: true
"#;

#[test]
fn places_and_secrets_come_from_the_text() {
    let folder = std::env::temp_dir().join(format!("statewright-planner-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let at = |name: &str, text: &str, token: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        desired(path, &[("token", token)], &world().identity)
    };
    let (_, before) = at("a.yaml", TEXT, "hunter2");
    let mut world = world();
    let plan = plan_of(&world, &before, Mode::Apply);
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    let changed =
        TEXT.replace("path: /team/", "path: /other/").replace("Type: Task", "Type: Task\n          TimeoutSeconds: 5");
    let (sources, after) = at("b.yaml", &changed, "swordfish");
    let plan = plan_of(&world, &after, Mode::Apply);
    fs::remove_dir_all(&folder).unwrap();
    let places: Vec<String> = plan
        .findings
        .iter()
        .map(|f| format!("{} {}", f.code, text_at(&sources, f.primary.as_ref().unwrap().span)))
        .collect();
    assert_snapshot!(places.join("\n"), @r#"
    PLAN007 7:11 /other/
    PLAN005 23:39 other
    "#);
    assert_snapshot!(dump(&plan), @r#"
    1 ~ role.Role: attach 1 policy
        why: live differs from the spec in policies
        policies: (absent) -> "arn:aws:iam::123456789012:policy/other/Read"
        > iam:AttachRolePolicy Role Read
    2 ~ state_machine.m: definition (after 1)
        why: live differs from the spec in definition
        definition/States/Call/TimeoutSeconds: (absent) -> 5
        definition/States/Call/Parameters/Payload/token: (sensitive) -> (sensitive)
        > wait for what role.Role newly grants to be in force everywhere
        > states:UpdateStateMachine Role
        > wait for state machine m to show its new definition
    3 ~ role.Role: detach 1 policy (after 1 2)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::123456789012:policy/team/Read" -> (absent)
        > iam:DetachRolePolicy Role Read
    error[PLAN007] policy.Read would have to be replaced: AWS cannot change the path of a policy
        at: differs from the live policy
        help: add `replace: allowed` to have it deleted and made anew, or give the policy another name
    runtime[PLAN005] state `Call` of state_machine.m will fail: function other does not exist
        at: named here
        help: make it before it is needed, or correct the name
    "#);
}
