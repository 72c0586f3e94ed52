//! Quotas and the caller's rights: what a plan says before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use serde_json::json;
use statewright_spec::{
    Resource, Secret,
    kind::state_machine::{LogLevel, Logging},
};

use super::{dump::findings, generate::world, samples};
use crate::{
    Answer, Denied, Mode, Options, Question, Refusal, RefusalKind, Right,
    model::{Stack, World, apply, planned, read},
    plan,
};

/// What is said of a stack that is new, with these answers in place of the world's own.
fn said_with(world: &World, stack: &Stack, answer: impl Fn(&Question) -> Option<Answer>) -> String {
    let desired = stack.desired(&world.identity);
    let mut live = read(world, &desired, Mode::Apply, &Options::default());
    for (question, given) in &mut live.answers {
        if let Some(other) = answer(question) {
            *given = other;
        }
    }
    findings(&plan(&desired, &live, &Options::default()))
}

fn said(stack: &Stack) -> String {
    said_with(&world(), stack, |_| None)
}

fn account(entries: &[(&str, u64)]) -> impl Fn(&Question) -> Option<Answer> {
    let entries: BTreeMap<String, u64> = entries.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect();
    move |question| (*question == Question::AccountSummary).then(|| Answer::AccountSummary(entries.clone()))
}

fn refused() -> Answer {
    Answer::Unreadable(Refusal {
        kind: RefusalKind::Denied,
        call: "iam:X".to_owned(),
        code: "AccessDenied".to_owned(),
        message: "no".to_owned(),
        request_id: None,
    })
}

/// A document of about so many characters.
fn long(size: usize) -> serde_json::Value {
    let resource = format!("arn:aws:s3:::{}", "x".repeat(size - 118));
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": resource }] })
}

#[test]
fn what_nears_a_quota_is_noted() {
    let mut policy = samples::policy(&[]);
    policy.document = long(5_600);
    let mut role = samples::role(&["A", "B", "C", "D", "E", "F", "G", "H", "I"]);
    role.inline.insert("I".to_owned(), long(9_500));
    role.trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "states.amazonaws.com" },
        "Action": "sts:AssumeRole", "Condition": { "StringEquals": { "aws:SourceArn": "x".repeat(1_700) } } }] });
    role.tags = (0..45).map(|n| (format!("t{n}"), String::new())).collect();
    let mut function = samples::function("f", samples::role_arn("R"));
    function.environment.insert("LONG".to_owned(), Secret::new("x".repeat(3_800)));
    let stack = Stack::new("s")
        .with("P", Resource::Policy(policy))
        .with("R", Resource::Role(role))
        .with("f", Resource::Function(function));
    assert_snapshot!(said(&stack), @"
    note[IAM120] policy.P: 5592 of the 6144 characters of a managed policy are used (91 %)
        at: counted here
        help: split it: a role can have ten
    note[IAM120] role.R: 9492 of the 10240 characters of the inline policies of a role together are used (92 %)
        at: counted here
        help: move some to a managed policy, which has its own quota
    note[PLAN041] function.f: 3811 of 4096 bytes of its environment (93 %)
        at: counted here
        help: keep long values in Parameter Store or S3, and give their names
    note[PLAN041] role.R: 1880 of 2048 characters of its trust policy (91 %)
        at: counted here
        help: trust fewer principals, or ask AWS for more (Service Quotas, IAM)
    note[PLAN041] role.R: 46 of 50 tags (92 %)
        at: counted here
        help: the tags of the whole spec count as well
    note[PLAN041] role.R: 9 of 10 managed policies on one role (90 %)
        at: counted here
        help: put several policies into one, or ask AWS for more (Service Quotas, IAM)
    ");
}

