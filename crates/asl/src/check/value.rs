//! Single values: kinds, ranges, timestamps.

use statewright_source::{Node, Severity, Value};

use super::{
    context::Context,
    expression,
    mend::mend,
    place::Place,
    schema::{Scope, Shape},
    shared::{NOT_ALLOWED, OUT_OF_RANGE, WRONG_KIND, wrong_kind},
};
use crate::{
    jsonata::Gives,
    model::{QueryLanguage, State},
    rule::{Group, Rule},
};

const TIMESTAMP: Rule = Rule::schema(
    "ASL090",
    "timestamp",
    Group::Fields,
    "A timestamp follows RFC 3339 with a capital `T` and a zone: `2026-03-14T01:59:00Z`.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Timestamp": "2026-03-14 01:59:00Z", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Timestamp": "2026-03-14T01:59:00Z", "End": true } } }"#,
);

const NO_PATH: Rule = Rule::schema(
    "ASL076",
    "path-without-path-field",
    Group::Paths,
    "The value looks like a path, but the field takes it for plain text: the field that reads it ends in `Path`.",
)
.of(Severity::Warning)
.aws("NO_PATH")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Fail", "Cause": "$.cause" } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Fail", "CausePath": "$.cause" } } }"#,
);

pub(super) const RULES: &[Rule] = &[TIMESTAMP];
pub(super) const PATH_RULES: &[Rule] = &[NO_PATH];

/// An expression where the state's language has them. Gives whether the value was one.
pub(super) fn expression(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    node: &Node,
    place: &Place<'_>,
    shape: Shape,
) -> bool {
    state.language == Some(QueryLanguage::Jsonata)
        && node.as_str().is_some_and(|text| text.starts_with("{%"))
        && expression::check(cx, state, node, place, Scope::Before, shape.wants())
}

pub(super) fn text(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>) {
    let Some(text) = node.as_str() else {
        wrong_kind(cx, node, "a string", "STRING", place);
        return;
    };
    if let Place::Key(_, field @ ("Error" | "Cause")) = place
        && looks_dynamic(text)
    {
        let title = format!("`{field}` takes `{text}` as it stands");
        let found = NO_PATH.at(node.span, title, cx.location(place));
        cx.push(found.help(format!("did you mean `{field}Path`?")));
    }
}

/// Whether a text looks like a path or an intrinsic call.
pub(super) fn looks_dynamic(text: &str) -> bool {
    let path = |rest: &str| rest.starts_with('.') || rest.starts_with('[');
    text == "$"
        || text == "$$"
        || text.strip_prefix("$$").is_some_and(path)
        || text.strip_prefix('$').is_some_and(path)
        || (text.starts_with("States.") && crate::path::parse_dynamic(text).is_ok())
}

pub(super) fn flag(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>) {
    if !matches!(node.value, Value::Bool(_)) {
        wrong_kind(cx, node, "a boolean", "BOOLEAN", place);
    }
}

pub(super) fn integer(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, least: i64, most: i64) {
    let Value::Number(number) = &node.value else {
        return not_a_number(cx, node, place, "an integer", "INTEGER");
    };
    // A whole number may be written with a point. What is above 64 bits is above `most` only where there is a limit.
    let whole = match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(n), ..) => n,
        (None, Some(_), _) => i64::MAX,
        #[allow(clippy::cast_possible_truncation, reason = "it saturates, which is what is wanted")]
        (None, None, Some(f)) if f.fract() == 0.0 => f as i64,
        _ => {
            let title = format!("{} must be an integer, not {number}", name(place));
            let found = WRONG_KIND.at(node.span, title, cx.location(place));
            cx.push(found.help("AWS: expected value of type [INTEGER]"));
            return;
        }
    };
    if whole < least {
        range(cx, node, place, &format!("must be at least {least}, not {number}"));
    } else if whole > most {
        range(cx, node, place, &format!("must be at most {most}, not {number}"));
    }
}

pub(super) fn number(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, least: f64, most: f64) {
    let Value::Number(number) = &node.value else {
        return not_a_number(cx, node, place, "a number", "NUMBER");
    };
    let value = number.as_f64().unwrap_or(f64::MAX);
    if value < least {
        range(cx, node, place, &format!("must be at least {least}, not {number}"));
    } else if value > most {
        range(cx, node, place, &format!("must be at most {most}, not {number}"));
    }
}

fn not_a_number(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, wanted: &str, aws: &str) {
    if let (Some(text), Place::Key(_, field)) = (node.as_str(), place)
        && looks_dynamic(text)
    {
        let title = format!("{} must be {wanted}, not a path", name(place));
        let found = WRONG_KIND.at(node.span, title, cx.location(place));
        cx.push(found.help(format!("did you mean `{field}Path`?")));
        return;
    }
    wrong_kind(cx, node, wanted, aws, place);
}

