//! The graph of a definition, in owned data: for drawing, for walking, for comparing.

mod condition;
#[cfg(test)]
mod tests;

pub(crate) use condition::expression;

use statewright_source::{Node, Span};

use crate::model::{BodyId, Definition, QueryLanguage, Slot, StateType, TransitionKind};

/// Every state, every way between them, and what contains what. Indices are positions in these lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// In the order of the text, a container before what it contains.
    pub states: Vec<FlowState>,
    /// In the order of their states, then `Next`, `Choices`, `Default`, `Catch`.
    pub edges: Vec<Edge>,
    /// The machine first.
    pub containers: Vec<Container>,
}

/// A state as a box.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowState {
    /// Its name.
    pub name: String,
    /// Its type; `None` for a state whose type is missing or unknown.
    pub kind: Option<StateType>,
    /// The language of its fields, if it can be known.
    pub language: Option<QueryLanguage>,
    /// A Task's `Resource`, as it is written.
    pub resource: Option<String>,
    /// Its `Comment`.
    pub comment: Option<String>,
    /// Its retriers: the errors and the most attempts (3 where it says nothing).
    pub retries: Vec<Retrier>,
    /// Which container holds it.
    pub container: usize,
    /// The containers inside it.
    pub contains: Vec<usize>,
    /// Whether an execution may end here.
    pub terminal: bool,
    /// Whether it can be reached from its container's start.
    pub reachable: bool,
    /// The place of its name.
    pub span: Span,
    /// As AWS writes places.
    pub location: String,
}

/// One entry of `Retry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrier {
    /// `ErrorEquals`.
    pub errors: Vec<String>,
    /// `MaxAttempts`.
    pub max_attempts: u64,
}

/// A way from one state to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The state that it leaves.
    pub from: usize,
    /// The state that it enters; `None` where no state of the same container has that name.
    pub to: Option<usize>,
    /// The name that is written.
    pub target: String,
    /// Why it is taken.
    pub kind: EdgeKind,
    /// The place of the name.
    pub span: Span,
}

/// Why an edge is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeKind {
    /// `Next`.
    Next,
    /// A rule of a Choice state holds.
    Choice {
        /// Which rule, from 0.
        index: usize,
        /// The condition in words: `$.n > 5 and not $.done is present`.
        condition: String,
    },
    /// No rule holds.
    Default,
    /// An error is caught.
    Catch {
        /// Which catcher, from 0.
        index: usize,
        /// `ErrorEquals`.
        errors: Vec<String>,
    },
}

/// What holds states: the machine, a branch, a map's processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The state that it belongs to; `None` for the machine.
    pub owner: Option<usize>,
    /// What it is of that state.
    pub role: ContainerRole,
    /// The state that it starts with, if there is one of that name.
    pub start: Option<usize>,
    /// The name in `StartAt`.
    pub start_at: Option<String>,
    /// Its states, in the order of the text.
    pub states: Vec<usize>,
}

/// What a container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerRole {
    /// The whole machine.
    Machine,
    /// A branch of a Parallel state, from 0.
    Branch(usize),
    /// What a Map state does for each item, in its own execution.
    Inline,
    /// What a Map state does for each item, in child executions.
    Distributed,
}

impl Flow {
    /// The flow of a definition.
    pub fn of(definition: &Definition<'_>) -> Self {
        let reachable = reachable(definition);
        let states = definition
            .states()
            .iter()
            .map(|state| FlowState {
                name: state.name.to_owned(),
                kind: state.kind,
                language: state.language,
                resource: state.text("Resource").map(str::to_owned),
                comment: state.text("Comment").map(str::to_owned),
                retries: list(state.get("Retry")).map(retrier).collect(),
                container: state.body.0,
                contains: state.bodies.iter().map(|b| b.0).collect(),
                terminal: state.terminal,
                reachable: reachable[state.id.0],
                span: state.name_span,
                location: definition.location(state.id),
            })
            .collect();
        let edges = definition
            .states()
            .iter()
            .flat_map(|state| state.transitions.iter().map(move |t| (state, t)))
            .map(|(state, t)| Edge {
                from: state.id.0,
                to: t.to.map(|id| id.0),
                target: t.target.to_owned(),
                kind: match t.kind {
                    TransitionKind::Next => EdgeKind::Next,
                    TransitionKind::Default => EdgeKind::Default,
                    TransitionKind::Choice(index) => {
                        EdgeKind::Choice { index, condition: t.rule.map(condition::in_words).unwrap_or_default() }
                    }
                    TransitionKind::Catch(index) => {
                        EdgeKind::Catch { index, errors: t.rule.map(error_equals).unwrap_or_default() }
                    }
                },
                span: t.span,
            })
            .collect();
        let containers = definition
            .bodies()
            .iter()
            .map(|body| Container {
                owner: body.slot.owner().map(|id| id.0),
                role: match body.slot {
                    Slot::Machine => ContainerRole::Machine,
                    Slot::Branch { index, .. } => ContainerRole::Branch(index),
                    Slot::ItemProcessor { .. } | Slot::Iterator { .. } if distributed(body.node) => {
                        ContainerRole::Distributed
                    }
                    Slot::ItemProcessor { .. } | Slot::Iterator { .. } => ContainerRole::Inline,
                },
                start: body.start_at.and_then(|(name, _)| definition.find(body.id, name)).map(|s| s.id.0),
                start_at: body.start_at.map(|(name, _)| name.to_owned()),
                states: body.states.iter().map(|id| id.0).collect(),
            })
            .collect();
        Self { states, edges, containers }
    }
}

/// Whether a map's processor runs in child executions.
pub(crate) fn distributed(processor: &Node) -> bool {
    processor.get("ProcessorConfig").and_then(|c| c.get("Mode")).and_then(Node::as_str) == Some("DISTRIBUTED")
}

/// For each state, whether a path of transitions leads to it from its body's start.
pub(crate) fn reachable(definition: &Definition<'_>) -> Vec<bool> {
    let mut seen = vec![false; definition.states().len()];
    for body in definition.bodies() {
        let start = body.start_at.and_then(|(name, _)| definition.find(body.id, name));
        let mut stack: Vec<_> = start.map(|s| s.id).into_iter().collect();
        while let Some(id) = stack.pop() {
            if !std::mem::replace(&mut seen[id.0], true) {
                stack.extend(definition.state(id).transitions.iter().filter_map(|t| t.to));
            }
        }
    }
    debug_assert!(definition.bodies().first().is_some_and(|b| b.id == BodyId::MACHINE));
    seen
}

fn list(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    node.and_then(Node::as_seq).unwrap_or_default().iter()
}

pub(crate) fn error_equals(rule: &Node) -> Vec<String> {
    list(rule.get("ErrorEquals")).filter_map(Node::as_str).map(str::to_owned).collect()
}

fn retrier(node: &Node) -> Retrier {
    let max_attempts = match node.get("MaxAttempts").map(|n| &n.value) {
        Some(statewright_source::Value::Number(n)) => n.as_u64().unwrap_or(3),
        _ => 3,
    };
    Retrier { errors: error_equals(node), max_attempts }
}
