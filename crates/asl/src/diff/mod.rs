//! Two definitions against each other: as JSON, and as states and edges.

mod json;
mod states;
#[cfg(test)]
mod tests;

pub use json::{JsonChange, JsonPath, JsonStep, json_changes};
pub use states::{ChangeKind, DefinitionDiff, EdgeChange, StateChange, diff};
