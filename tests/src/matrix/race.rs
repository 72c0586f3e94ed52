use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use super::stack::{Meaning, SPEC, Stack, Version, differences};
use super::{Point, Verdict};
use crate::Outcome;
use crate::proxy::{Act, ByHand, Clock, Delay, Fault, Nth, Service, Weather, When, Which};

/// The other spec of two that are applied at once.
const OTHER: &str = "specs/other.yaml";

/// Writes that an apply of the changed version makes at least: a person's change at any of them strikes.
const WRITES: usize = 16;

/// What happens at once.
#[derive(Clone, Copy, Debug)]
enum Race {
    /// Two applies of one version to an empty account.
    SameNew,
    /// Two applies of one version that changes everything.
    SameChange,
    /// Two versions to an empty account.
    OthersNew,
    /// Two versions to an account that holds the first.
    OthersChange,
    /// A person changes something after the plan was made and before anything is written.
    BetweenPlanAndWrite,
    /// A person changes something after a plan was kept in a file and before it is applied.
    BetweenPlanAndApply,
    /// A person changes something while it is written.
    DuringApply,
}

impl Race {
    const ALL: [Self; 7] = [
        Self::SameNew,
        Self::SameChange,
        Self::OthersNew,
        Self::OthersChange,
        Self::BetweenPlanAndWrite,
        Self::BetweenPlanAndApply,
        Self::DuringApply,
    ];
}

/// So many races, each with a seed that decides when the second begins, how long each call takes and what a person does.
pub(super) fn points(races: u64) -> Vec<Point> {
    (0..races)
        .zip(Race::ALL.into_iter().cycle())
        .map(|(seed, race)| Point::new(format!("{race:?} {seed}"), move |verdict| run(race, seed, verdict)))
        .collect()
}

fn run(race: Race, seed: u64, verdict: &mut Verdict) {
    let mut dice = Rng::with_seed(seed);
    let delay = Delay { calls: Which::Any, seconds: [0.0, 0.1 * dice.f64()] };
    let weather = Weather { seed, clock: Clock::default(), delay: vec![delay], ..Weather::default() };
    let stack = Stack::new(|setup| setup.weather = weather.layers());
    let stack = if matches!(race, Race::SameNew | Race::OthersNew) { stack } else { stack.with_first() };
    stack.write(Version::First);
    match race {
        Race::SameNew => two(&stack, [Version::First; 2], &mut dice, verdict),
        Race::SameChange => two(&stack, [Version::Changed; 2], &mut dice, verdict),
        Race::OthersNew => two(&stack, [Version::First, Version::Changed], &mut dice, verdict),
        Race::OthersChange => {
            let versions =
                if dice.bool() { [Version::Changed, Version::First] } else { [Version::Changed, Version::Replaced] };
            two(&stack, versions, &mut dice, verdict);
        }
        Race::BetweenPlanAndWrite => person(&stack, 1, &mut dice, verdict),
        Race::BetweenPlanAndApply => kept(&stack, &mut dice, verdict),
        Race::DuringApply => {
            let at = dice.usize(2..WRITES);
            person(&stack, at, &mut dice, verdict);
        }
    }
}

/// Two applies at once; then one of the versions once more, alone.
fn two(stack: &Stack, versions: [Version; 2], dice: &mut Rng, verdict: &mut Verdict) {
    stack.write_at(SPEC, versions[0]);
    stack.write_at(OTHER, versions[1]);
    let later = Duration::from_millis(dice.u64(0..1500));
    let first = stack.command(SPEC, "apply", &["--format", "json"]).start();
    std::thread::sleep(later);
    let second = stack.command(OTHER, "apply", &["--format", "json"]).start();
    let outcomes = [first.wait(), second.wait()];
    for outcome in &outcomes {
        verdict.look(outcome);
    }
    if outcomes.iter().all(|outcome| outcome.code() == Some(0)) {
        let found = stack.meaning();
        let apart: Vec<Vec<String>> = versions.iter().map(|version| differences(version.end(), &found)).collect();
        if apart.iter().all(|differences| !differences.is_empty()) {
            verdict.fail(format!(
                "both say that all is done, and the account is neither: {}\n{}\n{}",
                apart[0].join("; "),
                outcomes[0],
                outcomes[1]
            ));
        }
    }
    for outcome in outcomes.iter().filter(|outcome| outcome.code() != Some(0)) {
        says_why(outcome, verdict);
    }
    // Only the version that says so may replace what the other made.
    let last = if versions.contains(&Version::Replaced) { Version::Replaced } else { versions[0] };
    stack.write(last);
    afterwards(stack, last, &[], verdict);
}

