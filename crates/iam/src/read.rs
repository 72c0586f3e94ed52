//! From a tree or from JSON to the model. Total: whatever does not belong is kept aside and becomes a finding.

use serde_json::Value as Json;
use statewright_source::{Diagnostic, Entry, FileId, Node, Span, Value, nearest};

use crate::{
    codes,
    document::{Condition, Document, Effect, Named, Scope, Statement, Text, Version},
    operator::{Operator, Test},
    principal::{KINDS, Principal},
};

/// The elements of a document.
pub(crate) const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];
/// The elements of a statement.
pub(crate) const STATEMENT_ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

impl Document {
    /// Reads a document out of a parsed file, with findings about its shape. `None` where the node is no map.
    ///
    /// What the shape allows but IAM refuses is found by [`validate`](crate::validate).
    pub fn read(node: &Node) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader { placed: true, found: Vec::new() };
        let document = reader.document(node);
        (document, reader.found)
    }

    /// Reads a document that has no places: one that AWS returned, or one that was built. A string is read as JSON
    /// text, percent-encoded (as IAM returns it) or not. `None` where that gives no map.
    pub fn of(value: &Json) -> Option<Self> {
        let parsed;
        let value = match value {
            Json::String(text) => {
                parsed = decode(text)?;
                &parsed
            }
            other => other,
        };
        Reader { placed: false, found: Vec::new() }.document(&unplaced(value))
    }
}

/// The JSON of a document's text, percent-encoded (RFC 3986: `+` is a plus) or not.
pub fn decode(text: &str) -> Option<Json> {
    if let Ok(value) = serde_json::from_str::<Json>(text) {
        return Some(value);
    }
    let text = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    serde_json::from_str(&text).ok()
}

/// A tree whose places mean nothing.
fn unplaced(value: &Json) -> Node {
    let span = Span::new(FileId(u32::MAX), 0, 0);
    let value = match value {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => Value::Number(n.clone()),
        Json::String(s) => Value::String(s.clone()),
        Json::Array(items) => Value::Seq(items.iter().map(unplaced).collect()),
        Json::Object(map) => Value::Map(
            map.iter().map(|(key, v)| Entry { key: key.clone(), key_span: span, value: unplaced(v) }).collect(),
        ),
    };
    Node { span, value }
}

struct Reader {
    placed: bool,
    found: Vec<Diagnostic>,
}

impl Reader {
    fn span(&self, span: Span) -> Option<Span> {
        self.placed.then_some(span)
    }

    fn text(&self, node: &Node, value: &str) -> Text {
        Text { value: value.to_owned(), span: self.span(node.span) }
    }

    fn wrong_type(&mut self, node: &Node, element: &str, expected: &str) {
        self.found.push(
            Diagnostic::error(codes::WRONG_TYPE, format!("`{element}` must be {expected}, not {}", node.kind()))
                .at(node.span, format!("{expected} is expected here"))
                .aws("DATA_TYPE_MISMATCH", ""),
        );
    }

    fn unknown(&mut self, entry: &Entry, place: &str, known: &[&str]) {
        let mut found =
            Diagnostic::error(codes::UNKNOWN_ELEMENT, format!("a policy {place} has no element `{}`", entry.key))
                .at(entry.key_span, "IAM refuses the document")
                .aws("INVALID_POLICY_ELEMENT", "");
        found = match nearest(&entry.key, known.iter().copied()) {
            Some(name) => found.help(format!("did you mean `{name}`?")),
            None => found.help(format!("the elements of a {place} are {}", known.join(", "))),
        };
        self.found.push(found);
    }

