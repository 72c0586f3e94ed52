//! Places: as AWS writes them, and within the text of a string.

use std::{cell::Cell, fmt::Write as _, ops::Range};

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
                // Writing to a string never fails.
                let _ = write!(text, "[{index}]");
            }
        }
    }
}

/// How far a string has been aligned with its text: findings come in order, and none starts from the beginning again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    span: Option<Span>,
    /// Bytes of the value.
    seen: usize,
    /// Bytes of the text.
    at: usize,
}

/// The span of a part of a string's value. Escapes, quotes and the indents of a block are stepped over where the text is
/// at hand; where it is not, or where it is not what the value came from, the whole string is the place.
pub(super) fn within(node: &Node, part: Range<usize>, sources: Option<&Sources>, cursor: &Cell<Cursor>) -> Span {
    let Some(value) = node.as_str() else { return node.span };
    let Some(sources) = sources else { return guessed(node.span, value, part) };
    let raw = sources.text(node.span);
    let at = |offset: usize| {
        let known = cursor.get();
        let from =
            if known.span == Some(node.span) && known.seen <= offset { known } else { Cursor::start(raw, value) };
        let end = aligned(raw, value, offset, from)?;
        cursor.set(Cursor { span: Some(node.span), ..end });
        Some(end.at)
    };
    match (at(part.start), at(part.end)) {
        (Some(start), Some(end)) => node.span.within(start, end.max(start)),
        _ => node.span,
    }
}

/// Without the text: a string without escapes is as long as its value, or has quotes around it.
fn guessed(span: Span, value: &str, part: Range<usize>) -> Span {
    match span.end.saturating_sub(span.start).checked_sub(value.len()) {
        Some(2) => span.within(part.start + 1, part.end + 1),
        Some(0) => span.within(part.start, part.end),
        _ => span,
    }
}

impl Cursor {
    fn start(raw: &str, value: &str) -> Self {
        let mut at = match raw.as_bytes().first() {
            Some(b'"' | b'\'') => 1,
            Some(b'|' | b'>') => raw.find('\n').map_or(0, |i| i + 1),
            _ => 0,
        };
        // The indent of a block's first line is no part of its value.
        if !raw.starts_with(['"', '\'']) && !value.starts_with(is_blank) {
            at += raw.get(at..).map_or(0, blanks);
        }
        Self { span: None, seen: 0, at }
    }
}

/// Where in `raw`, the text of a scalar, the byte `offset` of its value is.
fn aligned(raw: &str, value: &str, offset: usize, from: Cursor) -> Option<Cursor> {
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Cursor { mut seen, mut at, .. } = from;
    while seen < offset {
        let (left, rest) = (value.get(seen..)?, raw.get(at..)?);
        let c = left.chars().next()?;
        let (length, taken) = if is_blank(c) && rest.get(..blanks(rest))?.contains('\n') {
            // A line break with its indent stands for as many blanks as the value has here.
            (blanks(rest), blanks(left))
        } else if quote == Some('"') && rest.starts_with('\\') {
            (escape_length(rest, c)?, c.len_utf8())
        } else if quote == Some('\'') && c == '\'' {
            (rest.starts_with("''").then_some(2)?, 1)
        } else {
            (rest.starts_with(c).then_some(c.len_utf8())?, c.len_utf8())
        };
        at += length;
        seen += taken;
    }
    Some(Cursor { span: None, seen, at })
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\r' | '\t')
}

/// How many bytes of blanks a text begins with.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_blank).len()
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

    use super::{Cell, Sources, within};

    fn check(text: &str, needle: &str) {
        let mut sources = Sources::default();
        let file = sources.add("x", text);
        let parsed = if text.starts_with('"') { parse_json(file, text) } else { parse_yaml(file, text) };
        let root = parsed.root.unwrap();
        let node = if text.starts_with('"') { &root } else { root.get("a").unwrap() };
        let value = node.as_str().unwrap();
        let start = value.find(needle).unwrap();
        let span = within(node, start..start + needle.len(), Some(&sources), &Cell::default());
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
