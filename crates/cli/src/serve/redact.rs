//! What a sensitive variable holds never reaches a page, wherever AWS sends it back from.

use serde_json::Value;
use statewright_spec::Secret;

const HIDDEN: &str = "(sensitive)";

/// The secrets of all specs.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    secrets: Vec<Secret>,
}

impl Redactor {
    /// Of these secrets; one that is a part of another comes after it, so that nothing of that other is left.
    pub(crate) fn new(mut secrets: Vec<Secret>) -> Self {
        secrets.retain(|secret| !secret.expose().is_empty());
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        secrets.dedup();
        Self { secrets }
    }

    /// The text without them, also where JSON writes them with escapes.
    pub(crate) fn text(&self, mut text: String) -> String {
        for secret in &self.secrets {
            let plain = secret.expose();
            let quoted = Value::from(plain).to_string();
            let escaped = &quoted[1..quoted.len() - 1];
            for form in [plain, escaped] {
                if text.contains(form) {
                    text = text.replace(form, HIDDEN);
                }
            }
        }
        text
    }

    /// The value without them, keys included.
    pub(crate) fn value(&self, value: Value) -> Value {
        if self.secrets.is_empty() {
            return value;
        }
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => {
                Value::Object(map.into_iter().map(|(key, value)| (self.text(key), self.value(value))).collect())
            }
            plain => plain,
        }
    }
}

/// Puts the word for a secret at JSON pointers of a value.
pub(crate) fn hide_at<'a>(value: &mut Value, pointers: impl Iterator<Item = &'a str>) {
    for pointer in pointers {
        if let Some(place) = value.pointer_mut(pointer) {
            *place = Value::from(HIDDEN);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_taken_out_of_texts_and_values() {
        let redactor = Redactor::new(["pass", "pass\"word", ""].map(Secret::new).to_vec());
        assert_eq!(redactor.text("a pass\"word, a pass".to_owned()), "a (sensitive), a (sensitive)");
        assert_eq!(redactor.text(r#"{"key":"pass\"word"}"#.to_owned()), r#"{"key":"(sensitive)"}"#);
        assert_eq!(redactor.value(json!({"pass": ["x pass y", 1]})), json!({"(sensitive)": ["x (sensitive) y", 1]}));
    }

    #[test]
    fn places_are_hidden() {
        let mut value = json!({"States": {"A": {"Parameters": {"Key": "old"}}}});
        hide_at(&mut value, ["/States/A/Parameters/Key", "/States/B"].into_iter());
        assert_eq!(value, json!({"States": {"A": {"Parameters": {"Key": "(sensitive)"}}}}));
    }
}
