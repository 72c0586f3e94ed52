//! The faults behind the first: the parser stops at one, but the keys of the outermost map can be read each on its own.

use super::{
    scan::{Scan, scan},
    syntax::{explain, line_start},
};
use crate::faults::Faults;

/// How often reading begins anew.
const MOST: usize = 20;

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
        if !error.1.contains("unknown anchor") {
            faults.push(explain(&rest, &scan, error, faults));
        }
        if !is_local(&rest, &scan, error) {
            return;
        }
        (from, last) = (error.0, section);
    }
}

/// Whether the error ends with its own line: an open quote or bracket may go on anywhere.
fn is_local(text: &str, scan: &Scan<'_>, (_, words): &(usize, String)) -> bool {
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
