use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures::future::BoxFuture;
use serde::Deserialize;

use super::{Chance, Clock, chance::falls, is_by_hand};
use crate::proxy::{Layer, Next, Operation, Reply, Request, Service, Which};

/// Calls that AWS throttles: beyond its own rates, and some more by chance.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Throttle {
    /// Whether AWS's own token buckets are kept.
    pub buckets: bool,
    /// How many of the others are throttled, from 0 to 1: somebody else in the account makes calls too.
    pub rate: f64,
    /// Which of them.
    pub calls: Which,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { buckets: true, rate: 0.0, calls: Which::Any }
    }
}

/// What fits at once, and what comes back in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    bucket: f64,
    refill: f64,
}

/// AWS's rates an account and region.
///
/// Those of Step Functions stand in its developer guide ("Quotas related to API action throttling"), those of Lambda in its quotas
/// (control plane: 15 a second), that of S3's writes to a prefix in its user guide. IAM, STS, Glue, Logs and the tagging API publish
/// few; theirs are what the issue trackers of the peers report.
fn rate(operation: &Operation) -> Rate {
    let (bucket, refill) = match (&operation.service, operation.name.as_str()) {
        (
            Service::States,
            "CreateStateMachine"
            | "UpdateStateMachine"
            | "DeleteStateMachine"
            | "PublishStateMachineVersion"
            | "ListTagsForResource"
            | "ListStateMachineVersions"
            | "ListStateMachineAliases"
            | "ValidateStateMachineDefinition",
        ) => (100.0, 1.0),
        (Service::States, "TagResource" | "UntagResource" | "DescribeStateMachineAlias") => (200.0, 1.0),
        (Service::States, "DescribeStateMachine") => (200.0, 20.0),
        (Service::States, "ListStateMachines" | "ListExecutions") => (100.0, 5.0),
        (Service::States, "GetExecutionHistory") => (400.0, 20.0),
        (Service::States, "DescribeExecution") => (300.0, 15.0),
        (Service::States, "StartExecution") => (1300.0, 300.0),
        (Service::States, "StopExecution") => (1000.0, 200.0),
        (Service::Lambda, "Invoke") => (1000.0, 1000.0),
        (Service::Lambda, name) if name.starts_with("Get") => (100.0, 100.0),
        (Service::S3, _) => (3500.0, 3500.0),
        (Service::Iam, name) if name.starts_with("Get") || name.starts_with("List") => (100.0, 20.0),
        (Service::Iam | Service::Glue, _) => (20.0, 10.0),
        (Service::States | Service::Lambda | Service::Tagging, _) => (15.0, 15.0),
        (Service::Logs, _) => (10.0, 10.0),
        (Service::Sts | Service::Other(_), _) => (100.0, 100.0),
    };
    Rate { bucket, refill }
}

/// What each service says.
pub(super) fn refusal(service: &Service) -> Reply {
    let (status, code, message) = match service {
        Service::Iam | Service::Sts => (400, "Throttling", "Rate exceeded"),
        Service::Lambda => (429, "TooManyRequestsException", "Rate exceeded"),
        Service::Tagging => (400, "ThrottledException", "The request was denied because of request throttling."),
        Service::S3 => (503, "SlowDown", "Please reduce your request rate."),
        Service::States | Service::Glue | Service::Logs | Service::Other(_) => {
            (400, "ThrottlingException", "Rate exceeded")
        }
    };
    Reply::refusal(service, status, code, message)
}

/// How full a bucket is.
struct Level {
    tokens: f64,
    at: Instant,
}

pub(super) struct Throttling {
    pub(super) throttle: Throttle,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
    levels: Mutex<HashMap<(String, String, String), Level>>,
}

impl Throttling {
    pub(super) fn new(throttle: Throttle, clock: Clock, chance: Chance) -> Self {
        Self { throttle, clock, chance, levels: Mutex::default() }
    }

    /// Takes a token from the bucket of this account, region and operation; `false` where it is empty.
    fn take(&self, request: &Request) -> bool {
        let rate = rate(&request.operation);
        let key = (request.account.clone(), request.region.clone(), request.operation.to_string());
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels.entry(key).or_insert_with(|| Level { tokens: rate.bucket, at: Instant::now() });
        level.tokens = (level.tokens + self.clock.seconds_since(level.at) * rate.refill).min(rate.bucket);
        level.at = Instant::now();
        let full = level.tokens >= 1.0;
        if full {
            level.tokens -= 1.0;
        }
        full
    }
}

impl Layer for Throttling {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            if is_by_hand(&request) {
                return next.run(request).await;
            }
            let unlucky = self.throttle.rate > 0.0
                && self.throttle.calls.covers(&request.operation)
                && falls(&mut self.chance.dice(&request), self.throttle.rate);
            if unlucky || (self.throttle.buckets && !self.take(&request)) {
                return refusal(&request.operation.service);
            }
            next.run(request).await
        })
    }
}
