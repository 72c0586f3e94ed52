//! What differs between a resource as it is wanted and as it is: raw values, with what must not be shown marked.
//!
//! [`View`] is the only way from a [`Difference`] to something that is shown.

mod definition;
mod json;
mod tags;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use statewright_asl::{JsonPath, json_changes};
use statewright_spec::Secret;

pub(crate) use definition::changes as definition_changes;
pub(crate) use json::Json;
pub(crate) use tags::retag;
pub(crate) use view::View;

/// One place that differs. Values are raw: it is neither printed nor kept.
pub(crate) struct Difference {
    /// The resource's field: `memory`.
    pub(crate) field: &'static str,
    /// The key in a map of the field: an inline policy's name, a variable's name.
    pub(crate) key: Option<String>,
    /// The place inside a document.
    pub(crate) inside: JsonPath,
    /// What is there.
    pub(crate) before: Option<Value>,
    /// What shall be there.
    pub(crate) after: Option<Value>,
    /// What the service puts there where nobody says anything.
    pub(crate) default: Option<Value>,
    /// What is there must never be shown.
    pub(crate) conceal_before: bool,
}

/// Collects what differs, field by field. Without a `before` it collects what a create sets beyond the defaults.
#[derive(Default)]
pub(crate) struct Differences(pub(crate) Vec<Difference>);

impl Differences {
    /// A field whose value is one thing. `default` is the service's.
    pub(crate) fn value<T: Json + PartialEq>(
        &mut self,
        field: &'static str,
        before: Option<&T>,
        after: &T,
        default: &T,
    ) {
        let same = before.map_or(after == default, |before| before == after);
        if !same {
            self.0.push(Difference {
                field,
                key: None,
                inside: JsonPath::default(),
                before: before.and_then(Json::json),
                after: after.json(),
                default: default.json(),
                conceal_before: false,
            });
        }
    }

    /// A field of names and values.
    pub(crate) fn map<V: Json + PartialEq>(
        &mut self,
        field: &'static str,
        before: Option<&BTreeMap<String, V>>,
        after: &BTreeMap<String, V>,
    ) {
        self.entries(field, before, after, false);
    }

    /// A field of names and values whose live values are never shown.
    pub(crate) fn secrets(
        &mut self,
        field: &'static str,
        before: Option<&BTreeMap<String, Secret>>,
        after: &BTreeMap<String, Secret>,
    ) {
        self.entries(field, before, after, true);
    }

    fn entries<V: Json + PartialEq>(
        &mut self,
        field: &'static str,
        before: Option<&BTreeMap<String, V>>,
        after: &BTreeMap<String, V>,
        conceal_before: bool,
    ) {
        let none = BTreeMap::new();
        let before = before.unwrap_or(&none);
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let (b, a) = (before.get(key), after.get(key));
            if b != a {
                self.0.push(Difference {
                    field,
                    key: Some(key.clone()),
                    inside: JsonPath::default(),
                    before: b.and_then(Json::json),
                    after: a.and_then(Json::json),
                    default: None,
                    conceal_before,
                });
            }
        }
    }

    /// A field that is a set: one difference an item that comes or goes.
    pub(crate) fn set<T: Json + Ord>(
        &mut self,
        field: &'static str,
        before: Option<&BTreeSet<T>>,
        after: &BTreeSet<T>,
    ) {
        let none = BTreeSet::new();
        let before = before.unwrap_or(&none);
        let gone = before.difference(after).map(|item| (item.json(), None));
        let new = after.difference(before).map(|item| (None, item.json()));
        for (before, after) in gone.chain(new) {
            self.0.push(Difference {
                field,
                key: None,
                inside: JsonPath::default(),
                before,
                after,
                default: None,
                conceal_before: false,
            });
        }
    }

    /// A document: where both are there, the places that differ, else the whole of it. Whether they mean the same was
    /// asked before.
    pub(crate) fn document(
        &mut self,
        field: &'static str,
        key: Option<&str>,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let mut push = |inside, before, after| {
            self.0.push(Difference {
                field,
                key: key.map(str::to_owned),
                inside,
                before,
                after,
                default: None,
                conceal_before: false,
            });
        };
        match (before, after) {
            (Some(before), Some(after)) => {
                for change in json_changes(before, after) {
                    push(change.path, change.before, change.after);
                }
            }
            (None, None) => {}
            (before, after) => push(JsonPath::default(), before.cloned(), after.cloned()),
        }
    }

    /// Whether nothing differs.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the field differs.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.iter().any(|d| d.field == field)
    }

    /// Whether any field but these differs.
    pub(crate) fn beyond(&self, fields: &[&str]) -> bool {
        self.0.iter().any(|d| !fields.contains(&d.field))
    }

    /// Where something differs, without what: `inline.I/Statement[0]/Action`, `environment.DAY`.
    pub(crate) fn places(&self) -> Vec<String> {
        self.0.iter().map(|d| view::path(d.field, d.key.as_deref(), &d.inside)).collect()
    }

    /// The fields that differ by their first word (`logging`), in the order in which the kind compares them.
    pub(crate) fn parts(&self) -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for difference in &self.0 {
            let part = difference.field.split('.').next().unwrap_or(difference.field);
            if !parts.iter().any(|p| p == part) {
                parts.push(part.to_owned());
            }
        }
        parts
    }
}
