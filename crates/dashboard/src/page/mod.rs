//! Pages: a file each, whole without a script.

pub(crate) mod machine;
pub(crate) mod run;
pub(crate) mod stack;
pub(crate) mod stacks;
pub(crate) mod start;

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use statewright_source::visible;

use crate::{asset, link};

/// What is around every page.
pub(crate) struct Shell<'a> {
    /// Of the page, in the browser's tab.
    pub(crate) title: &'a str,
    /// The way here from all stacks: a text and where it leads, the page itself last.
    pub(crate) crumbs: &'a [(&'a str, String)],
    /// Where the page's changes are told.
    pub(crate) stream: Option<String>,
    /// Whether the page is not all there yet: without a script it is then loaded again.
    pub(crate) unfinished: bool,
}

impl Shell<'_> {
    /// The page with what is in it.
    pub(crate) fn page(&self, main: &Markup) -> Html<String> {
        Html(self.whole(main).into_string())
    }

    fn whole(&self, main: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (visible(self.title)) " · Statewright" }
                    link rel="stylesheet" href=(asset::style().url());
                    link rel="icon" href=(asset::icon().url());
                    @if self.unfinished { noscript { meta http-equiv="refresh" content="2"; } }
                    script src=(asset::script().url()) defer {}
                }
                body data-stream=[self.stream.as_deref()] {
                    a.skip href="#main" { "To the content" }
                    header.top {
                        a.brand href=(link::STACKS) { "Statewright" }
                        nav aria-label="Way here" {
                            ol {
                                @for (index, (text, url)) in self.crumbs.iter().enumerate() {
                                    li {
                                        @if index + 1 == self.crumbs.len() {
                                            span aria-current="page" { (visible(text)) }
                                        } @else {
                                            a href=(url) { (visible(text)) }
                                        }
                                    }
                                }
                            }
                        }
                        span #liveness.quiet role="status" {}
                    }
                    main #main { (main) }
                    dialog #keys aria-labelledby="keys-title" {
                        h2 #keys-title { "Keys" }
                        dl {
                            dt { kbd { "/" } } dd { "search" }
                            dt { kbd { "f" } } dd { "next failed state" }
                            dt { kbd { "←" } kbd { "↑" } kbd { "→" } kbd { "↓" } } dd { "along the edges of the flowchart" }
                            dt { kbd { "Enter" } } dd { "details of a state" }
                            dt { kbd { "+" } kbd { "-" } kbd { "0" } } dd { "zoom" }
                            dt { kbd { "g" } kbd { "t" } kbd { "e" } } dd { "flowchart, timeline, events" }
                            dt { kbd { "?" } } dd { "this list" }
                        }
                        form method="dialog" { button { "Close" } }
                    }
                }
            }
        }
    }
}

/// A page that only says something.
fn saying(status: StatusCode, title: &str, text: &str, hint: &str, unfinished: bool) -> Response {
    let shell = Shell { title, crumbs: &[(title, String::new())], stream: None, unfinished };
    let main = html! {
        h1 { (title) }
        p { (visible(text)) }
        p.quiet { (hint) }
    };
    (status, shell.page(&main)).into_response()
}

/// Nothing was read yet.
pub(crate) fn not_yet() -> Response {
    let hint = "This takes a few seconds. Load the page again, or go to all stacks.";
    saying(StatusCode::SERVICE_UNAVAILABLE, "Reading", "The specs are being held against AWS.", hint, true)
}

/// There is no such thing.
pub(crate) fn missing(text: &str) -> Response {
    saying(
        StatusCode::NOT_FOUND,
        "Not found",
        text,
        "It may have left the specs since the page before was made.",
        false,
    )
}

/// Nothing can be started.
pub(crate) fn read_only() -> Response {
    let hint = "Start it without --read-only, or start the execution in a terminal: statewright run";
    saying(StatusCode::FORBIDDEN, "Read only", "This dashboard was started with --read-only.", hint, false)
}

/// A form that is not ours, or of a dashboard that was started anew since.
pub(crate) fn foreign_form() -> Response {
    let hint = "Go back, load the page again, and send it once more.";
    saying(StatusCode::FORBIDDEN, "Not taken", "That form is not of this run of the dashboard.", hint, false)
}

/// Whoever asks was not given the URL.
pub(crate) fn no_entry() -> Response {
    let text = "Open the URL that statewright serve printed: it holds the token that lets you in.";
    (StatusCode::UNAUTHORIZED, format!("{text}\n")).into_response()
}
