//! An execution: its flowchart, the state that matters, its timeline, its events.

mod detail;
mod events;
mod timeline;

use std::sync::Arc;

use axum::response::Html;
use maud::{Markup, html};
use statewright_execution::{Execution, ExecutionStatus, StateSummary, VisitId};
use statewright_source::visible;

use super::Shell;
use crate::{
    backend::{Backend, Machine, Stack},
    follow::{Follow, Seen},
    link,
    route::Selection,
    server::Shared,
    view::{
        note, status, text,
        time::{between, read_at, took, when},
    },
};

/// How many events an execution may have: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const MOST_EVENTS: usize = 25_000;

pub(crate) fn page<B: Backend>(
    shared: &Shared<B>,
    stack: &Stack,
    machine: &Machine,
    name: &str,
    follow: &Arc<Follow>,
    selection: &Selection,
) -> Html<String> {
    let here = link::run(&stack.owner, &machine.name, name);
    // Before anything is looked at: what changes while the page is made is told to it.
    let count = follow.count();
    // What is read elsewhere needs the lock for itself.
    let chosen = follow.with(|seen| chosen(&seen.execution, selection));
    let beside = chosen.and_then(|visit| follow.beside(shared.watch.backend(), visit));
    follow.with(|seen| {
        let unfinished = seen.described.is_none() && seen.trouble.is_none();
        let word = seen.described.as_ref().map_or("…", |d| status::word(d.recent.status));
        let shell = Shell {
            title: &format!("{word}: {name}"),
            crumbs: &[
                ("Stacks", link::STACKS.to_owned()),
                (&stack.owner, link::stack(&stack.owner)),
                (&machine.name, link::machine(&stack.owner, &machine.name)),
                (name, String::new()),
            ],
            stream: Some(format!("{here}/stream?seen={count}")),
            unfinished,
        };
        let states = seen.execution.states();
        shell.page(&html! {
            (head(shared, stack, machine, name, seen))
            nav.jump aria-label="On this page" {
                a href="#graph" { "Flowchart" } a href="#timeline" { "Timeline" } a href="#events" { "Events" }
            }
            div.panes {
                section.chart #graph aria-label="Flowchart" data-chart data-page=(here) {
                    (follow.drawn().run(&seen.execution))
                }
                section.detail #detail aria-label="State" data-live {
                    @match chosen {
                        Some(visit) => (detail::of(machine, &here, seen, visit, beside.as_ref())),
                        None => (detail::nothing(&seen.execution, selection)),
                    }
                }
            }
            section #timeline aria-labelledby="timeline-title" {
                h2 #timeline-title { "Timeline" }
                div #visits data-live { (timeline::of(&here, &seen.execution, chosen)) }
            }
            section #events aria-labelledby="events-title" {
                h2 #events-title { "Events" }
                div #event-list data-live { (events::of(&here, seen, selection)) }
            }
            p #end.hidden role="status" data-live { (end(seen, &states)) }
        })
    })
}

/// The visit to be shown: the one that is asked for, else the one that somebody at three in the morning wants to see.
fn chosen(execution: &Execution, selection: &Selection) -> Option<VisitId> {
    let states = execution.states();
    if let Some(name) = &selection.state {
        let of_state = |id: &VisitId| execution.visit(*id).is_some_and(|visit| *visit.state == **name);
        let asked = selection.visit.map(VisitId).filter(of_state);
        return asked.or_else(|| states.iter().find(|state| &state.name == name)?.visit);
    }
    cause(&states, execution).or_else(|| {
        let running = states.iter().filter(|state| state.status.is_running()).filter_map(|state| state.visit);
        running.max_by_key(|id| depth(execution, *id))
    })
}

/// The visit that failed first: the innermost, for what holds it fails because of it.
fn cause(states: &[StateSummary], execution: &Execution) -> Option<VisitId> {
    let failed = states.iter().filter(|state| state.status.is_failure()).filter_map(|state| state.visit);
    failed.max_by_key(|id| (depth(execution, *id), std::cmp::Reverse(*id)))
}

