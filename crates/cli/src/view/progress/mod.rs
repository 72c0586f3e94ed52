//! What an apply tells while it works: three folds over the same events.

mod json;
mod lines;
mod live;

pub(crate) use json::ApplyLine;

use std::fmt::Write as _;

use statewright_applier::{Event, Journal};
use statewright_planner::{Mode, Plan, Step};

use crate::{
    args::EventFormat,
    output,
    view::style::{self, paint},
};

/// Somebody who listens to an apply.
pub(crate) trait Progress: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);
    /// It is over.
    fn journal(&self, journal: &Journal);
}

/// The listener for a format and for where the output goes.
pub(crate) fn progress(plan: &Plan, mode: Mode, format: EventFormat) -> Box<dyn Progress + '_> {
    match format {
        EventFormat::Json => Box::new(json::Json::new(plan)),
        EventFormat::Text if output::is_live() => Box::new(live::Live::new(plan, mode)),
        EventFormat::Text => Box::new(lines::Lines::new(plan, mode)),
    }
}

/// The closing words: what was done, what failed and why, what was not started and why.
fn closing(plan: &Plan, mode: Mode, journal: &Journal) -> String {
    let name = |id| plan.steps.iter().find(|s: &&Step| s.id == id).map(|s| s.address.to_string()).unwrap_or_default();
    let mut out = String::from("\n");
    for (id, why) in &journal.failed {
        let line = format!("✗ {} {}", id.0, name(*id));
        let _ = writeln!(out, "{}: {}", paint(style::REMOVED, line), statewright_source::visible(why));
    }
    for (id, why) in &journal.not_started {
        let _ = writeln!(out, "{} {}: not started, {why}", paint(style::QUIET, format!("· {}", id.0)), name(*id));
    }
    let total = plan.steps.len();
    let done = journal.done.len();
    if total == 0 {
        let why = match mode {
            Mode::Apply => "AWS is as the spec says",
            Mode::Destroy => "AWS has nothing of this stack",
        };
        return format!("\nNothing to do: {why}.\n");
    }
    let steps = if total == 1 { "step" } else { "steps" };
    let verdict = if journal.interrupted {
        paint(style::CHANGED.bold(), format!("Interrupted: {done} of {total} {steps} done. Run it again to go on."))
    } else if journal.is_complete() {
        paint(style::ADDED.bold(), format!("Done: {done} {steps}."))
    } else {
        let hint = "What was done stays; mend the cause and run it again: it goes on from there.";
        let failed = journal.failed.len();
        let left = journal.not_started.len();
        paint(
            style::REMOVED.bold(),
            format!("Partly done: {done} of {total} {steps} done, {failed} failed, {left} not started. {hint}"),
        )
    };
    if out.len() > 1 { format!("{out}\n{verdict}\n") } else { format!("\n{verdict}\n") }
}
