//! What a terminal shows, as a page shows it: the same text in the same colours.
//!
//! Only the escapes of our own views arrive here as escapes (they make those of others visible), and only colours are known;
//! whatever else there is stays out of the page.

use maud::{Markup, html};

/// A run of text in one style.
struct Run<'a> {
    text: &'a str,
    class: String,
}

/// The text with its colours.
pub(crate) fn terminal(text: &str) -> Markup {
    html! {
        @for run in runs(text) {
            @if run.class.is_empty() { (run.text) } @else { span class=(run.class) { (run.text) } }
        }
    }
}

fn runs(text: &str) -> Vec<Run<'_>> {
    let (mut runs, mut style, mut rest) = (Vec::new(), Style::default(), text);
    while let Some(start) = rest.find('\u{1b}') {
        let (before, escape) = rest.split_at(start);
        runs.push(Run { text: before, class: style.class() });
        let length =
            escape.strip_prefix("\u{1b}[").and_then(|sequence| sequence.find(|c: char| c.is_ascii_alphabetic()));
        let Some(length) = length else {
            rest = &escape[1..];
            continue;
        };
        let (sequence, after) = escape.split_at(length + 3);
        if let Some(codes) = sequence[2..].strip_suffix('m') {
            codes.split(';').for_each(|code| style.take(code));
        }
        rest = after;
    }
    runs.push(Run { text: rest, class: style.class() });
    runs.retain(|run| !run.text.is_empty());
    runs
}

#[derive(Default)]
struct Style {
    colour: Option<&'static str>,
    bold: bool,
    dim: bool,
}

impl Style {
    fn take(&mut self, code: &str) {
        match code {
            "" | "0" => *self = Self::default(),
            "1" => self.bold = true,
            "2" => self.dim = true,
            "22" => (self.bold, self.dim) = (false, false),
            "31" | "91" => self.colour = Some("t-red"),
            "32" | "92" => self.colour = Some("t-green"),
            "33" | "93" => self.colour = Some("t-yellow"),
            "34" | "94" => self.colour = Some("t-blue"),
            "35" | "95" => self.colour = Some("t-magenta"),
            "36" | "96" => self.colour = Some("t-cyan"),
            "39" => self.colour = None,
            _ => {}
        }
    }

    fn class(&self) -> String {
        let parts = [self.colour, self.bold.then_some("t-bold"), self.dim.then_some("t-dim")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(terminal(text).into_string(), expect);
    }

    #[test]
    fn colours_become_classes() {
        check("a \u{1b}[32m+ b\u{1b}[0m c", "a <span class=\"t-green\">+ b</span> c");
        check("\u{1b}[1m\u{1b}[31mx\u{1b}[0m", "<span class=\"t-red t-bold\">x</span>");
        check("\u{1b}[1;31mx\u{1b}[22my", "<span class=\"t-red t-bold\">x</span><span class=\"t-red\">y</span>");
    }

    #[test]
    fn nothing_else_gets_through() {
        check("a\u{1b}[2Jb<i>\u{1b}]0;title", "ab&lt;i&gt;]0;title");
        check("\u{1b}", "");
        check("\u{1b}[", "[");
    }
}
