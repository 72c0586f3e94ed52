//! Plan → Events. Order, concurrency, waits, the journal. It decides nothing, and reaches AWS through [`Cloud`] alone.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod apply;
mod call;
mod cloud;
mod event;
mod look;
mod options;
mod step;
mod wait;

#[cfg(test)]
mod tests;

pub use apply::apply;
pub use cloud::{Cloud, Readiness};
pub use event::{Event, Journal, What};
pub use options::{Interrupt, Options};
