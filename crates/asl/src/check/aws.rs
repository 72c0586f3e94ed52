//! What AWS itself says of a definition, beside what we say.

use statewright_source::{Diagnostic, Node, Severity, Span, Value};

use crate::rule::{Group, Rule};

const BY_AWS: Rule = Rule::schema(
    "ASL900",
    "said-by-aws",
    Group::Document,
    "`ValidateStateMachineDefinition` of the account says so, and no rule of ours does.",
);

pub(super) const RULES: &[Rule] = &[BY_AWS];

/// A diagnostic of `ValidateStateMachineDefinition`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsDiagnostic {
    /// Whether AWS refuses the definition for it (`severity` is `ERROR`).
    pub error: bool,
    /// `MISSING_TRANSITION_TARGET`
    pub code: String,
    /// In AWS's words.
    pub message: String,
    /// `/States/X/Next`
    pub location: Option<String>,
}

/// AWS's diagnostics that none of ours says (same code, same place), each at its place in the user's text.
pub fn not_said_by_us(root: &Node, ours: &[Diagnostic], theirs: &[AwsDiagnostic]) -> Vec<Diagnostic> {
    let said = |aws: &AwsDiagnostic| {
        ours.iter().any(|d| d.aws_code == Some(&aws.code) && d.aws_location.as_deref() == aws.location.as_deref())
    };
    theirs
        .iter()
        .filter(|aws| !said(aws))
        .map(|aws| {
            let span = aws.location.as_deref().map_or(root.span, |location| locate(root, location));
            let mut found = BY_AWS.at(span, format!("AWS says: {}", aws.message.trim()), "");
            found.aws_code = known(&aws.code);
            found.aws_location.clone_from(&aws.location);
            found.severity = if aws.error { Severity::Error } else { Severity::Warning };
            found.help(aws.code.clone())
        })
        .collect()
}

/// What is wrong with a definition as JSON or YAML, under the code that AWS gives it.
pub fn unreadable(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let as_aws = |mut found: Diagnostic| {
        if found.severity == Severity::Error && found.aws_code.is_none() {
            // How deep AWS goes it does not say.
            let too_deep = found.code == statewright_source::codes::TOO_DEEP;
            found.aws_code = Some(if too_deep { "TOO_DEEPLY_NESTED" } else { "INVALID_JSON_DESCRIPTION" });
        }
        found
    };
    findings.into_iter().map(as_aws).collect()
}

/// AWS's codes, as far as they are documented or have been seen.
fn known(code: &str) -> Option<&'static str> {
    const CODES: [&str; 25] = [
        "DUPLICATE_LABEL_NAME",
        "DUPLICATE_STATE_NAME",
        "DUPLICATE_VARIABLE_NAME",
        "INVALID_JSONATA_EXPRESSION",
        "INVALID_JSON_DESCRIPTION",
        "INVALID_LABEL_NAME",
        "INVALID_RESOURCE",
        "INVALID_STATE_NAME",
        "INVALID_VARIABLE_NAME",
        "MISSING_DESCRIPTION",
        "MISSING_END_STATE",
        "MISSING_TRANSITION_TARGET",
        "NO_DOLLAR",
        "NO_PATH",
        "PASS_RESULT_IS_STATIC",
        "POSSIBLY_UNDEFINED_VARIABLE",
        "RESERVED_VARIABLE_NAME",
        "SCHEMA_VALIDATION_FAILED",
        "STATE_MACHINE_NAME_ALREADY_EXISTS",
        "STATE_MACHINE_NAME_EMPTY",
        "STATE_MACHINE_NAME_INVALID",
        "STATE_MACHINE_NAME_TOO_LONG",
        "TOO_DEEPLY_NESTED",
        "UNSUPPORTED_JSONATA_EXPRESSION",
        "VALIDATION_FAILED",
    ];
    CODES.into_iter().find(|c| *c == code)
}

/// The place of AWS's `/States/X/Choices[0]/Next` in a tree; of what is not there, the nearest thing around it. Slashes in
/// names are not escaped, so the longest key that fits is taken.
pub fn locate(root: &Node, location: &str) -> Span {
    let mut node = root;
    let mut span = root.span;
    let mut rest = location;
    loop {
        if let Some((index, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            let item = index.parse::<usize>().ok().and_then(|i| node.as_seq()?.get(i));
            let Some(item) = item else { return span };
            (node, span, rest) = (item, item.span, after);
            continue;
        }
        let Some(path) = rest.strip_prefix('/') else { return span };
        let fits = |key: &str| path.strip_prefix(key).is_some_and(|r| r.is_empty() || r.starts_with(['/', '[']));
        let entries = node.as_map().unwrap_or_default().iter();
        let Some(entry) = entries.filter(|e| fits(&e.key)).max_by_key(|e| e.key.len()) else { return span };
        rest = &path[entry.key.len()..];
        node = &entry.value;
        // An object is shown by its key: all of it would be too much.
        span = if matches!(node.value, Value::Map(_)) { entry.key_span } else { node.span };
    }
}

#[cfg(test)]
mod tests {
    use super::{AwsDiagnostic, locate, not_said_by_us};
    use crate::{Options, check, testing::node};

    const TEXT: &str = r#"{"StartAt":"a/b","States":{"a/b":{"Type":"Choice","Choices":[{"Next":"X"}],"Default":"a"},"a":{"Type":"Succeed"}}}"#;

    #[test]
    fn places() {
        let root = node(TEXT);
        let shown = |location: &str| {
            let span = locate(&root, location);
            &TEXT[span.start..span.end]
        };
        assert_eq!(shown("/States/a/b/Default"), "\"a\"");
        assert_eq!(shown("/States/a/b/Choices[0]/Next"), "\"X\"");
        assert_eq!(shown("/States/a"), "\"a\"");
        assert_eq!(shown("/States/a/b"), "\"a/b\"");
        assert_eq!(shown("/States/a/b/Missing/Deeper"), "\"a/b\"");
        assert_eq!(shown("/"), TEXT);
        assert_eq!(shown("[Source: (String)]"), TEXT);
    }

    #[test]
    fn what_both_say_is_said_once() {
        let root = node(TEXT);
        let ours = check(&root, &Options::default()).diagnostics;
        let aws = |code: &str, location: &str| AwsDiagnostic {
            error: true,
            code: code.to_owned(),
            message: "m".to_owned(),
            location: Some(location.to_owned()),
        };
        let theirs =
            [aws("MISSING_TRANSITION_TARGET", "/States/a/b/Choices[0]/Next"), aws("NEW_CODE", "/States/a/Type")];
        let found = not_said_by_us(&root, &ours, &theirs);
        assert_eq!(found.len(), 1, "{ours:?}");
        let span = found[0].primary.as_ref().unwrap().span;
        assert_eq!(&TEXT[span.start..span.end], "\"Succeed\"");
        assert_eq!(found[0].help.as_deref(), Some("NEW_CODE"));
    }
}
