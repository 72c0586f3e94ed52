//! What AWS says of policy documents, as a plan tells it.

use serde_json::{Value, json};
use statewright_iam::{Gravity, PathStep, PolicyFinding};
use statewright_source::{Severity, Sources, parse_json};
use statewright_spec::{Desired, Resource};

use super::{generate::world, laws::plan_of, samples};
use crate::{
    Answer, Live, Mode, Options, Plan, Question, Refusal, RefusalKind,
    model::{Stack, World, apply, read},
    plan,
};

fn stack() -> Stack {
    let mut role = samples::role(&["P"]);
    role.inline.insert("Own".to_owned(), samples::allow(&["glue:GetJob"]));
    Stack::new("etl").with("P", Resource::Policy(samples::policy(&["s3:GetObject"]))).with("R", Resource::Role(role))
}

/// The desired state with the trees of its documents, as a spec would have them.
fn written(world: &World, stack: &Stack) -> (Desired, Sources) {
    let mut desired = stack.desired(&world.identity);
    let mut sources = Sources::default();
    for declared in desired.resources.values_mut() {
        let documents: Vec<(String, &Value)> = match &declared.resource {
            Resource::Policy(policy) => vec![("document".to_owned(), &policy.document)],
            Resource::Role(role) => {
                let inline = role.inline.iter().map(|(name, document)| (format!("inline/{name}"), document));
                inline.chain([("trust".to_owned(), &role.trust)]).collect()
            }
            _ => Vec::new(),
        };
        for (field, document) in documents {
            let text = document.to_string();
            let file = sources.add(field.clone(), text.clone());
            declared.documents.insert(field, parse_json(file, &text).root.unwrap());
        }
    }
    (desired, sources)
}

fn asked(live: &Live) -> Vec<(statewright_iam::Kind, String)> {
    let questions = live.answers.keys().filter_map(|question| match question {
        Question::PolicyVerdict { kind, document } => Some((*kind, document.expose().to_owned())),
        _ => None,
    });
    questions.collect()
}

fn judged(world: &World, stack: &Stack, answer: &Answer) -> (Plan, Sources) {
    let (desired, sources) = written(world, stack);
    let mut live = read(world, &desired, Mode::Apply, &Options::default());
    for (question, slot) in &mut live.answers {
        if matches!(question, Question::PolicyVerdict { .. }) {
            *slot = answer.clone();
        }
    }
    (plan(&desired, &live, &Options::default()), sources)
}

#[test]
fn documents_that_change_are_asked_about_and_no_others() {
    let mut world = world();
    let (desired, _) = written(&world, &stack());
    let all = asked(&read(&world, &desired, Mode::Apply, &Options::default()));
    assert_eq!(all.len(), 3, "{all:?}");
    // What nobody wrote is nobody's to mend.
    let bare = stack().desired(&world.identity);
    assert_eq!(asked(&read(&world, &bare, Mode::Apply, &Options::default())), []);
    let first = plan_of(&world, &stack(), Mode::Apply);
    apply(&mut world, &first, |_, _, _| true).unwrap();
    assert_eq!(asked(&read(&world, &desired, Mode::Apply, &Options::default())), []);
    let mut other = stack();
    for resource in other.resources.values_mut() {
        match resource {
            Resource::Policy(policy) => policy.document = samples::allow(&["s3:PutObject"]),
            // Another order is no change.
            Resource::Role(role) => role.trust = json!({"Statement": role.trust["Statement"], "Version": "2012-10-17"}),
            _ => {}
        }
    }
    let (desired, _) = written(&world, &other);
    let changed = asked(&read(&world, &desired, Mode::Apply, &Options::default()));
    assert_eq!(changed, [(statewright_iam::Kind::Identity, samples::allow(&["s3:PutObject"]).to_string())]);
    assert_eq!(asked(&read(&world, &desired, Mode::Destroy, &Options::default())), []);
}

#[test]
fn what_aws_says_has_a_place_in_the_users_file() {
    let value = |key: &str| PathStep::Value(key.to_owned());
    let place = vec![value("Statement"), PathStep::Index(0), value("Action"), PathStep::Index(0)];
    let finding = PolicyFinding {
        gravity: Gravity::Error,
        code: "NEW".to_owned(),
        message: "AWS does not like it.".to_owned(),
        link: "https://docs.aws.amazon.com/x".to_owned(),
        place,
    };
    let (plan, sources) = judged(&world(), &stack(), &Answer::PolicyVerdict(vec![finding]));
    let found: Vec<_> = plan.findings.iter().filter(|f| f.code.0 == "IAM900").collect();
    let places: Vec<_> = found.iter().map(|f| sources.text(f.primary.as_ref().unwrap().span)).collect();
    assert_eq!(places, ["\"s3:GetObject\"", "\"glue:GetJob\"", "\"sts:AssumeRole\""]);
    assert_eq!((found[0].severity, found[0].title.as_str()), (Severity::Runtime, "AWS says: AWS does not like it."));
    assert!(!plan.is_blocked());
}

#[test]
fn silence_is_noted_once() {
    let refusal = Refusal {
        kind: RefusalKind::Denied,
        call: "access-analyzer:ValidatePolicy".to_owned(),
        code: "AccessDeniedException".to_owned(),
        message: "not authorized".to_owned(),
        request_id: None,
    };
    let (plan, _) = judged(&world(), &stack(), &Answer::Unreadable(refusal));
    let notes: Vec<_> = plan.findings.iter().map(|f| (f.code.0, f.severity, f.title.as_str())).collect();
    assert_eq!(notes, [("PLAN024", Severity::Note, "AWS would not say what it thinks of 3 policy documents")]);
}
