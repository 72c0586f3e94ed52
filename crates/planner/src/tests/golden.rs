//! Plans as they look.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use insta::assert_snapshot;
use serde_json::json;
use statewright_spec::{
    Address, Kind, Resource, Secret,
    kind::{
        function::{Code, ObjectCode},
        job::Script,
        state_machine::{LogLevel, Logging, MachineType},
    },
};

use super::{dump::dump, generate::world, samples};
use crate::{
    Executions, Mode, Options,
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

macro_rules! change {
    ($stack:expr, $kind:ident $name:literal, |$resource:ident| $body:expr) => {
        change(&mut $stack, Kind::$kind, $name, |resource| {
            let Resource::$kind($resource) = resource else { unreachable!() };
            $body;
        })
    };
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
fn grants_grow_before_and_shrink_after() {
    let mut stack = seed();
    change!(stack, Policy "GlueInvokePolicy", |policy| policy.document = samples::allow(&["glue:StartJobRun", "sns:Publish"]));
    change!(stack, Role "Role", |role| {
        role.attachments = samples::set(&["GlueInvokePolicy"]);
        role.inline.insert("Read".to_owned(), samples::allow(&["s3:GetObject"]));
        role.trust = samples::trust(&["states.amazonaws.com", "scheduler.amazonaws.com"]);
    });
    change!(stack, StateMachine "lambda-glue", |machine| machine.definition = samples::definition("other", 60));
    assert_snapshot!(show(&applied(&seed()), &stack), @r#"
    1 ~ policy.GlueInvokePolicy: document
        why: live differs from the spec in document
        document/Statement[0]/Action[1]: "glue:GetJobRun" -> "sns:Publish"
        > iam:CreatePolicyVersion [{"Effect":"Allow","Action":["glue:StartJobRun","sns:Publish"],"Resource":"*"},{"Effect":"Allow","Action":["glue:StartJobRun","glue:GetJobRun"],"Resource":"*"}]
    2 ~ role.Role: trust, put 1 inline policy (after 1)
        why: live differs from the spec in trust and inline
        trust/Statement[0]/Principal/Service[1]: (absent) -> "scheduler.amazonaws.com"
        inline.Read: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]}
        > iam:UpdateAssumeRolePolicy
        > iam:PutRolePolicy Role Read [{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]
    3 ~ state_machine.lambda-glue: definition (after 2)
        why: live differs from the spec in definition
        definition/States/Call/Parameters/FunctionName: "arn:aws:lambda:us-east-1:123456789012:function:extract" -> "arn:aws:lambda:us-east-1:123456789012:function:other"
        > states:UpdateStateMachine Role
        > wait for state machine lambda-glue to show its new definition
    4 ~ role.Role: detach 1 policy (after 1 2 3)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    5 ~ policy.GlueInvokePolicy: take away what is no longer granted (after 1 2 3)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        > iam:CreatePolicyVersion [{"Effect":"Allow","Action":["glue:StartJobRun","sns:Publish"],"Resource":"*"}]
    unchanged: policy.LambdaInvokePolicy
    "#);
}

#[test]
fn a_fifth_version_is_pruned() {
    let mut world = applied(&seed());
    let policy = world.policies.get_mut("GlueInvokePolicy").unwrap();
    policy.versions = (1..=5).map(|n| (n, policy.versions[0].1.clone())).collect();
    (policy.default, policy.next) = (3, 6);
    let mut stack = seed();
    change!(stack, Policy "GlueInvokePolicy", |policy| policy.document = samples::allow(&["glue:StartJobRun", "sns:Publish"]));
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ policy.GlueInvokePolicy: document
        why: live differs from the spec in document
        document/Statement[0]/Action[1]: "glue:GetJobRun" -> "sns:Publish"
        > iam:DeletePolicyVersion v1
        > iam:CreatePolicyVersion [{"Effect":"Allow","Action":["glue:StartJobRun","sns:Publish"],"Resource":"*"},{"Effect":"Allow","Action":["glue:StartJobRun","glue:GetJobRun"],"Resource":"*"}]
    2 ~ policy.GlueInvokePolicy: take away what is no longer granted (after 1)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        > iam:DeletePolicyVersion v2
        > iam:CreatePolicyVersion [{"Effect":"Allow","Action":["glue:StartJobRun","sns:Publish"],"Resource":"*"}]
    unchanged: policy.LambdaInvokePolicy role.Role state_machine.lambda-glue
    "#);
}

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
        risk: no execution can be started from the delete to the create, and the history is lost; it waits for 2 running executions
        type: "STANDARD" (default) -> "EXPRESS"
        > wait for the executions of lambda-glue to end
        > states:DeleteStateMachine
        > wait for state machine lambda-glue to be gone
        > states:CreateStateMachine
    unchanged: policy.LambdaInvokePolicy role.Role
    "#);
}

#[test]
fn a_role_with_another_path() {
    let mut stack = seed().with("f", Resource::Function(samples::function("f", samples::role_arn("Role"))));
    let world = applied(&stack);
    stack.may_replace = true;
    let role = samples::arn("arn:aws:iam::123456789012:role/team/Role");
    change!(stack, Role "Role", |role| "/team/".clone_into(&mut role.path));
    change!(stack, StateMachine "lambda-glue", |machine| machine.role = role.clone());
    change!(stack, Function "f", |function| function.role = role.clone());
    assert_snapshot!(show(&world, &stack), @r#"
    1 ± role.Role: replace
        why: AWS cannot change the path of a role
        risk: what runs with the role fails from its delete until it is made anew and seen
        path: "/" (default) -> "/team/"
        > iam:DetachRolePolicy Role GlueInvokePolicy
        > iam:DetachRolePolicy Role LambdaInvokePolicy
        > iam:DeleteRole
        > iam:CreateRole
        > iam:AttachRolePolicy Role GlueInvokePolicy
        > iam:AttachRolePolicy Role LambdaInvokePolicy
    2 ~ function.f: role (after 1)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/Role" -> "arn:aws:iam::123456789012:role/team/Role"
        > lambda:UpdateFunctionConfiguration
        > wait for function f to be ready
    3 ~ state_machine.lambda-glue: role (after 1 2)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/Role" -> "arn:aws:iam::123456789012:role/team/Role"
        > states:UpdateStateMachine Role
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy
    "#);
}

#[test]
fn a_role_that_somebody_deleted() {
    let stack = seed().with("f", Resource::Function(samples::function("f", samples::role_arn("Role"))));
    let mut world = applied(&stack);
    world.roles.remove("Role");
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ function.f: mark to be given its role anew
        why: its role is made anew, and its environment is encrypted for the one before
        > lambda:TagResource
    2 + role.Role: create (after 1)
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/GlueInvokePolicy"
        policies: (absent) -> "arn:aws:iam::123456789012:policy/LambdaInvokePolicy"
        > iam:CreateRole
        > iam:AttachRolePolicy Role GlueInvokePolicy
        > iam:AttachRolePolicy Role LambdaInvokePolicy
    3 ~ function.f: give the role anew (after 1 2)
        why: its role is made anew, and its environment is encrypted for the one before
        > lambda:UpdateFunctionConfiguration
        > wait for function f to be ready
        > lambda:UntagResource
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy state_machine.lambda-glue
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
        risk: its history is lost
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
        > s3:PutObject s3://bucket/transform.py
        > glue:CreateJob {"statewright:script": "bucket/transform.py", "statewright:stack": "nightly@us-east-1"}
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
fn destroy_in_reverse() {
    let stack = nightly();
    let mut world = applied(&stack);
    world.machines.get_mut("nightly").unwrap().executions = 1;
    let options = Options { executions: Executions::Stop, ..Options::default() };
    assert_snapshot!(show_with(&world, &stack, Mode::Destroy, &options), @r#"
    1 - state_machine.nightly: delete
        why: the stack is destroyed
        risk: its history is lost; it stops 1 running execution
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
fn a_script_moves() {
    let mut stack = nightly();
    let world = applied(&stack);
    change!(stack, Job "transform", |job| "s3://bucket/new/transform.py".clone_into(&mut job.script_location));
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ job.transform: script, remove the former script
        why: live differs from the spec in script
        script.location: "s3://bucket/transform.py" -> "s3://bucket/new/transform.py"
        script.content: (absent) -> "sha256:1111111111111111111111111111111111111111111111111111111111111111"
        > s3:PutObject s3://bucket/new/transform.py
        > glue:UpdateJob
        > s3:DeleteObject s3://bucket/transform.py
        > glue:TagResource {"statewright:script": "bucket/new/transform.py"}
    unchanged: policy.Invoke role.ExtractRole role.JobRole role.Role log_group./aws/lambda/extract log_group./aws/vendedlogs/states/nightly function.extract state_machine.nightly
    "#);
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
        > s3:PutObject s3://bucket/transform.py
        > glue:CreateJob {"statewright:script": "bucket/transform.py", "statewright:stack": "nightly@us-east-1"}
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

#[test]
fn more_policies_than_fit_side_by_side() {
    let many = |names: std::ops::Range<usize>| {
        let names: Vec<String> = names.map(|n| format!("P{n}")).collect();
        samples::role(&names.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let stack = |range: std::ops::Range<usize>| {
        let all = (0..12).map(|n| (format!("P{n}"), Resource::Policy(samples::policy(&["s3:GetObject"]))));
        let stack = all.fold(Stack::new("many"), |stack, (name, policy)| stack.with(&name, policy));
        stack.with("Role", Resource::Role(many(range)))
    };
    assert_snapshot!(show(&applied(&stack(0..8)), &stack(4..12)), @r#"
    1 ~ role.Role: attach 4 policies, detach 4 policies
        why: live differs from the spec in policies
        risk: the set of policies gives and takes in one call: the old and the new together are 12 of 10
        policies: "arn:aws:iam::123456789012:policy/P0" -> (absent)
        policies: "arn:aws:iam::123456789012:policy/P1" -> (absent)
        policies: "arn:aws:iam::123456789012:policy/P2" -> (absent)
        policies: "arn:aws:iam::123456789012:policy/P3" -> (absent)
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P10"
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P11"
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P8"
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P9"
        > iam:DetachRolePolicy Role P0
        > iam:DetachRolePolicy Role P1
        > iam:DetachRolePolicy Role P2
        > iam:DetachRolePolicy Role P3
        > iam:AttachRolePolicy Role P10
        > iam:AttachRolePolicy Role P11
        > iam:AttachRolePolicy Role P8
        > iam:AttachRolePolicy Role P9
    unchanged: policy.P0 policy.P1 policy.P10 policy.P11 policy.P2 policy.P3 policy.P4 policy.P5 policy.P6 policy.P7 policy.P8 policy.P9
    "#);
}
