//! Events to the tree: aliases are expanded, merge keys resolved, keys checked.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{ScalarStyle, Tag};

use super::{
    scalar::{Plain, resolve},
    scan::{Kind, Scan, Token},
};
use crate::{Diagnostic, Entry, MAX_DEPTH, MAX_NODES, Node, Severity, Span, Value, codes, faults::Faults, visible};

const CORE: &str = "tag:yaml.org,2002:";

/// The tree of a whole scan.
pub(super) fn build(text: &str, scan: &Scan<'_>, faults: &mut Faults) -> Option<Node> {
    if let [token] = scan.tokens.as_slice()
        && matches!(&token.kind, Kind::Scalar(value, ScalarStyle::Plain) if value.is_empty())
        && token.outer == token.start
    {
        // `---` and nothing else.
        return None;
    }
    let mut builder = Builder {
        text,
        tokens: &scan.tokens,
        at: 0,
        anchors: HashMap::new(),
        expanding: Vec::new(),
        depth: 0,
        nodes: 0,
        faults,
    };
    builder.node().map(|built| built.node)
}

struct Builder<'s, 't> {
    text: &'s str,
    tokens: &'s [Token<'t>],
    at: usize,
    /// Where the value of each anchor begins, once it is complete.
    anchors: HashMap<usize, usize>,
    /// The places of the aliases that are being expanded: inside, nothing is reported a second time.
    expanding: Vec<(usize, usize)>,
    depth: usize,
    /// Nodes so far, aliases expanded; a long string inside an alias counts for several.
    nodes: usize,
    faults: &'s mut Faults,
}

/// A node, and where its text ends here: for an alias not where the node's own place ends.
struct Built {
    node: Node,
    end: usize,
}

enum Key {
    Name(String, Span),
    Merge(Span),
    /// Not usable, which was said.
    Bad,
}

impl<'s, 't> Builder<'s, 't> {
    /// The next node. `None`: reading stops, which was said.
    fn node(&mut self) -> Option<Built> {
        let token = self.next()?;
        let start = self.at - 1;
        let built = match &token.kind {
            Kind::Scalar(value, style) => {
                let value = self.scalar(token, value, *style);
                Built { node: Node { span: self.span(token), value }, end: token.end }
            }
            Kind::Alias(anchor) => self.alias(token, *anchor)?,
            Kind::Seq => self.seq(token)?,
            Kind::Map => self.map(token)?,
            Kind::End => return None,
        };
        if let Some(anchor) = token.anchor {
            self.anchors.insert(anchor, start);
        }
        Some(built)
    }

