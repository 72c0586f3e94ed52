//! The last executions of a machine: as a strip of glyphs, and as a list.

use std::time::Duration;

use maud::{Markup, html};
use statewright_execution::ExecutionStatus;
use statewright_source::visible;

use super::{
    status,
    time::{between, took, when},
};
use crate::{
    backend::{Machine, Recent, Stack},
    link,
};

/// How many a strip shows.
const STRIP: usize = 12;

/// The last ones, the newest at the right, each a way to it.
pub(crate) fn strip(stack: &Stack, machine: &Machine, recent: &[Recent]) -> Markup {
    html! {
        span.strip {
            @for run in recent.iter().take(STRIP).rev() {
                a href=(link::run(&stack.owner, &machine.name, &run.name)) data-status=(status::key(run.status))
                    title={ (status::word(run.status)) " " (visible(&run.name)) }
                    aria-label={ "execution " (visible(&run.name)) ", " (status::word(run.status)) } {
                    (status::glyph(run.status))
                }
            }
        }
    }
}

/// All of them, with how long each took beside the longest.
pub(crate) fn list(stack: &Stack, machine: &Machine, recent: &[Recent]) -> Markup {
    let longest = recent.iter().map(|run| between(run.started, run.stopped)).max().unwrap_or_default();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Table of executions" {
            table {
                thead { tr { th scope="col" { "Status" } th scope="col" { "Execution" } th scope="col" { "Started (UTC)" } th scope="col" { "Took" } } }
                tbody {
                    @for run in recent {
                        @let time = between(run.started, run.stopped);
                        tr {
                            td { (status::execution(run.status)) }
                            td { a.name href=(link::run(&stack.owner, &machine.name, &run.name)) { (visible(&run.name)) } }
                            td { (when(run.started)) }
                            td.took { (bar(time, longest, status::key(run.status))) " " (took(time)) }
                        }
                    }
                }
            }
        }
    }
}

/// A bar as long as a part of a whole.
fn bar(part: Duration, whole: Duration, key: &str) -> Markup {
    let share = if whole.is_zero() { 0.0 } else { (part.as_secs_f64() / whole.as_secs_f64() * 100.0).max(1.0) };
    html! {
        svg.bar width="100" height="8" viewBox="0 0 100 8" aria-hidden="true" {
            rect.track width="100" height="8" rx="2" {}
            rect data-status=(key) width=(format!("{share:.1}")) height="8" rx="2" {}
        }
    }
}

/// `3 of the last 50 failed`, `none of the last 50 failed`.
pub(crate) fn failures(recent: &[Recent]) -> Option<String> {
    let ended = recent.iter().filter(|run| run.status.is_final()).count();
    let failed = recent.iter().filter(|run| is_failure(run.status)).count();
    match (failed, ended) {
        (_, 0) => None,
        (0, ended) => Some(format!("none of the last {ended} failed")),
        (failed, ended) => Some(format!("{failed} of the last {ended} failed")),
    }
}

/// Whether an execution did not do what it was to do.
pub(crate) const fn is_failure(status: ExecutionStatus) -> bool {
    matches!(status, ExecutionStatus::Failed | ExecutionStatus::TimedOut)
}