/// An apply of a changed version, beside which a person changes something at its `k`-th write.
fn person(stack: &Stack, k: usize, dice: &mut Rng, verdict: &mut Verdict) {
    stack.write(Version::Changed);
    let by_hand = edit(&stack.world, dice);
    let words = format!("{}:{} {}", by_hand.service, by_hand.operation, by_hand.parameters);
    let forgotten = forgotten(&by_hand);
    let struck = stack.world.faults().add(Fault::new(Which::Mutating, Nth::Only(k), Act::ByHand(by_hand)));
    let outcome = stack.command(SPEC, "apply", &["--format", "json"]).run();
    verdict.look(&outcome);
    stack.world.faults().clear();
    if !struck.fired() {
        return verdict.miss();
    }
    if outcome.code() == Some(0) {
        let apart = differences(Version::Changed.end(), &without(stack.meaning(), forgotten));
        if !apart.is_empty() {
            verdict.fail(format!("it says that all is done, and {words} stands: {}\n{outcome}", apart.join("; ")));
        }
    } else {
        says_why(&outcome, verdict);
    }
    afterwards(stack, Version::Changed, forgotten, verdict);
}

/// A plan in a file, and a person who changes something before it is applied: the file is refused with nothing written, or what
/// was changed is no part of it and the plan is carried out.
fn kept(stack: &Stack, dice: &mut Rng, verdict: &mut Verdict) {
    stack.write(Version::Changed);
    let planned = stack.command(SPEC, "plan", &["--out", "kept.plan"]).run();
    verdict.look(&planned);
    let file = std::fs::read_to_string(stack.world.repository().join("kept.plan")).unwrap_or_default();
    if planned.code() != Some(0) || file.is_empty() {
        return verdict.fail(format!("no plan is kept: {planned}"));
    }
    verdict.search("the kept plan", &file);
    let by_hand = edit(&stack.world, dice);
    let words = format!("{}:{} {}", by_hand.service, by_hand.operation, by_hand.parameters);
    let forgotten = forgotten(&by_hand);
    stack.world.aws().r#do(&by_hand.service, &by_hand.operation, by_hand.parameters);
    stack.world.forget_calls();
    let outcome = stack.command(SPEC, "apply", &["--plan", "kept.plan", "--format", "json"]).run();
    verdict.look(&outcome);
    if outcome.code() == Some(0) {
        let apart = differences(Version::Changed.end(), &without(stack.meaning(), forgotten));
        if !apart.is_empty() {
            verdict.fail(format!("it says that all is done, and {words} stands: {}\n{outcome}", apart.join("; ")));
        }
    } else {
        says_why(&outcome, verdict);
        if stack.world.calls().mutating().count() > 0 {
            verdict.fail(format!("a stale plan, after {words}, and something was written: {outcome}"));
        }
    }
    afterwards(stack, Version::Changed, forgotten, verdict);
}

