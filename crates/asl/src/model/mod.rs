//! A definition as AWS reads it: bodies (a machine, a branch, a map's processor), states, transitions.
//!
//! Reading never fails. What is missing or of the wrong kind is absent here and a finding of the rules.

mod read;

use std::fmt;

use statewright_source::{Entry, Node, Span};

/// A whole definition. It borrows the tree that it was read from.
#[derive(Debug, Clone)]
pub struct Definition<'n> {
    /// The tree.
    pub root: &'n Node,
    /// The machine's own `QueryLanguage`; `JSONPath` where it says nothing, `None` where it says something unreadable.
    pub language: Option<QueryLanguage>,
    bodies: Vec<Body<'n>>,
    states: Vec<State<'n>>,
}

/// Index of a [`Body`] in its [`Definition`]. The machine's own body is [`BodyId::MACHINE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(pub usize);

/// Index of a [`State`] in its [`Definition`], in the order of the text (a container before what it contains).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub usize);

/// An object that holds `StartAt` and `States`.
#[derive(Debug, Clone)]
pub struct Body<'n> {
    /// Its own index.
    pub id: BodyId,
    /// The object.
    pub node: &'n Node,
    /// Where it hangs.
    pub slot: Slot,
    /// The text of `StartAt`, if it is a string.
    pub start_at: Option<(&'n str, Span)>,
    /// Its states, in the order of the text.
    pub states: Vec<StateId>,
    /// How many containers are around it; 0 for the machine.
    pub depth: usize,
}

/// Where a body hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// It is the machine.
    Machine,
    /// `Branches[index]` of a Parallel state.
    Branch {
        /// The Parallel state.
        owner: StateId,
        /// Which branch, from 0.
        index: usize,
    },
    /// `ItemProcessor` of a Map state.
    ItemProcessor {
        /// The Map state.
        owner: StateId,
    },
    /// `Iterator` of a Map state: the old name of `ItemProcessor`.
    Iterator {
        /// The Map state.
        owner: StateId,
    },
}

/// One state.
#[derive(Debug, Clone)]
pub struct State<'n> {
    /// Its own index.
    pub id: StateId,
    /// The body that holds it.
    pub body: BodyId,
    /// Its name.
    pub name: &'n str,
    /// The place of its name.
    pub name_span: Span,
    /// Its object (or whatever stands there instead).
    pub node: &'n Node,
    /// Its type, if it is one of the eight.
    pub kind: Option<StateType>,
    /// The language that its fields are in: its own, else the machine's and never an enclosing container's (measured
    /// on AWS by the contributors of floci). `None` where that cannot be known.
    pub language: Option<QueryLanguage>,
    /// Where it goes, in the order `Next`, `Choices`, `Default`, `Catch`.
    pub transitions: Vec<Transition<'n>>,
    /// Whether an execution may end here: `End: true`, `Succeed`, `Fail`.
    pub terminal: bool,
    /// The bodies inside it.
    pub bodies: Vec<BodyId>,
}

/// One way out of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition<'n> {
    /// Which of the state's fields.
    pub kind: TransitionKind,
    /// The name that it gives.
    pub target: &'n str,
    /// The place of that name.
    pub span: Span,
    /// The state that it means, if the same body has one of that name.
    pub to: Option<StateId>,
    /// The choice rule or the catcher that it belongs to.
    pub rule: Option<&'n Node>,
}

/// Which field a transition stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransitionKind {
    /// `Next`
    Next,
    /// `Choices[n].Next`
    Choice(usize),
    /// `Default`
    Default,
    /// `Catch[n].Next`
    Catch(usize),
}

/// The eight types of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[allow(missing_docs, reason = "the names are the language's own")]
pub enum StateType {
    Task,
    Wait,
    Pass,
    Succeed,
    Fail,
    Choice,
    Parallel,
    Map,
}

/// The two query languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum QueryLanguage {
    /// `InputPath`, `Parameters`, `$.a`; what a definition without `QueryLanguage` is in.
    #[serde(rename = "JSONPath")]
    JsonPath,
    /// `Arguments`, `Output`, `{% … %}`.
    #[serde(rename = "JSONata")]
    Jsonata,
}

