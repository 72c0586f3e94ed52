//! JSON to nodes.
//!
//! A parser of our own, because no library gives both places for every value and more than the first fault.

pub(crate) mod number;
mod string;
#[cfg(test)]
mod tests;
mod word;

use crate::{
    Entry, MAX_DEPTH, MAX_NODES, Node, Parsed, Value, codes,
    diagnostic::Diagnostic,
    faults::Faults,
    span::{FileId, Span},
    visible,
};

/// Parses JSON text (RFC 8259).
///
/// Every fault that can be told apart is reported at its own place. The tree is there as long as the faults leave its
/// shape certain (a comma, a quote, a comment, an escape, a number); where something is missing or not closed it is not:
/// a guessed tree would only give findings about faults that are not there. A text without any value is a fault.
pub fn parse_json(file: FileId, text: &str) -> Parsed {
    let mut parser = Parser {
        text,
        // A mark at the start is tolerated (RFC 8259, section 8.1).
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        tail: 0,
        nodes: 0,
        open: Vec::new(),
        faults: Faults::new(file),
        stopped: false,
        doubtful: false,
    };
    let root = parser.document();
    let diagnostics = parser.faults.into_diagnostics();
    let lost =
        [codes::JSON_SYNTAX, codes::JSON_UNCLOSED, codes::TOO_DEEP, codes::TOO_MANY_NODES, codes::TOO_MANY_FAULTS];
    let certain = !diagnostics.iter().any(|d| lost.contains(&d.code));
    Parsed { root: root.filter(|_| certain), diagnostics }
}

#[cfg(test)]
thread_local! {
    /// How often a byte was looked at: the tests hold it against the size of the text.
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// Where the last token ended: the place of a missing comma.
    tail: usize,
    nodes: usize,
    /// Where the maps and lists around `at` begin.
    open: Vec<usize>,
    faults: Faults,
    /// Nothing more is read.
    stopped: bool,
    /// A string was not closed: what follows may be its text, so the next fault would be noise.
    doubtful: bool,
}