/// A change of something that is ours, by hand.
pub(super) fn edit(world: &crate::World, dice: &mut Rng) -> ByHand {
    let (region, account) = (world.region(), world.account());
    let machine = format!("arn:aws:states:{region}:{account}:stateMachine:nightly-etl");
    let policy = format!("arn:aws:iam::{account}:policy/NightlyEtlRead");
    let open = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    let other = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}});
    let edits: Vec<(Service, &str, Value)> = vec![
        (Service::Iam, "UpdateRole", json!({"RoleName": "NightlyEtlMachine", "Description": "by hand"})),
        (
            Service::Iam,
            "PutRolePolicy",
            json!({"RoleName": "NightlyEtlMachine", "PolicyName": "Mine", "PolicyDocument": open.to_string()}),
        ),
        (Service::Iam, "DeleteRolePolicy", json!({"RoleName": "NightlyEtlMachine", "PolicyName": "RunTransform"})),
        (Service::Iam, "DetachRolePolicy", json!({"RoleName": "NightlyEtlExtract", "PolicyArn": policy})),
        (
            Service::Iam,
            "TagRole",
            json!({"RoleName": "NightlyEtlTransform", "Tags": [{"Key": "team", "Value": "mine"}]}),
        ),
        (
            Service::Iam,
            "CreatePolicyVersion",
            json!({"PolicyArn": policy, "PolicyDocument": open.to_string(), "SetAsDefault": "true"}),
        ),
        (Service::Lambda, "UpdateFunctionConfiguration", json!({"FunctionName": "nightly-extract", "Timeout": 99})),
        (Service::Lambda, "DeleteFunction", json!({"FunctionName": "nightly-extract"})),
        (Service::States, "UpdateStateMachine", json!({"stateMachineArn": machine, "definition": other.to_string()})),
        (Service::States, "DeleteStateMachine", json!({"stateMachineArn": machine})),
        (Service::Glue, "DeleteJob", json!({"JobName": "nightly-transform"})),
        (
            Service::Logs,
            "PutRetentionPolicy",
            json!({"logGroupName": "/aws/lambda/nightly-extract", "retentionInDays": 3}),
        ),
        (Service::Logs, "DeleteLogGroup", json!({"logGroupName": "/aws/vendedlogs/states/nightly-etl"})),
    ];
    let at = dice.usize(..edits.len());
    let (service, operation, parameters) = edits[at].clone();
    ByHand { when: When::Before, service, operation: operation.to_owned(), parameters }
}

/// Who does not come through says what failed and why, or what stood in the way of the plan.
fn says_why(outcome: &Outcome, verdict: &mut Verdict) {
    let lines = outcome.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let failed = lines.filter(|line| line["what"] == "failed" || line["what"] == "journal");
    let words: Vec<String> = failed
        .flat_map(|line| match line["what"].as_str() {
            Some("failed") => vec![line["why"].clone()],
            _ => line["failed"].as_array().cloned().unwrap_or_default(),
        })
        .map(|why| why.to_string())
        .collect();
    let refused = outcome.stderr.contains("error");
    if outcome.code() != Some(1) || (words.iter().all(|why| why.len() < 10) && !refused) {
        verdict.fail(format!("it does not say why it stopped: {outcome}"));
    }
}

/// What of the account no run can find again after a person's change: who deletes a job by hand deletes what remembered where its
/// script was, and nothing but that job's place in the spec leads to the object.
fn forgotten(by_hand: &ByHand) -> &'static [&'static str] {
    if by_hand.operation == "DeleteJob" { &["object.nightly-etl/transform.py"] } else { &[] }
}

fn without(mut found: Meaning, forgotten: &[&str]) -> Meaning {
    found.retain(|address, _| !forgotten.contains(&address.as_str()));
    found
}

/// Alone, the spec is applied to its end.
fn afterwards(stack: &Stack, version: Version, forgotten: &[&str], verdict: &mut Verdict) {
    let again = stack.run("apply");
    verdict.look(&again);
    if again.code() != Some(0) {
        verdict.fail(format!("alone, afterwards: {again}"));
    }
    let differences = differences(version.end(), &without(stack.meaning(), forgotten));
    if !differences.is_empty() {
        verdict.left_over(format!("not as it should be: {}\nafter {again}", differences.join("; ")));
    }
    stack.expect_no_changes(verdict);
}
