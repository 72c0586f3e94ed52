//! STS: only a role that exists can be assumed, and its credentials act in its account.

use serde_json::json;

use super::{Intercepted, Probe, Repair, Verdict, future, refused};
use crate::proxy::{Reply, Service};
use crate::wire::{Aws, child_text};

pub(super) static REPAIRS: &[Repair] =
    &[Repair { name: "sts.assume_role", service: Service::Sts, operations: &["AssumeRole"], handle: future!(assume) }];

async fn assume(call: Intercepted) -> Reply {
    let arn = call.text("RoleArn").to_owned();
    let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
    let role = arn.rsplit('/').next().unwrap_or_default();
    let owner = Aws::new(call.emulator.endpoint(), &account, call.emulator.region());
    if owner.iam("GetRole", json!({"RoleName": role})).await.is_err() {
        let who = format!("arn:aws:iam::{}:root", call.request.account);
        let message = format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {arn}");
        return call.refuse(403, "AccessDenied", &message);
    }
    call.forward().await.edit_xml(|result| {
        let key = result.get_child("Credentials").and_then(|credentials| child_text(credentials, "AccessKeyId"));
        if let Some(key) = key {
            call.remember_session(&key, &account);
        }
    })
}

pub(super) static PROBES: &[(&str, Probe)] = &[("sts.role_is_missing", future!(role_is_missing))];

async fn role_is_missing(aws: Aws) -> Verdict {
    let arn = format!("arn:aws:iam::{}:role/Missing", aws.account());
    refused(aws.sts("AssumeRole", json!({"RoleArn": arn, "RoleSessionName": "probe"})).await, "AccessDenied")
}
