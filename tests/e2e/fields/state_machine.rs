use serde_json::{Value, json};
use statewright_tests::{Aws, Emulator, proxy::Service};

use super::{Bench, field, fixed};

/// A machine that logs is refused when its role may not deliver logs.
const AROUND: &str = r#"
roles:
  BenchRole:
    trust: states.amazonaws.com
    inline: { Deliver: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "logs:*", Resource: "*" }] } }
  BenchOther:
    trust: states.amazonaws.com
    inline: { Deliver: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "logs:*", Resource: "*" }] } }
log_groups:
  /aws/vendedlogs/states/bench: {}
  /aws/vendedlogs/states/other: {}
"#;

fn story(emulator: Emulator) {
    let base = [
        ("role", "BenchRole"),
        ("definition", "{ StartAt: A, States: { A: { Type: Pass, End: true } } }"),
        ("replace", "allowed"),
    ];
    let bench = Bench::new(emulator, AROUND, ("state_machines", "bench"), &base);
    let account = bench.world().account().to_owned();
    let arn = format!("arn:aws:states:us-east-1:{account}:stateMachine:bench");
    let update = |aws: &Aws, mut parameters: Value| {
        parameters["stateMachineArn"] = json!(arn);
        // The role is sent too, for an update without definition and role is refused.
        if parameters["definition"].is_null() && parameters["roleArn"].is_null() {
            parameters["roleArn"] = json!(format!("arn:aws:iam::{account}:role/BenchRole"));
        }
        aws.r#do(&Service::States, "UpdateStateMachine", parameters);
    };
    let definition = |aws: &Aws| {
        update(aws, json!({"definition": json!({"StartAt": "Z", "States": {"Z": {"Type": "Succeed"}}}).to_string()}));
    };
    let role = |aws: &Aws| update(aws, json!({"roleArn": format!("arn:aws:iam::{account}:role/BenchRole")}));
    let logging = |aws: &Aws| {
        update(
            aws,
            json!({"loggingConfiguration": {"level": "OFF", "includeExecutionData": false, "destinations": []}}),
        );
    };
    let tracing = |aws: &Aws| update(aws, json!({"tracingConfiguration": {"enabled": false}}));
    let encryption = |aws: &Aws| {
        let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}).to_string();
        update(aws, json!({"encryptionConfiguration": {"type": "AWS_OWNED_KEY"}, "definition": definition}));
    };
    let tags = |aws: &Aws| {
        let tags = json!([{"key": "a", "value": "3"}, {"key": "c", "value": "4"}]);
        aws.r#do(&Service::States, "TagResource", json!({"resourceArn": arn, "tags": tags}));
    };
    let mut fields = vec![
        field(
            "definition",
            &[
                "{ StartAt: A, States: { A: { Type: Pass, Comment: one, End: true } } }",
                "{ StartAt: B, States: { B: { Type: Wait, Seconds: 1, End: true } } }",
            ],
            &definition,
        ),
        field("role", &["BenchOther"], &role),
        field(
            "logging",
            &[
                "{ level: ERROR, log_group: /aws/vendedlogs/states/bench }",
                "{ level: ALL, include_execution_data: true, log_group: /aws/vendedlogs/states/other }",
            ],
            &logging,
        ),
        field("encryption", &["{ kms_key: alias/bench, reuse_seconds: 60 }", "{ kms_key: alias/other }"], &encryption),
        field("tags", &["{ a: '1', b: '2' }", "{ a: '2' }"], &tags),
        fixed("type", &["EXPRESS"]),
    ];
    // moto turns tracing on and never off again.
    if emulator == Emulator::Ministack {
        fields.push(field("tracing", &["true"], &tracing));
    }
    bench.try_all(&fields);
}

#[test]
fn of_a_state_machine_converge() {
    story(Emulator::Ministack);
}

#[test]
fn of_a_state_machine_converge_on_moto() {
    story(Emulator::Moto);
}