    fn document(&mut self, node: &Node) -> Option<Document> {
        let Some(entries) = node.as_map() else {
            self.found.push(
                Diagnostic::error(
                    codes::NOT_A_DOCUMENT,
                    format!("a policy document must be a map, not {}", node.kind()),
                )
                .at(node.span, "")
                .help("write `Version: 2012-10-17` and a list under `Statement`"),
            );
            return None;
        };
        let mut document = Document {
            span: self.span(node.span),
            version: Version::V2008,
            version_given: false,
            id: None,
            statements: Vec::new(),
            extra: Vec::new(),
        };
        for entry in entries {
            match entry.key.as_str() {
                "Version" => self.version(entry, &mut document),
                "Id" => match entry.value.as_str() {
                    Some(id) => document.id = Some(self.text(&entry.value, id)),
                    None => self.keep(entry, "a string", &mut document.extra),
                },
                "Statement" => self.statements(entry, &mut document),
                _ => {
                    self.unknown(entry, "document", &DOCUMENT_ELEMENTS);
                    document.extra.push((entry.key.clone(), entry.value.to_json()));
                }
            }
        }
        Some(document)
    }

    /// Keeps an element of the wrong type.
    fn keep(&mut self, entry: &Entry, expected: &str, extra: &mut Vec<(String, Json)>) {
        self.wrong_type(&entry.value, &entry.key, expected);
        extra.push((entry.key.clone(), entry.value.to_json()));
    }

    fn version(&mut self, entry: &Entry, document: &mut Document) {
        document.version_given = true;
        document.version = match entry.value.as_str() {
            Some("2012-10-17") => Version::V2012,
            Some("2008-10-17") => Version::V2008,
            Some(other) => {
                let (file_span, other) = (entry.value.span, other.to_owned());
                self.found.push(
                    Diagnostic::error(codes::VERSION, format!("`{other}` is no version of the policy language"))
                        .at(file_span, "IAM refuses the document")
                        .help("use `2012-10-17`")
                        .aws("INVALID_VERSION", ""),
                );
                Version::Other(other)
            }
            None => {
                self.keep(entry, "a string", &mut document.extra);
                Version::V2008
            }
        };
    }

    fn statements(&mut self, entry: &Entry, document: &mut Document) {
        match &entry.value.value {
            Value::Seq(items) => {
                for item in items {
                    if item.as_map().is_some() {
                        document.statements.push(self.statement(item));
                    } else {
                        self.wrong_type(item, "Statement", "a map");
                        document.extra.push(("Statement".to_owned(), item.to_json()));
                    }
                }
            }
            Value::Map(_) => document.statements.push(self.statement(&entry.value)),
            _ => self.keep(entry, "a list of statements", &mut document.extra),
        }
    }

    fn statement(&mut self, node: &Node) -> Statement {
        let mut statement = Statement {
            span: self.span(node.span),
            sid: None,
            effect: None,
            principals: None,
            actions: None,
            resources: None,
            conditions: Vec::new(),
            extra: Vec::new(),
        };
        // The positive form first, so that which of two that exclude each other is kept aside does not hang on order.
        let (positive, negative): (Vec<_>, Vec<_>) =
            node.as_map().unwrap_or_default().iter().partition(|e| !e.key.starts_with("Not"));
        for entry in positive.into_iter().chain(negative) {
            match entry.key.as_str() {
                "Sid" => match entry.value.as_str() {
                    Some("") => {}
                    Some(sid) => statement.sid = Some(self.text(&entry.value, sid)),
                    None => self.keep(entry, "a string", &mut statement.extra),
                },
                "Effect" => self.effect(entry, &mut statement),
                "Principal" | "NotPrincipal" => {
                    let taken = statement.principals.is_some();
                    if let Some(items) = self.principals(entry, &mut statement.extra)
                        && !self.twice(entry, taken, "Principal", &mut statement.extra)
                    {
                        statement.principals = Some(scope(entry.key.starts_with("Not"), items));
                    }
                }
                "Action" | "NotAction" => {
                    let taken = statement.actions.is_some();
                    if let Some(items) = self.strings(entry, &mut statement.extra)
                        && !self.twice(entry, taken, "Action", &mut statement.extra)
                    {
                        statement.actions = Some(scope(entry.key.starts_with("Not"), items));
                    }
                }
                "Resource" | "NotResource" => {
                    let taken = statement.resources.is_some();
                    if let Some(items) = self.strings(entry, &mut statement.extra)
                        && !self.twice(entry, taken, "Resource", &mut statement.extra)
                    {
                        statement.resources = Some(scope(entry.key.starts_with("Not"), items));
                    }
                }
                "Condition" => self.conditions(entry, &mut statement),
                _ => {
                    self.unknown(entry, "statement", &STATEMENT_ELEMENTS);
                    statement.extra.push((entry.key.clone(), entry.value.to_json()));
                }
            }
        }
        statement
    }

