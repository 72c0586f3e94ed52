//! The files about documents.

use serde_json::{Value, json};
use statewright_source::{Diagnostic, Severity, Sources, parse_json};

use super::Expected;
use crate::{Document, Kind, access, equivalent, lint::lint as lint_document, validate};

pub(super) fn equivalence(row: &Value) -> (Value, Expected) {
    let verdict = equivalent(&row["a"], &row["b"]);
    let expected = match row["equal"].as_bool() {
        Some(equal) => Expected::Right(verdict == equal, equal.to_string()),
        None => Expected::Nothing("the row expects nothing"),
    };
    (verdict.into(), expected)
}

/// `new_access` where the second document may grant what the first does not; where the check is about public access,
/// where it grants something to everyone. A policy that the row does not give could grant anything.
pub(super) fn widening(row: &Value) -> (Value, Expected) {
    let kind = match row["type"].as_str() {
        Some("RESOURCE_POLICY") => Kind::Resource,
        _ => Kind::Identity,
    };
    let policy = &row["policy"];
    let new = if policy.is_null() {
        true
    } else if row["check"].as_str() == Some("CheckNoPublicAccess") {
        access::is_public(policy, kind)
    } else {
        access::broadens_as(&row["reference"], policy, kind)
    };
    let verdict = if new { "new_access" } else { "none" };
    let expected = match row["expected"].as_str() {
        Some(text) => Expected::Right(new == text.starts_with("FAIL"), text.to_owned()),
        None => Expected::Nothing("the row expects nothing"),
    };
    (verdict.into(), expected)
}

/// What AWS would refuse in a document given as text, and, with `lints`, what nobody means. Lints are never errors.
fn findings(text: &str, kind: Kind, lints: bool) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let file = sources.add("policy.json", text);
    let parsed = parse_json(file, text);
    let mut found = parsed.diagnostics;
    if let Some(root) = &parsed.root {
        found.extend(validate(root, kind));
        if let (Some(document), _) = Document::read(root)
            && lints
        {
            found.extend(lint_document(&document, kind));
        }
    }
    found
}

fn codes(found: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = found.iter().map(|d| d.code.0).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn errors(found: &[Diagnostic]) -> bool {
    found.iter().any(|d| d.severity == Severity::Error)
}

pub(super) fn lint(row: &Value) -> (Value, Expected) {
    let text = row["policy"].as_str().map_or_else(|| row["policy"].to_string(), str::to_owned);
    let found = findings(&text, kind_of(row), true);
    let verdict = json!(codes(&found));
    let expected: Vec<&str> =
        row["expected_findings"].as_array().map(|f| f.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let right = match row["vocabulary"].as_str() {
        Some("parliament") => return (verdict, Expected::Nothing("another tool's names")),
        // AWS's own message: the document is refused, or taken.
        _ => errors(&found) != expected.is_empty(),
    };
    (verdict, Expected::Right(right, expected.join("; ")))
}

fn kind_of(row: &Value) -> Kind {
    match row["policy_type"].as_str() {
        Some("resource") => Kind::Resource,
        Some("trust") => Kind::Trust,
        // The row does not say: a document that names a principal is no identity policy.
        None if row["policy"].as_str().is_some_and(|text| text.contains("\"Principal\"")) => Kind::Resource,
        Some(_) | None => Kind::Identity,
    }
}

/// refused or accepted, for rows that give the document.
pub(super) fn api_truth(row: &Value) -> (Value, Expected) {
    let (document, kind) = match (&row["request"]["PolicyDocument"], &row["request"]["AssumeRolePolicyDocument"]) {
        (Value::Null, Value::Null) => return (Value::Null, Expected::Nothing("the row gives no document")),
        (Value::Null, trust) => (trust, Kind::Trust),
        (document, _) => (document, Kind::Identity),
    };
    let text = document.as_str().map_or_else(|| document.to_string(), str::to_owned);
    let refused = errors(&findings(&text, kind, false));
    let verdict = if refused { "refused" } else { "accepted" };
    let truth = row["code"].as_str();
    let note = row["message"].as_str().unwrap_or("accepted").to_owned();
    (verdict.into(), Expected::Right(refused == truth.is_some(), note))
}

/// The error codes of a policy that AWS itself publishes: none is right.
pub(super) fn managed(row: &Value) -> (Value, Expected) {
    let text = row["document"].as_str().map_or_else(|| row["document"].to_string(), str::to_owned);
    let found = findings(&text, Kind::Identity, false);
    let errors: Vec<Diagnostic> = found.into_iter().filter(|d| d.severity == Severity::Error).collect();
    let said: Vec<&str> = errors.iter().map(|d| d.title.as_str()).collect();
    (json!(codes(&errors)), Expected::Right(errors.is_empty(), said.join("; ")))
}
