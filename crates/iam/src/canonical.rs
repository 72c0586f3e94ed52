//! The one form that documents of the same elements share.

use serde_json::{Map, Value, json};

use crate::{
    document::{Condition, Document, Scope, Statement, Text},
    operator::ValueKind,
    principal::Principal,
};

/// The canonical form: statements and lists sorted and without repeats, one-element lists as strings, actions and
/// condition keys in lower case, an account for its `:root` ARN, `{"AWS": "*"}` for `"*"`, values of conditions as
/// strings, the version written out. `Sid` and `Id` stay. Elements that do not belong are kept. A value that is no
/// document comes back as it is (decoded, where it is a document's text).
///
/// It is idempotent, and two spellings of one document give the same JSON.
pub fn canonical(document: &Value) -> Value {
    match Document::of(document) {
        Some(document) => document.to_canonical(),
        None => match document {
            Value::String(text) => crate::read::decode(text).unwrap_or_else(|| document.clone()),
            other => other.clone(),
        },
    }
}

impl Document {
    /// The canonical form as JSON.
    pub fn to_canonical(&self) -> Value {
        let mut statements: Vec<(String, Value)> = self
            .statements
            .iter()
            .map(|s| {
                let value = s.to_canonical();
                (sort_key(&value), value)
            })
            .collect();
        statements.sort_by(|a, b| a.0.cmp(&b.0));
        statements.dedup_by(|a, b| a.0 == b.0);
        let mut map = Map::new();
        // A version of the wrong type stands among what does not belong.
        if !self.extra.iter().any(|(key, _)| key == "Version") {
            map.insert("Version".to_owned(), self.version.as_str().into());
        }
        if let Some(id) = &self.id {
            map.insert("Id".to_owned(), id.value.as_str().into());
        }
        map.insert("Statement".to_owned(), statements.into_iter().map(|(_, v)| v).collect());
        put_extra(&mut map, &self.extra);
        Value::Object(map)
    }
}

/// The text without the `Sid` first, so that a `Sid` does not decide the order unless nothing else does.
fn sort_key(statement: &Value) -> String {
    let sid = statement.get("Sid").and_then(Value::as_str).unwrap_or("").to_owned();
    format!("{}\u{0}{sid}", without_sid(statement))
}

fn without_sid(statement: &Value) -> Value {
    let mut statement = statement.clone();
    if let Some(map) = statement.as_object_mut() {
        map.shift_remove("Sid");
    }
    statement
}

impl Statement {
    /// The canonical form as JSON.
    pub fn to_canonical(&self) -> Value {
        let mut map = Map::new();
        if let Some(sid) = &self.sid {
            map.insert("Sid".to_owned(), sid.value.as_str().into());
        }
        if let Some(effect) = self.effect {
            map.insert("Effect".to_owned(), effect.as_str().into());
        }
        if let Some(scope) = &self.principals
            && !matches!(scope, Scope::Only(items) if items.is_empty())
        {
            let mut kinds: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
            for named in scope.items() {
                kinds.entry(named.principal.kind()).or_default().push(principal_text(&named.principal));
            }
            let kinds: Map<String, Value> = kinds.into_iter().map(|(k, v)| (k.to_owned(), set(v))).collect();
            map.insert(element("Principal", scope), Value::Object(kinds));
        }
        if let Some(scope) = &self.actions {
            map.insert(element("Action", scope), set(scope.items().iter().map(|t| action_text(&t.value))));
        }
        if let Some(scope) = &self.resources {
            map.insert(element("Resource", scope), set(scope.items().iter().map(|t| resource_text(&t.value))));
        }
        if !self.conditions.is_empty() {
            map.insert("Condition".to_owned(), conditions_json(&self.conditions));
        }
        put_extra(&mut map, &self.extra);
        Value::Object(map)
    }

    /// The canonical form without the `Sid`, as text: equal texts mean the same.
    pub(crate) fn meaning(&self) -> String {
        without_sid(&self.to_canonical()).to_string()
    }
}

fn element<T>(name: &str, scope: &Scope<T>) -> String {
    if scope.is_negated() { format!("Not{name}") } else { name.to_owned() }
}

fn principal_text(principal: &Principal) -> String {
    match principal {
        Principal::Service(name) => name.to_ascii_lowercase(),
        other => other.value().to_owned(),
    }
}

/// An action in lower case, with runs of `*` as one.
pub(crate) fn action_text(action: &str) -> String {
    let lower = one_star(&action.to_lowercase());
    if lower == "*:*" { "*".to_owned() } else { lower }
}

/// A resource with runs of `*` as one.
pub(crate) fn resource_text(resource: &str) -> String {
    if resource.contains("${") { resource.to_owned() } else { one_star(resource) }
}

fn one_star(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '*' || !out.ends_with('*') {
            out.push(c);
        }
    }
    out
}

/// The values of a condition, sorted and without repeats, in the form in which equal values are the same text.
pub(crate) fn condition_values(condition: &Condition) -> Vec<String> {
    let folds = condition.operator.as_ref().is_ok_and(|o| matches!(o.test.kind(), ValueKind::Bool | ValueKind::Null));
    let mut values: Vec<String> = condition
        .values
        .iter()
        .map(|Text { value, .. }| if folds { value.to_lowercase() } else { value.clone() })
        .collect();
    values.sort();
    values.dedup();
    values
}

fn conditions_json(conditions: &[Condition]) -> Value {
    let mut blocks: std::collections::BTreeMap<String, std::collections::BTreeMap<String, Vec<String>>> =
        std::collections::BTreeMap::new();
    for condition in conditions {
        blocks
            .entry(condition.operator_name())
            .or_default()
            .entry(condition.key.value.to_lowercase())
            .or_default()
            .extend(condition_values(condition));
    }
    blocks
        .into_iter()
        .map(|(operator, keys)| {
            (operator, Value::Object(keys.into_iter().map(|(key, values)| (key, set(values))).collect()))
        })
        .collect::<Map<_, _>>()
        .into()
}

/// A set of strings: sorted, no repeats, one alone as a string.
fn set(items: impl IntoIterator<Item = String>) -> Value {
    let mut items: Vec<String> = items.into_iter().collect();
    items.sort();
    items.dedup();
    match items.as_slice() {
        [one] => json!(one),
        _ => json!(items),
    }
}

/// Puts elements that do not belong back where they stood.
fn put_extra(map: &mut Map<String, Value>, extra: &[(String, Value)]) {
    let mut extra: Vec<(&String, Value)> = extra.iter().map(|(key, value)| (key, loose(value))).collect();
    extra.sort_by_cached_key(|(key, value)| ((*key).clone(), value.to_string()));
    extra.dedup();
    for (key, value) in extra {
        match map.get_mut(key) {
            Some(there) => join(there, value),
            None => {
                map.insert(key.clone(), value);
            }
        }
    }
}

fn join(there: &mut Value, value: Value) {
    match (there, value) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in b {
                match a.get_mut(&key) {
                    Some(inner) => join(inner, value),
                    None => {
                        a.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(a), value) => a.push(value),
        (there, value) => *there = Value::Array(vec![there.take(), value]),
    }
}

/// What does not belong is compared all the same: lists of strings as sets.
fn loose(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.iter().all(Value::is_string) && !items.is_empty() => {
            let mut items = items.clone();
            items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            items.dedup();
            Value::Array(items)
        }
        Value::Array(items) => Value::Array(items.iter().map(loose).collect()),
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.iter().map(|(k, v)| (k.clone(), loose(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        other => other.clone(),
    }
}
