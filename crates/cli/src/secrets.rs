//! What is secret is taken out of every text that leaves the process, whoever says it: what the program knows to be
//! secret it redacts by its place, and what AWS echoes has none.

use std::{borrow::Cow, cmp::Reverse};

use serde_json::{Map, Value};
use statewright_source::visible;
use statewright_spec::Secret;

/// What stands where a secret stood.
const HIDDEN: &str = "(sensitive)";

/// Secrets in all the forms in which a text may show them: plain, escaped as JSON escapes, and as a terminal is shown them.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// The longest first, so that nothing is left of one that holds another.
    forms: Vec<String>,
}

/// Whose the keys of a JSON document are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Ours: never taken for a secret, or nobody could read the document.
    Ours,
    /// Anybody's.
    Theirs,
}

impl Secrets {
    /// None yet.
    pub(crate) const fn none() -> Self {
        Self { forms: Vec::new() }
    }

    /// Those of at least so many characters; never the empty one.
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>, shortest: usize) -> Self {
        let mut all = Self::none();
        all.add(secrets, shortest);
        all
    }

    /// These too.
    pub(crate) fn add<'a>(&mut self, secrets: impl IntoIterator<Item = &'a Secret>, shortest: usize) {
        let texts = secrets.into_iter().map(Secret::expose);
        for plain in texts.filter(|text| !text.is_empty() && text.chars().count() >= shortest) {
            let quoted = Value::from(plain).to_string();
            let escaped = &quoted[1..quoted.len() - 1];
            self.forms.extend([plain, escaped, &visible(plain), &visible(escaped)].map(str::to_owned));
        }
        self.forms.sort_by(|a, b| (Reverse(a.len()), a).cmp(&(Reverse(b.len()), b)));
        self.forms.dedup();
    }

    /// The text without them.
    pub(crate) fn out_of<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Cow::Borrowed(text);
        for form in &self.forms {
            if out.contains(form.as_str()) {
                out = Cow::Owned(out.replace(form.as_str(), HIDDEN));
            }
        }
        out
    }

    /// The value without them.
    pub(crate) fn out_of_value(&self, value: &mut Value, keys: Keys) {
        if self.forms.is_empty() {
            return;
        }
        match value {
            Value::String(text) => {
                if let Cow::Owned(replaced) = self.out_of(text) {
                    *text = replaced;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.out_of_value(item, keys)),
            Value::Object(entries) => {
                entries.values_mut().for_each(|value| self.out_of_value(value, keys));
                if keys == Keys::Theirs && entries.keys().any(|key| matches!(self.out_of(key), Cow::Owned(_))) {
                    let entries = std::mem::replace(value, Value::Null);
                    *value = self.without_keys(entries);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// All of a value of somebody else's.
    pub(crate) fn out_of_theirs(&self, mut value: Value) -> Value {
        self.out_of_value(&mut value, Keys::Theirs);
        value
    }

    fn without_keys(&self, value: Value) -> Value {
        let Value::Object(entries) = value else { return value };
        entries.into_iter().map(|(key, value)| (self.out_of(&key).into_owned(), value)).collect::<Map<_, _>>().into()
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

    fn without(secrets: &[&str], shortest: usize, text: &str) -> String {
        let secrets: Vec<Secret> = secrets.iter().copied().map(Secret::new).collect();
        Secrets::of(&secrets, shortest).out_of(text).into_owned()
    }

    #[test]
    fn they_are_taken_out_of_texts_in_every_form() {
        assert_eq!(without(&["pass", "pass\"word", ""], 1, "a pass\"word, a pass"), "a (sensitive), a (sensitive)");
        assert_eq!(without(&["pass\"word"], 1, r#"{"key":"pass\"word"}"#), r#"{"key":"(sensitive)"}"#);
        assert_eq!(without(&["swordfish", "abc"], 4, "a swordfish, abc"), "a (sensitive), abc");
        let lines = "hunter2-\"quoted\"\nline";
        assert_eq!(without(&[lines], 4, &visible(lines)), "(sensitive)");
        assert_eq!(without(&[lines], 4, "nothing"), "nothing");
    }

    #[test]
    fn they_are_taken_out_of_values_and_of_keys_that_are_not_ours() {
        let secrets = Secrets::of(&[Secret::new("pass")], 1);
        let check = |keys, expect: Value| {
            let mut value = json!({ "pass": ["x pass y", 1, { "pass": "pass" }] });
            secrets.out_of_value(&mut value, keys);
            assert_eq!(value, expect);
        };
        check(Keys::Ours, json!({ "pass": ["x (sensitive) y", 1, { "pass": "(sensitive)" }] }));
        check(Keys::Theirs, json!({ "(sensitive)": ["x (sensitive) y", 1, { "(sensitive)": "(sensitive)" }] }));
    }
    #[test]
    fn places_are_hidden() {
        let mut value = json!({"States": {"A": {"Parameters": {"Key": "old"}}}});
        hide_at(&mut value, ["/States/A/Parameters/Key", "/States/B"].into_iter());
        assert_eq!(value, json!({"States": {"A": {"Parameters": {"Key": "(sensitive)"}}}}));
    }
}