    fn next(&mut self) -> Option<&'s Token<'t>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        self.nodes += 1;
        if let (Kind::Scalar(value, _), false) = (&token.kind, self.expanding.is_empty()) {
            self.nodes += value.len() / 64;
        }
        if self.nodes > MAX_NODES {
            let place = self.expanding.first().copied().unwrap_or((token.start, token.end));
            self.faults.push(
                self.faults
                    .error(
                        codes::TOO_MANY_NODES,
                        format!("the text has more than {MAX_NODES} values once its aliases are expanded"),
                        place,
                        "reading stops here",
                    )
                    .help("aliases of aliases multiply: write the values out, or split the file"),
            );
            return None;
        }
        Some(token)
    }

    fn span(&self, token: &Token<'_>) -> Span {
        self.faults.span(token.start, token.end)
    }

    fn fault(&mut self, fault: Diagnostic) {
        if self.expanding.is_empty() {
            self.faults.push(fault);
        }
    }

    fn alias(&mut self, token: &Token<'_>, anchor: usize) -> Option<Built> {
        let Some(&definition) = self.anchors.get(&anchor) else {
            let name = visible(&self.text[token.start..token.end]).into_owned();
            self.faults.push(
                self.faults
                    .error(
                        codes::YAML_ALIAS,
                        format!("the alias `{name}` stands inside the value that it names"),
                        (token.start, token.end),
                        "this would never end",
                    )
                    .help("give the inner part an anchor of its own"),
            );
            return None;
        };
        let back = std::mem::replace(&mut self.at, definition);
        self.expanding.push((token.start, token.end));
        let built = self.node();
        self.expanding.pop();
        self.at = back;
        Some(Built { node: built?.node, end: token.end })
    }

    fn enter(&mut self, token: &Token<'_>) -> Option<()> {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return Some(());
        }
        let place = self.expanding.first().copied().unwrap_or((token.start, token.end));
        self.faults.push(self.faults.error(
            codes::TOO_DEEP,
            format!("maps and lists are nested more than {MAX_DEPTH} deep once aliases are expanded"),
            place,
            "reading stops here",
        ));
        None
    }

    /// Whether the list or map ends here; if so, where.
    fn end(&mut self, last: usize) -> Option<usize> {
        let token = self.tokens.get(self.at).filter(|t| matches!(t.kind, Kind::End))?;
        self.at += 1;
        // A flow collection ends with its bracket, a block collection with its last value.
        Some(if token.end > token.start { token.end } else { last })
    }

    fn seq(&mut self, token: &Token<'_>) -> Option<Built> {
        self.enter(token)?;
        self.collection_tag(token, "seq");
        let mut items = Vec::new();
        let mut last = token.end;
        let end = loop {
            if let Some(end) = self.end(last) {
                break end;
            }
            let built = self.node()?;
            last = last.max(built.end);
            items.push(built.node);
        };
        self.depth -= 1;
        Some(Built { node: Node { span: self.faults.span(token.start, end), value: Value::Seq(items) }, end })
    }

    fn map(&mut self, token: &Token<'_>) -> Option<Built> {
        self.enter(token)?;
        self.collection_tag(token, "map");
        let mut entries = Vec::new();
        let mut merges = Vec::new();
        let mut last = token.end;
        let end = loop {
            if let Some(end) = self.end(last) {
                break end;
            }
            let key = self.key()?;
            let start = self.tokens.get(self.at).map_or(last, |t| t.start);
            let built = self.node()?;
            last = last.max(built.end);
            match key {
                Key::Name(key, key_span) => entries.push(Entry { key, key_span, value: built.node }),
                Key::Merge(key) => merges.push((key.start, self.merged((start, built.end), built.node))),
                Key::Bad => {}
            }
        };
        self.depth -= 1;
        let entries = match (entries.len(), self.expanding.is_empty()) {
            (0 | 1, _) => entries,
            (_, true) => self.faults.unique_keys(entries),
            (_, false) => Faults::new(self.faults.span(0, 0).file).unique_keys(entries),
        };
        let entries = if merges.is_empty() { entries } else { merge(entries, merges) };
        Some(Built { node: Node { span: self.faults.span(token.start, end), value: Value::Map(entries) }, end })
    }

    fn key(&mut self) -> Option<Key> {
        let token = self.tokens.get(self.at)?;
        if let Kind::Scalar(value, ScalarStyle::Plain) = &token.kind
            && value == "<<"
            && token.tag.as_ref().is_none_or(|tag| core_tag(tag) == Some("merge"))
        {
            self.next()?;
            return Some(Key::Merge(self.span(token)));
        }
        let node = self.node()?.node;
        let span = self.span(token);
        let kind = node.kind();
        let (title, key) = match node.value {
            Value::String(key) => return Some(Key::Name(key, span)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                let source = &self.text[node.span.start..node.span.end];
                (format!("the key `{}` is {kind}, not a string", visible(source)), Some(source.to_owned()))
            }
            Value::Seq(_) | Value::Map(_) => (format!("a key is {kind}, not a string"), None),
        };
        let mut fault = self.faults.error(codes::YAML_KEY, title, (span.start, span.end.max(span.start)), "this key");
        if let Some(key) = &key {
            fault = fault.help("put it into quotes if it is meant as a string");
            if matches!(token.kind, Kind::Scalar(..)) && !key.is_empty() {
                fault = fault.fix(span, format!("\"{key}\""));
            }
        }
        self.fault(fault);
        Some(key.map_or(Key::Bad, |key| Key::Name(key, span)))
    }

    /// The entries that a merge key brings, the strongest first.
    fn merged(&mut self, place: (usize, usize), value: Node) -> Vec<Entry> {
        let maps = match value.value {
            Value::Map(entries) => return entries,
            Value::Seq(items) => items,
            _ => vec![value],
        };
        let mut entries = Vec::new();
        for item in maps {
            let kind = item.kind();
            if let Value::Map(more) = item.value {
                entries.extend(more);
                continue;
            }
            let fault = self
                .faults
                .error(codes::YAML_MERGE, "a merge key needs a map or a list of maps", place, format!("this is {kind}"))
                .help("write `<<: *name` where `&name` stands before a map, or `<<: [*one, *two]`");
            self.fault(fault);
            break;
        }
        entries
    }

    fn collection_tag(&mut self, token: &Token<'_>, expected: &str) {
        let Some(tag) = &token.tag else { return };
        match core_tag(tag) {
            Some(name) if name == expected => {}
            None if is_non_specific(tag) => {}
            Some("seq" | "map" | "str" | "int" | "float" | "bool" | "null") => {
                let kind = if expected == "map" { "a map" } else { "a list" };
                let title = format!("the tag `{}` does not fit: this is {kind}", shown(tag));
                let fault = self.faults.error(codes::YAML_TAG, title, self.tag_place(token), "this tag");
                self.fault(fault);
            }
            Some(_) | None => self.unknown_tag(token, tag),
        }
    }

    fn scalar(&mut self, token: &Token<'_>, value: &str, style: ScalarStyle) -> Value {
        let string = || Value::String(value.to_owned());
        let Some(tag) = &token.tag else {
            return if style == ScalarStyle::Plain { self.plain(token, value) } else { string() };
        };
        let fits = match (core_tag(tag), resolve(value)) {
            (Some("str"), _) => Some(string()),
            (Some("null"), Plain::Null) => Some(Value::Null),
            (Some("bool"), Plain::Bool(b)) => Some(Value::Bool(b)),
            (Some("int"), Plain::Number(n, true)) if !n.is_f64() => Some(Value::Number(n)),
            (Some("float"), Plain::Number(n, _)) => {
                n.as_f64().and_then(serde_json::Number::from_f64).map(Value::Number)
            }
            (Some("null" | "bool" | "int" | "float" | "seq" | "map"), _) => None,
            (None, _) if is_non_specific(tag) => Some(string()),
            (Some(_) | None, _) => {
                self.unknown_tag(token, tag);
                Some(string())
            }
        };
        fits.unwrap_or_else(|| {
            let title = format!("`{}` is not what its tag `{}` says", visible(value), shown(tag));
            let fault = self.faults.error(codes::YAML_TAG, title, (token.outer, token.end), "does not fit");
            self.fault(fault);
            string()
        })
    }

    fn plain(&mut self, token: &Token<'_>, value: &str) -> Value {
        let place = (token.start, token.end);
        match resolve(value) {
            Plain::Null => Value::Null,
            Plain::Bool(b) => Value::Bool(b),
            Plain::String => Value::String(value.to_owned()),
            Plain::NoJson => {
                let fault = self
                    .faults
                    .error(codes::YAML_NUMBER, format!("the number `{value}` has no JSON form"), place, "this number")
                    .help("put it into quotes if it is meant as a string");
                self.fault(fault);
                Value::String(value.to_owned())
            }
            Plain::Number(number, exact) => {
                let digits = value.trim_start_matches(['-', '+']);
                let zeros = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
                let title = if zeros {
                    format!("`{value}` is read as the number {number}: its zeros are lost")
                } else {
                    format!("the integer `{value}` does not fit into 64 bits and loses digits")
                };
                if zeros || !exact {
                    let fault = Diagnostic::new(codes::INEXACT_NUMBER, Severity::Warning, title)
                        .at(self.span(token), format!("read as {number}"))
                        .help("put it into quotes if every digit counts");
                    self.fault(fault);
                }
                Value::Number(number)
            }
        }
    }

    fn unknown_tag(&mut self, token: &Token<'_>, tag: &Tag) {
        const CLOUDFORMATION: &[&str] = &[
            "Ref",
            "Sub",
            "GetAtt",
            "Join",
            "Select",
            "Split",
            "If",
            "ImportValue",
            "FindInMap",
            "Base64",
            "Cidr",
            "GetAZs",
            "Transform",
            "Condition",
            "Equals",
            "And",
            "Or",
            "Not",
        ];
        let title = format!("the tag `{}` is not known", shown(tag));
        let help = if tag.handle == "!" && CLOUDFORMATION.contains(&tag.suffix.as_str()) {
            "this is a short form of CloudFormation, which is not read here: write the value, or a `${…}` reference"
        } else {
            "only the tags of YAML's core schema are read (`!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!map`, `!!seq`)"
        };
        let fault = self.faults.error(codes::YAML_TAG, title, self.tag_place(token), "this tag").help(help);
        self.fault(fault);
    }

    fn tag_place(&self, token: &Token<'_>) -> (usize, usize) {
        let before = &self.text[token.outer..token.start.max(token.outer)];
        let tag = before.split_whitespace().find(|word| word.starts_with('!'));
        tag.and_then(|tag| before.find(tag).map(|i| (token.outer + i, token.outer + i + tag.len())))
            .unwrap_or((token.outer, token.end))
    }
}

