//! Text to events with byte places.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::MAX_DEPTH;

/// One event of a document.
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    /// The anchor that it defines.
    pub(super) anchor: Option<usize>,
    pub(super) tag: Option<Cow<'t, Tag>>,
    /// Where its anchor or tag begins; `start` where it has neither.
    pub(super) outer: usize,
    /// First byte of the value: its quote, its bracket, the first byte of a block scalar's text.
    pub(super) start: usize,
    /// One past the last byte, white space cut; of the opening event for a list or a map.
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) enum Kind<'t> {
    Scalar(Cow<'t, str>, ScalarStyle),
    Alias(usize),
    Seq,
    Map,
    End,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Scan<'t> {
    /// The events of the first document, without the document's own.
    pub(super) tokens: Vec<Token<'t>>,
    /// Where and what, if the text is not YAML: a byte offset and the parser's words.
    pub(super) error: Option<(usize, String)>,
    /// Where a second document begins.
    pub(super) second: Option<(usize, usize)>,
    /// What is nested too deep.
    pub(super) too_deep: Option<usize>,
    /// Indices of the lists and maps that were still open when reading stopped.
    pub(super) open: Vec<usize>,
}

impl Scan<'_> {
    /// Whether reading stopped at an alias without an anchor.
    pub(super) fn is_unknown_alias(&self) -> bool {
        self.error.as_ref().is_some_and(|(_, words)| words.contains("unknown anchor"))
    }
}

/// Reads the first document.
pub(super) fn scan(text: &str) -> Scan<'_> {
    let offsets = Offsets::new(text);
    let mut scan = Scan::default();
    let mut documents = 0;
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                scan.error = Some((offsets.byte(error.marker().index()), error.info().to_owned()));
                break;
            }
        };
        let (outer, end) = (offsets.byte(span.start.index()), offsets.byte(span.end.index()));
        let (kind, anchor, tag) = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => continue,
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    scan.second = Some((outer, end));
                    break;
                }
                continue;
            }
            Event::Alias(id) => (Kind::Alias(id), 0, None),
            Event::Scalar(value, style, anchor, tag) => (Kind::Scalar(value, style), anchor, tag),
            Event::SequenceStart(anchor, tag) => (Kind::Seq, anchor, tag),
            Event::MappingStart(anchor, tag) => (Kind::Map, anchor, tag),
            Event::SequenceEnd | Event::MappingEnd => (Kind::End, 0, None),
        };
        let (start, end) = match &kind {
            Kind::Seq | Kind::Map => {
                // Before a block collection stand at most its anchor and tag; behind a bracket may stand a comment.
                let bracket = after_properties(text, outer, end);
                if bracket < end && text[bracket..].starts_with(['{', '[']) {
                    (bracket, bracket + 1)
                } else {
                    (end, end)
                }
            }
            Kind::Scalar(value, style) => scalar_place(text, outer, end, value, *style),
            Kind::Alias(_) => (outer, outer + text[outer..end].find(char::is_whitespace).unwrap_or(end - outer)),
            Kind::End => (outer, end.min(outer + 1)),
        };
        match kind {
            Kind::Seq | Kind::Map => {
                scan.open.push(scan.tokens.len());
                if scan.open.len() > MAX_DEPTH {
                    scan.too_deep = Some(start);
                    break;
                }
            }
            Kind::End => {
                scan.open.pop();
            }
            Kind::Scalar(..) | Kind::Alias(_) => {}
        }
        // The parser counts anchors from 1; 0 is none.
        scan.tokens.push(Token { kind, anchor: Some(anchor).filter(|a| *a > 0), tag, outer, start, end });
    }
    scan
}

/// The bytes of a scalar's own text, from the raw range of its event.
fn scalar_place(text: &str, outer: usize, end: usize, value: &str, style: ScalarStyle) -> (usize, usize) {
    let start = after_properties(text, outer, end);
    match style {
        ScalarStyle::Plain if value.is_empty() => {
            // Nothing stands there: the place is behind the key's colon, or behind the anchor or tag.
            let colon = usize::from(start == outer && text[start..].starts_with(':'));
            (start + colon, start + colon)
        }
        ScalarStyle::Plain => (start, end),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (start, closing_quote(text, start, end)),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let start = if start == outer { start } else { after_header(text, start, end, value) };
            (start, start + text[start..end].trim_end().len())
        }
    }
}

/// The end of the quoted string that begins at `start`: its raw range may take in a comment behind it.
fn closing_quote(text: &str, start: usize, end: usize) -> usize {
    let bytes = &text.as_bytes()[..end];
    let Some(&quote) = bytes.get(start) else { return end };
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' if quote == b'"' => 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => 2,
            _ if byte == quote => return at + 1,
            _ => 1,
        };
    }
    end
}

/// Skips anchors and tags, and what may stand between them and the value.
fn after_properties(text: &str, mut at: usize, end: usize) -> usize {
    let mut any = false;
    loop {
        let rest = &text[at..end];
        let length = match rest.as_bytes().first() {
            Some(b'!') if rest.starts_with("!<") => rest.find('>').map_or(rest.len(), |i| i + 1),
            Some(b'&' | b'!') => {
                rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}')).unwrap_or(rest.len())
            }
            Some(b' ' | b'\t' | b'\n' | b'\r') if any => 1,
            Some(b'#') if any => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            _ => return at,
        };
        any = true;
        at += length;
        if length == 0 || at >= end {
            // Only properties: the raw range ends behind the last of them.
            return at.min(end);
        }
    }
}

/// From the `|` or `>` of a block scalar to its first byte of text.
fn after_header(text: &str, header: usize, end: usize, value: &str) -> usize {
    let mut at = header;
    for line in text[header..end].split_inclusive('\n').skip(1) {
        at = line.as_ptr() as usize - text.as_ptr() as usize;
        if !line.trim().is_empty() {
            let spaces = |s: &str| s.bytes().take_while(|b| *b == b' ').count();
            let own = spaces(value.trim_start_matches('\n'));
            return at + spaces(line).saturating_sub(own);
        }
    }
    at.max(header).min(end)
}

/// Character indices to byte offsets, in constant time: the byte of every 64th character is kept.
struct Offsets<'t> {
    text: &'t str,
    ascii: bool,
    every: Vec<usize>,
}

const STEP: usize = 64;

impl<'t> Offsets<'t> {
    fn new(text: &'t str) -> Self {
        let ascii = text.is_ascii();
        let every = if ascii { Vec::new() } else { text.char_indices().step_by(STEP).map(|(byte, _)| byte).collect() };
        Self { text, ascii, every }
    }

    /// Past the end it is the end.
    fn byte(&self, index: usize) -> usize {
        if self.ascii {
            return index.min(self.text.len());
        }
        let Some(&from) = self.every.get(index / STEP) else { return self.text.len() };
        self.text[from..].char_indices().nth(index % STEP).map_or(self.text.len(), |(byte, _)| from + byte)
    }
}
