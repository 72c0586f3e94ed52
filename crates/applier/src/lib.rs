//! Plan → Events. Order, concurrency, waits, the journal. It decides nothing, and reaches AWS through [`Cloud`] alone.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod cloud;
mod event;

pub use cloud::{Cloud, Readiness};
pub use event::{Event, Journal, What};
