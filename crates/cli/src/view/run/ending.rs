//! The last words: how it ended, and where it failed what to do next.

use std::fmt::Write as _;

use statewright_execution::{Execution, ExecutionStatus, Linked, Status, VisitId};
use statewright_source::visible;

use super::{
    About, place,
    words::{duration, execution_face, face, lines_of, tries},
};
use crate::view::style::paint;

/// Lines of a cause that are shown without being asked for.
const CAUSE: usize = 12;

/// How it ended.
pub(super) fn block(execution: &Execution, about: &About) -> String {
    let face = execution_face(execution.status());
    let took =
        execution.stopped_at().zip(execution.started_at()).and_then(|(end, start)| end.duration_since(start).ok());
    let mut out = String::new();
    let _ = write!(out, "{}", paint(face.style.bold(), format!("{} {}", face.glyph, face.shout.replace('_', " "))));
    let _ = write!(out, "  {}", visible(&about.name));
    if let Some(took) = took {
        let _ = write!(out, "  {}", duration(took));
    }
    let totals = execution.totals();
    for (count, word) in [(totals.caught as u64, "caught"), (totals.tolerated, "items failed and were tolerated")] {
        if count > 0 {
            let _ = write!(out, "  {count} {word}");
        }
    }
    if !execution.redrives().is_empty() {
        let _ = write!(out, "  redrive {}", execution.redrives().len());
    }
    out.push('\n');
    if execution.status() != ExecutionStatus::Succeeded {
        failure(&mut out, execution, about);
    }
    out
}

/// It was started, and nobody looks.
pub(crate) fn started(about: &About) -> String {
    let face = face(Status::Running);
    let mut out = format!("{} started {}\n", paint(face.style, face.glyph), visible(about.execution.as_str()));
    row(&mut out, "next", &format!("{} --follow {}", about.command, shell(&about.name)));
    out
}

/// It goes on.
pub(super) fn left(execution: &Execution, about: &About) -> String {
    let mut out = String::new();
    if let Some(id) = execution.doomed() {
        let _ = writeln!(out, "It will fail: nothing catches this.");
        failed_state(&mut out, execution, about, id);
    }
    let _ = writeln!(out, "It is still running, and goes on: {}", visible(about.execution.as_str()));
    row(&mut out, "next", &format!("{} --follow {}", about.command, shell(&about.name)));
    if let Some(link) = &about.console {
        row(&mut out, "link", link);
    }
    out
}

fn failure(out: &mut String, execution: &Execution, about: &About) {
    let machine = execution.blocks().first();
    let last = machine.and_then(|machine| machine.visits.last().copied());
    let failed = last.filter(|id| execution.visit(*id).is_some_and(|visit| visit.status.is_failure()));
    if let Some(id) = failed.map(|id| execution.deepest_failure(id)) {
        failed_state(out, execution, about, id);
    } else {
        let failure = execution.failure();
        if let Some(error) = failure.and_then(|failure| failure.error.as_ref()) {
            row(out, "error", &visible(error));
        }
        cause(out, execution, failure.and_then(|failure| failure.cause));
    }
    match execution.status() {
        ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted if !about.is_express => {
            row(out, "again", &format!("{} --redrive {}", about.command, shell(&about.name)));
        }
        _ => {}
    }
    if let Some(link) = &about.console {
        row(out, "link", link);
    }
}

fn failed_state(out: &mut String, execution: &Execution, about: &About, id: VisitId) {
    let Some(visit) = execution.visit(id) else { return };
    let face = face(visit.status);
    let _ = write!(out, "  {} {}", paint(face.style, face.glyph), paint(face.style, place(execution, id)));
    if let Some(took) = visit.ended_at.and_then(|end| end.duration_since(visit.entered_at).ok()) {
        let _ = write!(out, "  {}", duration(took));
    }
    let _ = writeln!(out, "  {}", tries(visit).unwrap_or_else(|| "1 try".to_owned()));
    let failure = visit.failure.as_ref().or_else(|| execution.failure());
    if let Some(error) = failure.and_then(|failure| failure.error.as_ref()) {
        row(out, "error", &visible(error));
    }
    cause(out, execution, failure.and_then(|failure| failure.cause));
    match execution.linked(visit) {
        Some(Linked::JobRun { job, run, error, .. }) => {
            row(out, "glue", &visible(&format!("{} {run}", job.unwrap_or_default())));
            if let Some(error) = error {
                row(out, "", &visible(&error));
            }
        }
        Some(Linked::Execution { arn }) => row(out, "child", &visible(&arn)),
        Some(Linked::Call { .. }) | None => {}
    }
    let show = format!("{} --follow {} --show {}", about.command, shell(&about.name), shell(&visit.state));
    row(out, "next", &show);
}

fn cause(out: &mut String, execution: &Execution, cause: Option<statewright_execution::TextId>) {
    let Some(cause) = cause else { return };
    for (index, line) in lines_of(execution.text(cause), CAUSE).iter().enumerate() {
        row(out, if index == 0 { "cause" } else { "" }, line);
    }
}

fn row(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "    {name:<6} {value}");
}

/// A word for a shell.
pub(crate) fn shell(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/@%+,".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", visible(word).replace('\'', "'\\''")) }
}
