use serde_json::json;
use statewright_tests::{Aws, Emulator, proxy::Service};

use super::{Bench, field, fixed};

const DOCUMENT: &str =
    r#"{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }"#;

fn story(emulator: Emulator) {
    let base = [("document", DOCUMENT), ("replace", "allowed")];
    let bench = Bench::new(emulator, "", ("policies", "BenchPolicy"), &base);
    let arn = |path: &str| format!("arn:aws:iam::{}:policy{path}BenchPolicy", bench.world().account());
    let document = |aws: &Aws| {
        let document =
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource": "*"}]});
        let parameters = json!({"PolicyArn": arn("/"), "PolicyDocument": document.to_string(), "SetAsDefault": true});
        // Five versions are the most: somebody who adds one takes one away.
        let versions = aws.r#do(&Service::Iam, "ListPolicyVersions", json!({"PolicyArn": arn("/")}));
        let versions = versions["Versions"].as_array().cloned().unwrap_or_default();
        if versions.len() == 5 {
            let oldest =
                versions.iter().rfind(|v| v["IsDefaultVersion"].to_string().trim_matches('"') == "false").unwrap();
            let oldest = json!({"PolicyArn": arn("/"), "VersionId": oldest["VersionId"]});
            aws.r#do(&Service::Iam, "DeletePolicyVersion", oldest);
        }
        aws.r#do(&Service::Iam, "CreatePolicyVersion", parameters);
    };
    let tags = |aws: &Aws| {
        let tags = json!([{"Key": "a", "Value": "3"}, {"Key": "c", "Value": "4"}]);
        aws.r#do(&Service::Iam, "TagPolicy", json!({"PolicyArn": arn("/"), "Tags": tags}));
    };
    bench.try_all(&[
        field(
            "document",
            &[
                r#"{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:PutObject", Resource: "*" }] }"#,
                r#"{ Version: "2012-10-17", Statement: [{ Effect: Deny, Action: "s3:*", Resource: "*" }] }"#,
            ],
            &document,
        ),
        field("tags", &["{ a: '1', b: '2' }", "{ a: '2' }"], &tags),
        fixed("description", &["One", "Two"]),
        fixed("path", &["/one/", "/two/"]),
    ]);
}

#[test]
fn of_a_policy_converge() {
    story(Emulator::Ministack);
}

#[test]
fn of_a_policy_converge_on_moto() {
    story(Emulator::Moto);
}
