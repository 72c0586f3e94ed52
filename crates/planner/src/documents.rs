//! Policy documents that change: what AWS says of them.

use serde_json::Value;
use statewright_iam::{Document, Kind, PolicyFinding, equivalent, lint::lint, not_said_by_us, validate};
use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Declared, Resource, Secret};

use crate::{
    Answer, Mode, Question, codes,
    compare::View,
    notes::{Notes, finding},
    survey::{Standing, Survey},
};

/// Joins what IAM Access Analyzer says of every document that is new or changes to what we say. Where it would not say,
/// that is noted once: our own checks were made.
pub(crate) fn check(survey: &Survey<'_>, notes: &mut Notes) {
    if survey.mode == Mode::Destroy {
        return;
    }
    let mut unheard = Vec::new();
    for (address, standing) in &survey.standing {
        let (declared, before) = match standing {
            Standing::New { declared, .. } => (*declared, None),
            Standing::Kept { declared, present } | Standing::Replaced { declared, present, .. } => {
                (*declared, Some(&present.resource))
            }
            Standing::Leaving { .. } | Standing::Forgotten { .. } | Standing::Blocked => continue,
        };
        for (field, kind, document) in changing(declared, before) {
            let question = Question::PolicyVerdict { kind, document: Secret::new(document.to_string()) };
            match survey.live.answers.get(&question) {
                Some(Answer::PolicyVerdict(theirs)) => {
                    for found in said(survey, declared, (&field, kind), theirs) {
                        notes.find(address, found);
                    }
                }
                Some(Answer::Unreadable(refusal)) => unheard.push((address, refusal)),
                Some(_) => {}
                None => {
                    notes.asked.insert(question);
                }
            }
        }
    }
    if let Some((first, refusal)) = unheard.first() {
        let title = match unheard.len() {
            1 => format!("AWS would not say what it thinks of a policy document of {first}"),
            n => format!("AWS would not say what it thinks of {n} policy documents"),
        };
        notes.find(first, finding(codes::NOT_JUDGED, Severity::Note, title).help(refusal.to_string()));
    }
}

/// The documents of a resource that somebody wrote and that are to be others than they are: the field, what it holds, the
/// document.
fn changing<'d>(declared: &'d Declared, before: Option<&Resource>) -> Vec<(String, Kind, &'d Value)> {
    let mut out = Vec::new();
    let mut add = |field: String, kind, before: Option<&Value>, after: &'d Value| {
        let written = declared.documents.contains_key(&field);
        if written && !before.is_some_and(|before| equivalent(before, after)) {
            out.push((field, kind, after));
        }
    };
    match (&declared.resource, before) {
        (Resource::Policy(after), before) => {
            let before = match before {
                Some(Resource::Policy(before)) => Some(&before.document),
                _ => None,
            };
            add("document".to_owned(), Kind::Identity, before, &after.document);
        }
        (Resource::Role(after), before) => {
            let before = match before {
                Some(Resource::Role(before)) => Some(before),
                _ => None,
            };
            add("trust".to_owned(), Kind::Trust, before.map(|b| &b.trust), &after.trust);
            for (name, document) in &after.inline {
                let field = format!("inline/{}", name.replace('~', "~0").replace('/', "~1"));
                add(field, Kind::Identity, before.and_then(|b| b.inline.get(name)), document);
            }
        }
        (Resource::LogGroup(_) | Resource::Function(_) | Resource::Job(_) | Resource::StateMachine(_), _) => {}
    }
    out
}

/// What AWS says and we do not, at its places in the user's file.
fn said(
    survey: &Survey<'_>,
    declared: &Declared,
    (field, kind): (&str, Kind),
    theirs: &[PolicyFinding],
) -> Vec<Diagnostic> {
    let Some(tree) = declared.documents.get(field) else { return Vec::new() };
    let mut ours = validate(tree, kind);
    if let (Some(document), _) = Document::read(tree) {
        ours.extend(lint(&document, kind));
    }
    let view = View::of(declared, &survey.desired.secrets);
    let mut found = not_said_by_us(tree, &ours, theirs);
    for found in &mut found {
        let texts = [Some(&found.title), found.help.as_ref()];
        if texts.into_iter().flatten().any(|text| view.holds_secret(text)) {
            "AWS says something of a text that a sensitive variable is a part of".clone_into(&mut found.title);
            found.help = None;
        }
    }
    found
}
