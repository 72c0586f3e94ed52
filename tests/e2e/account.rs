//! What an account holds, for comparing.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use statewright_tests::{Aws, World, proxy::Service};

/// The bucket in which tests keep scripts: not a stack's, made by hand.
pub(crate) const BUCKET: &str = "scripts";

/// Makes the bucket.
pub(crate) fn make_bucket(world: &World) -> String {
    let name = format!("{BUCKET}-{}", world.account());
    world.aws().r#do(&Service::S3, "CreateBucket", json!({ "Bucket": name }));
    name
}

/// Names of everything that a stack can hold: `role.NAME`, `object.KEY`.
pub(crate) fn contents(world: &World) -> BTreeSet<String> {
    let aws = world.aws();
    let mut all = BTreeSet::new();
    let mut list = |service: &Service, operation: &str, parameters: Value, key: &str, name: &str, kind: &str| {
        let answer = aws.r#do(service, operation, parameters);
        for item in items(&answer[key]) {
            let name = item[name].as_str().or(item.as_str()).unwrap_or_default().to_owned();
            all.insert(format!("{kind}.{name}"));
        }
    };
    list(&Service::Iam, "ListRoles", json!({}), "Roles", "RoleName", "role");
    list(&Service::Iam, "ListPolicies", json!({"Scope": "Local"}), "Policies", "PolicyName", "policy");
    list(&Service::Lambda, "ListFunctions", json!({}), "Functions", "FunctionName", "function");
    list(&Service::Glue, "ListJobs", json!({}), "JobNames", "", "job");
    list(&Service::Logs, "DescribeLogGroups", json!({}), "logGroups", "logGroupName", "log_group");
    list(&Service::States, "ListStateMachines", json!({}), "stateMachines", "name", "state_machine");
    all.extend(objects(&aws, &format!("{BUCKET}-{}", world.account())));
    all
}

fn objects(aws: &Aws, bucket: &str) -> Vec<String> {
    let Ok(answer) = aws.try_do(&Service::S3, "ListObjectsV2", json!({ "Bucket": bucket })) else { return Vec::new() };
    items(&answer["Contents"]).iter().map(|o| format!("object.{}", o["Key"].as_str().unwrap_or_default())).collect()
}

/// A list, also where XML gives one item without a list around it.
fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::Object(map) if map.contains_key("member") => items(&map["member"]),
        one => vec![one.clone()],
    }
}
