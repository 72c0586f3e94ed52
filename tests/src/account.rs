//! What an account holds, for comparing: by name, and by meaning.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::proxy::Service;
use crate::{Aws, World};

/// The bucket in which tests keep scripts: not a stack's, made by hand.
pub const BUCKET: &str = "scripts";

/// Makes the bucket; gives its name.
pub fn make_bucket(world: &World) -> String {
    let name = format!("{BUCKET}-{}", world.account());
    world.aws().r#do(&Service::S3, "CreateBucket", json!({ "Bucket": name }));
    name
}

/// Names of everything that a stack can hold: `role.NAME`, `object.KEY`.
pub fn contents(world: &World) -> BTreeSet<String> {
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

/// All that a stack can hold, whole: `role.NAME` and so on to what it is, in words that are the same in every account. What AWS makes
/// up (ids, dates, revisions) and what is past (a policy's old versions) is not in it.
pub fn meaning(world: &World) -> BTreeMap<String, Value> {
    let names = contents(world);
    names
        .into_iter()
        .map(|address| {
            let mut value = describe(world, &address);
            value.sort_all_objects();
            let value = value.to_string().replace(world.account(), "ACCOUNT");
            // What was JSON is JSON still.
            (address, serde_json::from_str(&value).unwrap_or_default())
        })
        .collect()
}

fn describe(world: &World, address: &str) -> Value {
    let aws = world.aws();
    let (kind, name) = address.split_once('.').unwrap_or((address, ""));
    let get = |service: Service, operation: &str, parameters: Value| {
        // What went away between the list and the read is not there.
        aws.try_do(&service, operation, parameters).unwrap_or_default()
    };
    match kind {
        "role" => {
            let of = json!({ "RoleName": name });
            let role = get(Service::Iam, "GetRole", of.clone())["Role"].take();
            let attached = get(Service::Iam, "ListAttachedRolePolicies", of.clone());
            let inline = get(Service::Iam, "ListRolePolicies", of);
            let inline: Map<String, Value> = items(&inline["PolicyNames"])
                .iter()
                .filter_map(Value::as_str)
                .map(|policy| {
                    let of = json!({ "RoleName": name, "PolicyName": policy });
                    (policy.to_owned(), document(&get(Service::Iam, "GetRolePolicy", of)["PolicyDocument"]))
                })
                .collect();
            json!({
                "trust": document(&role["AssumeRolePolicyDocument"]),
                "attached": sorted(items(&attached["AttachedPolicies"]).iter().map(|policy| policy["PolicyArn"].clone())),
                "inline": inline,
                "tags": sorted(items(&role["Tags"]).into_iter()),
                "fields": only(&role, &["Path", "Description", "MaxSessionDuration", "PermissionsBoundary"]),
            })
        }
        "policy" => {
            let all = get(Service::Iam, "ListPolicies", json!({ "Scope": "Local" }));
            let arn = items(&all["Policies"]).into_iter().find(|policy| policy["PolicyName"] == name);
            let arn = arn.unwrap_or_default()["Arn"].take();
            let policy = get(Service::Iam, "GetPolicy", json!({ "PolicyArn": arn }))["Policy"].take();
            let default = json!({ "PolicyArn": arn, "VersionId": policy["DefaultVersionId"] });
            let version = get(Service::Iam, "GetPolicyVersion", default);
            json!({
                "document": document(&version["PolicyVersion"]["Document"]),
                "tags": sorted(items(&policy["Tags"]).into_iter()),
                "fields": only(&policy, &["Arn", "Description", "AttachmentCount"]),
            })
        }
        "function" => {
            let function = get(Service::Lambda, "GetFunction", json!({ "FunctionName": name }));
            let fields = ["Runtime", "Handler", "Role", "Timeout", "MemorySize", "Environment", "CodeSha256", "Layers"];
            json!({ "fields": only(&function["Configuration"], &fields), "tags": function["Tags"] })
        }
        "job" => {
            let mut job = get(Service::Glue, "GetJob", json!({ "JobName": name }))["Job"].take();
            // AWS answers no tags here; an emulator does.
            for made_up in ["CreatedOn", "LastModifiedOn", "Tags"] {
                job.as_object_mut().and_then(|job| job.shift_remove(made_up));
            }
            // An update says what is empty, and a create leaves it out.
            if let Some(job) = job.as_object_mut() {
                job.retain(|_, value| *value != json!({}) && *value != "");
            }
            let arn = format!("arn:aws:glue:{}:{}:job/{name}", world.region(), world.account());
            json!({ "fields": job, "tags": get(Service::Glue, "GetTags", json!({ "ResourceArn": arn }))["Tags"] })
        }
        "log_group" => {
            let groups = get(Service::Logs, "DescribeLogGroups", json!({ "logGroupNamePrefix": name }));
            let group = items(&groups["logGroups"]).into_iter().find(|group| group["logGroupName"] == name);
            let arn = format!("arn:aws:logs:{}:{}:log-group:{name}", world.region(), world.account());
            let tags = get(Service::Logs, "ListTagsForResource", json!({ "resourceArn": arn }));
            json!({ "retention": group.unwrap_or_default()["retentionInDays"], "tags": tags["tags"] })
        }
        "state_machine" => {
            let arn = format!("arn:aws:states:{}:{}:stateMachine:{name}", world.region(), world.account());
            let machine = get(Service::States, "DescribeStateMachine", json!({ "stateMachineArn": arn }));
            let tags = get(Service::States, "ListTagsForResource", json!({ "resourceArn": arn }));
            let fields = ["roleArn", "type", "loggingConfiguration", "tracingConfiguration", "status"];
            json!({
                "definition": document(&machine["definition"]),
                "fields": only(&machine, &fields),
                "tags": sorted(items(&tags["tags"]).into_iter()),
            })
        }
        _ => {
            let of = json!({ "Bucket": format!("{BUCKET}-{}", world.account()), "Key": name });
            let tags = get(Service::S3, "GetObjectTagging", of.clone());
            json!({ "body": get(Service::S3, "GetObject", of), "tags": sorted(items(&tags["TagSet"]).into_iter()) })
        }
    }
}

/// A document, percent-encoded or not.
fn document(text: &Value) -> Value {
    let text = text.as_str().unwrap_or_default();
    let plain = percent_decode_str(text).decode_utf8_lossy();
    let parsed: Result<Value, _> = serde_json::from_str(&plain).or_else(|_| serde_json::from_str(text));
    let mut document = parsed.unwrap_or_default();
    document.sort_all_objects();
    document
}

fn only(object: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| ((*field).to_owned(), object[*field].clone())).collect()
}

fn sorted(values: impl Iterator<Item = Value>) -> Value {
    let mut all: Vec<Value> = values.collect();
    all.iter_mut().for_each(Value::sort_all_objects);
    all.sort_by_key(Value::to_string);
    Value::Array(all)
}
