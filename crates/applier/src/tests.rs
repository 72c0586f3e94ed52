//! The order, the waits and the journal, against a cloud in memory.

mod hope;
mod look;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Mutex,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use statewright_planner::{
    Action, Answer, Condition, Fingerprint, Observed, Operation, Plan, Question, Refusal, RefusalKind, Step, StepId,
    Unseen,
    operation::{
        job::JobOperation, log_group::LogGroupOperation, policy::PolicyOperation, role::RoleOperation,
        state_machine::StateMachineOperation,
    },
};
use statewright_spec::{Address, Arn, Identity, Kind, Owner, Partition, Region};

use crate::{Cloud, Event, Interrupt, Journal, Options, Readiness, What, apply};

/// A cloud that answers as it was told to, by the name of what is deleted.
#[derive(Default)]
struct Script {
    answers: Mutex<BTreeMap<String, VecDeque<Refusal>>>,
    conditions: Mutex<VecDeque<Result<Readiness, Refusal>>>,
    made: Mutex<Vec<String>>,
    /// What IAM answers: the last one again and again.
    iam: Mutex<BTreeMap<Question, VecDeque<Answer>>>,
    /// What reads show: the last one again and again.
    shown: Mutex<VecDeque<Observed>>,
    /// How long each read takes.
    slow: Mutex<VecDeque<Duration>>,
    running: Mutex<(usize, usize)>,
    raise_at: Mutex<Option<(String, tokio::sync::watch::Sender<bool>)>>,
}

impl Script {
    fn refuse(self, name: &str, kinds: &[RefusalKind]) -> Self {
        self.answers.lock().unwrap().insert(name.to_owned(), kinds.iter().map(|kind| refusal(*kind)).collect());
        self
    }

    fn conditions(self, answers: impl IntoIterator<Item = Result<Readiness, Refusal>>) -> Self {
        self.conditions.lock().unwrap().extend(answers);
        self
    }

    fn made(&self) -> Vec<String> {
        self.made.lock().unwrap().clone()
    }
}

