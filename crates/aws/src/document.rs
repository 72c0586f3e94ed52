//! Documents as they travel.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use statewright_planner::Refusal;

use crate::refusal;

/// An IAM document as IAM gives it: percent-encoded after RFC 3986, where a `+` is a plus.
/// Source: `GetRole` in the IAM API reference.
pub(crate) fn decoded(call: &str, what: &str, encoded: &str) -> Result<Value, Refusal> {
    let text = percent_decode_str(encoded)
        .decode_utf8()
        .map_err(|_| refusal::malformed(call, format!("{what} is not UTF-8 after percent-decoding")))?;
    parsed(call, what, &text)
}

/// A document that travels as it is.
pub(crate) fn parsed(call: &str, what: &str, text: &str) -> Result<Value, Refusal> {
    // The parser's words may quote the document, which may hold secrets: only the place is told.
    serde_json::from_str(text)
        .map_err(|e| refusal::malformed(call, format!("{what} is not JSON (line {}, column {})", e.line(), e.column())))
}

/// A policy on one line: IAM counts no white space, and the request is smaller.
pub(crate) fn compact(document: &Value) -> String {
    document.to_string()
}

/// A definition as people read it in the console.
pub(crate) fn pretty(definition: &Value) -> String {
    format!("{definition:#}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(encoded: &str, expect: &Value) {
        assert_eq!(decoded("iam:GetRole", "the trust policy", encoded).unwrap(), *expect);
    }

    #[test]
    fn percent_encoding_is_rfc_3986() {
        check("%7B%22Version%22%3A%222012-10-17%22%7D", &json!({"Version": "2012-10-17"}));
        check("%7B%22Sid%22%3A%20%22a%2Bb+c%22%7D", &json!({"Sid": "a+b+c"}));
        check("%7B%22Sid%22%3A%22%C3%A9%22%7D", &json!({"Sid": "é"}));
    }

    #[test]
    fn what_is_no_json_is_told_by_its_place_only() {
        let refusal = decoded("iam:GetRole", "the trust policy", "%7B%22password-hunter2").unwrap_err();
        assert_eq!(refusal.to_string(), "iam:GetRole: the trust policy is not JSON (line 1, column 18)");
    }

    #[test]
    fn a_definition_keeps_its_order() {
        assert_eq!(pretty(&json!({"StartAt": "A", "States": {}})), "{\n  \"StartAt\": \"A\",\n  \"States\": {}\n}");
    }
}
