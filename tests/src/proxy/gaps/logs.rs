//! `CloudWatch` Logs: keys, checks, and tags of what is not there.

use serde_json::{Value, json};

use super::{Intercepted, Probe, Repair, Verdict, future, refused, same};
use crate::proxy::{Reply, Service};
use crate::wire::Aws;

const GROUP: &str = "logs.group";

pub(super) static REPAIRS: &[Repair] = &[
    Repair {
        name: "logs.group_as_written",
        service: Service::Logs,
        operations: &[
            "CreateLogGroup",
            "AssociateKmsKey",
            "DisassociateKmsKey",
            "PutLogGroupDeletionProtection",
            "DescribeLogGroups",
            "DeleteLogGroup",
        ],
        handle: future!(fields),
    },
    Repair {
        name: "logs.checks",
        service: Service::Logs,
        operations: &["CreateLogGroup", "PutRetentionPolicy"],
        handle: future!(checks),
    },
    Repair {
        name: "logs.by_identifier",
        service: Service::Logs,
        operations: &["DescribeLogGroups"],
        handle: future!(by_identifier),
    },
    Repair {
        name: "logs.tags_of_nothing",
        service: Service::Logs,
        operations: &["ListTagsForResource", "TagResource", "UntagResource"],
        handle: future!(tags_of_nothing),
    },
    Repair {
        name: "logs.tags_die_with_the_group",
        service: Service::Logs,
        operations: &["DeleteLogGroup"],
        handle: future!(tags_die),
    },
];

fn arn(call: &Intercepted) -> String {
    let (region, account) = (&call.request.region, &call.request.account);
    format!("arn:aws:logs:{region}:{account}:log-group:{}", call.text("logGroupName"))
}

async fn exists(aws: &Aws, group: &str) -> bool {
    let answer = aws.logs("DescribeLogGroups", json!({"logGroupNamePrefix": group})).await.unwrap_or_default();
    answer["logGroups"].as_array().into_iter().flatten().any(|found| found["logGroupName"] == group)
}

/// What an emulator drops of a group: its key, class and protection. A null in memory covers a key that was taken away.
async fn fields(call: Intercepted) -> Reply {
    let group = match call.text("logGroupName") {
        "" => name(call.text("logGroupIdentifier")).to_owned(),
        named => named.to_owned(),
    };
    match call.operation() {
        "AssociateKmsKey" | "DisassociateKmsKey" | "PutLogGroupDeletionProtection" => {
            if !exists(&call.emulator, &group).await {
                return call.refuse(400, "ResourceNotFoundException", "The specified log group does not exist.");
            }
            let mut known = call.recall(GROUP, &group).unwrap_or(json!({}));
            if call.operation() == "PutLogGroupDeletionProtection" {
                known["deletionProtectionEnabled"] =
                    call.given("deletionProtectionEnabled").cloned().unwrap_or(false.into());
            } else {
                known["kmsKeyId"] = call.given("kmsKeyId").cloned().unwrap_or(Value::Null);
            }
            call.remember(GROUP, &group, known);
            call.succeed(&json!({}))
        }
        "DescribeLogGroups" => call.forward().await.edit_json(|answer| {
            for group in answer["logGroups"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                let known = group.get("logGroupName").and_then(Value::as_str).and_then(|name| call.recall(GROUP, name));
                for (field, value) in known.iter().filter_map(Value::as_object).flatten() {
                    if value.is_null() {
                        group.shift_remove(field);
                    } else {
                        group.insert(field.clone(), value.clone());
                    }
                }
                group.entry("logGroupClass").or_insert("STANDARD".into());
                group.entry("deletionProtectionEnabled").or_insert(false.into());
            }
        }),
        "DeleteLogGroup" => {
            if call.recall(GROUP, &group).is_some_and(|known| known["deletionProtectionEnabled"] == true) {
                let message = "The log group cannot be deleted because deletion protection is enabled.";
                return call.refuse(400, "ValidationException", message);
            }
            let reply = call.forward().await;
            if reply.succeeded() {
                call.forget(GROUP, &group);
            }
            reply
        }
        _ => {
            let reply = call.forward().await;
            if reply.succeeded() {
                let fields = ["kmsKeyId", "logGroupClass", "deletionProtectionEnabled"];
                let given = fields.iter().filter_map(|field| Some(((*field).to_owned(), call.given(field)?.clone())));
                call.remember(GROUP, &group, Value::Object(given.collect()));
            }
            reply
        }
    }
}

