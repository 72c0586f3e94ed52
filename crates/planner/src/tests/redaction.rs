//! What must not be shown is not shown, wherever it hides.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use serde_json::json;
use statewright_spec::{Address, Kind, Resource, Secret};

use super::{dump::dump, generate::world, samples};
use crate::{
    Mode, Options,
    model::{Stack, World, apply, planned},
};

const OLD: &str = "hunter2";
const NEW: &str = "swordfish";

/// A stack with the secret at every place where one may stand.
fn stack(secret: &str) -> Stack {
    let mut function = samples::function("f", samples::role_arn("R"));
    function.environment =
        BTreeMap::from([("TOKEN".to_owned(), Secret::new(secret)), ("DAY".to_owned(), Secret::new("monday"))]);
    let mut job = samples::job("s3://b/k", samples::role_arn("R"));
    job.arguments = BTreeMap::from([("--token".to_owned(), Secret::new(format!("Bearer {secret}")))]);
    let mut machine = samples::machine("R");
    machine.definition["States"]["Call"]["Parameters"]["Payload"] = json!({ "headers": ["a", secret], "plain": "b" });
    let mut role = samples::role(&[]);
    role.inline.insert("I".to_owned(), samples::allow(&["s3:GetObject"]));
    role.inline.get_mut("I").unwrap()["Statement"][0]["Condition"] = json!({ "StringEquals": { "aws:x": secret } });
    role.description = format!("for {secret}");
    role.tags.insert("t".to_owned(), secret.to_owned());
    let mut stack = Stack::new("etl")
        .with("R", Resource::Role(role))
        .with("f", Resource::Function(function))
        .with("j", Resource::Job(job))
        .with("m", Resource::StateMachine(machine));
    let places = |kind, name: &str, places: &[&str]| {
        (Address::new(kind, name), places.iter().map(|p| (*p).to_owned()).collect::<BTreeSet<_>>())
    };
    stack.sensitive = BTreeMap::from([
        places(Kind::Function, "f", &["/environment/TOKEN"]),
        places(Kind::Job, "j", &["/arguments/--token"]),
        places(Kind::StateMachine, "m", &["/definition/States/Call/Parameters/Payload/headers/1"]),
        places(Kind::Role, "R", &["/inline/I/Statement/0/Condition/StringEquals/aws:x", "/description", "/tags/t"]),
    ]);
    stack.secrets = vec![Secret::new(secret)];
    stack
}

fn applied(stack: &Stack) -> World {
    let mut world = world();
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    world
}

/// The plan's steps as they are shown, without the operations, which are never shown with their content.
#[track_caller]
fn shown(world: &World, stack: &Stack) -> String {
    let plan = planned(world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    let dumped = dump(&plan);
    let text: Vec<&str> = dumped.lines().filter(|line| !line.starts_with("    > ")).collect();
    let text = text.join("\n");
    for secret in [OLD, NEW] {
        assert!(!text.contains(secret), "{secret} is shown:\n{text}");
        let parts: Vec<String> =
            plan.steps.iter().map(|s| format!("{:?} {:?} {:?}", s.changes, s.expects, s.risk)).collect();
        assert!(!parts.join("").contains(secret), "{secret} is kept");
        assert!(!format!("{:?}", plan.definitions).contains(secret), "{secret} is in the states");
    }
    text
}

#[test]
fn created() {
    assert_snapshot!(shown(&world(), &stack(OLD)), @r#"
    1 + role.R: create
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        inline.I: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*","Condition":{"StringEquals":{"aws:x":"(sensitive)"}}}]}
        description: (absent) -> (sensitive)
        tags.t: (absent) -> (sensitive)
    2 + function.f: create (after 1)
        why: it does not exist
        runtime: (absent) -> "python3.12"
        handler: (absent) -> "app.handler"
        role: (absent) -> "arn:aws:iam::123456789012:role/R"
        code: (absent) -> "sha256:one"
        environment.DAY: (absent) -> "monday"
        environment.TOKEN: (absent) -> (sensitive)
    3 + job.j: create (after 1)
        why: it does not exist
        script.location: (absent) -> "s3://b/k"
        role: (absent) -> "arn:aws:iam::123456789012:role/R"
        arguments.--token: (absent) -> (sensitive)
        worker_type: (absent) -> "G.1X"
        workers: (absent) -> 2
        glue_version: (absent) -> "5.0"
    4 + state_machine.m: create (after 1 2)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/R"
        definition: (absent) -> {"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract","Payload":{"headers":["a","(sensitive)"],"plain":"b"}},"TimeoutSeconds":60,"End":true}}}
    "#);
}

