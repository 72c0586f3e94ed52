use serde_json::{Value, json};

use super::super::{Probe, Verdict, Wrong, future, refused, same};
use crate::wire::{Aws, Refusal};

pub(in super::super) static PROBES: &[(&str, Probe)] = &[
    ("iam.malformed_trust_at_create", future!(malformed_trust_at_create)),
    ("iam.malformed_trust_at_update", future!(malformed_trust_at_update)),
    ("iam.bad_role_names", future!(bad_role_names)),
    ("iam.bad_policy_names", future!(bad_policy_names)),
    ("iam.bad_descriptions", future!(bad_descriptions)),
    ("iam.bad_characters_in_documents", future!(bad_characters_in_documents)),
    ("iam.role_names_by_case", future!(role_names_by_case)),
    ("iam.policy_names_by_case_and_path", future!(policy_names_by_case_and_path)),
    ("iam.attach_of_the_missing", future!(attach_of_the_missing)),
    ("iam.boundary_of_the_missing", future!(boundary_of_the_missing)),
    ("iam.delete_of_an_attached_policy", future!(delete_of_an_attached_policy)),
    ("iam.delete_with_versions", future!(delete_with_versions)),
    ("iam.set_default_unknown", future!(set_default_unknown)),
    ("iam.description_stays", future!(description_stays)),
    ("iam.details_without_boundary", future!(details_without_boundary)),
    ("iam.details_without_policy_names", future!(details_without_policy_names)),
    ("iam.lists_with_tags", future!(lists_with_tags)),
];

