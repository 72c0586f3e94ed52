//! What an apply tells while it works. Every view is a fold over these.

use std::time::SystemTime;

use statewright_planner::StepId;
use statewright_spec::Address;

/// Something happened to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: SystemTime,
    /// Which step.
    pub step: StepId,
    /// What it changes.
    pub address: Address,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Its first call is being made.
    Started,
    /// It waits; told again now and then while it does.
    Waiting {
        /// What for, in words.
        reason: String,
        /// Seconds so far.
        seconds: u64,
    },
    /// A call is made again.
    Retrying {
        /// From 1.
        attempt: u32,
        /// Why, in words: the role, the time spent, AWS's words.
        why: String,
    },
    /// Done.
    Done {
        /// Calls that were made.
        calls: Vec<String>,
    },
    /// It failed, and what needs it is skipped.
    Failed {
        /// AWS's refusal, or ours, in words, with what to do.
        why: String,
        /// AWS's error code, where it has one.
        code: Option<String>,
    },
    /// It was not started.
    Skipped {
        /// Why: a step that it needs, or an interrupt.
        because: String,
    },
}

/// What was done in the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    /// Done.
    pub done: Vec<StepId>,
    /// Failed, with why.
    pub failed: Vec<(StepId, String)>,
    /// Not started, with why.
    pub not_started: Vec<(StepId, String)>,
    /// An interrupt ended it early.
    pub interrupted: bool,
}

impl Journal {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.not_started.is_empty() && !self.interrupted
    }
}
