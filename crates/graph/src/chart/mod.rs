//! A definition as a picture shows it: boxes with their words, and the ways between them.

mod caption;
mod draft;
mod resource;
#[cfg(test)]
mod tests;
mod union;

use statewright_asl::{ContainerRole, Definition, StateType};

use crate::PlanPaint;
use draft::Draft;

/// A machine as a picture shows it. Everything in it stands in the order in which a run comes to it, so that the order of
/// the definition's keys never shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    nodes: Vec<Node>,
    blocks: Vec<Block>,
    links: Vec<Link>,
}

/// A state as a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name, as it is written: to be made visible before it is shown.
    pub name: String,
    /// Its type; `None` for one that is missing or unknown.
    pub kind: Option<StateType>,
    /// What it is, in words: `Lambda extract`, `Glue transform, waits`, `Wait 30s`.
    pub caption: String,
    /// What else there is to know, each a few words: `retry ×3`, `timeout 60s`.
    pub details: Vec<String>,
    /// Its `Comment`.
    pub comment: Option<String>,
    /// The block that holds it.
    pub block: usize,
    /// The blocks inside it.
    pub contains: Vec<usize>,
    /// Whether an execution of its block may end with it.
    pub terminal: bool,
    /// Whether it can be reached from its block's start.
    pub reachable: bool,
}

/// What holds states: the machine, a branch, what a Map does for each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The state that it belongs to; `None` for the machine.
    pub owner: Option<usize>,
    /// What it is of that state.
    pub role: ContainerRole,
    /// The state that it starts with, if there is one of that name.
    pub start: Option<usize>,
    /// Its states, in the order in which a run comes to them; those that it never comes to last.
    pub nodes: Vec<usize>,
}

/// A way from one state to another of the same block. Rules of a Choice with the same target are one, and so are catchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The state that it leaves.
    pub from: usize,
    /// The state that it enters.
    pub to: usize,
    /// What it is.
    pub kind: LinkKind,
    /// Why it is taken, a line a rule or catcher: `1 $.n > 5`, `catch States.Timeout`; empty for a plain `Next`.
    pub labels: Vec<String>,
}

/// What a way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// `Next`.
    Next,
    /// A rule of a Choice holds.
    Choice,
    /// No rule of a Choice holds.
    Default,
    /// An error is caught.
    Catch,
}

impl LinkKind {
    /// As a program reads it: the value of `data-kind`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Choice => "choice",
            Self::Default => "default",
            Self::Catch => "catch",
        }
    }
}

impl Chart {
    /// The chart of a definition. Never fails: what is missing is not drawn, and a way to a state that is not there is said in its
    /// box.
    pub fn of(definition: &Definition<'_>) -> Self {
        Draft::of(definition).ordered()
    }

    /// Two definitions in one chart, and what changes from the first to the second: states that go stay in the picture.
    pub fn between(before: &Definition<'_>, after: &Definition<'_>) -> (Self, PlanPaint) {
        let (draft, paint) = union::of(before, after);
        (draft.ordered(), paint)
    }

    /// The states. A container stands before what it contains.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What holds states; the machine first.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The ways between states, in the order of what they leave.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The state of that name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }
}

impl Node {
    /// Whether it is a Map whose items run in executions of their own.
    pub fn is_distributed(&self, chart: &Chart) -> bool {
        self.contains.iter().any(|block| chart.blocks[*block].role == ContainerRole::Distributed)
    }

    /// The type as a word; `?` where there is none.
    pub fn type_word(&self) -> &'static str {
        self.kind.map_or("?", StateType::as_str)
    }
}
