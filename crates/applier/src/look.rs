//! A look at what a step is about to write, just before its first write: whoever changed it since the plan was made is not
//! overwritten unseen. One read a step; a step that makes something has nothing to look at, for AWS refuses a second one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use statewright_planner::{Action, Answer, Believed, Observed, Operation, Plan, RefusalKind, ScriptObject, Step};

use crate::{
    Cloud, Interrupt, Options,
    call::Ledger,
    event::Event,
    step::{Runner, Stop},
};

/// Rereads before a departure is believed, at least: a read may show what was before the plan's own.
const REREADS: usize = 3;

/// What a look tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It is as planned: write.
    AsPlanned,
    /// It is already as the step would make it; somebody else did.
    Done,
}

impl<'a, C: Cloud> Runner<'a, C> {
    /// What every step of an apply of `plan` shares.
    pub(crate) fn new(
        plan: &'a Plan,
        cloud: &'a C,
        options: &'a Options,
        interrupt: &'a Interrupt,
        sink: &'a (dyn Fn(Event) + Send + Sync),
    ) -> Self {
        let read = |step: &Step| Some((step.address.clone(), Believed::clone(step.before.as_ref()?)));
        let believed: BTreeMap<_, _> = plan.steps.iter().filter_map(read).collect();
        Self { plan, cloud, options, interrupt, sink, written: Ledger::default(), believed: Mutex::new(believed) }
    }

    /// Keeps in mind what a call wrote, on whatever address.
    pub(crate) fn wrote(&self, call: &Operation) {
        let Some(address) = call.writes() else { return };
        let mut believed = self.believed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(was) = believed.remove(&address) {
            believed.extend(was.after(call).map(|now| (address, now)));
        }
    }

    /// Reads what the step is about to write, and again where it departs, for a read may be stale.
    pub(crate) async fn look(&self, step: &Step) -> Result<Sight, Stop> {
        let believed = self.believed.lock().unwrap_or_else(PoisonError::into_inner).get(&step.address).cloned();
        let Some(believed) = believed else { return Ok(Sight::AsPlanned) };
        let mut pauses = self.options.pauses();
        let (since, mut reads) = (Instant::now(), 0);
        let lag = if believed.is_written() { self.options.lag } else { self.options.certainty };
        loop {
            // A slow read, or one that was throttled for long, shows what was when it began.
            let began = since.elapsed();
            let stop = match self.cloud.read(&step.address, believed.arn()).await {
                Observed::Present(now) => match believed.departure(&now) {
                    None => return Ok(Sight::AsPlanned),
                    Some(_) if is_done(step, &believed, &now) => return Ok(Sight::Done),
                    Some(departure) => Stop::ours(format!(
                        "since the plan was made, somebody else touched {}: {departure}. Nothing of this step was \
                         written; plan again",
                        step.address
                    )),
                },
                Observed::Absent if step.action == Action::Delete => return Ok(Sight::AsPlanned),
                Observed::Absent => Stop::ours(format!(
                    "since the plan was made, somebody else deleted {}. Nothing of this step was written; plan again",
                    step.address
                )),
                Observed::Unreadable(refusal)
                    if matches!(refusal.kind, RefusalKind::Denied | RefusalKind::Credentials) =>
                {
                    return Err(Stop::refused(&refusal));
                }
                Observed::Unreadable(refusal) => Stop::refused(&refusal),
            };
            if (reads >= REREADS && began >= lag) || self.interrupt.is_raised() {
                return Err(stop);
            }
            reads += 1;
            self.interrupt.sleep(pauses.next().unwrap_or(self.options.longest_pause)).await;
        }
    }
}

impl<C: Cloud> Runner<'_, C> {
    /// Looks at the object that a call would overwrite, delete or release. What S3 shows is never stale.
    pub(crate) async fn look_at_object(&self, call: &Operation) -> Result<(), Stop> {
        let Operation::Job(job) = call else { return Ok(()) };
        let Some(guarded) = job.guarded(&self.plan.owner) else { return Ok(()) };
        let since = Instant::now();
        let mut pauses = self.options.pauses();
        loop {
            let asked = BTreeSet::from([guarded.question.clone()]);
            let refusal = match self.cloud.answer(&asked).await.remove(&guarded.question) {
                Some(Answer::ScriptObject(ScriptObject::Unreadable(refusal)) | Answer::Unreadable(refusal)) => refusal,
                Some(Answer::ScriptObject(now)) => {
                    return match guarded.departure(&now) {
                        None => Ok(()),
                        Some(departure) => Err(Stop::ours(format!(
                            "since the plan was made, somebody else touched the script's object: {departure}. It was \
                             left as it is; plan again"
                        ))),
                    };
                }
                Some(_) | None => {
                    let why = format!("whose {} is was asked and not answered; it was left as it is", guarded.place);
                    return Err(Stop::ours(why));
                }
            };
            let passes = matches!(refusal.kind, RefusalKind::Throttled | RefusalKind::Unreachable);
            if !passes || since.elapsed() >= self.options.patience || self.interrupt.is_raised() {
                return Err(Stop::refused(&refusal));
            }
            self.interrupt.sleep(pauses.next().unwrap_or(self.options.longest_pause)).await;
        }
    }
}

/// Whether all that the step would write is there to be seen: two applies of one spec, or a person who was faster.
fn is_done(step: &Step, believed: &Believed, now: &statewright_planner::Present) -> bool {
    if step.read_back.is_some() || !step.operations.iter().all(Operation::is_seen) {
        return false;
    }
    let after = step.operations.iter().try_fold(believed.clone(), Believed::after);
    after.is_some_and(|after| after.departure(now).is_none())
}