/// The types of machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MachineType {
    /// Up to a year, exactly once.
    Standard,
    /// Up to five minutes, at least once.
    Express,
}

impl BodyId {
    /// The machine's own body.
    pub const MACHINE: Self = Self(0);
}

impl Slot {
    /// The state that owns the body; `None` for the machine.
    pub const fn owner(self) -> Option<StateId> {
        match self {
            Self::Machine => None,
            Self::Branch { owner, .. } | Self::ItemProcessor { owner } | Self::Iterator { owner } => Some(owner),
        }
    }
}

impl StateType {
    /// All eight, in the order in which AWS lists them.
    pub const ALL: [Self; 8] =
        [Self::Task, Self::Wait, Self::Pass, Self::Succeed, Self::Fail, Self::Choice, Self::Parallel, Self::Map];

    /// As a definition writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Wait => "Wait",
            Self::Pass => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Choice => "Choice",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }

    /// The type of that exact name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == name)
    }

    /// Whether it needs `Next` or `End`.
    pub const fn goes_on(self) -> bool {
        matches!(self, Self::Task | Self::Wait | Self::Pass | Self::Parallel | Self::Map)
    }
}

impl fmt::Display for StateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl QueryLanguage {
    /// As a definition writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }
}

impl fmt::Display for QueryLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'n> Definition<'n> {
    /// Reads a tree.
    pub fn of(root: &'n Node) -> Self {
        read::definition(root)
    }

    /// Every body: the machine first, then in the order of the text.
    pub fn bodies(&self) -> &[Body<'n>] {
        &self.bodies
    }

    /// Every state of every body, in the order of the text.
    pub fn states(&self) -> &[State<'n>] {
        &self.states
    }

    /// The body with that index.
    ///
    /// # Panics
    /// When the id comes from another definition: a bug of ours, never a user's.
    pub fn body(&self, id: BodyId) -> &Body<'n> {
        &self.bodies[id.0]
    }

    /// The state with that index.
    ///
    /// # Panics
    /// When the id comes from another definition.
    pub fn state(&self, id: StateId) -> &State<'n> {
        &self.states[id.0]
    }

    /// The state of that name in one body.
    pub fn find(&self, body: BodyId, name: &str) -> Option<&State<'n>> {
        self.body(body).states.iter().map(|id| self.state(*id)).find(|s| s.name == name)
    }

    /// The state around a body or a state's body; `None` at the top.
    pub fn owner(&self, body: BodyId) -> Option<&State<'n>> {
        self.body(body).slot.owner().map(|id| self.state(id))
    }

    /// Where a body is, as AWS writes places: empty for the machine, else `/States/P/Branches[0]`.
    pub fn body_location(&self, body: BodyId) -> String {
        match self.body(body).slot {
            Slot::Machine => String::new(),
            Slot::Branch { owner, index } => format!("{}/Branches[{index}]", self.location(owner)),
            Slot::ItemProcessor { owner } => format!("{}/ItemProcessor", self.location(owner)),
            Slot::Iterator { owner } => format!("{}/Iterator", self.location(owner)),
        }
    }

    /// Where a state is, as AWS writes places: `/States/M/ItemProcessor/States/P`. A slash in a name is not escaped.
    pub fn location(&self, state: StateId) -> String {
        let state = self.state(state);
        format!("{}/States/{}", self.body_location(state.body), state.name)
    }
}

impl<'n> State<'n> {
    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&'n Node> {
        self.node.get(field)
    }

    /// A field with its key.
    pub fn entry(&self, field: &str) -> Option<&'n Entry> {
        self.node.entry(field)
    }

    /// The text of a field that is a string.
    pub fn text(&self, field: &str) -> Option<&'n str> {
        self.get(field)?.as_str()
    }
}

impl TransitionKind {
    /// Where it stands within its state, as AWS writes places: `Choices[0]/Next`.
    pub fn location(self) -> String {
        match self {
            Self::Next => "Next".to_owned(),
            Self::Default => "Default".to_owned(),
            Self::Choice(n) => format!("Choices[{n}]/Next"),
            Self::Catch(n) => format!("Catch[{n}]/Next"),
        }
    }
}
