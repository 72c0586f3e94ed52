//! One condition against one request.

use std::{cmp::Ordering, net::IpAddr};

use super::{
    Request,
    context::Known,
    rule::{Test, fill},
};
use crate::{
    date::instant,
    operator::{Operator, Qualifier, Test as Kind, ValueKind},
    pattern::{Case, Token, covers_tokens, literals, matches, meets_tokens, tokens},
    validate::split,
};

/// Three-valued truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    True,
    False,
    Unknown,
}

impl From<bool> for Outcome {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl Outcome {
    const fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    fn any(all: impl Iterator<Item = Self>) -> Self {
        let mut out = Self::False;
        for one in all {
            match one {
                Self::True => return Self::True,
                Self::Unknown => out = Self::Unknown,
                Self::False => {}
            }
        }
        out
    }
}

pub(super) fn holds(test: &Test, request: &Request<'_>, variables: bool) -> Outcome {
    let operator = test.operator;
    let known = request.known(&test.key);
    if operator.test == Kind::Null {
        let absent = match known {
            Known::Unknown => return Outcome::Unknown,
            Known::Absent => true,
            Known::Values(values) => values.is_empty(),
            Known::One(_) | Known::Made(_) => false,
        };
        return test.values.iter().any(|v| v.eq_ignore_ascii_case(if absent { "true" } else { "false" })).into();
    }
    let one;
    let values: &[String] = match known {
        Known::Unknown => return Outcome::Unknown,
        Known::Absent => return absent(operator).into(),
        Known::One(value) => {
            one = [value.to_owned()];
            &one
        }
        Known::Made(value) => {
            one = [value];
            &one
        }
        Known::Values(values) => values,
    };
    let pass = |value: &String| {
        let hit =
            Outcome::any(test.values.iter().map(|wanted| compare(operator.test, wanted, value, request, variables)));
        if operator.test.is_negative() { hit.not() } else { hit }
    };
    let all = || Outcome::any(values.iter().map(|v| pass(v).not())).not();
    match operator.qualifier {
        Some(Qualifier::ForAll) => all(),
        // A key with no value is a key that is not there.
        None if values.is_empty() => absent(operator).into(),
        None if operator.test.is_negative() => all(),
        None | Some(Qualifier::ForAny) => Outcome::any(values.iter().map(pass)),
    }
}

/// What a condition says about a key that the request does not have.
fn absent(operator: Operator) -> bool {
    operator.if_exists
        || match operator.qualifier {
            Some(Qualifier::ForAll) => true,
            Some(Qualifier::ForAny) => false,
            None => operator.test.is_negative(),
        }
}

/// Whether the value of the request is the one wanted; for a negative test, whether it is the one that fails.
fn compare(test: Kind, wanted: &str, value: &str, request: &Request<'_>, variables: bool) -> Outcome {
    if variables && wanted.contains("${") && matches!(test.kind(), ValueKind::String | ValueKind::Arn) {
        return with_variables(test, wanted, value, request);
    }
    let numbers = || Some((wanted.trim().parse::<f64>().ok()?, value.trim().parse::<f64>().ok()?));
    let dates = || Some((instant(wanted)?, instant(value)?));
    match test {
        Kind::StringEquals | Kind::StringNotEquals | Kind::BinaryEquals => wanted == value,
        Kind::StringEqualsIgnoreCase | Kind::StringNotEqualsIgnoreCase => wanted.to_lowercase() == value.to_lowercase(),
        Kind::StringLike | Kind::StringNotLike => matches(wanted, value, Case::Sensitive),
        Kind::NumericEquals | Kind::NumericNotEquals => {
            numbers().is_some_and(|(w, v)| v.partial_cmp(&w) == Some(Ordering::Equal))
        }
        Kind::NumericLessThan => numbers().is_some_and(|(w, v)| v < w),
        Kind::NumericLessThanEquals => numbers().is_some_and(|(w, v)| v <= w),
        Kind::NumericGreaterThan => numbers().is_some_and(|(w, v)| v > w),
        Kind::NumericGreaterThanEquals => numbers().is_some_and(|(w, v)| v >= w),
        Kind::DateEquals | Kind::DateNotEquals => dates().is_some_and(|(w, v)| v == w),
        Kind::DateLessThan => dates().is_some_and(|(w, v)| v < w),
        Kind::DateLessThanEquals => dates().is_some_and(|(w, v)| v <= w),
        Kind::DateGreaterThan => dates().is_some_and(|(w, v)| v > w),
        Kind::DateGreaterThanEquals => dates().is_some_and(|(w, v)| v >= w),
        Kind::Bool => wanted.eq_ignore_ascii_case(value),
        Kind::IpAddress | Kind::NotIpAddress => in_range(wanted, value),
        Kind::ArnEquals | Kind::ArnNotEquals | Kind::ArnLike | Kind::ArnNotLike => same_arn(wanted, value),
        Kind::Null => false,
    }
    .into()
}

/// A test whose value has variables in it: they are filled in first.
fn with_variables(test: Kind, wanted: &str, value: &str, request: &Request<'_>) -> Outcome {
    let folds = matches!(test, Kind::StringEqualsIgnoreCase | Kind::StringNotEqualsIgnoreCase);
    let filled = |pattern: Vec<Token>, value: &str| {
        let Some(pattern) = fill(pattern, request) else { return Outcome::False };
        let (pattern, value) =
            if folds { (lower(&pattern), value.to_lowercase()) } else { (pattern, value.to_owned()) };
        let value: Vec<Token> = value.chars().map(Token::Char).collect();
        if covers_tokens(&pattern, &value) {
            Outcome::True
        } else if pattern.iter().any(|t| matches!(t, Token::Variable(_))) && meets_tokens(&pattern, &value) {
            Outcome::Unknown
        } else {
            Outcome::False
        }
    };
    let wild = |text: &str| tokens(text, Case::Sensitive, true);
    let (parts, parts_of_value) = (split(wanted), value.splitn(6, ':').collect::<Vec<_>>());
    // Part by part: a wildcard stays in its part. Where a variable stands for a whole ARN there are no parts.
    if test.kind() == ValueKind::Arn && parts.len() > 1 {
        if parts.len() != parts_of_value.len() {
            return Outcome::False;
        }
        let misses = parts.iter().zip(parts_of_value).map(|(wanted, value)| filled(wild(wanted), value).not());
        return Outcome::any(misses).not();
    }
    filled(if test.has_wildcards() { wild(wanted) } else { literals(wanted) }, value)
}

fn lower(tokens: &[Token]) -> Vec<Token> {
    tokens
        .iter()
        .flat_map(|token| match token {
            Token::Char(c) => c.to_lowercase().map(Token::Char).collect::<Vec<_>>(),
            other => vec![other.clone()],
        })
        .collect()
}

/// ARNs are compared part by part: a wildcard stays in its part.
fn same_arn(wanted: &str, value: &str) -> bool {
    if wanted == "*" {
        return true;
    }
    let (wanted, value): (Vec<&str>, Vec<&str>) = (wanted.splitn(6, ':').collect(), value.splitn(6, ':').collect());
    wanted.len() == value.len() && wanted.iter().zip(&value).all(|(w, v)| matches(w, v, Case::Sensitive))
}

fn in_range(range: &str, address: &str) -> bool {
    let (network, bits) = match range.split_once('/') {
        Some((network, bits)) => (network, bits.parse::<u32>().ok()),
        None => (range, Some(128)),
    };
    let (Ok(network), Ok(address), Some(bits)) = (network.parse::<IpAddr>(), address.parse::<IpAddr>(), bits) else {
        return false;
    };
    match (network, address) {
        (IpAddr::V4(n), IpAddr::V4(a)) => {
            let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
            n.to_bits() & mask == a.to_bits() & mask
        }
        (IpAddr::V6(n), IpAddr::V6(a)) => {
            let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
            n.to_bits() & mask == a.to_bits() & mask
        }
        _ => false,
    }
}
