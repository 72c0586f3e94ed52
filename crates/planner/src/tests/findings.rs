//! Each finding, as it reads.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use statewright_source::{FileId, Span};
use statewright_spec::{
    Address, Kind, Lookup, Mention, Owner, Resource,
    kind::{job::Script, state_machine::MachineType},
};

use super::{
    dump::findings,
    generate::world,
    samples::{self, role_arn},
};
use crate::{
    Answer, Executions, Found, Live, Mode, Observed, Options, Plan, Question, Refusal, RefusalKind, codes,
    model::{LiveObject, Stack, World, apply, planned, read},
    plan,
};

fn stack() -> Stack {
    Stack::new("etl")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("R", Resource::Role(samples::role(&["P"])))
        .with("m", Resource::StateMachine(samples::machine("R")))
}

fn applied(stack: &Stack) -> World {
    let mut world = world();
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    world
}

fn planned_with(world: &World, stack: &Stack, mode: Mode, options: &Options) -> Plan {
    planned(world, &stack.desired(&world.identity), mode, options)
}

fn show(world: &World, stack: &Stack) -> String {
    findings(&planned_with(world, stack, Mode::Apply, &Options::default()))
}

/// Plans with what was read changed first.
fn show_live(world: &World, stack: &Stack, change: impl FnOnce(&mut Live)) -> String {
    let desired = stack.desired(&world.identity);
    let mut live = read(world, &desired, Mode::Apply, &Options::default());
    change(&mut live);
    findings(&plan(&desired, &live, &Options::default()))
}

fn denied(call: &str) -> Refusal {
    Refusal {
        kind: RefusalKind::Denied,
        call: call.to_owned(),
        code: "AccessDenied".to_owned(),
        message: "not authorized".to_owned(),
        request_id: None,
    }
}

fn span() -> Span {
    Span::new(FileId(0), 0, 0)
}

fn address(kind: Kind, name: &str) -> Address {
    Address::new(kind, name)
}

