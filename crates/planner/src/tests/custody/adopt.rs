//! What is there and not ours, and the spec takes over.

use insta::assert_snapshot;
use statewright_spec::{
    Kind, Owner, Resource,
    kind::{job::Script, state_machine::MachineType},
};

use super::{adopting, all_tags, applied, disowned, from, go, on, show, stack, with};
use crate::{
    model::Stack,
    tests::{dump::findings, samples},
};

fn other() -> Stack {
    let mut other = stack();
    other.environment = Some("prod".to_owned());
    other
}

#[test]
fn what_was_made_by_hand_is_taken_over_as_it_is() {
    let mut world = disowned(applied(&stack()));
    let stack = with(stack(), &adopting());
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagPolicy
    2 & role.R: adopt (after 1)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagRole
    3 & state_machine.m: adopt (after 2)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > states:TagResource
    "#);
    go(&mut world, &stack);
    for (address, tags) in all_tags(&world) {
        assert_eq!(tags.get(Owner::TAG).map(String::as_str), Some("etl@us-east-1"), "{address}");
    }
    // What stands in the spec afterwards does nothing.
    assert_snapshot!(show(&world, &stack), @r#"
    unchanged: policy.P role.R state_machine.m
    "#);
}

/// Every change that follows is in the plan, and comes after the tag.
#[test]
fn the_plan_shows_every_change_that_follows() {
    let mut world = disowned(applied(&stack()));
    let role = world.roles.get_mut("R").unwrap();
    role.role.attachments.insert(samples::arn("arn:aws:iam::aws:policy/AdministratorAccess"));
    role.role.inline.insert("by-hand".to_owned(), samples::allow(&["sns:Publish"]));
    role.tags.insert("made-by".to_owned(), "console".to_owned());
    world.machines.get_mut("m").unwrap().machine.tracing = true;
    let stack = with(stack(), &adopting());
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagPolicy
    2 & role.R: adopt, tags (after 1)
        why: it has no owner, and the spec takes it over and changes its tags
        owner: (absent) -> "etl@us-east-1"
        tags.made-by: "console" -> (absent)
        > iam:TagRole
        > iam:UntagRole
    3 & state_machine.m: adopt, tracing (after 2)
        why: it has no owner, and the spec takes it over and changes its tracing
        owner: (absent) -> "etl@us-east-1"
        tracing: true -> false (default)
        > states:TagResource
        > states:UpdateStateMachine R
        > wait for state machine m to show its new definition
    4 ~ role.R: detach 1 policy, delete 1 inline policy (after 1 2 3)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::aws:policy/AdministratorAccess" -> (absent)
        inline.by-hand: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:Publish"],"Resource":"*"}]} -> (absent)
        > iam:DetachRolePolicy R AdministratorAccess
        > iam:DeleteRolePolicy R by-hand
    "#);
    go(&mut world, &stack);
}

#[test]
fn another_stacks_with_its_owner_named() {
    let mut world = applied(&other());
    let stack = with(stack(), &from("etl/prod@us-east-1"));
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it belongs to etl/prod@us-east-1, and the spec takes it over as it is
        owner: "etl/prod@us-east-1" -> "etl@us-east-1"
        > iam:TagPolicy
    2 & role.R: adopt (after 1)
        why: it belongs to etl/prod@us-east-1, and the spec takes it over as it is
        owner: "etl/prod@us-east-1" -> "etl@us-east-1"
        > iam:TagRole
    3 & state_machine.m: adopt (after 2)
        why: it belongs to etl/prod@us-east-1, and the spec takes it over as it is
        owner: "etl/prod@us-east-1" -> "etl@us-east-1"
        > states:TagResource
    "#);
    go(&mut world, &stack);
    assert_snapshot!(show(&world, &stack), @r#"
    unchanged: policy.P role.R state_machine.m
    "#);
    // To the stack that it is taken from it is another's from now on, and what that stack lets go of stays.
    assert_snapshot!(findings(&crate::model::planned(
        &world,
        &other().desired(&world.identity),
        crate::Mode::Apply,
        &crate::Options::default(),
    )), @r#"
    error[PLAN001] policy.P exists and belongs to etl@us-east-1
        at: this stack is etl/prod@us-east-1
        help: `adopt: { from: etl@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the policy another name here (arn:aws:iam::123456789012:policy/P)
    error[PLAN001] role.R exists and belongs to etl@us-east-1
        at: this stack is etl/prod@us-east-1
        help: `adopt: { from: etl@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the role another name here (arn:aws:iam::123456789012:role/R)
    error[PLAN001] state_machine.m exists and belongs to etl@us-east-1
        at: this stack is etl/prod@us-east-1
        help: `adopt: { from: etl@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the state machine another name here (arn:aws:states:us-east-1:123456789012:stateMachine:m)
    "#);
    let empty = Stack { environment: Some("prod".to_owned()), ..Stack::new("etl") };
    assert_snapshot!(show(&world, &empty), @"");
}

/// Only an exact match is taken: the true owner is named.
#[test]
fn a_wrong_owner_is_refused() {
    let world = applied(&other());
    assert_snapshot!(show(&world, &with(stack(), &adopting())), @r#"
    error[PLAN031] policy.P exists and belongs to etl/prod@us-east-1
        at: one without an owner may be taken over
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the policy another name here (arn:aws:iam::123456789012:policy/P)
    error[PLAN031] role.R exists and belongs to etl/prod@us-east-1
        at: one without an owner may be taken over
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the role another name here (arn:aws:iam::123456789012:role/R)
    error[PLAN031] state_machine.m exists and belongs to etl/prod@us-east-1
        at: one without an owner may be taken over
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the state machine another name here (arn:aws:states:us-east-1:123456789012:stateMachine:m)
    "#);
    assert_snapshot!(show(&world, &on(stack(), Kind::Role, "R", from("etl@us-east-1"))), @r#"
    error[PLAN001] policy.P exists and belongs to etl/prod@us-east-1
        at: this stack is etl@us-east-1
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the policy another name here (arn:aws:iam::123456789012:policy/P)
    error[PLAN001] state_machine.m exists and belongs to etl/prod@us-east-1
        at: this stack is etl@us-east-1
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the state machine another name here (arn:aws:states:us-east-1:123456789012:stateMachine:m)
    error[PLAN031] role.R exists and belongs to etl/prod@us-east-1
        at: one of etl@us-east-1 may be taken over
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the role another name here (arn:aws:iam::123456789012:role/R)
    "#);
    let nobodys = disowned(world);
    assert_snapshot!(show(&nobodys, &on(stack(), Kind::Role, "R", from("etl/prod@us-east-1"))), @r#"
    error[PLAN002] policy.P exists and has no owner
        at: this stack is etl@us-east-1
        help: `adopt: true` takes it over; else give the policy another name here (arn:aws:iam::123456789012:policy/P)
    error[PLAN002] state_machine.m exists and has no owner
        at: this stack is etl@us-east-1
        help: `adopt: true` takes it over; else give the state machine another name here (arn:aws:states:us-east-1:123456789012:stateMachine:m)
    error[PLAN031] role.R exists and has no owner
        at: one of etl/prod@us-east-1 may be taken over
        help: `adopt: true` takes it over; else give the role another name here (arn:aws:iam::123456789012:role/R)
    "#);
}

#[test]
fn there_is_nothing_to_take_over() {
    assert_snapshot!(show(&super::world(), &on(stack(), Kind::Role, "R", adopting())), @r#"
    1 + policy.P: create
        why: it does not exist
        document: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]}
        > iam:CreatePolicy
    2 + role.R: create (after 1)
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P"
        > iam:CreateRole
        > iam:AttachRolePolicy R P
    3 + state_machine.m: create (after 2)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/R"
        definition: (absent) -> {"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true}}}
        > states:CreateStateMachine
    note[PLAN033] there is no role R to take over: it is created
        at: asked for here
        help: if there should be one, look at the name, the account and the region
    "#);
}

#[test]
fn what_differs_in_what_cannot_change() {
    let mut hand = stack();
    let Some(Resource::StateMachine(machine)) = hand.resources.get_mut(&super::address(Kind::StateMachine, "m")) else {
        unreachable!()
    };
    machine.machine_type = MachineType::Express;
    let Some(Resource::Role(role)) = hand.resources.get_mut(&super::address(Kind::Role, "R")) else { unreachable!() };
    "/service-role/".clone_into(&mut role.path);
    let Some(Resource::StateMachine(machine)) = hand.resources.get_mut(&super::address(Kind::StateMachine, "m")) else {
        unreachable!()
    };
    machine.role = samples::arn("arn:aws:iam::123456789012:role/service-role/R");
    let mut world = disowned(applied(&hand));
    let mut stack = with(stack(), &adopting());
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagPolicy
    error[PLAN007] role.R would have to be replaced: AWS cannot change the path of a role
        at: differs from the live role
        help: write `path: "/service-role/"` to take it over as it is, or add `replace: allowed` to have it deleted and made anew
    error[PLAN007] state_machine.m would have to be replaced: AWS cannot change the type of a state machine
        at: differs from the live state machine
        help: write `type: "EXPRESS"` to take it over as it is, or add `replace: allowed` to have it deleted and made anew
    "#);
    stack.may_replace = true;
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagPolicy
    2 ± role.R: adopt and replace (after 1)
        why: AWS cannot change the path of a role
        risk: what runs with the role fails from its delete until it is made anew and seen
        owner: (absent) -> "etl@us-east-1"
        path: "/service-role/" -> "/" (default)
        > iam:TagRole
        > iam:DetachRolePolicy R P
        > iam:DeleteRole
        > iam:CreateRole
        > iam:AttachRolePolicy R P
    3 ± state_machine.m: adopt and replace (after 2)
        why: AWS cannot change the type of a state machine
        risk: no execution can be started from the delete to the create, and its history, versions and aliases are lost; Express executions that run end, and cannot be counted
        owner: (absent) -> "etl@us-east-1"
        type: "EXPRESS" -> "STANDARD" (default)
        role: "arn:aws:iam::123456789012:role/service-role/R" -> "arn:aws:iam::123456789012:role/R"
        > states:TagResource
        > states:DeleteStateMachine
        > wait for state machine m to be gone
        > states:CreateStateMachine
    "#);
    go(&mut world, &stack);
}

/// AWS made it for itself, and IAM lets nobody change it.
#[test]
fn a_service_linked_role_is_never_taken_over() {
    let name = "AWSServiceRoleForStates";
    let mut role = samples::role(&[]);
    "/aws-service-role/states.amazonaws.com/".clone_into(&mut role.path);
    let linked = Stack::new("etl").with(name, Resource::Role(role));
    let world = disowned(applied(&linked));
    assert_snapshot!(show(&world, &with(linked.clone(), &adopting())), @r#"
    error[PLAN032] role.AWSServiceRoleForStates is AWS's own and is never taken over
        at: asked for here
        help: take it out of the spec, and name it by its ARN where it is needed: arn:aws:iam::123456789012:role/aws-service-role/states.amazonaws.com/AWSServiceRoleForStates
    "#);
    // Without being asked for either.
    assert!(show(&world, &linked).contains("PLAN002"));
}

#[test]
fn a_name_in_another_case() {
    let mut world = disowned(applied(&Stack::new("etl").with("SHARED", Resource::Role(samples::role(&[])))));
    // As IAM answers to it.
    let role = world.roles.get("SHARED").unwrap().clone();
    world.roles.insert("shared".to_owned(), role);
    let stack = Stack::new("etl").with("shared", Resource::Role(samples::role(&[])));
    assert_snapshot!(show(&world, &with(stack, &adopting())), @r#"
    error[PLAN036] role.shared is called SHARED in AWS, which IAM takes for the same name
        at: spelt otherwise here
        help: write `SHARED` in the spec
    "#);
}

fn with_job(sha: &str) -> Stack {
    let mut job = samples::job("s3://bucket/t.py", samples::role_arn("R"));
    job.script = Some(Script { sha256: sha.repeat(64), bytes: Some(std::sync::Arc::from([1_u8])) });
    stack().with("j", Resource::Job(job))
}

/// The script that the job runs goes with it; any other object stays another's.
#[test]
fn a_job_is_taken_over_with_its_script() {
    let mut world = disowned(applied(&with_job("1")));
    let stack = with(with_job("2"), &adopting());
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagPolicy
    2 & role.R: adopt (after 1)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagRole
    3 & job.j: adopt, script (after 2)
        why: it has no owner, and the spec takes it over and changes its script
        owner: (absent) -> "etl@us-east-1"
        script.content: "sha256:1111111111111111111111111111111111111111111111111111111111111111" -> "sha256:2222222222222222222222222222222222222222222222222222222222222222"
        > glue:TagResource {"statewright:stack": "etl@us-east-1"}
        > glue:TagResource {"statewright:script": "bucket/t.py"}
        > s3:PutObject s3://bucket/t.py
    4 & state_machine.m: adopt (after 2)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > states:TagResource
    "#);
    go(&mut world, &stack);
    let mut world = disowned(applied(&with_job("1")));
    world.jobs.get_mut("j").unwrap().job.script_location = "s3://bucket/elsewhere.py".to_owned();
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagPolicy
    2 & role.R: adopt (after 1)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagRole
    3 & job.j: adopt, script (after 2)
        why: it has no owner, and the spec takes it over and changes its script
        owner: (absent) -> "etl@us-east-1"
        script.location: "s3://bucket/elsewhere.py" -> "s3://bucket/t.py"
        script.content: "sha256:1111111111111111111111111111111111111111111111111111111111111111" -> "sha256:2222222222222222222222222222222222222222222222222222222222222222"
        > glue:TagResource {"statewright:stack": "etl@us-east-1"}
        > glue:TagResource {"statewright:script": "bucket/t.py"}
        > glue:UpdateJob
    4 & state_machine.m: adopt (after 2)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > states:TagResource
    error[PLAN012] the script of job.j would overwrite an object that has no owner
        at: s3://bucket/t.py
        help: upload the script to another place (`to:`), or remove the object there
    "#);
}

/// Lambda wants no write while it is still doing another.
#[test]
fn a_function_that_is_still_changing() {
    let mut function = samples::function("f", samples::role_arn("R"));
    let hand = stack().with("f", Resource::Function(function.clone()));
    let mut world = disowned(applied(&hand));
    world.functions.get_mut("f").unwrap().busy = true;
    function.memory = 512;
    let stack = on(super::stack().with("f", Resource::Function(function)), Kind::Function, "f", adopting());
    let stack = Stack { custody: with(stack.clone(), &adopting()).custody, ..stack };
    assert_snapshot!(show(&world, &stack), @r#"
    1 & policy.P: adopt
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagPolicy
    2 & role.R: adopt (after 1)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > iam:TagRole
    3 & function.f: adopt, memory (after 2)
        why: it has no owner, and the spec takes it over and changes its memory
        owner: (absent) -> "etl@us-east-1"
        memory: 128 (default) -> 512
        > wait for function f to be ready
        > lambda:TagResource
        > lambda:UpdateFunctionConfiguration
        > wait for function f to be ready
    4 & state_machine.m: adopt (after 2 3)
        why: it has no owner, and the spec takes it over as it is
        owner: (absent) -> "etl@us-east-1"
        > states:TagResource
    "#);
    go(&mut world, &stack);
}

/// A target leaves it with whoever has it, and nothing of it is touched for another's sake.
#[test]
fn what_a_target_leaves_out_is_not_ours_yet() {
    let mut world = disowned(applied(&stack()));
    world.policies.get_mut("P").unwrap().tags.insert(Owner::TAG.to_owned(), "etl@us-east-1".to_owned());
    let mut stack = with(stack(), &adopting());
    stack.may_replace = true;
    let Some(Resource::Policy(policy)) = stack.resources.get_mut(&super::address(Kind::Policy, "P")) else {
        unreachable!()
    };
    "described".clone_into(&mut policy.description);
    let options = crate::Options {
        targets: std::collections::BTreeSet::from([super::address(Kind::Policy, "P")]),
        ..crate::Options::default()
    };
    assert_snapshot!(super::show_with(&world, &stack, crate::Mode::Apply, &options), @r#"
    1 ± policy.P: replace
        why: AWS cannot change the description of a policy
        description: (absent) -> "described"
        > iam:DeletePolicy
        > iam:CreatePolicy
    error[PLAN009] policy.P cannot go: it is attached to role/R, not of this stack
        at: declared here
        help: detach it there first, or keep the policy as it is
    note[PLAN014] the plan is limited to targets and leaves out 2 resources
        help: left out: role.R, state_machine.m
    "#);
}
