//! Access that a document gives in the place where it is used.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::{
    actions::{Level, catalogue},
    broadens,
    cover::{self, Grants, Uncovered},
    document::{Condition, Document, Effect, Kind, Scope, Statement, Text},
    narrows,
    operator::{Qualifier, Test},
    pattern::{Case, matches},
    principal::Principal,
    trust::in_words,
    validate::split,
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
    /// What the actions do, those left out that the other side means as well.
    pub levels: BTreeSet<Level>,
    /// It is a way to more permissions: `iam:PassRole` or `sts:AssumeRole` on every role, writing policies, making
    /// credentials; in a trust policy: anybody may assume the role.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub danger: bool,
    /// It comes or goes because a `Deny` goes or comes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_deny: bool,
}

impl AccessChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        !self.uncertain && self.broadens.is_empty() && self.narrows.is_empty()
    }
}

/// The change in access from `before` to `after`, statement by statement; `null` stands for no document. Proved where it
/// says nothing: whatever is not proved the same is listed. What is listed is the part of a statement that the other
/// document does not say, action by action and resource by resource.
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
    let one_language = old.version == new.version || !(cover::has_variables(&old) || cover::has_variables(&new));
    out.uncertain = !old.is_sound() || !new.is_sound() || !one_language;
    if wider {
        out.broadens = gained(&old, &new);
        out.uncertain |= out.broadens.is_empty();
    }
    if narrower {
        out.narrows = gained(&new, &old);
        // What is lost is no way to more.
        out.narrows.iter_mut().for_each(|access| access.danger = false);
        out.uncertain |= out.narrows.is_empty();
    }
    out
}

/// What `new` allows and `old` does not: by what it grants, and by what `old` alone forbids.
fn gained(old: &Document, new: &Document) -> Vec<Access> {
    let allowed = Grants::new(new, Effect::Allow);
    let freed = more(new, old, Effect::Deny, Some(&allowed));
    more(old, new, Effect::Allow, None).into_iter().chain(freed).collect()
}

/// What the statements of `narrow` say that those of `wide` do not. `meeting` are the grants without which a `Deny` that
/// goes gives nothing.
fn more(wide: &Document, narrow: &Document, effect: Effect, meeting: Option<&Grants>) -> Vec<Access> {
    let covering = Grants::new(wide, effect);
    let missing = covering.uncovered(&Grants::new(narrow, effect));
    let statements = narrow.with_effect(effect).filter(|(_, s)| Grants::can_be(s));
    let mut out = Vec::new();
    for ((_, statement), missing) in statements.zip(missing) {
        for part in missing {
            let part = restricted(statement, &part);
            let alone = |statement: &Statement| {
                Grants::new(&Document { statements: vec![statement.clone()], ..narrow.clone() }, effect)
            };
            if meeting.is_none_or(|allowed| allowed.meets(&alone(&part))) {
                let levels = levels(&part, |concrete| covering.covers(&alone(concrete)));
                out.push(access(&part, levels, meeting.is_some()));
            }
        }
    }
    out
}

/// The statement with only those of its actions, resources and principals.
fn restricted(statement: &Statement, part: &Uncovered) -> Statement {
    fn only<T: Clone>(scope: Option<&Scope<T>>, keep: impl Fn(usize) -> bool) -> Option<Scope<T>> {
        Some(match scope? {
            Scope::Only(items) => Scope::Only(
                items.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, item)| item.clone()).collect(),
            ),
            all_but @ Scope::AllBut(_) => all_but.clone(),
        })
    }
    Statement {
        actions: only(statement.actions.as_ref(), |at| part.actions.contains(&Some(at))),
        resources: only(statement.resources.as_ref(), |at| part.resources.contains(&Some(at))),
        principals: only(statement.principals.as_ref(), |at| part.principals.contains(&Some(at))),
        ..statement.clone()
    }
}

/// What the actions of a statement do, where the other side does not mean them as well.
fn levels(statement: &Statement, meant: impl Fn(&Statement) -> bool) -> BTreeSet<Level> {
    /// Wildcards that mean more are not looked into.
    const SHOWN: usize = 600;
    let all = || BTreeSet::from([Level::List, Level::Read, Level::Write, Level::Permissions, Level::Tagging]);
    let Some(Scope::Only(items)) = &statement.actions else { return all() };
    let mut out = BTreeSet::new();
    for text in items {
        if crate::canonical::action_text(&text.value) == "*" {
            return all();
        }
        let expanded = catalogue().expand(&text.value);
        let looked_into = expanded.len() > 1 && expanded.len() <= SHOWN;
        out.extend(expanded.into_iter().filter_map(|action| {
            let level = action.level();
            let one = Scope::Only(vec![Text { value: action.full_name(), span: None }]);
            let other = looked_into && meant(&Statement { actions: Some(one), ..statement.clone() });
            (!other).then_some(level)
        }));
    }
    out
}

