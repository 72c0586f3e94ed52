//! One step: its calls in turn, made again where AWS needs time, and what was created read back.

use std::time::{Instant, SystemTime};

use statewright_planner::{Observed, Operation, Plan, Refusal, RefusalKind, Step, mend};
use statewright_spec::{Arn, Resource};

use crate::{Cloud, Event, Interrupt, Options, What};

/// How a step ended.
pub(crate) enum Outcome {
    /// All of it was done.
    Done,
    /// Something was not; in words.
    Failed(String),
}

/// Why a step stopped.
pub(crate) struct Stop {
    why: String,
    code: Option<String>,
}

/// What every step of one apply shares.
pub(crate) struct Runner<'a, C> {
    pub(crate) plan: &'a Plan,
    pub(crate) cloud: &'a C,
    pub(crate) options: &'a Options,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) sink: &'a (dyn Fn(Event) + Send + Sync),
}

impl<C: Cloud> Runner<'_, C> {
    /// Runs one step to its end.
    pub(crate) async fn run(&self, step: &Step) -> Outcome {
        self.tell(step, What::Started);
        let mut calls = Vec::new();
        match self.operations(step, &mut calls).await {
            Ok(()) => {
                self.tell(step, What::Done { calls });
                Outcome::Done
            }
            Err(stop) => {
                self.tell(step, What::Failed { why: stop.why.clone(), code: stop.code });
                Outcome::Failed(stop.why)
            }
        }
    }

    async fn operations(&self, step: &Step, calls: &mut Vec<String>) -> Result<(), Stop> {
        for operation in &step.operations {
            self.operation(step, operation, calls).await?;
        }
        if let Some(wanted) = &step.read_back {
            self.read_back(step, wanted, calls).await?;
        }
        Ok(())
    }

    async fn operation(&self, step: &Step, operation: &Operation, calls: &mut Vec<String>) -> Result<(), Stop> {
        if self.interrupt.is_raised() {
            return Err(Stop::ours(format!("interrupted after {}", made(calls))));
        }
        match operation {
            Operation::Wait(condition) => self.wait(step, condition, calls).await,
            call => self.call(step, call, calls).await,
        }
    }

    /// Makes one call, and makes it again while AWS says that something is not seen yet or is still changing.
    pub(crate) async fn call(&self, step: &Step, call: &Operation, calls: &mut Vec<String>) -> Result<(), Stop> {
        let since = Instant::now();
        let mut pauses = self.options.pauses();
        let mut attempt = 0;
        loop {
            let refusal = match self.cloud.perform(call).await {
                Ok(()) => {
                    calls.extend(call.calls().first().map(ToString::to_string));
                    return Ok(());
                }
                Err(refusal) => refusal,
            };
            // The answer to an earlier try may have been lost; whose it is tells the read-back.
            if refusal.kind == RefusalKind::Exists && step.read_back.is_some() && self.is_ours(step).await {
                return Ok(());
            }
            let Some(cause) = passing(&refusal) else { return Err(Stop::refused(&refusal)) };
            let spent = since.elapsed();
            if spent >= self.options.patience {
                return Err(Stop::refused(&refusal).after(cause, spent.as_secs()));
            }
            attempt += 1;
            self.tell(
                step,
                What::Retrying { attempt, why: format!("{cause} ({} s so far): {refusal}", spent.as_secs()) },
            );
            self.interrupt.sleep(pauses.next().unwrap_or(self.options.longest_pause)).await;
            if self.interrupt.is_raised() {
                return Err(Stop::refused(&refusal).interrupted());
            }
        }
    }

    /// Reads back what was created, and mends what the create dropped. Reads may be stale, so what is missing or lacks
    /// our tag is read again before it is believed.
    async fn read_back(&self, step: &Step, wanted: &Resource, calls: &mut Vec<String>) -> Result<(), Stop> {
        let arn = self.arn(step, wanted);
        let mut pauses = self.options.pauses();
        let mut rereads = 4_u32;
        loop {
            let problem = match self.cloud.read(&step.address, &arn).await {
                Observed::Present(present) => match mend(wanted, &self.plan.owner, &present) {
                    Ok(operations) => {
                        for operation in &operations {
                            self.operation(step, operation, calls).await?;
                        }
                        return Ok(());
                    }
                    Err(problem) => problem,
                },
                Observed::Absent => format!("{} was created and then not found", step.address),
                Observed::Unreadable(refusal) => {
                    format!("{} was created, but could not be read back: {refusal}", step.address)
                }
            };
            if rereads == 0 || self.interrupt.is_raised() {
                return Err(Stop::ours(problem));
            }
            rereads -= 1;
            self.interrupt.sleep(pauses.next().unwrap_or(self.options.longest_pause)).await;
        }
    }

    /// Whether what stands in the way of a create is what this stack made.
    async fn is_ours(&self, step: &Step) -> bool {
        let Some(wanted) = &step.read_back else { return false };
        let read = self.cloud.read(&step.address, &self.arn(step, wanted)).await;
        matches!(read, Observed::Present(present) if present.owner.as_ref() == Some(&self.plan.owner))
    }

    fn arn(&self, step: &Step, wanted: &Resource) -> Arn {
        let path = match wanted {
            Resource::Policy(policy) => &policy.path,
            Resource::Role(role) => &role.path,
            Resource::LogGroup(_) | Resource::Function(_) | Resource::Job(_) | Resource::StateMachine(_) => "/",
        };
        self.plan.identity.arn(&step.address, path)
    }

    pub(crate) fn tell(&self, step: &Step, what: What) {
        tracing::debug!(step = step.id.0, address = %step.address, ?what, "step");
        (self.sink)(Event { at: SystemTime::now(), step: step.id, address: step.address.clone(), what });
    }
}

/// What passes with time, in words; `None` for what does not.
const fn passing(refusal: &Refusal) -> Option<&'static str> {
    match refusal.kind {
        RefusalKind::Propagating => Some("AWS does not see the role or policy yet"),
        RefusalKind::Busy => Some("it is still changing"),
        RefusalKind::Throttled => Some("AWS throttles"),
        RefusalKind::Denied
        | RefusalKind::Credentials
        | RefusalKind::Unreachable
        | RefusalKind::NotFound
        | RefusalKind::Exists
        | RefusalKind::Invalid
        | RefusalKind::Limit
        | RefusalKind::Stale
        | RefusalKind::Malformed
        | RefusalKind::Other => None,
    }
}

fn made(calls: &[String]) -> String {
    match calls.len() {
        0 => "no call".to_owned(),
        1 => format!("1 call ({})", calls[0]),
        n => format!("{n} calls (the last: {})", calls[n - 1]),
    }
}

impl Stop {
    pub(crate) fn ours(why: String) -> Self {
        Self { why, code: None }
    }

    pub(crate) fn refused(refusal: &Refusal) -> Self {
        let why = match &refusal.request_id {
            Some(id) => format!("{refusal} (request {id})"),
            None => refusal.to_string(),
        };
        Self { why, code: (!refusal.code.is_empty()).then(|| refusal.code.clone()) }
    }

    fn after(mut self, cause: &str, seconds: u64) -> Self {
        self.why = format!("{cause}, given up after {seconds} s: {}", self.why);
        self
    }

    fn interrupted(mut self) -> Self {
        self.why = format!("interrupted while trying again: {}", self.why);
        self
    }
}