#[test]
fn rotated() {
    assert_snapshot!(shown(&applied(&stack(OLD)), &stack(NEW)), @r#"
    1 ~ role.R: description, put 1 inline policy, tags
        why: live differs from the spec in inline, description and tags
        inline.I/Statement[0]/Condition/StringEquals/aws:x: (sensitive) -> (sensitive)
        description: (sensitive) -> (sensitive)
        tags.t: (sensitive) -> (sensitive)
    2 ~ function.f: environment (after 1)
        why: live differs from the spec in environment
        environment.TOKEN: (sensitive) -> (sensitive)
    3 ~ job.j: arguments (after 1)
        why: live differs from the spec in arguments
        arguments.--token: (sensitive) -> (sensitive)
    4 ~ state_machine.m: definition (after 1 2)
        why: live differs from the spec in definition
        definition/States/Call/Parameters/Payload/headers[1]: (sensitive) -> (sensitive)
    5 ~ role.R: narrow 1 inline policy (after 1 2 3 4)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
    "#);
}

#[test]
fn moved_in_a_list() {
    let mut next = stack(NEW);
    let Some(Resource::StateMachine(machine)) = next.resources.get_mut(&Address::new(Kind::StateMachine, "m")) else {
        unreachable!()
    };
    machine.definition["States"]["Call"]["Parameters"]["Payload"]["headers"] = json!([NEW]);
    let address = Address::new(Kind::StateMachine, "m");
    next.sensitive.insert(address, BTreeSet::from(["/definition/States/Call/Parameters/Payload/headers/0".to_owned()]));
    assert_snapshot!(shown(&applied(&stack(OLD)), &next), @r#"
    1 ~ role.R: description, put 1 inline policy, tags
        why: live differs from the spec in inline, description and tags
        inline.I/Statement[0]/Condition/StringEquals/aws:x: (sensitive) -> (sensitive)
        description: (sensitive) -> (sensitive)
        tags.t: (sensitive) -> (sensitive)
    2 ~ function.f: environment (after 1)
        why: live differs from the spec in environment
        environment.TOKEN: (sensitive) -> (sensitive)
    3 ~ job.j: arguments (after 1)
        why: live differs from the spec in arguments
        arguments.--token: (sensitive) -> (sensitive)
    4 ~ state_machine.m: definition (after 1 2)
        why: live differs from the spec in definition
        definition/States/Call/Parameters/Payload/headers[0]: (sensitive) -> (sensitive)
        definition/States/Call/Parameters/Payload/headers[1]: (sensitive) -> (absent)
    5 ~ role.R: narrow 1 inline policy (after 1 2 3 4)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
    "#);
}

#[test]
fn a_whole_state_goes_and_comes() {
    let mut next = stack(NEW);
    let address = Address::new(Kind::StateMachine, "m");
    let Some(Resource::StateMachine(machine)) = next.resources.get_mut(&address) else { unreachable!() };
    let call = machine.definition["States"]["Call"].take();
    machine.definition = json!({ "StartAt": "Other", "States": { "Other": call } });
    let place = "/definition/States/Other/Parameters/Payload/headers/1".to_owned();
    next.sensitive.insert(address, BTreeSet::from([place]));
    // The variable had the old value when the machine was written; whoever plans knows only the new one.
    assert_snapshot!(shown(&applied(&stack(OLD)), &next), @r#"
    1 ~ role.R: description, put 1 inline policy, tags
        why: live differs from the spec in inline, description and tags
        inline.I/Statement[0]/Condition/StringEquals/aws:x: (sensitive) -> (sensitive)
        description: (sensitive) -> (sensitive)
        tags.t: (sensitive) -> (sensitive)
    2 ~ function.f: environment (after 1)
        why: live differs from the spec in environment
        environment.TOKEN: (sensitive) -> (sensitive)
    3 ~ job.j: arguments (after 1)
        why: live differs from the spec in arguments
        arguments.--token: (sensitive) -> (sensitive)
    4 ~ state_machine.m: definition (after 1 2)
        why: live differs from the spec in definition
        definition/StartAt: "Call" -> "Other"
        definition/States/Other: (absent) -> {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract","Payload":{"headers":["a","(sensitive)"],"plain":"b"}},"TimeoutSeconds":60,"End":true}
        definition/States/Call: {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract","Payload":{"headers":"(sensitive)","plain":"b"}},"TimeoutSeconds":60,"End":true} -> (absent)
    5 ~ role.R: narrow 1 inline policy (after 1 2 3 4)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
    "#);
}
