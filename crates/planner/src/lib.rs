//! Desired × Live → Plan. Pure: no I/O, no async, no clock, no randomness.
//!
//! Reading happens in rounds, so that a plan that changes nothing reads little: first what [`Reading`] names, then what
//! [`questions`] still asks because something changes, then [`plan`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod live;
pub mod operation;
mod options;
mod plan;

pub use live::{
    Answer, Detail, Fingerprint, Found, Live, Observed, Present, Question, Reading, Refusal, RefusalKind, Search,
};
pub use operation::{Condition, Operation};
pub use options::{Executions, Mode, Options};
pub use plan::{Action, Change, Plan, Shown, Step, StepId, Summary};
