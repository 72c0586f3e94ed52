//! JSON numbers.

use serde_json::Number;

use super::Parser;
use crate::{Diagnostic, Severity, Value, codes};

impl Parser<'_> {
    /// A number, or what looks like one.
    pub(super) fn number(&mut self) -> Value {
        let start = self.at;
        let word = self.take_word().to_owned();
        let place = (start, self.at);
        let Err(fault) = grammar(&word) else {
            let Some((number, exact)) = exact(&word) else {
                self.fault(self.faults.error(
                    codes::JSON_NUMBER,
                    format!("the number `{word}` is too large"),
                    place,
                    "does not fit into a 64-bit float",
                ));
                return Value::Null;
            };
            if !exact {
                self.fault(
                    Diagnostic::new(
                        codes::INEXACT_NUMBER,
                        Severity::Warning,
                        format!("the integer `{word}` does not fit into 64 bits and loses digits"),
                    )
                    .at(self.span(place.0, place.1), format!("read as {number}"))
                    .help("write it as a string if every digit counts"),
                );
            }
            return Value::Number(number);
        };
        self.fault(
            self.faults
                .error(codes::JSON_NUMBER, format!("`{word}` is not a JSON number"), place, fault)
                .help("write it as JSON does (`0.5`, `-3`, `1e6`), or put it into double quotes if it is a string"),
        );
        match word.strip_prefix('+').unwrap_or(&word).parse::<f64>().ok().and_then(Number::from_f64) {
            Some(number) => Value::Number(number),
            None => Value::String(word),
        }
    }
}

/// The number of a lexeme that is a JSON number, and whether an integer kept all its digits. `None`: too large.
pub(crate) fn exact(lexeme: &str) -> Option<(Number, bool)> {
    let integer = !lexeme.contains(['.', 'e', 'E']);
    // As serde_json does it: `-0` is a float, because no integer has that sign.
    if integer && lexeme != "-0" {
        if let Ok(n) = lexeme.parse::<u64>() {
            return Some((n.into(), true));
        }
        if let Ok(n) = lexeme.parse::<i64>() {
            return Some((n.into(), true));
        }
    }
    let float = lexeme.parse::<f64>().ok()?;
    Some((Number::from_f64(float)?, !integer || lexeme == "-0"))
}

/// RFC 8259, section 6; the error says what is wrong.
pub(crate) fn grammar(word: &str) -> Result<(), &'static str> {
    if word.starts_with('+') {
        return Err("no plus sign may stand before a number");
    }
    let rest = word.strip_prefix('-').unwrap_or(word);
    let (integer, rest) = digits(rest);
    match integer.as_bytes() {
        [] => return Err("a digit must stand here"),
        [b'0', _, ..] => return Err("no zero may lead a number"),
        _ => {}
    }
    let rest = match rest.strip_prefix('.') {
        Some(rest) => match digits(rest) {
            ("", _) => return Err("a digit must follow the point"),
            (_, rest) => rest,
        },
        None => rest,
    };
    let rest = match rest.strip_prefix(['e', 'E']) {
        Some(rest) => match digits(rest.strip_prefix(['+', '-']).unwrap_or(rest)) {
            ("", _) => return Err("a digit must follow the exponent"),
            (_, rest) => rest,
        },
        None => rest,
    };
    if rest.is_empty() { Ok(()) } else { Err("not a number") }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len()))
}
