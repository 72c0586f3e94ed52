//! The form of a resource.

use statewright_source::{Diagnostic, Severity};

use super::{condition::variables, statement::finding};
use crate::{
    codes,
    document::{Text, Version},
    pattern::is_wild,
};

/// The partitions of AWS, those of isolated regions too.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

pub(super) fn check(resource: &Text, version: &Version, found: &mut Vec<Diagnostic>) {
    let text = resource.value.as_str();
    if text == "*" {
        return;
    }
    variables(resource, version, found);
    // Parts are split outside variables: a default may have a colon.
    let parts = split(text);
    let mut report = |code, severity, title: String, help: String, aws| {
        found.push(finding(code, severity, resource.span, title, "", aws).help(help));
    };
    let shape = "a resource is `*` or `arn:partition:service:region:account:resource`".to_owned();
    if parts[0] != "arn" {
        // IAM takes a few odd ones such as `arn*`; nobody means them.
        let severity = if text.starts_with("arn") && is_wild(parts[0]) { Severity::Warning } else { Severity::Error };
        report(codes::RESOURCE_FORM, severity, format!("`{text}` is no ARN"), shape, "INVALID_ARN_PREFIX");
        return;
    }
    let part = |at: usize| parts.get(at).copied();
    let open = |text: &str| is_wild(text) || text.contains("${");
    match part(1) {
        Some(partition) if PARTITIONS.contains(&partition) || open(partition) => {}
        partition => {
            report(
                codes::ARN_PART,
                Severity::Error,
                format!("`{}` in `{text}` is no partition", partition.unwrap_or("")),
                "the partition is `aws`, `aws-cn` or `aws-us-gov`, or of an isolated region".to_owned(),
                "INVALID_PARTITION",
            );
            return;
        }
    }
    let service = part(2).unwrap_or("");
    if service.is_empty() {
        report(codes::RESOURCE_FORM, Severity::Error, format!("`{text}` names no service"), shape, "MISSING_ARN_FIELD");
        return;
    }
    if parts.len() < 6 && !open(parts[parts.len() - 1]) {
        // IAM fills the missing parts of `arn:aws:s3` with wildcards, and refuses one that is cut after region or account.
        let severity = if parts.len() == 3 { Severity::Warning } else { Severity::Error };
        let title = format!("`{text}` has {} of the six parts of an ARN", parts.len());
        report(codes::RESOURCE_FORM, severity, title, shape, "MISSING_ARN_FIELD");
        return;
    }
    if service.chars().any(|c| c.is_ascii_uppercase()) {
        report(
            codes::ARN_PART,
            Severity::Warning,
            format!("the service of `{text}` has capital letters: it matches nothing"),
            format!("write `{}`", service.to_ascii_lowercase()),
            "INVALID_ARN_SERVICE_CASE",
        );
    }
    let region = part(3).unwrap_or("");
    let without_region = match service {
        "iam" => true,
        "s3" => part(4).unwrap_or("").is_empty(),
        _ => false,
    };
    if without_region && !region.is_empty() && !open(region) {
        report(
            codes::ARN_PART,
            Severity::Error,
            format!("`{text}` has a region, which ARNs of {service} do not have"),
            "leave the region empty: two colons follow each other".to_owned(),
            "ARN_REGION_NOT_ALLOWED",
        );
    }
    let account = part(4).unwrap_or("");
    let named = ["aws", "cloudfront", "aws-managed", "third-party", "amazon"];
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if parts.len() > 5 && !account.is_empty() && !digits && !open(account) && !named.contains(&account) {
        report(
            codes::ARN_PART,
            Severity::Warning,
            format!("`{account}` in `{text}` is no account: it matches nothing"),
            "an account id has twelve digits".to_owned(),
            "INVALID_ARN_ACCOUNT",
        );
    }
}

/// The parts of an ARN: the sixth has the rest. Colons inside `${…}` do not split.
pub(crate) fn split(arn: &str) -> Vec<&str> {
    let mut parts = Vec::with_capacity(6);
    let (mut start, mut inside) = (0, false);
    for (at, c) in arn.char_indices() {
        match c {
            '{' if arn[..at].ends_with('$') => inside = true,
            '}' => inside = false,
            ':' if !inside && parts.len() < 5 => {
                parts.push(&arn[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&arn[start..]);
    parts
}
