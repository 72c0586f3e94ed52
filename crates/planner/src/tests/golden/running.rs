//! Executions that run through a change of what their role grants.

use insta::assert_snapshot;
use statewright_spec::{Address, Arn, Kind, Resource, kind::state_machine::MachineType};

use super::{applied, samples, seed, show_with};
use crate::{
    Condition, Mode, Operation, Options, Published,
    model::{Stack, World, apply, planned},
};

/// The seed, in which the definition no longer calls the function and the role no longer may; two executions run.
fn tightened() -> (World, Stack) {
    let mut world = applied(&seed());
    world.machines.get_mut("lambda-glue").unwrap().executions = 2;
    let mut stack = seed();
    change!(stack, Role "Role", |role| role.attachments = samples::set(&["GlueInvokePolicy"]));
    change!(stack, StateMachine "lambda-glue", |machine| {
        machine.definition = serde_json::json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}});
    });
    (world, stack)
}

fn drained() -> Options {
    Options { drain: true, ..Options::default() }
}

#[test]
fn executions_that_lose_a_grant_are_counted() {
    let (world, stack) = tightened();
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &Options::default()), @r#"
    1 ~ state_machine.lambda-glue: definition
        why: live differs from the spec in definition
        definition/StartAt: "Call" -> "Done"
        definition/States/Done: (absent) -> {"Type":"Succeed"}
        definition/States/Call: {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true} -> (absent)
        > states:UpdateStateMachine Role
        > wait for state machine lambda-glue to show its new definition
    2 ~ role.Role: detach 1 policy (after 1)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy
    warning[PLAN040] 2 running executions of state_machine.lambda-glue will lose a grant of role.Role: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        at: declared here
        help: Call will fail: apply with --drain to keep the grant until they have ended
    "#);
}

#[test]
fn a_drain_waits_for_them() {
    let (world, stack) = tightened();
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &drained()), @r#"
    1 ~ state_machine.lambda-glue: definition
        why: live differs from the spec in definition
        definition/StartAt: "Call" -> "Done"
        definition/States/Done: (absent) -> {"Type":"Succeed"}
        definition/States/Call: {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true} -> (absent)
        > states:UpdateStateMachine Role
        > wait for state machine lambda-glue to show its new definition
    2 ~ role.Role: detach 1 policy (after 1)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: it waits for the executions that still need what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > wait for the executions of lambda-glue that still need of Role: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract, to end
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy
    note[PLAN040] 2 running executions of state_machine.lambda-glue still need what role.Role no longer grants: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        at: declared here
        help: --drain keeps it until they have ended, for Call
    "#);
}

#[test]
fn a_drain_that_was_cut_short_goes_on() {
    // The machine has its new definition, and its executions still the old one.
    let (mut world, stack) = tightened();
    let live = world.machines.get_mut("lambda-glue").unwrap();
    live.started_with = Some((live.machine.role.clone(), live.machine.definition.clone()));
    live.machine.definition = serde_json::json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}});
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &drained()), @r#"
    1 ~ role.Role: detach 1 policy
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: it waits for the executions that still need what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > wait for the executions of lambda-glue that still need of Role: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract, to end
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy state_machine.lambda-glue
    note[PLAN040] 2 running executions of state_machine.lambda-glue still need what role.Role no longer grants: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        at: declared here
        help: --drain keeps it until they have ended, for Call
    "#);
}

#[test]
fn an_alias_leads_to_a_version_that_loses_a_grant() {
    let (mut world, stack) = tightened();
    let live = world.machines.get_mut("lambda-glue").unwrap();
    live.executions = 0;
    let version = |number, aliases: &[&str], definition: &serde_json::Value| Published {
        number,
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        role: live.machine.role.clone(),
        definition: definition.clone(),
    };
    let needless = serde_json::json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}});
    live.published = vec![
        version(3, &["prod", "night"], &live.machine.definition),
        version(4, &["next"], &needless),
        Published {
            role: Arn::parse("arn:aws:iam::123456789012:role/Other").unwrap(),
            ..version(5, &["other"], &live.machine.definition)
        },
    ];
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &drained()), @r#"
    1 ~ state_machine.lambda-glue: definition
        why: live differs from the spec in definition
        definition/StartAt: "Call" -> "Done"
        definition/States/Done: (absent) -> {"Type":"Succeed"}
        definition/States/Call: {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true} -> (absent)
        > states:UpdateStateMachine Role
        > wait for state machine lambda-glue to show its new definition
    2 ~ role.Role: detach 1 policy (after 1)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy
    warning[PLAN040] aliases night, prod of state_machine.lambda-glue start version 3, which will lose a grant of role.Role: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        at: declared here
        help: its executions will fail at Call: keep the grant until no alias leads to it
    "#);
}

