//! One statement against one request.

use super::{
    Request,
    compare::{Outcome, holds},
    context::Known,
};
use crate::{
    actions::catalogue,
    canonical::{action_text, resource_text},
    document::{Condition, Effect, Scope, Statement},
    operator::Operator,
    pattern::{Case, Token, covers_tokens, is_wild, matches, meets_tokens, tokens},
    principal::Principal,
    trust::in_words,
};

/// A statement, ready.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(super) statement: usize,
    pub(super) effect: Effect,
    actions: Scope<String>,
    resources: Option<Scope<String>>,
    principals: Option<Scope<Principal>>,
    conditions: Vec<Test>,
    variables: bool,
}

/// A condition, ready.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) operator: Operator,
    /// In lower case.
    pub(super) key: String,
    pub(super) values: Vec<String>,
    pub(super) words: String,
}

/// Whether a statement is about a request.
#[derive(Debug)]
pub(crate) enum Held {
    Yes,
    No,
    /// If these hold.
    Maybe(Vec<String>),
}

/// How much of what is asked for is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    None,
    Some,
    All,
}

impl Rule {
    pub(crate) fn new(at: usize, statement: &Statement, variables: bool) -> Option<Self> {
        let map = |scope: &Scope<crate::document::Text>, text: fn(&str) -> String| {
            let items = scope.items().iter().map(|t| text(&t.value)).collect();
            if scope.is_negated() { Scope::AllBut(items) } else { Scope::Only(items) }
        };
        let test = |c: &Condition| {
            Some(Test {
                operator: *c.operator.as_ref().ok()?,
                key: c.key.value.to_lowercase(),
                values: c.values.iter().map(|t| t.value.clone()).collect(),
                words: in_words(c),
            })
        };
        Some(Self {
            statement: at,
            effect: statement.effect?,
            actions: map(statement.actions.as_ref()?, action_text),
            resources: statement.resources.as_ref().map(|scope| map(scope, resource_text)),
            principals: statement.principals.as_ref().map(|scope| {
                let items = scope.items().iter().map(|n| n.principal.clone()).collect();
                if scope.is_negated() { Scope::AllBut(items) } else { Scope::Only(items) }
            }),
            conditions: statement.conditions.iter().map(test).collect::<Option<_>>()?,
            variables,
        })
    }

    pub(super) fn holds(&self, request: &Request<'_>) -> Held {
        let action = extent(&self.actions, |item| text_extent(item, request.action, Case::Insensitive));
        if action == Extent::None || self.principal(request.principal) == Extent::None {
            return Held::No;
        }
        let mut on = Vec::new();
        if action == Extent::Some {
            on.push(format!("only for {}", list(&self.actions)));
        }
        if let Some(resources) = &self.resources {
            match extent(resources, |item| self.resource(item, request)) {
                Extent::None => return Held::No,
                Extent::Some => on.push(format!("only on {}", list(resources))),
                Extent::All => {}
            }
        }
        match self.conditions(request) {
            Held::No => return Held::No,
            Held::Maybe(more) => on.extend(more),
            Held::Yes => {}
        }
        if on.is_empty() { Held::Yes } else { Held::Maybe(on) }
    }

    /// Whether the conditions hold, whatever the statement is about.
    pub(crate) fn conditions(&self, request: &Request<'_>) -> Held {
        let mut on = Vec::new();
        for test in &self.conditions {
            match holds(test, request, self.variables) {
                Outcome::True => {}
                Outcome::False => return Held::No,
                Outcome::Unknown => on.push(test.words.clone()),
            }
        }
        if on.is_empty() { Held::Yes } else { Held::Maybe(on) }
    }

    /// Whether it names the principal itself or everyone, and not merely its account.
    pub(super) fn names_directly(&self, principal: &Principal) -> bool {
        match &self.principals {
            None => true,
            Some(Scope::AllBut(_)) => false,
            Some(Scope::Only(items)) => items
                .iter()
                .any(|item| item.covers(principal) && (item == principal || !matches!(item, Principal::Account(_)))),
        }
    }

