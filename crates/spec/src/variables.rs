//! `variables:` and what is given for them.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use statewright_source::{Diagnostic, Entry, Node, Severity, Sources, Span, Value, nearest, visible};

use crate::{Request, Secret, codes, head::VariableDoc, typed};

/// The variables of a spec, each with its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, Variable>);

/// One variable.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// `None` where it has none, or a bad one, which was said.
    pub(crate) value: Option<String>,
    /// Never shown, never hashed.
    pub(crate) sensitive: bool,
    /// Its name in the spec.
    pub(crate) span: Span,
}

/// A value that was given, and by whom.
struct Given {
    text: String,
    /// Where it stands, if it stands in a file.
    span: Option<Span>,
    /// In a sentence: `` `--var env=…` ``.
    by: &'static str,
}

impl Variables {
    pub(crate) fn get(&self, name: &str) -> Option<&Variable> {
        self.0.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.0.iter().map(|(name, v)| (name.as_str(), v))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The values that may not be shown.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let secret = self.0.values().filter(|v| v.sensitive).filter_map(|v| v.value.as_ref());
        secret.filter(|v| !v.is_empty()).map(Secret::new).collect()
    }

    /// Gives every declared variable its value: from `--var`, else the last file, else the environment, else its default.
    ///
    /// `wrong` are pointers (`/variables/NAME/…`) at which the spec's shape is not right, which was said.
    pub(crate) fn settle(
        root: &Node,
        environment: Option<&Node>,
        files: &[Node],
        request: &Request,
        wrong: &BTreeSet<String>,
        sources: &Sources,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let declared = root.get("variables").and_then(Node::as_map).unwrap_or_default();
        let mut settled = BTreeMap::new();
        for entry in declared {
            let given = given(&entry.key, &entry.value, environment, files, request, sources);
            let pointer = crate::reference::pointer_to("/variables", &entry.key);
            let bad = wrong.iter().any(|w| *w == pointer || w.starts_with(&format!("{pointer}/")));
            let doc: Option<VariableDoc> = match &entry.value.value {
                _ if bad => None,
                Value::Null => Some(VariableDoc::default()),
                _ => typed::read(&entry.value).ok(),
            };
            // What cannot be read might have been meant as a secret.
            let sensitive = doc.as_ref().is_none_or(|d| d.sensitive);
            let value = doc.and_then(|doc| settle_one(entry, &doc, given, sources, diagnostics));
            settled.insert(entry.key.clone(), Variable { value, sensitive, span: entry.key_span });
        }
        let settled = Self(settled);
        settled.unknown(environment, files, request, diagnostics);
        settled
    }

    /// Says what is given and not declared.
    fn unknown(
        &self,
        environment: Option<&Node>,
        files: &[Node],
        request: &Request,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut say = |name: &str, given: &str, severity: Severity, span: Option<Span>| {
            let title = format!("the spec declares no variable `{}`, which {given} gives", visible(name));
            let mut found = Diagnostic::new(codes::UNKNOWN_VARIABLE, severity, title);
            if let Some(span) = span {
                found = found.at(span, "not declared");
            }
            found.help = match nearest(name, self.names()) {
                Some(near) => Some(format!("did you mean `{near}`?")),
                None if self.0.is_empty() => Some("it declares none".to_owned()),
                None => Some(format!("it declares {}", self.names().collect::<Vec<_>>().join(", "))),
            };
            diagnostics.push(found);
        };
        for entry in environment.and_then(|e| e.get("variables")).and_then(Node::as_map).unwrap_or_default() {
            if !self.0.contains_key(&entry.key) {
                say(&entry.key, "the environment", Severity::Error, Some(entry.key_span));
            }
        }
        if request.shared {
            return;
        }
        for name in request.variables.keys().filter(|name| !self.0.contains_key(*name)) {
            say(name, "`--var`", Severity::Error, None);
        }
        // A file is often shared by stacks of which each takes a part.
        for entry in files.iter().filter_map(Node::as_map).flatten() {
            if !self.0.contains_key(&entry.key) {
                say(&entry.key, "`--var-file`", Severity::Warning, Some(entry.key_span));
            }
        }
    }
}

