//! What is answered otherwise: pages, documents, credentials, permissions.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use statewright_iam::equivalent;

use super::{code, world};
use crate::proxy::Service;
use crate::proxy::weather::{Credentials, Documents, Pages, Permissions, Weather};
use crate::runtime::block_on;

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

#[test]
fn every_list_comes_item_by_item() {
    for empty_first in [false, true] {
        let pages = Some(Pages { items: 1, empty_first });
        let (world, client) = world(&Weather { pages, ..Weather::default() });
        for n in 0..3 {
            let role = block_on(world.aws().make_role(&format!("r{n}"), "states.amazonaws.com")).unwrap();
            let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}).to_string();
            let machine = json!({"name": format!("m{n}"), "roleArn": role, "definition": definition});
            world.aws().r#do(&Service::States, "CreateStateMachine", machine);
            let group = json!({"logGroupName": format!("/g{n}"), "tags": {"a": "b"}});
            world.aws().r#do(&Service::Logs, "CreateLogGroup", group);
        }
        let all = |service: &Service, operation: &str, field: &str, token: &str| -> (Vec<Value>, usize) {
            let (mut found, mut calls, mut parameters) = (Vec::new(), 0, json!({}));
            loop {
                let answer = client.r#do(service, operation, parameters.clone());
                let page = list(&answer[field]);
                assert!(page.len() <= 1, "{operation}: {answer}");
                found.extend(page);
                calls += 1;
                match answer[token].as_str().filter(|token| !token.is_empty()) {
                    Some(next) => parameters = json!({ token: next }),
                    None => return (found, calls),
                }
            }
        };
        let calls = if empty_first { 4 } else { 3 };
        for (service, operation, field, token) in [
            (Service::Iam, "ListRoles", "Roles", "Marker"),
            (Service::Iam, "GetAccountAuthorizationDetails", "RoleDetailList", "Marker"),
            (Service::States, "ListStateMachines", "stateMachines", "nextToken"),
            (Service::Logs, "DescribeLogGroups", "logGroups", "nextToken"),
            (Service::Tagging, "GetResources", "ResourceTagMappingList", "PaginationToken"),
        ] {
            let (found, made) = all(&service, operation, field, token);
            assert_eq!((found.len(), made), (3, calls), "{operation}");
        }
        let (found, made) = all(&Service::Lambda, "ListFunctions", "Functions", "NextMarker");
        assert_eq!((found.len(), made), (0, 1), "nothing comes in one page");
        let bad = client.try_do(&Service::States, "ListStateMachines", json!({"nextToken": "nonsense"}));
        assert_eq!(code(bad), "InvalidToken");
    }
}

#[test]
fn a_document_comes_back_in_other_words_and_means_the_same() {
    let written = json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": "123456789012", "Service": ["glue.amazonaws.com", "lambda.amazonaws.com"]}, "Action": "sts:AssumeRole"},
            {"Sid": "B", "Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": ["sts:AssumeRole"]},
        ]
    });
    let mut wordings = std::collections::BTreeSet::new();
    let (_world, client) = world(&Weather { documents: Some(Documents::default()), ..Weather::default() });
    let role = json!({"RoleName": "r", "AssumeRolePolicyDocument": written.to_string()});
    client.r#do(&Service::Iam, "CreateRole", role);
    for _ in 0..8 {
        let role = client.r#do(&Service::Iam, "GetRole", json!({"RoleName": "r"}));
        let encoded = role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap().to_owned();
        assert!(encoded.starts_with("%7B") && !encoded.contains(['+', ' ', '"']), "{encoded}");
        let text = percent_decode_str(&encoded).decode_utf8().unwrap().into_owned();
        let read: Value = serde_json::from_str(&text).unwrap();
        assert!(equivalent(&written, &read), "{text}");
        assert!(text.contains("arn:aws:iam::123456789012:root"), "{text}");
        wordings.insert(text);
    }
    assert!(wordings.len() > 3, "{wordings:#?}");
}

#[test]
fn defaults_are_answered_that_nobody_gave() {
    let (_world, client) = world(&Weather { documents: Some(Documents::default()), ..Weather::default() });
    let role = block_on(client.make_role("r", "states.amazonaws.com")).unwrap();
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}});
    let machine = json!({"name": "m", "roleArn": role, "definition": definition.to_string()});
    let arn = client.r#do(&Service::States, "CreateStateMachine", machine)["stateMachineArn"].clone();
    let described = client.r#do(&Service::States, "DescribeStateMachine", json!({"stateMachineArn": arn}));
    assert_eq!(described["encryptionConfiguration"], json!({"type": "AWS_OWNED_KEY"}));
    let read: Value = serde_json::from_str(described["definition"].as_str().unwrap()).unwrap();
    assert_eq!(read, definition);
}

#[test]
fn credentials_expire_in_the_midst_of_a_run() {
    let (world, client) = world(&Weather { credentials: Some(Credentials { calls: 2 }), ..Weather::default() });
    let codes: Vec<String> = [
        (Service::Iam, "ListRoles"),
        (Service::Iam, "ListRoles"),
        (Service::Iam, "ListRoles"),
        (Service::States, "ListStateMachines"),
    ]
    .map(|(service, operation)| code(client.try_do(&service, operation, json!({}))))
    .into();
    assert_eq!(codes, ["done", "done", "ExpiredToken", "ExpiredTokenException"]);
    assert_eq!(code(world.aws().try_do(&Service::Iam, "ListRoles", json!({}))), "done");
}

#[test]
fn a_caller_is_held_to_its_policy_and_to_the_roles_that_it_may_pass() {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["iam:CreateRole", "iam:GetRole", "states:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/machine", "Condition": {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}},
    ]});
    let (world, client) = world(&Weather { permissions: Some(Permissions { policy }), ..Weather::default() });
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}).to_string();
    let [machine, other] =
        ["machine", "other"].map(|name| block_on(client.make_role(name, "states.amazonaws.com")).unwrap());
    let create = |role: &str| {
        client.try_do(
            &Service::States,
            "CreateStateMachine",
            json!({"name": "m", "roleArn": role, "definition": definition}),
        )
    };
    let refusal = create(&other).unwrap_err();
    assert_eq!((refusal.status, refusal.code.as_str()), (400, "AccessDeniedException"));
    let says = format!(
        "User: arn:aws:iam::{}:user/deployer is not authorized to perform: iam:PassRole on resource: {other} because no \
         identity-based policy allows the iam:PassRole action",
        world.account()
    );
    assert_eq!(refusal.message, says);
    create(&machine).unwrap();
    let delete = client.try_do(&Service::Iam, "DeleteRole", json!({"RoleName": "other"})).unwrap_err();
    assert_eq!((delete.status, delete.code.as_str()), (403, "AccessDenied"));
    assert!(client.try_do(&Service::Sts, "GetCallerIdentity", json!({})).is_ok());
    assert!(world.aws().try_do(&Service::Iam, "DeleteRole", json!({"RoleName": "other"})).is_ok());
}
