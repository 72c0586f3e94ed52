//! Findings, in every form that `validate` prints.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use statewright_source::{
    Code, Diagnostic, Sources,
    render::{self, Finding, SarifTool, TextStyle},
};

use super::FORMAT_VERSION;

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
    render::sarif(sources, findings, tool)
}

/// Every code that can be told, with what it means.
pub(crate) fn catalogue() -> Vec<(Code, &'static str)> {
    [statewright_source::codes::CODES, statewright_spec::codes::CODES, statewright_planner::CODES].concat()
}
