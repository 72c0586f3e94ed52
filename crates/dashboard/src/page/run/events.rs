//! The events of an execution, a page of them at a time, the newest first.

use maud::{Markup, html};
use statewright_source::visible;

use crate::{follow::Seen, link, route::Selection, view::time::when};

/// How many events a page has.
const PAGE: usize = 50;

pub(super) fn of(here: &str, seen: &Seen, selection: &Selection) -> Markup {
    let count = seen.events.len();
    if count == 0 {
        return html! { p.quiet { "No event yet." } };
    }
    // Counted from the newest, so that the first page is always what happens now.
    let from = selection.from.unwrap_or_default().min(count - 1);
    let shown = seen.events.iter().rev().skip(from).take(PAGE);
    let to = |from: usize| format!("{here}?from={from}#events");
    html! {
        div.scroll tabindex="0" role="region" aria-label="Table of events" {
            table.events {
                thead { tr { th scope="col" { "Event" } th scope="col" { "At (UTC)" } th scope="col" { "Type" } th scope="col" { "State" } th scope="col" { "" span.hidden { "Beginning of its text" } } } }
                tbody {
                    @for event in shown {
                        tr {
                            td.number title=(format!("after event {}", event.previous)) { (event.id) }
                            td { (when(event.at)) }
                            td { (visible(&event.kind)) }
                            td { @if let Some(state) = &event.state { a href=(link::at_state(here, state)) { (visible(state)) } } }
                            td.note-text { code { (visible(&event.note)) } }
                        }
                    }
                }
            }
        }
        @if count > PAGE {
            p.pages {
                (from + 1) "–" (count.min(from + PAGE)) " of " (count) " "
                @if from > 0 { a href=(to(from.saturating_sub(PAGE))) { "newer" } " " }
                @if from + PAGE < count { a href=(to(from + PAGE)) { "older" } }
            }
        }
    }
}
