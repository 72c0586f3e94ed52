//! Waits: look, say so, look again.

use std::time::{Duration, Instant};

use statewright_planner::{Condition, Operation, RefusalKind, Step, operation::log_group::LogGroupOperation};

use crate::{
    Cloud, Readiness, What,
    step::{Runner, Stop},
};

impl<C: Cloud> Runner<'_, C> {
    /// Polls until `condition` holds, bounded by the patience. A look that is throttled or gets no answer is no verdict.
    pub(crate) async fn wait(&self, step: &Step, condition: &Condition, calls: &mut Vec<String>) -> Result<(), Stop> {
        let since = Instant::now();
        let mut told: Option<Instant> = None;
        let mut held: Option<Instant> = None;
        let mut pauses = self.options.pauses();
        loop {
            let began = since.elapsed();
            let state = match self.cloud.check(condition).await {
                Ok(Readiness::Ready) => {
                    let stay = self.must_stay(condition);
                    if stay > self.options.patience && matches!(condition, Condition::ExpressEnded { .. }) {
                        let (needs, allowed) = (stay.as_secs(), self.options.patience.as_secs());
                        return Err(Stop::ours(format!(
                            "waiting for {condition}, takes {needs} s, and --timeout allows {allowed} s{}",
                            left_undone(condition)
                        )));
                    }
                    let first = *held.get_or_insert_with(Instant::now);
                    let left = stay.saturating_sub(first.elapsed());
                    if left.is_zero() {
                        return Ok(());
                    }
                    if left >= self.options.reminder / 10 && told.is_none() {
                        told = Some(Instant::now());
                        let reason = format!("{condition}: {} s more", left.as_secs_f64().ceil());
                        self.tell(step, What::Waiting { reason, seconds: since.elapsed().as_secs() });
                    }
                    self.interrupt.sleep(left).await;
                    if self.interrupt.is_raised() {
                        return Err(Stop::ours(format!("interrupted while waiting for {condition}")));
                    }
                    continue;
                }
                Ok(Readiness::Never(why)) if !calls.is_empty() && began < self.lag(condition) => why,
                Ok(Readiness::Never(why)) if condition.is_guard() => return Err(Stop::ours(why)),
                Ok(Readiness::Never(why)) => return Err(Stop::ours(format!("waited for {condition}: {why}"))),
                Ok(Readiness::NotYet(state)) => state,
                Err(refusal)
                    if matches!(
                        refusal.kind,
                        RefusalKind::Throttled | RefusalKind::Unreachable | RefusalKind::Busy
                    ) =>
                {
                    refusal.to_string()
                }
                Err(refusal) => return Err(Stop::refused(&refusal)),
            };
            held = None;
            if let Some(again) = remedy(condition) {
                self.call(step, &again, calls).await?;
            }
            if since.elapsed() >= self.options.patience {
                let seconds = since.elapsed().as_secs();
                let left = left_undone(condition);
                return Err(Stop::ours(format!("waited {seconds} s for {condition}, and no longer: {state}{left}")));
            }
            if told.is_none_or(|at| at.elapsed() >= self.options.reminder) {
                told = Some(Instant::now());
                let reason = format!("{condition}: {state}");
                self.tell(step, What::Waiting { reason, seconds: since.elapsed().as_secs() });
            }
            self.interrupt.sleep(pauses.next().unwrap_or(self.options.longest_pause)).await;
            if self.interrupt.is_raised() {
                return Err(Stop::ours(format!("interrupted while waiting for {condition}: {state}")));
            }
        }
    }

    /// How long after a write of this step a look may still show what was before, and its failure.
    const fn lag(&self, condition: &Condition) -> Duration {
        match condition {
            Condition::FunctionReady { .. } => self.options.lag,
            Condition::GrantsInForce { .. }
            | Condition::LogGroupGone { .. }
            | Condition::MachineSettled { .. }
            | Condition::MachineGone { .. }
            | Condition::NoExecutions { .. }
            | Condition::Idle { .. }
            | Condition::ExpressEnded { .. }
            | Condition::Drained { .. } => Duration::ZERO,
        }
    }

    /// How long a condition must have held before it is believed: others may make anew what is gone, and what is shown may
    /// not be in force everywhere.
    fn must_stay(&self, condition: &Condition) -> Duration {
        match condition {
            Condition::LogGroupGone { .. } => self.options.steady,
            Condition::ExpressEnded { .. } => self.options.express,
            Condition::MachineSettled { .. } => self.options.settling,
            Condition::GrantsInForce { given } => {
                let lasts = self.written.last(given).map(|since| self.options.spreading.saturating_sub(since));
                lasts.unwrap_or_default()
            }
            Condition::FunctionReady { .. }
            | Condition::MachineGone { .. }
            | Condition::NoExecutions { .. }
            | Condition::Idle { .. }
            | Condition::Drained { .. } => Duration::ZERO,
        }
    }
}

/// What becomes of what a wait stood before, where that is not plain.
const fn left_undone(condition: &Condition) -> &'static str {
    match condition {
        Condition::Drained { .. } | Condition::ExpressEnded { .. } => {
            ". What they need is kept: the next apply takes it away"
        }
        Condition::FunctionReady { .. }
        | Condition::GrantsInForce { .. }
        | Condition::MachineSettled { .. }
        | Condition::MachineGone { .. }
        | Condition::NoExecutions { .. }
        | Condition::Idle { .. }
        | Condition::LogGroupGone { .. } => "",
    }
}

/// The call that is made again while a condition does not hold: Lambda writes its last lines late, into a group that it
/// makes anew.
fn remedy(condition: &Condition) -> Option<Operation> {
    match condition {
        Condition::LogGroupGone { name } => Some(Operation::LogGroup(LogGroupOperation::Delete { name: name.clone() })),
        Condition::FunctionReady { .. }
        | Condition::GrantsInForce { .. }
        | Condition::MachineSettled { .. }
        | Condition::MachineGone { .. }
        | Condition::NoExecutions { .. }
        | Condition::Idle { .. }
        | Condition::ExpressEnded { .. }
        | Condition::Drained { .. } => None,
    }
}
