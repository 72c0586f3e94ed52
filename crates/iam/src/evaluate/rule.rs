//! One statement against one request.

use std::collections::HashSet;

use super::{
    Asked, Request,
    compare::{Outcome, holds},
    context::Known,
};
use crate::{
    actions::catalogue,
    canonical::{action_text, resource_text},
    document::{Condition, Effect, Scope, Statement, Text},
    operator::Operator,
    pattern::{Case, Token, covers_tokens, is_wild, matches, meets_tokens, tokens},
    principal::Principal,
    trust::in_words,
    validate::split,
};

/// A statement, ready.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(super) statement: usize,
    pub(super) effect: Effect,
    actions: Named,
    resources: Option<Named>,
    principals: Option<Scope<Principal>>,
    conditions: Vec<Test>,
    variables: bool,
}

/// A list of actions or resources, ready.
#[derive(Debug, Clone)]
struct Named {
    negated: bool,
    /// As they are compared, in their order.
    all: Vec<String>,
    /// Those that name one thing.
    exact: HashSet<String>,
    /// The places of the others: with wildcards or variables.
    loose: Vec<usize>,
}

impl Named {
    fn new(scope: &Scope<Text>, text: fn(&str) -> String) -> Self {
        let all: Vec<String> = scope.items().iter().map(|t| text(&t.value)).collect();
        let is_loose = |text: &String| is_wild(text) || text.contains("${");
        Self {
            negated: scope.is_negated(),
            exact: all.iter().filter(|text| !is_loose(text)).cloned().collect(),
            loose: (0..all.len()).filter(|&at| is_loose(&all[at])).collect(),
            all,
        }
    }

    /// How much of what is asked for it names; `of` says it for one item.
    fn extent(&self, asked: &str, wild: bool, of: impl Fn(&str) -> Extent) -> Extent {
        let most = if wild {
            self.all.iter().map(|item| of(item)).max()
        } else if self.exact.contains(asked) {
            Some(Extent::All)
        } else {
            self.loose.iter().map(|&at| of(&self.all[at])).max()
        };
        turned(self.negated, most.unwrap_or(Extent::None))
    }

    /// The first few.
    fn words(&self) -> String {
        const SHOWN: usize = 3;
        let mut text = self.all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        if self.all.len() > SHOWN {
            text = format!("{text} and {} more", self.all.len() - SHOWN);
        }
        if self.negated { format!("all but {text}") } else { text }
    }
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
            actions: Named::new(statement.actions.as_ref()?, action_text),
            resources: statement.resources.as_ref().map(|scope| Named::new(scope, whole_arn)),
            principals: statement.principals.as_ref().map(|scope| {
                let items = scope.items().iter().map(|n| n.principal.clone()).collect();
                if scope.is_negated() { Scope::AllBut(items) } else { Scope::Only(items) }
            }),
            conditions: statement.conditions.iter().map(test).collect::<Option<_>>()?,
            variables,
        })
    }

    pub(super) fn holds(&self, asked: &Asked<'_>) -> Held {
        let request = &asked.request;
        let action = self
            .actions
            .extent(&asked.action, asked.wild_action, |item| text_extent(item, &asked.action, asked.wild_action));
        if action == Extent::None || self.principal(request.principal) == Extent::None {
            return Held::No;
        }
        let mut on = Vec::new();
        if action == Extent::Some {
            on.push(format!("only for {}", self.actions.words()));
        }
        if let Some(resources) = &self.resources {
            match resources.extent(request.resource, asked.wild_resource, |item| self.resource(item, asked)) {
                Extent::None => return Held::No,
                Extent::Some => on.push(format!("only on {}", resources.words())),
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

    /// Whether it names the session itself, which no boundary of its role bounds then.
    pub(super) fn names_session(&self, principal: &Principal) -> bool {
        let is_session = matches!(principal, Principal::Aws(arn) if arn.contains(":assumed-role/"));
        is_session && matches!(&self.principals, Some(Scope::Only(items)) if items.contains(principal))
    }

    /// Whether it names the principal itself or everyone, and not merely its account.
    pub(super) fn names_directly(&self, principal: &Principal) -> bool {
        match &self.principals {
            None => true,
            Some(Scope::AllBut(_)) => false,
            Some(Scope::Only(items)) => items
                .iter()
                .any(|item| names(item, principal) && (item == principal || !matches!(item, Principal::Account(_)))),
        }
    }

    fn principal(&self, principal: &Principal) -> Extent {
        match &self.principals {
            Some(Scope::Only(items)) if !items.iter().any(|item| names(item, principal)) => Extent::None,
            Some(Scope::AllBut(items)) if items.iter().any(|item| excepts(item, principal)) => Extent::None,
            None | Some(_) => Extent::All,
        }
    }

    /// A resource pattern with its variables filled in. An unknown value leaves the answer open.
    fn resource(&self, pattern: &str, asked: &Asked<'_>) -> Extent {
        let request = &asked.request;
        if !(self.variables && pattern.contains("${")) {
            let extent = text_extent(pattern, request.resource, asked.wild_resource);
            // "Any resource" of an action means those of its types: a bucket is no topic.
            return if extent == Extent::Some && !could_be(request.action, pattern) { Extent::None } else { extent };
        }
        let Some(filled) = fill(tokens(pattern, Case::Sensitive, true), request) else { return Extent::None };
        token_extent(&filled, &tokens(request.resource, Case::Sensitive, false))
    }
}

/// A resource with the parts that it leaves out: `arn:aws:sqs` is every queue to IAM.
fn whole_arn(text: &str) -> String {
    let mut text = resource_text(text);
    if text.starts_with("arn:") {
        let parts = split(&text).len();
        text.push_str(&":*".repeat(6_usize.saturating_sub(parts)));
    }
    text
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

/// Whether `NotPrincipal` leaves somebody out. An account among its items is that account's root user, and nobody else of
/// it ("all principals except the user named Bob", who stands there beside his account).
fn excepts(item: &Principal, principal: &Principal) -> bool {
    names(item, principal) && (!matches!(item, Principal::Account(_)) || item == principal)
}

/// `arn:aws:sts::1:assumed-role/NAME/SESSION` → `arn:aws:iam::1:role/NAME`. A role with a path cannot be told.
pub(super) fn session_of(arn: &str) -> Option<String> {
    let (head, rest) = arn.split_once(":assumed-role/")?;
    let name = rest.split('/').next()?;
    Some(format!("{}:role/{name}", head.replacen(":sts:", ":iam:", 1)))
}

/// What a `Not…` list names is what it does not name.
const fn turned(negated: bool, most: Extent) -> Extent {
    match (negated, most) {
        (false, most) => most,
        (true, Extent::All) => Extent::None,
        (true, Extent::Some) => Extent::Some,
        (true, Extent::None) => Extent::All,
    }
}

/// Both are in the case in which they are compared.
fn text_extent(pattern: &str, asked: &str, wild: bool) -> Extent {
    if pattern == "*" {
        return Extent::All;
    }
    if !wild {
        return if matches(pattern, asked, Case::Sensitive) { Extent::All } else { Extent::None };
    }
    token_extent(&tokens(pattern, Case::Sensitive, false), &tokens(asked, Case::Sensitive, false))
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
            (Known::Made(value), _) => out.extend(value.chars().map(Token::Char)),
            (Known::Values([value]), _) => out.extend(value.chars().map(Token::Char)),
            (Known::Unknown, _) => out.push(token),
            (Known::Absent | Known::Values(_), Some(default)) => out.extend(default.chars().map(Token::Char)),
            (Known::Absent | Known::Values(_), None) => return None,
        }
    }
    Some(out)
}
