//! One key of a condition: its form, and whether its values fit the operator.

use statewright_source::{Diagnostic, Severity};

use super::statement::finding;
use crate::{
    codes,
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
                (is_date(text), "an ISO 8601 date or epoch seconds", Severity::Error, "TYPE_MISMATCH_DATE")
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

/// `2024-05-01T12:00:00Z` in any precision from the year to nine digits of a second, with or without a zone, or epoch
/// seconds. `t` for `T` and a bare `01T` pass, as they do at AWS.
pub(crate) fn is_date(text: &str) -> bool {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse::<i64>().is_ok();
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if time.is_none() && !date.trim_start_matches('-').contains('-') {
        return false;
    }
    let mut parts = date.strip_prefix('-').unwrap_or(date).split('-');
    let year = parts.next().is_some_and(|y| (1..=9).contains(&y.len()) && digits(y));
    let month = parts.next().is_none_or(|m| within(m, 1, 12));
    let day = parts.next().is_none_or(|d| within(d, 1, 31));
    year && month && day && parts.next().is_none() && time.is_none_or(is_time)
}

fn is_time(text: &str) -> bool {
    let (clock, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, ""),
    };
    let zone_ok = match zone.chars().next() {
        None => true,
        Some('Z' | 'z') => zone.len() == 1,
        Some(_) => match zone[1..].split_once(':') {
            Some((h, m)) => within(h, 0, 18) && within(m, 0, 59),
            None => within(&zone[1..], 0, 18) || (zone.len() == 5 && digits(&zone[1..])),
        },
    };
    if clock.is_empty() {
        return zone_ok;
    }
    let (whole, fraction) = match clock.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = whole.split(':');
    let clock_ok = parts.next().is_some_and(|h| within(h, 0, 24))
        && parts.next().is_none_or(|m| within(m, 0, 59))
        && parts.next().is_none_or(|s| within(s, 0, 60))
        && parts.next().is_none();
    clock_ok && zone_ok && fraction.is_none_or(|f| (1..=9).contains(&f.len()) && digits(f))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn within(text: &str, low: u32, high: u32) -> bool {
    text.len() == 2 && digits(text) && text.parse().is_ok_and(|n| (low..=high).contains(&n))
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
