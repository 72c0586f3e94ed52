//! Which variables may, and which must, have been assigned when a state begins: a flow of facts along the transitions.

use std::collections::HashMap;

use statewright_source::{Node, Span};

use crate::{
    flow,
    model::{Body, Definition, QueryLanguage, Slot, State, StateId, TransitionKind},
};

/// More states times names than this are not followed: a definition of a megabyte could ask for gigabytes.
const MOST_CELLS: usize = 50_000_000;
/// Facts settle within as many rounds as loops are nested, and one; nobody nests as many as this.
const MOST_ROUNDS: usize = 64;

/// What is known of every state.
pub(super) struct Assigned<'n> {
    names: Vec<&'n str>,
    numbers: HashMap<&'n str, usize>,
    known: Vec<Known>,
}

/// A set of names, by number.
type Bits = Vec<u64>;

#[derive(Debug, Clone, Default)]
struct Known {
    may: Bits,
    /// `None` before any path has been followed.
    must: Option<Bits>,
}

impl<'n> Assigned<'n> {
    /// Follows every path; `None` where that would take too long.
    pub(super) fn of(definition: &Definition<'n>) -> Option<Self> {
        let mut names = Vec::new();
        let mut numbers = HashMap::new();
        for (name, _) in definition.states().iter().flat_map(names_of) {
            numbers.entry(name).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            });
        }
        if names.len().saturating_mul(definition.states().len()) > MOST_CELLS {
            return None;
        }
        let words = names.len().div_ceil(64);
        let mut facts = Self { names, numbers, known: vec![Known::default(); definition.states().len()] };
        // Bodies come after the states that own them, so each knows what its owner knows.
        for body in definition.bodies() {
            let Some(start) = body.start_at.and_then(|(name, _)| definition.find(body.id, name)) else { continue };
            let begin = match body.slot.owner() {
                Some(owner) if !isolated(body) => facts.known[owner.0].clone(),
                _ => Known::default(),
            };
            let begin =
                Known { may: sized(begin.may, words), must: Some(sized(begin.must.unwrap_or_default(), words)) };
            merge(&mut facts.known[start.id.0], &begin);
            let order = order(definition, start.id);
            let mut changed = true;
            for _ in 0..MOST_ROUNDS {
                if !std::mem::take(&mut changed) {
                    break;
                }
                for id in &order {
                    changed |= facts.step(definition.state(*id));
                }
            }
            if changed {
                return None;
            }
        }
        Some(facts)
    }

    /// Hands on what is known after a state.
    fn step(&mut self, state: &State<'n>) -> bool {
        let mut changed = false;
        for transition in &state.transitions {
            let Some(to) = transition.to else { continue };
            let mut after = self.known[state.id.0].clone();
            for name in sets(state, transition.kind, transition.rule) {
                let Some(number) = self.numbers.get(name) else { continue };
                set(&mut after.may, *number);
                set(after.must.get_or_insert_default(), *number);
            }
            changed |= merge(&mut self.known[to.0], &after);
        }
        changed
    }

    /// Whether some path assigns the variable before the state.
    pub(super) fn may(&self, state: StateId, name: &str) -> bool {
        self.numbers.get(name).is_some_and(|n| has(&self.known[state.0].may, *n))
    }

    /// Whether every path assigns the variable before the state.
    pub(super) fn must(&self, state: StateId, name: &str) -> bool {
        let must = self.known[state.0].must.as_ref();
        self.numbers.get(name).is_some_and(|n| must.is_some_and(|bits| has(bits, *n)))
    }

    /// Whether anything assigns the variable.
    pub(super) fn anywhere(&self, name: &str) -> bool {
        self.numbers.contains_key(name)
    }

    /// The names that some path assigns before the state.
    pub(super) fn before(&self, state: StateId) -> impl Iterator<Item = &'n str> {
        let known = &self.known[state.0].may;
        self.names.iter().enumerate().filter(|(n, _)| has(known, *n)).map(|(_, name)| *name)
    }
}

