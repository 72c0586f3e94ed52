//! Workflow commands of GitHub Actions, which it shows beside the changed lines.

use std::fmt::Write as _;

use super::sorted;
use crate::{Diagnostic, Severity, Sources, visible, visible::visible_lines};

/// One `::error file=…,line=…::message` a finding, each on its line
/// (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).
pub fn github(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in sorted(sources, diagnostics) {
        let command = match diagnostic.severity {
            Severity::Error | Severity::Runtime => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(label) = &diagnostic.primary {
            let (start, end) = (sources.start(label.span), sources.end(label.span));
            properties.push(format!("file={}", property(&sources.file(label.span.file).name)));
            properties.push(format!("line={}", start.line));
            properties.push(format!("endLine={}", end.line));
            if start.line == end.line {
                // Columns are only allowed within one line.
                properties.push(format!("col={}", start.column));
                properties.push(format!("endColumn={}", end.column.max(start.column + 1)));
            }
        }
        let severity = match diagnostic.severity {
            Severity::Runtime => " (runtime)",
            Severity::Error | Severity::Warning | Severity::Note => "",
        };
        properties.push(format!("title={}", property(&format!("{}{severity}", diagnostic.code))));
        let mut message = visible(&diagnostic.title).into_owned();
        if let Some(label) = diagnostic.primary.as_ref().filter(|label| !label.text.is_empty()) {
            let _ = write!(message, ": {}", visible(&label.text));
        }
        for label in &diagnostic.related {
            let place = sources.start(label.span);
            let name = &sources.file(label.span.file).name;
            let _ = write!(message, "\n{}:{}:{}: {}", visible(name), place.line, place.column, visible(&label.text));
        }
        if let Some(help) = &diagnostic.help {
            let _ = write!(message, "\nhelp: {}", visible_lines(help));
        }
        let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(&message));
    }
    out
}

/// A message: a raw line break would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: a raw colon or comma would end it.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}
