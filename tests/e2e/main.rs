//! The real binary against real emulators: one module a story.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod bad_input;
mod caller;
mod custody;
mod dashboard;
mod definitions;
mod docs;
mod executions;
mod faults;
mod fields;
mod follow;
mod graph;
mod hostile;
mod outputs;
mod ownership;
mod permissions;
mod preflight;
mod questions;
mod saved;
mod secrets;
mod seed;
mod several;
mod shrink;
mod status;
mod waits;
