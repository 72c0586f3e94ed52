//! The difference of two documents, in statements and never in text.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;
use serde_json::Value;

use crate::{
    canonical::{action_text, condition_values, resource_text},
    document::{Condition, Document, Effect, Scope, Statement, Version},
};

/// What changes from one document to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct DocumentDiff {
    /// The versions, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<(String, String)>,
    /// The statements that change: those of `after` in its order, then those that go.
    pub statements: Vec<StatementDiff>,
    /// Set where one side is no document: then nothing can be said in statements.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unreadable: bool,
}

/// A statement that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
pub enum StatementDiff {
    /// It is new.
    Added {
        /// What it says.
        statement: StatementText,
    },
    /// It goes.
    Removed {
        /// What it said.
        statement: StatementText,
    },
    /// Parts of it change.
    Changed {
        /// Its `Sid`, or what it says in short.
        name: String,
        /// Its place among the statements of `after`, from 0.
        index: usize,
        /// What changes.
        elements: Vec<ElementDiff>,
    },
}

/// A statement in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementText {
    /// Its `Sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// `Allow`, `Deny`; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Each element with its values: `Action` → `glue:StartJobRun`.
    pub elements: BTreeMap<Element, Vec<String>>,
}

/// What changes in one element of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ElementDiff {
    /// Which.
    pub element: Element,
    /// Values that come.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
    /// Values that go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
}

/// An element of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[expect(missing_docs, reason = "the names are IAM's own")]
pub enum Element {
    Sid,
    Effect,
    Principal,
    NotPrincipal,
    Action,
    NotAction,
    Resource,
    NotResource,
    Condition,
    /// Something that does not belong into a statement.
    Other,
}

impl Element {
    /// In words: `action`, `all resources but`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Sid => "sid",
            Self::Effect => "effect",
            Self::Principal => "principal",
            Self::NotPrincipal => "excepted principal",
            Self::Action => "action",
            Self::NotAction => "excepted action",
            Self::Resource => "resource",
            Self::NotResource => "excepted resource",
            Self::Condition => "condition",
            Self::Other => "element",
        }
    }
}

