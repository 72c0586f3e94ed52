//! What an execution did and does: the events of its history, folded into states, tries, branches and iterations.
//!
//! Pure: no clock, no network. [`Execution::apply`] takes one [`HistoryEvent`] after another and says what changed, so a view
//! of a running execution costs what is new and nothing more. Events are linked by `previousEventId`, not by time: in a
//! Parallel or a Map they stand interleaved. Where nobody says what came before (the first event of a block on AWS, every
//! event on some emulators) the [`Outline`] of the definition and the order help out.
//!
//! What is kept is bounded: texts (inputs, outputs, causes) are kept whole up to [`KEPT`] bytes together, older ones shrink
//! to their beginning.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod event;
mod execution;
mod fold;
mod line;
mod link;
mod outline;
mod place;
mod status;
mod summary;
#[cfg(test)]
mod tests;
mod text;

pub use event::{EventKind, HistoryEvent, Phase};
pub use execution::{
    Block, BlockId, BlockRole, Execution, Failure, MapProgress, MapRun, Next, Redrive, Try, Visit, VisitId,
};
pub use fold::Change;
pub use line::{
    EndLine, HeartbeatLine, JobLine, LogLine, MapCounts, MapLine, RunLine, StartLine, StateLine, VERSION, rfc3339,
};
pub use link::Linked;
pub use outline::{Outline, Retrier};
pub use status::{ExecutionStatus, Status};
pub use summary::{StateSummary, Totals};
pub use text::{KEPT, PREVIEW, Text, TextId};
