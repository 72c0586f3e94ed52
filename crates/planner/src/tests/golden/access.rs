//! Roles and policies.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use statewright_spec::{Address, Kind, Resource};

use super::{applied, samples, seed, show, show_with};
use crate::{
    Mode, Options,
    model::{Stack, apply, planned},
};

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
        > wait for what policy.GlueInvokePolicy, role.Role newly grants to be in force everywhere
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
    note[PLAN041] policy.GlueInvokePolicy has 5 versions at most: v1 and v2 go to make room
        at: another version
        help: nothing is lost but the way back to it: the oldest goes, never the default
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
    1 ~ function.f: mark to be given its role anew
        why: its role is made anew, and its environment is encrypted for the one before
        > lambda:TagResource
    2 ± role.Role: replace (after 1)
        why: AWS cannot change the path of a role
        risk: what runs with the role fails from its delete until it is made anew and seen
        path: "/" (default) -> "/team/"
        > iam:DetachRolePolicy Role GlueInvokePolicy
        > iam:DetachRolePolicy Role LambdaInvokePolicy
        > iam:DeleteRole
        > iam:CreateRole
        > iam:AttachRolePolicy Role GlueInvokePolicy
        > iam:AttachRolePolicy Role LambdaInvokePolicy
    3 ~ function.f: role (after 1 2)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/Role" -> "arn:aws:iam::123456789012:role/team/Role"
        > wait for what role.Role newly grants to be in force everywhere
        > lambda:UpdateFunctionConfiguration
        > wait for function f to be ready
        > lambda:UntagResource
    4 ~ state_machine.lambda-glue: role (after 2 3)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/Role" -> "arn:aws:iam::123456789012:role/team/Role"
        > wait for what role.Role newly grants to be in force everywhere
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
        > wait for what role.Role newly grants to be in force everywhere
        > lambda:UpdateFunctionConfiguration
        > wait for function f to be ready
        > lambda:UntagResource
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy state_machine.lambda-glue
    "#);
}

/// Once the role is there, nothing would tell that the function holds the one before it.
#[test]
fn a_target_on_a_role_that_somebody_deleted() {
    let stack = seed()
        .with("f", Resource::Function(samples::function("f", samples::role_arn("Role"))))
        .with("Other", Resource::Role(samples::role(&[])))
        .with("g", Resource::Function(samples::function("g", samples::role_arn("Other"))));
    let mut world = applied(&stack);
    world.roles.remove("Role");
    let targets = BTreeSet::from([Address::new(Kind::Role, "Role")]);
    let options = Options { targets, ..Options::default() };
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &options);
    let steps: Vec<_> = plan.steps.iter().map(|step| format!("{} {}", step.address, step.title)).collect();
    assert_eq!(
        steps,
        ["function.f mark to be given its role anew", "role.Role create", "function.f give the role anew"]
    );
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    assert_eq!(world.functions["f"].role_id, world.roles["Role"].id);
    // One that is no longer declared is left out, and left.
    world.roles.remove("Role");
    let mut left = stack.clone();
    left.resources.remove(&Address::new(Kind::Function, "f"));
    let plan = planned(&world, &left.desired(&world.identity), Mode::Apply, &options);
    assert_eq!(plan.steps.iter().map(|step| step.address.to_string()).collect::<Vec<_>>(), ["role.Role"]);
}

#[test]
fn a_target_takes_what_something_left_out_needs() {
    let mut stack = seed();
    let world = applied(&stack);
    change!(stack, Policy "GlueInvokePolicy", |policy| policy.document = samples::allow(&["glue:GetJobRun"]));
    let targets = BTreeSet::from([Address::new(Kind::Role, "Role")]);
    let options = Options { targets, ..Options::default() };
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &options), @r#"
    1 ~ policy.GlueInvokePolicy: narrow the document
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes; state_machine.lambda-glue may still need what goes, and the targets leave it out
        document/Statement[0]/Action[0]: "glue:StartJobRun" -> (absent)
        > iam:CreatePolicyVersion [{"Effect":"Allow","Action":["glue:GetJobRun"],"Resource":"*"}]
    unchanged: policy.LambdaInvokePolicy role.Role
    note[PLAN014] the plan is limited to targets and leaves out 1 resource
        help: left out: state_machine.lambda-glue
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

#[test]
fn a_replaced_policy_stays_on_a_role_that_is_left_out() {
    let mut stack = seed();
    let world = applied(&stack);
    stack.may_replace = true;
    change!(stack, Policy "GlueInvokePolicy", |policy| "described".clone_into(&mut policy.description));
    let targets = BTreeSet::from([Address::new(Kind::Policy, "GlueInvokePolicy")]);
    let options = Options { targets, ..Options::default() };
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &options), @r#"
    1 ± policy.GlueInvokePolicy: replace
        why: AWS cannot change the description of a policy
        risk: its grants are missing on role.Role from the detach to the attach
        description: (absent) -> "described"
        > iam:DetachRolePolicy Role GlueInvokePolicy
        > iam:DeletePolicy
        > iam:CreatePolicy
        > iam:AttachRolePolicy Role GlueInvokePolicy
    note[PLAN014] the plan is limited to targets and leaves out 3 resources
        help: left out: policy.LambdaInvokePolicy, role.Role, state_machine.lambda-glue
    "#);
}