#[test]
fn what_the_account_has_counts() {
    let stack = Stack::new("s")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("Q", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("R", Resource::Role(samples::role(&["P"])));
    let has = |roles, policies| {
        let has = [("Roles", roles), ("RolesQuota", 1_000), ("Policies", policies), ("PoliciesQuota", 1_500)];
        said_with(&world(), &stack, account(&has))
    };
    assert_eq!(has(10, 10), "");
    assert_snapshot!(has(899, 10), @"
    note[PLAN041] the account will have 900 of 1000 roles
        at: one of them
        help: delete roles that nobody uses, or ask AWS for more (Service Quotas, IAM)
    ");
    assert_snapshot!(has(1_000, 1_499), @"
    error[PLAN043] the plan makes 1 role, the account has 1000, and AWS takes 1000
        at: one of them
        help: delete roles that nobody uses, or ask AWS for more (Service Quotas, IAM)
    error[PLAN043] the plan makes 2 policies, the account has 1499, and AWS takes 1500
        at: one of them
        help: delete policies that nobody uses, or ask AWS for more (Service Quotas, IAM)
    ");
    let would_not = |q: &Question| (*q == Question::AccountSummary).then(refused);
    assert_snapshot!(said_with(&world(), &stack, would_not), @"
    note[PLAN042] AWS would not say what the account may have of IAM: its quotas are not forecast
        help: iam:X: AccessDenied: no
    ");
}

#[test]
fn a_quota_that_was_raised_is_the_accounts() {
    let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
    let stack = Stack::new("s").with("R", Resource::Role(samples::role(&names)));
    let raised = |most| said_with(&world(), &stack, account(&[("AttachedPoliciesPerRoleQuota", most)]));
    assert_eq!(raised(25), "");
    assert_snapshot!(raised(10), @"
    error[PLAN043] role.R: 12 managed policies on one role, and AWS takes 10
        at: counted here
        help: put several policies into one, or ask AWS for more (Service Quotas, IAM)
    ");
}

fn machine(group: &str) -> Stack {
    let mut machine = samples::machine("R");
    machine.logging = Some(Logging {
        level: LogLevel::Error,
        include_execution_data: false,
        log_group: samples::arn(&format!("arn:aws:logs:us-east-1:123456789012:log-group:{group}")),
    });
    Stack::new("s")
        .with("R", Resource::Role(samples::role(&[])))
        .with(group, Resource::LogGroup(samples::log_group()))
        .with("m", Resource::StateMachine(machine))
}

#[test]
fn the_log_resource_policy_fills_up() {
    let has = |size: usize| {
        let document = format!("delivery.logs.amazonaws.com {}", "x".repeat(size - 28));
        move |q: &Question| (*q == Question::LogPolicies).then(|| Answer::LogPolicies(vec![document.clone()]))
    };
    let say = |group: &str, size| said_with(&world(), &machine(group), has(size));
    assert_eq!(say("/own", 1_000), "");
    assert_snapshot!(say("/own", 4_800), @"
    note[PLAN041] state_machine.m: 4866 of 5120 characters of the account's resource policy of CloudWatch Logs (95 %)
        at: counted here
        help: log to a group under /aws/vendedlogs/states/: those need no entry of their own there
    ");
    assert_snapshot!(say("/own", 5_100), @"
    warning[PLAN043] state_machine.m: 5166 characters of the account's resource policy of CloudWatch Logs, and AWS takes 5120
        at: counted here
        help: log to a group under /aws/vendedlogs/states/: those need no entry of their own there
    ");
    // Such a group needs no entry, so nobody asks.
    let desired = machine("/aws/vendedlogs/m").desired(&world().identity);
    let live = read(&world(), &desired, Mode::Apply, &Options::default());
    assert!(!live.answers.contains_key(&Question::LogPolicies));
}

#[test]
fn a_version_that_makes_room_is_named() {
    let mut world = world();
    let stack = |action: &str| Stack::new("s").with("P", Resource::Policy(samples::policy(&[action])));
    for action in ["a:A", "a:B", "a:C", "a:D", "a:E"] {
        let plan = planned(&world, &stack(action).desired(&world.identity), Mode::Apply, &Options::default());
        apply(&mut world, &plan, |_, _, _| true).unwrap();
    }
    assert_snapshot!(said_with(&world, &stack("a:F"), |_| None), @"
    note[PLAN041] policy.P has 5 versions at most: v5 and v6 go to make room
        at: another version
        help: nothing is lost but the way back to it: the oldest goes, never the default
    ");
}

#[test]
fn a_plan_without_changes_asks_nothing() {
    let mut world = world();
    let stack = machine("/own");
    let desired = stack.desired(&world.identity);
    let first = planned(&world, &desired, Mode::Apply, &Options::default());
    apply(&mut world, &first, |_, _, _| true).unwrap();
    assert_eq!(read(&world, &desired, Mode::Apply, &Options::default()).answers, BTreeMap::new());
}

/// The rights that a plan asks about.
fn rights(world: &World, stack: &Stack, mode: Mode) -> BTreeSet<Right> {
    let live = read(world, &stack.desired(&world.identity), mode, &Options::default());
    let asked = live.answers.keys().filter_map(|question| match question {
        Question::Rights(rights) => Some(rights.clone()),
        _ => None,
    });
    // Asked once, when all else is known.
    let asked: Vec<_> = asked.collect();
    assert_eq!(asked.len(), 1);
    asked.into_iter().next().unwrap()
}

#[test]
fn each_call_has_its_right_on_its_resource() {
    let stack = Stack::new("s")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("R", Resource::Role(samples::role(&["P"])))
        .with("g", Resource::LogGroup(samples::log_group()))
        .with("f", Resource::Function(samples::function("f", samples::role_arn("R"))))
        .with("j", Resource::Job(samples::job("s3://b/k", samples::role_arn("R"))))
        .with("m", Resource::StateMachine(samples::machine("R")));
    let text = |rights: BTreeSet<Right>| {
        let line = |r: &Right| format!("{} {} {}", r.action, r.resource, r.passed_to.unwrap_or_default());
        rights.iter().map(|right| line(right).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let mut world = world();
    assert_snapshot!(text(rights(&world, &stack, Mode::Apply)), @"
    glue:CreateJob arn:aws:glue:us-east-1:123456789012:job/j
    glue:TagResource arn:aws:glue:us-east-1:123456789012:job/j
    iam:AttachRolePolicy arn:aws:iam::123456789012:role/R
    iam:CreatePolicy arn:aws:iam::123456789012:policy/P
    iam:CreateRole arn:aws:iam::123456789012:role/R
    iam:PassRole arn:aws:iam::123456789012:role/R glue.amazonaws.com
    iam:PassRole arn:aws:iam::123456789012:role/R lambda.amazonaws.com
    iam:PassRole arn:aws:iam::123456789012:role/R states.amazonaws.com
    iam:TagPolicy arn:aws:iam::123456789012:policy/P
    iam:TagRole arn:aws:iam::123456789012:role/R
    lambda:CreateFunction arn:aws:lambda:us-east-1:123456789012:function:f
    lambda:TagResource arn:aws:lambda:us-east-1:123456789012:function:f
    logs:CreateLogGroup arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:
    logs:TagResource arn:aws:logs:us-east-1:123456789012:log-group:g
    states:CreateStateMachine arn:aws:states:us-east-1:123456789012:stateMachine:m
    states:TagResource arn:aws:states:us-east-1:123456789012:stateMachine:m
    ");
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    assert_snapshot!(text(rights(&world, &stack, Mode::Destroy)), @"
    glue:DeleteJob arn:aws:glue:us-east-1:123456789012:job/j
    iam:DeletePolicy arn:aws:iam::123456789012:policy/P
    iam:DeleteRole arn:aws:iam::123456789012:role/R
    iam:DetachRolePolicy arn:aws:iam::123456789012:role/R
    lambda:DeleteFunction arn:aws:lambda:us-east-1:123456789012:function:f
    logs:DeleteLogGroup arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:
    states:DeleteStateMachine arn:aws:states:us-east-1:123456789012:stateMachine:m
    ");
}

#[test]
fn what_the_caller_lacks_is_said_by_action() {
    let stack = Stack::new("s")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("Q", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("R", Resource::Role(samples::role(&["P"])))
        .with("m", Resource::StateMachine(samples::machine("R")));
    let caller = samples::arn("arn:aws:iam::123456789012:user/deployer");
    let lacks = |question: &Question| match question {
        Question::Rights(rights) => {
            let lacking = rights.iter().filter(|r| ["iam:CreatePolicy", "iam:PassRole"].contains(&r.action));
            let denied = |right: &Right| Denied { right: right.clone(), explicit: right.action == "iam:PassRole" };
            Some(Answer::Rights { caller: caller.clone(), denied: lacking.map(denied).collect() })
        }
        _ => None,
    };
    assert_snapshot!(said_with(&world(), &stack, lacks), @"
    warning[PLAN045] the caller may not iam:CreatePolicy on arn:aws:iam::123456789012:policy/P, arn:aws:iam::123456789012:policy/Q (steps 1, 2)
        at: needs it
        help: allow it to arn:aws:iam::123456789012:user/deployer; IAM simulated its policies, not what a resource's own policy allows
    warning[PLAN045] the caller may not iam:PassRole on arn:aws:iam::123456789012:role/R (step 4)
        at: needs it
        help: a policy denies it to arn:aws:iam::123456789012:user/deployer: a boundary, an organization's or its own
    ");
    let would_not = |question: &Question| matches!(question, Question::Rights(_)).then(refused);
    assert_snapshot!(said_with(&world(), &stack, would_not), @"
    note[PLAN046] whether the caller may make these calls was not simulated
        help: iam:X: AccessDenied: no
    ");
}
