//! A stack: its plan, the same as in a terminal, and the flowcharts of machines that change, painted.

use axum::response::Html;
use maud::html;
use statewright_source::visible;

use super::Shell;
use crate::{
    backend::{Backend, Drift, Stack, Survey},
    chart::Drawn,
    link,
    server::Shared,
    view::{status, terminal, time::read_at},
};

pub(crate) fn page<B: Backend>(shared: &Shared<B>, survey: &Survey, stack: &Stack) -> Html<String> {
    let shell = Shell {
        title: &stack.owner,
        crumbs: &[("Stacks", link::STACKS.to_owned()), (&stack.owner, String::new())],
        stream: Some(shared.watch.stream()),
        unfinished: false,
    };
    let changed = stack.machines.iter().filter_map(|machine| Some((machine, machine.live.as_ref()?)));
    shell.page(&html! {
        div.head {
            h1 { (visible(&stack.owner)) }
            span #drift data-live { (status::drift(stack.drift)) }
            form method="post" action="/refresh" {
                input type="hidden" name="form" value=(shared.guard.form());
                button { "Plan again" }
            }
        }
        p.facts {
            span { "Spec " code { (visible(&stack.spec)) } } span { "Account " code { (stack.account) } }
            span { "Machines "
                @for machine in &stack.machines {
                    a href=(link::machine(&stack.owner, &machine.name)) { (visible(&machine.name)) } " "
                }
            }
        }
        section #plan aria-labelledby="plan-title" {
            h2 #plan-title { "Plan" }
            div #plan-text data-live {
                pre.terminal tabindex="0" aria-label="Plan" { (terminal::terminal(&stack.plan)) }
                p.foot {
                    (read_at(Some(survey.at)))
                    @if stack.drift != Drift::InSync {
                        ". Apply it in a terminal: " code { "statewright apply " (visible(&stack.spec)) }
                    }
                }
            }
        }
        div #changed data-live {
            @for (machine, live) in changed {
                section aria-label={ "What changes in " (visible(&machine.name)) } {
                    h2 { (visible(&machine.name)) " as it changes" }
                    div.chart { (Drawn::of(live).changed(&Drawn::of(&machine.wanted))) }
                }
            }
        }
    })
}
