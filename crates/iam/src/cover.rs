//! Whether everything that one document grants is granted by another: containment, proved and never guessed.
//!
//! A statement is a product: actions × resources × principals, under conditions. One document covers another when each
//! of the other's products is inside one of its own. `false` means "not proved".

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    canonical::{action_text, condition_values, resource_text},
    document::{Condition, Document, Effect, Scope, Statement},
    operator::{Operator, ValueKind},
    pattern::{Case, Token, covers_tokens, meets_tokens, tokens},
    principal::Principal,
};

/// A pattern ready to be compared.
struct Pattern {
    text: String,
    tokens: Vec<Token>,
}

/// Who is meant. `None` in a statement: the one to whom the policy is attached.
struct Scoped<T> {
    negated: bool,
    items: Vec<T>,
    /// The items without wildcards, by their text.
    exact: HashSet<String>,
    /// The places of the others.
    loose: Vec<usize>,
}

/// A statement ready to be compared.
pub(crate) struct Grant {
    actions: Scoped<Pattern>,
    resources: Option<Scoped<Pattern>>,
    principals: Option<Scoped<Principal>>,
    conditions: Vec<(Operator, String, Vec<String>)>,
}

/// Some actions of a statement on some of its resources for some of its principals, each by its place in the statement's
/// list; `None` where the list is negated, or not there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uncovered {
    pub(crate) actions: Vec<Option<usize>>,
    pub(crate) resources: BTreeSet<Option<usize>>,
    pub(crate) principals: BTreeSet<Option<usize>>,
}

/// The grants of one effect, with an index by action.
pub(crate) struct Grants {
    all: Vec<Grant>,
    by_action: HashMap<String, Vec<usize>>,
    wild: Vec<usize>,
}

/// The most comparisons that one question takes. Beyond it the answer is "not proved".
const BUDGET: usize = 2_000_000;

impl Grant {
    /// `None` for a statement that IAM would refuse: it grants nothing.
    fn new(statement: &Statement, variables: bool) -> Option<Self> {
        let pattern = |text: String, case| Pattern { tokens: tokens(&text, case, variables), text };
        let actions = statement.actions.as_ref()?;
        let conditions = statement
            .conditions
            .iter()
            .map(|c: &Condition| Some((*c.operator.as_ref().ok()?, c.key.value.to_lowercase(), condition_values(c))))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            actions: Scoped::new(actions, |t| pattern(action_text(&t.value), Case::Insensitive)),
            resources: statement
                .resources
                .as_ref()
                .map(|scope| Scoped::new(scope, |t| pattern(resource_text(&t.value), Case::Sensitive))),
            principals: statement.principals.as_ref().map(|scope| Scoped::new(scope, |n| n.principal.clone())),
            conditions,
        })
    }

    /// Each of its resources with each of its principals.
    fn places(&self) -> impl Iterator<Item = (Atom, Atom)> {
        let principals = atoms(self.principals.as_ref());
        atoms(self.resources.as_ref())
            .into_iter()
            .flat_map(move |r| principals.clone().into_iter().map(move |p| (r, p)))
    }

    /// Whether this grants, for one item of `other` in each dimension, all that `other` grants there.
    fn covers(&self, other: &Self, action: Atom, resource: Atom, principal: Atom) -> bool {
        self.actions.covers(&other.actions, action)
            && optional(self.resources.as_ref(), other.resources.as_ref(), resource)
            && match (&self.principals, &other.principals) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(wide), Some(narrow)) => wide.covers(narrow, principal),
            }
            && self.conditions.iter().all(|wide| other.conditions.iter().any(|narrow| implied(wide, narrow)))
    }

    /// Whether some request could be meant by both, conditions aside.
    fn meets(&self, other: &Self) -> bool {
        self.actions.meets(&other.actions)
            && match (&self.resources, &other.resources) {
                (Some(a), Some(b)) => a.meets(b),
                _ => true,
            }
            && match (&self.principals, &other.principals) {
                (Some(a), Some(b)) => a.meets(b),
                _ => true,
            }
    }
}

fn optional(wide: Option<&Scoped<Pattern>>, narrow: Option<&Scoped<Pattern>>, atom: Atom) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(wide), None) => !wide.negated && wide.items.iter().any(|p| p.text == "*"),
        (Some(wide), Some(narrow)) => wide.covers(narrow, atom),
    }
}

/// One item of a list, or the complement that a negated list is.
#[derive(Clone, Copy)]
enum Atom {
    Item(usize),
    Complement,
    Absent,
}

impl Atom {
    const fn item(self) -> Option<usize> {
        match self {
            Self::Item(at) => Some(at),
            Self::Complement | Self::Absent => None,
        }
    }
}

fn atoms<T>(scope: Option<&Scoped<T>>) -> Vec<Atom> {
    match scope {
        None => vec![Atom::Absent],
        Some(scope) if scope.negated => vec![Atom::Complement],
        Some(scope) => (0..scope.items.len()).map(Atom::Item).collect(),
    }
}

