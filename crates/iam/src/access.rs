//! Access that a document gives in the place where it is used.

use serde_json::Value;

use crate::{
    broadens,
    document::{Document, Effect, Kind, Scope, Statement},
    principal::Principal,
};

/// As [`broadens`], for documents of one kind: a statement that the kind cannot hold grants nothing there (a `Principal`
/// in an identity policy, no `Resource` in a resource policy), because AWS refuses the document.
pub fn broadens_as(before: &Value, after: &Value, kind: Kind) -> bool {
    broadens(&only(before, kind), &only(after, kind))
}

/// Whether a resource or trust policy lets everyone do something without a condition that names who.
pub fn is_public(document: &Value, kind: Kind) -> bool {
    let Some(document) = Document::of(document) else { return false };
    document.with_effect(Effect::Allow).any(|(_, statement)| {
        fits(statement, kind)
            && match &statement.principals {
                Some(Scope::Only(items)) => items.iter().any(|n| n.principal == Principal::Everyone),
                Some(Scope::AllBut(_)) => true,
                None => false,
            }
            && !statement.conditions.iter().any(|c| names_a_caller(&c.key.value))
    })
}

/// Condition keys by which a grant to everyone is a grant to somebody.
fn names_a_caller(key: &str) -> bool {
    const KEYS: [&str; 14] = [
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
    ];
    KEYS.contains(&key.to_lowercase().as_str())
}

fn fits(statement: &Statement, kind: Kind) -> bool {
    match kind {
        Kind::Identity | Kind::Boundary => statement.principals.is_none() && statement.resources.is_some(),
        Kind::Trust => statement.principals.is_some() && statement.resources.is_none(),
        Kind::Resource => statement.principals.is_some() && statement.resources.is_some(),
    }
}

/// The document without the statements that its kind cannot hold.
fn only(document: &Value, kind: Kind) -> Value {
    let Some(mut read) = Document::of(document) else { return document.clone() };
    read.statements.retain(|statement| fits(statement, kind));
    read.to_canonical()
}
