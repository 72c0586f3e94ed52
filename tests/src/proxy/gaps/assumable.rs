use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::wire::Aws;

/// Whether `principal`, or its regional form, may assume `role`, an ARN or a name. A role of another account cannot be looked at, and is
/// taken for assumable.
pub(super) async fn is_assumable(emulator: &Aws, role: &str, principal: &str) -> bool {
    if role.starts_with("arn:") && !role.contains(&format!("::{}:role/", emulator.account())) {
        return true;
    }
    let name = role.rsplit('/').next().unwrap_or(role);
    let Ok(answer) = emulator.iam("GetRole", json!({"RoleName": name})).await else { return false };
    if role.starts_with("arn:") && answer["Role"]["Arn"] != role {
        return false;
    }
    let document = answer["Role"]["AssumeRolePolicyDocument"].as_str().unwrap_or_default();
    let document = percent_decode_str(document).decode_utf8_lossy();
    let Ok(trust) = serde_json::from_str::<Value>(&document) else { return false };
    let regional = principal.replace(".amazonaws.com", &format!(".{}.amazonaws.com", emulator.region()));
    list(&trust["Statement"]).iter().any(|statement| {
        let services = list(&statement["Principal"]["Service"]);
        statement["Effect"] == "Allow"
            && list(&statement["Action"]).iter().any(|action| *action == "sts:AssumeRole" || *action == "sts:*")
            && services.iter().any(|service| *service == principal || *service == regional.as_str())
    })
}

/// IAM writes a list of one as its one item.
fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}
