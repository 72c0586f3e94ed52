//! What IAM refuses in a document, and what it takes without meaning anything by it. Sizes are the caller's: they are
//! counted over all policies of a role ([`size`](crate::size)).

mod arn;
mod condition;
mod statement;

pub(crate) use self::arn::split;
use statewright_source::{Diagnostic, Node, Severity, Value};

use crate::{
    codes,
    document::{Document, Kind, Version},
    size::refused_character,
};

/// Every finding about the shape of a document of this kind, with its place. Errors are what AWS refuses.
pub fn validate(document: &Node, kind: Kind) -> Vec<Diagnostic> {
    let (read, mut found) = Document::read(document);
    characters(document, &mut found);
    let Some(read) = read else { return found };
    version(document, &read, kind, &mut found);
    if read.statements.is_empty() && document.get("Statement").is_none_or(|s| s.as_seq().is_some_and(<[_]>::is_empty)) {
        found.push(
            Diagnostic::error(codes::MISSING_ELEMENT, "the document has no statement")
                .at(document.span, "IAM refuses it")
                .help("add a `Statement`")
                .aws("MISSING_STATEMENT", ""),
        );
    }
    sids(&read, kind, &mut found);
    for statement in &read.statements {
        statement::check(statement, &read.version, kind, &mut found);
    }
    found.sort_by_key(|d| d.primary.as_ref().map(|label| (label.span.start, label.span.end)));
    found
}

fn version(node: &Node, document: &Document, kind: Kind, found: &mut Vec<Diagnostic>) {
    if document.version != Version::V2008 || node.get("Version").is_some_and(|v| v.as_str().is_none()) {
        return;
    }
    let span = node.get("Version").map_or(node.span, |v| v.span);
    let title = if document.version_given {
        "the document is of version 2008-10-17".to_owned()
    } else {
        "the document has no `Version`, which means 2008-10-17".to_owned()
    };
    let code = if document.version_given { "INVALID_VERSION" } else { "MISSING_VERSION" };
    found.push(match kind {
        Kind::Identity | Kind::Boundary => Diagnostic::error(codes::VERSION, title)
            .at(span, "IAM answers: policy document must be version 2012-10-17 or greater")
            .help("write `Version: \"2012-10-17\"`")
            .aws(code, ""),
        Kind::Trust | Kind::Resource => Diagnostic::new(codes::VERSION, Severity::Note, title)
            .at(span, "policy variables are plain text in it")
            .help("write `Version: \"2012-10-17\"`")
            .aws(code, ""),
    });
}

fn sids(document: &Document, kind: Kind, found: &mut Vec<Diagnostic>) {
    let mut seen: std::collections::HashMap<&str, Option<statewright_source::Span>> = std::collections::HashMap::new();
    let own = kind != Kind::Resource;
    for sid in document.statements.iter().filter_map(|s| s.sid.as_ref()) {
        let severity = if own { Severity::Error } else { Severity::Warning };
        if let Some(first) = seen.get(sid.value.as_str()) {
            let mut duplicate = Diagnostic::new(
                codes::DUPLICATE_SID,
                severity,
                format!("two statements have the `Sid` `{}`", sid.value),
            )
            .help("give each statement its own `Sid`, or none")
            .aws("UNIQUE_SIDS_REQUIRED", "");
            if let Some(span) = sid.span {
                duplicate = duplicate.at(span, "again here");
            }
            if let Some(first) = first {
                duplicate = duplicate.related(*first, "first here");
            }
            found.push(duplicate);
        } else {
            seen.insert(&sid.value, sid.span);
        }
        if own && !sid.value.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let kept: String = sid.value.chars().filter(char::is_ascii_alphanumeric).collect();
            let mut bad = Diagnostic::error(
                codes::SID_CHARACTERS,
                format!("the `Sid` `{}` has other characters than letters and digits", sid.value),
            )
            .help(format!("write `{kept}`"))
            .aws("UNSUPPORTED_SID", "");
            if let Some(span) = sid.span {
                bad = bad.at(span, "IAM refuses it");
            }
            found.push(bad);
        }
    }
}

/// Every text that holds a character which IAM refuses, once each.
fn characters(node: &Node, found: &mut Vec<Diagnostic>) {
    let mut report = |text: &str, span| {
        if let Some((_, c)) = refused_character(text) {
            found.push(
                Diagnostic::error(
                    codes::CHARACTERS,
                    format!("IAM refuses the character `{}` (U+{:04X})", c.escape_debug(), u32::from(c)),
                )
                .at(span, "only U+0020 to U+00FF, tab and line ends may stand in a document")
                .help(look_alike(c).map_or_else(|| "remove it".to_owned(), |plain| format!("write `{plain}`"))),
            );
        }
    };
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::String(text) => report(text, node.span),
            Value::Seq(items) => open.extend(items.iter().rev()),
            Value::Map(entries) => {
                for entry in entries {
                    report(&entry.key, entry.key_span);
                }
                open.extend(entries.iter().rev().map(|e| &e.value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// What was meant by a character that looks like a plain one.
const fn look_alike(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2018}' | '\u{2019}' => "'",
        '\u{201c}' | '\u{201d}' => "\\\"",
        '\u{2026}' => "...",
        '\u{2217}' | '\u{ff0a}' => "*",
        '\u{ff1a}' | '\u{a789}' => ":",
        '\u{200b}' | '\u{feff}' | '\u{2009}' | '\u{3000}' => " ",
        _ => return None,
    })
}
