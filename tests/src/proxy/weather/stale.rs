use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures::future::BoxFuture;
use serde::Deserialize;

use super::{Chance, Clock, chance::falls, is_by_hand, old::what_shows};
use crate::proxy::{Effect, Layer, Next, Reply, Request, Service, Which, is_global};

/// Reads that for a while do not show what was written: the old value, nothing, a list without the new item.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stale {
    /// How many seconds after a write.
    pub seconds: f64,
    /// Which reads. S3 and STS are never stale: S3 has been strongly consistent since December 2020.
    #[serde(default)]
    pub calls: Which,
    /// How many of them, from 0 to 1. Below 1 a read may show the new value and the next the old one again: AWS asks
    /// another copy each time.
    #[serde(default = "Stale::always")]
    pub rate: f64,
}

impl Stale {
    const fn always() -> f64 {
        1.0
    }
}

/// One account of one service in one region: what was read, and when something was written.
///
/// A remembered answer may be served at time `t` when it shows the account as it was at some moment of the last N seconds: that is
/// when nothing was written between its own time and `t - N`.
#[derive(Default)]
struct Copy {
    answers: HashMap<String, (Instant, Reply)>,
    writes: Vec<Instant>,
}

pub(super) struct Staling {
    stale: Stale,
    clock: Clock,
    chance: Chance,
    copies: Mutex<HashMap<(String, String, String), Copy>>,
}

impl Staling {
    pub(super) fn new(stale: Stale, clock: Clock, chance: Chance) -> Self {
        Self { stale, clock, chance, copies: Mutex::default() }
    }

    fn copies(&self) -> MutexGuard<'_, HashMap<(String, String, String), Copy>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was answered before the writes of the last N seconds, where there were any.
    fn remembered(&self, request: &Request) -> Option<Reply> {
        let copies = self.copies();
        let copy = copies.get(&place(request))?;
        let (at, reply) = copy.answers.get(&question(request))?;
        // A write that is long seen by all: what was read before it is shown no more.
        let mut since = copy.writes.iter().filter(|write| *write > at);
        let first = since.next()?;
        (self.clock.seconds_since(*first) < self.stale.seconds).then(|| reply.clone())
    }

    fn remember(&self, request: &Request, at: Instant, reply: &Reply) {
        // A refusal that says nothing about the account is no state of it.
        let said = match reply {
            Reply::Answer(answer) => answer.status.is_success() || matches!(answer.status.as_u16(), 400 | 404),
            Reply::Truncated(_) | Reply::Hangup | Reply::Reset => false,
        };
        if said {
            self.copies().entry(place(request)).or_default().answers.insert(question(request), (at, reply.clone()));
        }
    }

    fn wrote(&self, request: &Request) {
        let now = Instant::now();
        let mut copies = self.copies();
        copies.entry(place(request)).or_default().writes.push(now);
        // The tagging API lags behind the writes of all the others, also those of IAM, which it knows in every region.
        for ((account, _, service), copy) in copies.iter_mut() {
            if *account == request.account && service == Service::Tagging.name() {
                copy.writes.push(now);
            }
        }
    }

    /// Before a write: what it will change is read, so that there is something old to show also to who has not read it before.
    async fn look(&self, request: &Request, next: &Next) {
        for (operation, parameters) in what_shows(&request.operation) {
            let Ok(read) = request.asking(&request.operation.service, operation, &parameters) else { continue };
            let at = Instant::now();
            if self.remembered(&read).is_none() {
                let reply = next.clone().run(read.clone()).await;
                self.remember(&read, at, &reply);
            }
        }
    }
}

fn place(request: &Request) -> (String, String, String) {
    let service = &request.operation.service;
    let region = if is_global(service) { "" } else { &request.region };
    (request.account.clone(), region.to_owned(), service.name().to_owned())
}

fn question(request: &Request) -> String {
    let mut parameters = request.operation.parameters.clone();
    parameters.sort_all_objects();
    format!("{} {parameters}", request.operation)
}

impl Layer for Staling {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            if matches!(request.operation.service, Service::S3 | Service::Sts) {
                return next.run(request).await;
            }
            if request.operation.effect() == Effect::Write {
                self.look(&request, &next).await;
                let reply = next.run(request.clone()).await;
                if reply.succeeded() {
                    self.wrote(&request);
                }
                return reply;
            }
            if !is_by_hand(&request)
                && self.stale.calls.covers(&request.operation)
                && let Some(old) = self.remembered(&request)
                && falls(&mut self.chance.dice(&request), self.stale.rate)
            {
                return old;
            }
            let at = Instant::now();
            let reply = next.run(request.clone()).await;
            // What is older than a write that still counts is kept: it is what the next may be shown.
            if self.remembered(&request).is_none() {
                self.remember(&request, at, &reply);
            }
            reply
        })
    }
}
