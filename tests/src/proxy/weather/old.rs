use serde_json::{Value, json};

use crate::proxy::{Operation, Service};

/// The reads that show what a write changes, with the parameters of the plainest client. Lists are shown old to who has read them before.
pub(super) fn what_shows(write: &Operation) -> Vec<(&'static str, Value)> {
    let given = |name: &str| write.text(name).filter(|text| !text.is_empty());
    match write.service {
        Service::Iam => {
            let role = given("RoleName").into_iter().flat_map(|role| {
                let role = json!({ "RoleName": role });
                ["GetRole", "ListAttachedRolePolicies", "ListRolePolicies"].map(|read| (read, role.clone()))
            });
            let inline = given("RoleName")
                .zip(given("PolicyName"))
                .map(|(role, policy)| ("GetRolePolicy", json!({ "RoleName": role, "PolicyName": policy })));
            let policy = given("PolicyArn").map(|arn| ("GetPolicy", json!({ "PolicyArn": arn })));
            role.chain(inline).chain(policy).collect()
        }
        Service::States => {
            let arn = given("stateMachineArn").or_else(|| given("resourceArn"));
            arn.into_iter()
                .flat_map(|arn| {
                    [
                        ("DescribeStateMachine", json!({ "stateMachineArn": arn })),
                        ("ListTagsForResource", json!({ "resourceArn": arn })),
                    ]
                })
                .collect()
        }
        Service::Lambda => given("FunctionName")
            .into_iter()
            .flat_map(|name| {
                ["GetFunction", "GetFunctionConfiguration"].map(|read| (read, json!({ "FunctionName": name })))
            })
            .collect(),
        Service::Glue => {
            let job = given("JobName").or_else(|| given("Name"));
            job.map(|job| ("GetJob", json!({ "JobName": job }))).into_iter().collect()
        }
        Service::Logs | Service::Sts | Service::S3 | Service::Tagging | Service::Other(_) => Vec::new(),
    }
}