fn given(
    name: &str,
    declaration: &Node,
    environment: Option<&Node>,
    files: &[Node],
    request: &Request,
    sources: &Sources,
) -> Option<Given> {
    if let Some(text) = request.variables.get(name) {
        return Some(Given { text: text.clone(), span: None, by: "`--var`" });
    }
    let files = files.iter().rev().map(|f| (f.get(name), "`--var-file`"));
    let environment = environment.and_then(|e| e.get("variables")?.get(name));
    let others = [(environment, "the environment"), (declaration.get("default"), "its default")];
    files.chain(others).find_map(|(node, by)| {
        let node = node?;
        Some(Given { text: scalar_text(node, sources)?, span: Some(node.span), by })
    })
}

fn settle_one(
    entry: &Entry,
    doc: &VariableDoc,
    given: Option<Given>,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let name = visible(&entry.key);
    let pattern = match doc.pattern.as_deref().map(Regex::new).transpose() {
        Ok(pattern) => pattern,
        Err(error) => {
            let span = entry.value.get("pattern").map_or(entry.key_span, |n| n.span);
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
            diagnostics.push(
                Diagnostic::error(codes::BAD_PATTERN, format!("the pattern of `{name}` is not a regular expression"))
                    .at(span, visible(why)),
            );
            return None;
        }
    };
    let Some(Given { text, span, by }) = given else {
        diagnostics.push(
            Diagnostic::error(codes::MISSING_VARIABLE, format!("the variable `{name}` has no value"))
                .at(entry.key_span, "has no default")
                .help(format!("give it one: `--var {name}=…`, or in a file with `--var-file`")),
        );
        return None;
    };
    // Not yet known what it would refer to; a text that is meant as it stands comes from outside the spec.
    if let Some(span) = span.filter(|_| matches!(by, "its default" | "the environment") && text.contains("${")) {
        diagnostics.push(
            Diagnostic::error(codes::REFERENCE_PLACE, format!("a reference may not stand in the variable `{name}`"))
                .at(span, "is taken as it stands")
                .help("put the reference where the variable is used"),
        );
        return None;
    }
    let shown = if doc.sensitive { "(sensitive)".to_owned() } else { format!("`{}`", visible(&text)) };
    let mut refuse = |why: String, rule: &str, rule_span: Option<Span>| {
        let title = format!("{shown}, which {by} gives to the variable `{name}`, {why}");
        let mut found = Diagnostic::error(codes::BAD_VARIABLE, title);
        found = match (span, rule_span) {
            (Some(span), Some(rule_span)) => found.at(span, "given here").related(rule_span, rule),
            (Some(span), None) => found.at(span, "given here"),
            (None, rule_span) => found.at(rule_span.unwrap_or(entry.key_span), rule),
        };
        diagnostics.push(found);
    };
    if let Some(allowed) = entry.value.get("allowed") {
        let texts: Vec<String> =
            allowed.as_seq().unwrap_or_default().iter().filter_map(|n| scalar_text(n, sources)).collect();
        if !texts.contains(&text) {
            refuse("is not among the values that it may have".to_owned(), "the allowed values", Some(allowed.span));
            return None;
        }
    }
    if let Some(pattern) = pattern
        && !pattern.is_match(&text)
    {
        let why = format!("does not match `{}`", visible(pattern.as_str()));
        refuse(why, "the pattern", entry.value.get("pattern").map(|n| n.span));
        return None;
    }
    Some(text)
}

/// The text of a plain value as it is written: `1.10` stays `1.10`.
pub(crate) fn scalar_text(node: &Node, sources: &Sources) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => {
            let written = sources.text(node.span);
            Some(if written.is_empty() { number.to_string() } else { written.to_owned() })
        }
        Value::Null | Value::Seq(_) | Value::Map(_) => None,
    }
}
