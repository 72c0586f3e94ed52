//! A document that allows what either of two allows, for a change that grows first and shrinks later.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    cover::{Grants, has_variables},
    document::{Document, Effect, Version},
};

/// A document that allows exactly what `before` or `after` allows: the statements of `after` in their order, then those
/// of `before` that add something. A `Sid` that is taken is left off. `NotAction` and `NotResource` in an `Allow` are
/// fine: statements add up.
///
/// `None` where no document is certain to be exactly that:
/// * one of the two is no sound document (an unknown element, a missing effect, an unknown operator);
/// * their `Deny` statements differ: keeping one side's would take what the other allows, dropping it would give more
///   than either;
/// * their versions differ and policy variables are used.
///
/// `null` stands for no document. The size is the caller's to check.
pub fn union(before: &Value, after: &Value) -> Option<Value> {
    if before.is_null() || after.is_null() {
        let one = if before.is_null() { after } else { before };
        return Document::of(one).filter(Document::is_sound).map(|_| plain(one));
    }
    let (old, new) = (Document::of(before)?, Document::of(after)?);
    if !old.is_sound() || !new.is_sound() {
        return None;
    }
    let denies = |d: &Document| d.with_effect(Effect::Deny).map(|(_, s)| s.meaning()).collect::<BTreeSet<_>>();
    if denies(&old) != denies(&new) || (old.version != new.version && (has_variables(&old) || has_variables(&new))) {
        return None;
    }
    let (before, after) = (plain(before), plain(after));
    let mut statements: Vec<Value> =
        after.get("Statement").map(listed).unwrap_or_default().into_iter().cloned().collect();
    let mut sids: BTreeSet<String> =
        new.statements.iter().filter_map(|s| s.sid.as_ref().map(|t| t.value.clone())).collect();
    let granted = Grants::new(&new, Effect::Allow);
    for (statement, raw) in old.statements.iter().zip(before.get("Statement").map(listed).unwrap_or_default()) {
        let alone = Document { statements: vec![statement.clone()], ..old.clone() };
        if statement.effect == Some(Effect::Deny) || granted.covers(&Grants::new(&alone, Effect::Allow)) {
            continue;
        }
        let mut raw = raw.clone();
        if let (Some(sid), Some(map)) = (&statement.sid, raw.as_object_mut())
            && !sids.insert(sid.value.clone())
        {
            map.shift_remove("Sid");
        }
        statements.push(raw);
    }
    let version =
        if new.version == Version::V2012 || old.version == Version::V2012 { &Version::V2012 } else { &new.version };
    let mut map = Map::new();
    map.insert("Version".to_owned(), version.as_str().into());
    if let Some(id) = &new.id {
        map.insert("Id".to_owned(), id.value.as_str().into());
    }
    map.insert("Statement".to_owned(), Value::Array(statements));
    Some(Value::Object(map))
}

/// One document that says what several say together, as the identity policies of a role do: every statement of each, in
/// order, without `Sid`s. With it a role is compared before and after, wherever its statements stand.
///
/// `None` where one is no sound document, or where versions differ and policy variables are used.
pub fn together<'a>(documents: impl IntoIterator<Item = &'a Value>) -> Option<Value> {
    let mut statements = Vec::new();
    let mut versions: Vec<Version> = Vec::new();
    let mut variables = false;
    for value in documents {
        let document = Document::of(value).filter(Document::is_sound)?;
        variables |= has_variables(&document);
        if !versions.contains(&document.version) {
            versions.push(document.version.clone());
        }
        for statement in plain(value).get("Statement").map(listed).unwrap_or_default() {
            let mut statement = statement.clone();
            if let Some(map) = statement.as_object_mut() {
                map.shift_remove("Sid");
            }
            statements.push(statement);
        }
    }
    if versions.len() > 1 && variables {
        return None;
    }
    let version = if versions == [Version::V2008] { Version::V2008 } else { Version::V2012 };
    Some(serde_json::json!({"Version": version.as_str(), "Statement": statements}))
}

fn listed(statement: &Value) -> Vec<&Value> {
    match statement {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn plain(document: &Value) -> Value {
    match document {
        Value::String(text) => crate::read::decode(text).unwrap_or_else(|| document.clone()),
        other => other.clone(),
    }
}
