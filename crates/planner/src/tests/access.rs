//! What a plan gives and takes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use statewright_iam::access::Access;
use statewright_source::{FileId, Span};
use statewright_spec::{Address, Guard, Kind, Resource, Secret};

use super::{
    generate::{Scope, dice, world},
    grants::granted,
    laws::{cases, interleaved, pair, plan_of},
    samples,
};
use crate::{
    Answer, Live, Mode, Options, Plan, Question, Refusal, RefusalKind, codes,
    model::{Stack, World, apply, read},
    plan, questions,
};

fn applied(stack: &Stack) -> World {
    let mut world = world();
    let plan = plan_of(&world, stack, Mode::Apply);
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    world
}

/// A line a grant, role by role.
fn show(plan: &Plan) -> String {
    let mut out = String::new();
    for (address, changes) in &plan.access {
        let through: Vec<String> = changes.through.iter().map(ToString::to_string).collect();
        let through = if through.is_empty() { String::new() } else { format!(" (through {})", through.join(" ")) };
        let _ = writeln!(out, "{address}{through}{}", if changes.broadens() { " broadens" } else { "" });
        for (name, part) in [("grants", &changes.grants), ("boundary", &changes.boundary), ("trust", &changes.trust)] {
            let sides = part.broadens.iter().map(|a| ("+", a)).chain(part.narrows.iter().map(|a| ("-", a)));
            for (sign, access) in sides {
                let _ = writeln!(out, "  {sign} {name} {}", line(access));
            }
            out.push_str(if part.uncertain { "  ? cannot be compared\n" } else { "" });
        }
        for unread in &changes.unread {
            let _ = writeln!(out, "  ? {unread}");
        }
    }
    out
}

fn line(access: &Access) -> String {
    let levels: Vec<&str> = access.levels.iter().map(|l| l.as_str()).collect();
    let parts = [
        if access.by_deny { "deny" } else { "allow" }.to_owned(),
        access.actions.join(","),
        format!("on {}", access.resources.join(",")),
        format!("by {}", access.principals.join(",")),
        format!("if {}", access.conditions.join(" and ")),
        format!("[{}]{}", levels.join(","), if access.danger { " danger" } else { "" }),
    ];
    parts.into_iter().filter(|part| !["on ", "by ", "if "].contains(&part.as_str())).collect::<Vec<_>>().join(" ")
}

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn stack() -> Stack {
    let mut role = samples::role(&["P"]);
    role.inline.insert("Own".to_owned(), samples::allow(&["glue:GetJob"]));
    Stack::new("etl")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject", "s3:PutObject"])))
        .with("Q", Resource::Policy(samples::policy(&["sqs:SendMessage"])))
        .with("R", Resource::Role(role))
}

fn role_of(stack: &mut Stack) -> &mut statewright_spec::kind::role::Role {
    let Some(Resource::Role(role)) = stack.resources.get_mut(&Address::new(Kind::Role, "R")) else { unreachable!() };
    role
}

fn policy_of<'s>(stack: &'s mut Stack, name: &str) -> &'s mut Value {
    let found = stack.resources.get_mut(&Address::new(Kind::Policy, name));
    let Some(Resource::Policy(policy)) = found else { unreachable!() };
    &mut policy.document
}

