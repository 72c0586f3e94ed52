//! Edits that mend a finding.

use statewright_source::{Diagnostic, Span};

/// Adds the edit that puts `new` in the place of the word `old`, quoted as that one was. Where the text has escapes in it,
/// there is no edit: the place alone does not show how it is quoted.
pub(super) fn mend(found: Diagnostic, span: Span, old: &str, new: &str) -> Diagnostic {
    match span.end.saturating_sub(span.start).checked_sub(old.len()) {
        // A plain word of YAML stays one only if it says the same without quotes.
        Some(0) if is_plain(new) => found.fix(span, new),
        Some(0 | 2) => found.fix(span, quoted(new)),
        _ => found,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(word) && !reserved(text)
}

fn reserved(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n")
}
