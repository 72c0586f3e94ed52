//! Steps as they run, redrawn in place, for a terminal.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use statewright_applier::{Event, Journal, What};
use statewright_planner::{Mode, Plan, Step, StepId};
use statewright_source::visible;

use super::{Progress, closing};
use crate::{
    output,
    view::style::{self, paint},
};

/// A spinner a running step; a finished one leaves a line above.
pub(super) struct Live<'a> {
    plan: &'a Plan,
    mode: Mode,
    bars: MultiProgress,
    running: Mutex<BTreeMap<StepId, ProgressBar>>,
}

impl<'a> Live<'a> {
    pub(super) fn new(plan: &'a Plan, mode: Mode) -> Self {
        Self { plan, mode, bars: MultiProgress::new(), running: Mutex::default() }
    }

    fn step(&self, id: StepId) -> Option<&Step> {
        self.plan.steps.iter().find(|step| step.id == id)
    }

    fn start(&self, event: &Event) {
        let bar = self.bars.add(ProgressBar::new_spinner());
        // Without its own template indicatif shows counters that mean nothing here.
        if let Ok(template) = ProgressStyle::with_template("  {spinner} {prefix} {elapsed:>4} {wide_msg}") {
            bar.set_style(template);
        }
        bar.set_prefix(event.address.to_string());
        bar.set_message(self.step(event.step).map(|step| visible(&step.title).into_owned()).unwrap_or_default());
        bar.enable_steady_tick(Duration::from_millis(120));
        if let Ok(mut running) = self.running.lock() {
            running.insert(event.step, bar);
        }
    }

    fn say(&self, id: StepId, message: &str) {
        if let Ok(running) = self.running.lock()
            && let Some(bar) = running.get(&id)
        {
            bar.set_message(output::concealed(&visible(message)).into_owned());
        }
    }

    fn finish(&self, event: &Event, line: &str) {
        let bar = self.running.lock().ok().and_then(|mut running| running.remove(&event.step));
        let spent = bar.as_ref().map(ProgressBar::elapsed).unwrap_or_default();
        if let Some(bar) = bar {
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
        let _ = self.bars.println(format!("  {line} {}", paint(style::QUIET, format!("{:.1} s", spent.as_secs_f64()))));
    }
}

impl Progress for Live<'_> {
    fn event(&self, event: &Event) {
        let title = self.step(event.step).map(|step| visible(&step.title).into_owned()).unwrap_or_default();
        match &event.what {
            What::Started => self.start(event),
            What::Waiting { reason, .. } => self.say(event.step, &format!("waiting for {reason}")),
            What::Retrying { attempt, why } => self.say(event.step, &format!("trying again ({attempt}): {why}")),
            What::Done { .. } => {
                self.finish(
                    event,
                    &format!("{} {}  {title}", paint(style::ADDED, "✓"), visible(&event.address.to_string())),
                );
            }
            What::Failed { .. } => {
                self.finish(
                    event,
                    &format!("{} {}  {title}", paint(style::REMOVED, "✗"), visible(&event.address.to_string())),
                );
            }
            What::Skipped { because } => {
                let _ = self.bars.println(format!(
                    "  {} {}  not started: {because}",
                    paint(style::QUIET, "·"),
                    visible(&event.address.to_string())
                ));
            }
        }
    }

    fn journal(&self, journal: &Journal) {
        let _ = self.bars.clear();
        output::data(&closing(self.plan, self.mode, journal));
    }
}
