//! Desired × Live → Plan. Pure: no I/O, no async, no clock, no randomness.
//!
//! Reading happens in rounds, so that a plan that changes nothing reads little: first what [`Reading`] names, then what
//! [`questions`] still asks because something changes, then [`plan`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod access;
mod believed;
mod checks;
pub mod codes;
mod compare;
mod custody;
mod definitions;
mod documents;
mod draft;
mod forecast;
mod grants;
mod graph;
mod kind;
mod live;
mod lookups;
mod losses;
mod mend;
#[cfg(any(test, feature = "model"))]
pub mod model;
mod notes;
pub mod operation;
mod options;
pub mod permissions;
mod plan;
mod preflight;
mod reading;
mod reliance;
mod settle;
mod survey;
mod targets;
#[cfg(test)]
mod tests;

pub use access::AccessChanges;
pub use believed::Believed;
pub use codes::CODES;
pub use definitions::{ShownDefinitions, shown_definitions};
pub use live::{
    Answer, Detail, Fingerprint, Found, Live, Observed, Present, Published, Question, Reading, Refusal, RefusalKind,
    Revision, Running, ScriptObject, Search, Unseen,
};
pub use mend::mend;
pub use operation::{Condition, Operation};
pub use options::{Executions, Mode, Options};
pub use plan::{Action, Change, DefinitionChanges, Plan, Shown, StateChanges, Step, StepId, Summary};
pub use preflight::{Denied, Right};
pub use reading::reading;
pub use reliance::{Prospect, Reliance, Written};
pub use settle::{destroy, plan, questions};
pub use statewright_asl::AwsDiagnostic;
pub use statewright_iam::{Gravity, PathStep, PolicyFinding};
