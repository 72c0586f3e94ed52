//! Plain scalars: what they are in YAML 1.2, and what readers of YAML 1.1 take them for.

use serde_json::Number;

use crate::json::number::exact;

/// A plain scalar's value by the core schema (YAML 1.2.2, section 10.3).
#[derive(Debug, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    /// The number, and whether it kept all its digits.
    Number(Number, bool),
    /// A number that JSON cannot hold: infinite, not a number, or too large.
    NoJson,
    String,
}

pub(super) fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Plain::NoJson,
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Plain::NoJson;
    }
    let radix = match text.get(..2) {
        Some("0x") => Some(16),
        Some("0o") => Some(8),
        _ => None,
    };
    if let Some(radix) = radix {
        let digits = &text[2..];
        if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
            return Plain::String;
        }
        return u64::from_str_radix(digits, radix).map_or(Plain::NoJson, |n| Plain::Number(n.into(), true));
    }
    if !is_decimal(unsigned) {
        return Plain::String;
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    exact(text).map_or(Plain::NoJson, |(number, exact)| Plain::Number(number, exact))
}

/// `[0-9]+`, or `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_decimal(text: &str) -> bool {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let mut rest = &text[whole..];
    let mut any = whole > 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        any |= count > 0;
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        return any && !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    any && rest.is_empty()
}

/// What a plain scalar is elsewhere, although it is a string or another number here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookalike {
    /// `yes`, `no`, `on`, `off`: a boolean in YAML 1.1.
    Boolean(bool),
    /// `2024-01-31`, with or without a time: a timestamp in YAML 1.1.
    Timestamp,
    /// `0123`: octal in YAML 1.1, decimal in YAML 1.2.
    Octal,
    /// `12:30`: a number to the base 60 in YAML 1.1.
    Sexagesimal,
    /// `1_000`: a number in YAML 1.1, a string in YAML 1.2.
    Underscored,
}

/// What the source text of a scalar ([`Sources::text`](crate::Sources::text) of its span) would be in YAML 1.1
/// (<https://yaml.org/type/>), where that differs from YAML 1.2. Quoted text is never a lookalike.
pub fn lookalike(source: &str) -> Option<Lookalike> {
    match source {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Lookalike::Boolean(true)),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Lookalike::Boolean(false)),
        _ => {}
    }
    let bytes = source.strip_prefix(['-', '+']).unwrap_or(source).as_bytes();
    if !bytes.first()?.is_ascii_digit() {
        return None;
    }
    if is_date(source) {
        return Some(Lookalike::Timestamp);
    }
    let only = |extra: u8| bytes.iter().all(|b| b.is_ascii_digit() || *b == extra);
    if bytes.len() > 1 && bytes[0] == b'0' && bytes.iter().all(|b| (b'0'..=b'7').contains(b)) {
        return Some(Lookalike::Octal);
    }
    if bytes.contains(&b'_') && bytes.iter().all(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.')) {
        return Some(Lookalike::Underscored);
    }
    let sixty = |part: &str| part.len() <= 2 && part.parse::<u8>().is_ok_and(|n| n < 60);
    if bytes.contains(&b':') && only(b':') && bytes[0] != b'0' {
        let text = source.trim_start_matches(['-', '+']);
        return text.split(':').skip(1).all(sixty).then_some(Lookalike::Sexagesimal);
    }
    None
}

/// A date, or a date with a time behind it.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let number =
        |s: &str, least: usize, most: usize| (least..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let day = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, time) = rest.split_at(day);
    number(year, 4, 4)
        && number(month, 1, 2)
        && number(day, 1, 2)
        && (time.is_empty()
            || time
                .strip_prefix(['T', 't', ' '])
                .is_some_and(|time| time.contains(':') && !time.contains(char::is_alphabetic))
            || time.ends_with('Z') && time.contains(':'))
}
