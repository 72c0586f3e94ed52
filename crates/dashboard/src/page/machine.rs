//! A machine: its flowchart, its executions, its definition, what each state may do, its versions.

use axum::response::Html;
use maud::{Markup, html};
use statewright_execution::Text;
use statewright_source::visible;

use super::Shell;
use crate::{
    backend::{Backend, Machine, Permission, Stack, Verdict},
    chart::Drawn,
    link,
    route::Selection,
    server::Shared,
    view::{
        note, runs, status, text,
        time::{read_at, when},
    },
};

pub(crate) fn page<B: Backend>(
    shared: &std::sync::Arc<Shared<B>>,
    stack: &Stack,
    machine: &Machine,
    selection: &Selection,
) -> Html<String> {
    let here = link::machine(&stack.owner, &machine.name);
    let shell = Shell {
        title: &machine.name,
        crumbs: &[
            ("Stacks", link::STACKS.to_owned()),
            (&stack.owner, link::stack(&stack.owner)),
            (&machine.name, String::new()),
        ],
        stream: Some(shared.watch.stream()),
        unfinished: false,
    };
    let drawn = shared.watch.drawn(&machine.arn, &machine.wanted);
    shell.page(&html! {
        div.head {
            h1 { (visible(&machine.name)) }
            span #drift data-live { (differs(stack, machine)) }
            @if machine.express { span.tag { "EXPRESS" } }
            @if machine.exists && !shared.read_only {
                a.button.primary href=(link::start(&stack.owner, &machine.name)) { "Start an execution" }
            }
        }
        p.facts {
            span { "ARN " code { (visible(&machine.arn)) } } span { "Role " code { (visible(&machine.role)) } }
        }
        nav.jump aria-label="On this page" {
            a href="#graph" { "Flowchart" } a href="#runs" { "Executions" } a href="#definition" { "Definition" }
            a href="#permissions" { "Permissions" } a href="#versions" { "Versions" }
        }
        div.panes {
            section.chart #graph aria-label="Flowchart" data-chart data-page=(here) { (drawn.plain()) }
            section.detail #detail aria-label="State" data-live { (detail(machine, &drawn, selection)) }
        }
        section #runs aria-labelledby="runs-title" {
            h2 #runs-title { "Executions" }
            div #run-list data-live { (executions(shared, stack, machine)) }
        }
        section #definition aria-labelledby="definition-title" {
            h2 #definition-title { "Definition" }
            (definition(machine))
        }
        section #permissions aria-labelledby="permissions-title" {
            h2 #permissions-title { "Permissions" }
            p.quiet { "What each state needs of " code { (visible(&machine.role)) } ", and whether it is granted." }
            div #needs data-live { (permissions(&machine.permissions, None)) }
        }
        section #versions aria-labelledby="versions-title" {
            h2 #versions-title { "Versions" }
            div #version-list data-live { (versions(shared, machine)) }
        }
    })
}

fn differs(stack: &Stack, machine: &Machine) -> Markup {
    html! {
        a.plain href=(link::stack(&stack.owner)) {
            @if !machine.exists {
                span.chip data-status="not-reached" { span aria-hidden="true" { "+" } " not applied yet" }
            } @else if machine.live.is_some() {
                span.chip data-status="caught" { span aria-hidden="true" { "~" } " AWS has another definition" }
            } @else {
                (status::drift(stack.drift))
            }
        }
    }
}

fn detail(machine: &Machine, drawn: &Drawn, selection: &Selection) -> Markup {
    let Some(name) = &selection.state else {
        return html! {
            h2 { "State" }
            p.quiet { "Choose a state in the flowchart, or here:" }
            ul.states {
                @for name in drawn.names() { li { a href=(format!("?state={}#graph", link::query(&name))) { (visible(&name)) } } }
            }
        };
    };
    let Some(state) = drawn.state(name) else {
        return html! { h2 { (visible(name)) } p { "The definition has no such state." } };
    };
    let json = serde_json::to_string_pretty(state).unwrap_or_default();
    let needs: Vec<Permission> = machine.permissions.iter().filter(|need| &need.state == name).cloned().collect();
    html! {
        h2 { (visible(name)) " " span.tag { (visible(state["Type"].as_str().unwrap_or("?"))) } }
        @if let Some(comment) = state["Comment"].as_str() { p { (visible(comment)) } }
        (text::block("Definition", Text { text: &json, bytes: json.len() }))
        h3 { "Permissions" }
        (permissions(&needs, Some(name)))
    }
}

