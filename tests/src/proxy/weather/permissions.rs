use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;
use statewright_iam::{
    Document, Principal,
    evaluate::{Context, Decision, Policies, Policy, Request as Asked},
};

use super::is_by_hand;
use crate::proxy::{Layer, Next, Operation, Reply, Request, Service};

/// What the caller may do. AWS asks this of every call; emulators do not.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// Its one identity policy.
    pub policy: Value,
}

pub(super) struct Guarding {
    policies: Policies,
}

/// What a call needs: actions, each on a resource, with the service that a role is passed to.
struct Need {
    action: String,
    resource: String,
    passed_to: Option<&'static str>,
}

impl Guarding {
    pub(super) fn new(permissions: &Permissions) -> Self {
        let document = Document::of(&permissions.policy);
        Self { policies: Policies { identity: document.iter().map(Policy::new).collect(), ..Policies::default() } }
    }

    fn refusal(&self, request: &Request) -> Option<Reply> {
        let service = &request.operation.service;
        let user = format!("arn:aws:iam::{}:user/deployer", request.account);
        let principal = Principal::new("AWS", &user);
        let denied = needs(request).into_iter().find(|need| {
            let context = match need.passed_to {
                Some(service) => Context::complete().with("iam:PassedToService", [service]),
                None => Context::complete(),
            };
            let asked = Asked {
                principal: &principal,
                action: &need.action,
                resource: &need.resource,
                resource_account: Some(&request.account),
                context: &context,
            };
            !matches!(self.policies.evaluate(&asked), Decision::Allowed { .. })
        })?;
        let Need { action, resource, .. } = denied;
        let message = format!(
            "User: {user} is not authorized to perform: {action} on resource: {resource} because no identity-based policy \
             allows the {action} action"
        );
        let (status, code) = match service {
            Service::Iam | Service::Sts | Service::S3 => (403, "AccessDenied"),
            Service::Lambda => (403, "AccessDeniedException"),
            Service::States | Service::Glue | Service::Logs | Service::Tagging | Service::Other(_) => {
                (400, "AccessDeniedException")
            }
        };
        Some(Reply::refusal(service, status, code, &message))
    }
}

fn needs(request: &Request) -> Vec<Need> {
    let operation = &request.operation;
    // Anybody may ask who they are.
    if operation.service == Service::Sts {
        return Vec::new();
    }
    let mut needs = vec![Need { action: action(operation), resource: resource(request), passed_to: None }];
    let parameters = &operation.parameters;
    let (role, passed_to) = match operation.service {
        Service::States => (&parameters["roleArn"], "states.amazonaws.com"),
        Service::Lambda => (&parameters["Role"], "lambda.amazonaws.com"),
        Service::Glue if operation.name == "UpdateJob" => (&parameters["JobUpdate"]["Role"], "glue.amazonaws.com"),
        Service::Glue => (&parameters["Role"], "glue.amazonaws.com"),
        _ => (&Value::Null, ""),
    };
    if let Some(role) = role.as_str() {
        let resource = if role.starts_with("arn:") {
            role.to_owned()
        } else {
            format!("arn:aws:iam::{}:role/{role}", request.account)
        };
        needs.push(Need { action: "iam:PassRole".to_owned(), resource, passed_to: Some(passed_to) });
    }
    if let Some(action) = tagging(operation) {
        needs.push(Need { action: action.to_owned(), resource: resource(request), passed_to: None });
    }
    needs
}

/// What AWS asks for beside where something is made with tags. Source: the actions' "dependent actions" in the Service
/// Authorization Reference.
fn tagging(operation: &Operation) -> Option<&'static str> {
    let key = match operation.service {
        Service::States | Service::Logs => "tags",
        Service::S3 => "Tagging",
        _ => "Tags",
    };
    let tags = &operation.parameters[key];
    let none = match tags {
        Value::Array(tags) => tags.is_empty(),
        Value::Object(tags) => tags.is_empty(),
        Value::String(tags) => tags.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    match (&operation.service, operation.name.as_str()) {
        _ if none => None,
        (Service::Iam, "CreateRole") => Some("iam:TagRole"),
        (Service::Iam, "CreatePolicy") => Some("iam:TagPolicy"),
        (Service::States, "CreateStateMachine") => Some("states:TagResource"),
        (Service::Lambda, "CreateFunction") => Some("lambda:TagResource"),
        (Service::Glue, "CreateJob") => Some("glue:TagResource"),
        (Service::Logs, "CreateLogGroup") => Some("logs:TagResource"),
        (Service::S3, "PutObject") => Some("s3:PutObjectTagging"),
        _ => None,
    }
}

/// The IAM action of a call, which mostly has the operation's own name (the service authorization reference).
fn action(operation: &Operation) -> String {
    let name = match (&operation.service, operation.name.as_str()) {
        (Service::S3, "ListObjectsV2" | "HeadBucket") => "ListBucket",
        (Service::S3, "HeadObject") => "GetObject",
        (Service::Lambda, "Invoke") => "InvokeFunction",
        (Service::Lambda, "GetLayerVersionByArn") => "GetLayerVersion",
        (_, name) => name,
    };
    let prefix = if operation.service == Service::Tagging { "tag" } else { operation.service.name() };
    format!("{prefix}:{name}")
}

fn resource(request: &Request) -> String {
    let (region, account) = (&request.region, &request.account);
    let given = |name: &str| Some(request.text(name)).filter(|text| !text.is_empty());
    let arn = |name: &str| given(name).filter(|text| text.starts_with("arn:")).map(str::to_owned);
    let found = match request.operation.service {
        Service::Iam => arn("PolicyArn")
            .or_else(|| given("RoleName").map(|name| format!("arn:aws:iam::{account}:role/{name}")))
            .or_else(|| given("PolicyName").map(|name| format!("arn:aws:iam::{account}:policy/{name}"))),
        Service::States => arn("stateMachineArn")
            .or_else(|| arn("resourceArn"))
            .or_else(|| arn("executionArn"))
            .or_else(|| given("name").map(|name| format!("arn:aws:states:{region}:{account}:stateMachine:{name}"))),
        Service::Lambda => arn("Resource")
            .or_else(|| arn("FunctionName"))
            .or_else(|| arn("Arn"))
            .or_else(|| given("FunctionName").map(|name| format!("arn:aws:lambda:{region}:{account}:function:{name}"))),
        Service::Glue => arn("ResourceArn").or_else(|| {
            let job = given("JobName").or_else(|| given("Name"));
            job.map(|name| format!("arn:aws:glue:{region}:{account}:job/{name}"))
        }),
        Service::Logs => arn("resourceArn")
            .or_else(|| given("logGroupName").map(|name| format!("arn:aws:logs:{region}:{account}:log-group:{name}"))),
        Service::S3 => given("Bucket").map(|bucket| match given("Key") {
            Some(key) => format!("arn:aws:s3:::{bucket}/{key}"),
            None => format!("arn:aws:s3:::{bucket}"),
        }),
        Service::Tagging | Service::Sts | Service::Other(_) => None,
    };
    found.unwrap_or_else(|| "*".to_owned())
}

impl Layer for Guarding {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            match self.refusal(&request).filter(|_| !is_by_hand(&request)) {
                Some(refusal) => refusal,
                None => next.run(request).await,
            }
        })
    }
}
