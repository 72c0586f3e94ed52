//! Plans as they look.

macro_rules! change {
    ($stack:expr, $kind:ident $name:literal, |$resource:ident| $body:expr) => {
        $crate::tests::golden::change(&mut $stack, statewright_spec::Kind::$kind, $name, |resource| {
            let statewright_spec::Resource::$kind($resource) = resource else { unreachable!() };
            $body;
        })
    };
}

mod access;
mod life;
mod running;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use insta::assert_snapshot;
use serde_json::json;
use statewright_spec::{
    Address, Kind, Resource, Secret,
    kind::{
        job::Script,
        state_machine::{LogLevel, Logging},
    },
};

use super::{dump::dump, generate::world, samples};
use crate::{
    Mode, Options,
    model::{Stack, World, apply, planned},
};

fn seed() -> Stack {
    Stack::new("lambda-glue")
        .with("LambdaInvokePolicy", Resource::Policy(samples::policy(&["lambda:InvokeFunction"])))
        .with("GlueInvokePolicy", Resource::Policy(samples::policy(&["glue:StartJobRun", "glue:GetJobRun"])))
        .with("Role", Resource::Role(samples::role(&["LambdaInvokePolicy", "GlueInvokePolicy"])))
        .with("lambda-glue", Resource::StateMachine(samples::machine("Role")))
}

/// The world after an apply of the stack.
fn applied(stack: &Stack) -> World {
    let mut world = world();
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    world
}

fn show(world: &World, stack: &Stack) -> String {
    show_with(world, stack, Mode::Apply, &Options::default())
}

fn show_with(world: &World, stack: &Stack, mode: Mode, options: &Options) -> String {
    dump(&planned(world, &stack.desired(&world.identity), mode, options))
}

/// Changes one resource of a stack.
fn change(stack: &mut Stack, kind: Kind, name: &str, change: impl FnOnce(&mut Resource)) {
    change(stack.resources.get_mut(&Address::new(kind, name)).unwrap());
}

/// A stack with every kind.
fn nightly() -> Stack {
    let mut function = samples::function("extract", samples::role_arn("ExtractRole"));
    function.environment = BTreeMap::from([("DAY".to_owned(), Secret::new("monday"))]);
    let mut job = samples::job("s3://bucket/transform.py", samples::role_arn("JobRole"));
    job.script = Some(Script { sha256: "1".repeat(64), bytes: Some(Arc::from([1_u8])) });
    let mut machine = samples::machine("Role");
    machine.logging = Some(Logging {
        level: LogLevel::Error,
        include_execution_data: false,
        log_group: samples::arn("arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/nightly"),
    });
    let mut group = samples::log_group();
    group.retention_days = Some(30);
    Stack::new("nightly")
        .with("Invoke", Resource::Policy(samples::policy(&["lambda:InvokeFunction"])))
        .with("Role", Resource::Role(samples::role(&["Invoke"])))
        .with("ExtractRole", Resource::Role(samples::role(&[])))
        .with("JobRole", Resource::Role(samples::role(&[])))
        .with("/aws/lambda/extract", Resource::LogGroup(group))
        .with("/aws/vendedlogs/states/nightly", Resource::LogGroup(samples::log_group()))
        .with("extract", Resource::Function(function))
        .with("transform", Resource::Job(job))
        .with("nightly", Resource::StateMachine(machine))
}

#[test]
fn from_nothing() {
    assert_snapshot!(show(&world(), &seed()), @r#"
    1 + policy.GlueInvokePolicy: create
        why: it does not exist
        document: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["glue:StartJobRun","glue:GetJobRun"],"Resource":"*"}]}
        > iam:CreatePolicy
    2 + policy.LambdaInvokePolicy: create
        why: it does not exist
        document: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":"*"}]}
        > iam:CreatePolicy
    3 + role.Role: create (after 1 2)
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/GlueInvokePolicy"
        policies: (absent) -> "arn:aws:iam::123456789012:policy/LambdaInvokePolicy"
        > iam:CreateRole
        > iam:AttachRolePolicy Role GlueInvokePolicy
        > iam:AttachRolePolicy Role LambdaInvokePolicy
    4 + state_machine.lambda-glue: create (after 3)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/Role"
        definition: (absent) -> {"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true}}}
        > states:CreateStateMachine
    "#);
}