fn depth(execution: &Execution, visit: VisitId) -> usize {
    execution.path(visit).len()
}

fn head<B: Backend>(shared: &Shared<B>, stack: &Stack, machine: &Machine, name: &str, seen: &Seen) -> Markup {
    let here = link::run(&stack.owner, &machine.name, name);
    let arn = machine.execution(name);
    html! {
        div.head {
            h1 { (visible(name)) }
            span #status data-live {
                @if let Some(described) = &seen.described { (status::execution(described.recent.status)) }
            }
            @if !shared.read_only && machine.exists {
                a.button href=(link::start(&stack.owner, &machine.name)) { "Start another" }
            }
            a.button href=(link::console(&arn)) rel="noopener noreferrer" target="_blank" { "AWS console" }
        }
        div #head data-live {
            @if let Some(refusal) = &seen.trouble { (note::refusal(refusal)) }
            @match &seen.described {
                None => @if seen.trouble.is_none() { (note::reading("the execution")) },
                Some(described) => {
                    (failure(&here, seen))
                    @let totals = seen.execution.totals();
                    p.facts {
                        span { "Started " (when(described.recent.started)) }
                        span {
                            @if described.recent.status.is_final() { "Took " } @else { "Running for " }
                            (took(between(described.recent.started, described.recent.stopped)))
                        }
                        span { (seen.execution.events()) " of " (MOST_EVENTS) " events" }
                        @if totals.caught > 0 { span { (totals.caught) " caught" } }
                        @if totals.tolerated > 0 { span { (totals.tolerated) " tolerated failures" } }
                        @if !seen.execution.redrives().is_empty() { span { "redriven ×" (seen.execution.redrives().len()) } }
                    }
                    div.texts {
                        @if let Some(input) = &described.input { (text::block("Input", whole(input))) }
                        @if let Some(output) = &described.output { (text::block("Output", whole(output))) }
                    }
                    @if !described.recent.status.is_final() { p.foot { (read_at(seen.at)) } }
                }
            }
        }
    }
}

/// Why it failed: the state, the error, the cause, and what to do next.
fn failure(here: &str, seen: &Seen) -> Markup {
    let Some(described) = seen.described.as_ref().filter(|d| d.recent.status.is_final()) else { return html! {} };
    if described.recent.status == ExecutionStatus::Succeeded {
        return html! {};
    }
    let cause = cause(&seen.execution.states(), &seen.execution).and_then(|id| Some((id, seen.execution.visit(id)?)));
    html! {
        section.failure aria-labelledby="failure-title" {
            h2 #failure-title {
                (status::execution(described.recent.status))
                @if let Some((id, visit)) = cause {
                    " in " a href=(format!("{}&visit={}#detail", link::at_state(here, &visit.state), id.0)) { (visible(&visit.state)) }
                    @if visit.tried() > 1 { " " span.quiet { "after " (visit.tried()) " tries" } }
                }
            }
            @if let Some(error) = &described.error { p { "Error " code { (visible(error)) } } }
            @if let Some(cause) = &described.cause { (text::block("Cause", whole(cause))) }
            p.quiet { "In a terminal: " code { "statewright run --redrive" } " starts it again at the failed state, within 14 days." }
        }
    }
}

fn whole(text: &str) -> statewright_execution::Text<'_> {
    statewright_execution::Text { text, bytes: text.len() }
}

/// For those who listen: that it has ended, and how.
fn end(seen: &Seen, states: &[StateSummary]) -> Markup {
    let Some(described) = seen.described.as_ref().filter(|d| d.recent.status.is_final()) else { return html! {} };
    let failed = cause(states, &seen.execution).and_then(|id| seen.execution.visit(id));
    html! {
        "The execution " (status::word(described.recent.status))
        @if let Some(visit) = failed { " in " (visible(&visit.state)) }
        "."
    }
}
