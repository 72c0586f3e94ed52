//! What IAM takes and nobody means: actions that do not exist, conditions that never hold, grants that are too wide.
//!
//! Held against the service authorization reference of [`actions`](crate::actions). Nothing here is an error: AWS makes
//! new actions every week, and the reference is as old as this program.

mod actions;
mod conditions;
mod grants;
mod keys;
mod quotas;

use statewright_source::{Code, Diagnostic, Severity, Span};

pub use quotas::forecast;

use crate::document::{Document, Kind};

/// Every lint of a document of this kind. Findings have places where the document has.
pub fn lint(document: &Document, kind: Kind) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for statement in &document.statements {
        actions::check(statement, &mut found);
        conditions::check(statement, &document.version, &mut found);
        grants::check(statement, kind, &mut found);
    }
    grants::together(document, &mut found);
    found.sort_by_key(|d| d.primary.as_ref().map(|label| (label.span.start, label.span.end)));
    found
}

/// A finding at a place, if there is one.
fn finding(code: Code, severity: Severity, span: Option<Span>, title: String) -> Diagnostic {
    let found = Diagnostic::new(code, severity, title);
    match span {
        Some(span) => found.at(span, ""),
        None => found,
    }
}
