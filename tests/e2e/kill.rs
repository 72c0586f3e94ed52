//! SIGKILL after each mutating call in turn: run again, the end is the same, and nothing is left over.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use statewright_tests::{
    Outcome, World,
    proxy::{Fault, When},
};

use statewright_tests::account::{contents, make_bucket};

/// A stack whose every kind is there, and a second form of it that changes each.
const SPEC: &str = "specs/nightly-etl.yaml";

/// The world before the command that is killed.
struct Ready {
    world: World,
    bucket: String,
}

impl Ready {
    fn empty() -> Self {
        let world = World::ministack();
        world.copy("specs");
        let bucket = make_bucket(&world);
        Self { world, bucket }
    }

    fn applied() -> Self {
        let ready = Self::empty();
        let _ = ready.run("apply").expect(0);
        ready
    }

    /// Applied, and the spec changed since in every kind: grants grow and shrink, a script moves, a policy and a log group
    /// leave and come.
    fn changed() -> Self {
        let ready = Self::applied();
        let path = ready.world.repository().join(SPEC);
        let mut text = std::fs::read_to_string(path).unwrap();
        for (before, after) in [
            ("[glue:StartJobRun, glue:GetJobRun]", "[glue:GetJobRun, glue:GetJobRuns]"),
            ("retention_days: 30", "retention_days: 60"),
            ("memory: 256", "memory: 512"),
            ("/nightly-etl/transform.py\"", "/nightly-etl/moved/transform.py\""),
            ("timeout: 60", "timeout: 90"),
            ("level: ERROR", "level: ALL"),
            ("team: data", "team: night"),
            (
                "      WriteLogs:\n        Version: \"2012-10-17\"\n        Statement:\n          - Effect: Allow\n            Action: [logs:CreateLogStream",
                "      WriteLines:\n        Version: \"2012-10-17\"\n        Statement:\n          - Effect: Allow\n            Action: [logs:CreateLogStream",
            ),
        ] {
            assert!(text.contains(before), "{before} is no longer in {SPEC}");
            text = text.replace(before, after);
        }
        ready.world.write(SPEC, text);
        ready.world.write("specs/nightly-etl/functions/extract/more.py", "MORE = 1\n");
        ready
    }

    fn command(&self, command: &str) -> Vec<String> {
        let mut words =
            vec![command.to_owned(), SPEC.to_owned(), "--var".to_owned(), format!("bucket={}", self.bucket)];
        if command != "plan" {
            words.push("--yes".to_owned());
        }
        words
    }

    fn run(&self, command: &str) -> Outcome {
        self.world.statewright(self.command(command)).run()
    }
}

/// Kills `command` after each of its mutating calls, from worlds that `ready` makes; gives how many points there were.
fn matrix(command: &'static str, ready: fn() -> Ready) -> usize {
    let reference = ready();
    let _ = reference.run(command).expect(0);
    let end = named(&reference);
    let next = AtomicUsize::new(1);
    let points = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let k = next.fetch_add(1, Ordering::SeqCst);
                    let ready = ready();
                    let struck = ready.world.faults().add(Fault::kill_at_mutation(k, When::After));
                    let outcome = ready.run(command);
                    if !struck.fired() {
                        let _ = outcome.expect(0);
                        break;
                    }
                    points.fetch_add(1, Ordering::SeqCst);
                    assert!(outcome.was_killed(), "point {k}: {outcome}");
                    ready.world.faults().clear();
                    let again = ready.run(command);
                    assert_eq!(again.code(), Some(0), "again after point {k}: {again}");
                    assert_eq!(named(&ready), end, "left over or missing after point {k}: {again}");
                    if command == "apply" {
                        let mut plan = ready.command("plan");
                        plan.push("--detailed-exitcode".to_owned());
                        let plan = ready.world.statewright(plan).run();
                        assert_eq!(plan.code(), Some(0), "not converged after point {k}: {plan}");
                    }
                }
            });
        }
    });
    points.into_inner()
}

/// What the account holds, without the account's own number.
fn named(ready: &Ready) -> BTreeSet<String> {
    contents(&ready.world)
}

#[test]
fn apply_of_a_new_stack_survives_being_killed_anywhere() {
    let points = matrix("apply", Ready::empty);
    assert!(points >= 15, "{points} points");
}

#[test]
fn apply_of_a_changed_stack_survives_being_killed_anywhere() {
    let points = matrix("apply", Ready::changed);
    assert!(points >= 15, "{points} points");
}

#[test]
fn destroy_survives_being_killed_anywhere() {
    let points = matrix("destroy", Ready::applied);
    assert!(points >= 12, "{points} points");
}
