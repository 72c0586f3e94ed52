//! The objects of jobs: whose they are, what goes up, what is left behind.

use std::collections::BTreeSet;

use statewright_source::Diagnostic;
use statewright_spec::{Address, Resource, kind::job::Job};

use crate::{
    Answer, Detail, Mode, Present, Question, Refusal, ScriptObject, codes,
    kind::job::{Marks, Scripts, mark, place},
    notes::Notes,
    operation::job::Over,
    survey::{Standing, Survey},
};

/// For a job that is made.
pub(super) fn of_new(survey: &Survey<'_>, address: &Address, job: &Job, notes: &mut Notes) -> Scripts {
    let Some((bucket, key)) = job.script.as_ref().and_then(|_| place(&job.script_location)) else {
        return Scripts::default();
    };
    let object = ask(survey, address, &bucket, &key, notes);
    let upload = object.and_then(|object| upload(survey, address, job, object, (false, false), notes));
    Scripts { upload, ..Scripts::default() }
}

/// For a job that is there.
pub(super) fn of_kept(
    survey: &Survey<'_>,
    address: &Address,
    present: &Present,
    before: &Job,
    after: &Job,
    notes: &mut Notes,
) -> Scripts {
    let marks = Marks::of(&present.markers);
    let object = match (&after.script, &present.detail) {
        (Some(_), Detail::Job { script: ScriptObject::NotManaged, .. }) => {
            place(&after.script_location).and_then(|(bucket, key)| ask(survey, address, &bucket, &key, notes))
        }
        (Some(_), Detail::Job { script, .. }) => Some(script),
        _ => None,
    };
    let same = before.script.as_ref().map(|s| &s.sha256) == after.script.as_ref().map(|s| &s.sha256);
    Scripts {
        upload: object.and_then(|object| {
            let runs = before.script_location == after.script_location;
            upload(survey, address, after, object, (same, runs), notes)
        }),
        remove: Some(left_of(survey, address, &marks, before, mark(after).as_ref(), notes)),
        marks,
    }
}

/// The objects of ours that a job ran and shall not run any more.
fn left_of(
    survey: &Survey<'_>,
    address: &Address,
    marks: &Marks,
    before: &Job,
    wanted: Option<&String>,
    notes: &mut Notes,
) -> Vec<(String, String)> {
    let marked: BTreeSet<&String> = marks.places().filter(|place| wanted != Some(*place)).collect();
    let mut left: Vec<_> = marked.iter().filter_map(|place| left_at(survey, address, place, notes)).collect();
    // Where another apply has taken back the marks of a move, the job itself still names where the script went.
    if let Some((bucket, key)) = place(&before.script_location).filter(|_| marks.places().next().is_some()) {
        let runs = format!("{bucket}/{key}");
        if wanted != Some(&runs) && !marked.contains(&runs) && is_surely_ours(survey, &bucket, &key, notes) {
            left.extend((!is_kept(survey, address, &runs)).then_some((bucket, key)));
        }
    }
    left
}

/// For a job that goes: the objects that go with it.
pub(super) fn of_leaving(
    survey: &Survey<'_>,
    address: &Address,
    present: &Present,
    notes: &mut Notes,
) -> Vec<(String, String)> {
    let Resource::Job(job) = &present.resource else { return Vec::new() };
    left_of(survey, address, &Marks::of(&present.markers), job, None, notes)
}

