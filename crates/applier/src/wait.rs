//! Waits: look, say so, look again.

use std::time::Instant;

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
            let state = match self.cloud.check(condition).await {
                Ok(Readiness::Ready) if !must_stay(condition) => return Ok(()),
                Ok(Readiness::Ready) => {
                    let first = *held.get_or_insert_with(Instant::now);
                    if first.elapsed() >= self.options.steady {
                        return Ok(());
                    }
                    self.interrupt.sleep(self.options.steady).await;
                    if self.interrupt.is_raised() {
                        return Err(Stop::ours(format!("interrupted while waiting for {condition}")));
                    }
                    continue;
                }
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
                return Err(Stop::ours(format!("waited {seconds} s for {condition}, and no longer: {state}")));
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
}

/// What others may make anew must stay gone for a while before it is believed.
const fn must_stay(condition: &Condition) -> bool {
    matches!(condition, Condition::LogGroupGone { .. })
}

/// The call that is made again while a condition does not hold: Lambda writes its last lines late, into a group that it
/// makes anew.
fn remedy(condition: &Condition) -> Option<Operation> {
    match condition {
        Condition::LogGroupGone { name } => Some(Operation::LogGroup(LogGroupOperation::Delete { name: name.clone() })),
        Condition::FunctionReady { .. }
        | Condition::MachineSettled { .. }
        | Condition::MachineGone { .. }
        | Condition::NoExecutions { .. } => None,
    }
}
