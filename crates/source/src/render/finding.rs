//! The stable shape of a finding in every JSON output.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sorted;
use crate::{Diagnostic, Label, Severity, Sources, Span};

/// A finding as JSON. Lines and columns count from 1, columns in characters; an end is the position just behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The stable name of the kind of finding: `SPEC004`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence that stands alone.
    pub title: String,
    /// What to do next.
    pub help: Option<String>,
    /// The file as the user would name it; null where no file was read.
    pub file: Option<String>,
    /// First line.
    pub line: Option<usize>,
    /// First column.
    pub column: Option<usize>,
    /// Last line.
    pub end_line: Option<usize>,
    /// The column behind the last character.
    pub end_column: Option<usize>,
    /// A few words about the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Other places that explain it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedPlace>,
    /// AWS's own name of it, where AWS has one.
    pub aws_code: Option<String>,
    /// AWS's own location.
    pub aws_location: Option<String>,
    /// An edit that certainly mends it.
    pub fix: Option<FindingFix>,
}

/// Another place that explains a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RelatedPlace {
    /// What is to be said about it.
    pub text: String,
    /// The file.
    pub file: String,
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// The column behind the last character.
    pub end_column: usize,
}

/// An edit: the text between two places is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingFix {
    /// The file.
    pub file: String,
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// The column behind the last character.
    pub end_column: usize,
    /// The new text.
    pub replacement: String,
}

/// Every finding, in the order in which they are shown.
pub fn findings(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<Finding> {
    sorted(sources, diagnostics).into_iter().map(|d| finding(sources, d)).collect()
}

/// One finding.
pub fn finding(sources: &Sources, diagnostic: &Diagnostic) -> Finding {
    let span = diagnostic.primary.as_ref().map(|label| label.span);
    let start = span.map(|span| sources.start(span));
    let end = span.map(|span| sources.end(span));
    Finding {
        code: diagnostic.code.to_string(),
        severity: diagnostic.severity,
        title: diagnostic.title.clone(),
        help: diagnostic.help.clone(),
        file: span.map(|span| sources.file(span.file).name.clone()),
        line: start.map(|p| p.line),
        column: start.map(|p| p.column),
        end_line: end.map(|p| p.line),
        end_column: end.map(|p| p.column),
        label: diagnostic.primary.as_ref().map(|l| l.text.clone()).filter(|text| !text.is_empty()),
        related: diagnostic.related.iter().map(|label| related(sources, label)).collect(),
        aws_code: diagnostic.aws_code.map(str::to_owned),
        aws_location: diagnostic.aws_location.clone(),
        fix: diagnostic.fix.as_ref().map(|fix| {
            let (file, line, column, end_line, end_column) = place(sources, fix.span);
            FindingFix { file, line, column, end_line, end_column, replacement: fix.replacement.clone() }
        }),
    }
}

fn related(sources: &Sources, label: &Label) -> RelatedPlace {
    let (file, line, column, end_line, end_column) = place(sources, label.span);
    RelatedPlace { text: label.text.clone(), file, line, column, end_line, end_column }
}

fn place(sources: &Sources, span: Span) -> (String, usize, usize, usize, usize) {
    let (start, end) = (sources.start(span), sources.end(span));
    (sources.file(span.file).name.clone(), start.line, start.column, end.line, end.column)
}
