//! Access that a document gives in the place where it is used.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::{
    actions::{Level, catalogue},
    broadens,
    cover::Grants,
    document::{Document, Effect, Kind, Scope, Statement},
    narrows,
    pattern::{Case, matches},
    principal::Principal,
    trust::in_words,
};

/// What a change gives and takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct AccessChange {
    /// What is allowed after and not before (`+`).
    pub broadens: Vec<Access>,
    /// What is allowed before and not after (`-`).
    pub narrows: Vec<Access>,
    /// One of the two is no sound document, or variables mean another thing: what changes cannot be told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
}

/// Some actions on some resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// As they stand in the document: `glue:*`; `all but iam:*`.
    pub actions: Vec<String>,
    /// As they stand; empty in a trust policy.
    pub resources: Vec<String>,
    /// Who, in a trust or resource policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<String>,
    /// Under which conditions, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// What the actions do.
    pub levels: BTreeSet<Level>,
    /// It is a way to more permissions: `iam:PassRole` or `sts:AssumeRole` on `*`, writing policies, making credentials.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub danger: bool,
    /// It comes or goes because a `Deny` goes or comes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_deny: bool,
}

/// The change in access from `before` to `after`, statement by statement; `null` stands for no document. Proved where it
/// says nothing: whatever is not proved the same is listed.
pub fn change(before: &Value, after: &Value) -> AccessChange {
    let (wider, narrower) = (broadens(before, after), narrows(before, after));
    let mut out = AccessChange::default();
    if !wider && !narrower {
        return out;
    }
    let empty = || Document::of(&serde_json::json!({"Version": "2012-10-17", "Statement": []}));
    let read = |value: &Value| if value.is_null() { empty() } else { Document::of(value) };
    let (Some(old), Some(new)) = (read(before), read(after)) else {
        out.uncertain = true;
        return out;
    };
    out.uncertain = !old.is_sound() || !new.is_sound();
    if wider {
        out.broadens = more(&old, &new, Effect::Allow, false);
        out.broadens.extend(more(&new, &old, Effect::Deny, true));
        out.uncertain |= out.broadens.is_empty();
    }
    if narrower {
        out.narrows = more(&new, &old, Effect::Allow, false);
        out.narrows.extend(more(&old, &new, Effect::Deny, true));
        out.uncertain |= out.narrows.is_empty();
    }
    out
}

/// What the statements of `narrow` say that those of `wide` do not.
fn more(wide: &Document, narrow: &Document, effect: Effect, by_deny: bool) -> Vec<Access> {
    let missing = Grants::new(wide, effect).uncovered(&Grants::new(narrow, effect));
    let statements = narrow.with_effect(effect).filter(|(_, s)| Grants::can_be(s));
    statements
        .zip(missing)
        .filter(|(_, missing)| !missing.is_empty())
        .map(|((_, statement), missing)| access(statement, &missing, by_deny))
        .collect()
}

fn access(statement: &Statement, missing: &[Option<String>], by_deny: bool) -> Access {
    let written = statement.actions.as_ref().map(Scope::items).unwrap_or_default();
    let negated = statement.actions.as_ref().is_some_and(Scope::is_negated);
    let mut actions: Vec<String> = Vec::new();
    let mut levels = BTreeSet::new();
    if negated {
        let all: Vec<&str> = written.iter().map(|t| t.value.as_str()).collect();
        actions.push(format!("all but {}", all.join(", ")));
        levels.extend([Level::List, Level::Read, Level::Write, Level::Permissions, Level::Tagging]);
    } else {
        for text in written {
            let canonical = crate::canonical::action_text(&text.value);
            if missing.iter().flatten().any(|m| *m == canonical) && !actions.contains(&text.value) {
                levels.extend(catalogue().expand(&text.value).iter().map(|a| a.level()));
                actions.push(text.value.clone());
            }
        }
    }
    let resources: Vec<String> =
        statement.resources.as_ref().map(Scope::items).unwrap_or_default().iter().map(|t| t.value.clone()).collect();
    let resources = match &statement.resources {
        Some(Scope::AllBut(_)) => vec![format!("all but {}", resources.join(", "))],
        _ => resources,
    };
    let anything = resources.iter().any(|r| r == "*" || r.starts_with("all but"));
    let passes = ["iam:PassRole", "sts:AssumeRole"];
    let identity = statement.principals.is_none();
    let danger = identity
        && (negated
            || actions
                .iter()
                .any(|a| is_escalation(a) || (anything && passes.iter().any(|p| matches(a, p, Case::Insensitive)))));
    Access {
        actions,
        resources,
        principals: statement
            .principals
            .as_ref()
            .map(Scope::items)
            .unwrap_or_default()
            .iter()
            .map(|n| n.principal.to_string())
            .collect(),
        conditions: statement.conditions.iter().map(in_words).collect(),
        levels,
        danger: danger && !by_deny,
        by_deny,
    }
}

/// Whether an action, or one that a pattern means, lets its holder give itself more: write or attach policies, change who
/// may assume a role, make credentials for others. `iam:PassRole` and `sts:AssumeRole` are such on `*` only, and not here.
pub fn is_escalation(action: &str) -> bool {
    const WAYS: [&str; 20] = [
        "iam:AddUserToGroup",
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreatePolicyVersion",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutGroupPolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:PutUserPermissionsBoundary",
        "iam:PutUserPolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateLoginProfile",
        "iam:CreateServiceSpecificCredential",
        "iam:ResetServiceSpecificCredential",
        "iam:UploadSigningCertificate",
    ];
    WAYS.iter().any(|way| matches(action, way, Case::Insensitive))
}

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