/// The machine has another role by now, and another machine works with the one before.
#[test]
fn a_version_keeps_its_role_whatever_its_machine_has_become() {
    let stack = |granted: &[&str]| {
        Stack::new("s")
            .with("Invoke", Resource::Policy(samples::policy(&["lambda:InvokeFunction"])))
            .with("Old", Resource::Role(samples::role(granted)))
            .with("New", Resource::Role(samples::role(&["Invoke"])))
            .with("m", Resource::StateMachine(samples::machine("New")))
            .with("n", Resource::StateMachine(samples::machine("Old")))
    };
    let mut world = applied(&stack(&["Invoke"]));
    let role = world.machines["n"].machine.role.clone();
    let live = world.machines.get_mut("m").unwrap();
    let definition = live.machine.definition.clone();
    live.published = vec![Published { number: 1, aliases: ["prod".to_owned()].into(), role, definition }];
    let plan = show_with(&world, &stack(&[]), Mode::Apply, &drained());
    assert!(
        plan.contains("alias prod of state_machine.m starts version 1, which will lose a grant of role.Old"),
        "{plan}"
    );
}

#[test]
fn executions_that_need_nothing_of_it_lose_nothing() {
    let (mut world, stack) = tightened();
    let live = world.machines.get_mut("lambda-glue").unwrap();
    let needless =
        serde_json::json!({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 9, "End": true}}});
    live.started_with = Some((live.machine.role.clone(), needless));
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &drained()), @r#"
    1 ~ state_machine.lambda-glue: definition
        why: live differs from the spec in definition
        definition/StartAt: "Call" -> "Done"
        definition/States/Done: (absent) -> {"Type":"Succeed"}
        definition/States/Call: {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true} -> (absent)
        > states:UpdateStateMachine Role
        > wait for state machine lambda-glue to show its new definition
    2 ~ role.Role: detach 1 policy (after 1)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy
    "#);
}

#[test]
fn a_machine_that_gets_another_role_leaves_executions_on_the_old_one() {
    let stack = |role: &str| {
        Stack::new("s")
            .with("Invoke", Resource::Policy(samples::policy(&["lambda:InvokeFunction"])))
            .with(role, Resource::Role(samples::role(&["Invoke"])))
            .with("m", Resource::StateMachine(samples::machine(role)))
    };
    let mut world = applied(&stack("Old"));
    world.machines.get_mut("m").unwrap().executions = 1;
    assert_snapshot!(show_with(&world, &stack("New"), Mode::Apply, &drained()), @r#"
    1 + role.New: create
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/Invoke"
        > iam:CreateRole
        > iam:AttachRolePolicy New Invoke
    2 ~ state_machine.m: role (after 1)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/Old" -> "arn:aws:iam::123456789012:role/New"
        > wait for what role.New newly grants to be in force everywhere
        > states:UpdateStateMachine New
        > wait for state machine m to show its new definition
    3 - role.Old: delete (after 2)
        why: it belongs to s@us-east-1 and is no longer in the spec
        risk: it waits for the executions that still need what goes
        > wait for the executions of m that still need of Old: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract, to end
        > iam:DetachRolePolicy Old Invoke
        > iam:DeleteRole
    unchanged: policy.Invoke
    note[PLAN040] 1 running execution of state_machine.m still needs what role.Old no longer grants: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        help: --drain keeps it until it has ended, for Call
    "#);
}

#[test]
fn what_is_made_anew_has_a_gap() {
    let mut world = applied(&seed());
    world.machines.get_mut("lambda-glue").unwrap().executions = 1;
    let mut stack = seed();
    stack.may_replace = true;
    change!(stack, Policy "LambdaInvokePolicy", |policy| "told anew".clone_into(&mut policy.description));
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &drained()), @r#"
    1 ± policy.LambdaInvokePolicy: replace
        why: AWS cannot change the description of a policy
        risk: its grants are missing on role.Role from the detach to the attach
        description: (absent) -> "told anew"
        > iam:DetachRolePolicy Role LambdaInvokePolicy
        > iam:DeletePolicy
        > iam:CreatePolicy
        > iam:AttachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy role.Role state_machine.lambda-glue
    warning[PLAN040] 1 running execution of state_machine.lambda-glue will be without a grant of role.Role while it is made anew: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        at: declared here
        help: a call of Call in that gap fails: apply when it has ended, or rely on a Retry
    "#);
}

