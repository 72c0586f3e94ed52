use serde_json::json;
use statewright_tests::{Aws, Emulator, proxy::Service};

use super::{Bench, field, fixed};

const NAME: &str = "/bench/group";

fn story(emulator: Emulator) {
    let bench = Bench::new(emulator, "", ("log_groups", NAME), &[("replace", "allowed")]);
    let account = bench.world().account().to_owned();
    let key = |n: u32| format!("arn:aws:kms:us-east-1:{account}:key/00000000-0000-0000-0000-00000000000{n}");
    let retention = |aws: &Aws| {
        aws.r#do(&Service::Logs, "PutRetentionPolicy", json!({"logGroupName": NAME, "retentionInDays": 365}));
    };
    let kms = |aws: &Aws| {
        aws.r#do(&Service::Logs, "AssociateKmsKey", json!({"logGroupName": NAME, "kmsKeyId": key(3)}));
    };
    let protection = |aws: &Aws| {
        let parameters = json!({"logGroupIdentifier": NAME, "deletionProtectionEnabled": false});
        aws.r#do(&Service::Logs, "PutLogGroupDeletionProtection", parameters);
    };
    let tags = |aws: &Aws| {
        let arn = format!("arn:aws:logs:us-east-1:{account}:log-group:{NAME}");
        aws.r#do(&Service::Logs, "TagResource", json!({"resourceArn": arn, "tags": {"a": "3", "c": "4"}}));
    };
    let keys = [key(1), key(2)];
    bench.try_all(&[
        field("retention_days", &["30", "60"], &retention),
        field("kms_key", &[&keys[0], &keys[1]], &kms),
        field("deletion_protection", &["true"], &protection),
        fixed("class", &["INFREQUENT_ACCESS"]),
        field("tags", &["{ a: '1', b: '2' }", "{ a: '2' }"], &tags),
    ]);
}

#[test]
fn of_a_log_group_converge() {
    story(Emulator::Ministack);
}

#[test]
fn of_a_log_group_converge_on_moto() {
    story(Emulator::Moto);
}
