//! One step: its calls in turn, made again where AWS needs time, and what was created read back.

use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, Instant, SystemTime},
};

use statewright_planner::{Believed, Observed, Operation, Plan, Refusal, RefusalKind, Step, mend};
use statewright_spec::{Address, Arn, Resource};

use crate::{Cloud, Event, Interrupt, Options, What, call::Ledger, look::Sight};

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
    pub(crate) written: Ledger,
    /// What each address that the plan found is taken to be.
    pub(crate) believed: Mutex<BTreeMap<Address, Believed>>,
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
        let mut looked = false;
        for operation in &step.operations {
            // What a wait waits for may take an hour: the look comes just before the first write, or before the guard of it,
            // which stands as near to the write as can be.
            if !looked && !matches!(operation, Operation::Wait(condition) if !condition.is_guard()) {
                looked = true;
                if self.look(step).await? == Sight::Done {
                    return Ok(());
                }
            }
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
            call => {
                self.look_at_object(call).await?;
                self.call(step, call, calls).await
            }
        }
    }

    /// Reads back what was created, and mends what the create dropped. A read may lag behind the write: what is not shown is
    /// read again until the patience ends, and what lacks our tag a while before that is believed.
    async fn read_back(&self, step: &Step, wanted: &Resource, calls: &mut Vec<String>) -> Result<(), Stop> {
        let arn = self.arn(step, wanted);
        let since = Instant::now();
        let mut pauses = self.options.pauses();
        loop {
            let began = since.elapsed();
            let (problem, patience) = match self.cloud.read(&step.address, &arn).await {
                Observed::Present(present) => match mend(wanted, &step.ours, &present) {
                    Ok(operations) => {
                        for operation in &operations {
                            self.operation(step, operation, calls).await?;
                        }
                        return Ok(());
                    }
                    // A tag may be shown late, but never another's.
                    Err(problem) if present.owner.is_some() => (problem, Duration::ZERO),
                    Err(problem) => (problem, self.options.lag),
                },
                Observed::Absent => (format!("{} was created and then not found", step.address), self.options.patience),
                Observed::Unreadable(refusal) => {
                    let passes = matches!(refusal.kind, RefusalKind::Throttled | RefusalKind::Unreachable);
                    let patience = if passes { self.options.patience } else { self.options.lag };
                    (format!("{} was created, but could not be read back: {refusal}", step.address), patience)
                }
            };
            if began >= patience || self.interrupt.is_raised() {
                return Err(Stop::ours(problem));
            }
            if since.elapsed() >= self.options.reminder {
                let reason = format!("AWS to show {}: {problem}", step.address);
                self.tell(step, What::Waiting { reason, seconds: since.elapsed().as_secs() });
            }
            self.interrupt.sleep(pauses.next().unwrap_or(self.options.longest_pause)).await;
        }
    }

    pub(crate) fn arn(&self, step: &Step, wanted: &Resource) -> Arn {
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

    /// The patience ended.
    pub(crate) fn given_up(mut self, cause: &str, spent: Duration) -> Self {
        self.why = format!("{cause}; given up after {} s: {}", spent.as_secs(), self.why);
        self
    }

    /// Waiting does not help.
    pub(crate) fn hopeless(mut self, why: &str, help: &str) -> Self {
        self.why = format!("{why}, and waiting does not change that: {help}. AWS said: {}", self.why);
        self
    }

    pub(crate) fn interrupted(mut self) -> Self {
        self.why = format!("interrupted while trying again: {}", self.why);
        self
    }
}