fn access(statement: &Statement, levels: BTreeSet<Level>, by_deny: bool) -> Access {
    fn words<T>(scope: Option<&Scope<T>>, word: impl Fn(&T) -> String) -> Vec<String> {
        let Some(scope) = scope else { return Vec::new() };
        let mut all: Vec<String> = Vec::new();
        for item in scope.items().iter().map(word) {
            if !all.contains(&item) {
                all.push(item);
            }
        }
        if scope.is_negated() { vec![format!("all but {}", all.join(", "))] } else { all }
    }
    Access {
        actions: words(statement.actions.as_ref(), |t| t.value.clone()),
        resources: words(statement.resources.as_ref(), |t| t.value.clone()),
        principals: words(statement.principals.as_ref(), |n| n.principal.to_string()),
        conditions: statement.conditions.iter().map(in_words).collect(),
        levels,
        danger: is_danger(statement),
        by_deny,
    }
}

/// Whether what a statement is about is a way to more permissions.
fn is_danger(statement: &Statement) -> bool {
    if let Some(principals) = &statement.principals {
        let anybody = match principals {
            Scope::Only(items) => items.iter().any(|n| n.principal == Principal::Everyone),
            Scope::AllBut(_) => true,
        };
        return anybody && !statement.conditions.iter().any(is_for_somebody);
    }
    let Some(actions) = &statement.actions else { return false };
    let means =
        |way: &str| actions.items().iter().any(|t| matches(&t.value, way, Case::Insensitive)) != actions.is_negated();
    let passes = |way: &str, narrowing: &str| {
        means(way)
            && any_role(statement.resources.as_ref())
            && !statement.conditions.iter().any(|c| c.key.value.eq_ignore_ascii_case(narrowing))
    };
    ESCALATIONS.iter().any(|way| means(way))
        || passes("iam:PassRole", "iam:PassedToService")
        || passes("sts:AssumeRole", "aws:ResourceAccount")
}

/// Whether every role of an account is among the resources.
fn any_role(resources: Option<&Scope<Text>>) -> bool {
    match resources {
        None | Some(Scope::AllBut(_)) => true,
        Some(Scope::Only(items)) => items.iter().any(|t| {
            let role = split(&t.value);
            t.value == "*" || role.get(5).is_some_and(|name| matches(name, "role/*", Case::Sensitive))
        }),
    }
}

/// Whether an action, or one that a pattern means, lets its holder give itself more: write or attach policies, change who
/// may assume a role, make credentials for others. `iam:PassRole` and `sts:AssumeRole` are such on `*` only, and not here.
pub fn is_escalation(action: &str) -> bool {
    ESCALATIONS.iter().any(|way| matches(action, way, Case::Insensitive))
}

const ESCALATIONS: [&str; 20] = [
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
            && !statement.conditions.iter().any(is_for_somebody)
            && !document.with_effect(Effect::Deny).any(|(_, deny)| keeps_out_others(&document, deny, statement))
    })
}

/// Whether a condition of a grant to everyone makes it a grant to somebody: it asks who calls, and holds for certain values
/// only.
fn is_for_somebody(condition: &Condition) -> bool {
    let Ok(operator) = &condition.operator else { return false };
    names_a_caller(&condition.key.value)
        && !operator.test.is_negative()
        && operator.test != Test::Null
        && !operator.if_exists
        && operator.qualifier != Some(Qualifier::ForAll)
        && !condition.values.iter().any(|t| matches!(t.value.as_str(), "*" | "0.0.0.0/0" | "::/0"))
}

/// Whether a `Deny` takes a grant from all but somebody: "deny unless the caller is of our organization".
fn keeps_out_others(document: &Document, deny: &Statement, allow: &Statement) -> bool {
    let [condition] = deny.conditions.as_slice() else { return false };
    let unless =
        condition.operator.as_ref().is_ok_and(|o| o.test.is_negative() && o.qualifier != Some(Qualifier::ForAny));
    let alone = |statement: Statement, effect| {
        Grants::new(&Document { statements: vec![statement], ..document.clone() }, effect)
    };
    unless
        && names_a_caller(&condition.key.value)
        && alone(Statement { conditions: Vec::new(), ..deny.clone() }, Effect::Deny)
            .covers(&alone(allow.clone(), Effect::Allow))
}

/// Condition keys by which a grant to everyone is a grant to somebody.
fn names_a_caller(key: &str) -> bool {
    const KEYS: [&str; 17] = [
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
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
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