trait Item {
    /// Whether all that `other` names is named by this.
    fn names_all(&self, other: &Self) -> bool;
    /// Whether all that `other` names in a negated list is left out by this in one.
    fn excepts_all(&self, other: &Self) -> bool {
        self.names_all(other)
    }
    /// Whether something may be named by both.
    fn names_some(&self, other: &Self) -> bool;
    /// Whether everything is named.
    fn is_all(&self) -> bool;
    /// The text of an item that names one thing only.
    fn exact(&self) -> Option<&str>;
}

impl Item for Pattern {
    fn names_all(&self, other: &Self) -> bool {
        self.text == other.text || covers_tokens(&self.tokens, &other.tokens)
    }
    fn names_some(&self, other: &Self) -> bool {
        self.text == other.text || meets_tokens(&self.tokens, &other.tokens)
    }
    fn is_all(&self) -> bool {
        self.text == "*"
    }
    fn exact(&self) -> Option<&str> {
        self.tokens.iter().all(|t| matches!(t, Token::Char(_))).then_some(self.text.as_str())
    }
}

impl Item for Principal {
    fn names_all(&self, other: &Self) -> bool {
        self.covers(other)
    }
    /// An account is there its root user, and nobody else of it.
    fn excepts_all(&self, other: &Self) -> bool {
        *self == Self::Everyone || self == other
    }
    fn names_some(&self, other: &Self) -> bool {
        self.covers(other) || other.covers(self)
    }
    fn is_all(&self) -> bool {
        *self == Self::Everyone
    }
    fn exact(&self) -> Option<&str> {
        None
    }
}

impl<T: Item> Scoped<T> {
    fn new<S>(scope: &Scope<S>, item: impl Fn(&S) -> T) -> Self {
        let items: Vec<T> = scope.items().iter().map(item).collect();
        let exact = items.iter().filter_map(Item::exact).map(str::to_owned).collect();
        let loose = items.iter().enumerate().filter(|(_, i)| i.exact().is_none()).map(|(at, _)| at).collect();
        Self { negated: scope.is_negated(), items, exact, loose }
    }

    /// Whether one of the items names all that `one` names.
    fn names_all(&self, one: &T) -> bool {
        one.exact().is_some_and(|text| self.exact.contains(text))
            || self.loose.iter().any(|&at| self.items[at].names_all(one))
    }

    /// Whether one of the items, in a negated list, leaves out all that `one` names there.
    fn excepts_all(&self, one: &T) -> bool {
        one.exact().is_some_and(|text| self.exact.contains(text))
            || self.loose.iter().any(|&at| self.items[at].excepts_all(one))
    }

    /// Whether one of the items may name something that `one` names.
    fn names_some(&self, one: &T) -> bool {
        match one.exact() {
            Some(text) => self.exact.contains(text) || self.loose.iter().any(|&at| self.items[at].names_some(one)),
            None => self.items.iter().any(|item| item.names_some(one)),
        }
    }

    fn covers(&self, narrow: &Self, atom: Atom) -> bool {
        match atom {
            Atom::Item(at) if self.negated => !self.names_some(&narrow.items[at]),
            Atom::Item(at) => self.names_all(&narrow.items[at]),
            // All but N is inside all but W when every W is inside some N.
            Atom::Complement if self.negated => self.items.iter().all(|item| narrow.excepts_all(item)),
            Atom::Complement | Atom::Absent => self.items.iter().any(Item::is_all),
        }
    }

    fn meets(&self, other: &Self) -> bool {
        match (self.negated, other.negated) {
            (true, true) => true,
            (true, false) => other.items.iter().any(|n| !self.names_all(n)),
            (false, true) => other.meets(self),
            (false, false) => other.items.iter().any(|b| self.names_some(b)),
        }
    }

    /// How many comparisons a question for one item takes.
    fn cost(&self) -> usize {
        1 + self.loose.len()
    }
}

/// Whether `wide` holds wherever `narrow` does: the same test of the same key, with more values to pass (or fewer to
/// fail, where the test is negative).
fn implied(wide: &(Operator, String, Vec<String>), narrow: &(Operator, String, Vec<String>)) -> bool {
    if wide.0 != narrow.0 || wide.1 != narrow.1 {
        return false;
    }
    // ARN tests match part by part, so that one pattern inside another as text proves nothing there.
    let by_text = wide.0.test.has_wildcards() && wide.0.test.kind() == ValueKind::String;
    let inside = |a: &[String], b: &[String]| {
        a.iter().all(|x| b.contains(x) || (by_text && b.iter().any(|y| crate::pattern::covers(y, x, Case::Sensitive))))
    };
    // An empty list never passes, or always does with `ForAllValues`: only equal ones are compared.
    if wide.2.is_empty() || narrow.2.is_empty() {
        return wide.2 == narrow.2;
    }
    if wide.0.test.is_negative() { inside(&wide.2, &narrow.2) } else { inside(&narrow.2, &wide.2) }
}