    /// Reports an element whose positive or negative twin stands there already, and keeps it aside.
    fn twice(&mut self, entry: &Entry, taken: bool, name: &str, extra: &mut Vec<(String, Json)>) -> bool {
        if taken {
            self.found.push(
                Diagnostic::error(
                    codes::EXCLUSIVE_ELEMENTS,
                    format!("a statement has either `{name}` or `Not{name}`, not both"),
                )
                .at(entry.key_span, "IAM refuses the document")
                .help("split it into two statements, or remove one of the elements")
                .aws("UNSUPPORTED_ELEMENT_COMBINATION", ""),
            );
            let value = entry.value.to_json();
            // A string and a list of one are the same here too.
            extra.push((entry.key.clone(), if value.is_string() { Json::Array(vec![value]) } else { value }));
        }
        taken
    }

    fn effect(&mut self, entry: &Entry, statement: &mut Statement) {
        let node = &entry.value;
        let Some(text) = node.as_str() else {
            return self.keep(entry, "`Allow` or `Deny`", &mut statement.extra);
        };
        let exact = match text {
            "Allow" => Some(Effect::Allow),
            "Deny" => Some(Effect::Deny),
            _ => None,
        };
        if exact.is_none() {
            let name = nearest(text, ["Allow", "Deny"]);
            let mut found =
                Diagnostic::error(codes::EFFECT, format!("the effect `{text}` is neither `Allow` nor `Deny`"))
                    .at(node.span, "case counts: IAM refuses the document")
                    .aws("INVALID_EFFECT", "");
            if let Some(name) = name {
                found = found.help(format!("write `{name}`"));
            }
            self.found.push(found);
        }
        // A wrong case is refused by IAM, but what is meant is plain.
        statement.effect = exact.or(match text.to_ascii_lowercase().as_str() {
            "allow" => Some(Effect::Allow),
            "deny" => Some(Effect::Deny),
            _ => None,
        });
        if statement.effect.is_none() {
            statement.extra.push((entry.key.clone(), text.into()));
        }
    }

