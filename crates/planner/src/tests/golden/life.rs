//! What is replaced, what leaves, and what hangs on it.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use statewright_spec::{
    Address, Kind, Owner, Resource, Secret,
    kind::{
        function::{Code, ObjectCode},
        state_machine::MachineType,
    },
};

use super::{applied, nightly, samples, seed, show, show_with};
use crate::{
    Executions, Mode, Options,
    model::{apply, planned},
};

#[test]
fn replaces() {
    let mut stack = seed();
    stack.may_replace = true;
    change!(stack, Policy "GlueInvokePolicy", |policy| "described".clone_into(&mut policy.description));
    change!(stack, StateMachine "lambda-glue", |machine| machine.machine_type = MachineType::Express);
    let mut world = applied(&seed());
    world.machines.get_mut("lambda-glue").unwrap().executions = 2;
    let options = Options { executions: Executions::Wait, ..Options::default() };
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &options), @r#"
    1 ± policy.GlueInvokePolicy: replace
        why: AWS cannot change the description of a policy
        risk: its grants are missing on role.Role from the detach to the attach
        description: (absent) -> "described"
        > iam:DetachRolePolicy Role GlueInvokePolicy
        > iam:DeletePolicy
        > iam:CreatePolicy
        > iam:AttachRolePolicy Role GlueInvokePolicy
    2 ± state_machine.lambda-glue: replace (after 1)
        why: AWS cannot change the type of a state machine
        risk: no execution can be started from the delete to the create, and its history, versions and aliases are lost; it waits for 2 running executions
        type: "STANDARD" (default) -> "EXPRESS"
        > wait for the executions of lambda-glue to end
        > states:DeleteStateMachine
        > wait for state machine lambda-glue to be gone
        > states:CreateStateMachine
    unchanged: policy.LambdaInvokePolicy role.Role
    "#);
}