/// Whether the script goes up, and over what. `same`: what is there is what shall be; `runs`: it is what
/// the live job runs.
fn upload(
    survey: &Survey<'_>,
    address: &Address,
    job: &Job,
    object: &ScriptObject,
    (same, runs): (bool, bool),
    notes: &mut Notes,
) -> Option<Over> {
    match object {
        ScriptObject::Absent => Some(Over::Nothing),
        ScriptObject::Present { owner: Some(owner) } if *owner == survey.desired.owner => {
            (!same).then(|| Over::Object { owner: Some(owner.clone()) })
        }
        // With the job that runs it the object is taken over.
        ScriptObject::Present { owner } if runs && survey.may_take(address, owner.as_ref()) => {
            Some(Over::Object { owner: owner.clone() })
        }
        ScriptObject::Present { owner } => {
            let whose = owner.as_ref().map_or("has no owner".to_owned(), |owner| format!("belongs to {owner}"));
            let title = format!("the script of {address} would overwrite an object that {whose}");
            let error = Diagnostic::error(codes::SCRIPT_NOT_OURS, title);
            let error = survey.place(address).on(error, "/script", job.script_location.clone());
            notes.find(address, error.help("upload the script to another place (`to:`), or remove the object there"));
            None
        }
        ScriptObject::NotManaged => None,
        ScriptObject::Unreadable(refusal) => {
            unreadable(survey, address, refusal, notes);
            None
        }
    }
}

/// An object of ours at `bucket/key` that no declared job runs any more.
fn left_at(survey: &Survey<'_>, address: &Address, marked: &str, notes: &mut Notes) -> Option<(String, String)> {
    let (bucket, key) = marked.split_once('/')?;
    if is_kept(survey, address, marked) {
        return None;
    }
    match ask(survey, address, bucket, key, notes)? {
        ScriptObject::Present { owner: Some(owner) } if *owner == survey.desired.owner => {
            Some((bucket.to_owned(), key.to_owned()))
        }
        ScriptObject::Unreadable(refusal) => {
            unreadable(survey, address, refusal, notes);
            None
        }
        ScriptObject::Present { .. } | ScriptObject::Absent | ScriptObject::NotManaged => None,
    }
}

/// Whether another job runs the script at `bucket/key`: one that is declared, part of this plan or not, or that is left to itself.
fn is_kept(survey: &Survey<'_>, address: &Address, place: &str) -> bool {
    let location = format!("s3://{place}");
    let runs = |resource: &Resource| matches!(resource, Resource::Job(job) if job.script_location == location);
    // What is declared and not there runs nothing when all is destroyed.
    let stands = |other: &Address| survey.mode == Mode::Apply || survey.present(other).is_some();
    let stays = |other: &Address| match survey.standing.get(other) {
        None => stands(other),
        Some(_) => survey.wanted(other).is_some(),
    };
    let declared = survey.desired.resources.iter().any(|(other, declared)| stays(other) && runs(&declared.resource));
    let retained = survey.standing.iter().any(|(other, standing)| {
        other != address && matches!(standing, Standing::Forgotten { present } if runs(&present.resource))
    });
    declared || retained
}

/// Whether the object is ours by S3's word; what it would not say of a place that somebody may have chosen by hand is no finding.
fn is_surely_ours(survey: &Survey<'_>, bucket: &str, key: &str, notes: &mut Notes) -> bool {
    let question = Question::ScriptObject { bucket: bucket.to_owned(), key: key.to_owned() };
    match survey.live.answers.get(&question) {
        Some(Answer::ScriptObject(ScriptObject::Present { owner: Some(owner) })) => *owner == survey.desired.owner,
        Some(_) => false,
        None => {
            notes.asked.insert(question);
            false
        }
    }
}

fn ask<'a>(
    survey: &Survey<'a>,
    address: &Address,
    bucket: &str,
    key: &str,
    notes: &mut Notes,
) -> Option<&'a ScriptObject> {
    let question = Question::ScriptObject { bucket: bucket.to_owned(), key: key.to_owned() };
    let what = format!("knowing whose s3://{bucket}/{key} is");
    match notes.ask(survey.live, survey.place(address), question, &what)? {
        Answer::ScriptObject(object) => Some(object),
        _ => None,
    }
}

fn unreadable(survey: &Survey<'_>, address: &Address, refusal: &Refusal, notes: &mut Notes) {
    let error = Diagnostic::error(codes::NOT_ANSWERED, format!("S3 would not say whose the script of {address} is"));
    let error = survey.place(address).on(error, "/script", refusal.to_string());
    notes.find(address, error.help(format!("allow the caller {}", refusal.call)));
}
