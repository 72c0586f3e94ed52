//! One visit of a state: what it was given, what it gave, its tries, and what it has to do with elsewhere.

use maud::{Markup, html};
use statewright_execution::{Execution, Linked, MapProgress, Status, Visit, VisitId};
use statewright_planner::Refusal;
use statewright_source::visible;

use crate::{
    backend::{Beside, Machine, Verdict},
    follow::Seen,
    link,
    route::Selection,
    view::{
        note, status, text,
        time::{between, took, when},
    },
};

/// How many iterations of a Map are listed; failed ones come first.
const ITERATIONS: usize = 50;

/// A state that nobody came to, or none that is chosen.
pub(super) fn nothing(execution: &Execution, selection: &Selection) -> Markup {
    let Some(name) = &selection.state else {
        return html! { h2 { "State" } p.quiet { "Choose a state in the flowchart or in the timeline." } };
    };
    html! {
        h2 { (visible(name)) }
        p { (status::state(Status::NotReached)) }
        p.quiet {
            @if execution.status().is_final() { "The execution ended without coming here." }
            @else { "The execution has not come here yet." }
        }
    }
}

pub(super) fn of(
    machine: &Machine,
    here: &str,
    seen: &Seen,
    id: VisitId,
    beside: Option<&(Linked, Option<Result<Beside, Refusal>>)>,
) -> Markup {
    let execution = &seen.execution;
    let Some(visit) = execution.visit(id) else { return html! {} };
    let missing =
        machine.permissions.iter().filter(|need| *need.state == *visit.state && need.verdict == Verdict::Missing);
    html! {
        h2 { (visible(&visit.state)) " " span.tag { (visit.kind.as_str()) } }
        p { (status::state(execution.shown(id))) " " span.quiet { "entered " (when(visit.entered_at)) ", "
            @if visit.ended_at.is_some() { "took " } @else { "for " } (took(between(visit.entered_at, visit.ended_at))) } }
        (others(here, execution, id, visit))
        @if let Some(failure) = &visit.failure {
            section.failure aria-label="Why it failed" {
                @if let Some(error) = &failure.error { p { "Error " code { (visible(error)) } } }
                @if let Some(cause) = failure.cause { (text::block("Cause", execution.text(cause))) }
            }
        }
        @for need in missing {
            p.note.bad { "The role does not grant " code { (visible(&need.action)) } " on " code.wrap { (visible(&need.resource)) } "." }
        }
        @if let Some(next) = &visit.next {
            p { "Then " a href=(link::at_state(here, &next.state)) { (visible(&next.state)) } }
        }
        @if let Some(map) = &visit.map { (iterations(here, execution, visit, map)) }
        @if let Some(input) = visit.input { (text::block("Input", execution.text(input))) }
        @if let Some(output) = visit.output { (text::block("Output", execution.text(output))) }
        (tries(execution, visit))
        @if let Some((linked, known)) = beside { (elsewhere(linked, known.as_ref())) }
    }
}

/// The visits of the same state before and after this one.
fn others(here: &str, execution: &Execution, id: VisitId, visit: &Visit) -> Markup {
    let all: Vec<usize> =
        execution.visits().iter().enumerate().filter(|(_, other)| other.state == visit.state).map(|(n, _)| n).collect();
    let Some(at) = all.iter().position(|n| *n == id.0 as usize).filter(|_| all.len() > 1) else { return html! {} };
    let to = |n: usize| format!("{}&visit={}#detail", link::at_state(here, &visit.state), all[n]);
    html! {
        p.others {
            "Visit " (at + 1) " of " (all.len()) " "
            @if at > 0 { a href=(to(at - 1)) { "before" } " " }
            @if at + 1 < all.len() { a href=(to(at + 1)) { "after" } }
        }
    }
}

fn tries(execution: &Execution, visit: &Visit) -> Markup {
    let Some(last) = visit.tries.last() else { return html! {} };
    html! {
        @for (label, id) in [("Parameters of the call", last.parameters), ("Result of the call", last.output)] {
            @if let Some(text) = id.map(|id| execution.text(id)).filter(|text| text.bytes > 0) { (text::block(label, text)) }
        }
        @if visit.tries.len() > 1 || visit.status == Status::Retrying {
            h3 { "Tries" }
            ol.tries {
                @for attempt in &visit.tries {
                    li {
                        (when(attempt.began_at)) " " (took(between(attempt.began_at, attempt.ended_at)))
                        @if let Some(failure) = &attempt.failure {
                            " " span.chip data-status="failed" { "✕ " (visible(failure.error.as_deref().unwrap_or("failed"))) }
                            @if let Some(cause) = failure.cause { (text::block("Cause", execution.text(cause))) }
                        }
                        @if let Some(wait) = attempt.wait { " " span.quiet { "next after " (wait) "s" } }
                    }
                }
            }
        }
    }
}