/// A group's name, of a name or an ARN.
fn name(identifier: &str) -> &str {
    identifier.split_once(":log-group:").map_or(identifier, |(_, name)| name.trim_end_matches(":*"))
}

/// A group's name, and the retentions that there are (the API reference of `PutRetentionPolicy`).
async fn checks(call: Intercepted) -> Reply {
    const DAYS: [u64; 22] =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
    let name = call.text("logGroupName");
    let good = (1..=512).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/#".contains(&byte));
    if !good {
        let message = format!(
            "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
        );
        return call.refuse(400, "InvalidParameterException", &message);
    }
    if let Some(days) = call.given("retentionInDays").and_then(Value::as_u64)
        && !DAYS.contains(&days)
    {
        let message =
            format!("1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint");
        return call.refuse(400, "InvalidParameterException", &message);
    }
    call.forward().await
}

/// `logGroupIdentifiers` (names or ARNs) choose groups.
async fn by_identifier(call: Intercepted) -> Reply {
    let asked = call.given("logGroupIdentifiers").and_then(Value::as_array).cloned().unwrap_or_default();
    let names: Vec<&str> = asked.iter().filter_map(Value::as_str).map(name).collect();
    call.forward().await.edit_json(|answer| {
        if let Some(groups) = answer["logGroups"].as_array_mut().filter(|_| !names.is_empty()) {
            groups.retain(|group| group["logGroupName"].as_str().is_some_and(|name| names.contains(&name)));
        }
    })
}

async fn tags_of_nothing(call: Intercepted) -> Reply {
    if let Some((_, group)) = call.text("resourceArn").split_once(":log-group:")
        && !exists(&call.emulator, group).await
    {
        return call.refuse(400, "ResourceNotFoundException", "The specified resource does not exist.");
    }
    call.forward().await
}

async fn tags_die(call: Intercepted) -> Reply {
    let reply = call.forward().await;
    if reply.succeeded() {
        let arn = arn(&call);
        let tags = call.emulator.logs("ListTagsForResource", json!({"resourceArn": arn})).await.unwrap_or_default();
        let keys: Vec<&String> = tags["tags"].as_object().into_iter().flat_map(|tags| tags.keys()).collect();
        if !keys.is_empty() {
            // The emulator forgets them as if there were a group.
            let _ = call.emulator.logs("UntagResource", json!({"resourceArn": arn, "tagKeys": keys})).await;
        }
    }
    reply
}

pub(super) static PROBES: &[(&str, Probe)] = &[
    ("logs.key_associated", future!(key_associated)),
    ("logs.protection_dropped", future!(protection_dropped)),
    ("logs.class_dropped", future!(class_dropped)),
    ("logs.bad_names", future!(bad_names)),
    ("logs.bad_retention", future!(bad_retention)),
    ("logs.identifiers_ignored", future!(identifiers_ignored)),
    ("logs.tags_of_the_missing", future!(tags_of_the_missing)),
    ("logs.tags_outlive_the_group", future!(tags_outlive_the_group)),
];

fn kms(aws: &Aws) -> String {
    format!("arn:aws:kms:{}:{}:key/11111111-2222-3333-4444-555555555555", aws.region(), aws.account())
}

async fn group(aws: &Aws) -> Result<Value, crate::wire::Refusal> {
    Ok(aws.logs("DescribeLogGroups", json!({"logGroupNamePrefix": "/group"})).await?["logGroups"][0].take())
}

