//! Refused calls: what passes is waited for, what never will be is told soon, and what was done before is not done again.

use std::time::Duration;

use serde_json::json;
use statewright_planner::{Detail, Present};
use statewright_spec::{
    Resource,
    kind::{
        policy::Policy,
        role::Role,
        state_machine::{MachineType, StateMachine},
    },
};

use super::*;

const UNSEEN: RefusalKind = RefusalKind::Propagating(Unseen::Trust);

fn arn(text: &str) -> Arn {
    Arn::parse(text).unwrap()
}

fn role_arn() -> Arn {
    arn("arn:aws:iam::1:role/R")
}

fn trust(service: &str) -> serde_json::Value {
    json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})
}

fn role(service: &str) -> Answer {
    let role = Role {
        trust: trust(service),
        attachments: BTreeSet::new(),
        inline: BTreeMap::new(),
        permissions_boundary: None,
        path: "/".into(),
        description: String::new(),
        max_session_seconds: 3600,
        tags: BTreeMap::new(),
    };
    Answer::RoleGrants(Some(Box::new(role)))
}

/// A call that hands the role `R` to Step Functions.
fn machine() -> Operation {
    let machine = StateMachine {
        machine_type: MachineType::Standard,
        role: role_arn(),
        definition: json!({}),
        logging: None,
        tracing: false,
        encryption: None,
        tags: BTreeMap::new(),
    };
    let (name, tags) = ("m".to_owned(), BTreeMap::new());
    Operation::StateMachine(StateMachineOperation::Create { name, machine: Box::new(machine), tags })
}

impl Script {
    fn iam(self, question: Question, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.iam.lock().unwrap().insert(question, answers.into_iter().collect());
        self
    }

    /// The role `R` and its age in hours.
    fn role(self, role: Answer, hours: u64) -> Self {
        self.iam(Question::RoleGrants(role_arn()), [role])
            .iam(Question::RoleAge(role_arn()), [Answer::RoleAge(Some(Duration::from_hours(hours)))])
    }

    fn shown(self, shown: impl IntoIterator<Item = Observed>) -> Self {
        self.shown.lock().unwrap().extend(shown);
        self
    }
}

#[track_caller]
fn failed(journal: &Journal) -> &str {
    let [(_, why)] = journal.failed.as_slice() else { panic!("{journal:?}") };
    why
}

#[test]
fn what_iam_says_will_never_be_is_told_long_before_the_patience_ends() {
    let cloud = Script::default().refuse("m", &[UNSEEN; 500]).role(role("lambda.amazonaws.com"), 1);
    let (journal, events) = carry_out(vec![step(1, &[], vec![machine()])], &cloud);
    assert_eq!(
        failed(&journal),
        "the trust of the role R does not let states.amazonaws.com assume it, and waiting does not change that: let \
         states.amazonaws.com do sts:AssumeRole in the role's trust. AWS said: iam:DeletePolicy: Propagating(Trust): no"
    );
    // Once is not enough: IAM's reads lag.
    assert!(events.iter().filter(|e| matches!(e.what, What::Retrying { .. })).count() >= 2);
}

