//! Trees with their references filled in.

use std::collections::{BTreeMap, BTreeSet};

use statewright_source::{Diagnostic, Entry, Node, Sources, Span, Value, visible};

use super::{
    Flavour, Meaning, Scope,
    template::{self, Piece, Unclosed},
};
use crate::{Address, codes};

/// What happened while references were filled in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    /// What was wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Pointers of strings that a sensitive value flowed into.
    pub(crate) sensitive: BTreeSet<String>,
    /// Pointers of strings that changed.
    pub(crate) filled: BTreeSet<String>,
    /// Pointers of strings that could not be filled in; they stand as they were written.
    pub(crate) broken: BTreeSet<String>,
    /// Places of keys that could not be filled in.
    pub(crate) broken_keys: BTreeSet<Span>,
    /// Declared resources that are referred to, and where first.
    pub(crate) refers: BTreeMap<Address, Span>,
    /// Variables that were used.
    pub(crate) variables: BTreeSet<String>,
    /// Substitutions that were used.
    pub(crate) substitutions: BTreeSet<String>,
}

/// One filled text.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    pub(crate) text: String,
    pub(crate) sensitive: bool,
    pub(crate) broken: bool,
}

/// The text with its references filled in; the findings go to `trace`.
pub(crate) fn fill_text(
    text: &str,
    span: Span,
    scope: Scope<'_>,
    flavour: Flavour<'_>,
    sources: &Sources,
    trace: &mut Trace,
) -> Filled {
    let pieces = match template::parse(text) {
        Ok(pieces) => pieces,
        Err(Unclosed(at)) => {
            let shown: String = text.get(at..).unwrap_or_default().chars().take(40).collect();
            trace.diagnostics.push(
                Diagnostic::error(codes::BAD_REFERENCE, format!("`{}` is not closed", visible(&shown)))
                    .at(part(sources, span, text, at, at + 2), "opened here")
                    .help("close it with `}`, or write `$${` for the text itself"),
            );
            return Filled { text: text.to_owned(), broken: true, ..Filled::default() };
        }
    };
    let mut filler = Filler { whole: text, span, scope, flavour, sources, trace };
    let mut filled = filler.pieces(&pieces);
    if filled.broken {
        text.clone_into(&mut filled.text);
    }
    filled
}

struct Filler<'a, 't> {
    whole: &'a str,
    span: Span,
    scope: Scope<'a>,
    flavour: Flavour<'a>,
    sources: &'a Sources,
    trace: &'t mut Trace,
}

impl Filler<'_, '_> {
    fn pieces(&mut self, pieces: &[Piece]) -> Filled {
        let mut out = Filled::default();
        for piece in pieces {
            let (inner, range) = match piece {
                Piece::Text(text) => {
                    out.text.push_str(text);
                    continue;
                }
                Piece::Reference { inner, range } => (inner, range),
            };
            let nested = inner.iter().any(|p| matches!(p, Piece::Reference { .. }));
            let name = self.pieces(inner);
            if name.broken {
                out.broken = true;
                continue;
            }
            let place = part(self.sources, self.span, self.whole, range.start, range.end);
            if nested && name.sensitive {
                self.trace.diagnostics.push(
                    Diagnostic::error(codes::SENSITIVE_PLACE, "a sensitive variable is a part of a name")
                        .at(place, "a name is shown everywhere")
                        .help("use a variable that is not sensitive"),
                );
                out.broken = true;
                continue;
            }
            match self.scope.meaning(&name.text, self.flavour) {
                Meaning::Text { text, sensitive, refers, variable, substitution } => {
                    out.text.push_str(&text);
                    out.sensitive |= sensitive;
                    if let Some(address) = refers {
                        self.trace.refers.entry(address).or_insert(place);
                    }
                    self.trace.variables.extend(variable);
                    if substitution {
                        self.trace.substitutions.insert(name.text.trim().to_owned());
                    }
                }
                Meaning::Iam => {
                    out.text.push_str("${");
                    out.text.push_str(&name.text);
                    out.text.push('}');
                }
                Meaning::Silent => {
                    out.broken = true;
                    if let Some(variable) = name.text.trim().strip_prefix("var.") {
                        self.trace.variables.insert(variable.to_owned());
                    }
                }
                Meaning::Wrong(wrong) => {
                    out.broken = true;
                    let mut found = Diagnostic::error(wrong.code, wrong.title).at(place, wrong.label);
                    found.help = wrong.help;
                    self.trace.diagnostics.push(found);
                }
            }
        }
        out
    }
}