/// The same on an Express machine, whose executions nobody can count.
fn tightened_express() -> (World, Stack) {
    let express = |mut stack: Stack| {
        change!(stack, StateMachine "lambda-glue", |machine| machine.machine_type = MachineType::Express);
        stack
    };
    (applied(&express(seed())), express(tightened().1))
}

#[test]
fn express_executions_may_lose_a_grant() {
    let (world, stack) = tightened_express();
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &Options::default()), @r#"
    1 ~ state_machine.lambda-glue: definition
        why: live differs from the spec in definition
        definition/StartAt: "Call" -> "Done"
        definition/States/Done: (absent) -> {"Type":"Succeed"}
        definition/States/Call: {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true} -> (absent)
        > states:UpdateStateMachine Role
        > wait for state machine lambda-glue to show its new definition
    2 ~ role.Role: detach 1 policy (after 1)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy
    warning[PLAN040] Express executions of state_machine.lambda-glue that still run then will lose a grant of role.Role: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        at: declared here
        help: they cannot be counted, and run for five minutes at most: apply with --drain to keep the grant so long
    "#);
}

#[test]
fn a_drain_gives_express_executions_their_five_minutes() {
    let (mut world, stack) = tightened_express();
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &drained()), @r#"
    1 ~ state_machine.lambda-glue: definition
        why: live differs from the spec in definition
        definition/StartAt: "Call" -> "Done"
        definition/States/Done: (absent) -> {"Type":"Succeed"}
        definition/States/Call: {"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true} -> (absent)
        > states:UpdateStateMachine Role
        > wait for state machine lambda-glue to show its new definition
    2 ~ role.Role: detach 1 policy (after 1)
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: it waits for the executions that still need what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > wait for the Express executions of lambda-glue to end (five minutes at most)
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy
    note[PLAN040] Express executions of state_machine.lambda-glue may still need what role.Role no longer grants: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:extract
        at: declared here
        help: they cannot be counted: --drain keeps it for five minutes after the update, the longest that they run
    "#);
    // Cut short after the machine's update: what its executions started with is not known any more.
    let wanted = stack.resources[&Address::new(Kind::StateMachine, "lambda-glue")].clone();
    let Resource::StateMachine(wanted) = wanted else { unreachable!() };
    world.machines.get_mut("lambda-glue").unwrap().machine.definition = wanted.definition;
    assert_snapshot!(show_with(&world, &stack, Mode::Apply, &drained()), @r#"
    1 ~ role.Role: detach 1 policy
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: it waits for the executions that still need what goes
        policies: "arn:aws:iam::123456789012:policy/LambdaInvokePolicy" -> (absent)
        > wait for the Express executions of lambda-glue to end (five minutes at most)
        > iam:DetachRolePolicy Role LambdaInvokePolicy
    unchanged: policy.GlueInvokePolicy policy.LambdaInvokePolicy state_machine.lambda-glue
    "#);
    let shown = show_with(&world, &stack, Mode::Apply, &Options::default());
    assert!(!shown.contains("PLAN040"), "{shown}");
}

/// A schedule may start one while the question stands, or while the steps before run.
#[test]
fn an_execution_that_a_schedule_started_after_the_plan_is_not_ended() {
    let stack = seed();
    let mut replaced = seed();
    replaced.may_replace = true;
    change!(replaced, StateMachine "lambda-glue", |machine| machine.machine_type = MachineType::Express);
    for (stack, mode) in [(&stack, Mode::Destroy), (&replaced, Mode::Apply)] {
        let mut world = applied(&seed());
        let plan = planned(&world, &stack.desired(&world.identity), mode, &Options::default());
        world.machines.get_mut("lambda-glue").unwrap().executions = 1;
        let (refused, _) = *apply(&mut world, &plan, |_, _, _| true).unwrap_err();
        assert!(matches!(refused, Operation::Wait(Condition::Idle { .. })), "{refused:?}");
        assert_eq!(world.ended, 0);
        assert!(!world.machines["lambda-glue"].deleting);
    }
}

#[test]
fn an_express_machine_that_goes_is_not_looked_at() {
    let mut stack = seed();
    change!(stack, StateMachine "lambda-glue", |machine| machine.machine_type = MachineType::Express);
    let shown = show_with(&applied(&stack), &stack, Mode::Destroy, &Options::default());
    assert!(shown.contains("> states:DeleteStateMachine") && !shown.contains("running execution"), "{shown}");
}