impl Parser<'_> {
    fn document(&mut self) -> Option<Node> {
        self.skip_blank();
        if self.at == self.text.len() {
            let (start, end) = (self.tail, self.tail);
            self.fault(self.faults.error(
                codes::JSON_SYNTAX,
                "the text holds no JSON value",
                (start, end),
                "nothing stands here",
            ));
            return None;
        }
        let root = self.value();
        self.skip_blank();
        if !self.stopped && self.at < self.text.len() {
            let end = self.at + self.text[self.at..].lines().next().map_or(0, str::len);
            let (title, help) = if matches!(self.peek(), Some(b'}' | b']')) {
                ("a closing bracket is one too many", "remove it, or look for the bracket that was closed too early")
            } else {
                ("more text follows after the JSON value", "a JSON text is one value: put several into a list")
            };
            self.fault(
                self.faults.error(codes::JSON_SYNTAX, title, (self.at, end), "the value has ended before").help(help),
            );
        }
        root
    }

    fn peek(&self) -> Option<u8> {
        #[cfg(test)]
        STEPS.set(STEPS.get() + 1);
        self.text.as_bytes().get(self.at).copied()
    }

    fn char_at(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.faults.span(start, end)
    }

    fn fault(&mut self, diagnostic: Diagnostic) {
        if self.doubtful {
            self.stopped = true;
        }
        if !self.stopped {
            self.faults.push(diagnostic);
            self.stopped = self.faults.is_full();
        }
    }

    fn node(&mut self, start: usize, value: Value) -> Node {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.fault(self.faults.error(
                codes::TOO_MANY_NODES,
                format!("the text has more than {MAX_NODES} values"),
                (start, self.at),
                "reading stops here",
            ));
            self.stopped = true;
        }
        self.tail = self.at;
        Node { span: self.span(start, self.at), value }
    }

    /// Skips white space, and with a finding also what is often taken for it.
    fn skip_blank(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'#' => self.comment(),
                b'/' if matches!(self.text.as_bytes().get(self.at + 1), Some(b'/' | b'*')) => self.comment(),
                0x80.. => {
                    let start = self.at;
                    while let Some(c) = self.char_at().filter(|c| is_false_blank(*c)) {
                        self.at += c.len_utf8();
                    }
                    if start == self.at {
                        return;
                    }
                    let c = self.text[start..].chars().next().unwrap_or_default();
                    self.fault(
                        self.faults
                            .error(
                                codes::JSON_BLANK,
                                format!("the character U+{:04X} is not white space in JSON", u32::from(c)),
                                (start, self.at),
                                "it looks like a blank",
                            )
                            .help("JSON allows space, tab, line feed and carriage return between its tokens")
                            .fix(self.span(start, self.at), " "),
                    );
                }
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        let length = if rest.starts_with("/*") {
            rest.get(2..).and_then(|r| r.find("*/")).map_or(rest.len(), |i| i + 4)
        } else {
            rest.find(['\n', '\r']).unwrap_or(rest.len())
        };
        self.at += length;
        let first_line = rest[..length].lines().next().map_or(0, str::len);
        self.fault(
            self.faults
                .error(codes::JSON_COMMENT, "JSON has no comments", (start, start + first_line), "this is a comment")
                .help("remove it, or write the file as YAML; a definition has `Comment` fields"),
        );
    }

    /// A value, where one must stand. `None`: there is none, and that was said.
    fn value(&mut self) -> Option<Node> {
        self.skip_blank();
        let start = self.at;
        let Some(byte) = self.peek() else {
            self.ended();
            return None;
        };
        match byte {
            b'{' => Some(self.map()),
            b'[' => Some(self.seq()),
            b'"' => {
                let value = self.quoted();
                Some(self.node(start, Value::String(value)))
            }
            b'-' | b'+' | b'.' | b'0'..=b'9' => {
                let value = self.number();
                Some(self.node(start, value))
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => {
                let value = self.word();
                Some(self.node(start, value))
            }
            b',' | b']' | b'}' => {
                let place = if self.tail < start { (self.tail, self.tail + 1) } else { (start, start + 1) };
                let place = if self.text.is_char_boundary(place.1) { place } else { (start, start + 1) };
                self.fault(self.faults.error(codes::JSON_SYNTAX, "a value is missing", place, "a value must follow"));
                None
            }
            _ => {
                if let Some(text) = self.odd_quotes() {
                    return Some(self.node(start, Value::String(text)));
                }
                self.unexpected("a value must stand here");
                None
            }
        }
    }

    fn map(&mut self) -> Node {
        let start = self.enter();
        let mut entries = Vec::new();
        let mut first = true;
        while self.more(b'}', first) {
            first = false;
            if let Some(entry) = self.member() {
                entries.push(entry);
            }
        }
        let entries = if entries.len() > 1 { self.faults.unique_keys(entries) } else { entries };
        self.stopped |= self.faults.is_full();
        self.node(start, Value::Map(entries))
    }

    fn seq(&mut self) -> Node {
        let start = self.enter();
        let mut items = Vec::new();
        let mut first = true;
        while self.more(b']', first) {
            first = false;
            items.extend(self.value());
        }
        self.node(start, Value::Seq(items))
    }

    fn enter(&mut self) -> usize {
        let start = self.at;
        self.open.push(start);
        if self.open.len() > MAX_DEPTH {
            self.fault(
                self.faults
                    .error(
                        codes::TOO_DEEP,
                        format!("maps and lists are nested more than {MAX_DEPTH} deep"),
                        (start, start + 1),
                        "reading stops here",
                    )
                    .help("flatten the structure"),
            );
            self.stopped = true;
        }
        self.at += 1;
        self.tail = self.at;
        start
    }

    fn member(&mut self) -> Option<Entry> {
        let start = self.at;
        let key = match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'{' | b'[') => {
                self.fault(
                    self.faults
                        .error(
                            codes::JSON_SYNTAX,
                            "a key must be a string",
                            (start, start + 1),
                            "a key must stand here",
                        )
                        .help("a map is written `{\"key\": value}`, a list `[value]`"),
                );
                self.value();
                self.skip_blank();
                if self.peek() == Some(b':') {
                    self.at += 1;
                    self.value();
                }
                return None;
            }
            _ => {
                let Some(key) = self.odd_quotes().or_else(|| self.bare_key()) else {
                    self.unexpected("a key in double quotes must stand here");
                    return None;
                };
                key
            }
        };
        let key_span = self.span(start, self.at);
        self.tail = self.at;
        self.skip_blank();
        match self.peek() {
            Some(b':') => {
                self.at += 1;
                self.tail = self.at;
            }
            Some(b'=') => {
                let length = if self.text[self.at..].starts_with("=>") { 2 } else { 1 };
                let place = (self.at, self.at + length);
                self.fault(
                    self.faults
                        .error(codes::JSON_COLON, "a colon must stand between a key and its value", place, "not this")
                        .fix(self.span(place.0, place.1), ":"),
                );
                self.at = place.1;
                self.tail = self.at;
            }
            None => {
                self.ended();
                return None;
            }
            Some(byte) => {
                let title = format!("the key `{}` has no value", visible(&key));
                self.fault(
                    self.faults
                        .error(codes::JSON_SYNTAX, title, (start, key_span.end), "a colon and a value must follow")
                        .help("write `\"key\": value`"),
                );
                if matches!(byte, b',' | b'}' | b']') || !self.starts_value() {
                    return None;
                }
            }
        }
        Some(Entry { key, key_span, value: self.value()? })
    }

    /// Goes to the next member or item; `false` when the map or list that `close` ends is done.
    fn more(&mut self, close: u8, first: bool) -> bool {
        let mut comma: Option<usize> = None;
        let mut reported = false;
        loop {
            self.skip_blank();
            if self.stopped {
                self.open.pop();
                return false;
            }
            let at = self.at;
            match self.peek() {
                None => {
                    self.ended();
                    self.open.pop();
                    return false;
                }
                Some(b'}' | b']') => {
                    if let (Some(comma), false) = (comma, reported) {
                        self.fault(
                            self.faults
                                .error(
                                    codes::JSON_COMMA,
                                    "a comma stands after the last element",
                                    (comma, comma + 1),
                                    "nothing follows this comma",
                                )
                                .help("remove it: JSON allows no trailing comma")
                                .fix(self.span(comma, comma + 1), ""),
                        );
                    }
                    self.close(close);
                    return false;
                }
                Some(b',') => {
                    if (first || comma.is_some()) && !reported {
                        reported = true;
                        self.fault(
                            self.faults
                                .error(codes::JSON_COMMA, "a comma is one too many", (at, at + 1), "nothing before it")
                                .fix(self.span(at, at + 1), ""),
                        );
                    }
                    comma = Some(at);
                    self.at += 1;
                }
                Some(_) if comma.is_some() || first => return true,
                Some(_) if self.starts_value() => {
                    let place = (self.tail, self.tail);
                    let next = at + self.char_at().map_or(0, char::len_utf8);
                    if !self.doubtful {
                        self.fault(
                            self.faults
                                .error(codes::JSON_COMMA, "a comma is missing", place, "a comma must stand here")
                                .related(self.span(at, next), "before this")
                                .fix(self.span(place.0, place.1), ","),
                        );
                    }
                    return true;
                }
                Some(_) => self.unexpected("a comma or a closing bracket must stand here"),
            }
        }
    }

    /// At a closing bracket: ends the innermost map or list.
    fn close(&mut self, close: u8) {
        let found = self.peek();
        let Some(open) = self.open.pop() else { return };
        if found == Some(close) {
            self.at += 1;
            return;
        }
        let opener = |at: &usize| self.text.as_bytes().get(*at).copied();
        let kind = if close == b'}' { "map" } else { "list" };
        let other = if found == Some(b'}') { b'{' } else { b'[' };
        let outer = self.open.iter().any(|at| opener(at) == Some(other));
        let title = if outer {
            format!("this {kind} is not closed")
        } else {
            format!("this {kind} is closed by the wrong bracket")
        };
        let (at, close) = (self.at, char::from(close));
        self.fault(
            self.faults
                .error(codes::JSON_UNCLOSED, title, (open, open + 1), "opened here")
                .related(self.span(at, at + 1), format!("`{close}` must stand before or instead of this")),
        );
        if !outer {
            self.at += 1;
        }
    }

    /// The text has ended too early.
    fn ended(&mut self) {
        let end = self.text.trim_end().len().max(self.tail.min(self.text.len()));
        let mut fault = self.faults.error(codes::JSON_UNCLOSED, "the text ends too early", (end, end), "it ends here");
        if let Some(open) = self.open.last() {
            let kind = if self.text.as_bytes().get(*open) == Some(&b'{') { "map" } else { "list" };
            fault = fault.related(self.span(*open, *open + 1), format!("this {kind} is not closed"));
        } else {
            fault.title = String::from("a value is missing at the end of the text");
        }
        self.fault(fault);
        self.stopped = true;
    }

    /// Says that the character here does not belong, and goes on to the next comma or bracket.
    fn unexpected(&mut self, label: &str) {
        let c = self.char_at().unwrap_or_default();
        let (start, end) = (self.at, (self.at + c.len_utf8()).min(self.text.len()));
        let title = format!("`{}` does not belong here", visible(c.encode_utf8(&mut [0; 4])));
        self.fault(self.faults.error(codes::JSON_SYNTAX, title, (start, end), label));
        self.at = end;
        let mut quoted = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => quoted = !quoted,
                b'\\' if quoted => self.at += 1,
                b'\n' => quoted = false,
                b',' | b'}' | b']' if !quoted => break,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.text.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.tail = self.at;
    }

    fn starts_value(&self) -> bool {
        self.char_at().is_some_and(|c| {
            matches!(c, '{' | '[' | '"' | '-' | '+' | '.' | '_' | '$')
                || c.is_ascii_alphanumeric()
                || string::is_odd_quote(c)
        })
    }
}

fn is_false_blank(c: char) -> bool {
    !c.is_ascii() && (c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}'))
}
