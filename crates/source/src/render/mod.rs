//! Diagnostics for people and for programs: one file per format.
//!
//! Every format shows the findings in one order ([`sorted`]), each once. No format lets a character through that a
//! terminal would act on.

mod finding;
mod github;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

pub use finding::{Finding, FindingFix, RelatedPlace, finding, findings};
pub use github::github;
pub use sarif::{SarifTool, sarif};
pub use text::{TextStyle, text};

use crate::{Diagnostic, Severity, Sources};

/// The findings in the order in which they are shown: those without a place, then by file, line, column and code.
/// What an alias of YAML or a shared file makes appear several times at the same place is there once.
pub fn sorted<'d>(sources: &Sources, diagnostics: &'d [Diagnostic]) -> Vec<&'d Diagnostic> {
    let mut list: Vec<(_, &Diagnostic)> = diagnostics
        .iter()
        .map(|d| {
            let place = d.primary.as_ref().map(|label| {
                (sources.file(label.span.file).name.as_str(), label.span.file, label.span.start, label.span.end)
            });
            ((place, d.code, d.title.as_str()), d)
        })
        .collect();
    list.sort_by_key(|(key, _)| *key);
    list.dedup_by(|(_, a), (_, b)| a == b);
    list.into_iter().map(|(_, d)| d).collect()
}

/// How many findings there are of each severity: `2 errors, 1 warning`; empty if there are none.
pub fn summary(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let list = sorted(sources, diagnostics);
    let words = [
        (Severity::Error, "error", "errors"),
        (Severity::Runtime, "runtime fault", "runtime faults"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    let parts: Vec<String> = words
        .into_iter()
        .filter_map(|(severity, one, many)| match list.iter().filter(|d| d.severity == severity).count() {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        })
        .collect();
    parts.join(", ")
}
