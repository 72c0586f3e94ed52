//! The order of the steps.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use futures::{StreamExt, stream::FuturesUnordered};
use statewright_planner::{Plan, Step, StepId};

use crate::{
    Cloud, Event, Interrupt, Journal, Options, What,
    step::{Outcome, Runner},
};

/// Carries out a plan. Each step starts when all that it needs is done; a failure skips only what needs it; an interrupt
/// lets calls in flight end and starts no other. Everything that happens goes to `sink`, in order.
pub async fn apply<C: Cloud>(
    plan: &Plan,
    cloud: &C,
    options: &Options,
    interrupt: &Interrupt,
    sink: &(dyn Fn(Event) + Send + Sync),
) -> Journal {
    let runner = &Runner::new(plan, cloud, options, interrupt, sink);
    let mut waiting: BTreeMap<StepId, &Step> = plan.steps.iter().map(|step| (step.id, step)).collect();
    let mut done = BTreeSet::new();
    let mut journal = Journal::default();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < options.parallelism.max(1) && !interrupt.is_raised() {
            let Some(id) = waiting.values().find(|step| step.needs.is_subset(&done)).map(|step| step.id) else { break };
            let Some(step) = waiting.remove(&id) else { break };
            running.push(async move { (id, runner.run(step).await) });
        }
        let Some((id, outcome)) = running.next().await else { break };
        match outcome {
            Outcome::Done => {
                done.insert(id);
                journal.done.push(id);
            }
            Outcome::Failed(why) => journal.failed.push((id, why)),
        }
        skip_dependents(&mut waiting, &mut journal, sink);
    }
    for (id, step) in waiting {
        skip(step, "interrupted".to_owned(), sink);
        journal.not_started.push((id, "interrupted".to_owned()));
    }
    journal.interrupted = interrupt.is_raised();
    journal
}

/// Takes out every step that needs a failed or skipped one, directly or not.
fn skip_dependents(waiting: &mut BTreeMap<StepId, &Step>, journal: &mut Journal, sink: &(dyn Fn(Event) + Send + Sync)) {
    loop {
        let lost: BTreeSet<StepId> = journal.failed.iter().chain(&journal.not_started).map(|(id, _)| *id).collect();
        let Some((id, cause)) =
            waiting.values().find_map(|step| step.needs.intersection(&lost).next().map(|cause| (step.id, *cause)))
        else {
            return;
        };
        let because = format!("step {} is not done", cause.0);
        if let Some(step) = waiting.remove(&id) {
            skip(step, because.clone(), sink);
        }
        journal.not_started.push((id, because));
    }
}

fn skip(step: &Step, because: String, sink: &(dyn Fn(Event) + Send + Sync)) {
    sink(Event {
        at: SystemTime::now(),
        step: step.id,
        address: step.address.clone(),
        what: What::Skipped { because },
    });
}
