use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use fastrand::Rng;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;

use super::{Chance, Clock, is_by_hand};
use crate::proxy::{Layer, Next, Reply, Request, Service};

/// A role that was made, or whose trust was changed, takes its time to be seen.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propagation {
    /// For so many seconds Step Functions, Lambda and Glue do not take it.
    pub seconds: f64,
    /// For so many seconds IAM itself says `NoSuchEntity` to who adds to it.
    #[serde(default)]
    pub iam_seconds: f64,
}

/// When a role, by account and name in lower case, was made or began to trust somebody else.
type Ages = HashMap<(String, String), Instant>;

pub(super) struct Propagating {
    propagation: Propagation,
    clock: Clock,
    chance: Chance,
    made: Mutex<Ages>,
    trusted: Mutex<Ages>,
}

/// One way in which a service says that it does not see a role yet: status, code, message.
type Wording = (u16, &'static str, String);

/// Every wording on record for this request (Step Functions' code is not modelled; see `aws-behaviour` and the issue trackers of
/// the peers: terraform-provider-aws#7893, #14008, #44517, aws-cdk#26432, nasa/cumulus#2693).
fn wordings(request: &Request, role: &str) -> Vec<Wording> {
    let parameters = &request.operation.parameters;
    let denied = |message: String| (400, "AccessDeniedException", message);
    match (&request.operation.service, request.operation.name.as_str()) {
        (Service::States, "CreateStateMachine" | "UpdateStateMachine") => {
            let mut all = vec![denied(
                "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the \
                 provided role."
                    .to_owned(),
            )];
            if parameters["loggingConfiguration"]["level"].as_str().is_some_and(|level| level != "OFF") {
                let message = "The state machine IAM Role is not authorized to access the Log Destination";
                all.push(denied(message.to_owned()));
            }
            if parameters["definition"].as_str().is_some_and(|definition| definition.contains(".sync")) {
                all.push(denied(format!("'{role}' is not authorized to create managed-rule.")));
            }
            if parameters["encryptionConfiguration"]["type"] == "CUSTOMER_MANAGED_KMS_KEY" {
                all.push(denied(format!("The principal '{role}' is not authorized to use the KMS key.")));
            }
            all
        }
        (Service::Lambda, "CreateFunction" | "UpdateFunctionConfiguration") => {
            let invalid = |message: &str| (400, "InvalidParameterValueException", message.to_owned());
            let mut all = vec![invalid("The role defined for the function cannot be assumed by Lambda.")];
            if parameters["VpcConfig"]["SubnetIds"].as_array().is_some_and(|subnets| !subnets.is_empty()) {
                all.push(invalid(
                    "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
                ));
            }
            if parameters["KMSKeyArn"].as_str().is_some_and(|key| !key.is_empty()) {
                all.push(invalid("KMS key is invalid for CreateGrant: the principal does not exist yet"));
            }
            all
        }
        (Service::Glue, "CreateJob" | "UpdateJob") => [
            "Service is unable to assume provided role. Please verify role's TrustPolicy",
            "Service: AWSGlue is unable to assume the role",
            "Role should be given assume role permissions for Glue Service.",
            "The security token included in the request is invalid (Service: AWSSecurityTokenService; Status Code: 403)",
        ]
        .map(|message| (400, "InvalidInputException", message.to_owned()))
        .into(),
        _ => Vec::new(),
    }
}

/// The role that a call hands to a service: by ARN, or (Glue) by name.
fn role_of(request: &Request) -> Option<&str> {
    let parameters = &request.operation.parameters;
    let given = [&parameters["roleArn"], &parameters["Role"], &parameters["JobUpdate"]["Role"]];
    given.into_iter().find_map(Value::as_str)
}

fn name(role: &str) -> String {
    role.rsplit('/').next().unwrap_or(role).to_lowercase()
}

impl Propagating {
    pub(super) fn new(propagation: Propagation, clock: Clock, chance: Chance) -> Self {
        Self { propagation, clock, chance, made: Mutex::default(), trusted: Mutex::default() }
    }

    fn refusal(&self, request: &Request) -> Option<Reply> {
        let service = &request.operation.service;
        if *service == Service::Iam {
            let made = seconds(&self.made, request, request.text("RoleName"), self.clock)?;
            let young = adds(&request.operation.name) && made < self.propagation.iam_seconds;
            let message = format!("The role with name {} cannot be found.", request.text("RoleName"));
            return young.then(|| Reply::refusal(service, 404, "NoSuchEntity", &message));
        }
        let role = role_of(request)?;
        let age = seconds(&self.trusted, request, role, self.clock)?;
        let mut dice: Rng = self.chance.dice(request);
        let all = wordings(request, role);
        let (status, code, message) = dice.choice(&all).filter(|_| age < self.propagation.seconds)?;
        Some(Reply::refusal(service, *status, code, message))
    }

    fn note(&self, request: &Request) {
        let key = (request.account.clone(), name(request.text("RoleName")));
        match request.operation.name.as_str() {
            "CreateRole" => {
                ages(&self.made).insert(key.clone(), Instant::now());
                ages(&self.trusted).insert(key, Instant::now());
            }
            "UpdateAssumeRolePolicy" => {
                ages(&self.trusted).insert(key, Instant::now());
            }
            "DeleteRole" => {
                ages(&self.made).remove(&key);
                ages(&self.trusted).remove(&key);
            }
            _ => {}
        }
    }
}

fn ages(ages: &Mutex<Ages>) -> MutexGuard<'_, Ages> {
    ages.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seconds(of: &Mutex<Ages>, request: &Request, role: &str, clock: Clock) -> Option<f64> {
    ages(of).get(&(request.account.clone(), name(role))).map(|made| clock.seconds_since(*made))
}

/// Calls that IAM refuses while it does not see its own role everywhere.
fn adds(operation: &str) -> bool {
    matches!(
        operation,
        "AttachRolePolicy"
            | "PutRolePolicy"
            | "PutRolePermissionsBoundary"
            | "UpdateAssumeRolePolicy"
            | "UpdateRole"
            | "TagRole"
    )
}

impl Layer for Propagating {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            if !is_by_hand(&request)
                && let Some(refusal) = self.refusal(&request)
            {
                return refusal;
            }
            let iam = request.operation.service == Service::Iam;
            let reply = next.run(request.clone()).await;
            if iam && reply.succeeded() {
                self.note(&request);
            }
            reply
        })
    }
}
