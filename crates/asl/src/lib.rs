//! Amazon States Language: what a definition says, what is wrong with it, what changed between two of them.
//!
//! Everything starts from a [`Node`](statewright_source::Node) (JSON or YAML, both give the same tree). [`Definition`]
//! reads it without ever failing; [`check()`] says what is wrong with it, by the rules of [`catalogue`]; [`Flow`] is its graph; [`mentions`] lists the resources that it names; [`diff()`] and
//! [`json_changes`] hold two definitions against each other.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod check;
mod diff;
mod flow;
mod jsonata;
mod mentions;
mod model;
mod operations;
mod path;
mod resource;
mod rule;
#[cfg(test)]
mod testing;

pub use check::{
    Allowed, AwsDiagnostic, Checked, Options, Tokens, allowed, catalogue, check, locate, not_said_by_us, rule,
    unreadable,
};
pub use diff::{
    ChangeKind, DefinitionDiff, EdgeChange, JsonChange, JsonPath, JsonStep, StateChange, diff, json_changes,
};
pub use flow::{Container, ContainerRole, Edge, EdgeKind, Flow, FlowState, Retrier};
pub use mentions::{Function, Mention, Target, mentions};
pub use model::{
    Body, BodyId, Definition, MachineType, QueryLanguage, Slot, State, StateId, StateType, Transition, TransitionKind,
};
pub use resource::{Integration, LambdaArn, Pattern, Resource};
pub use rule::{Group, Rule};
