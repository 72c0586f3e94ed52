use serde_json::Value;

use super::super::Intercepted;
use crate::proxy::Reply;
use crate::wire::{child_text, members};

const CLEARED: &str = "iam.cleared_description";

/// `UpdateRole` with an empty description takes the description away.
pub(super) async fn clear_description(call: Intercepted) -> Reply {
    let role = call.text("RoleName").to_owned();
    match call.operation() {
        "UpdateRole" => {
            let reply = call.forward().await;
            match call.given("Description").and_then(Value::as_str).filter(|_| reply.succeeded()) {
                Some("") => call.remember(CLEARED, &role, true.into()),
                Some(_) => drop(call.forget(CLEARED, &role)),
                None => {}
            }
            reply
        }
        "CreateRole" | "DeleteRole" => {
            let reply = call.forward().await;
            if reply.succeeded() {
                call.forget(CLEARED, &role);
            }
            reply
        }
        _ => call.forward().await.edit_xml(|result| {
            let mut roles = members(result, "Roles");
            if roles.is_empty() {
                roles = result.get_mut_child("Role").into_iter().collect();
            }
            for role in roles {
                let name = child_text(role, "RoleName").unwrap_or_default();
                if call.recall(CLEARED, &name).is_some() {
                    role.take_child("Description");
                }
            }
        }),
    }
}
