//! Laws over generated stacks, plans as they look, and each finding.

mod access;
mod believed;
mod custody;
mod definitions;
mod documents;
mod dump;
mod fields;
mod findings;
mod forecast;
mod generate;
mod golden;
mod grants;
mod laws;
mod redaction;
pub(crate) mod samples;
mod specs;