/// Own keys win over merged ones, earlier merged ones over later ones. Merged entries stand where their `<<` stands.
fn merge(own: Vec<Entry>, merges: Vec<(usize, Vec<Entry>)>) -> Vec<Entry> {
    let mut seen: HashSet<String> = own.iter().map(|e| e.key.clone()).collect();
    let mut own = own.into_iter().peekable();
    let mut entries = Vec::new();
    for (place, merged) in merges {
        while let Some(entry) = own.next_if(|e| e.key_span.start < place) {
            entries.push(entry);
        }
        entries.extend(merged.into_iter().filter(|e| seen.insert(e.key.clone())));
    }
    entries.extend(own);
    entries
}

/// The name of a tag of YAML's own namespace: `str` for `!!str` and for `!<tag:yaml.org,2002:str>`.
fn core_tag(tag: &Tag) -> Option<&str> {
    if tag.handle == CORE {
        return Some(&tag.suffix);
    }
    if tag.handle.is_empty() { tag.suffix.strip_prefix(CORE) } else { None }
}

/// A lone `!`: a string, a list or a map, as the node is.
fn is_non_specific(tag: &Tag) -> bool {
    tag.handle.is_empty() && tag.suffix == "!"
}

fn shown(tag: &Tag) -> String {
    let text = match core_tag(tag) {
        Some(name) => format!("!!{name}"),
        None if tag.handle.is_empty() => format!("!<{}>", tag.suffix),
        None => format!("{}{}", tag.handle, tag.suffix),
    };
    visible(&text).into_owned()
}