async fn key_associated(aws: Aws) -> Verdict {
    let named = json!({"logGroupName": "/group"});
    let keyed = json!({"logGroupName": "/group", "kmsKeyId": kms(&aws)});
    aws.logs("CreateLogGroup", named.clone()).await?;
    aws.logs("AssociateKmsKey", keyed.clone()).await?;
    same(&group(&aws).await?["kmsKeyId"], &json!(kms(&aws)))?;
    aws.logs("DisassociateKmsKey", named.clone()).await?;
    same(&group(&aws).await?["kmsKeyId"], &Value::Null)?;
    aws.logs("AssociateKmsKey", keyed.clone()).await?;
    aws.logs("DeleteLogGroup", named.clone()).await?;
    aws.logs("CreateLogGroup", named.clone()).await?;
    same(&group(&aws).await?["kmsKeyId"], &Value::Null)?;
    aws.logs("DeleteLogGroup", named).await?;
    aws.logs("CreateLogGroup", keyed.clone()).await?;
    same(&group(&aws).await?["kmsKeyId"], &json!(kms(&aws)))?;
    aws.logs("DeleteLogGroup", json!({"logGroupName": "/group"})).await?;
    refused(aws.logs("AssociateKmsKey", keyed).await, "ResourceNotFoundException")
}

async fn protection_dropped(aws: Aws) -> Verdict {
    let protect = async |on: bool| {
        let parameters = json!({"logGroupIdentifier": "/group", "deletionProtectionEnabled": on});
        aws.logs("PutLogGroupDeletionProtection", parameters).await
    };
    let protected = json!({"logGroupName": "/group", "deletionProtectionEnabled": true});
    aws.logs("CreateLogGroup", protected).await?;
    same(&group(&aws).await?["deletionProtectionEnabled"], &json!(true))?;
    refused(aws.logs("DeleteLogGroup", json!({"logGroupName": "/group"})).await, "ValidationException")?;
    protect(false).await?;
    same(&group(&aws).await?["deletionProtectionEnabled"], &json!(false))?;
    protect(true).await?;
    same(&group(&aws).await?["deletionProtectionEnabled"], &json!(true))?;
    protect(false).await?;
    aws.logs("DeleteLogGroup", json!({"logGroupName": "/group"})).await?;
    refused(protect(true).await, "ResourceNotFoundException")
}

async fn class_dropped(aws: Aws) -> Verdict {
    let rare = json!({"logGroupName": "/group", "logGroupClass": "INFREQUENT_ACCESS"});
    aws.logs("CreateLogGroup", rare).await?;
    same(&group(&aws).await?["logGroupClass"], &json!("INFREQUENT_ACCESS"))?;
    aws.logs("DeleteLogGroup", json!({"logGroupName": "/group"})).await?;
    aws.logs("CreateLogGroup", json!({"logGroupName": "/group"})).await?;
    same(&group(&aws).await?["logGroupClass"], &json!("STANDARD"))
}

async fn bad_names(aws: Aws) -> Verdict {
    for name in ["with space", "a!b", &"x".repeat(513)] {
        refused(aws.logs("CreateLogGroup", json!({"logGroupName": name})).await, "InvalidParameterException")?;
    }
    Ok(())
}

async fn bad_retention(aws: Aws) -> Verdict {
    aws.logs("CreateLogGroup", json!({"logGroupName": "/group"})).await?;
    let put = json!({"logGroupName": "/group", "retentionInDays": 31});
    refused(aws.logs("PutRetentionPolicy", put).await, "InvalidParameterException")
}

async fn identifiers_ignored(aws: Aws) -> Verdict {
    for name in ["/group", "/group-two"] {
        aws.logs("CreateLogGroup", json!({"logGroupName": name})).await?;
    }
    let answer = aws.logs("DescribeLogGroups", json!({"logGroupIdentifiers": ["/group"]})).await?;
    same(answer["logGroups"].as_array().map(Vec::len), Some(1))
}

async fn tags_of_the_missing(aws: Aws) -> Verdict {
    let arn = format!("arn:aws:logs:{}:{}:log-group:/missing", aws.region(), aws.account());
    refused(aws.logs("ListTagsForResource", json!({"resourceArn": arn})).await, "ResourceNotFoundException")
}

async fn tags_outlive_the_group(aws: Aws) -> Verdict {
    let arn = format!("arn:aws:logs:{}:{}:log-group:/group", aws.region(), aws.account());
    aws.logs("CreateLogGroup", json!({"logGroupName": "/group", "tags": {"a": "b"}})).await?;
    aws.logs("DeleteLogGroup", json!({"logGroupName": "/group"})).await?;
    aws.logs("CreateLogGroup", json!({"logGroupName": "/group"})).await?;
    same(&aws.logs("ListTagsForResource", json!({"resourceArn": arn})).await?["tags"], &json!({}))
}
