//! JSONata 2.0.6, the version that Step Functions runs: a parser with places, and what the functions take.
//!
//! The parser is our own: of the libraries one gives no places at all, and one evaluates and gives the character index
//! of a token, where we need ranges, the messages of the reference implementation (AWS passes them on), and bounds on depth.

mod ast;
mod functions;
mod lexer;
mod parser;
mod scope;
#[cfg(test)]
mod tests;

pub(crate) use ast::{Binary, Expr, Kind};
pub(crate) use functions::{arity, names};
pub(crate) use parser::parse;
pub(crate) use scope::{Gives, References, gives, references};

use std::ops::Range;

/// Why an expression is not JSONata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// In the words of the reference implementation.
    pub(crate) message: String,
    /// Bytes of the expression.
    pub(crate) at: Range<usize>,
}

/// The deepest nesting of brackets that is parsed.
const MAX_DEPTH: usize = 200;
/// The highest tree: a chain of operators grows it too. Step Functions itself gives up on a chain of 200.
const MAX_HEIGHT: usize = 1_000;
