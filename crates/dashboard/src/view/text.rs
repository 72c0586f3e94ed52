//! Inputs, outputs, definitions: other people's text, shown and not obeyed.

use maud::{Markup, html};
use statewright_execution::Text;
use statewright_source::visible;

/// The longest text that a page shows, in bytes; a page is not a place for 256 KiB.
const SHOWN: usize = 16 * 1024;

/// A text that may be JSON, with the name of what it is.
pub(crate) fn block(label: &str, text: Text<'_>) -> Markup {
    let pretty = pretty(text.text);
    let cut = pretty.floor_char_boundary(SHOWN);
    let shown = &pretty[..cut];
    let open = pretty.lines().count() <= 24;
    html! {
        details.text open[open] {
            summary { (label) " " span.quiet { (size(text.bytes)) } }
            pre tabindex="0" aria-label=(label) { (lines(shown)) }
            @if cut < pretty.len() || !text.is_whole() {
                p.quiet { "Cut: the whole has " (size(text.bytes)) "." }
            }
        }
    }
}

/// JSON with line breaks, if it is JSON.
fn pretty(text: &str) -> String {
    serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| text.to_owned())
}

/// The lines of a text, each with what nobody would see made visible.
pub(crate) fn lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|line| visible(line.trim_end_matches('\r'))).collect();
    lines.join("\n")
}

/// `840 bytes`, `12 KiB`.
fn size(bytes: usize) -> String {
    if bytes < 2048 { format!("{bytes} bytes") } else { format!("{} KiB", bytes / 1024) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_shown_and_not_obeyed() {
        let text = "<script>alert(1)</script>\u{1b}[2J";
        let shown = block("Input", Text { text, bytes: text.len() }).into_string();
        assert!(shown.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{1b}[2J"), "{shown}");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let text = "x".repeat(40_000);
        let shown = block("Output", Text { text: &text, bytes: 300_000 }).into_string();
        assert!(shown.len() < 20_000 && shown.contains("Cut: the whole has 292 KiB."), "{}", shown.len());
    }
}
