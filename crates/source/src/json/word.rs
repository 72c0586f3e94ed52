//! Words outside quotes.

use super::Parser;
use crate::{Value, codes};

impl<'t> Parser<'t> {
    /// `true`, `false`, `null`, or a word that JSON does not know.
    pub(super) fn word(&mut self) -> Value {
        let start = self.at;
        let word = self.take_word();
        let place = (start, self.at);
        let (value, json, help) = match word.to_ascii_lowercase().as_str() {
            "true" => (Value::Bool(true), Some("true"), "JSON writes it in small letters"),
            "false" => (Value::Bool(false), Some("false"), "JSON writes it in small letters"),
            "null" => (Value::Null, Some("null"), "JSON writes it in small letters"),
            "none" | "nil" | "undefined" => (Value::Null, Some("null"), "JSON writes `null`"),
            "nan" | "infinity" | "inf" => (Value::Null, None, "JSON has finite numbers only"),
            _ => (Value::String(word.to_owned()), None, "put a string into double quotes"),
        };
        if json != Some(word) {
            let mut fault = self
                .faults
                .error(codes::JSON_WORD, format!("`{word}` is not a JSON value"), place, "not JSON")
                .help(help);
            if let Some(json) = json {
                fault = fault.fix(self.span(place.0, place.1), json);
            }
            self.fault(fault);
        }
        value
    }

    /// A key without quotes.
    pub(super) fn bare_key(&mut self) -> Option<String> {
        let start = self.at;
        let key = self.take_word().to_owned();
        if key.is_empty() {
            return None;
        }
        self.fault(
            self.faults
                .error(codes::JSON_QUOTES, format!("the key `{key}` has no quotes"), (start, self.at), "not a string")
                .help("put it into double quotes")
                .fix(self.span(start, self.at), format!("\"{key}\"")),
        );
        Some(key)
    }

    pub(super) fn take_word(&mut self) -> &'t str {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'-' | b'.' | b'+')) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }
}
