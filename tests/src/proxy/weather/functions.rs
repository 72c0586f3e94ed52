use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;

use super::Clock;
use crate::proxy::{Layer, Next, Reply, Request, Service, each_configuration, function_name};

/// A function is Pending for a while after it was made and `InProgress` after it was changed, and refuses writes meanwhile.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Functions {
    /// Seconds after `CreateFunction`; with a VPC it takes AWS minutes.
    pub pending_seconds: f64,
    /// Seconds after each change.
    pub in_progress_seconds: f64,
}

/// What a function is in the midst of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Creation,
    Update,
}

/// Account, region and name.
type Key = (String, String, String);

pub(super) struct Changing {
    functions: Functions,
    clock: Clock,
    since: Mutex<HashMap<Key, (Change, Instant)>>,
}

impl Changing {
    pub(super) fn new(functions: Functions, clock: Clock) -> Self {
        Self { functions, clock, since: Mutex::default() }
    }

    fn since(&self) -> MutexGuard<'_, HashMap<Key, (Change, Instant)>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, key: &Key) -> Option<Change> {
        let (change, at) = *self.since().get(key)?;
        let seconds = match change {
            Change::Creation => self.functions.pending_seconds,
            Change::Update => self.functions.in_progress_seconds,
        };
        (self.clock.seconds_since(at) < seconds).then_some(change)
    }

    /// Shows in a configuration what the function is in the midst of, and its revision, which is another one when it has
    /// settled.
    fn show(&self, request: &Request, configuration: &mut Value) {
        let name = configuration["FunctionName"].as_str().unwrap_or_default();
        let change = self.change(&key(request, name));
        if let (Some(_), Some(settled)) = (change, configuration["RevisionId"].as_str()) {
            configuration["RevisionId"] = settled.chars().rev().collect::<String>().into();
        }
        match change {
            Some(Change::Creation) => {
                configuration["State"] = "Pending".into();
                configuration["StateReason"] = "The function is being created.".into();
                configuration["StateReasonCode"] = "Creating".into();
            }
            Some(Change::Update) => {
                configuration["LastUpdateStatus"] = "InProgress".into();
                configuration["LastUpdateStatusReason"] = "The function is being created.".into();
                configuration["LastUpdateStatusReasonCode"] = "Creating".into();
            }
            None => {}
        }
    }

    fn refusal(change: Change, request: &Request) -> Reply {
        let name = function_name(request.text("FunctionName"));
        let message = match change {
            Change::Creation => {
                "The operation cannot be performed at this time. The function is currently in the following state: Pending"
                    .to_owned()
            }
            Change::Update => format!(
                "The operation cannot be performed at this time. An update is in progress for resource: \
                 arn:aws:lambda:{}:{}:function:{name}",
                request.region, request.account
            ),
        };
        Reply::refusal(&Service::Lambda, 409, "ResourceConflictException", &message)
    }

    async fn write(self: Arc<Self>, request: Request, next: Next) -> Reply {
        let key = key(&request, request.text("FunctionName"));
        let created = request.operation.name == "CreateFunction";
        let dry = request.operation.parameters["DryRun"] == true;
        if let Some(change) = self.change(&key).filter(|_| !created) {
            return Self::refusal(change, &request);
        }
        let reply = next.run(request.clone()).await;
        if reply.succeeded() && !dry {
            let change = if created { Change::Creation } else { Change::Update };
            self.since().insert(key, (change, Instant::now()));
        }
        reply.edit_json(|configuration| self.show(&request, configuration))
    }
}

fn key(request: &Request, function: &str) -> Key {
    (request.account.clone(), request.region.clone(), function_name(function).to_owned())
}

impl Layer for Changing {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        if request.operation.service != Service::Lambda {
            return next.run(request);
        }
        match request.operation.name.as_str() {
            "CreateFunction" | "UpdateFunctionConfiguration" | "UpdateFunctionCode" | "PublishVersion" => {
                Box::pin(self.write(request, next))
            }
            "Invoke" => match self.change(&key(&request, request.text("FunctionName"))) {
                Some(Change::Creation) => Box::pin(async move { Self::refusal(Change::Creation, &request) }),
                // An update leaves the old code running.
                Some(Change::Update) | None => next.run(request),
            },
            "GetFunction" | "GetFunctionConfiguration" | "ListFunctions" => Box::pin(async move {
                let reply = next.run(request.clone()).await;
                reply.edit_json(|answer| each_configuration(answer, |function| self.show(&request, function)))
            }),
            "DeleteFunction" => Box::pin(async move {
                self.since().remove(&key(&request, request.text("FunctionName")));
                next.run(request).await
            }),
            _ => next.run(request),
        }
    }
}
