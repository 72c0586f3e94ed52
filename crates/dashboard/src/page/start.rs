//! The form that starts an execution.

use axum::response::Html;
use maud::{Markup, html};
use statewright_source::visible;

use super::Shell;
use crate::{
    backend::{Backend, Machine, Stack},
    chart::Drawn,
    link,
    route::Start,
    server::Shared,
    view::text,
};

/// `again` is what was sent and not taken, and why.
pub(crate) fn page<B: Backend>(
    shared: &Shared<B>,
    stack: &Stack,
    machine: &Machine,
    examples: &[String],
    again: Option<(&Start, &str)>,
) -> Html<String> {
    let title = format!("Start {}", machine.name);
    let shell = Shell {
        title: &title,
        crumbs: &[
            ("Stacks", link::STACKS.to_owned()),
            (&stack.owner, link::stack(&stack.owner)),
            (&machine.name, link::machine(&stack.owner, &machine.name)),
            ("Start", String::new()),
        ],
        stream: None,
        unfinished: false,
    };
    let skeleton = Drawn::of(&machine.wanted).skeleton();
    let first =
        again.map(|(form, _)| form.input.as_str()).or(examples.first().map(String::as_str)).unwrap_or(&skeleton);
    shell.page(&html! {
        h1 { "Start " (visible(&machine.name)) }
        @if let Some((_, wrong)) = again {
            div.note.bad role="alert" { p { strong { "Nothing was started. " } (visible(wrong)) } }
        }
        form.start method="post" action=(link::start(&stack.owner, &machine.name)) {
            input type="hidden" name="form" value=(shared.guard.form());
            label for="input" { "Input (JSON, at most 256 KiB)" }
            textarea #input name="input" rows="12" spellcheck="false" autocomplete="off" { (first) }
            label for="name" { "Name " span.quiet { "(AWS makes one up if it is empty)" } }
            input #name name="name" maxlength="80" autocomplete="off" value=[again.map(|(form, _)| form.name.as_str())];
            button.primary { "Start the execution" }
        }
        section aria-labelledby="examples" {
            h2 #examples { "Examples" }
            @for (index, example) in examples.iter().enumerate() {
                (choice(&format!("The input of {}", if index == 0 { "the last execution" } else { "an earlier execution" }), example))
            }
            (choice("What the definition reads from its input", &skeleton))
        }
    })
}

/// An example; the script puts it into the form.
fn choice(label: &str, example: &str) -> Markup {
    html! {
        figure.example {
            figcaption { (label) " " button type="button" data-example="#input" hidden { "Use it" } }
            pre tabindex="0" aria-label=(label) { (text::lines(example)) }
        }
    }
}
