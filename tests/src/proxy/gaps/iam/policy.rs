use serde_json::{Value, json};
use xmltree::Element;

use super::super::Intercepted;
use crate::proxy::{Answer, Reply};
use crate::wire::{child_text, members, set_child};

const DEFAULT: &str = "iam.default_version";
const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// `SetDefaultPolicyVersion`, for an emulator that does not know it: remembered, and shown wherever a default is answered.
///
/// One thing stays wrong: the version that the emulator itself takes for the default cannot be deleted.
pub(super) async fn default_version(call: Intercepted) -> Reply {
    let arn = call.text("PolicyArn").to_owned();
    match call.operation() {
        "SetDefaultPolicyVersion" => {
            let version = call.text("VersionId");
            let asked = json!({"PolicyArn": arn, "VersionId": version});
            if let Err(refusal) = call.emulator.iam("GetPolicyVersion", asked).await {
                return call.refuse(refusal.status, &refusal.code, &refusal.message);
            }
            call.remember(DEFAULT, &arn, version.into());
            Reply::Answer(Answer::empty_xml(call.operation(), NAMESPACE))
        }
        "CreatePolicyVersion" => {
            let reply = call.forward().await;
            if reply.succeeded() && call.text("SetAsDefault") == "true" {
                call.forget(DEFAULT, &arn);
            }
            reply
        }
        "DeletePolicyVersion" => {
            if call.recall(DEFAULT, &arn).is_some_and(|version| version == call.text("VersionId")) {
                return call.refuse(409, "DeleteConflict", "Cannot delete the default version of a policy.");
            }
            call.forward().await
        }
        "DeletePolicy" => {
            let reply = call.forward().await;
            if reply.succeeded() {
                call.forget(DEFAULT, &arn);
            }
            reply
        }
        _ => call.forward().await.edit_xml(|result| {
            for list in ["Policies", "Policy"] {
                let policies = if list == "Policy" {
                    result.get_mut_child(list).into_iter().collect()
                } else {
                    members(result, list)
                };
                for policy in policies {
                    correct_policy(&call, policy);
                }
            }
            let Some(Value::String(version)) = call.recall(DEFAULT, &arn) else { return };
            if let Some(one) = result.get_mut_child("PolicyVersion") {
                correct_version(one, &version);
            }
            for one in members(result, "Versions") {
                correct_version(one, &version);
            }
        }),
    }
}

fn correct_policy(call: &Intercepted, policy: &mut Element) {
    let arn = child_text(policy, "Arn").unwrap_or_default();
    let Some(Value::String(version)) = call.recall(DEFAULT, &arn) else { return };
    set_child(policy, "DefaultVersionId", &version);
    for one in members(policy, "PolicyVersionList") {
        correct_version(one, &version);
    }
}

fn correct_version(version: &mut Element, default: &str) {
    let is_default = child_text(version, "VersionId").as_deref() == Some(default);
    set_child(version, "IsDefaultVersion", if is_default { "true" } else { "false" });
}