    /// A string or a list of strings.
    fn strings(&mut self, entry: &Entry, extra: &mut Vec<(String, Json)>) -> Option<Vec<Text>> {
        let items = match &entry.value.value {
            Value::String(text) => return Some(vec![self.text(&entry.value, text)]),
            Value::Seq(items) => items,
            _ => {
                self.keep(entry, "a string or a list of strings", extra);
                return None;
            }
        };
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::String(text) => out.push(self.text(item, text)),
                // IAM takes a null in a list and makes nothing of it.
                Value::Null => self.found.push(
                    Diagnostic::new(
                        codes::EMPTY,
                        statewright_source::Severity::Warning,
                        format!("`{}` has an empty item, which means nothing", entry.key),
                    )
                    .at(item.span, "remove it"),
                ),
                _ => {
                    self.wrong_type(item, &entry.key, "a string");
                    extra.push((entry.key.clone(), item.to_json()));
                }
            }
        }
        Some(out)
    }

    fn principals(&mut self, entry: &Entry, extra: &mut Vec<(String, Json)>) -> Option<Vec<Named>> {
        let named = |kind: &str, text: Text| Named { principal: Principal::new(kind, &text.value), text };
        match &entry.value.value {
            Value::String(text) => Some(vec![named("AWS", self.text(&entry.value, text))]),
            Value::Map(kinds) => {
                let mut out = Vec::new();
                for kind in kinds {
                    if !KINDS.contains(&kind.key.as_str()) {
                        let mut found =
                            Diagnostic::error(codes::PRINCIPAL, format!("`{}` is no kind of principal", kind.key))
                                .at(kind.key_span, "IAM refuses the document")
                                .aws("INVALID_PRINCIPAL_KEY", "");
                        found = found.help(match nearest(&kind.key, KINDS) {
                            Some(name) => format!("did you mean `{name}`?"),
                            None => format!("the kinds are {}", KINDS.join(", ")),
                        });
                        self.found.push(found);
                    }
                    let mut kept = Vec::new();
                    for text in self.strings(kind, &mut kept).unwrap_or_default() {
                        out.push(named(&kind.key, text));
                    }
                    inside(&entry.key, kept, extra);
                }
                Some(out)
            }
            _ => {
                self.keep(entry, "`\"*\"` or a map such as `{Service: states.amazonaws.com}`", extra);
                None
            }
        }
    }

    fn conditions(&mut self, entry: &Entry, statement: &mut Statement) {
        let Some(blocks) = entry.value.as_map() else {
            return self.keep(entry, "a map of operators", &mut statement.extra);
        };
        for block in blocks {
            let operator = Operator::parse(&block.key).ok_or_else(|| block.key.clone());
            let mut kept = Vec::new();
            let Some(keys) = block.value.as_map() else {
                self.keep(block, "a map of condition keys", &mut kept);
                inside("Condition", kept, &mut statement.extra);
                continue;
            };
            if operator.is_err() {
                self.unknown_operator(block, keys.is_empty());
            }
            for key in keys {
                let Some(values) = self.values(key, &mut kept) else { continue };
                statement.conditions.push(Condition {
                    operator: operator.clone(),
                    operator_span: self.span(block.key_span),
                    key: Text { value: key.key.clone(), span: self.span(key.key_span) },
                    values,
                });
            }
            let mut blocks = Vec::new();
            inside(&block.key, kept, &mut blocks);
            inside("Condition", blocks, &mut statement.extra);
        }
    }

    fn unknown_operator(&mut self, block: &Entry, empty: bool) {
        // IAM answers nothing about an unknown operator without keys, and refuses one with keys.
        let severity = if empty { statewright_source::Severity::Warning } else { statewright_source::Severity::Error };
        let bare = block.key.rsplit_once(':').map_or(block.key.as_str(), |(_, name)| name);
        let mut found =
            Diagnostic::new(codes::OPERATOR, severity, format!("there is no condition operator `{}`", block.key))
                .at(block.key_span, if empty { "it has no keys" } else { "IAM refuses the document" })
                .aws("INVALID_CONDITION_OPERATOR", "");
        if bare.starts_with("Null") && bare.ends_with("IfExists") {
            found = found.help("`Null` itself asks whether the key is there: remove `IfExists`");
        } else if let Some(name) = nearest(bare.trim_end_matches("IfExists"), Test::ALL.map(|(name, _)| name)) {
            found = found.help(format!("did you mean `{name}`?"));
        }
        self.found.push(found);
    }

    /// Strings, booleans and numbers, alone or in a list.
    fn values(&mut self, key: &Entry, extra: &mut Vec<(String, Json)>) -> Option<Vec<Text>> {
        let scalar = |node: &Node| match &node.value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(b) => Some(b.to_string()),
            Value::Number(n) => Some(n.to_string()),
            _ => None,
        };
        if let Some(text) = scalar(&key.value) {
            return Some(vec![self.text(&key.value, &text)]);
        }
        let Some(items) = key.value.as_seq() else {
            self.keep(key, "a value or a list of values", extra);
            return None;
        };
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            if let Some(text) = scalar(item) {
                out.push(self.text(item, &text));
            } else {
                self.wrong_type(item, &key.key, "a value");
                extra.push((key.key.clone(), item.to_json()));
            }
        }
        Some(out)
    }
}

/// Puts what was kept aside under the key in which it stood.
fn inside(outer: &str, kept: Vec<(String, Json)>, extra: &mut Vec<(String, Json)>) {
    extra.extend(kept.into_iter().map(|(key, value)| {
        let map: serde_json::Map<String, Json> = [(key, value)].into_iter().collect();
        (outer.to_owned(), Json::Object(map))
    }));
}

fn scope<T>(negated: bool, items: Vec<T>) -> Scope<T> {
    if negated { Scope::AllBut(items) } else { Scope::Only(items) }
}