fn executions<B: Backend>(shared: &Shared<B>, stack: &Stack, machine: &Machine) -> Markup {
    if machine.express {
        let text = "An EXPRESS machine keeps no list of executions: its log group has them.";
        return note::empty(text, None);
    }
    if !machine.exists {
        let command = format!("statewright apply {}", stack.spec);
        return note::empty("The machine does not exist yet.", Some(&command));
    }
    let known = shared.watch.listing(&machine.arn);
    html! {
        @if let Some(refusal) = &known.trouble { (note::refusal(refusal)) }
        @match &known.value {
            None => @if known.trouble.is_none() { (note::reading("the executions")) },
            Some(recent) if recent.is_empty() => (note::empty("It has never run.", Some(&format!("statewright run {}", machine.name)))),
            Some(recent) => {
                @if let Some(words) = runs::failures(recent) { p.quiet { (words) } }
                (runs::list(stack, machine, recent))
                p.foot { (read_at(known.at)) }
            }
        }
    }
}

fn definition(machine: &Machine) -> Markup {
    let json = serde_json::to_string_pretty(&machine.wanted).unwrap_or_default();
    html! {
        @if let Some((file, written)) = &machine.text {
            (text::block(file, Text { text: written, bytes: written.len() }))
        }
        (text::block("As it is sent", Text { text: &json, bytes: json.len() }))
        @if let Some(live) = &machine.live {
            @let live = serde_json::to_string_pretty(live).unwrap_or_default();
            (text::block("As AWS has it", Text { text: &live, bytes: live.len() }))
        }
    }
}

fn permissions(needs: &[Permission], state: Option<&str>) -> Markup {
    if needs.is_empty() {
        return html! { p.quiet { "Nothing is needed." } };
    }
    let mut needs: Vec<&Permission> = needs.iter().collect();
    // What will fail stands first.
    needs.sort_by_key(|need| need.verdict != Verdict::Missing);
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Table of permissions" @if let Some(state) = state { " of " (visible(state)) } } {
            table {
                thead { tr { th scope="col" { "State" } th scope="col" { "Granted" } th scope="col" { "Action" } th scope="col" { "Resource" } th scope="col" { "Why" } } }
                tbody {
                    @for need in needs {
                        tr {
                            td { (visible(&need.state)) }
                            td { (status::verdict(need.verdict)) }
                            td { code { (visible(&need.action)) } }
                            td { code.wrap { (visible(&need.resource)) } }
                            td.quiet { (visible(&need.why)) }
                        }
                    }
                }
            }
        }
    }
}

fn versions<B: Backend>(shared: &std::sync::Arc<Shared<B>>, machine: &Machine) -> Markup {
    if !machine.exists {
        return note::empty("The machine does not exist yet.", None);
    }
    let known = shared.watch.versions(&machine.arn);
    html! {
        @if let Some(refusal) = &known.trouble { (note::refusal(refusal)) }
        @match &known.value {
            None => @if known.trouble.is_none() { (note::reading("the versions")) },
            Some(versions) if versions.is_empty() => (note::empty("No version was published.", None)),
            Some(versions) => {
                div.scroll tabindex="0" role="region" aria-label="Table of versions" {
                    table {
                        thead { tr { th scope="col" { "Version" } th scope="col" { "Published (UTC)" } th scope="col" { "Aliases" } } }
                        tbody {
                            @for version in versions {
                                tr { td.number { (visible(&version.number)) } td { (when(version.created)) } td { (visible(&version.aliases.join(", "))) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