#[test]
fn no_change() {
    assert_snapshot!(show(&applied(&seed()), &seed()), @r#"
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy role.Role state_machine.lambda-glue
    "#);
}

#[test]
fn one_line_of_the_definition() {
    let mut stack = seed();
    change!(stack, StateMachine "lambda-glue", |machine| machine.definition = samples::definition("extract", 300));
    assert_snapshot!(show(&applied(&seed()), &stack), @r#"
    1 ~ state_machine.lambda-glue: definition
        why: live differs from the spec in definition
        definition/States/Call/TimeoutSeconds: 60 -> 300
        > states:UpdateStateMachine Role
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy role.Role
    "#);
}

#[test]
fn every_kind_from_nothing() {
    assert_snapshot!(show(&world(), &nightly()), @r#"
    1 + policy.Invoke: create
        why: it does not exist
        document: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":"*"}]}
        > iam:CreatePolicy
    2 + role.ExtractRole: create
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        > iam:CreateRole
    3 + role.JobRole: create
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        > iam:CreateRole
    4 + role.Role: create (after 1)
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/Invoke"
        > iam:CreateRole
        > iam:AttachRolePolicy Role Invoke
    5 + log_group./aws/lambda/extract: create
        why: it does not exist
        retention_days: (absent) -> 30
        > logs:CreateLogGroup
        > logs:PutRetentionPolicy
    6 + log_group./aws/vendedlogs/states/nightly: create
        why: it does not exist
        > logs:CreateLogGroup
    7 + function.extract: create (after 2 5)
        why: it does not exist
        runtime: (absent) -> "python3.12"
        handler: (absent) -> "app.handler"
        role: (absent) -> "arn:aws:iam::123456789012:role/ExtractRole"
        code: (absent) -> "sha256:one"
        environment.DAY: (absent) -> "monday"
        > lambda:CreateFunction
        > wait for function extract to be ready
    8 + job.transform: create (after 3)
        why: it does not exist
        script.location: (absent) -> "s3://bucket/transform.py"
        script.content: (absent) -> "sha256:1111111111111111111111111111111111111111111111111111111111111111"
        role: (absent) -> "arn:aws:iam::123456789012:role/JobRole"
        worker_type: (absent) -> "G.1X"
        workers: (absent) -> 2
        glue_version: (absent) -> "5.0"
        > glue:CreateJob {"statewright:script": "bucket/transform.py", "statewright:stack": "nightly@us-east-1"}
        > s3:PutObject s3://bucket/transform.py
    9 + state_machine.nightly: create (after 4 6 7)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/Role"
        definition: (absent) -> {"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true}}}
        logging.level: (absent) -> "ERROR"
        logging.log_group: (absent) -> "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/nightly"
        > states:CreateStateMachine
    "#);
}

#[test]
fn reset_to_the_defaults() {
    let mut stack = nightly();
    change!(stack, Function "extract", |function| function.memory = 512);
    change!(stack, Role "Role", |role| role.max_session_seconds = 7200);
    change!(stack, Job "transform", |job| job.timeout = Some(60));
    assert_snapshot!(show(&applied(&stack), &nightly()), @r#"
    1 ~ role.Role: session duration
        why: live differs from the spec in max_session_seconds
        max_session_seconds: 7200 -> 3600 (default)
        > iam:UpdateRole
    2 ~ function.extract: memory
        why: live differs from the spec in memory
        memory: 512 -> 128 (default)
        > lambda:UpdateFunctionConfiguration
        > wait for function extract to be ready
    3 ~ job.transform: timeout
        why: live differs from the spec in timeout
        timeout: 60 -> 480 (default)
        > glue:UpdateJob
    unchanged: policy.Invoke role.ExtractRole role.JobRole log_group./aws/lambda/extract log_group./aws/vendedlogs/states/nightly state_machine.nightly
    "#);
}

#[test]
fn only_targets() {
    let mut stack = nightly();
    let world = applied(&stack);
    change!(stack, Function "extract", |function| function.memory = 512);
    change!(stack, Role "Role", |role| "described".clone_into(&mut role.description));
    change!(stack, StateMachine "nightly", |machine| machine.tracing = true);
    let targets = BTreeSet::from([Address::new(Kind::StateMachine, "nightly")]);
    let options = Options { targets, ..Options::default() };
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &options), @r#"
    1 ~ role.Role: description
        why: live differs from the spec in description
        description: (absent) -> "described"
        > iam:UpdateRole
    2 ~ state_machine.nightly: tracing (after 1)
        why: live differs from the spec in tracing
        tracing: false (default) -> true
        > states:UpdateStateMachine Role
    unchanged: policy.Invoke log_group./aws/vendedlogs/states/nightly
    note[PLAN014] the plan is limited to targets and leaves out 5 resources
        help: left out: role.ExtractRole, role.JobRole, log_group./aws/lambda/extract, function.extract, job.transform
    "#);
}

#[test]
fn machines_that_start_each_other() {
    let mut stack = seed();
    let machine = |other: &str| {
        let mut machine = samples::machine("Role");
        machine.definition = json!({ "StartAt": "Go", "States": { "Go": { "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution",
            "Parameters": { "StateMachineArn": samples::machine_arn(other) }, "End": true } } });
        Resource::StateMachine(machine)
    };
    stack = stack.with("ping", machine("pong")).with("pong", machine("ping")).with("alone", machine("alone"));
    let address = |name| Address::new(Kind::StateMachine, name);
    stack.prefers = BTreeMap::from([
        (address("ping"), BTreeSet::from([address("pong")])),
        (address("pong"), BTreeSet::from([address("ping")])),
        (address("alone"), BTreeSet::from([address("alone")])),
        (address("lambda-glue"), BTreeSet::from([address("ping")])),
    ]);
    assert_snapshot!(show(&world(), &stack), @r#"
    1 + policy.GlueInvokePolicy: create
        why: it does not exist
        document: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["glue:StartJobRun","glue:GetJobRun"],"Resource":"*"}]}
        > iam:CreatePolicy
    2 + policy.LambdaInvokePolicy: create
        why: it does not exist
        document: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":"*"}]}
        > iam:CreatePolicy
    3 + role.Role: create (after 1 2)
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/GlueInvokePolicy"
        policies: (absent) -> "arn:aws:iam::123456789012:policy/LambdaInvokePolicy"
        > iam:CreateRole
        > iam:AttachRolePolicy Role GlueInvokePolicy
        > iam:AttachRolePolicy Role LambdaInvokePolicy
    4 + state_machine.alone: create (after 3)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/Role"
        definition: (absent) -> {"StartAt":"Go","States":{"Go":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:alone"},"End":true}}}
        > states:CreateStateMachine
    5 + state_machine.pong: create (after 3)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/Role"
        definition: (absent) -> {"StartAt":"Go","States":{"Go":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:ping"},"End":true}}}
        > states:CreateStateMachine
    6 + state_machine.ping: create (after 3 5)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/Role"
        definition: (absent) -> {"StartAt":"Go","States":{"Go":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:pong"},"End":true}}}
        > states:CreateStateMachine
    7 + state_machine.lambda-glue: create (after 3 6)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/Role"
        definition: (absent) -> {"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true}}}
        > states:CreateStateMachine
    "#);
}
