//! A line an event, for pipes and CI logs.

use std::{collections::BTreeMap, sync::Mutex, time::SystemTime};

use statewright_applier::{Event, Journal, What};
use statewright_planner::{Mode, Plan, StepId};
use statewright_source::visible;

use super::{Progress, closing};
use crate::output;

/// Writes lines on stderr, and the closing words on stdout.
pub(super) struct Lines<'a> {
    plan: &'a Plan,
    mode: Mode,
    started: Mutex<BTreeMap<StepId, SystemTime>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(plan: &'a Plan, mode: Mode) -> Self {
        Self { plan, mode, started: Mutex::default() }
    }

    fn seconds(&self, event: &Event) -> String {
        let started = self.started.lock().ok().and_then(|started| started.get(&event.step).copied());
        let spent = started.and_then(|at| event.at.duration_since(at).ok()).unwrap_or_default();
        format!("{:.1} s", spent.as_secs_f64())
    }
}

impl Progress for Lines<'_> {
    fn event(&self, event: &Event) {
        let says = match &event.what {
            What::Started => {
                if let Ok(mut started) = self.started.lock() {
                    started.insert(event.step, event.at);
                }
                "started".to_owned()
            }
            What::Waiting { reason, seconds } => format!("waiting for {reason} ({seconds} s)"),
            What::Retrying { attempt, why } => format!("trying again ({attempt}): {why}"),
            What::Done { .. } => format!("done ({})", self.seconds(event)),
            What::Failed { why, .. } => format!("failed: {why}"),
            What::Skipped { because } => format!("not started: {because}"),
        };
        output::say(&format!("{} {}: {}\n", event.step.0, event.address, visible(&says)));
    }

    fn journal(&self, journal: &Journal) {
        output::data(&closing(self.plan, self.mode, journal));
    }
}
