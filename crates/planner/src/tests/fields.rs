//! Every field of every kind: set, shown, converged, taken back; and mended where a create dropped it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, json};
use statewright_spec::{
    Address, Custody, Resource, Secret,
    kind::{
        function::{Archive, Code, Function, ObjectCode, Vpc},
        job::{Job, Script, SourceControl},
        log_group::LogGroup,
        policy::Policy,
        role::Role,
        state_machine::{Encryption, LogLevel, Logging, StateMachine},
    },
};

use super::{
    dump::dump,
    generate::world,
    samples::{self, arn, role_arn},
};
use crate::{
    Mode, Observed, Options, Plan,
    custody::ours,
    mend,
    model::{Stack, World, apply, planned},
};

/// A field's path, what sets it, and the calls that mend it.
type Case<T> = (&'static str, fn(&mut T), usize);
/// Sets a field to what a text says.
type SetTo<T> = fn(&mut T, &str);

/// What surrounds the resource that is looked at.
fn around() -> Stack {
    Stack::new("etl")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("R", Resource::Role(samples::role(&[])))
        .with("Other", Resource::Role(samples::role(&[])))
        .with("/g", Resource::LogGroup(samples::log_group()))
}

fn plan_of(world: &World, stack: &Stack) -> Plan {
    planned(world, &stack.desired(&world.identity), Mode::Apply, &Options::default())
}

#[track_caller]
fn done(world: &mut World, plan: &Plan) {
    assert!(!plan.is_blocked(), "{}", dump(plan));
    apply(world, plan, |_, _, _| true).unwrap();
}

/// From `base` to `changed` and back: each time the plan shows that field of that resource and no other, and is empty
/// after it. A create that made `base` where `changed` was wanted is mended by `mends` calls.
#[track_caller]
fn check(base: Resource, changed: &Resource, path: &str, mends: usize) {
    let address = Address::new(base.kind(), "x");
    let (a, b) = (around().with("x", base), around().with("x", changed.clone()));
    let mut world = world();
    let plan = plan_of(&world, &a);
    done(&mut world, &plan);
    let start = world.clone();
    for stack in [&b, &a] {
        let plan = plan_of(&world, stack);
        let steps = plan.steps.iter().filter(|step| step.address == address);
        let paths: BTreeSet<&str> = steps.flat_map(|step| &step.changes).map(|change| change.path.as_str()).collect();
        assert!(!paths.is_empty() && paths.iter().all(|p| p.starts_with(path)), "{path}: {paths:?}\n{}", dump(&plan));
        assert!(plan.steps.iter().all(|step| step.address == address), "{}", dump(&plan));
        done(&mut world, &plan);
        let again = plan_of(&world, stack);
        assert!(again.is_empty(), "{path} does not converge:\n{}", dump(&again));
    }
    let mut world = start;
    let Observed::Present(present) = world.get(&address, None) else { panic!("{address} is not there") };
    let ours = ours(&b.owner(&world.identity), &Custody::default());
    let calls = mend(changed, &ours, &present).unwrap();
    assert_eq!(calls.len(), mends, "{path}: {calls:?}");
    for call in &calls {
        world.perform(call).unwrap();
    }
    if mends > 0 {
        assert!(plan_of(&world, &b).is_empty(), "{path} is not mended:\n{}", dump(&plan_of(&world, &b)));
    }
}

/// What a create drops of our own marks is set by one call, on every kind.
#[test]
fn marks_that_a_create_dropped_are_set() {
    let custody = Custody { protect: true, retain: true, ..Custody::default() };
    for resource in [
        Resource::Policy(samples::policy(&["s3:GetObject"])),
        Resource::Role(samples::role(&[])),
        Resource::LogGroup(samples::log_group()),
        Resource::Function(samples::function("x", samples::role_arn("R"))),
        Resource::StateMachine(samples::machine("R")),
    ] {
        let address = Address::new(resource.kind(), "x");
        let stack = around().with("x", resource.clone());
        let mut world = world();
        let plan = plan_of(&world, &stack);
        done(&mut world, &plan);
        let Observed::Present(present) = world.get(&address, None) else { panic!("{address} is not there") };
        let ours = ours(&stack.owner(&world.identity), &custody);
        let calls = mend(&resource, &ours, &present).unwrap();
        let [call] = calls.as_slice() else { panic!("{address}: {calls:?}") };
        assert!(call.calls()[0].contains("Tag"), "{call:?}");
        world.perform(call).unwrap();
        let Observed::Present(present) = world.get(&address, None) else { panic!("{address} is not there") };
        let marks: Vec<&str> = present.markers.keys().map(String::as_str).collect();
        assert_eq!(marks, ["statewright:protect", "statewright:retain"], "{address}");
        assert_eq!(mend(&resource, &ours, &present).unwrap(), []);
    }
}

#[test]
fn policy() {
    let case = |path, change: fn(&mut Policy)| {
        let base = samples::policy(&["s3:GetObject"]);
        let mut changed = base.clone();
        change(&mut changed);
        check(Resource::Policy(base), &Resource::Policy(changed), path, 1);
    };
    case("document", |p| p.document = samples::allow(&["s3:PutObject"]));
    case("document", |p| p.document = samples::allow(&["s3:GetObject", "s3:PutObject"]));
    case("tags.team", |p| drop(p.tags.insert("team".to_owned(), "data".to_owned())));
}

#[test]
fn role() {
    let case = |path, change: fn(&mut Role)| {
        let base = samples::role(&[]);
        let mut changed = base.clone();
        change(&mut changed);
        check(Resource::Role(base), &Resource::Role(changed), path, 1);
    };
    case("trust", |r| r.trust = samples::trust(&["lambda.amazonaws.com"]));
    case("policies", |r| r.attachments = samples::set(&["P"]));
    case("inline.I", |r| drop(r.inline.insert("I".to_owned(), samples::allow(&["s3:GetObject"]))));
    case("permissions_boundary", |r| r.permissions_boundary = Some(samples::policy_arn("P")));
    case("description", |r| "described".clone_into(&mut r.description));
    case("max_session_seconds", |r| r.max_session_seconds = 7200);
    case("tags.team", |r| drop(r.tags.insert("team".to_owned(), "data".to_owned())));
}

#[test]
fn log_group() {
    let case = |path, change: fn(&mut LogGroup)| {
        let base = samples::log_group();
        let mut changed = base.clone();
        change(&mut changed);
        check(Resource::LogGroup(base), &Resource::LogGroup(changed), path, 1);
    };
    case("retention_days", |g| g.retention_days = Some(7));
    case("kms_key", |g| g.kms_key = Some(arn("arn:aws:kms:us-east-1:123456789012:key/k")));
    case("deletion_protection", |g| g.deletion_protection = true);
    case("tags.team", |g| drop(g.tags.insert("team".to_owned(), "data".to_owned())));
}

#[test]
fn function() {
    let cases: &[Case<Function>] = &[
        ("runtime", |f| "python3.13".clone_into(&mut f.runtime), 2),
        ("handler", |f| "app.main".clone_into(&mut f.handler), 2),
        ("role", |f| f.role = role_arn("Other"), 2),
        // Its code was sent with the create.
        ("code", |f| f.code = Code::Archive(Archive { sha256: "two".to_owned(), bytes: [0_u8][..].into() }), 0),
        ("code", |f| f.code = Code::Object(ObjectCode { bucket: "b".into(), key: "k".into(), version: None }), 0),
        ("memory", |f| f.memory = 256, 2),
        ("timeout", |f| f.timeout = 30, 2),
        ("description", |f| "described".clone_into(&mut f.description), 2),
        ("environment.A", |f| drop(f.environment.insert("A".to_owned(), Secret::new("x"))), 2),
        ("kms_key", |f| f.kms_key = Some(arn("arn:aws:kms:us-east-1:123456789012:key/k")), 2),
        ("layers", |f| f.layers.push(arn("arn:aws:lambda:us-east-1:123456789012:layer:l:1")), 2),
        ("architecture", |f| "arm64".clone_into(&mut f.architecture), 2),
        ("ephemeral_storage", |f| f.ephemeral_storage = 1024, 2),
        ("tracing", |f| f.tracing = true, 2),
        ("dead_letter", |f| f.dead_letter = Some(arn("arn:aws:sqs:us-east-1:123456789012:q")), 2),
        (
            "vpc",
            |f| f.vpc = Some(Vpc { subnets: ["s".into()].into(), security_groups: BTreeSet::new(), ipv6: false }),
            2,
        ),
        (
            "file_systems",
            |f| {
                let point = arn("arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/a");
                f.file_systems.insert(point, "/mnt/a".to_owned());
            },
            2,
        ),
        ("logging.format", |f| "JSON".clone_into(&mut f.logging.format), 2),
        ("logging.log_group", |f| "/g".clone_into(&mut f.logging.log_group), 2),
        ("logging.application_level", |f| f.logging.application_level = Some("WARN".to_owned()), 2),
        ("logging.system_level", |f| f.logging.system_level = Some("WARN".to_owned()), 2),
        ("snap_start", |f| f.snap_start = true, 2),
        ("tags.team", |f| drop(f.tags.insert("team".to_owned(), "data".to_owned())), 1),
    ];
    for (path, change, mends) in cases {
        let base = samples::function("x", role_arn("R"));
        let mut changed = base.clone();
        change(&mut changed);
        check(Resource::Function(base), &Resource::Function(changed), path, *mends);
    }
}

#[test]
fn job() {
    let cases: &[Case<Job>] = &[
        ("command", |j| "gluestreaming".clone_into(&mut j.command), 1),
        ("script.location", |j| "s3://library/other".clone_into(&mut j.script_location), 1),
        ("role", |j| j.role = role_arn("Other"), 1),
        ("description", |j| "described".clone_into(&mut j.description), 1),
        ("job_mode", |j| "NOTEBOOK".clone_into(&mut j.job_mode), 1),
        ("run_queuing", |j| j.run_queuing = true, 1),
        ("log_uri", |j| j.log_uri = Some("s3://b/logs/".to_owned()), 1),
        ("max_concurrent_runs", |j| j.max_concurrent_runs = 3, 1),
        ("arguments.--a", |j| drop(j.arguments.insert("--a".to_owned(), Secret::new("x"))), 1),
        ("fixed_arguments.--a", |j| drop(j.fixed_arguments.insert("--a".to_owned(), Secret::new("x"))), 1),
        ("connections", |j| j.connections.push("c".to_owned()), 1),
        ("max_retries", |j| j.max_retries = 2, 1),
        ("timeout", |j| j.timeout = Some(60), 1),
        ("workers", |j| j.workers = Some(5), 1),
        ("worker_type", |j| j.worker_type = Some("G.2X".to_owned()), 1),
        ("security_configuration", |j| j.security_configuration = Some("s".to_owned()), 1),
        ("notify_delay_after", |j| j.notify_delay_after = Some(5), 1),
        ("execution_class", |j| j.execution_class = Some("FLEX".to_owned()), 1),
        (
            "source_control",
            |j| {
                j.source_control = Some(SourceControl {
                    provider: Some("GITHUB".to_owned()),
                    repository: None,
                    owner: None,
                    branch: None,
                    folder: None,
                    last_commit_id: None,
                    auth_strategy: None,
                    auth_token: Some(Secret::new("t")),
                });
            },
            1,
        ),
        ("maintenance_window", |j| j.maintenance_window = Some("Sun:10".to_owned()), 1),
        ("tags.team", |j| drop(j.tags.insert("team".to_owned(), "data".to_owned())), 1),
    ];
    for (path, change, mends) in cases {
        // A streaming job has no timeout by default, and a Spark one has: only the command shall differ.
        let mut base = samples::job("s3://library/k", role_arn("R"));
        base.timeout = Some(100);
        base.execution_class = Some("STANDARD".to_owned());
        let mut changed = base.clone();
        change(&mut changed);
        check(Resource::Job(base), &Resource::Job(changed), path, *mends);
    }
}

/// What Glue chooses where nothing is said is set and changed; its removal cannot be told from Glue's own choice.
#[test]
fn what_glue_chooses() {
    let cases: &[(&str, SetTo<Job>)] = &[
        ("python_version", |j, v| j.python_version = Some(v.to_owned())),
        ("runtime", |j, v| j.runtime = Some(v.to_owned())),
        ("glue_version", |j, v| j.glue_version = Some(v.to_owned())),
        ("max_capacity", |j, v| {
            (j.worker_type, j.workers) = (None, None);
            j.max_capacity = v.parse().ok().and_then(Number::from_f64);
        }),
    ];
    for (path, set) in cases {
        let mut base = samples::job("s3://library/k", role_arn("R"));
        base.timeout = Some(100);
        let mut changed = base.clone();
        set(&mut base, "3");
        set(&mut changed, "4");
        check(Resource::Job(base), &Resource::Job(changed), path, 1);
    }
}

#[test]
fn script() {
    let with = |content: char| {
        let mut job = samples::job("s3://bucket/k", role_arn("R"));
        job.script = Some(Script { sha256: content.to_string().repeat(64), bytes: Some([1_u8][..].into()) });
        Resource::Job(job)
    };
    // The script is an object of its own.
    check(with('1'), &with('2'), "script.content", 0);
}

#[test]
fn state_machine() {
    let logging = |level| {
        Some(Logging {
            level,
            include_execution_data: false,
            log_group: arn("arn:aws:logs:us-east-1:123456789012:log-group:/g"),
        })
    };
    let key = |reuse_seconds| Some(Encryption { kms_key: "alias/k".to_owned(), reuse_seconds });
    let mut base = samples::machine("R");
    base.logging = logging(LogLevel::Error);
    base.encryption = key(300);
    let case = |path: &str, change: &dyn Fn(&mut StateMachine)| {
        let mut changed = base.clone();
        change(&mut changed);
        check(Resource::StateMachine(base.clone()), &Resource::StateMachine(changed), path, 1);
    };
    case("role", &|m| m.role = role_arn("Other"));
    case("definition/States/Call/TimeoutSeconds", &|m| m.definition = samples::definition("extract", 61));
    case("definition", &|m| m.definition = json!({ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }));
    case("logging", &|m| m.logging = None);
    case("logging.level", &|m| m.logging = logging(LogLevel::All));
    case("logging.include_execution_data", &|m| {
        m.logging = logging(LogLevel::Error).map(|l| Logging { include_execution_data: true, ..l });
    });
    case("tracing", &|m| m.tracing = true);
    case("encryption", &|m| m.encryption = None);
    case("encryption.reuse_seconds", &|m| m.encryption = key(600));
    case("tags.team", &|m| drop(m.tags.insert("team".to_owned(), "data".to_owned())));
}

/// What says the same in other words is no change.
#[test]
fn other_words_for_the_same() {
    let same = |live: Resource, wanted: Resource| {
        let mut world = world();
        let stack = around().with("x", live);
        let plan = plan_of(&world, &stack);
        done(&mut world, &plan);
        let plan = plan_of(&world, &around().with("x", wanted));
        assert!(plan.is_empty(), "{}", dump(&plan));
    };
    let mut live = samples::policy(&[]);
    live.document = json!({ "Statement": { "Effect": "Allow", "Action": "S3:getobject", "Resource": ["*"] }, "Version": "2012-10-17" });
    same(Resource::Policy(live), Resource::Policy(samples::policy(&["s3:GetObject"])));
    let mut live = samples::machine("R");
    let states = live.definition["States"].take();
    live.definition = json!({ "States": states, "StartAt": "Call" });
    same(Resource::StateMachine(live), Resource::StateMachine(samples::machine("R")));
    let key = |kms_key: &str| {
        let mut machine = samples::machine("R");
        machine.encryption = Some(Encryption { kms_key: kms_key.to_owned(), reuse_seconds: 300 });
        Resource::StateMachine(machine)
    };
    same(key("arn:aws:kms:us-east-1:123456789012:key/1234"), key("1234"));
    same(key("arn:aws:kms:us-east-1:123456789012:alias/k"), key("alias/k"));
    let mut live = samples::job("s3://library/k", role_arn("R"));
    live.max_capacity = Number::from_f64(2.0);
    (live.timeout, live.execution_class, live.python_version) =
        (Some(480), Some("STANDARD".to_owned()), Some("3".to_owned()));
    same(Resource::Job(live), Resource::Job(samples::job("s3://library/k", role_arn("R"))));
}

/// A create that answers with somebody's machine is told by the tag.
#[test]
fn a_machine_that_was_there_before() {
    let mut world = world();
    let stack = around().with("x", Resource::StateMachine(samples::machine("R")));
    let plan = plan_of(&world, &stack);
    done(&mut world, &plan);
    let address = Address::new(statewright_spec::Kind::StateMachine, "x");
    let ours = ours(&stack.owner(&world.identity), &Custody::default());
    let read = |world: &World| match world.get(&address, None) {
        Observed::Present(present) => *present,
        _ => panic!("{address} is not there"),
    };
    let wanted = Resource::StateMachine(samples::machine("R"));
    assert_eq!(mend(&wanted, &ours, &read(&world)), Ok(Vec::new()));
    world.machines.get_mut("x").unwrap().tags = BTreeMap::new();
    assert!(mend(&wanted, &ours, &read(&world)).unwrap_err().contains("was there before"));
    let mut theirs = read(&world);
    theirs.owner = Some(statewright_spec::Owner::from_tag("other@us-east-1"));
    assert!(mend(&wanted, &ours, &theirs).unwrap_err().contains("belongs to other@us-east-1"));
    let mut role = read(&world);
    role.resource = Resource::Role(samples::role(&[]));
    role.arn = role_arn("x");
    let calls = mend(&Resource::Role(samples::role(&[])), &ours, &role).unwrap();
    assert_eq!(calls.len(), 1, "the owner's tag that the create dropped: {calls:?}");
}