/// How far a Map is, and its iterations, those that failed first.
fn iterations(here: &str, execution: &Execution, visit: &Visit, map: &MapProgress) -> Markup {
    let mut blocks: Vec<_> =
        visit.blocks.iter().filter(|id| execution.is_current(**id)).filter_map(|id| execution.block(*id)).collect();
    blocks.sort_by_key(|block| std::cmp::Reverse(block.status));
    html! {
        p.facts {
            @if let Some(total) = map.total { span { (total) " items" } }
            span { (map.succeeded) " ok" } span { (map.failed) " failed" } span { (map.running) " running" }
            @if let Some(pending) = map.pending() { span { (pending) " to come" } }
        }
        @if let Some(run) = execution.map_run(visit) {
            p.quiet { "Map run " code.wrap { (visible(&run.arn)) }
                @if let Some(most) = run.tolerated_percentage { ", tolerates " (most) "%" }
                @if let Some(most) = run.tolerated_count { ", tolerates " (most) }
            }
        }
        @if !blocks.is_empty() {
            details.iterations open[blocks.len() <= 8] {
                summary { "Iterations " span.quiet { (blocks.len()) } }
                ol {
                    @for block in blocks.iter().take(ITERATIONS) {
                        @let index = match block.role {
                            statewright_execution::BlockRole::Iteration(n) | statewright_execution::BlockRole::Branch(n) => n,
                            statewright_execution::BlockRole::Machine => 0,
                        };
                        @let last = block.visits.last().and_then(|id| Some((*id, execution.visit(*id)?)));
                        li value=(index) {
                            (status::state(block.status))
                            @if let Some((id, inside)) = last {
                                " " a href=(format!("{}&visit={}#detail", link::at_state(here, &inside.state), id.0)) { (visible(&inside.state)) }
                            }
                        }
                    }
                }
                @if blocks.len() > ITERATIONS { p.quiet { "and " (blocks.len() - ITERATIONS) " more" } }
            }
        }
    }
}

/// The Lambda function's log, the Glue job's run, the execution that was started.
fn elsewhere(linked: &Linked, known: Option<&Result<Beside, Refusal>>) -> Markup {
    let title = match linked {
        Linked::Call { function, .. } => format!("Lambda function {function}"),
        Linked::JobRun { job, run, .. } => format!("Glue job {}", job.as_deref().unwrap_or(run)),
        Linked::Execution { .. } => "Started execution".to_owned(),
    };
    html! {
        section.beside aria-label=(visible(&title)) {
            h3 { (visible(&title)) }
            @if let Linked::JobRun { run, status, error, .. } = linked {
                p { "Run " code { (visible(run)) } @if let Some(status) = status { " " span.tag { (visible(status)) } } }
                @if let Some(error) = error { p { "Error " code { (visible(error)) } } }
            }
            @if let Linked::Execution { arn } = linked { p { code.wrap { (visible(arn)) } } }
            @match known {
                None => @if !matches!(linked, Linked::Execution { .. }) { (note::reading("what it did")) },
                Some(Err(refusal)) => (note::refusal(refusal)),
                Some(Ok(beside)) => (read(beside)),
            }
        }
    }
}

fn read(beside: &Beside) -> Markup {
    html! {
        @if let Some(run) = &beside.job_run {
            p.facts {
                span.tag { (visible(&run.state)) }
                span { "Run " code { (visible(&run.id)) } }
            }
            @if let Some(error) = &run.error { p.note.bad { (visible(error)) } }
        }
        @if let Some(group) = &beside.log_group {
            @if beside.log.is_empty() {
                p.quiet { "Nothing in " code { (visible(group)) } " yet." }
            } @else {
                details.text open {
                    summary { "Log " code { (visible(group)) } }
                    pre tabindex="0" aria-label="Log" {
                        @for line in &beside.log { (text::lines(line.message.trim_end())) "\n" }
                    }
                }
            }
        }
    }
}
