//! Conditions on keys that no request has, and comparisons that do not hold.

use std::net::IpAddr;

use statewright_source::{Diagnostic, Severity, nearest};

use super::{
    finding,
    keys::{COMMON, global},
};
use crate::{
    actions::catalogue,
    codes,
    document::{Condition, Effect, Statement, Version},
    operator::{Operator, Qualifier, Test, ValueKind},
};

pub(super) fn check(statement: &Statement, version: &Version, found: &mut Vec<Diagnostic>) {
    for condition in &statement.conditions {
        let Ok(operator) = &condition.operator else { continue };
        let key = condition.key.value.to_lowercase();
        let Some(kind) = known(&key) else {
            unknown(condition, &key, found);
            continue;
        };
        types(condition, *operator, kind, found);
        values(condition, *operator, version, found);
        traps(statement, condition, *operator, &key, kind, found);
    }
}

/// The type of a key. Keys of identity providers are the provider's: nothing is known of them.
fn known(key: &str) -> Option<&'static str> {
    let (prefix, _) = key.split_once(':')?;
    if prefix == "aws" {
        return global(key).or_else(|| catalogue().condition_key(key));
    }
    if prefix.contains(['.', '/']) || prefix == "saml" || catalogue().service(prefix).is_none() {
        return Some("");
    }
    catalogue().condition_key(key).or_else(|| {
        // Services whose keys the reference does not list have none to compare with.
        catalogue().condition_keys(prefix).next().is_none().then_some("")
    })
}

fn unknown(condition: &Condition, key: &str, found: &mut Vec<Diagnostic>) {
    // A key without a prefix is another finding, of the document's form.
    let Some((prefix, _)) = key.split_once(':') else { return };
    let (title, aws) = if prefix == "aws" {
        (format!("there is no global condition key `{}`", condition.key.value), "INVALID_GLOBAL_CONDITION_KEY")
    } else {
        (format!("{prefix} has no condition key `{}`", condition.key.value), "INVALID_SERVICE_CONDITION_KEY")
    };
    let mut unknown = finding(codes::UNKNOWN_CONDITION_KEY, Severity::Warning, condition.key.span, title).aws(aws, "");
    let near = if prefix == "aws" {
        nearest(key, COMMON).map(str::to_owned)
    } else {
        nearest(key, catalogue().condition_keys(prefix)).map(str::to_owned)
    };
    if let Some(near) = near {
        unknown = unknown.help(format!("did you mean `{near}`?"));
    }
    found.push(unknown);
}

fn types(condition: &Condition, operator: Operator, kind: &str, found: &mut Vec<Diagnostic>) {
    let test = operator.test.kind();
    let bare = kind.strip_prefix("ArrayOf").unwrap_or(kind);
    let fits = test == ValueKind::Null
        || match bare {
            // ARNs are strings too, and often compared as such.
            "ARN" => matches!(test, ValueKind::Arn | ValueKind::String),
            "Bool" => test == ValueKind::Bool,
            "Numeric" => test == ValueKind::Numeric,
            "Date" => matches!(test, ValueKind::Date | ValueKind::Numeric),
            "IPAddress" => test == ValueKind::Ip,
            "String" => matches!(test, ValueKind::String | ValueKind::Arn | ValueKind::Bool),
            _ => true,
        };
    let span = condition.operator_span.or(condition.key.span);
    if !fits {
        found.push(
            finding(
                codes::CONDITION_TYPE,
                Severity::Warning,
                span,
                format!("`{operator}` does not fit `{}`, which is of type {bare}", condition.key.value),
            )
            .help(match bare {
                "Bool" => "use `Bool`".to_owned(),
                "Numeric" => "use a `Numeric…` operator".to_owned(),
                "Date" => "use a `Date…` operator".to_owned(),
                "IPAddress" => "use `IpAddress` or `NotIpAddress`".to_owned(),
                _ => "use a `String…` operator".to_owned(),
            })
            .aws("TYPE_MISMATCH", ""),
        );
    }
    if kind.starts_with("ArrayOf") && operator.qualifier.is_none() && test != ValueKind::Null {
        found.push(
            finding(
                codes::CONDITION_TYPE,
                Severity::Warning,
                span,
                format!("`{}` may have several values, which `{operator}` does not compare", condition.key.value),
            )
            .help(format!("write `ForAnyValue:{operator}` or `ForAllValues:{operator}`"))
            .aws("MISSING_QUALIFIER", ""),
        );
    }
}

