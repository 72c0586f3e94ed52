//! The dashboard: stacks, machines, plans and executions as pages, served on the loopback.
//!
//! ```text
//! Backend ──▶ Watch (what was read last, read again while somebody looks) ──▶ page (HTML, whole without a script)
//!                 └──▶ stream (server-sent events: "look again") ──▶ dashboard.js fetches the page and patches what differs
//! ```
//!
//! Every page is rendered here and is whole by itself; the script only spares the reader the reloading. Nothing in it asks
//! any other host for anything.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod asset;
mod backend;
mod chart;
mod follow;
mod guard;
mod link;
mod page;
mod route;
mod server;
mod skeleton;
mod stream;
#[cfg(test)]
mod tests;
mod view;
mod watch;

pub use backend::{
    Backend, Beside, Described, Drift, JobRun, LogLine, Machine, Permission, Recent, Stack, Survey, Verdict, Version,
};
pub use server::{Options, Server};
