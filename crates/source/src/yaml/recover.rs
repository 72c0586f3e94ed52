//! The faults behind the first: the parser stops at one, but the keys of the outermost map can be read each on its own.

use super::{
    scan::{Scan, scan},
    syntax::{explain, line_start},
};
use crate::faults::Faults;

/// How often reading begins anew.
const MOST: usize = 20;

/// The text with an empty map in the place of each alias that has no anchor, each with its finding: the parser would
/// stop at the first of them.
pub(super) fn without_unknown_aliases(text: &str, faults: &mut Faults) -> String {
    let mut masked = text.to_owned();
    for _ in 0..MOST {
        let scan = scan(&masked);
        let Some(error) = scan.error.as_ref().filter(|_| scan.is_unknown_alias()) else { break };
        let fault = explain(&masked, &scan, error, faults);
        let Some(span) = fault.primary.as_ref().map(|label| label.span).filter(|s| s.end >= s.start + 2) else { break };
        faults.push(fault);
        masked.replace_range(span.start..span.end, &format!("{{}}{}", " ".repeat(span.end - span.start - 2)));
    }
    masked
}

/// Reads on at the next outermost key behind an error, as long as the errors leave no doubt where that is.
pub(super) fn later_sections(text: &str, first: &Scan<'_>, error: &(usize, String), faults: &mut Faults) {
    if !is_local(text, first, error) || !starts_with_key(text) {
        return;
    }
    let (mut from, mut last) = (error.0, 0);
    for _ in 0..MOST {
        let Some(section) = next_key(text, from).filter(|section| *section > last) else { return };
        // Blanks instead of what was read keep every place.
        let blank = |b: u8| if b == b'\n' { '\n' } else { ' ' };
        let rest: String = text[..section].bytes().map(blank).chain(text[section..].chars()).collect();
        let scan = scan(&rest);
        let Some(error) = &scan.error else { return };
        // Its anchor may stand before.
        if !scan.is_unknown_alias() {
            faults.push(explain(&rest, &scan, error, faults));
        }
        if !is_local(&rest, &scan, error) {
            return;
        }
        (from, last) = (error.0, section);
    }
}

/// Whether the error ends with its own line: an open quote or bracket may go on anywhere.
fn is_local(text: &str, scan: &Scan<'_>, (at, words): &(usize, String)) -> bool {
    let (before, behind) = text.split_at(*at);
    if before.ends_with('{') && behind.starts_with('%') || before.ends_with('$') && behind.starts_with('{') {
        // An expression or a reference without quotes, which nobody meant as a bracket.
        return true;
    }
    let flow =
        scan.open.iter().filter_map(|i| scan.tokens.get(*i)).any(|token| text[token.start..token.end].len() == 1);
    !flow && !words.contains("quoted") && scan.second.is_none()
}

/// Whether the outermost value is a map whose keys begin their lines.
fn starts_with_key(text: &str) -> bool {
    let content = text.trim_start_matches('\u{feff}');
    let skip = |line: &&str| line.trim().is_empty() || line.starts_with(['#', '%']) || line.trim() == "---";
    content.lines().find(|line| !skip(line)).is_some_and(is_key)
}

/// The next line at or behind `from` that begins with a key.
fn next_key(text: &str, from: usize) -> Option<usize> {
    let mut at = if line_start(text, from) == from { from } else { text[from..].find('\n').map(|i| from + i + 1)? };
    for line in text[at..].split_inclusive('\n') {
        if is_key(line.trim_end()) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn is_key(line: &str) -> bool {
    line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\''))
        && (line.ends_with(':') || line.contains(": "))
}
