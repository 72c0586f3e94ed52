//! Data tests of the whole crate, and laws over generated documents.

mod actions;
mod corpus;
mod derived;
mod laws;
mod meaning;
mod needs;
mod validation;
