use fastrand::Rng;
use serde_json::{Value, json};

use super::race::edit;
use super::stack::{Meaning, SPEC, Stack, Version};
use super::{Point, Verdict};
use crate::proxy::{
    Break, Breakage, Clock, Deleting, Documents, Functions, Pages, Propagation, Service, Stale, Throttle, Weather,
    Which,
};
use crate::{Emulator, World};

/// A second of AWS's lasts so many here, and one of the binary's waits too: propagation takes 0.9 seconds, a read is stale for
/// 0.3, and the binary waits no longer for either than it does against AWS, in proportion.
const SCALE: f64 = 0.03;

/// How long a read may be stale, in seconds.
const STALE: f64 = 10.0;

/// All together: 30 % throttled, 10 % answered with a 5xx, 5 % of the writes' answers lost, 30 s of propagation, reads stale for 10 s,
/// pages of one, documents in other words, DELETING, Pending and `InProgress`.
fn weather(seed: u64) -> Weather {
    let broken = |rate, calls, how: &[Break]| Breakage { calls, rate, how: how.to_vec(), hang_seconds: 1.0 };
    Weather {
        seed,
        clock: Clock::new(SCALE),
        throttle: Some(Throttle { rate: 0.3, ..Throttle::default() }),
        breakage: vec![
            broken(0.1, Which::Any, &[Break::Internal, Break::Unavailable, Break::Page]),
            broken(0.05, Which::Mutating, &[Break::Lost, Break::Truncated, Break::InternalAfter]),
        ],
        // Half the seeds see the old and the new in turn.
        stale: Some(Stale { seconds: STALE, calls: Which::Any, rate: if seed.is_multiple_of(2) { 1.0 } else { 0.5 } }),
        propagation: Some(Propagation { seconds: 30.0, iam_seconds: if seed.is_multiple_of(3) { 10.0 } else { 0.0 } }),
        pages: Some(Pages { items: 1, empty_first: seed.is_multiple_of(2) }),
        documents: Some(Documents::default()),
        deleting: Some(Deleting { seconds: 20.0 }),
        functions: Some(Functions { pending_seconds: 10.0, in_progress_seconds: 5.0 }),
        ..Weather::default()
    }
}

/// So many storms: a stack is made, changed, changed by hand, mended and taken away in each.
pub(super) fn points(storms: u64) -> Vec<Point> {
    (0..storms).map(|seed| Point::new(format!("seed {seed}"), move |verdict| run(seed, verdict))).collect()
}

fn run(seed: u64, verdict: &mut Verdict) {
    let world = World::with(Emulator::Ministack, |setup| setup.weather = weather(seed).layers());
    let stack = Stack::inside(world.at_pace(SCALE));
    for version in [Version::First, Version::Changed] {
        stack.write(version);
        converge(&stack, "apply", version.end(), verdict);
        stack.expect_no_changes(verdict);
        made_once(&stack, verdict);
    }
    let by_hand = edit(&stack.world, &mut Rng::with_seed(seed));
    let words = format!("{}:{} {}", by_hand.service, by_hand.operation, by_hand.parameters);
    stack.world.aws().r#do(&by_hand.service, &by_hand.operation, by_hand.parameters);
    settle();
    let plan = stack.command(SPEC, "plan", &["--detailed-exitcode"]).run();
    verdict.look(&plan);
    if plan.code() == Some(0) {
        verdict.false_drift(format!("no difference after {words}: {plan}"));
    }
    converge(&stack, "apply", Version::Changed.end(), verdict);
    converge(&stack, "destroy", &Meaning::new(), verdict);
}

/// Until no read is stale any more: before that no plan can tell.
fn settle() {
    std::thread::sleep(Clock::new(SCALE).real(STALE * 1.5));
}

fn converge(stack: &Stack, command: &str, end: &Meaning, verdict: &mut Verdict) {
    let outcome = stack.run(command);
    verdict.look(&outcome);
    if outcome.code() != Some(0) {
        verdict.fail(format!("it did not come to its end: {outcome}"));
    }
    settle();
    stack.expect(verdict, end, &outcome);
}

/// Each create was carried out once, however often its answer was lost. A name is taken once; versions of a policy are what can
/// be made twice.
fn made_once(stack: &Stack, verdict: &mut Verdict) {
    let of = json!({"PolicyArn": format!("arn:aws:iam::{}:policy/NightlyEtlRead", stack.world.account())});
    let versions = stack.world.aws().try_do(&Service::Iam, "ListPolicyVersions", of).unwrap_or_default();
    let documents: Vec<Value> = versions["Versions"].as_array().cloned().unwrap_or_default();
    if documents.len() > 2 {
        verdict.left_over(format!("{} versions of a policy that was written twice", documents.len()));
    }
}
