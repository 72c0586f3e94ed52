use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, join_all};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Clock;
use crate::proxy::{Layer, Next, Reply, Request, Service};

/// A machine that is deleted stays DELETING for a while, keeps its name, shows its tags no more, and aborts its executions at their next transition
/// (`DeleteStateMachine` in its API reference).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deleting {
    /// At least so many seconds; and until its executions have ended.
    pub seconds: f64,
}

pub(super) struct Dying {
    pub(super) deleting: Deleting,
    pub(super) clock: Clock,
    /// What a description said before, by ARN.
    machines: Mutex<HashMap<String, Value>>,
}

/// How often an execution is looked at for a transition, in seconds of AWS's.
const LOOK: f64 = 0.5;

impl Dying {
    pub(super) fn new(deleting: Deleting, clock: Clock) -> Self {
        Self { deleting, clock, machines: Mutex::default() }
    }

    fn machines(&self) -> MutexGuard<'_, HashMap<String, Value>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn delete(self: Arc<Self>, request: Request, next: Next) -> Reply {
        let arn = request.text("stateMachineArn").to_owned();
        let of = json!({ "stateMachineArn": arn });
        let Ok(mut machine) = next.ask(&request, &Service::States, "DescribeStateMachine", of.clone()).await else {
            return next.run(request).await;
        };
        let running = json!({ "stateMachineArn": arn, "statusFilter": "RUNNING" });
        // An EXPRESS machine lists none, and lets them end by themselves.
        let running = next.ask(&request, &Service::States, "ListExecutions", running).await.unwrap_or_default();
        let running: Vec<String> = running["executions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|execution| execution["executionArn"].as_str().map(str::to_owned))
            .collect();
        machine["status"] = "DELETING".into();
        let answer = Reply::json(&Service::States, &json!({}));
        if self.machines().insert(arn.clone(), machine).is_some() {
            return answer;
        }
        let dying = self.clone();
        tokio::spawn(async move {
            let aborted = join_all(running.iter().map(|execution| dying.abort(&request, &next, execution)));
            futures::join!(dying.clock.sleep(dying.deleting.seconds), aborted);
            let _ = next.run(request).await;
            dying.machines().remove(&arn);
        });
        answer
    }

    /// Waits until an execution has made a step more, and aborts it.
    async fn abort(&self, request: &Request, next: &Next, execution: &str) {
        let of = json!({ "executionArn": execution });
        let entered = async || {
            let history = json!({ "executionArn": execution, "maxResults": 1000 });
            let history = next.ask(request, &Service::States, "GetExecutionHistory", history).await.unwrap_or_default();
            let events = history["events"].as_array().cloned().unwrap_or_default();
            events.iter().filter(|event| event["type"].as_str().is_some_and(|t| t.ends_with("StateEntered"))).count()
        };
        // To enter the first state is no transition.
        let before = entered().await.max(1);
        loop {
            let state = next.ask(request, &Service::States, "DescribeExecution", of.clone()).await.unwrap_or_default();
            if state["status"] != "RUNNING" {
                return;
            }
            if entered().await > before {
                let _ = next.ask(request, &Service::States, "StopExecution", of.clone()).await;
                return;
            }
            self.clock.sleep(LOOK).await;
        }
    }
}

impl Layer for Dying {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        if request.operation.service != Service::States {
            return next.run(request);
        }
        let (region, account) = (&request.region, &request.account);
        let named =
            [request.text("stateMachineArn"), request.text("resourceArn")].into_iter().find(|arn| !arn.is_empty());
        let arn = match named {
            None => format!("arn:aws:states:{region}:{account}:stateMachine:{}", request.text("name")),
            Some(arn) => arn.to_owned(),
        };
        let dying = self.machines().get(&arn).cloned();
        match (request.operation.name.as_str(), dying) {
            ("DeleteStateMachine", _) => Box::pin(self.delete(request, next)),
            ("DescribeStateMachine", Some(machine)) => Box::pin(async move { Reply::json(&Service::States, &machine) }),
            ("CreateStateMachine" | "UpdateStateMachine" | "StartExecution", Some(_)) => {
                let message = format!("State Machine is being deleted: '{arn}'");
                Box::pin(async move { Reply::refusal(&Service::States, 400, "StateMachineDeleting", &message) })
            }
            ("ListTagsForResource", Some(_)) => {
                let message = format!("Resource not found: '{arn}'");
                Box::pin(async move { Reply::refusal(&Service::States, 400, "ResourceNotFound", &message) })
            }
            _ => next.run(request),
        }
    }
}