#[test]
fn what_iam_shows_late_is_waited_for() {
    let late = [role("lambda.amazonaws.com"), role("states.amazonaws.com")];
    let cloud =
        Script::default().refuse("m", &[UNSEEN; 4]).role(role(""), 0).iam(Question::RoleGrants(role_arn()), late);
    let (journal, events) = carry_out(vec![step(1, &[], vec![machine()])], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    let words =
        "waiting for states.amazonaws.com to be able to assume the role R; the role was made 0 s ago (0 s so far)";
    assert!(
        events.iter().any(|e| matches!(&e.what, What::Retrying { why, .. } if why.starts_with(words))),
        "{events:?}"
    );
}

#[test]
fn an_old_role_that_has_all_it_needs_is_waited_for_a_while() {
    let cloud = Script::default().refuse("m", &[UNSEEN; 500]).role(role("states.amazonaws.com"), 48);
    let started = std::time::Instant::now();
    let (journal, _) = carry_out(vec![step(1, &[], vec![machine()])], &cloud);
    let why = failed(&journal);
    assert!(why.contains("the role is 2 days old, and this apply changed nothing of it"), "{why}");
    assert!(why.contains("given up after 0 s"), "{why}");
    assert!(started.elapsed() >= options().doubt);
}

#[test]
fn what_this_apply_wrote_outranks_what_iam_shows() {
    let write = RoleOperation::UpdateTrust { name: "R".into(), document: trust("states.amazonaws.com") };
    let cloud = Script::default().refuse("m", &[UNSEEN; 8]).role(role("lambda.amazonaws.com"), 48);
    let steps = vec![step(1, &[], vec![Operation::Role(write)]), step(2, &[1], vec![machine()])];
    let (journal, events) = carry_out(steps, &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    assert!(
        events
            .iter()
            .any(|e| matches!(&e.what, What::Retrying { why, .. } if why.contains("this apply wrote it 0 s ago")))
    );
}

fn document() -> serde_json::Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
}

fn policy() -> Policy {
    Policy { document: document(), path: "/".into(), description: String::new(), tags: BTreeMap::new() }
}

/// A policy of this owner, as a read shows it.
fn there(owner: Option<&str>) -> Observed {
    Observed::Present(Box::new(Present {
        resource: Resource::Policy(policy()),
        arn: arn("arn:aws:iam::1:policy/P"),
        owner: owner.map(Owner::from_tag),
        markers: BTreeMap::new(),
        fingerprint: Fingerprint::default(),
        detail: Detail::Policy { default_version: "v1".into(), attachments: 0 },
    }))
}

const OURS: Option<&str> = Some("s@us-east-1");

fn creating() -> Step {
    let tags = BTreeMap::from([(Owner::TAG.to_owned(), "s@us-east-1".to_owned())]);
    let create = PolicyOperation::Create { name: "P".into(), policy: Box::new(policy()), tags: tags.clone() };
    Step {
        ours: tags,
        address: Address::new(Kind::Policy, "P"),
        read_back: Some(Box::new(Resource::Policy(policy()))),
        ..step(1, &[], vec![Operation::Policy(create)])
    }
}

#[test]
fn a_create_whose_answer_was_lost_is_done_also_where_reads_lag() {
    let cloud =
        Script::default().refuse("P", &[RefusalKind::Exists]).shown([Observed::Absent, there(None), there(OURS)]);
    let (journal, _) = carry_out(vec![creating()], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
}

#[test]
fn a_create_whose_answer_was_lost_is_done_also_where_one_read_is_newer_than_another() {
    let torn = || Observed::Unreadable(refusal(RefusalKind::NotFound));
    let cloud = Script::default().refuse("P", &[RefusalKind::Exists]).shown([torn(), torn(), there(OURS)]);
    let (journal, _) = carry_out(vec![creating()], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
}

#[test]
fn a_version_that_gets_no_answer_is_made_again_as_often_as_the_sdk_makes_others() {
    let version = PolicyOperation::CreateVersion { arn: arn("arn:aws:iam::1:policy/P"), document: document() };
    let steps = || vec![step(1, &[], vec![Operation::Policy(version.clone())])];
    let (journal, _) = carry_out(steps(), &Script::default().refuse("P", &[RefusalKind::Unreachable; 14]));
    assert!(journal.is_complete(), "{journal:?}");
    let (journal, _) = carry_out(steps(), &Script::default().refuse("P", &[RefusalKind::Unreachable; 15]));
    assert_eq!(failed(&journal), "iam:DeletePolicy: Unreachable: no");
}

#[test]
fn what_is_anothers_is_not_taken_for_a_lost_answer() {
    for owner in [Some("other@us-east-1"), None] {
        let cloud = Script::default().refuse("P", &[RefusalKind::Exists; 9]).shown([there(owner)]);
        let (journal, _) = carry_out(vec![creating()], &cloud);
        assert_eq!(failed(&journal), "iam:DeletePolicy: Exists: no");
    }
}

#[test]
fn a_version_whose_answer_was_lost_is_not_a_sixth() {
    let version = |document| PolicyOperation::CreateVersion { arn: arn("arn:aws:iam::1:policy/P"), document };
    let steps = |document| vec![step(1, &[], vec![Operation::Policy(version(document))])];
    let cloud = || Script::default().refuse("P", &[RefusalKind::Limit]).shown([there(OURS)]);
    let (journal, _) = carry_out(steps(document()), &cloud());
    assert!(journal.is_complete(), "{journal:?}");
    let (journal, _) = carry_out(steps(json!({"Statement": []})), &cloud());
    assert_eq!(failed(&journal), "iam:DeletePolicy: Limit: no");
}

#[test]
fn a_version_whose_answer_was_lost_is_not_made_twice() {
    let version = |document| PolicyOperation::CreateVersion { arn: arn("arn:aws:iam::1:policy/P"), document };
    let steps = |document| vec![step(1, &[], vec![Operation::Policy(version(document))])];
    let cloud = || Script::default().refuse("P", &[RefusalKind::Unreachable]).shown([there(OURS)]);
    let made = cloud();
    let (journal, _) = carry_out(steps(document()), &made);
    assert!(journal.is_complete() && made.made().is_empty(), "{journal:?}");
    // What is not there is made.
    let not_made = cloud();
    let (journal, _) = carry_out(steps(json!({"Statement": []})), &not_made);
    assert!(journal.is_complete(), "{journal:?}");
    assert_eq!(not_made.made(), ["P"]);
}

#[test]
fn what_was_created_is_read_until_it_is_shown() {
    let cloud = Script::default().shown(std::iter::repeat_n(Observed::Absent, 5).chain([there(OURS)]));
    let (journal, _) = carry_out(vec![creating()], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    let never = Script::default();
    let (journal, _) = carry_out(vec![creating()], &never);
    assert_eq!(failed(&journal), "policy.P was created and then not found");
}

/// The machine `m`, made, and as it is read back with this owner.
fn making_a_machine() -> (Step, impl Fn(Option<&str>) -> Observed) {
    let Operation::StateMachine(StateMachineOperation::Create { machine, .. }) = machine() else { unreachable!() };
    let wanted = Resource::StateMachine(*machine);
    let shown = wanted.clone();
    let there = move |owner: Option<&str>| {
        Observed::Present(Box::new(Present {
            resource: shown.clone(),
            arn: arn("arn:aws:states:us-east-1:1:stateMachine:m"),
            owner: owner.map(Owner::from_tag),
            markers: BTreeMap::new(),
            fingerprint: Fingerprint::default(),
            detail: Detail::StateMachine { revision: "INITIAL".into(), status: "ACTIVE".into() },
        }))
    };
    let made = Step {
        ours: BTreeMap::from([(Owner::TAG.to_owned(), "s@us-east-1".to_owned())]),
        address: Address::new(Kind::StateMachine, "m"),
        read_back: Some(Box::new(wanted)),
        ..step(1, &[], vec![self::machine()])
    };
    (made, there)
}

/// AWS answers a create with somebody's identical machine, and shows the tags of a new one late.
#[test]
fn a_machine_without_our_tag_is_reread_and_then_left_alone() {
    let (made, there) = making_a_machine();
    let cloud = Script::default().shown([there(None), there(None), there(OURS)]);
    let (journal, _) = carry_out(vec![made], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    assert_eq!(cloud.made(), ["m"]);

    let (made, _) = making_a_machine();
    let cloud = Script::default().shown([there(None)]);
    let since = Instant::now();
    let (journal, _) = carry_out(vec![made], &cloud);
    assert!(failed(&journal).contains("was there before and has no owner"), "{journal:?}");
    assert!(since.elapsed() >= options().lag);
    assert_eq!(cloud.made(), ["m"], "it is neither tagged nor changed");

    // Another's tag is never ours that comes late: one read is enough.
    let (made, _) = making_a_machine();
    let cloud = Script::default().shown([there(Some("other@us-east-1")), there(OURS)]);
    let (journal, _) = carry_out(vec![made], &cloud);
    assert!(failed(&journal).contains("belongs to other@us-east-1"), "{journal:?}");
    assert_eq!(cloud.made(), ["m"]);
}

#[test]
fn what_a_create_dropped_is_set() {
    let mut tagged = policy();
    tagged.tags.insert("team".into(), "data".into());
    let dropped = Step { read_back: Some(Box::new(Resource::Policy(tagged))), ..creating() };
    let cloud = Script::default().shown([there(OURS)]);
    let (journal, events) = carry_out(vec![dropped], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    assert_eq!(cloud.made(), ["P", "P"]);
    let done = events.iter().find_map(|e| if let What::Done { calls } = &e.what { Some(calls.clone()) } else { None });
    assert_eq!(done.unwrap(), ["iam:CreatePolicy", "iam:TagPolicy"]);
}
