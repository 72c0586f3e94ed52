use serde_json::{Map, Value, json};
use xmltree::{Element, XMLNode};

use super::super::Intercepted;
use crate::proxy::Reply;
use crate::wire::{child_text, members, set_child};

/// `GetAccountAuthorizationDetails` with each role's boundary and each policy's name and id.
pub(super) async fn complete(call: Intercepted) -> Reply {
    let reply = call.forward().await;
    let mut roles = Vec::new();
    let mut policies = Vec::new();
    let reply = reply.edit_xml(|result| {
        roles = members(result, "RoleDetailList").iter().filter_map(|role| child_text(role, "RoleName")).collect();
        policies = members(result, "Policies").iter().filter_map(|policy| child_text(policy, "Arn")).collect();
    });
    let mut found: Map<String, Value> = Map::new();
    for role in roles {
        let answer = call.emulator.iam("GetRole", json!({"RoleName": role})).await.unwrap_or_default();
        found.insert(role, answer["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"].clone());
    }
    for arn in policies {
        let answer = call.emulator.iam("GetPolicy", json!({"PolicyArn": arn})).await.unwrap_or_default();
        found.insert(arn, answer["Policy"]["PolicyId"].clone());
    }
    reply.edit_xml(|result| {
        for role in members(result, "RoleDetailList") {
            let name = child_text(role, "RoleName").unwrap_or_default();
            if let Some(arn) = found.get(&name).and_then(Value::as_str)
                && role.get_child("PermissionsBoundary").is_none()
            {
                let mut boundary = Element::new("PermissionsBoundary");
                set_child(&mut boundary, "PermissionsBoundaryType", "Policy");
                set_child(&mut boundary, "PermissionsBoundaryArn", arn);
                role.children.push(XMLNode::Element(boundary));
            }
        }
        for policy in members(result, "Policies") {
            let arn = child_text(policy, "Arn").unwrap_or_default();
            if policy.get_child("PolicyName").is_none() {
                set_child(policy, "PolicyName", arn.rsplit('/').next().unwrap_or_default());
            }
            if let Some(id) = found.get(&arn).and_then(Value::as_str)
                && policy.get_child("PolicyId").is_none()
            {
                set_child(policy, "PolicyId", id);
            }
        }
    })
}

/// `ListRoles` and `ListPolicies` carry no tags (their API references), nor `ListPolicies` a description.
pub(super) async fn lists_without_tags(call: Intercepted) -> Reply {
    call.forward().await.edit_xml(|result| {
        for role in members(result, "Roles") {
            role.take_child("Tags");
            role.take_child("PermissionsBoundary");
        }
        for policy in members(result, "Policies") {
            policy.take_child("Tags");
            policy.take_child("Description");
        }
    })
}