fn document(action: &str) -> String {
    let statement = json!([{"Effect": "Allow", "Action": action, "Resource": "*"}]);
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

fn trust() -> String {
    let statement =
        json!([{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

async fn role(aws: &Aws, name: &str) -> Result<Value, Refusal> {
    aws.iam("CreateRole", json!({"RoleName": name, "AssumeRolePolicyDocument": trust()})).await
}

async fn policy(aws: &Aws, name: &str) -> Result<String, Refusal> {
    let policy = json!({"PolicyName": name, "PolicyDocument": document("s3:GetObject")});
    let made = aws.iam("CreatePolicy", policy).await?;
    Ok(made["Policy"]["Arn"].as_str().unwrap_or_default().to_owned())
}

async fn malformed_trust_at_create(aws: Aws) -> Verdict {
    let broken = json!({"RoleName": "role", "AssumeRolePolicyDocument": "{\"Version\":"});
    refused(aws.iam("CreateRole", broken).await, "MalformedPolicyDocument")
}

async fn malformed_trust_at_update(aws: Aws) -> Verdict {
    role(&aws, "role").await?;
    let broken = json!({"RoleName": "role", "PolicyDocument": "{\"Version\":"});
    refused(aws.iam("UpdateAssumeRolePolicy", broken).await, "MalformedPolicyDocument")
}

async fn bad_role_names(aws: Aws) -> Verdict {
    for name in ["with space", "a/b", &"x".repeat(65)] {
        refused(role(&aws, name).await, "ValidationError")?;
    }
    Ok(())
}

async fn bad_policy_names(aws: Aws) -> Verdict {
    for name in ["with space", &"x".repeat(129)] {
        refused(policy(&aws, name).await, "ValidationError")?;
    }
    Ok(())
}

async fn bad_descriptions(aws: Aws) -> Verdict {
    let dash = json!({"RoleName": "role", "AssumeRolePolicyDocument": trust(), "Description": "em — dash"});
    refused(aws.iam("CreateRole", dash).await, "ValidationError")?;
    role(&aws, "role").await?;
    refused(aws.iam("UpdateRole", json!({"RoleName": "role", "Description": "em — dash"})).await, "ValidationError")
}

async fn bad_characters_in_documents(aws: Aws) -> Verdict {
    let dash = json!({"PolicyName": "policy", "PolicyDocument": document("s3:GetObject").replace("2012-10-17\"", "2012-10-17\", \"Id\": \"em — dash\"")});
    refused(aws.iam("CreatePolicy", dash).await, "ValidationError")
}

async fn role_names_by_case(aws: Aws) -> Verdict {
    role(&aws, "Role").await?;
    refused(role(&aws, "ROLE").await, "EntityAlreadyExists")
}

async fn policy_names_by_case_and_path(aws: Aws) -> Verdict {
    policy(&aws, "Policy").await?;
    refused(policy(&aws, "POLICY").await, "EntityAlreadyExists")?;
    let elsewhere = json!({"PolicyName": "Policy", "Path": "/x/", "PolicyDocument": document("s3:GetObject")});
    refused(aws.iam("CreatePolicy", elsewhere).await, "EntityAlreadyExists")
}

async fn attach_of_the_missing(aws: Aws) -> Verdict {
    role(&aws, "role").await?;
    let arn = format!("arn:aws:iam::{}:policy/missing", aws.account());
    let attach = json!({"RoleName": "role", "PolicyArn": arn});
    refused(aws.iam("AttachRolePolicy", attach).await, "NoSuchEntity")?;
    let managed =
        json!({"RoleName": "role", "PolicyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"});
    aws.iam("AttachRolePolicy", managed).await?;
    Ok(())
}

async fn boundary_of_the_missing(aws: Aws) -> Verdict {
    let missing = format!("arn:aws:iam::{}:policy/missing", aws.account());
    role(&aws, "role").await?;
    let put = json!({"RoleName": "role", "PermissionsBoundary": missing});
    refused(aws.iam("PutRolePermissionsBoundary", put).await, "NoSuchEntity")?;
    let create = json!({"RoleName": "other", "AssumeRolePolicyDocument": trust(), "PermissionsBoundary": missing});
    refused(aws.iam("CreateRole", create).await, "NoSuchEntity")
}

async fn delete_of_an_attached_policy(aws: Aws) -> Verdict {
    role(&aws, "role").await?;
    let arn = policy(&aws, "policy").await?;
    aws.iam("AttachRolePolicy", json!({"RoleName": "role", "PolicyArn": arn})).await?;
    refused(aws.iam("DeletePolicy", json!({"PolicyArn": arn})).await, "DeleteConflict")
}

async fn delete_with_versions(aws: Aws) -> Verdict {
    let arn = policy(&aws, "policy").await?;
    let version = json!({"PolicyArn": arn, "PolicyDocument": document("s3:PutObject"), "SetAsDefault": true});
    aws.iam("CreatePolicyVersion", version).await?;
    refused(aws.iam("DeletePolicy", json!({"PolicyArn": arn})).await, "DeleteConflict")?;
    aws.iam("DeletePolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await?;
    aws.iam("DeletePolicy", json!({"PolicyArn": arn})).await?;
    Ok(())
}

async fn set_default_unknown(aws: Aws) -> Verdict {
    let arn = policy(&aws, "policy").await?;
    let version = json!({"PolicyArn": arn, "PolicyDocument": document("s3:PutObject"), "SetAsDefault": true});
    aws.iam("CreatePolicyVersion", version).await?;
    aws.iam("SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await?;
    let got = aws.iam("GetPolicy", json!({"PolicyArn": arn})).await?;
    same(&got["Policy"]["DefaultVersionId"], &json!("v1"))?;
    let got = aws.iam("GetPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await?;
    same(&got["PolicyVersion"]["IsDefaultVersion"], &json!("true"))?;
    let listed = aws.iam("ListPolicyVersions", json!({"PolicyArn": arn})).await?;
    let defaults: Vec<(String, bool)> = listed["Versions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["VersionId"].as_str().unwrap_or_default().to_owned(), one["IsDefaultVersion"] == "true"))
        .collect();
    let mut sorted = defaults;
    sorted.sort();
    same(sorted, vec![("v1".to_owned(), true), ("v2".to_owned(), false)])?;
    refused(aws.iam("DeletePolicyVersion", json!({"PolicyArn": arn, "VersionId": "v1"})).await, "DeleteConflict")?;
    refused(aws.iam("SetDefaultPolicyVersion", json!({"PolicyArn": arn, "VersionId": "v9"})).await, "NoSuchEntity")
}

async fn description_stays(aws: Aws) -> Verdict {
    let described = json!({"RoleName": "role", "AssumeRolePolicyDocument": trust(), "Description": "first"});
    aws.iam("CreateRole", described).await?;
    let read = async || -> Result<String, Wrong> {
        let role = aws.iam("GetRole", json!({"RoleName": "role"})).await?;
        Ok(role["Role"]["Description"].as_str().unwrap_or_default().to_owned())
    };
    aws.iam("UpdateRole", json!({"RoleName": "role", "Description": ""})).await?;
    same(read().await?, String::new())?;
    aws.iam("UpdateRole", json!({"RoleName": "role", "MaxSessionDuration": 7200})).await?;
    same(read().await?, String::new())?;
    aws.iam("UpdateRole", json!({"RoleName": "role", "Description": "second"})).await?;
    same(read().await?, "second".to_owned())
}

async fn details(aws: &Aws, filter: &str) -> Result<Value, Refusal> {
    aws.iam("GetAccountAuthorizationDetails", json!({"Filter": [filter]})).await
}

async fn details_without_boundary(aws: Aws) -> Verdict {
    let boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
    let bounded = json!({"RoleName": "role", "AssumeRolePolicyDocument": trust(), "PermissionsBoundary": boundary});
    aws.iam("CreateRole", bounded).await?;
    let details = details(&aws, "Role").await?;
    same(&details["RoleDetailList"][0]["PermissionsBoundary"]["PermissionsBoundaryArn"], &json!(boundary))
}

async fn details_without_policy_names(aws: Aws) -> Verdict {
    let arn = policy(&aws, "policy").await?;
    let id = aws.iam("GetPolicy", json!({"PolicyArn": arn})).await?["Policy"]["PolicyId"].take();
    let details = details(&aws, "LocalManagedPolicy").await?;
    let found = &details["Policies"][0];
    same((&found["PolicyName"], &found["PolicyId"]), (&json!("policy"), &id))
}

async fn lists_with_tags(aws: Aws) -> Verdict {
    let tags = json!([{"Key": "a", "Value": "b"}]);
    aws.iam("CreateRole", json!({"RoleName": "role", "AssumeRolePolicyDocument": trust(), "Tags": tags})).await?;
    let tagged =
        json!({"PolicyName": "policy", "PolicyDocument": document("s3:GetObject"), "Description": "d", "Tags": tags});
    aws.iam("CreatePolicy", tagged).await?;
    let roles = aws.iam("ListRoles", json!({})).await?;
    let policies = aws.iam("ListPolicies", json!({"Scope": "Local"})).await?;
    let (role, policy) = (&roles["Roles"][0], &policies["Policies"][0]);
    let seen = (&role["RoleName"], &role["Tags"], &policy["PolicyName"], &policy["Tags"], &policy["Description"]);
    same(seen, (&json!("role"), &Value::Null, &json!("policy"), &Value::Null, &Value::Null))
}