#[test]
fn what_is_new_gives_and_what_stays_says_nothing() {
    assert_snapshot!(show(&plan_of(&world(), &stack(), Mode::Apply)), @"
    policy.P (through role.R) broadens
      + grants allow s3:GetObject,s3:PutObject on * [Read,Write]
    policy.Q broadens
      + grants allow sqs:SendMessage on * [Write]
    role.R broadens
      + grants allow glue:GetJob on * [Read]
      + grants allow s3:GetObject,s3:PutObject on * [Read,Write]
      + trust allow sts:AssumeRole by states.amazonaws.com [Write]
    ");
    let world = applied(&stack());
    assert_eq!(show(&plan_of(&world, &stack(), Mode::Apply)), "");
    assert_eq!(show(&plan_of(&world, &stack(), Mode::Destroy)), "");
}

#[test]
fn grants_that_only_move_change_nothing_of_the_role() {
    let world = applied(&stack());
    let mut moved = stack();
    *policy_of(&mut moved, "P") = samples::allow(&["s3:GetObject", "glue:GetJob"]);
    role_of(&mut moved).inline = BTreeMap::from([("Other".to_owned(), samples::allow(&["s3:PutObject"]))]);
    assert_snapshot!(show(&plan_of(&world, &moved, Mode::Apply)), @"
    policy.P broadens
      + grants allow glue:GetJob on * [Read]
      - grants allow s3:PutObject on * [Write]
    ");
}

#[test]
fn by_action_resource_level_and_danger() {
    let mut before = stack();
    let topic = |name: &str| format!("arn:aws:sns:us-east-1:123456789012:{name}");
    *policy_of(&mut before, "P") = policy(&json!([
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": [topic("a"), topic("b")]},
        {"Effect": "Allow", "Action": "glue:Get*", "Resource": "*"},
        {"Effect": "Deny", "Action": "glue:DeleteJob", "Resource": "*"}]));
    let world = applied(&before);
    let mut after = before.clone();
    *policy_of(&mut after, "P") = policy(&json!([
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": [topic("b"), topic("c")]},
        {"Effect": "Allow", "Action": "glue:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:PassRole", "iam:PutRolePolicy"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/job"}]));
    role_of(&mut after).trust = policy(
        &json!([{"Effect": "Allow", "Principal": {"Service": ["states.amazonaws.com", "scheduler.amazonaws.com"], "AWS": "*"}, "Action": "sts:AssumeRole"}]),
    );
    assert_snapshot!(show(&plan_of(&world, &after, Mode::Apply)));
    assert_snapshot!(show(&plan_of(&applied(&after), &before, Mode::Apply)));
}

#[test]
fn a_boundary_takes_what_lies_beyond_it() {
    let mut bounded = stack();
    role_of(&mut bounded).permissions_boundary = Some(samples::policy_arn("Q"));
    assert_snapshot!(show(&plan_of(&applied(&stack()), &bounded, Mode::Apply)));
    assert_snapshot!(show(&plan_of(&applied(&bounded), &stack(), Mode::Apply)));
}

#[test]
fn policies_that_are_only_named_are_asked_for_where_they_come_or_go() {
    let mut after = stack();
    role_of(&mut after).attachments = samples::set(&["P", "Theirs"]);
    let world = applied(&stack());
    let desired = after.desired(&world.identity);
    let options = Options::default();
    let question = Question::PolicyDocument(samples::policy_arn("Theirs"));
    let live = |answer: Option<Answer>| -> Live {
        let mut live = read(&world, &desired, Mode::Apply, &options);
        live.answers.remove(&question);
        live.answers.extend(answer.map(|answer| (question.clone(), answer)));
        live
    };
    assert!(questions(&desired, &live(None), Mode::Apply, &options).contains(&question));
    let told = |answer| show(&plan(&desired, &live(Some(answer)), &options));
    assert_snapshot!(told(Answer::PolicyDocument(Some(samples::allow(&["sqs:*"])))));
    let refusal = Refusal {
        kind: RefusalKind::Denied,
        call: "iam:GetPolicy".to_owned(),
        code: "AccessDenied".to_owned(),
        message: "no".to_owned(),
        request_id: None,
    };
    assert_snapshot!(told(Answer::Unreadable(refusal)));
    // What hangs there before and after is not asked for.
    let desired = stack().desired(&world.identity);
    assert_eq!(questions(&desired, &read(&world, &desired, Mode::Apply, &options), Mode::Apply, &options), [].into());
}

#[test]
fn a_guard_is_told_where_permissions_broaden() {
    let told = |guard: Option<Guard>, before: &Stack, after: &Stack| {
        let after = Stack { guard, ..after.clone() };
        let plan = plan_of(&applied(before), &after, Mode::Apply);
        let told: Vec<String> =
            plan.findings.iter().filter(|f| f.code == codes::BROADENS).map(|f| f.title.clone()).collect();
        assert_eq!(plan.is_guarded(), !told.is_empty());
        told
    };
    let guard = || Some(Guard::NoBroadening { span: Span::new(FileId(0), 0, 0) });
    let mut less = stack();
    *policy_of(&mut less, "P") = samples::allow(&["s3:GetObject"]);
    assert_eq!(
        told(guard(), &less, &stack()),
        ["the plan broadens what role.R allows, and the spec guards against it"]
    );
    assert_eq!(told(guard(), &stack(), &less), Vec::<String>::new());
    assert_eq!(told(guard(), &stack(), &stack()), Vec::<String>::new());
    assert_eq!(told(None, &less, &stack()), Vec::<String>::new());
}

#[test]
fn secrets_are_not_shown() {
    let mut secret = stack();
    secret.secrets = vec![Secret::new("s3cr3t")];
    *policy_of(&mut secret, "P") = policy(
        &json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:UserAgent": "s3cr3t"}}}]),
    );
    let shown = show(&plan_of(&world(), &secret, Mode::Apply));
    assert!(shown.contains("(sensitive)") && !shown.contains("s3cr3t"), "{shown}");
}

proptest! {
    #![proptest_config(cases(100))]

    /// A role is said to allow more exactly where it grants an action after the plan that it did not grant before, and less
    /// where it no longer grants one (documents of the generator allow on everything).
    #[test]
    fn a_plan_says_what_evaluation_finds(mut dice in dice()) {
        let mut world = world();
        let (a, b) = pair(&mut dice, &world, Scope { replaces: false });
        let first = plan_of(&world, &a, Mode::Apply);
        interleaved(&mut world, &first, &mut dice, |_, _, _| {});
        let plan = plan_of(&world, &b, Mode::Apply);
        let before = world.clone();
        interleaved(&mut world, &plan, &mut dice, |_, _, _| {});
        let names: BTreeSet<&String> = before.roles.keys().chain(world.roles.keys()).collect();
        for name in names {
            let arn = samples::role_arn(name);
            let (was, is) = (granted(&before, &arn), granted(&world, &arn));
            let found = plan.access.iter().find(|(address, _)| *address == Address::new(Kind::Role, name.clone()));
            let (broadens, narrows) = found.map_or((false, false), |(_, c)| (!c.grants.broadens.is_empty(), !c.grants.narrows.is_empty()));
            let bounded = |world: &World| world.roles.get(name).is_some_and(|live| live.role.permissions_boundary.is_some());
            if !bounded(&before) && !bounded(&world) {
                prop_assert_eq!((broadens, narrows), (!is.is_subset(&was), !was.is_subset(&is)), "{}: {:?} {:?} {:?}", name, was, is, found);
            }
        }
    }
}
