//! What is there just before a step writes.

use statewright_planner::{Believed, Detail, Present, ScriptObject, operation::job::Over};
use statewright_spec::{Resource, Tags, kind::policy::Policy};

use super::*;

/// A policy of one action, as it is read.
fn policy(action: &str) -> Present {
    let region = Region::new("us-east-1");
    Present {
        resource: Resource::Policy(Policy {
            document: document(action),
            path: "/".into(),
            description: String::new(),
            tags: Tags::new(),
        }),
        arn: Arn::parse("arn:aws:iam::1:policy/1").unwrap(),
        owner: Some(Owner::new("s", None, &region)),
        markers: BTreeMap::new(),
        fingerprint: Fingerprint::default(),
        detail: Detail::Policy { default_version: "v1".into(), attachments: 0 },
    }
}

fn document(action: &str) -> serde_json::Value {
    serde_json::json!({ "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
}

/// A step that gives the policy of step 1 another document.
fn put(id: u32, needs: &[u32], action: &str, before: Option<&Present>) -> Step {
    let arn = Arn::parse("arn:aws:iam::1:policy/1").unwrap();
    let call = Operation::Policy(PolicyOperation::CreateVersion { arn, document: document(action) });
    Step {
        address: Address::new(Kind::Policy, "1"),
        action: Action::Update,
        before: before.map(Believed::read).map(Box::new),
        ..step(id, needs, vec![call])
    }
}

fn sees(cloud: &Script, reads: impl IntoIterator<Item = Observed>) {
    cloud.shown.lock().unwrap().extend(reads);
}

fn there(action: &str) -> Observed {
    Observed::Present(Box::new(policy(action)))
}

#[test]
fn what_somebody_changed_since_the_plan_is_not_overwritten() {
    let cloud = Script::default();
    sees(&cloud, [there("s3:PutObject")]);
    let steps = vec![put(1, &[], "s3:*", Some(&policy("s3:GetObject"))), simple(2, &[1]), simple(3, &[])];
    let (journal, _) = carry_out(steps, &cloud);
    assert_eq!(cloud.made(), ["3"]);
    assert_eq!(ids(&journal.not_started), [2]);
    assert_eq!(
        journal.failed[0].1,
        "since the plan was made, somebody else touched policy.1: it was changed in document/Statement[0]/Action. \
         Nothing of this step was written; plan again"
    );
}

#[test]
fn what_somebody_deleted_since_the_plan_is_not_made_anew() {
    let cloud = Script::default();
    let (journal, _) = carry_out(vec![put(1, &[], "s3:*", Some(&policy("s3:GetObject")))], &cloud);
    assert!(cloud.made().is_empty());
    assert!(journal.failed[0].1.contains("somebody else deleted policy.1"), "{:?}", journal.failed);
}

#[test]
fn what_is_gone_already_may_be_deleted() {
    let cloud = Script::default();
    let gone = Step { before: Some(Box::new(Believed::read(&policy("s3:GetObject")))), ..simple(1, &[]) };
    let (journal, _) = carry_out(vec![gone], &cloud);
    assert!(journal.is_complete());
}

#[test]
fn a_stale_read_is_read_again() {
    let cloud = Script::default();
    let throttled = Observed::Unreadable(refusal(RefusalKind::Throttled));
    sees(&cloud, [there("sns:Publish"), throttled, there("s3:GetObject")]);
    let (journal, _) = carry_out(vec![put(1, &[], "s3:*", Some(&policy("s3:GetObject")))], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    assert_eq!(cloud.made(), ["1"]);
}

#[test]
fn a_read_that_was_throttled_for_long_shows_what_was_when_it_began() {
    let cloud = Script::default();
    let none = Duration::ZERO;
    *cloud.slow.lock().unwrap() = [none, none, none, options().lag * 2].into();
    sees(&cloud, ["sns:Publish"; 4].map(there).into_iter().chain([there("s3:GetObject")]));
    let (journal, _) = carry_out(vec![put(1, &[], "s3:*", Some(&policy("s3:GetObject")))], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
}

#[test]
fn a_later_step_is_held_against_what_the_first_wrote() {
    let steps = || vec![put(1, &[], "s3:*", Some(&policy("s3:GetObject"))), put(2, &[1], "s3:PutObject", None)];
    let cloud = Script::default();
    // The old document is read for a while: what was written outranks it.
    sees(&cloud, ["s3:GetObject", "s3:GetObject", "s3:GetObject", "s3:*"].map(there));
    let (journal, _) = carry_out(steps(), &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    assert_eq!(cloud.made(), ["1", "1"]);

    let cloud = Script::default();
    sees(&cloud, [there("s3:GetObject")].into_iter().chain([there("sns:*")]));
    let (journal, _) = carry_out(steps(), &cloud);
    assert_eq!((journal.done, ids(&journal.failed)), (vec![StepId(1)], vec![2]));
    assert_eq!(cloud.made(), ["1"]);
}

#[test]
fn what_somebody_else_did_already_is_not_done_again() {
    let cloud = Script::default();
    sees(&cloud, [there("s3:*")]);
    let (journal, _) = carry_out(vec![put(1, &[], "s3:*", Some(&policy("s3:GetObject")))], &cloud);
    assert!(journal.is_complete(), "{journal:?}");
    assert!(cloud.made().is_empty());
}

#[test]
fn a_caller_who_may_not_look_is_told_at_once() {
    let cloud = Script::default();
    sees(&cloud, [Observed::Unreadable(refusal(RefusalKind::Denied))]);
    let (journal, _) = carry_out(vec![put(1, &[], "s3:*", Some(&policy("s3:GetObject")))], &cloud);
    assert_eq!(journal.failed[0].1, "iam:DeletePolicy: Denied: no");
    assert!(cloud.made().is_empty());
}

/// One step that makes `call` where S3 shows these, one after the other.
fn on_object(call: JobOperation, shown: &[ScriptObject]) -> (Journal, Vec<String>) {
    let question = Question::ScriptObject { bucket: "b".into(), key: "k.py".into() };
    let cloud = Script::default();
    let answers = shown.iter().cloned().map(Answer::ScriptObject).collect();
    cloud.iam.lock().unwrap().insert(question, answers);
    let (journal, _) = carry_out(vec![step(1, &[], vec![Operation::Job(call)])], &cloud);
    (journal, cloud.made())
}

fn owned(owner: &str) -> ScriptObject {
    ScriptObject::Present { owner: (!owner.is_empty()).then(|| Owner::from_tag(owner)) }
}

fn upload(over: Over) -> JobOperation {
    let (bucket, key) = ("b".to_owned(), "k.py".to_owned());
    JobOperation::UploadScript { bucket, key, body: [1_u8][..].into(), sha256: "1".into(), tags: Tags::new(), over }
}

fn delete_script() -> JobOperation {
    JobOperation::DeleteScript { bucket: "b".into(), key: "k.py".into() }
}

fn release_script() -> JobOperation {
    JobOperation::ReleaseScript { bucket: "b".into(), key: "k.py".into() }
}

const OURS: &str = "s@us-east-1";

#[test]
fn an_object_that_became_anothers_is_not_overwritten() {
    let over = |owner: &str| upload(Over::Object { owner: (!owner.is_empty()).then(|| Owner::from_tag(owner)) });
    for (call, shown) in [
        (over(OURS), "other@us-east-1"),
        (over(OURS), ""),
        // One that the plan takes over from nobody, or from another stack.
        (over(""), "other@us-east-1"),
        (over("other@us-east-1"), "third@us-east-1"),
        (over("other@us-east-1"), ""),
    ] {
        let (journal, made) = on_object(call.clone(), &[owned(shown)]);
        assert!(made.is_empty(), "{call:?} where {shown} owns it");
        let whose = if shown.is_empty() { "has no owner any more".into() } else { format!("belongs to {shown} now") };
        let why = format!(
            "since the plan was made, somebody else touched the script's object: s3://b/k.py {whose}. It was left as it \
             is; plan again"
        );
        assert_eq!(journal.failed[0].1, why);
    }
    for (call, shown) in [(over(OURS), OURS), (over(""), ""), (over(""), OURS), (over("other@us-east-1"), OURS)] {
        assert_eq!(on_object(call, &[owned(shown)]).1, ["k.py"]);
    }
    assert_eq!(on_object(over(OURS), &[ScriptObject::Absent]).1, ["k.py"]);
    // AWS itself refuses where something is there.
    assert_eq!(on_object(upload(Over::Nothing), &[]).1, ["k.py"]);
}

#[test]
fn an_object_that_became_anothers_is_not_deleted() {
    for shown in ["other@us-east-1", ""] {
        let (journal, made) = on_object(delete_script(), &[owned(shown)]);
        assert!(made.is_empty() && journal.failed[0].1.contains("s3://b/k.py"), "{journal:?}");
    }
    assert_eq!(on_object(delete_script(), &[owned(OURS)]).1, ["k.py"]);
    assert_eq!(on_object(delete_script(), &[ScriptObject::Absent]).1, ["k.py"]);
}

/// To release is to take off every tag of ours, and another stack's tag looks like ours.
#[test]
fn an_object_that_became_anothers_is_not_released() {
    let (journal, made) = on_object(release_script(), &[owned("other@us-east-1")]);
    assert!(made.is_empty() && journal.failed[0].1.contains("belongs to other@us-east-1 now"), "{journal:?}");
    assert_eq!(on_object(release_script(), &[owned(OURS)]).1, ["k.py"]);
    assert_eq!(on_object(release_script(), &[owned("")]).1, ["k.py"]);
}

#[test]
fn an_object_that_s3_will_not_show_is_left_alone() {
    let unreadable = |kind| ScriptObject::Unreadable(refusal(kind));
    let (journal, made) = on_object(delete_script(), &[unreadable(RefusalKind::Denied)]);
    assert!(made.is_empty());
    assert_eq!(journal.failed[0].1, "iam:DeletePolicy: Denied: no");
    let (journal, made) = on_object(delete_script(), &[]);
    assert!(made.is_empty() && journal.failed[0].1.contains("not answered"), "{journal:?}");
    let (_, made) = on_object(delete_script(), &[unreadable(RefusalKind::Throttled), owned(OURS)]);
    assert_eq!(made, ["k.py"]);
}
