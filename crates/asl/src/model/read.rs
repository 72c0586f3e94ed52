//! From a tree to a [`Definition`].

use std::collections::HashMap;

use statewright_source::{Entry, Node};

use super::{Body, BodyId, Definition, QueryLanguage, Slot, State, StateId, StateType, Transition, TransitionKind};

/// How a state's or a machine's own `QueryLanguage` reads.
enum Declared {
    Nothing,
    Language(QueryLanguage),
    Unreadable,
}

/// AWS takes exactly `JSONPath` for JSONPath and whatever else stands there for JSONata, a number included (measured on
/// AWS by the contributors of floci). A token that is filled in later may be either.
fn declared(node: &Node) -> Declared {
    match node.get("QueryLanguage") {
        None => Declared::Nothing,
        Some(value) => match value.as_str() {
            Some("JSONPath") => Declared::Language(QueryLanguage::JsonPath),
            Some(text) if text.contains("${") => Declared::Unreadable,
            _ => Declared::Language(QueryLanguage::Jsonata),
        },
    }
}

pub(super) fn definition(root: &Node) -> Definition<'_> {
    let language = match declared(root) {
        Declared::Nothing => Some(QueryLanguage::JsonPath),
        Declared::Language(language) => Some(language),
        Declared::Unreadable => None,
    };
    let mut read = Reader { machine: language, bodies: Vec::new(), states: Vec::new() };
    read.body(root, Slot::Machine, 0);
    Definition { root, language, bodies: read.bodies, states: read.states }
}

struct Reader<'n> {
    machine: Option<QueryLanguage>,
    bodies: Vec<Body<'n>>,
    states: Vec<State<'n>>,
}

impl<'n> Reader<'n> {
    fn body(&mut self, node: &'n Node, slot: Slot, depth: usize) -> BodyId {
        let id = BodyId(self.bodies.len());
        let start_at = node.get("StartAt").and_then(|n| Some((n.as_str()?, n.span)));
        self.bodies.push(Body { id, node, slot, start_at, states: Vec::new(), depth });
        let entries = node.get("States").and_then(Node::as_map).unwrap_or_default();
        let ids: Vec<StateId> = entries.iter().map(|entry| self.state(entry, id, depth)).collect();
        let by_name: HashMap<&str, StateId> = ids.iter().rev().map(|id| (self.states[id.0].name, *id)).collect();
        for id in &ids {
            for transition in &mut self.states[id.0].transitions {
                transition.to = by_name.get(transition.target).copied();
            }
        }
        self.bodies[id.0].states = ids;
        id
    }

    fn state(&mut self, entry: &'n Entry, body: BodyId, depth: usize) -> StateId {
        let id = StateId(self.states.len());
        let node = &entry.value;
        let kind = node.get("Type").and_then(Node::as_str).and_then(StateType::of);
        self.states.push(State {
            id,
            body,
            name: &entry.key,
            name_span: entry.key_span,
            node,
            kind,
            language: self.language(node),
            transitions: transitions(node),
            terminal: matches!(kind, Some(StateType::Succeed | StateType::Fail))
                || node.get("End").is_some_and(|n| n.value == statewright_source::Value::Bool(true)),
            bodies: Vec::new(),
        });
        let mut inner = Vec::new();
        for (index, branch) in node.get("Branches").and_then(Node::as_seq).unwrap_or_default().iter().enumerate() {
            inner.push(self.body(branch, Slot::Branch { owner: id, index }, depth + 1));
        }
        if let Some(processor) = node.get("ItemProcessor") {
            inner.push(self.body(processor, Slot::ItemProcessor { owner: id }, depth + 1));
        }
        if let Some(iterator) = node.get("Iterator") {
            inner.push(self.body(iterator, Slot::Iterator { owner: id }, depth + 1));
        }
        self.states[id.0].bodies = inner;
        id
    }

    /// A state that turns a JSONata machine back to JSONPath is refused as such, and AWS then holds no field of it
    /// against either language.
    fn language(&self, node: &Node) -> Option<QueryLanguage> {
        match (declared(node), self.machine) {
            (Declared::Language(QueryLanguage::JsonPath), Some(QueryLanguage::Jsonata)) | (Declared::Unreadable, _) => {
                None
            }
            (Declared::Language(own), _) => Some(own),
            (Declared::Nothing, machine) => machine,
        }
    }
}

fn transitions(state: &Node) -> Vec<Transition<'_>> {
    let list = |field: &str| state.get(field).and_then(Node::as_seq).unwrap_or_default().iter().enumerate();
    let next = state.get("Next").map(|n| (TransitionKind::Next, n, None));
    let choices =
        list("Choices").filter_map(|(n, rule)| Some((TransitionKind::Choice(n), rule.get("Next")?, Some(rule))));
    let default = state.get("Default").map(|n| (TransitionKind::Default, n, None));
    let catches = list("Catch").filter_map(|(n, rule)| Some((TransitionKind::Catch(n), rule.get("Next")?, Some(rule))));
    next.into_iter()
        .chain(choices)
        .chain(default)
        .chain(catches)
        .filter_map(|(kind, node, rule)| {
            Some(Transition { kind, target: node.as_str()?, span: node.span, to: None, rule })
        })
        .collect()
}