#[test]
fn not_ours() {
    let mut other = stack();
    other.environment = Some("prod".to_owned());
    let mut world = applied(&other);
    world.machines.get_mut("m").unwrap().tags.clear();
    assert_snapshot!(show(&world, &stack()), @r#"
    error[PLAN001] policy.P exists and belongs to etl/prod@us-east-1
        at: this stack is etl@us-east-1
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the policy another name here (arn:aws:iam::123456789012:policy/P)
    error[PLAN001] role.R exists and belongs to etl/prod@us-east-1
        at: this stack is etl@us-east-1
        help: `adopt: { from: etl/prod@us-east-1 }` takes it over, and then that stack's spec may let go of it; else give the role another name here (arn:aws:iam::123456789012:role/R)
    error[PLAN002] state_machine.m exists and has no owner
        at: this stack is etl@us-east-1
        help: `adopt: true` takes it over; else give the state machine another name here (arn:aws:states:us-east-1:123456789012:stateMachine:m)
    "#);
    let steps = planned_with(&world, &stack(), Mode::Apply, &Options::default()).steps;
    assert!(steps.is_empty(), "what is not ours has no step");
}

#[test]
fn unreadable() {
    let shown = show_live(&applied(&stack()), &stack(), |live| {
        live.observed.insert(address(Kind::Role, "R"), Observed::Unreadable(denied("iam:GetRole")));
        live.observed.insert(address(Kind::Job, "left"), Observed::Unreadable(denied("glue:GetJob")));
        live.observed.remove(&address(Kind::Policy, "P"));
        live.search.incomplete.push("tag:GetResources: AccessDenied".to_owned());
    });
    assert_snapshot!(shown, @r#"
    error[PLAN003] AWS would not say how role.R is
        at: iam:GetRole: AccessDenied: not authorized
        help: allow the caller iam:GetRole, or leave the resource out with --target
    error[PLAN003] policy.P was not read
        at: declared here
    note[PLAN016] AWS would not say how job.left is, which may be ours
        help: glue:GetJob: AccessDenied: not authorized
    note[PLAN016] the search for resources that left the spec is incomplete
        help: tag:GetResources: AccessDenied
    "#);
}

#[test]
fn what_is_named_and_missing() {
    let mention = |target, kind, by: &str, state: Option<&str>| Mention {
        target,
        by: address(kind, by),
        state: state.map(str::to_owned),
        span: span(),
    };
    let mut stack = stack().with("j", Resource::Job(samples::job("s3://b/k.py", role_arn("R"))));
    let object = Lookup::Object { bucket: "b".to_owned(), key: "k.py".to_owned(), version: None };
    stack.mentions = vec![
        mention(Lookup::Function("extract".to_owned()), Kind::StateMachine, "m", Some("Extract")),
        mention(Lookup::Job("transform".to_owned()), Kind::StateMachine, "m", Some("Transform")),
        mention(Lookup::Policy(samples::policy_arn("Gone")), Kind::Role, "R", None),
        mention(Lookup::Role(role_arn("Gone")), Kind::StateMachine, "m", None),
        mention(Lookup::LogGroup("/gone".to_owned()), Kind::StateMachine, "m", None),
        mention(object, Kind::Job, "j", None),
    ];
    let world = world();
    assert_snapshot!(show(&world, &stack), @r#"
    error[PLAN006] log group /gone does not exist, and AWS refuses state_machine.m without it
        at: named here
        help: make it before it is needed, or correct the name
    error[PLAN006] policy arn:aws:iam::123456789012:policy/Gone does not exist, and AWS refuses role.R without it
        at: named here
        help: make it before it is needed, or correct the name
    error[PLAN006] role arn:aws:iam::123456789012:role/Gone does not exist, and AWS refuses state_machine.m without it
        at: named here
        help: make it before it is needed, or correct the name
    runtime[PLAN005] a run of job.j will fail: s3://b/k.py does not exist
        at: named here
        help: make it before it is needed, or correct the name
    runtime[PLAN005] state `Extract` of state_machine.m will fail: function extract does not exist
        at: named here
        help: make it before it is needed, or correct the name
    runtime[PLAN005] state `Transform` of state_machine.m will fail: job transform does not exist
        at: named here
        help: make it before it is needed, or correct the name
    "#);
    let shown = show_live(&world, &stack, |live| {
        live.lookups =
            BTreeMap::from([(Lookup::Job("transform".to_owned()), Found::Unreadable(denied("glue:GetJob")))]);
    });
    assert_snapshot!(shown, @r#"
    note[PLAN004] AWS would not say whether job transform exists
        at: named here
        help: glue:GetJob: AccessDenied: not authorized
    "#);
    stack.allow = BTreeSet::from([codes::MISSING_AT_RUNTIME.0.to_owned(), codes::MISSING.0.to_owned()]);
    assert_snapshot!(show(&world, &stack), @r#"
    error[PLAN006] log group /gone does not exist, and AWS refuses state_machine.m without it
        at: named here
        help: make it before it is needed, or correct the name
    error[PLAN006] policy arn:aws:iam::123456789012:policy/Gone does not exist, and AWS refuses role.R without it
        at: named here
        help: make it before it is needed, or correct the name
    error[PLAN006] role arn:aws:iam::123456789012:role/Gone does not exist, and AWS refuses state_machine.m without it
        at: named here
        help: make it before it is needed, or correct the name
    "#);
}

#[test]
fn replace_without_leave() {
    let world = applied(&stack());
    let mut machine = samples::machine("R");
    machine.machine_type = MachineType::Express;
    let mut policy = samples::policy(&["s3:GetObject"]);
    "/team/".clone_into(&mut policy.path);
    "described".clone_into(&mut policy.description);
    let stack = stack().with("m", Resource::StateMachine(machine)).with("P", Resource::Policy(policy));
    assert_snapshot!(show(&world, &stack), @r#"
    error[PLAN007] policy.P would have to be replaced: AWS cannot change the path and description of a policy
        at: differs from the live policy
        help: add `replace: allowed` to have it deleted and made anew, or give the policy another name
    error[PLAN007] state_machine.m would have to be replaced: AWS cannot change the type of a state machine
        at: differs from the live state machine
        help: add `replace: allowed` to have it deleted and made anew, or give the state machine another name
    "#);
}

#[test]
fn deletes_all() {
    let world = applied(&stack());
    let copied = Stack::new("etl").with("Other", Resource::Role(samples::role(&[])));
    assert_snapshot!(show(&world, &copied), @r#"
    error[PLAN008] the plan would delete all that belongs to etl@us-east-1 (3 resources) and keep nothing
        help: policy.P, role.R, state_machine.m: if another spec has the same stack name, give this one another; to go on, --allow-delete-all; to take the stack away, destroy
    "#);
    let options = Options { allow_delete_all: true, ..Options::default() };
    assert!(!planned_with(&world, &copied, Mode::Apply, &options).is_blocked());
}

#[test]
fn attached_elsewhere() {
    let mut world = applied(&stack());
    world.other_holders.insert(("P".to_owned(), "role/Theirs".to_owned()));
    let stack = Stack::new("etl").with("R", Resource::Role(samples::role(&[])));
    assert_snapshot!(show(&world, &stack), @r#"
    error[PLAN009] policy.P cannot go: it is attached to role/Theirs, not of this stack
        help: detach it there first, or keep the policy as it is
    "#);
    let mut policy = samples::policy(&["s3:GetObject"]);
    "described".clone_into(&mut policy.description);
    let mut stack = self::stack().with("P", Resource::Policy(policy));
    stack.may_replace = true;
    assert_snapshot!(show(&world, &stack), @r#"
    error[PLAN009] policy.P cannot go: it is attached to role/Theirs, not of this stack
        at: declared here
        help: detach it there first, or keep the policy as it is
    "#);
}

/// IAM counts boundaries beside attachments, and lists who is bounded among who holds.
#[test]
fn a_boundary_of_our_own_is_nobody_elses() {
    let mut bounded = samples::role(&["P"]);
    bounded.permissions_boundary = Some(samples::policy_arn("P"));
    let all = Stack::new("etl")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("R", Resource::Role(bounded));
    let mut world = applied(&all);
    let destroy = planned_with(&world, &all, Mode::Destroy, &Options::default());
    assert_eq!(findings(&destroy), "");
    let order: Vec<String> = destroy.steps.iter().map(|step| step.address.to_string()).collect();
    assert_eq!(order, ["role.R", "policy.P"]);
    assert!(destroy.steps[1].needs.contains(&destroy.steps[0].id), "a policy that bounds a role does not go");
    // Both go in one apply, or the role stays without it.
    let left = Stack::new("etl").with("R", Resource::Role(samples::role(&[])));
    assert_eq!(show(&world, &left), "");
    world.other_holders.insert(("P".to_owned(), "role/Theirs".to_owned()));
    assert_snapshot!(findings(&planned_with(&world, &all, Mode::Destroy, &Options::default())), @r#"
    error[PLAN009] policy.P cannot go: it is attached to role/Theirs, not of this stack
        at: declared here
        help: detach it there first, or keep the policy as it is
    "#);
}

#[test]
fn in_an_instance_profile() {
    let mut world = applied(&stack());
    world.instance_profiles.insert(("web".to_owned(), "R".to_owned()));
    let stack = Stack::new("etl").with("P", Resource::Policy(samples::policy(&["s3:GetObject"])));
    assert_snapshot!(show(&world, &stack), @r#"
    error[PLAN010] role.R cannot go: it is in the instance profile web
        help: take the role out of the profile first
    "#);
}

#[test]
fn executions_run() {
    let mut world = applied(&stack());
    world.machines.get_mut("m").unwrap().executions = 3;
    let destroy = |executions| {
        let options = Options { executions, ..Options::default() };
        findings(&planned_with(&world, &stack(), Mode::Destroy, &options))
    };
    assert_snapshot!(destroy(Executions::Fail), @r#"
    error[PLAN011] state_machine.m cannot go: 3 executions run on it
        at: declared here
        help: a delete ends them: choose --executions wait or --executions stop, or let them end first
    "#);
    assert_eq!(destroy(Executions::Wait), "");
    assert_eq!(destroy(Executions::Stop), "");
}

#[test]
fn a_script_would_overwrite() {
    let mut job = samples::job("s3://b/k.py", role_arn("R"));
    job.script = Some(Script { sha256: "1".repeat(64), bytes: Some([1_u8][..].into()) });
    let stack = stack().with("j", Resource::Job(job));
    let with = |owner| {
        let mut world = world();
        let object = LiveObject { owner, sha256: "2".repeat(64) };
        world.objects.insert(("b".to_owned(), "k.py".to_owned()), object);
        show(&world, &stack)
    };
    assert_snapshot!(with(Some(Owner::from_tag("other@us-east-1"))), @r#"
    error[PLAN012] the script of job.j would overwrite an object that belongs to other@us-east-1
        at: s3://b/k.py
        help: upload the script to another place (`to:`), or remove the object there
    "#);
    assert_snapshot!(with(None), @r#"
    error[PLAN012] the script of job.j would overwrite an object that has no owner
        at: s3://b/k.py
        help: upload the script to another place (`to:`), or remove the object there
    "#);
    assert_eq!(with(Some(Owner::from_tag("etl@us-east-1"))), "", "a former apply was cut short");
}

#[test]
fn leaves_and_is_still_named() {
    let mut function = samples::function("f", role_arn("R"));
    function.memory = 256;
    let all = stack().with("f", Resource::Function(function));
    let world = applied(&all);
    let mut left = all.clone();
    left.resources.remove(&address(Kind::Function, "f"));
    left.resources.remove(&address(Kind::Policy, "P"));
    left.mentions.push(Mention {
        target: Lookup::Function("f:live".to_owned()),
        by: address(Kind::StateMachine, "m"),
        state: Some("Call".to_owned()),
        span: span(),
    });
    assert_snapshot!(show(&world, &left), @r#"
    error[PLAN013] policy.P is no longer declared and is deleted, and role.R still uses it
        at: declared here
        help: declare it again, or take it out of what still uses it
    runtime[PLAN013] function.f is no longer declared and is deleted, and state `Call` of state_machine.m still names it
        at: named here
        help: declare it again, or take its name out of what still uses it
    "#);
}

#[test]
fn targets() {
    let world = applied(&stack());
    let targets = BTreeSet::from([address(Kind::StateMachine, "n"), address(Kind::Job, "no such job")]);
    let options = Options { targets, ..Options::default() };
    assert_snapshot!(findings(&planned_with(&world, &stack(), Mode::Apply, &options)), @r#"
    error[PLAN015] the target job.no such job is neither declared nor ours
        help: a target is written as in the plan: role.NAME, state_machine.NAME
    error[PLAN015] the target state_machine.n is neither declared nor ours
        help: did you mean state_machine.m?
    note[PLAN014] the plan is limited to targets and leaves out 3 resources
        help: left out: policy.P, role.R, state_machine.m
    "#);
}

#[test]
fn names_that_iam_takes_for_one() {
    let world = applied(&stack());
    let mut stack = stack();
    let role = stack.resources.remove(&address(Kind::Role, "R")).unwrap();
    let mut machine = samples::machine("r");
    machine.role = role_arn("r");
    assert_snapshot!(show(&world, &stack.with("r", role).with("m", Resource::StateMachine(machine))), @r#"
    error[PLAN017] role.r cannot be made while role.R is there: IAM takes the two names for one
        at: declared here
        help: keep the spelling R, or take R out of the spec and apply before
    "#);
}

#[test]
fn a_protected_log_group() {
    let mut group = samples::log_group();
    group.deletion_protection = true;
    let all = stack().with("/g", Resource::LogGroup(group));
    assert_snapshot!(show(&applied(&all), &stack()), @r#"
    error[PLAN018] log_group./g cannot go: its deletion protection is on
        help: set `deletion_protection: false` and apply, then delete it
    "#);
}

#[test]
fn a_boundary_is_replaced() {
    let mut bound = samples::role(&[]);
    bound.permissions_boundary = Some(samples::policy_arn("P"));
    let all = stack().with("B", Resource::Role(bound));
    let world = applied(&all);
    let mut policy = samples::policy(&["s3:GetObject"]);
    "described".clone_into(&mut policy.description);
    let mut all = all.with("P", Resource::Policy(policy));
    all.may_replace = true;
    assert_snapshot!(show(&world, &all), @r#"
    error[PLAN023] policy.P cannot be replaced: it is the permissions boundary of role.B
        at: declared here
        help: declare the boundary under another name, move the roles to it, then drop this one
    "#);
}

#[test]
fn left_alone_by_a_destroy() {
    let mut other = stack();
    other.environment = Some("prod".to_owned());
    let world = applied(&other);
    let plan = planned_with(&world, &stack(), Mode::Destroy, &Options::default());
    assert!(plan.is_empty());
    assert_snapshot!(findings(&plan), @r#"
    note[PLAN021] policy.P belongs to etl/prod@us-east-1 and is left as it is
        at: declared here
    note[PLAN021] role.R belongs to etl/prod@us-east-1 and is left as it is
        at: declared here
    note[PLAN021] state_machine.m belongs to etl/prod@us-east-1 and is left as it is
        at: declared here
    "#);
}

#[test]
fn no_answer() {
    let stack = stack();
    let world = applied(&stack);
    let changed = stack.clone().with("P", Resource::Policy(samples::policy(&["s3:PutObject"])));
    let shown = show_live(&world, &changed, |live| {
        let question = Question::PolicyVersions(samples::policy_arn("P"));
        live.answers.insert(question, Answer::Unreadable(denied("iam:ListPolicyVersions")));
    });
    assert_snapshot!(shown, @r#"
    error[PLAN022] what changes on policy.P is not safe without the versions of the policy
        at: declared here
        help: iam:ListPolicyVersions: AccessDenied: not authorized
    "#);
    assert!(show_live(&world, &changed, |live| live.answers.clear()).contains("was not read"));
}

#[test]
fn a_failed_function_and_a_drawn_job() {
    let all = stack()
        .with("f", Resource::Function(samples::function("f", role_arn("R"))))
        .with("j", Resource::Job(samples::job("s3://b/k.py", role_arn("R"))));
    let world = applied(&all);
    let mut job = samples::job("s3://b/k.py", role_arn("R"));
    job.max_retries = 3;
    let changed = all.with("j", Resource::Job(job));
    let shown = show_live(&world, &changed, |live| {
        for observed in live.observed.values_mut() {
            let Observed::Present(present) = observed else { continue };
            match &mut present.detail {
                crate::Detail::Function { state, .. } => "Failed".clone_into(state),
                crate::Detail::Job { visual_nodes, .. } => *visual_nodes = true,
                _ => {}
            }
        }
    });
    assert_snapshot!(shown, @r#"
    warning[PLAN019] function.f is in state Failed and cannot be invoked
        at: declared here
        help: a change of its code or configuration may mend it; else delete the function and apply again
    warning[PLAN020] job.j was drawn in the visual editor, and an update wipes that out
        at: declared here
        help: the script stays; open the job as a script from now on
    "#);
}

/// Every code of the catalogue is told by a test above, or by one of the forecast's; what AWS says of definitions, and
/// guards, have tests of their own.
#[test]
fn every_code_is_tested() {
    let text = [
        include_str!("findings.rs"),
        include_str!("forecast.rs"),
        include_str!("custody/adopt.rs"),
        include_str!("custody/keep.rs"),
        include_str!("custody/shared.rs"),
        include_str!("golden/running.rs"),
    ]
    .concat();
    for (code, meaning) in codes::CODES.iter().filter(|(code, _)| ![codes::NOT_JUDGED, codes::BROADENS].contains(code))
    {
        assert!(text.contains(&format!("[{code}]")), "{code} is in no snapshot: {meaning}");
    }
}