impl DocumentDiff {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An element's values: how they are compared → how they are shown.
type Values = BTreeMap<String, String>;

/// What changes from `before` to `after`. Statements are paired by equality, then by `Sid`, then by likeness. `null`
/// stands for no document. A move of grants from one statement to another shows as two changes; whether access changes
/// is [`broadens`](crate::broadens) and [`narrows`](crate::narrows).
pub fn diff(before: &Value, after: &Value) -> DocumentDiff {
    let read = |value: &Value| if value.is_null() { Some(None) } else { Document::of(value).map(Some) };
    let (Some(old), Some(new)) = (read(before), read(after)) else {
        return DocumentDiff { unreadable: before != after, ..DocumentDiff::default() };
    };
    let version = match (&old, &new) {
        (Some(old), Some(new)) if old.version != new.version => {
            Some((old.version.as_str().to_owned(), new.version.as_str().to_owned()))
        }
        _ => None,
    };
    let old = old.map(|d| d.statements).unwrap_or_default();
    let new = new.map(|d| d.statements).unwrap_or_default();
    DocumentDiff { version, statements: statements(&old, &new), unreadable: false }
}

fn statements(old: &[Statement], new: &[Statement]) -> Vec<StatementDiff> {
    let old_parts: Vec<_> = old.iter().map(elements).collect();
    let new_parts: Vec<_> = new.iter().map(elements).collect();
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    let mut pair = |partner: &mut Vec<Option<usize>>, by: &dyn Fn(usize, usize) -> bool| {
        for (at, mate) in partner.iter_mut().enumerate().filter(|(_, mate)| mate.is_none()) {
            if let Some(found) = (0..taken.len()).find(|&o| !taken[o] && by(o, at)) {
                taken[found] = true;
                *mate = Some(found);
            }
        }
    };
    let keys = |parts: &BTreeMap<Element, Values>| {
        parts.iter().map(|(e, v)| (*e, v.keys().cloned().collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    let old_keys: Vec<_> = old_parts.iter().map(keys).collect();
    let new_keys: Vec<_> = new_parts.iter().map(keys).collect();
    pair(&mut partner, &|o, n| old_keys[o] == new_keys[n]);
    let sid = |s: &Statement| s.sid.as_ref().map(|t| t.value.clone());
    pair(&mut partner, &|o, n| sid(&old[o]).is_some() && sid(&old[o]) == sid(&new[n]));
    // Likeness is looked for in documents of human size only.
    if old.len().saturating_mul(new.len()) <= 40_000 {
        pair(&mut partner, &|o, n| {
            old[o].effect == new[n].effect
                && (old[o].sid.is_none() || new[n].sid.is_none() || sid(&old[o]) == sid(&new[n]))
                && alike(&old_parts[o], &new_parts[n])
        });
    }
    let mut out = Vec::new();
    for (at, mate) in partner.iter().enumerate() {
        match mate {
            None => out.push(StatementDiff::Added { statement: text(&new[at], &new_parts[at]) }),
            Some(o) => {
                let changes = changes(&old_parts[*o], &new_parts[at]);
                if !changes.is_empty() {
                    out.push(StatementDiff::Changed { name: name(&new[at], at), index: at, elements: changes });
                }
            }
        }
    }
    for (at, _) in taken.iter().enumerate().filter(|(_, taken)| !**taken) {
        out.push(StatementDiff::Removed { statement: text(&old[at], &old_parts[at]) });
    }
    out
}

/// Two statements are one that changed when they share an action, or all of the rest.
fn alike(old: &BTreeMap<Element, Values>, new: &BTreeMap<Element, Values>) -> bool {
    let shares = |element| match (old.get(&element), new.get(&element)) {
        (Some(a), Some(b)) => a.keys().any(|key| b.contains_key(key)),
        _ => false,
    };
    let same = |element| old.get(&element).map(Values::len) == new.get(&element).map(Values::len) && shares(element);
    [Element::Action, Element::NotAction].into_iter().any(shares)
        || (same(Element::Resource) && old.get(&Element::Resource).is_some_and(|r| !r.contains_key("*")))
}

fn changes(old: &BTreeMap<Element, Values>, new: &BTreeMap<Element, Values>) -> Vec<ElementDiff> {
    let empty = Values::new();
    let mut all: Vec<Element> = old.keys().chain(new.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    let minus = |a: &Values, b: &Values| -> Vec<String> {
        a.iter().filter(|(key, _)| !b.contains_key(*key)).map(|(_, shown)| shown.clone()).collect()
    };
    all.into_iter()
        .map(|element| {
            let (a, b) = (old.get(&element).unwrap_or(&empty), new.get(&element).unwrap_or(&empty));
            ElementDiff { element, added: minus(b, a), removed: minus(a, b) }
        })
        .filter(|change| !change.added.is_empty() || !change.removed.is_empty())
        .collect()
}

/// A statement's elements, each value by its canonical text.
fn elements(statement: &Statement) -> BTreeMap<Element, Values> {
    let mut out: BTreeMap<Element, Values> = BTreeMap::new();
    let mut put = |element: Element, values: Values| {
        if !values.is_empty() || element != Element::Principal {
            out.entry(element).or_default().extend(values);
        }
    };
    if let Some(sid) = &statement.sid {
        put(Element::Sid, one(&sid.value));
    }
    if let Some(effect) = statement.effect {
        put(Element::Effect, one(effect.as_str()));
    }
    if let Some(scope) = &statement.principals {
        let element = if scope.is_negated() { Element::NotPrincipal } else { Element::Principal };
        let values = scope.items().iter().map(|n| {
            let key = format!("{} {}", n.principal.kind(), n.principal.value());
            (key, n.principal.to_string())
        });
        put(element, values.collect());
    }
    let mut texts = |scope: &Option<Scope<_>>, yes, no, key: fn(&str) -> String| {
        if let Some(scope) = scope {
            let items: &[crate::document::Text] = scope.items();
            put(
                if scope.is_negated() { no } else { yes },
                items.iter().map(|t| (key(&t.value), t.value.clone())).collect(),
            );
        }
    };
    texts(&statement.actions, Element::Action, Element::NotAction, action_text);
    texts(&statement.resources, Element::Resource, Element::NotResource, resource_text);
    put_all(&mut out, Element::Condition, statement.conditions.iter().map(condition));
    put_all(
        &mut out,
        Element::Other,
        statement.extra.iter().map(|(key, value)| {
            let text = format!("{key}: {value}");
            (text.clone(), text)
        }),
    );
    out
}

fn put_all(out: &mut BTreeMap<Element, Values>, element: Element, values: impl Iterator<Item = (String, String)>) {
    let values: Values = values.collect();
    if !values.is_empty() {
        out.insert(element, values);
    }
}

fn one(text: &str) -> Values {
    Values::from([(text.to_owned(), text.to_owned())])
}

fn condition(condition: &Condition) -> (String, String) {
    let operator = condition.operator_name();
    let values = condition_values(condition);
    let key = format!("{operator} {} {values:?}", condition.key.value.to_lowercase());
    let shown = values.join(" or ");
    (key, format!("{operator} {} = {shown}", condition.key.value))
}

fn name(statement: &Statement, index: usize) -> String {
    match &statement.sid {
        Some(sid) => sid.value.clone(),
        None => format!("statement {}", index + 1),
    }
}

fn text(statement: &Statement, parts: &BTreeMap<Element, Values>) -> StatementText {
    StatementText {
        sid: statement.sid.as_ref().map(|t| t.value.clone()),
        effect: statement.effect,
        elements: parts
            .iter()
            .filter(|(element, _)| !matches!(element, Element::Sid | Element::Effect))
            .map(|(element, values)| (*element, values.values().cloned().collect()))
            .collect(),
    }
}

/// The change for a terminal: one short line a change, `+` for a statement that comes, `-` for one that goes, `~` for
/// one that changes.
///
/// ```text
/// + Allow glue:StartJobRun on arn:aws:glue:eu-west-1:123456789012:job/daily
/// ~ Invoke: action + lambda:InvokeFunction
/// ~ Invoke: resource - *
/// ```
pub fn describe(diff: &DocumentDiff) -> Vec<String> {
    let mut out = Vec::new();
    if diff.unreadable {
        out.push("~ one of the two is no policy document".to_owned());
    }
    if let Some((from, to)) = &diff.version {
        let note = if to == Version::V2012.as_str() { " (policy variables work)" } else { "" };
        out.push(format!("~ Version {from} -> {to}{note}"));
    }
    for change in &diff.statements {
        match change {
            StatementDiff::Added { statement } => out.push(format!("+ {}", sentence(statement))),
            StatementDiff::Removed { statement } => out.push(format!("- {}", sentence(statement))),
            StatementDiff::Changed { name, elements, .. } => {
                for change in elements {
                    let signed = |sign: char, values: &[String]| {
                        if values.is_empty() { String::new() } else { format!(" {sign} {}", list(values)) }
                    };
                    let (plus, minus) = (signed('+', &change.added), signed('-', &change.removed));
                    out.push(format!("~ {name}: {}{plus}{minus}", change.element.noun()));
                }
            }
        }
    }
    out
}

fn sentence(statement: &StatementText) -> String {
    let part = |element| statement.elements.get(&element).map(|values| list(values));
    let mut out = statement.effect.map_or("(no effect)", Effect::as_str).to_owned();
    let mut say = |text: String| {
        out.push(' ');
        out.push_str(&text);
    };
    if let Some(who) = part(Element::Principal) {
        say(format!("{who} to"));
    }
    if let Some(who) = part(Element::NotPrincipal) {
        say(format!("all but {who} to"));
    }
    match (part(Element::Action), part(Element::NotAction)) {
        (Some(what), _) => say(what),
        (None, Some(what)) => say(format!("all but {what}")),
        (None, None) => say("nothing".to_owned()),
    }
    match (part(Element::Resource), part(Element::NotResource)) {
        (Some(what), _) => say(format!("on {what}")),
        (None, Some(what)) => say(format!("on all but {what}")),
        (None, None) => {}
    }
    if let Some(when) = statement.elements.get(&Element::Condition) {
        say(format!("if {}", when.join(" and ")));
    }
    if let Some(other) = part(Element::Other) {
        say(format!("with {other}"));
    }
    out
}

/// The first few values, and how many more.
fn list(values: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut out = values.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if values.len() > SHOWN {
        let _ = write!(out, " and {} more", values.len() - SHOWN);
    }
    out
}
