use serde_json::json;
use statewright_tests::{Aws, Emulator, proxy::Service};

use super::{Bench, field, fixed};

const AROUND: &str = r#"
policies:
  BenchOne: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] } }
  BenchTwo: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:PutObject", Resource: "*" }] } }
"#;

fn story(emulator: Emulator) {
    let base = [("trust", "states.amazonaws.com"), ("replace", "allowed")];
    let bench = Bench::new(emulator, AROUND, ("roles", "BenchRole"), &base);
    let policy = |name: &str| format!("arn:aws:iam::{}:policy/{name}", bench.world().account());
    let document = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
            .to_string()
    };
    let trust = |aws: &Aws| {
        let document = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let parameters = json!({"RoleName": "BenchRole", "PolicyDocument": document.to_string()});
        aws.r#do(&Service::Iam, "UpdateAssumeRolePolicy", parameters);
    };
    let attach = |aws: &Aws| {
        let parameters = json!({"RoleName": "BenchRole", "PolicyArn": policy("BenchOne")});
        aws.r#do(&Service::Iam, "AttachRolePolicy", parameters);
    };
    let inline = |aws: &Aws| {
        let parameters = json!({"RoleName": "BenchRole", "PolicyName": "B", "PolicyDocument": document("sqs:*")});
        aws.r#do(&Service::Iam, "PutRolePolicy", parameters);
    };
    let boundary = |aws: &Aws| {
        let parameters = json!({"RoleName": "BenchRole", "PermissionsBoundary": policy("BenchOne")});
        aws.r#do(&Service::Iam, "PutRolePermissionsBoundary", parameters);
    };
    let settings = |aws: &Aws| {
        let parameters = json!({"RoleName": "BenchRole", "Description": "By hand", "MaxSessionDuration": 43200});
        aws.r#do(&Service::Iam, "UpdateRole", parameters);
    };
    let tags = |aws: &Aws| {
        let tags = json!([{"Key": "a", "Value": "3"}, {"Key": "c", "Value": "4"}]);
        aws.r#do(&Service::Iam, "TagRole", json!({"RoleName": "BenchRole", "Tags": tags}));
    };
    let boundaries = [policy("BenchOne"), policy("BenchTwo")];
    bench.try_all(&[
        field("trust", &["lambda.amazonaws.com", "[lambda.amazonaws.com, glue.amazonaws.com]"], &trust),
        field("policies", &["[BenchOne, BenchTwo]", "[BenchTwo]"], &attach),
        field(
            "inline",
            &[
                r#"{ A: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sqs:SendMessage", Resource: "*" }] } }"#,
                r#"{ B: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sqs:ReceiveMessage", Resource: "*" }] } }"#,
            ],
            &inline,
        ),
        field("permissions_boundary", &[&boundaries[0], &boundaries[1]], &boundary),
        field("description", &["One", "Two"], &settings),
        field("max_session_seconds", &["7200", "3601"], &settings),
        field("tags", &["{ a: '1', b: '2' }", "{ a: '2' }"], &tags),
        fixed("path", &["/one/", "/two/"]),
    ]);
}

#[test]
fn of_a_role_converge() {
    story(Emulator::Ministack);
}

#[test]
fn of_a_role_converge_on_moto() {
    story(Emulator::Moto);
}