    fn principal(&self, principal: &Principal) -> Extent {
        match &self.principals {
            None => Extent::All,
            Some(scope) => extent(scope, |item| if names(item, principal) { Extent::All } else { Extent::None }),
        }
    }

    /// A resource pattern with its variables filled in. An unknown value leaves the answer open.
    fn resource(&self, pattern: &str, request: &Request<'_>) -> Extent {
        if !(self.variables && pattern.contains("${")) {
            let extent = text_extent(pattern, request.resource, Case::Sensitive);
            // "Any resource" of an action means those of its types: a bucket is no topic.
            return if extent == Extent::Some && !could_be(request.action, pattern) { Extent::None } else { extent };
        }
        let Some(filled) = fill(tokens(pattern, Case::Sensitive, true), request) else { return Extent::None };
        token_extent(&filled, &tokens(request.resource, Case::Sensitive, false))
    }
}

/// Whether an action can be done on what a pattern names, as far as the reference tells.
fn could_be(action: &str, pattern: &str) -> bool {
    let known = catalogue().action(action).and_then(|a| Some((a, catalogue().service(a.service)?)));
    known.is_none_or(|(action, service)| action.fits(service, pattern))
}

fn names(item: &Principal, principal: &Principal) -> bool {
    item.covers(principal)
        || match (item, principal) {
            // A session of a role is named by the role.
            (Principal::Aws(role), Principal::Aws(session)) => session_of(session).is_some_and(|r| role == &r),
            _ => false,
        }
}

/// `arn:aws:sts::1:assumed-role/NAME/SESSION` → `arn:aws:iam::1:role/NAME`. A role with a path cannot be told.
fn session_of(arn: &str) -> Option<String> {
    let (head, rest) = arn.split_once(":assumed-role/")?;
    let name = rest.split('/').next()?;
    Some(format!("{}:role/{name}", head.replacen(":sts:", ":iam:", 1)))
}

fn extent<T>(scope: &Scope<T>, of: impl Fn(&T) -> Extent) -> Extent {
    let most = scope.items().iter().map(of).max().unwrap_or(Extent::None);
    match (scope.is_negated(), most) {
        (false, most) => most,
        (true, Extent::All) => Extent::None,
        (true, Extent::Some) => Extent::Some,
        (true, Extent::None) => Extent::All,
    }
}

fn text_extent(pattern: &str, asked: &str, case: Case) -> Extent {
    if pattern == "*" {
        return Extent::All;
    }
    if !is_wild(asked) {
        return if matches(pattern, asked, case) { Extent::All } else { Extent::None };
    }
    token_extent(&tokens(pattern, case, false), &tokens(asked, case, false))
}

fn token_extent(pattern: &[Token], asked: &[Token]) -> Extent {
    if covers_tokens(pattern, asked) {
        Extent::All
    } else if meets_tokens(pattern, asked) {
        Extent::Some
    } else {
        Extent::None
    }
}

/// Puts values for variables. `None` where a variable has no value: the pattern then matches nothing.
pub(super) fn fill(pattern: Vec<Token>, request: &Request<'_>) -> Option<Vec<Token>> {
    let mut out = Vec::with_capacity(pattern.len());
    for token in pattern {
        let Token::Variable(name) = &token else {
            out.push(token);
            continue;
        };
        let (key, default) = match name.split_once(',') {
            Some((key, default)) => (key, Some(default.trim_matches('\''))),
            None => (name.as_str(), None),
        };
        match (request.known(key), default) {
            (Known::One(value), _) => out.extend(value.chars().map(Token::Char)),
            (Known::Values([value]), _) => out.extend(value.chars().map(Token::Char)),
            (Known::Unknown, _) => out.push(token),
            (Known::Absent | Known::Values(_), Some(default)) => out.extend(default.chars().map(Token::Char)),
            (Known::Absent | Known::Values(_), None) => return None,
        }
    }
    Some(out)
}

/// The first few of a list.
fn list(scope: &Scope<String>) -> String {
    const SHOWN: usize = 3;
    let items = scope.items();
    let mut text = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if items.len() > SHOWN {
        text = format!("{text} and {} more", items.len() - SHOWN);
    }
    if scope.is_negated() { format!("all but {text}") } else { text }
}
