//! SARIF 2.1.0, for code-scanning services
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::sorted;
use crate::{Code, Diagnostic, Label, Severity, Sources, Span};

/// Who reports.
#[derive(Debug, Clone, Copy)]
pub struct SarifTool<'a> {
    /// The program's name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Where to read about it.
    pub information_uri: Option<&'a str>,
    /// What each code means: the catalogues of every crate. A code that is missing here has no description.
    pub rules: &'a [(Code, &'a str)],
    /// Where to read about a code; the code is put behind it.
    pub help_uri_prefix: Option<&'a str>,
}

/// A SARIF log with one run. It names the rules that it uses.
pub fn sarif(sources: &Sources, diagnostics: &[Diagnostic], tool: SarifTool<'_>) -> Value {
    let list = sorted(sources, diagnostics);
    let mut codes: BTreeMap<Code, usize> = list.iter().map(|d| (d.code, 0)).collect();
    for (index, slot) in codes.values_mut().enumerate() {
        *slot = index;
    }
    let rules: Vec<Value> = codes.keys().map(|code| rule(*code, tool)).collect();
    let results: Vec<Value> = list.iter().map(|d| result(sources, d, codes[&d.code])).collect();
    let mut driver = json!({ "name": tool.name, "version": tool.version, "rules": rules });
    if let Some(uri) = tool.information_uri {
        driver["informationUri"] = uri.into();
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    })
}

fn rule(code: Code, tool: SarifTool<'_>) -> Value {
    let mut rule = json!({ "id": code.0 });
    if let Some((_, meaning)) = tool.rules.iter().find(|(known, _)| *known == code) {
        rule["shortDescription"] = json!({ "text": meaning });
    }
    if let Some(prefix) = tool.help_uri_prefix {
        rule["helpUri"] = format!("{prefix}{code}").into();
    }
    rule
}

fn result(sources: &Sources, diagnostic: &Diagnostic, rule: usize) -> Value {
    let level = match diagnostic.severity {
        Severity::Error | Severity::Runtime => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut text = diagnostic.title.clone();
    if let Some(help) = &diagnostic.help {
        text = format!("{text}. Help: {help}");
    }
    let mut result = json!({
        "ruleId": diagnostic.code.0,
        "ruleIndex": rule,
        "level": level,
        "message": { "text": text },
        "locations": diagnostic.primary.iter().map(|label| location(sources, label)).collect::<Vec<_>>(),
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().enumerate().map(|(id, label)| {
            let mut location = location(sources, label);
            location["id"] = id.into();
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([{ "artifactChanges": [{
            "artifactLocation": artifact(sources, fix.span),
            "replacements": [{
                "deletedRegion": region(sources, fix.span),
                "insertedContent": { "text": fix.replacement },
            }],
        }] }]);
    }
    let mut properties = json!({ "severity": diagnostic.severity.as_str() });
    if let Some(code) = diagnostic.aws_code {
        properties["awsCode"] = code.into();
    }
    if let Some(location) = &diagnostic.aws_location {
        properties["awsLocation"] = location.as_str().into();
    }
    result["properties"] = properties;
    result
}

fn location(sources: &Sources, label: &Label) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": artifact(sources, label.span),
            "region": region(sources, label.span),
        },
    });
    if !label.text.is_empty() {
        location["message"] = json!({ "text": label.text });
    }
    location
}

fn region(sources: &Sources, span: Span) -> Value {
    let (start, end) = (sources.start(span), sources.end(span));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// Everything that RFC 3986, section 3.3 does not allow in a path, and `%` itself.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A relative path becomes a relative reference below the root of the repository, an absolute one a `file:` URI.
fn artifact(sources: &Sources, span: Span) -> Value {
    let name = &sources.file(span.file).name;
    let path = if cfg!(windows) { name.replace('\\', "/") } else { name.clone() };
    let path = path.strip_prefix("./").unwrap_or(&path);
    let encoded = utf8_percent_encode(path, PATH).to_string();
    if path.starts_with('/') {
        return json!({ "uri": format!("file://{encoded}") });
    }
    // A colon in the first segment would be read as a scheme.
    let (first, rest) = encoded.split_at(encoded.find('/').unwrap_or(encoded.len()));
    json!({ "uri": format!("{}{rest}", first.replace(':', "%3A")), "uriBaseId": "%SRCROOT%" })
}