#[test]
fn what_left_the_spec() {
    let mut stack = nightly();
    let world = applied(&stack);
    stack.resources.retain(|address, _| address.kind == Kind::Policy || address.name == "Role");
    assert_snapshot!(show(&world, &stack), @r#"
    1 - state_machine.nightly: delete
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        risk: its history, versions and aliases are lost
        > wait for nightly to have no running execution
        > states:DeleteStateMachine
        > wait for state machine nightly to be gone
    2 - job.transform: delete
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        > s3:DeleteObject s3://bucket/transform.py
        > glue:DeleteJob
    3 - function.extract: delete (after 1)
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        > lambda:DeleteFunction
    4 - log_group./aws/lambda/extract: delete (after 3)
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        risk: all of its events are lost
        > logs:DeleteLogGroup
        > wait for log group /aws/lambda/extract to stay gone
    5 - log_group./aws/vendedlogs/states/nightly: delete (after 1)
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        risk: all of its events are lost
        > logs:DeleteLogGroup
    6 - role.ExtractRole: delete (after 3)
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        > iam:DeleteRole
    7 - role.JobRole: delete (after 2)
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        > iam:DeleteRole
    unchanged: policy.Invoke role.Role
    "#);
}

#[test]
fn destroy_in_reverse() {
    let stack = nightly();
    let mut world = applied(&stack);
    world.machines.get_mut("nightly").unwrap().executions = 1;
    let options = Options { executions: Executions::Stop, ..Options::default() };
    assert_snapshot!(show_with(&world, &stack, Mode::Destroy, &options), @r#"
    1 - state_machine.nightly: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost; it stops 1 running execution
        > states:StopExecution
        > wait for the executions of nightly to end
        > states:DeleteStateMachine
        > wait for state machine nightly to be gone
    2 - job.transform: delete
        why: the stack is destroyed
        > s3:DeleteObject s3://bucket/transform.py
        > glue:DeleteJob
    3 - function.extract: delete (after 1)
        why: the stack is destroyed
        > lambda:DeleteFunction
    4 - log_group./aws/lambda/extract: delete (after 3)
        why: the stack is destroyed
        risk: all of its events are lost
        > logs:DeleteLogGroup
        > wait for log group /aws/lambda/extract to stay gone
    5 - log_group./aws/vendedlogs/states/nightly: delete (after 1)
        why: the stack is destroyed
        risk: all of its events are lost
        > logs:DeleteLogGroup
    6 - role.ExtractRole: delete (after 3)
        why: the stack is destroyed
        > iam:DeleteRole
    7 - role.JobRole: delete (after 2)
        why: the stack is destroyed
        > iam:DeleteRole
    8 - role.Role: delete (after 1)
        why: the stack is destroyed
        > iam:DetachRolePolicy Role Invoke
        > iam:DeleteRole
    9 - policy.Invoke: delete (after 8)
        why: the stack is destroyed
        > iam:DeletePolicy
    "#);
}

#[test]
fn code_and_configuration_in_turn() {
    let mut stack = nightly();
    let world = applied(&stack);
    change!(stack, Function "extract", |function| {
        function.code = Code::Object(ObjectCode { bucket: "b".to_owned(), key: "k.zip".to_owned(), version: None });
        function.memory = 512;
        function.environment = BTreeMap::from([("NIGHT".to_owned(), Secret::new("tuesday"))]);
        function.tags.insert("team".to_owned(), "data".to_owned());
    });
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ function.extract: code, memory, environment, tags
        why: live differs from the spec in code, memory, environment and tags
        code: "sha256:one" -> "s3://b/k.zip"
        memory: 128 (default) -> 512
        environment.DAY: (sensitive) -> (absent)
        environment.NIGHT: (absent) -> "tuesday"
        tags.team: (absent) -> "data"
        > lambda:UpdateFunctionCode
        > wait for function extract to be ready
        > lambda:UpdateFunctionConfiguration
        > wait for function extract to be ready
        > lambda:TagResource
        > lambda:TagResource
    unchanged: policy.Invoke role.ExtractRole role.JobRole role.Role log_group./aws/lambda/extract log_group./aws/vendedlogs/states/nightly job.transform state_machine.nightly
    "#);
}

#[test]
fn a_script_moves() {
    let mut stack = nightly();
    let world = applied(&stack);
    change!(stack, Job "transform", |job| "s3://bucket/new/transform.py".clone_into(&mut job.script_location));
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ job.transform: script, remove the former script
        why: live differs from the spec in script
        script.location: "s3://bucket/transform.py" -> "s3://bucket/new/transform.py"
        script.content: (absent) -> "sha256:1111111111111111111111111111111111111111111111111111111111111111"
        > glue:TagResource {"statewright:former-script": "bucket/transform.py", "statewright:script": "bucket/new/transform.py"}
        > s3:PutObject s3://bucket/new/transform.py
        > glue:UpdateJob
        > s3:DeleteObject s3://bucket/transform.py
        > glue:UntagResource
    unchanged: policy.Invoke role.ExtractRole role.JobRole role.Role log_group./aws/lambda/extract log_group./aws/vendedlogs/states/nightly function.extract state_machine.nightly
    "#);
}

/// A script moves, and moves on before the first move is done: wherever that was cut short, the one object that is left is the one
/// that the job runs.
#[test]
fn a_script_that_moves_on_midway_leaves_nothing_behind() {
    let mut stack = nightly();
    let start = applied(&stack);
    let mut moved = |to: &str| {
        change!(stack, Job "transform", |job| job.script_location = format!("s3://bucket/{to}/transform.py"));
        stack.clone()
    };
    let (second, third, first) = (moved("new"), moved("newer"), nightly());
    for cut in 0..6 {
        for last in [&first, &second, &third] {
            let mut world = start.clone();
            for on_the_way in [&second, &third] {
                let mut made = 0;
                let plan = planned(&world, &on_the_way.desired(&world.identity), Mode::Apply, &Options::default());
                apply(&mut world, &plan, |_, _, _| {
                    made += 1;
                    made <= cut
                })
                .unwrap();
            }
            let plan = planned(&world, &last.desired(&world.identity), Mode::Apply, &Options::default());
            apply(&mut world, &plan, |_, _, _| true).unwrap();
            let owner = last.owner(&world.identity);
            assert_eq!(super::super::laws::state(&world, &owner), super::super::laws::state(&applied(last), &owner));
        }
    }
}

#[test]
fn a_job_is_renamed_and_keeps_its_script() {
    let mut stack = nightly();
    let world = applied(&stack);
    let job = stack.resources.remove(&Address::new(Kind::Job, "transform")).unwrap();
    assert_snapshot!(show(&world, &stack.with("clean", job)), @r#"
    1 + job.clean: create
        why: it does not exist
        script.location: (absent) -> "s3://bucket/transform.py"
        script.content: (absent) -> "sha256:1111111111111111111111111111111111111111111111111111111111111111"
        role: (absent) -> "arn:aws:iam::123456789012:role/JobRole"
        worker_type: (absent) -> "G.1X"
        workers: (absent) -> 2
        glue_version: (absent) -> "5.0"
        > glue:CreateJob {"statewright:script": "bucket/transform.py", "statewright:stack": "nightly@us-east-1"}
        > s3:PutObject s3://bucket/transform.py
    2 - job.transform: delete
        why: it belongs to nightly@us-east-1 and is no longer in the spec
        > glue:DeleteJob
    unchanged: policy.Invoke role.ExtractRole role.JobRole role.Role log_group./aws/lambda/extract log_group./aws/vendedlogs/states/nightly function.extract state_machine.nightly
    "#);
}

#[test]
fn a_script_that_is_no_longer_ours() {
    let mut stack = nightly();
    let world = applied(&stack);
    change!(stack, Job "transform", |job| job.script = None);
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ job.transform: the mark of its script
        why: the spec no longer uploads its script; the object stays
        > glue:UntagResource
    unchanged: policy.Invoke role.ExtractRole role.JobRole role.Role log_group./aws/lambda/extract log_group./aws/vendedlogs/states/nightly function.extract state_machine.nightly
    "#);
}

#[test]
fn a_machine_that_is_being_deleted() {
    let mut world = applied(&seed());
    world.machines.get_mut("lambda-glue").unwrap().deleting = true;
    assert_snapshot!(show(&world, &seed()), @r#"
    1 + state_machine.lambda-glue: create
        why: the one of that name is being deleted
        risk: nothing of that name can be started until the old one is gone
        role: (absent) -> "arn:aws:iam::123456789012:role/Role"
        definition: (absent) -> {"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true}}}
        > wait for state machine lambda-glue to be gone
        > states:CreateStateMachine
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy role.Role
    "#);
}

/// Lambda shows what was sent, and runs what was before.
#[test]
fn an_update_of_a_function_failed_later() {
    let stack = seed().with("f", Resource::Function(samples::function("f", samples::role_arn("Role"))));
    let mut world = applied(&stack);
    world.functions.get_mut("f").unwrap().failed = true;
    assert_snapshot!(show(&world, &stack), @"
    1 ~ function.f: send code and configuration again
        why: its last update failed, and what Lambda shows may not be what runs
        > lambda:UpdateFunctionConfiguration
        > wait for function f to be ready
        > lambda:UpdateFunctionCode
        > wait for function f to be ready
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy role.Role state_machine.lambda-glue
    ");
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    assert!(planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default()).is_empty());
}

/// The mark still names it, and what is there belongs to somebody else by now.
#[test]
fn an_object_that_became_anothers_stays() {
    let stack = nightly();
    let place = ("bucket".to_owned(), "transform.py".to_owned());
    let mut moved = nightly();
    change!(moved, Job "transform", |job| "s3://bucket/new/transform.py".clone_into(&mut job.script_location));
    let mut left = nightly();
    left.resources.remove(&Address::new(Kind::Job, "transform"));
    for owner in [Some(Owner::from_tag("other@us-east-1")), None] {
        for stack in [&moved, &left] {
            let mut world = applied(&nightly());
            world.objects.get_mut(&place).unwrap().owner.clone_from(&owner);
            let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
            assert!(!plan.is_blocked() && !plan.is_empty());
            apply(&mut world, &plan, |_, _, _| true).unwrap();
            assert_eq!(world.objects[&place].owner, owner);
        }
    }
    // Ours goes.
    let mut world = applied(&stack);
    let plan = planned(&world, &left.desired(&world.identity), Mode::Apply, &Options::default());
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    assert!(!world.objects.contains_key(&place));
}
