//! The only crate that links the AWS SDK: it connects, observes, answers, changes and runs.
//!
//! One file a kind under `kind/`, each with what is read of it, what is written, and how AWS's shape becomes
//! [`statewright_spec::Resource`]. Every SDK call goes through one door (`Connection::send`), which bounds how many are in
//! flight and turns every sort of failure into a [`Refusal`](statewright_planner::Refusal). [`permissions::ACTIONS`] lists
//! them all with the IAM actions they need.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod access_analyzer;
mod answer;
mod condition;
mod connect;
mod credentials;
mod document;
pub mod fields;
mod http;
mod kind;
mod lookup;
mod observe;
mod pages;
mod perform;
pub mod permissions;
mod preflight;
mod quotas;
mod refusal;
pub mod run;
mod s3;
mod search;
mod tagging;

pub use connect::{Connection, OpenError, Settings};
