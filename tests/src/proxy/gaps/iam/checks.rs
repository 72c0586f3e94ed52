use serde_json::{Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;

type Refusal = (u16, &'static str, String);

/// What IAM checks before it writes.
pub(super) async fn check(call: Intercepted) -> Reply {
    let refusal = match shape(&call) {
        Some(refusal) => Some(refusal),
        None => against_the_account(&call).await,
    };
    match refusal {
        Some((status, code, message)) => call.refuse(status, code, &message),
        None => call.forward().await,
    }
}

/// Names, descriptions and documents, by themselves.
fn shape(call: &Intercepted) -> Option<Refusal> {
    let name = match call.operation() {
        "CreateRole" => Some(("roleName", call.text("RoleName"), 64)),
        "CreatePolicy" | "PutRolePolicy" => Some(("policyName", call.text("PolicyName"), 128)),
        _ => None,
    };
    if let Some((field, name, most)) = name {
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c)) || name.is_empty() {
            let message = format!(
                "The specified value for {field} is invalid. It must contain only alphanumeric characters and/or the \
                 following: +=,.@_-"
            );
            return Some((400, "ValidationError", message));
        }
        if name.len() > most {
            let message = format!(
                "1 validation error detected: Value '{name}' at '{field}' failed to satisfy constraint: Member must have \
                 length less than or equal to {most}"
            );
            return Some((400, "ValidationError", message));
        }
    }
    if !call.text("Description").chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}')) {
        let message = "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must satisfy \
                       regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*";
        return Some((400, "ValidationError", message.to_owned()));
    }
    for field in ["AssumeRolePolicyDocument", "PolicyDocument"] {
        let Some(document) = call.given(field).and_then(Value::as_str) else { continue };
        if !document.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')) {
            let message =
                "The specified value for policyDocument is invalid. It must contain only printable ASCII characters.";
            return Some((400, "ValidationError", message.to_owned()));
        }
        let parsed: Option<Value> = serde_json::from_str(document).ok();
        if parsed.is_none_or(|document| document.get("Statement").is_none()) {
            return Some((400, "MalformedPolicyDocument", "Syntax errors in policy.".to_owned()));
        }
    }
    None
}

/// What is there already, and what is not there.
async fn against_the_account(call: &Intercepted) -> Option<Refusal> {
    let everything = json!({"MaxItems": "1000"});
    // Names are unique without regard to case, and a policy's whatever its path.
    let taken = |answer: Value, list: &str, field: &str, name: &str| {
        let items = answer[list].as_array().cloned().unwrap_or_default();
        items.iter().any(|item| item[field].as_str().is_some_and(|other| other.eq_ignore_ascii_case(name)))
    };
    match call.operation() {
        "CreateRole" => {
            let name = call.text("RoleName");
            let roles = call.emulator.iam("ListRoles", everything).await.unwrap_or_default();
            if taken(roles, "Roles", "RoleName", name) {
                return Some((409, "EntityAlreadyExists", format!("Role with name {name} already exists.")));
            }
        }
        "CreatePolicy" => {
            let name = call.text("PolicyName");
            let local = json!({"Scope": "Local", "MaxItems": "1000"});
            let policies = call.emulator.iam("ListPolicies", local).await.unwrap_or_default();
            if taken(policies, "Policies", "PolicyName", name) {
                let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
                return Some((409, "EntityAlreadyExists", message));
            }
        }
        "AttachRolePolicy" => {
            let arn = call.text("PolicyArn");
            if !exists(call, arn).await {
                let message = format!("Policy {arn} does not exist or is not attachable.");
                return Some((404, "NoSuchEntity", message));
            }
        }
        _ => {}
    }
    let boundary = call.text("PermissionsBoundary");
    if !boundary.is_empty() && !exists(call, boundary).await {
        return Some((404, "NoSuchEntity", format!("Scope ARN: {boundary} does not exist or is not attachable.")));
    }
    None
}

async fn exists(call: &Intercepted, policy: &str) -> bool {
    call.emulator.iam("GetPolicy", json!({"PolicyArn": policy})).await.is_ok()
}

/// A policy that is attached, or that has other versions than its default, cannot be deleted.
pub(super) async fn delete_policy(call: Intercepted) -> Reply {
    let arn = json!({"PolicyArn": call.text("PolicyArn")});
    let entities = call.emulator.iam("ListEntitiesForPolicy", arn.clone()).await.unwrap_or_default();
    let attached = ["PolicyRoles", "PolicyUsers", "PolicyGroups"];
    if attached.iter().any(|list| entities[list].as_array().is_some_and(|list| !list.is_empty())) {
        return call.refuse(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    }
    let versions = call.emulator.iam("ListPolicyVersions", arn).await.unwrap_or_default();
    if versions["Versions"].as_array().is_some_and(|versions| versions.len() > 1) {
        let message = "This policy has more than one version. Before you delete a policy, you must delete the policy's \
                       versions. The default version is deleted with the policy.";
        return call.refuse(409, "DeleteConflict", message);
    }
    call.forward().await
}
