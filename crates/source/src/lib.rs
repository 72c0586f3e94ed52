//! Text becomes a tree in which every node knows its place, and a fault becomes a diagnostic that shows it.
//!
//! One parse of YAML and one of JSON give the same [`Node`]s. Nothing in here knows what a spec, a definition or a
//! policy is; every crate that does reads these trees and answers with [`Diagnostic`]s.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

#[cfg(test)]
mod check;
pub mod codes;
#[cfg(test)]
mod corpus;
mod decode;
mod diagnostic;
mod faults;
mod json;
mod nearest;
mod node;
mod part;
pub mod render;
mod sources;
mod span;
mod visible;
mod yaml;

pub use decode::{DecodeError, decode};
pub use diagnostic::{Code, Diagnostic, Fix, Label, Severity};
pub use json::parse_json;
pub use nearest::nearest;
pub use node::{Entry, Node, Value};
pub use sources::{SourceFile, Sources};
pub use span::{FileId, Position, Span};
pub use visible::visible;
pub use yaml::{Comment, Lookalike, comments, lookalike, parse_yaml};

/// The largest file that is parsed, in bytes (the size of a Step Functions definition, and of a spec).
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// The deepest nesting that is parsed.
pub const MAX_DEPTH: usize = 128;
/// The most nodes that one file may have once its aliases are expanded: an alias bomb stops here.
pub const MAX_NODES: usize = 1_000_000;

/// What a parser gives: always a list of findings, and a tree wherever there is anything to look at.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The root, or `None` for an empty or hopeless text.
    pub root: Option<Node>,
    /// What is wrong with the text as text.
    pub diagnostics: Vec<Diagnostic>,
}
