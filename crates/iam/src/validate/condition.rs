//! One key of a condition: its form, and whether its values fit the operator.

use statewright_source::{Diagnostic, Severity};

use super::statement::finding;
use crate::{
    codes,
    date::instant,
    document::{Condition, Text, Version},
    operator::ValueKind,
};

pub(super) fn check(condition: &Condition, version: &Version, found: &mut Vec<Diagnostic>) {
    let key = condition.key.value.as_str();
    if !key.contains(':') {
        found.push(
            finding(
                codes::CONDITION_KEY_FORM,
                Severity::Warning,
                condition.key.span,
                format!("the condition key `{key}` names no service"),
                "no request has such a key",
                "INVALID_CONDITION_KEY_FORMAT",
            )
            .help("write `service:key`, for example `aws:SourceAccount`"),
        );
    }
    for value in &condition.values {
        variables(value, version, found);
    }
    let Ok(operator) = &condition.operator else { return };
    for value in &condition.values {
        let text = value.value.as_str();
        if text.contains("${") && version.has_variables() && takes_variables(operator.test.kind()) {
            continue;
        }
        let (fits, expected, severity, aws) = match operator.test.kind() {
            // IAM itself refuses a bad date; the others it takes and never matches.
            ValueKind::Date => {
                (instant(text).is_some(), "an ISO 8601 date or epoch seconds", Severity::Error, "TYPE_MISMATCH_DATE")
            }
            ValueKind::Numeric => (is_number(text), "a number", Severity::Warning, "TYPE_MISMATCH_NUMBER"),
            ValueKind::Bool | ValueKind::Null => (
                text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
                "true or false",
                Severity::Warning,
                "TYPE_MISMATCH_BOOLEAN",
            ),
            ValueKind::Ip => {
                (is_ip_range(text), "an IP address or a CIDR range", Severity::Warning, "TYPE_MISMATCH_IP_RANGE")
            }
            ValueKind::Binary => (is_base64(text), "base64", Severity::Warning, "TYPE_MISMATCH_STRING"),
            ValueKind::Arn => {
                (text == "*" || text.starts_with("arn:"), "an ARN", Severity::Warning, "INVALID_ARN_PREFIX")
            }
            ValueKind::String => continue,
        };
        if !fits {
            let title = format!("`{text}` is not {expected}, which `{operator}` compares");
            let label = if severity == Severity::Error { "IAM refuses the document" } else { "it never matches" };
            found.push(finding(codes::CONDITION_VALUE, severity, value.span, title, label, aws));
        }
    }
}

const fn takes_variables(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::String | ValueKind::Arn)
}

/// The form of `${…}` in a resource or a condition value.
pub(super) fn variables(text: &Text, version: &Version, found: &mut Vec<Diagnostic>) {
    let mut rest = text.value.as_str();
    let mut report = |title: String, help: &str, aws| {
        found.push(finding(codes::VARIABLE, Severity::Warning, text.span, title, "", aws).help(help));
    };
    let mut any = false;
    while let Some(at) = rest.find("${") {
        any = true;
        let body = &rest[at + 2..];
        let Some(end) = body.find('}') else {
            report(
                format!("the policy variable in `{}` is not closed", text.value),
                "add `}`",
                "MISSING_BRACE_IN_VARIABLE",
            );
            break;
        };
        let inside = &body[..end];
        rest = &body[end + 1..];
        let (key, default) = match inside.split_once(',') {
            Some((key, default)) => (key.trim_end(), Some(default.trim())),
            None => (inside, None),
        };
        if key.is_empty() {
            report("a policy variable has no name".to_owned(), "write `${aws:username}`", "EMPTY_VARIABLE");
        } else if key.contains(' ') {
            report(
                format!("the policy variable `${{{inside}}}` has a space"),
                "remove the space",
                "UNSUPPORTED_SPACE_IN_VARIABLE",
            );
        }
        let quoted = |d: &str| d.len() >= 2 && d.starts_with('\'') && d.ends_with('\'');
        if default.is_some_and(|d| !quoted(d)) {
            report(
                format!("the default of the policy variable `${{{inside}}}` is not quoted"),
                "put it in single quotes",
                "MISSING_QUOTE_IN_VARIABLE",
            );
        }
    }
    if any && *version == Version::V2008 {
        report(
            format!("`{}` is plain text in version 2008-10-17", text.value),
            "write `Version: \"2012-10-17\"`",
            "VARIABLE_UNSUPPORTED_IN_VERSION",
        );
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

fn is_ip_range(text: &str) -> bool {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|b| b.parse::<u8>().is_ok_and(|b| b <= most))
}