/// The place of `text[start..end]` where `text` is the string at `span`: that part of it if the file writes it
/// as it is, else the whole.
pub(crate) fn part(sources: &Sources, span: Span, text: &str, start: usize, end: usize) -> Span {
    let (Some(wanted), Some(before)) = (text.get(start..end), text.get(..start)) else { return span };
    let earlier = before.matches(wanted).count();
    match sources.text(span).match_indices(wanted).nth(earlier) {
        Some((at, found)) => span.within(at, at + found.len()),
        None => span,
    }
}

/// The tree with the keys of its maps filled in. A key that becomes another's twin is left out and said.
pub(crate) fn fill_keys(
    node: &Node,
    scope: Scope<'_>,
    flavour: Flavour<'_>,
    sources: &Sources,
    trace: &mut Trace,
) -> Node {
    let value = match &node.value {
        Value::Seq(items) => Value::Seq(items.iter().map(|n| fill_keys(n, scope, flavour, sources, trace)).collect()),
        Value::Map(entries) => {
            let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
            let mut places: BTreeMap<String, Span> = BTreeMap::new();
            for entry in entries {
                let mut key = entry.key.clone();
                if !template::is_plain(&key) {
                    let filled = fill_text(&key, entry.key_span, scope, flavour, sources, trace);
                    if filled.sensitive {
                        trace.diagnostics.push(
                            Diagnostic::error(codes::SENSITIVE_PLACE, "a sensitive variable is a part of a key")
                                .at(entry.key_span, "a key is shown everywhere")
                                .help("use a variable that is not sensitive"),
                        );
                    }
                    if filled.sensitive || filled.broken {
                        trace.broken_keys.insert(entry.key_span);
                    } else {
                        key = filled.text;
                    }
                }
                let value = fill_keys(&entry.value, scope, flavour, sources, trace);
                if let Some(first) = places.get(&key) {
                    trace.diagnostics.push(
                        Diagnostic::error(
                            codes::SAME_NAME,
                            format!("two keys are `{}` once their references are filled in", visible(&key)),
                        )
                        .at(entry.key_span, "again here")
                        .related(*first, "first here"),
                    );
                    continue;
                }
                places.insert(key.clone(), entry.key_span);
                out.push(Entry { key, key_span: entry.key_span, value });
            }
            Value::Map(out)
        }
        value => value.clone(),
    };
    Node { span: node.span, value }
}

/// In what a string at a pointer may refer to, and in what sort of text it stands.
pub(crate) type Choose<'c, 'a> = &'c dyn Fn(&str) -> (Scope<'a>, Flavour<'a>);

/// The tree with its strings filled in; pointers in `trace` begin with `pointer`. Keys are left alone.
pub(crate) fn fill_values(
    node: &Node,
    pointer: &mut String,
    choose: Choose<'_, '_>,
    sources: &Sources,
    trace: &mut Trace,
) -> Node {
    let value = match &node.value {
        Value::String(text) if !template::is_plain(text) => {
            let (scope, flavour) = choose(pointer);
            let filled = fill_text(text, node.span, scope, flavour, sources, trace);
            if filled.broken {
                trace.broken.insert(pointer.clone());
            } else if filled.text != *text {
                trace.filled.insert(pointer.clone());
            }
            if filled.sensitive {
                trace.sensitive.insert(pointer.clone());
            }
            Value::String(filled.text)
        }
        Value::Seq(items) => {
            let length = pointer.len();
            let items = items
                .iter()
                .enumerate()
                .map(|(i, item)| {
                    push(pointer, &i.to_string());
                    let item = fill_values(item, pointer, choose, sources, trace);
                    pointer.truncate(length);
                    item
                })
                .collect();
            Value::Seq(items)
        }
        Value::Map(entries) => {
            let length = pointer.len();
            let entries = entries
                .iter()
                .map(|entry| {
                    push(pointer, &entry.key);
                    let value = fill_values(&entry.value, pointer, choose, sources, trace);
                    pointer.truncate(length);
                    Entry { key: entry.key.clone(), key_span: entry.key_span, value }
                })
                .collect();
            Value::Map(entries)
        }
        value => value.clone(),
    };
    Node { span: node.span, value }
}

/// Appends a token to a JSON pointer (RFC 6901).
pub(crate) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

/// The pointer of `token` below `pointer`.
pub(crate) fn pointer_to(pointer: &str, token: &str) -> String {
    let mut out = pointer.to_owned();
    push(&mut out, token);
    out
}

/// A pointer as people write it: `logging.level`, `policies[0]`.
pub(crate) fn dotted(root: &Node, pointer: &str) -> String {
    let mut out = String::new();
    let mut node = Some(root);
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let item = node.and_then(Node::as_seq);
        if item.is_some() {
            out.push('[');
            out.push_str(&token);
            out.push(']');
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&token);
        }
        node = match item {
            Some(items) => token.parse::<usize>().ok().and_then(|i| items.get(i)),
            None => node.and_then(|n| n.get(&token)),
        };
    }
    out
}
