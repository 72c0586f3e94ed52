//! An event a line, for programs. The shape is part of the product: `docs/schema/apply-1.json` is made from these types.

use schemars::JsonSchema;
use serde::Serialize;
use statewright_applier::{Event, Journal, What};
use statewright_planner::{Plan, StepId};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Progress;
use crate::output;

/// A line of `apply --format json`.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum ApplyLine {
    /// Something happened to a step.
    Event(EventLine),
    /// The last line of a stack.
    Journal(JournalLine),
}

/// Something happened to a step.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EventLine {
    /// RFC 3339, UTC.
    at: String,
    /// The stack's name.
    stack: String,
    /// The step's number in the plan.
    step: u32,
    /// `role.NAME`
    address: String,
    what: WhatWord,
    /// What is waited for, why a call is made again, why it failed or was not started.
    why: Option<String>,
    detail: Option<Detail>,
}

/// What happened.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum WhatWord {
    Started,
    Waiting,
    Retrying,
    Done,
    Failed,
    Skipped,
}

/// More on one sort of event.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Detail {
    Waiting {
        /// Seconds so far.
        seconds: u64,
    },
    Retrying {
        /// From 1.
        attempt: u32,
    },
    Done {
        /// The mutating calls that were made.
        calls: Vec<String>,
    },
    Failed {
        /// AWS's error code.
        code: Option<String>,
    },
}

/// What was done in the end.
#[derive(Serialize, JsonSchema)]
pub(crate) struct JournalLine {
    what: JournalWord,
    /// The stack's name.
    stack: String,
    /// Steps that are done.
    done: Vec<u32>,
    /// Steps that failed.
    failed: Vec<Told>,
    /// Steps that were not started.
    not_started: Vec<Told>,
    /// Whether a signal ended it early.
    interrupted: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum JournalWord {
    Journal,
}

/// A step and why.
#[derive(Serialize, JsonSchema)]
struct Told {
    step: u32,
    why: String,
}

/// Writes each event as one line of JSON on stdout.
pub(super) struct Json<'a> {
    plan: &'a Plan,
}

impl<'a> Json<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self { plan }
    }
}

impl Progress for Json<'_> {
    fn event(&self, event: &Event) {
        let (what, why, detail) = match &event.what {
            What::Started => (WhatWord::Started, None, None),
            What::Waiting { reason, seconds } => {
                (WhatWord::Waiting, Some(reason), Some(Detail::Waiting { seconds: *seconds }))
            }
            What::Retrying { attempt, why } => {
                (WhatWord::Retrying, Some(why), Some(Detail::Retrying { attempt: *attempt }))
            }
            What::Done { calls } => (WhatWord::Done, None, Some(Detail::Done { calls: calls.clone() })),
            What::Failed { why, code } => (WhatWord::Failed, Some(why), Some(Detail::Failed { code: code.clone() })),
            What::Skipped { because } => (WhatWord::Skipped, Some(because), None),
        };
        output::json_line(&ApplyLine::Event(EventLine {
            at: OffsetDateTime::from(event.at).format(&Rfc3339).unwrap_or_default(),
            stack: self.plan.stack.clone(),
            step: event.step.0,
            address: event.address.to_string(),
            what,
            why: why.cloned(),
            detail,
        }));
    }

    fn journal(&self, journal: &Journal) {
        let told =
            |steps: &[(StepId, String)]| steps.iter().map(|(id, why)| Told { step: id.0, why: why.clone() }).collect();
        output::json_line(&ApplyLine::Journal(JournalLine {
            what: JournalWord::Journal,
            stack: self.plan.stack.clone(),
            done: journal.done.iter().map(|id| id.0).collect(),
            failed: told(&journal.failed),
            not_started: told(&journal.not_started),
            interrupted: journal.interrupted,
        }));
    }
}
