//! All stacks: what differs, what failed last, what runs.

use axum::response::Html;
use maud::{Markup, html};
use statewright_source::visible;

use super::Shell;
use crate::{
    backend::{Backend, Machine, Recent, Stack, Survey},
    link,
    route::Search,
    server::Shared,
    view::{
        note,
        runs::{self, is_failure},
        status, terminal,
        time::{between, read_at, took, when},
    },
    watch::Known,
};

/// How many failures are shown before all else.
const FAILURES: usize = 5;

/// A stack, and its machines with what they ran last.
type Listed<'a> = (&'a Stack, Vec<(&'a Machine, Known<Vec<Recent>>)>);

pub(crate) fn page<B: Backend>(shared: &Shared<B>, survey: Option<&Survey>, search: &Search) -> Html<String> {
    let shell = Shell {
        title: "Stacks",
        crumbs: &[("Stacks", link::STACKS.to_owned())],
        stream: Some(shared.watch.stream()),
        unfinished: survey.is_none(),
    };
    shell.page(&html! {
        div.head {
            h1 { "Stacks" }
            form.search role="search" method="get" action=(link::STACKS) {
                label.hidden for="q" { "Search stacks and machines" }
                input #q type="search" name="q" value=(search.q) placeholder="Search (/)" data-filter="#stacks";
            }
            form method="post" action="/refresh" {
                input type="hidden" name="form" value=(shared.guard.form());
                button { "Check for drift now" }
            }
        }
        div #found data-live {
            @match survey {
                None => (note::reading("the specs and AWS")),
                Some(survey) => (found(shared, survey, search)),
            }
        }
    })
}

fn found<B: Backend>(shared: &Shared<B>, survey: &Survey, search: &Search) -> Markup {
    let wanted = search.q.to_lowercase();
    let listed: Vec<Listed<'_>> = survey
        .stacks
        .iter()
        .map(|stack| {
            let machines = stack.machines.iter().map(|machine| (machine, shared.watch.listing(&machine.arn)));
            (stack, machines.collect())
        })
        .collect();
    html! {
        @if let Some(faults) = &survey.faults {
            section.note.bad aria-label="Specs that could not be planned" {
                p { strong { "Some specs could not be planned" } }
                pre tabindex="0" aria-label="What is wrong with them" { (terminal::terminal(faults)) }
            }
        }
        (attention(&listed))
        @if survey.stacks.is_empty() && survey.faults.is_none() {
            (note::empty("There is no spec here. Make one with", Some("statewright init")))
        } @else {
            (table(&listed, &wanted))
        }
        p.foot {
            @if shared.watch.is_surveying() { "checking for drift… " } @else { "drift " }
            (read_at(Some(survey.at)))
        }
    }
}

/// What failed last, so that the way to its cause is one step.
fn attention(listed: &[Listed<'_>]) -> Markup {
    let mut failed: Vec<(&Stack, &Machine, &Recent)> = Vec::new();
    for (stack, machines) in listed {
        for (machine, known) in machines {
            // What succeeded since is nobody's trouble any more.
            let newest = known.value.iter().flatten().find(|run| run.status.is_final());
            failed.extend(newest.filter(|run| is_failure(run.status)).map(|run| (*stack, *machine, run)));
        }
    }
    failed.sort_by_key(|(_, _, run)| std::cmp::Reverse(run.started));
    html! {
        @if !failed.is_empty() {
            section.attention aria-labelledby="failed-last" {
                h2 #failed-last { "Failed last" }
                ul {
                    @for (stack, machine, run) in failed.iter().take(FAILURES) {
                        li {
                            a href=(link::run(&stack.owner, &machine.name, &run.name)) {
                                (status::execution(run.status)) " " strong { (visible(&machine.name)) } " "
                                span.quiet { (visible(&run.name)) }
                            }
                            " " (when(run.started)) " " span.quiet { "after " (took(between(run.started, run.stopped))) }
                        }
                    }
                }
                @if failed.len() > FAILURES { p.quiet { "and " (failed.len() - FAILURES) " more below" } }
            }
        }
    }
}

fn table(listed: &[Listed<'_>], wanted: &str) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Stacks and their machines" {
            table #stacks.stacks {
                thead { tr {
                    th scope="col" { "Stack" } th scope="col" { "Machine" } th scope="col" { "Drift" }
                    th scope="col" { "Last executions" } th scope="col" { "Running" } th scope="col" { "Last" }
                } }
                tbody {
                    @for (stack, machines) in listed {
                        @for (index, (machine, known)) in machines.iter().enumerate() {
                            @let text = format!("{} {}", stack.owner, machine.name).to_lowercase();
                            @if text.contains(wanted) {
                                tr data-text=(text) {
                                    @if index == 0 { (named(stack)) } @else { td.same { (visible(&stack.owner)) } }
                                    td { a.name href=(link::machine(&stack.owner, &machine.name)) { (visible(&machine.name)) }
                                        @if machine.express { " " span.tag { "EXPRESS" } } }
                                    td { @if index == 0 { a.plain href=(link::stack(&stack.owner)) { (status::drift(stack.drift)) } } }
                                    (last(stack, machine, known))
                                }
                            }
                        }
                        @if machines.is_empty() && stack.owner.to_lowercase().contains(wanted) {
                            tr data-text=(stack.owner.to_lowercase()) {
                                (named(stack))
                                td.quiet { "no machine" }
                                td { a.plain href=(link::stack(&stack.owner)) { (status::drift(stack.drift)) } }
                                td {} td {} td {}
                            }
                        }
                    }
                }
            }
        }
    }
}

fn named(stack: &Stack) -> Markup {
    html! { th scope="row" { a.name href=(link::stack(&stack.owner)) { (visible(&stack.owner)) } } }
}

/// The three cells about executions.
fn last(stack: &Stack, machine: &Machine, known: &Known<Vec<Recent>>) -> Markup {
    let words = |text: &str| html! { td.quiet colspan="3" { (text) } };
    if !machine.exists {
        return words("not applied yet");
    }
    if machine.express {
        return words("EXPRESS keeps no list: see its log group");
    }
    if let Some(refusal) = &known.trouble {
        return html! { td.quiet colspan="3" title=(refusal.to_string()) { "AWS refused " code { (refusal.call) } } };
    }
    match &known.value {
        None => words("…"),
        Some(recent) if recent.is_empty() => words("never run"),
        Some(recent) => {
            let running = recent.iter().filter(|run| !run.status.is_final()).count();
            html! {
                td { (runs::strip(stack, machine, recent)) }
                td.number { @if running > 0 { (running) } @else { span.quiet { "0" } } }
                td { @if let Some(run) = recent.first() { (when(run.started)) } }
            }
        }
    }
}
