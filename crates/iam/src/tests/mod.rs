//! Data tests of the whole crate, and laws over generated documents.

mod corpus;
mod laws;
mod meaning;
mod validation;
