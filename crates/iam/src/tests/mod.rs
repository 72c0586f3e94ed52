//! Data tests of the whole crate, and laws over generated documents.

mod actions;
mod corpus;
mod derived;
mod evaluation;
mod laws;
mod lint;
mod meaning;
mod needs;
mod validation;