fn name(place: &Place<'_>) -> String {
    match place {
        Place::Key(_, key) => format!("`{key}`"),
        _ => "this".to_owned(),
    }
}

fn range(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, what: &str) {
    let found = OUT_OF_RANGE.at(node.span, format!("{} {what}", name(place)), cx.location(place));
    cx.push(found);
}

pub(super) fn one_of(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, allowed: &[&str]) {
    let Some(text) = node.as_str() else {
        wrong_kind(cx, node, "a string", "STRING", place);
        return;
    };
    if !allowed.contains(&text) {
        let title = format!("{} cannot be `{text}`", name(place));
        let mut found = NOT_ALLOWED.at(node.span, title, cx.location(place));
        found = found.help(format!("it is one of {}", allowed.join(", ")));
        if let Some(near) = cx.nearest(text, allowed.iter().copied()) {
            found = mend(found, node.span, text, near);
        }
        cx.push(found);
    }
}

pub(super) fn timestamp(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>) {
    let Some(text) = node.as_str() else {
        wrong_kind(cx, node, "a timestamp", "STRING", place);
        return;
    };
    if !is_timestamp(text) {
        let title = format!("`{text}` is not an RFC 3339 timestamp");
        let mut found = TIMESTAMP.at(node.span, title, cx.location(place));
        found = found.help(if looks_dynamic(text) {
            "a path goes into `TimestampPath`"
        } else {
            "for example `2026-03-14T01:59:00Z`"
        });
        // A blank or a small letter between date and time.
        let mut mended = text.to_ascii_uppercase();
        if matches!(mended.get(10..11), Some(" " | "_")) {
            mended.replace_range(10..11, "T");
        }
        if is_timestamp(&mended) {
            found = mend(found, node.span, text, &mended);
        }
        cx.push(found);
    }
}

/// RFC 3339 with a capital `T`, and `Z` or an offset; the days of months and leap years are counted.
pub(super) fn is_timestamp(text: &str) -> bool {
    parse_timestamp(text).is_some()
}

fn parse_timestamp(text: &str) -> Option<()> {
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    };
    let sign = |at: usize, sign: &str| (text.get(at..=at)? == sign).then_some(());
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    for (at, s) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
        sign(at, s)?;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = text.get(19..)?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit())?;
            (end > 0).then(|| &fraction[end..])?
        }
        None => rest,
    };
    let at = text.len() - zone.len();
    match zone {
        "Z" => Some(()),
        _ if zone.len() == 6 && (zone.starts_with('+') || zone.starts_with('-')) => {
            sign(at + 3, ":")?;
            (number(at + 1..at + 3)? < 24 && number(at + 4..at + 6)? < 60).then_some(())
        }
        _ => None,
    }
}

/// `Items`: a list, or an expression that gives one.
pub(super) fn items(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>) {
    let right = match &node.value {
        Value::Seq(_) | Value::Map(_) => {
            super::template::check(cx, state, node, place, false, Scope::Before);
            true
        }
        _ => expression::check(cx, state, node, place, Scope::Before, Some(Gives::List)),
    };
    if !right {
        wrong_kind(cx, node, "a list or an expression", "ARRAY", place);
    }
}

/// `Condition`: a boolean, or an expression that gives one.
pub(super) fn condition(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>) {
    if !matches!(node.value, Value::Bool(_)) {
        wrong_kind(cx, node, "a boolean or an expression", "BOOLEAN", place);
    }
}

#[cfg(test)]
mod tests {
    use super::is_timestamp;

    #[test]
    fn timestamps() {
        for right in [
            "2016-03-14T01:59:00Z",
            "2016-03-14T01:59:00.123Z",
            "2016-02-29T23:59:60+01:30",
            "2016-03-14T01:59:00-00:00",
        ] {
            assert!(is_timestamp(right), "{right}");
        }
        for wrong in [
            "2016-12-05 21:29:29Z",
            "2016-12-05T21:29:29",
            "2016-13-05T21:29:29Z",
            "2016-12-05T25:29:29Z",
            "05-12-2016T21:29:29Z",
            "{% '2016-03-14T01:59:00Z' %}",
            "2015-02-29T00:00:00Z",
            "2016-12-05t21:29:29Z",
            "2016-12-05T21:29:29z",
            "2016-12-05T21:29Z",
            "2016-12-05T21:29:29.Z",
            "2016-12-05T21:29:29+0100",
            "2016-12-05T21:29:29Zx",
            "é016-12-05T21:29:29Z",
            "",
        ] {
            assert!(!is_timestamp(wrong), "{wrong}");
        }
    }
}
