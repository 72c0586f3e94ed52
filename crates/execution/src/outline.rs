//! What the definition says of its states, as far as a history needs it: what holds what, who tries again, who catches.

use std::collections::HashMap;

use statewright_asl::{ContainerRole, Definition, Edge, EdgeKind, Flow, FlowState};
use statewright_source::{Node, Value};

/// A definition's states, by name. Names are unique in a whole definition (AWS refuses it otherwise).
#[derive(Debug, Clone, Default)]
pub struct Outline {
    flow: Option<Flow>,
    by_name: HashMap<String, usize>,
    retriers: Vec<Vec<Retrier>>,
    errors: Vec<Option<String>>,
    arguments: HashMap<usize, Vec<(String, String)>>,
}

/// One entry of `Retry`, with the defaults that AWS has.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrier {
    /// `ErrorEquals`.
    pub errors: Vec<String>,
    /// `IntervalSeconds`, 1 where it says nothing.
    pub interval: f64,
    /// `BackoffRate`, 2 where it says nothing.
    pub backoff: f64,
    /// `MaxDelaySeconds`.
    pub longest: Option<f64>,
    /// `MaxAttempts`, 3 where it says nothing.
    pub max_attempts: u64,
}

impl Retrier {
    /// The seconds before try `number` (from 1) of this retrier; with `JitterStrategy` at most that.
    pub fn wait(&self, number: u64) -> f64 {
        let power = i32::try_from(number.saturating_sub(1)).unwrap_or(i32::MAX);
        let wait = self.interval * self.backoff.powi(power);
        self.longest.map_or(wait, |longest| wait.min(longest))
    }
}

impl Outline {
    /// Of a definition.
    pub fn of(definition: &Definition<'_>) -> Self {
        let flow = Flow::of(definition);
        let by_name = flow.states.iter().enumerate().map(|(index, state)| (state.name.clone(), index)).collect();
        let retriers = definition.states().iter().map(|state| list(state.get("Retry")).map(retrier).collect());
        let errors = definition.states().iter().map(|state| state.text("Error").map(str::to_owned));
        let arguments = definition.states().iter().map(|state| {
            let given = state.get("Parameters").or_else(|| state.get("Arguments")).and_then(Node::as_map);
            let texts = given.unwrap_or_default().iter();
            let texts = texts.filter_map(|entry| Some((entry.key.clone(), entry.value.as_str()?.to_owned())));
            (state.id.0, texts.collect())
        });
        Self {
            by_name,
            retriers: retriers.collect(),
            errors: errors.collect(),
            arguments: arguments.collect(),
            flow: Some(flow),
        }
    }

    /// Of a definition's JSON, as `DescribeStateMachineForExecution` gives it; `None` where it is none.
    pub fn parse(definition: &str) -> Option<Self> {
        let file = statewright_source::Sources::default().add("definition", definition);
        let parsed = statewright_source::parse_json(file, definition);
        parsed.root.map(|root| Self::of(&Definition::of(&root)))
    }

    /// Nothing is known.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The graph, where the definition is known.
    pub fn flow(&self) -> Option<&Flow> {
        self.flow.as_ref()
    }

    /// The index of a state in the flow.
    pub fn index(&self, state: &str) -> Option<usize> {
        self.by_name.get(state).copied()
    }

    /// A state.
    pub fn state(&self, name: &str) -> Option<&FlowState> {
        self.flow.as_ref()?.states.get(self.index(name)?)
    }

    /// The state that holds this one, and as what; `None` at the top, and where nothing is known.
    pub fn holder(&self, name: &str) -> Option<(&str, ContainerRole)> {
        let flow = self.flow.as_ref()?;
        let container = flow.containers.get(self.state(name)?.container)?;
        Some((&flow.states.get(container.owner?)?.name, container.role))
    }

    /// Whether the definition has the state at its top.
    pub(crate) fn is_top(&self, name: &str) -> bool {
        self.state(name).is_some() && self.holder(name).is_none()
    }

    /// Whether a block ends with the state, unless it catches an error.
    pub(crate) fn ends(&self, name: &str) -> bool {
        self.state(name).is_some_and(|state| state.terminal)
    }

    /// The error that a Fail state gives, where it is written down.
    pub(crate) fn error(&self, name: &str) -> Option<&str> {
        self.errors.get(self.index(name)?)?.as_deref()
    }

    /// A text among a Task's `Parameters` or `Arguments`, as it is written; an expression is none.
    pub(crate) fn argument(&self, name: &str, key: &str) -> Option<&str> {
        let given = self.arguments.get(&self.index(name)?)?;
        let (_, text) = given.iter().find(|(name, _)| name == key)?;
        (!text.starts_with("{%")).then_some(text)
    }

    /// The retrier that takes an error, and which of the state's it is.
    pub(crate) fn retrier(&self, name: &str, error: &str) -> Option<(usize, &Retrier)> {
        let retriers = self.retriers.get(self.index(name)?)?;
        retriers.iter().enumerate().find(|(_, retrier)| takes(&retrier.errors, error))
    }

    /// Where the state's catcher of an error leads.
    pub(crate) fn catcher(&self, name: &str, error: &str) -> Option<&Edge> {
        self.edges(name).find(|edge| matches!(&edge.kind, EdgeKind::Catch { errors, .. } if takes(errors, error)))
    }

    /// Whether the state takes errors of some name itself.
    pub(crate) fn handles(&self, name: &str) -> bool {
        self.state(name).is_some_and(|state| !state.retries.is_empty())
            || self.edges(name).any(|edge| matches!(edge.kind, EdgeKind::Catch { .. }))
    }

    /// The ways out of a state.
    pub fn edges(&self, name: &str) -> impl Iterator<Item = &Edge> {
        let from = self.index(name);
        self.flow.iter().flat_map(|flow| &flow.edges).filter(move |edge| Some(edge.from) == from)
    }
}

/// Whether one of the names in `ErrorEquals` means an error.
///
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>: `States.ALL` means all but
/// `States.DataLimitExceeded` and `States.Runtime`; `States.TaskFailed` means all but `States.Timeout`.
fn takes(names: &[String], error: &str) -> bool {
    let terminal = matches!(error, "States.DataLimitExceeded" | "States.Runtime");
    names.iter().any(|name| match name.as_str() {
        "States.ALL" => !terminal,
        "States.TaskFailed" => !terminal && error != "States.Timeout",
        name => name == error || (name == "States.Timeout" && error == "States.HeartbeatTimeout"),
    })
}

fn list(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    node.and_then(Node::as_seq).unwrap_or_default().iter()
}

fn retrier(node: &Node) -> Retrier {
    let number = |key: &str| match node.get(key).map(|node| &node.value) {
        Some(Value::Number(number)) => number.as_f64(),
        _ => None,
    };
    let attempts = match node.get("MaxAttempts").map(|node| &node.value) {
        Some(Value::Number(number)) => number.as_u64(),
        _ => None,
    };
    Retrier {
        errors: list(node.get("ErrorEquals")).filter_map(Node::as_str).map(str::to_owned).collect(),
        interval: number("IntervalSeconds").unwrap_or(1.0),
        backoff: number("BackoffRate").unwrap_or(2.0),
        longest: number("MaxDelaySeconds"),
        max_attempts: attempts.unwrap_or(3),
    }
}