impl Cloud for Script {
    async fn perform(&self, operation: &Operation) -> Result<(), Refusal> {
        let name = match operation {
            Operation::Policy(PolicyOperation::Delete { arn } | PolicyOperation::Tag { arn, .. }) => {
                arn.name().to_owned()
            }
            Operation::LogGroup(LogGroupOperation::Delete { name })
            | Operation::Policy(PolicyOperation::Create { name, .. })
            | Operation::Role(RoleOperation::Attach { name, .. } | RoleOperation::UpdateTrust { name, .. })
            | Operation::StateMachine(StateMachineOperation::Create { name, .. }) => name.clone(),
            Operation::Policy(PolicyOperation::CreateVersion { arn, .. }) => arn.name().to_owned(),
            Operation::Job(
                JobOperation::UploadScript { key, .. }
                | JobOperation::DeleteScript { key, .. }
                | JobOperation::ReleaseScript { key, .. },
            ) => key.clone(),
            other => panic!("not in these tests: {other:?}"),
        };
        {
            let mut running = self.running.lock().unwrap();
            running.0 += 1;
            running.1 = running.1.max(running.0);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.running.lock().unwrap().0 -= 1;
        if let Some((at, sender)) = &*self.raise_at.lock().unwrap()
            && *at == name
        {
            sender.send(true).unwrap();
        }
        let scripted = self.answers.lock().unwrap().get_mut(&name).and_then(VecDeque::pop_front);
        if let Some(refusal) = scripted {
            return Err(refusal);
        }
        self.made.lock().unwrap().push(name);
        Ok(())
    }

    async fn check(&self, _: &Condition) -> Result<Readiness, Refusal> {
        self.conditions.lock().unwrap().pop_front().unwrap_or(Ok(Readiness::Ready))
    }

    async fn answer(&self, questions: &BTreeSet<Question>) -> BTreeMap<Question, Answer> {
        let mut iam = self.iam.lock().unwrap();
        let answers = questions.iter().filter_map(|question| {
            let told = iam.get_mut(question)?;
            let answer = if told.len() > 1 { told.pop_front()? } else { told.front()?.clone() };
            Some((question.clone(), answer))
        });
        answers.collect()
    }

    async fn read(&self, _: &Address, _: &Arn) -> Observed {
        let slow = self.slow.lock().unwrap().pop_front();
        tokio::time::sleep(slow.unwrap_or_default()).await;
        let mut shown = self.shown.lock().unwrap();
        if shown.len() > 1 { shown.pop_front() } else { shown.front().cloned() }.unwrap_or(Observed::Absent)
    }
}

fn refusal(kind: RefusalKind) -> Refusal {
    Refusal { kind, call: "iam:DeletePolicy".into(), code: format!("{kind:?}"), message: "no".into(), request_id: None }
}

fn delete(name: &str) -> Operation {
    Operation::Policy(PolicyOperation::Delete { arn: Arn::parse(&format!("arn:aws:iam::1:policy/{name}")).unwrap() })
}

fn step(id: u32, needs: &[u32], operations: Vec<Operation>) -> Step {
    Step {
        id: StepId(id),
        address: Address::new(Kind::Policy, id.to_string()),
        action: Action::Delete,
        title: String::new(),
        changes: Vec::new(),
        needs: needs.iter().map(|id| StepId(*id)).collect(),
        expects: Fingerprint::default(),
        before: None,
        why: String::new(),
        risk: None,
        operations,
        read_back: None,
        ours: statewright_spec::Tags::new(),
    }
}

/// A step that deletes the policy of its own number.
fn simple(id: u32, needs: &[u32]) -> Step {
    step(id, needs, vec![delete(&id.to_string())])
}

fn options() -> Options {
    Options {
        parallelism: 3,
        patience: Duration::from_secs(2),
        doubt: Duration::from_millis(250),
        certainty: Duration::from_millis(60),
        lag: Duration::from_millis(90),
        settling: Duration::from_millis(5),
        spreading: Duration::from_millis(60),
        express: Duration::from_millis(40),
        pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(5),
        steady: Duration::from_millis(5),
        reminder: Duration::from_millis(1),
    }
}

fn carry_out_with(steps: Vec<Step>, cloud: &Script, interrupt: &Interrupt) -> (Journal, Vec<Event>) {
    let region = Region::new("us-east-1");
    let plan = Plan {
        stack: "s".into(),
        owner: Owner::new("s", None, &region),
        identity: Identity { partition: Partition::new("aws"), account: statewright_spec::AccountId::new("1"), region },
        spec_name: "s.yaml".into(),
        spec_hash: String::new(),
        spec_parts: BTreeMap::new(),
        definitions: Vec::new(),
        steps,
        unchanged: BTreeSet::new(),
        permissions: Vec::new(),
        access: Vec::new(),
        guard: None,
        findings: Vec::new(),
    };
    let events = Mutex::new(Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let sink = |event| events.lock().unwrap().push(event);
    let journal = runtime.block_on(apply(&plan, cloud, &options(), interrupt, &sink));
    (journal, events.into_inner().unwrap())
}

fn carry_out(steps: Vec<Step>, cloud: &Script) -> (Journal, Vec<Event>) {
    carry_out_with(steps, cloud, &Interrupt::new().1)
}

fn ids(steps: &[(StepId, String)]) -> Vec<u32> {
    steps.iter().map(|(id, _)| id.0).collect()
}

#[test]
fn a_failure_skips_what_needs_it_and_nothing_else() {
    let cloud = Script::default().refuse("2", &[RefusalKind::Denied]);
    let steps = vec![simple(1, &[]), simple(2, &[1]), simple(3, &[2]), simple(4, &[1]), simple(5, &[3, 4])];
    let (journal, events) = carry_out(steps, &cloud);
    assert_eq!(cloud.made(), ["1", "4"]);
    assert_eq!(ids(&journal.failed), [2]);
    assert_eq!(ids(&journal.not_started), [3, 5]);
    assert_eq!(journal.not_started[0].1, "step 2 is not done");
    assert!(events.iter().any(|e| matches!(&e.what, What::Failed { code: Some(code), .. } if code == "Denied")));
}

#[test]
fn at_most_as_many_steps_run_as_allowed() {
    let cloud = Script::default();
    let (journal, _) = carry_out((1..=12).map(|id| simple(id, &[])).collect(), &cloud);
    assert_eq!(journal.done.len(), 12);
    assert_eq!(cloud.running.lock().unwrap().1, 3);
}

#[test]
fn what_passes_is_waited_for_and_told() {
    let cloud = Script::default()
        .refuse("1", &[RefusalKind::Propagating(Unseen::Entity), RefusalKind::Busy, RefusalKind::Throttled]);
    let (journal, events) = carry_out(vec![simple(1, &[])], &cloud);
    assert!(journal.is_complete());
    let retries: Vec<_> = events
        .iter()
        .filter_map(|e| if let What::Retrying { attempt, .. } = e.what { Some(attempt) } else { None })
        .collect();
    assert_eq!(retries, [1, 2, 3]);
}

#[test]
fn patience_ends_and_the_cause_is_named() {
    let cloud = Script::default().refuse("1", &[RefusalKind::Propagating(Unseen::Entity); 500]);
    let (journal, _) = carry_out(vec![simple(1, &[])], &cloud);
    let (_, why) = &journal.failed[0];
    assert!(
        why.starts_with(
            "waiting for IAM to see the policy 1; IAM would not say whether it is there; given up after 2 s: iam:DeletePolicy"
        ),
        "{why}"
    );
}

#[test]
fn a_wait_looks_until_it_is_so() {
    let ready = Condition::FunctionReady { name: "f".into() };
    let cloud = Script::default().conditions([
        Ok(Readiness::NotYet("Pending".into())),
        Err(refusal(RefusalKind::Throttled)),
        Ok(Readiness::Ready),
    ]);
    let (journal, events) = carry_out(vec![step(1, &[], vec![Operation::Wait(ready), delete("1")])], &cloud);
    assert!(journal.is_complete());
    assert_eq!(cloud.made(), ["1"]);
    assert!(
        events
            .iter()
            .any(|e| matches!(&e.what, What::Waiting { reason, .. } if reason == "function f to be ready: Pending"))
    );
}

#[test]
fn what_was_granted_spreads_before_what_relies_on_it_changes() {
    let took = |writes: Vec<Operation>| {
        let given = BTreeSet::from([Address::new(Kind::Policy, "1")]);
        let wait = Operation::Wait(Condition::GrantsInForce { given });
        let cloud = Script::default();
        let since = Instant::now();
        let steps = vec![step(1, &[], writes), step(2, &[1], vec![wait, delete("2")])];
        let (journal, events) = carry_out(steps, &cloud);
        assert!(journal.is_complete(), "{journal:?}");
        assert_eq!(cloud.made().last().map(String::as_str), Some("2"));
        let said = events.iter().filter(|e| matches!(&e.what, What::Waiting { .. })).count();
        (since.elapsed() >= options().spreading, said)
    };
    assert_eq!(took(vec![delete("1")]), (true, 1));
    // What this apply did not write was given long ago.
    assert_eq!(took(vec![delete("3")]).1, 0);
}

#[test]
fn express_executions_have_their_time_though_none_is_shown() {
    let machines = [Arn::parse("arn:aws:states:us-east-1:1:stateMachine:m").unwrap()].into();
    let wait = Operation::Wait(Condition::ExpressEnded { machines });
    let cloud = Script::default();
    let since = Instant::now();
    let (journal, events) = carry_out(vec![step(1, &[], vec![wait, delete("1")])], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    assert!(since.elapsed() >= options().express);
    assert!(events.iter().any(|e| matches!(&e.what, What::Waiting { .. })));
}

#[test]
fn a_wait_that_cannot_end_well_ends_at_once() {
    let cloud = Script::default().conditions([Ok(Readiness::Never("Failed: no such layer".into()))]);
    let wait = Operation::Wait(Condition::FunctionReady { name: "f".into() });
    let (journal, _) = carry_out(vec![step(1, &[], vec![wait, delete("1")])], &cloud);
    assert_eq!(journal.failed[0].1, "waited for function f to be ready: Failed: no such layer");
    assert!(cloud.made().is_empty());
}

#[test]
fn a_failure_of_before_is_shown_a_while_after_a_write() {
    let never = || Ok(Readiness::Never("its update failed: no such layer".into()));
    let wait = || Operation::Wait(Condition::FunctionReady { name: "f".into() });
    let cloud = Script::default().conditions([never(), never(), Ok(Readiness::Ready)]);
    let (journal, _) = carry_out(vec![step(1, &[], vec![delete("1"), wait()])], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    // One that stays is the write's own.
    let cloud = Script::default().conditions(std::iter::repeat_with(never).take(1_000));
    let since = Instant::now();
    let (journal, _) = carry_out(vec![step(1, &[], vec![delete("1"), wait(), delete("2")])], &cloud);
    assert_eq!(journal.failed[0].1, "waited for function f to be ready: its update failed: no such layer");
    assert!(since.elapsed() >= options().lag);
    assert_eq!(cloud.made(), ["1"]);
}

/// Its guard is no wait: it is looked at once, after the step's own look, and tells the reason alone.
#[test]
fn an_execution_that_started_since_the_plan_was_made_is_not_ended() {
    let cloud = Script::default().conditions([Ok(Readiness::Never("1 execution runs on m now".into()))]);
    let idle = Condition::Idle { arn: Arn::parse("arn:aws:states:us-east-1:1:stateMachine:m").unwrap() };
    let (journal, events) = carry_out(vec![step(1, &[], vec![Operation::Wait(idle), delete("1")])], &cloud);
    assert_eq!(journal.failed[0].1, "1 execution runs on m now");
    assert!(cloud.made().is_empty());
    assert!(!events.iter().any(|e| matches!(e.what, What::Waiting { .. })));
}

#[test]
fn a_log_group_that_a_late_flush_made_anew_is_deleted_again() {
    let gone = Operation::Wait(Condition::LogGroupGone { name: "/aws/lambda/f".into() });
    let cloud = Script::default().conditions([Ok(Readiness::Ready), Ok(Readiness::NotYet("it is there again".into()))]);
    let (journal, _) = carry_out(vec![step(1, &[], vec![gone])], &cloud);
    assert!(journal.is_complete());
    assert_eq!(cloud.made(), ["/aws/lambda/f"]);
}

#[test]
fn an_interrupt_lets_the_call_in_flight_end_and_starts_no_other() {
    let (sender, interrupt) = Interrupt::new();
    let cloud = Script::default();
    *cloud.raise_at.lock().unwrap() = Some(("1".into(), sender));
    let steps = vec![step(1, &[], vec![delete("1"), delete("1b")]), simple(2, &[1]), simple(3, &[2])];
    let (journal, _) = carry_out_with(steps, &cloud, &interrupt);
    assert_eq!(cloud.made(), ["1"]);
    assert!(journal.interrupted);
    assert_eq!(journal.failed, [(StepId(1), "interrupted after 1 call (iam:DeletePolicy)".to_owned())]);
    assert_eq!(ids(&journal.not_started), [2, 3]);
}

#[test]
fn an_interrupt_ends_a_wait() {
    let (sender, interrupt) = Interrupt::new();
    sender.send(true).unwrap();
    let (journal, _) = carry_out_with(vec![simple(1, &[])], &Script::default(), &interrupt);
    assert_eq!(ids(&journal.not_started), [1]);
    assert!(journal.interrupted);
}

proptest! {
    /// Each step is done exactly when nothing that it needs, directly or not, failed; and never before what it needs.
    #[test]
    fn done_is_all_that_no_failure_stands_before(
        edges in prop::collection::vec((1_u32..12, 1_u32..12), 0..30),
        broken in prop::collection::btree_set(1_u32..12, 0..4),
    ) {
        let needs = |id: u32| -> Vec<u32> {
            edges.iter().filter(|(a, b)| *a.max(b) == id && a != b).map(|(a, b)| *a.min(b)).collect()
        };
        let cloud = broken.iter().fold(Script::default(), |cloud, id| cloud.refuse(&id.to_string(), &[RefusalKind::Denied]));
        let (journal, _) = carry_out((1..12).map(|id| simple(id, &needs(id))).collect(), &cloud);
        let mut lost = broken.clone();
        for id in 1..12 {
            if needs(id).iter().any(|need| lost.contains(need)) {
                lost.insert(id);
            }
        }
        let done: BTreeSet<u32> = journal.done.iter().map(|id| id.0).collect();
        prop_assert_eq!(&done, &(1..12).filter(|id| !lost.contains(id)).collect::<BTreeSet<_>>());
        prop_assert_eq!(journal.done.len() + journal.failed.len() + journal.not_started.len(), 11);
        let place = |id: u32| cloud.made().iter().position(|made| *made == id.to_string());
        for id in &done {
            for need in needs(*id) {
                prop_assert!(place(need) < place(*id));
            }
        }
    }
}
