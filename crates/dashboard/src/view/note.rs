//! What is said instead of data, or beside it: what AWS refused, what is not there, what is still to come.

use maud::{Markup, html};
use statewright_planner::{Refusal, RefusalKind};
use statewright_source::visible;

/// AWS said no: the call, its words, and what to do.
pub(crate) fn refusal(refusal: &Refusal) -> Markup {
    let hint = match refusal.kind {
        RefusalKind::Credentials => {
            "The credentials have expired or are wrong. Log in again; if they come from the environment, start statewright serve anew."
        }
        RefusalKind::Denied => {
            "The caller lacks that permission: the book's page on permissions lists what each command needs."
        }
        RefusalKind::Throttled => "AWS throttles. It is tried again.",
        RefusalKind::Unreachable => "Nobody answered. It is tried again.",
        RefusalKind::NotFound => "It does not exist, or no longer: AWS forgets an execution 90 days after its end.",
        _ => "It is tried again.",
    };
    html! {
        div.note.bad role="status" {
            p { strong { "AWS refused " code { (refusal.call) } } }
            p { @if !refusal.code.is_empty() { code { (visible(&refusal.code)) } ": " } (visible(&refusal.message)) }
            p.quiet { (hint) }
        }
    }
}

/// Nothing is there; why, and what would make it otherwise.
pub(crate) fn empty(text: &str, command: Option<&str>) -> Markup {
    html! {
        p.note { (text) @if let Some(command) = command { " " code { (command) } } }
    }
}

/// It is being read.
pub(crate) fn reading(what: &str) -> Markup {
    html! { p.note.reading role="status" { "Reading " (what) "…" } }
}
