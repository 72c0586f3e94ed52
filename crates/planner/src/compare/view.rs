//! From what differs to what may be shown.

use serde_json::Value;
use statewright_asl::{JsonPath, JsonStep};
use statewright_source::Node;
use statewright_spec::{Declared, Secret};

use super::{Difference, Differences};
use crate::{Change, Shown};

/// Stands where a string inside a document may not be shown.
const SENSITIVE: &str = "(sensitive)";

/// What is known of a resource's text: what in it is sensitive, and what the user wrote.
pub(crate) struct View<'a> {
    sensitive: Vec<Vec<String>>,
    secrets: &'a [Secret],
    body: Option<&'a Node>,
}

impl<'a> View<'a> {
    /// Of a declared resource. `secrets` are the values of the sensitive variables.
    pub(crate) fn of(declared: &'a Declared, secrets: &'a [Secret]) -> Self {
        Self {
            sensitive: declared.sensitive.iter().map(|pointer| tokens(pointer)).collect(),
            secrets,
            body: Some(&declared.body),
        }
    }

    /// What may be shown of every difference.
    pub(crate) fn changes(&self, differences: &Differences) -> Vec<Change> {
        differences.0.iter().map(|difference| self.change(difference)).collect()
    }

    /// What may be shown of one difference.
    pub(crate) fn change(&self, difference: &Difference) -> Change {
        let Difference { field, key, inside, before, after, default, conceal_before } = difference;
        let place: Vec<String> = std::iter::once((*field).to_owned())
            .chain(key.clone())
            .chain(inside.0.iter().map(|step| match step {
                JsonStep::Key(key) => key.clone(),
                JsonStep::Index(index) => index.to_string(),
            }))
            .collect();
        let shown = |value: &Option<Value>, fit, nobody_wrote: bool| match value {
            None => Shown::Absent,
            Some(value) if nobody_wrote && default.as_ref() == Some(value) => Shown::Default(value.clone()),
            Some(value) => self.shown(value, &place, fit),
        };
        Change {
            path: path(field, key.as_deref(), inside),
            before: match before {
                Some(_) if *conceal_before => Shown::Sensitive,
                before => shown(before, Fit::Shape, true),
            },
            after: shown(after, Fit::Exact, self.is_unwritten(field)),
        }
    }

    /// Whether the spec does not have the field, so that a default in it is the service's.
    fn is_unwritten(&self, field: &str) -> bool {
        self.body.is_none_or(|body| body.pointer(&format!("/{}", field.replace('.', "/"))).is_none())
    }

    fn shown(&self, value: &Value, place: &[String], fit: Fit) -> Shown {
        if self.is_sensitive(place, fit) {
            return Shown::Sensitive;
        }
        match value {
            Value::String(text) if self.holds_secret(text) => Shown::Sensitive,
            value => Shown::Value(self.redacted(value, &mut place.to_vec(), fit)),
        }
    }

    /// The value with every sensitive string inside it replaced.
    fn redacted(&self, value: &Value, place: &mut Vec<String>, fit: Fit) -> Value {
        if self.is_sensitive(place, fit) {
            return SENSITIVE.into();
        }
        let mut inner = |value: &Value, token: String| {
            place.push(token);
            let shown = self.redacted(value, place, fit);
            place.pop();
            shown
        };
        match value {
            Value::String(text) if self.holds_secret(text) => SENSITIVE.into(),
            Value::Array(items) => items.iter().enumerate().map(|(i, item)| inner(item, i.to_string())).collect(),
            Value::Object(entries) => {
                Value::Object(entries.iter().map(|(key, value)| (key.clone(), inner(value, key.clone()))).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }

    /// A machine's definition as far as it may be shown: the wanted one, or a live one.
    pub(crate) fn definition(&self, value: &Value, live: bool) -> Value {
        self.redacted(value, &mut vec!["definition".to_owned()], if live { Fit::Shape } else { Fit::Exact })
    }

    /// Whether a text at a place inside the definition, new or old, may not be shown.
    pub(crate) fn hides(&self, inside: &[JsonStep], text: &str) -> bool {
        let steps = inside.iter().map(|step| match step {
            JsonStep::Key(key) => key.clone(),
            JsonStep::Index(index) => index.to_string(),
        });
        let place: Vec<String> = std::iter::once("definition".to_owned()).chain(steps).collect();
        self.is_sensitive(&place, Fit::Shape) || self.holds_secret(text)
    }

    fn is_sensitive(&self, place: &[String], fit: Fit) -> bool {
        self.sensitive.iter().any(|sensitive| fit.at_or_below(sensitive, place))
    }

    /// Whether the value of a sensitive variable stands in a text.
    pub(crate) fn holds_secret(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| !secret.expose().is_empty() && text.contains(secret.expose()))
    }
}

pub(super) fn path(field: &str, key: Option<&str>, inside: &JsonPath) -> String {
    let key = key.map(|key| format!(".{key}")).unwrap_or_default();
    let inside = if inside.0.is_empty() { String::new() } else { inside.to_string() };
    format!("{field}{key}{inside}")
}

/// An RFC 6901 pointer's tokens.
fn tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

/// How a place of the resource is held against a sensitive one.
#[derive(Clone, Copy)]
enum Fit {
    /// The wanted value: the place itself.
    Exact,
    /// The live value: neither indices nor the names of states count, for lists may have moved, a list of one may stand
    /// as its item, and a state may have been renamed since the value was written.
    Shape,
}

impl Fit {
    /// Whether `place` is `sensitive` or lies below it.
    fn at_or_below(self, sensitive: &[String], place: &[String]) -> bool {
        match self {
            Self::Exact => place.starts_with(sensitive),
            Self::Shape => shape(place).starts_with(&shape(sensitive)),
        }
    }
}

/// The tokens that are neither indices nor names of states.
fn shape(place: &[String]) -> Vec<&str> {
    let index = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let state = |at: usize| at > 0 && place[at - 1] == "States";
    place
        .iter()
        .enumerate()
        .filter(|(at, token)| !index(token) && !state(*at))
        .map(|(_, token)| token.as_str())
        .collect()
}
