use std::sync::Arc;

use fastrand::Rng;
use futures::future::BoxFuture;
use percent_encoding::{percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use xmltree::{Element, XMLNode};

use super::{Chance, is_by_hand};
use crate::proxy::{Layer, Next, Reply, Request, Service};
use crate::wire::RESERVED;

/// Documents and descriptions come back otherwise than they were written, and mean the same.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// Policies: a list of one for its item and the other way round, sets in another order, an account as its root's ARN. Keys of
    /// objects in another order everywhere.
    pub reorder: bool,
    /// Fields that were not given are answered with their defaults, and some are there that nobody can set.
    pub defaults: bool,
}

impl Default for Documents {
    fn default() -> Self {
        Self { reorder: true, defaults: true }
    }
}

pub(super) struct Rewriting {
    pub(super) documents: Documents,
    pub(super) chance: Chance,
}

/// The elements of IAM's answers that hold a document, percent-encoded (RFC 3986).
const DOCUMENTS: [&str; 3] = ["AssumeRolePolicyDocument", "PolicyDocument", "Document"];

impl Layer for Rewriting {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        if is_by_hand(&request) {
            return next.run(request);
        }
        Box::pin(async move {
            let mut dice = self.chance.dice(&request);
            let (service, name) = (request.operation.service.clone(), request.operation.name.clone());
            let reply = next.run(request).await;
            if service == Service::Iam {
                return if self.documents.reorder {
                    reply.edit_xml(|result| policies(result, &mut dice))
                } else {
                    reply
                };
            }
            reply.edit_json(|answer| {
                if self.documents.defaults {
                    defaults(&name, answer);
                }
                if self.documents.reorder {
                    shuffle_definition(answer, &mut dice);
                }
            })
        })
    }
}

/// Rewrites every document beneath an element.
fn policies(element: &mut Element, dice: &mut Rng) {
    if DOCUMENTS.contains(&element.name.as_str()) {
        let text = element.get_text().map(std::borrow::Cow::into_owned).unwrap_or_default();
        let text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if let Ok(document) = serde_json::from_str::<Value>(&text) {
            let text = reword(document, dice).to_string();
            element.children = vec![XMLNode::Text(utf8_percent_encode(&text, RESERVED).to_string())];
        }
        return;
    }
    element.children.iter_mut().filter_map(XMLNode::as_mut_element).for_each(|child| policies(child, dice));
}

/// A policy that means the same.
fn reword(document: Value, dice: &mut Rng) -> Value {
    let Value::Object(mut document) = document else { return document };
    if let Some(statements) = document.get_mut("Statement") {
        let mut all = match statements.take() {
            Value::Array(all) => all,
            one => vec![one],
        };
        dice.shuffle(&mut all);
        *statements = one_or_list(all.into_iter().map(|statement| statement_reworded(statement, dice)).collect(), dice);
    }
    shuffled(document, dice)
}

fn statement_reworded(statement: Value, dice: &mut Rng) -> Value {
    let Value::Object(mut statement) = statement else { return statement };
    for (key, value) in &mut statement {
        match key.as_str() {
            "Action" | "NotAction" | "Resource" | "NotResource" => *value = set(value.take(), dice),
            "Principal" | "NotPrincipal" => {
                for (kind, who) in value.as_object_mut().into_iter().flatten() {
                    if kind == "AWS" {
                        root_arns(who);
                    }
                    *who = set(who.take(), dice);
                }
            }
            _ => {}
        }
    }
    shuffled(statement, dice)
}

fn set(value: Value, dice: &mut Rng) -> Value {
    let mut all = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    dice.shuffle(&mut all);
    one_or_list(all, dice)
}

/// IAM keeps neither a list of one nor its item as it was written.
fn one_or_list(mut all: Vec<Value>, dice: &mut Rng) -> Value {
    if all.len() == 1 && dice.bool() { all.swap_remove(0) } else { Value::Array(all) }
}

/// An account's number comes back as its root's ARN.
fn root_arns(who: &mut Value) {
    match who {
        Value::String(text) if crate::proxy::is_account(text) => *text = format!("arn:aws:iam::{text}:root"),
        Value::Array(all) => all.iter_mut().for_each(root_arns),
        _ => {}
    }
}

fn shuffled(object: Map<String, Value>, dice: &mut Rng) -> Value {
    let mut fields: Vec<(String, Value)> = object.into_iter().collect();
    dice.shuffle(&mut fields);
    fields.into_iter().collect()
}

fn shuffled_within(value: Value, dice: &mut Rng) -> Value {
    match value {
        Value::Object(object) => {
            let object = object.into_iter().map(|(key, value)| (key, shuffled_within(value, dice))).collect();
            shuffled(object, dice)
        }
        Value::Array(all) => all.into_iter().map(|value| shuffled_within(value, dice)).collect(),
        other => other,
    }
}

/// A definition with the keys of its objects in another order and other white space; lists keep theirs, which means something.
fn shuffle_definition(answer: &mut Value, dice: &mut Rng) {
    if let Some(text) = answer.get("definition").and_then(Value::as_str)
        && let Ok(definition) = serde_json::from_str::<Value>(text)
    {
        let definition = shuffled_within(definition, dice);
        let text =
            if dice.bool() { serde_json::to_string_pretty(&definition) } else { serde_json::to_string(&definition) };
        if let Ok(text) = text {
            answer["definition"] = text.into();
        }
    }
}

/// Fills in what a service answers for what nobody gave, and what only it knows.
fn defaults(operation: &str, answer: &mut Value) {
    let fill = |object: &mut Value, filled: Value| {
        for (field, value) in filled.as_object().into_iter().flatten() {
            if object.is_object() && object.get(field).is_none_or(Value::is_null) {
                object[field] = value.clone();
            }
        }
    };
    match operation {
        "DescribeStateMachine" => fill(
            answer,
            json!({
                "loggingConfiguration": {"level": "OFF", "includeExecutionData": false},
                "tracingConfiguration": {"enabled": false},
                "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
                "status": "ACTIVE",
                "variableReferences": {},
            }),
        ),
        "GetJob" => fill(
            &mut answer["Job"],
            json!({
                "ExecutionProperty": {"MaxConcurrentRuns": 1}, "MaxRetries": 0, "ExecutionClass": "STANDARD", "JobMode": "SCRIPT",
                "JobRunQueuingEnabled": false, "DefaultArguments": {},
            }),
        ),
        "GetFunction" | "GetFunctionConfiguration" => {
            let configuration = if operation == "GetFunction" { &mut answer["Configuration"] } else { answer };
            fill(
                configuration,
                json!({
                    "Description": "", "MemorySize": 128, "Timeout": 3, "EphemeralStorage": {"Size": 512}, "Architectures": ["x86_64"],
                    "TracingConfig": {"Mode": "PassThrough"}, "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
                    "PackageType": "Zip", "Layers": [], "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": false},
                    "RuntimeVersionConfig": {"RuntimeVersionArn": "arn:aws:lambda:us-east-1::runtime:0"},
                }),
            );
        }
        "DescribeLogGroups" => {
            for group in answer.get_mut("logGroups").and_then(Value::as_array_mut).into_iter().flatten() {
                fill(
                    group,
                    json!({"storedBytes": 0, "metricFilterCount": 0, "logGroupClass": "STANDARD", "deletionProtectionEnabled": false}),
                );
            }
        }
        _ => {}
    }
}
