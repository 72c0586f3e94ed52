//! How something stands: always a glyph, a word and a colour together.

use maud::{Markup, html};
use statewright_execution::{ExecutionStatus, Status};

use crate::{
    backend::{Drift, Verdict},
    chart,
};

/// The word in `data-status`, which the style sheet colours.
pub(crate) const fn key(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => "running",
        ExecutionStatus::Succeeded => "succeeded",
        ExecutionStatus::Failed => "failed",
        ExecutionStatus::TimedOut => "timed-out",
        ExecutionStatus::Aborted => "aborted",
    }
}

/// One character.
pub(crate) const fn glyph(status: ExecutionStatus) -> char {
    match status {
        ExecutionStatus::Running => '▶',
        ExecutionStatus::PendingRedrive => '↻',
        ExecutionStatus::Succeeded => '✓',
        ExecutionStatus::Failed => '✕',
        ExecutionStatus::TimedOut => '◷',
        ExecutionStatus::Aborted => '■',
    }
}

/// As a person reads it.
pub(crate) const fn word(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Running => "running",
        ExecutionStatus::PendingRedrive => "waits for redrive",
        ExecutionStatus::Succeeded => "succeeded",
        ExecutionStatus::Failed => "failed",
        ExecutionStatus::TimedOut => "timed out",
        ExecutionStatus::Aborted => "aborted",
    }
}

/// An execution's status.
pub(crate) fn execution(status: ExecutionStatus) -> Markup {
    html! { span.chip data-status=(key(status)) { span aria-hidden="true" { (glyph(status)) } " " (word(status)) } }
}

/// A state's status.
pub(crate) fn state(status: Status) -> Markup {
    let drawn = chart::status(status);
    html! { span.chip data-status=(drawn.key()) { span aria-hidden="true" { (drawn.glyph()) } " " (drawn.word()) } }
}

/// Whether AWS is as the spec says.
pub(crate) fn drift(drift: Drift) -> Markup {
    match drift {
        Drift::InSync => html! { span.chip data-status="succeeded" { span aria-hidden="true" { "=" } " in sync" } },
        Drift::Differs(n) => html! {
            span.chip data-status="caught" {
                span aria-hidden="true" { "~" } " " (n) @if n == 1 { " resource differs" } @else { " resources differ" }
            }
        },
        Drift::Blocked(n) => html! {
            span.chip data-status="failed" {
                span aria-hidden="true" { "✕" } " " (n) @if n == 1 { " error" } @else { " errors" }
            }
        },
    }
}

/// Whether a role grants what a state needs.
pub(crate) fn verdict(verdict: Verdict) -> Markup {
    let (key, glyph, word) = match verdict {
        Verdict::Granted => ("succeeded", "✓", "granted"),
        Verdict::Missing => ("failed", "✕", "not granted"),
        Verdict::Depends => ("caught", "?", "depends"),
    };
    html! { span.chip data-status=(key) { span aria-hidden="true" { (glyph) } " " (word) } }
}