fn sized(mut bits: Bits, words: usize) -> Bits {
    bits.resize(words, 0);
    bits
}

fn set(bits: &mut Bits, number: usize) {
    let word = number / 64;
    if bits.len() <= word {
        bits.resize(word + 1, 0);
    }
    bits[word] |= 1 << (number % 64);
}

fn has(bits: &Bits, number: usize) -> bool {
    bits.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
}

/// Adds what a path knows. Gives whether something changed.
fn merge(known: &mut Known, path: &Known) -> bool {
    let mut changed = false;
    if known.may.len() < path.may.len() {
        known.may.resize(path.may.len(), 0);
    }
    for (word, other) in known.may.iter_mut().zip(&path.may) {
        changed |= *other & !*word != 0;
        *word |= other;
    }
    let must = path.must.clone().unwrap_or_default();
    match &mut known.must {
        None => {
            known.must = Some(must);
            changed = true;
        }
        Some(old) => {
            for (i, word) in old.iter_mut().enumerate() {
                let kept = *word & must.get(i).copied().unwrap_or(0);
                changed |= kept != *word;
                *word = kept;
            }
        }
    }
    changed
}

/// The states that a start reaches, each before those that only it leads to.
fn order(definition: &Definition<'_>, start: StateId) -> Vec<StateId> {
    let mut seen = vec![false; definition.states().len()];
    let mut stack = vec![(start, 0)];
    let mut done = Vec::new();
    seen[start.0] = true;
    while let Some((id, next)) = stack.pop() {
        let mut ways = definition.state(id).transitions.iter().skip(next).enumerate();
        let fresh = ways.find_map(|(i, t)| t.to.filter(|to| !seen[to.0]).map(|to| (i, to)));
        match fresh {
            Some((i, to)) => {
                stack.push((id, next + i + 1));
                seen[to.0] = true;
                stack.push((to, 0));
            }
            None => done.push(id),
        }
    }
    done.reverse();
    done
}

/// Whether the states of a body see no variable of the states around it.
pub(super) fn isolated(body: &Body<'_>) -> bool {
    matches!(body.slot, Slot::ItemProcessor { .. } | Slot::Iterator { .. }) && flow::distributed(body.node)
}

/// The names in a state's own `Assign` fields, with their places.
pub(super) fn names_of<'n>(state: &State<'n>) -> impl Iterator<Item = (&'n str, Span)> {
    let jsonata = state.language == Some(QueryLanguage::Jsonata);
    let list = |field: &str| state.get(field).and_then(Node::as_seq).unwrap_or_default().iter();
    let objects: Vec<&'n Node> = state
        .get("Assign")
        .into_iter()
        .chain(list("Choices").chain(list("Catch")).filter_map(|rule| rule.get("Assign")))
        .collect();
    objects.into_iter().flat_map(move |node| names(node, jsonata))
}

fn names(node: &Node, jsonata: bool) -> impl Iterator<Item = (&str, Span)> {
    node.as_map().unwrap_or_default().iter().map(move |e| {
        let name = if jsonata { e.key.as_str() } else { e.key.strip_suffix(".$").unwrap_or(&e.key) };
        (name, e.key_span)
    })
}

/// What a way out of a state assigns: a rule's or a catcher's own `Assign`, else the state's.
fn sets<'n>(state: &State<'n>, kind: TransitionKind, rule: Option<&'n Node>) -> impl Iterator<Item = &'n str> {
    let node = match kind {
        TransitionKind::Choice(_) | TransitionKind::Catch(_) => rule.and_then(|r| r.get("Assign")),
        TransitionKind::Next | TransitionKind::Default => state.get("Assign"),
    };
    let jsonata = state.language == Some(QueryLanguage::Jsonata);
    node.into_iter().flat_map(move |n| names(n, jsonata)).map(|(name, _)| name)
}
