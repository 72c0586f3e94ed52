//! Places: as AWS writes them, and within the text of a string.

use std::ops::Range;

use statewright_source::{Node, Sources, Span};

use crate::model::{BodyId, Definition, StateId};

/// A place in a definition; `AWS` shows it as `/States/X/Choices[0]/Next`. It is built on the way down and spelled out
/// only for a finding.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'p> {
    /// A machine, a branch, a processor.
    Body(BodyId),
    /// A state.
    State(StateId),
    /// A field of what is at the place before.
    Key(&'p Place<'p>, &'p str),
    /// An item of what is at the place before.
    Item(&'p Place<'p>, usize),
}

impl<'p> Place<'p> {
    pub(super) fn key(&'p self, key: &'p str) -> Place<'p> {
        Place::Key(self, key)
    }

    pub(super) fn item(&'p self, index: usize) -> Place<'p> {
        Place::Item(self, index)
    }

    /// As AWS writes it.
    pub(super) fn location(&self, definition: &Definition<'_>) -> String {
        let mut text = String::new();
        self.write(definition, &mut text);
        if text.is_empty() { "/".to_owned() } else { text }
    }

    fn write(&self, definition: &Definition<'_>, text: &mut String) {
        match self {
            Place::Body(body) => text.push_str(&definition.body_location(*body)),
            Place::State(state) => text.push_str(&definition.location(*state)),
            Place::Key(up, key) => {
                up.write(definition, text);
                text.push('/');
                text.push_str(key);
            }
            Place::Item(up, index) => {
                up.write(definition, text);
                text.push_str(&format!("[{index}]"));
            }
        }
    }
}

/// The span of a part of a string's value. Escapes, quotes and the indents of a block are stepped over where the text is
/// at hand; where it is not, or where it is not what the value came from, the whole string is the place.
pub(super) fn within(node: &Node, part: Range<usize>, sources: Option<&Sources>) -> Span {
    let Some(value) = node.as_str() else { return node.span };
    let length = node.span.end.saturating_sub(node.span.start);
    if length == value.len() + 2 {
        return node.span.within(part.start + 1, part.end + 1);
    }
    if length == value.len() {
        return node.span.within(part.start, part.end);
    }
    let raw = sources.map(|s| s.text(node.span)).unwrap_or_default();
    match (raw_offset(raw, value, part.start), raw_offset(raw, value, part.end)) {
        (Some(start), Some(end)) => node.span.within(start, end.max(start)),
        _ => node.span,
    }
}

/// Where in `raw`, the text of a scalar, the byte `offset` of its value is.
fn raw_offset(raw: &str, value: &str, offset: usize) -> Option<usize> {
    let (quote, mut at) = match raw.as_bytes().first()? {
        b'"' => (Some('"'), 1),
        b'\'' => (Some('\''), 1),
        b'|' | b'>' => (None, raw.find('\n')? + 1),
        _ => (None, 0),
    };
    let mut seen = 0;
    for c in value.chars() {
        if seen >= offset {
            break;
        }
        let rest = raw.get(at..)?;
        at += if quote == Some('"') && rest.starts_with('\\') {
            escape_length(rest, c)?
        } else if quote == Some('\'') && c == '\'' {
            rest.starts_with("''").then_some(2)?
        } else if c == '\n' || c == ' ' {
            // A line break of the text with the indent behind it, folded or kept.
            let blank = rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t']).len();
            if rest.starts_with(c) && !rest.starts_with('\n') { 1 } else { (blank > 0).then_some(blank)? }
        } else {
            let indent = rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t']).len();
            let skip = if rest.starts_with(c) { 0 } else { indent };
            rest[skip..].starts_with(c).then_some(skip + c.len_utf8())?
        };
        seen += c.len_utf8();
    }
    // The value may go on behind an indent.
    let rest = raw.get(at..)?;
    let next = value.get(seen..)?.chars().next();
    match next {
        Some(c) if !rest.starts_with(c) && !rest.starts_with('\\') => {
            let trimmed = rest.trim_start_matches([' ', '\n', '\r', '\t']);
            Some(if trimmed.starts_with(c) { at + rest.len() - trimmed.len() } else { at })
        }
        _ => Some(at),
    }
}

/// How long the escape is that gives `c`.
fn escape_length(rest: &str, c: char) -> Option<usize> {
    match rest.as_bytes().get(1)? {
        b'u' if c.len_utf16() == 2 && rest.get(6..8) == Some("\\u") => Some(12),
        b'u' => Some(6),
        b'x' => Some(4),
        b'U' => Some(10),
        b'\n' | b'\r' => None,
        _ => Some(2),
    }
}

#[cfg(test)]
mod tests {
    use statewright_source::{FileId, parse_json, parse_yaml};

    use super::{Sources, within};

    fn check(text: &str, needle: &str) {
        let mut sources = Sources::default();
        let file = sources.add("x", text);
        let parsed = if text.starts_with('"') { parse_json(file, text) } else { parse_yaml(file, text) };
        let root = parsed.root.unwrap();
        let node = if text.starts_with('"') { &root } else { root.get("a").unwrap() };
        let value = node.as_str().unwrap();
        let start = value.find(needle).unwrap();
        let span = within(node, start..start + needle.len(), Some(&sources));
        let shown = sources.text(span).replace("\\\"", "\"").replace("''", "'");
        assert_eq!(shown, needle, "in {text:?}: {value:?}");
        assert_eq!(span.file, FileId(0));
    }

    #[test]
    fn parts_of_strings() {
        check(r#""{% $x %}""#, "$x");
        check(r#""{% \"a\" & $x %}""#, "$x");
        check(r#""{% \"a\" & $x %}""#, "\"a\" & $x");
        check(r#""{%\n\t\u00e9 \ud83d\ude00 $x %}""#, "$x");
        check("a: '{% ''b'' & $x %}'\n", "$x");
        check("a: \"{% \\\"b\\\" & $x %}\"\n", "$x");
        check("a: $.plain.path\n", "plain");
        check("a: |\n  {% $x\n     + $y %}\n", "$y");
        check("a: >-\n  {% $x\n  + $y %}\n", "$y");
        check("a: first\n  second third\n", "third");
    }
}