impl Grants {
    /// The statements of `document` with this effect.
    pub(crate) fn new(document: &Document, effect: Effect) -> Self {
        let variables = document.version.has_variables();
        let all: Vec<Grant> = document.with_effect(effect).filter_map(|(_, s)| Grant::new(s, variables)).collect();
        let mut by_action: HashMap<String, Vec<usize>> = HashMap::new();
        let mut wild = Vec::new();
        for (at, grant) in all.iter().enumerate() {
            if grant.actions.negated || !grant.actions.loose.is_empty() {
                wild.push(at);
                continue;
            }
            for action in &grant.actions.exact {
                by_action.entry(action.clone()).or_default().push(at);
            }
        }
        Self { all, by_action, wild }
    }

    /// Whether a statement is one that grants or forbids at all, and so is among the grants.
    pub(crate) fn can_be(statement: &Statement) -> bool {
        statement.actions.is_some() && statement.conditions.iter().all(|c| c.operator.is_ok())
    }

    /// Whether all of `other` is inside this: every product of it inside one of ours.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let mut budget = BUDGET;
        other.all.iter().all(|narrow| self.covers_grant(narrow, &mut budget))
    }

    fn covers_grant(&self, narrow: &Grant, budget: &mut usize) -> bool {
        atoms(Some(&narrow.actions)).into_iter().all(|action| self.covers_action(narrow, action, budget))
    }

    /// Whether one action of a grant is covered on each of its resources.
    fn covers_action(&self, narrow: &Grant, action: Atom, budget: &mut usize) -> bool {
        narrow.places().all(|place| self.covers_at(narrow, action, place, budget))
    }

    /// Whether one action of a grant is covered on one of its resources for one of its principals.
    fn covers_at(&self, narrow: &Grant, action: Atom, (resource, principal): (Atom, Atom), budget: &mut usize) -> bool {
        let exact: &[usize] = match action {
            Atom::Item(at) => self.by_action.get(&narrow.actions.items[at].text).map_or(&[], Vec::as_slice),
            Atom::Complement | Atom::Absent => &[],
        };
        exact.iter().chain(&self.wild).any(|&at| {
            let wide = &self.all[at];
            let cost = wide.actions.cost() + wide.resources.as_ref().map_or(0, Scoped::cost);
            *budget = budget.saturating_sub(cost);
            *budget > 0 && wide.covers(narrow, action, resource, principal)
        })
    }

    /// What of each grant of `other`, in their order, is not covered here: the actions, with the resources on which and the
    /// principals for whom they are not.
    pub(crate) fn uncovered(&self, other: &Self) -> Vec<Vec<Uncovered>> {
        let mut budget = BUDGET;
        let of = |narrow: &Grant| {
            let mut out: Vec<Uncovered> = Vec::new();
            for action in atoms(Some(&narrow.actions)) {
                let mut open = Uncovered { actions: vec![action.item()], ..Uncovered::default() };
                for place in narrow.places() {
                    if !self.covers_at(narrow, action, place, &mut budget) {
                        open.resources.insert(place.0.item());
                        open.principals.insert(place.1.item());
                    }
                }
                if open.resources.is_empty() {
                    continue;
                }
                match out.iter_mut().find(|o| o.resources == open.resources && o.principals == open.principals) {
                    Some(same) => same.actions.append(&mut open.actions),
                    None => out.push(open),
                }
            }
            out
        };
        other.all.iter().map(of).collect()
    }

    /// Whether some request could be meant by one of these and one of those.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if self.all.len().saturating_mul(other.all.len()) > BUDGET / 16 {
            return true;
        }
        self.all.iter().any(|a| other.all.iter().any(|b| a.meets(b)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Whether every request that `narrow` allows is allowed by `wide`, proved. Both documents must be sound.
pub(crate) fn allows_all(wide: &Document, narrow: &Document) -> bool {
    let allowed = Grants::new(narrow, Effect::Allow);
    if !Grants::new(wide, Effect::Allow).covers(&allowed) {
        return false;
    }
    let forbidden = Grants::new(wide, Effect::Deny);
    forbidden.is_empty() || !forbidden.meets(&allowed) || Grants::new(narrow, Effect::Deny).covers(&forbidden)
}

/// Whether one grants what the other grants and forbids what it forbids, proved. Both documents must be sound.
pub(crate) fn same(a: &Document, b: &Document) -> bool {
    [Effect::Allow, Effect::Deny].into_iter().all(|effect| {
        let (a, b) = (Grants::new(a, effect), Grants::new(b, effect));
        a.covers(&b) && b.covers(&a)
    })
}

/// Whether a document says anything that its version gives another meaning than the other version would.
pub(crate) fn has_variables(document: &Document) -> bool {
    document.statements.iter().any(|s| {
        s.resources.as_ref().is_some_and(|r| r.items().iter().any(|t| t.value.contains("${")))
            || s.conditions.iter().any(|c| c.values.iter().any(|t| t.value.contains("${")))
    })
}