fn values(condition: &Condition, operator: Operator, version: &Version, found: &mut Vec<Diagnostic>) {
    let plain = matches!(
        operator.test,
        Test::StringEquals | Test::StringNotEquals | Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase
    );
    for value in &condition.values {
        let text = value.value.as_str();
        // `${*}` is a star that was meant.
        let meant = version.has_variables() && text.contains("${");
        if plain && !meant && text.contains('*') {
            found.push(
                finding(
                    codes::WILDCARD_WITHOUT_LIKE,
                    Severity::Warning,
                    value.span,
                    format!("`{operator}` compares the `*` of `{text}` as it stands"),
                )
                .help("use the `Like` operator for a wildcard")
                .aws("WILDCARD_WITHOUT_LIKE_OPERATOR", ""),
            );
        }
        if operator.test.kind() == ValueKind::Ip {
            address(condition, text, value.span, found);
        }
    }
}

fn address(condition: &Condition, text: &str, span: Option<statewright_source::Span>, found: &mut Vec<Diagnostic>) {
    let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, b.parse::<u32>().ok()));
    let Ok(address) = address.parse::<IpAddr>() else { return };
    let private = match address {
        IpAddr::V4(a) => a.is_private() || a.is_loopback() || a.is_link_local(),
        IpAddr::V6(a) => a.is_loopback() || a.is_unique_local(),
    };
    if private && condition.key.value.eq_ignore_ascii_case("aws:SourceIp") {
        found.push(
            finding(
                codes::ADDRESS,
                Severity::Warning,
                span,
                format!("`{text}` is a private address, which `aws:SourceIp` never is"),
            )
            .help("use `aws:VpcSourceIp` for addresses inside a VPC")
            .aws("PRIVATE_IP_ADDRESS", ""),
        );
    }
    if let (IpAddr::V4(a), Some(bits)) = (address, bits.filter(|b| *b <= 32)) {
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        let network = std::net::Ipv4Addr::from_bits(a.to_bits() & mask);
        if network != a {
            found.push(
                finding(codes::ADDRESS, Severity::Note, span, format!("`{text}` has bits behind its mask"))
                    .help(format!("write `{network}/{bits}`"))
                    .aws("IMPROVE_IP_RANGE", ""),
            );
        }
    }
}

fn traps(
    statement: &Statement,
    condition: &Condition,
    operator: Operator,
    key: &str,
    kind: &str,
    found: &mut Vec<Diagnostic>,
) {
    let span = condition.operator_span.or(condition.key.span);
    let allows = statement.effect == Some(Effect::Allow);
    if operator.test == Test::Null && operator.qualifier.is_some() {
        let title = format!("`{operator}` does not depend on the request");
        found.push(
            finding(codes::NULL_QUALIFIER, Severity::Warning, span, title)
                .help("write `Null`")
                .aws("NULL_WITH_QUALIFIER", ""),
        );
    } else if operator.qualifier == Some(Qualifier::ForAll)
        && allows
        && !kind.is_empty()
        && !kind.starts_with("ArrayOf")
    {
        found.push(
            finding(
                codes::FOR_ALL_VALUES,
                Severity::Warning,
                span,
                format!("`{operator}` holds where the request has no `{}`", condition.key.value),
            )
            .help("the key has one value: remove `ForAllValues:`")
            .aws("FORALLVALUES_WITH_SINGLE_VALUED_KEY", ""),
        );
    }
    if key == "aws:multifactorauthpresent" && operator.test == Test::Bool {
        let says = |text: &str| condition.values.iter().any(|v| v.value.eq_ignore_ascii_case(text));
        let title = if allows && says("false") {
            Some("it allows whoever has no second factor")
        } else if !allows && says("false") && !operator.if_exists {
            Some("requests with long-term keys have no such key, and are not denied")
        } else {
            None
        };
        if let Some(title) = title {
            found.push(
                finding(
                    codes::MFA,
                    Severity::Warning,
                    span,
                    format!("`{operator}` on `aws:MultiFactorAuthPresent`: {title}"),
                )
                .help("deny with `BoolIfExists` on `false`, or allow with `Bool` on `true`"),
            );
        }
    }
    let newer = match key {
        "aws:arn" => Some("aws:PrincipalArn"),
        "aws:sourceowner" => Some("aws:SourceAccount"),
        _ => None,
    };
    if let Some(newer) = newer {
        found.push(
            finding(
                codes::OLD_KEY,
                Severity::Warning,
                condition.key.span,
                format!("`{}` was replaced by `{newer}`", condition.key.value),
            )
            .help(format!("write `{newer}`"))
            .aws("DEPRECATED_GLOBAL_CONDITION_KEY", ""),
        );
    }
}
