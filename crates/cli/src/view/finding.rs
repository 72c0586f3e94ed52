//! Findings, in every form that `validate` prints.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use statewright_source::{
    Code, Diagnostic, Severity, Sources,
    render::{self, Finding, SarifTool, TextStyle},
};

use super::FORMAT_VERSION;
use crate::reference::rules;

/// What `validate --format json` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ValidateOutput {
    /// The version of this shape. Unknown fields are to be ignored; an unknown major is to be refused.
    format_version: &'static str,
    /// What was found, by file and place.
    findings: Vec<Finding>,
}

/// For people, styled; whoever prints it strips the colours where they are not wanted.
pub(crate) fn text(sources: &Sources, findings: &[Diagnostic]) -> String {
    render::text(sources, findings, TextStyle { color: true, ..TextStyle::default() })
}

/// The same without colours.
pub(crate) fn plain(sources: &Sources, findings: &[Diagnostic]) -> String {
    render::text(sources, findings, TextStyle::default())
}

/// For programs.
pub(crate) fn json(sources: &Sources, findings: &[Diagnostic]) -> ValidateOutput {
    ValidateOutput { format_version: FORMAT_VERSION, findings: render::findings(sources, findings) }
}

/// For code scanning.
pub(crate) fn sarif(sources: &Sources, findings: &[Diagnostic]) -> Value {
    let rules = catalogue();
    let tool = SarifTool {
        name: "statewright",
        version: env!("CARGO_PKG_VERSION"),
        information_uri: None,
        rules: &rules,
        help_uri_prefix: None,
    };
    let mut log = render::sarif(sources, findings, tool);
    // Readers of code scanning show a rule's page beside its results.
    let rules = log.pointer_mut("/runs/0/tool/driver/rules").and_then(Value::as_array_mut);
    for rule in rules.into_iter().flatten() {
        if let Some(page) = rule["id"].as_str().and_then(rules::page) {
            rule["help"] = serde_json::json!({ "text": page, "markdown": page });
        }
    }
    log
}

/// The findings that a plan shows.
pub(crate) fn for_plan(findings: &[Diagnostic]) -> Vec<Diagnostic> {
    findings.iter().filter(|found| is_for_plan(found)).cloned().collect()
}

/// What AWS says of a definition, and what nears a quota: worth a look before an apply.
const FORECAST: [&str; 3] = ["ASL010", "ASL900", "IAM120"];

/// Whether a plan shows a finding in full: what blocks or fails, and what only the plan could find out. The rest is what
/// `validate` says of the same files.
fn is_for_plan(found: &Diagnostic) -> bool {
    let by_plan =
        statewright_planner::CODES.iter().any(|(code, _)| *code == found.code) || FORECAST.contains(&found.code.0);
    found.severity <= Severity::Runtime || by_plan
}

/// `2 warnings and 1 note more: statewright validate shows them`; empty where there is nothing more.
pub(crate) fn rest(findings: &[Diagnostic]) -> String {
    let count = |severity| findings.iter().filter(|f| !is_for_plan(f) && f.severity == severity).count();
    let words = |n: usize, word: &str| (n > 0).then(|| format!("{n} {word}{}", if n == 1 { "" } else { "s" }));
    let parts: Vec<String> = [words(count(Severity::Warning), "warning"), words(count(Severity::Note), "note")]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("{} more: `statewright validate` shows them\n", parts.join(" and "))
}

/// Every code that can be told, with what it means.
pub(crate) fn catalogue() -> Vec<(Code, &'static str)> {
    let mut all =
        [statewright_source::codes::CODES, statewright_spec::codes::CODES, statewright_planner::CODES].concat();
    all.extend(statewright_asl::catalogue().iter().map(|rule| (rule.code, rule.why)));
    all.extend(statewright_iam::codes::CODES.iter().map(|rule| (rule.code, rule.title)));
    all
}
