//! What each integration needs, by sample calls; and that the data files are read whole.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::needs::{self, Certainty, Need, Needs, Parameters, Place};

fn place() -> Place {
    Place {
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        machine: "nightly".to_owned(),
    }
}

/// A need on one line: `glue:StartJobRun on arn:… [also …] {conditions} (wide) ?when !rule`.
fn line(need: &Need) -> String {
    let mut out = format!("{} on {}", need.actions.join(","), need.resources.join(","));
    if !need.also.is_empty() {
        let _ = write!(out, " also {}", need.also.join(","));
    }
    if !need.conditions.is_empty() {
        let _ = write!(out, " {}", json!(need.conditions));
    }
    if !need.wide.is_empty() {
        let _ = write!(out, " ({})", need.wide.join("; "));
    }
    if let Certainty::If { when, derived } = &need.certainty {
        let _ = write!(out, " if {when}{}", if *derived { " (derived)" } else { "" });
    }
    if need.managed_rule {
        out.push_str(" [rule]");
    }
    if !need.verified {
        out.push_str(" [unverified]");
    }
    out.replace("arn:aws:", "").replace("eu-west-1:123456789012", "@")
}

fn lines(needs: &Needs) -> String {
    let all = needs.needs.iter().map(line).chain(needs.notes.iter().map(|note| format!("note: {note}")));
    all.fold(String::new(), |out, line| out + "  " + &line + "\n")
}

/// Every parameter that the data asks for, with a value.
fn sample() -> Value {
    let text = r#"{
        "FunctionName": "extract", "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:child",
        "JobDefinition": "jd", "JobQueue": "jq", "TableName": "orders", "TaskDefinition": "family", "Tags": [{"Key": "k"}],
        "Overrides": {"TaskRoleArn": "task", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/exec"},
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:topic", "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/queue",
        "JobName": "daily", "Name": "name", "TrainingJobName": "tj", "TransformJobName": "xj", "HyperParameterTuningJobName": "hj",
        "ProcessingJobName": "pj", "LabelingJobName": "lj", "ModelName": "model", "EndpointName": "Ep", "EndpointConfigName": "EpC",
        "RoleArn": "arn:aws:iam::123456789012:role/passed", "TrainingJobDefinition": {"RoleArn": "arn:aws:iam::123456789012:role/tuner"},
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/runner", "ServiceRole": "emr", "JobFlowRole": "flow", "AutoScalingRole": "scale",
        "ClusterId": "j-1", "ClusterName": "cluster", "NodegroupName": "group", "NodeRole": "arn:aws:iam::123456789012:role/node",
        "FargateProfileName": "profile", "PodExecutionRoleArn": "arn:aws:iam::123456789012:role/pod", "VirtualClusterId": "vc", "Id": "project:1",
        "Ids": ["one:1", "two:2"], "ApplicationId": "app", "JobRunId": "run", "ProjectName": "project", "WorkGroup": "wg",
        "Entries": [{"EventBusName": "bus"}, {"EventBusName": "arn:aws:events:eu-west-1:123456789012:event-bus/other"}],
        "ApiEndpoint": "abc.execute-api.eu-west-1.amazonaws.com", "Method": "GET", "Path": "/orders", "Stage": "prod", "AuthType": "IAM_ROLE",
        "Authentication": {"ConnectionArn": "arn:aws:events:eu-west-1:123456789012:connection/c/1"}, "ModelId": "anthropic.claude-v2",
        "BaseModelIdentifier": "amazon.titan", "Input": {"S3Uri": "s3://in/key"}, "Output": {"S3Uri": "s3://out/key"}, "GuardrailIdentifier": "g1",
        "Role": "arn:aws:iam::123456789012:role/convert", "Target": {"RoleArn": "arn:aws:iam::123456789012:role/target"}, "GroupName": "group",
        "ClusterIdentifier": "dw", "DbUser": "reader", "Database": "db"
    }"#;
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_integration_of_the_data() {
    let given = sample();
    let mut text = String::new();
    let mut count = 0;
    for (name, _) in needs::known() {
        count += 1;
        let task = format!("arn:aws:states:::{name}");
        let (given, dynamic) = match name {
            "lambda function ARN" => (
                needs::of_task("arn:aws:lambda:eu-west-1:123456789012:function:f:live", Parameters::None, &place()),
                None,
            ),
            "activity" => {
                (needs::of_task("arn:aws:states:eu-west-1:123456789012:activity:a", Parameters::None, &place()), None)
            }
            "distributed map" => (needs::of_distributed_map(&place()), None),
            "logging" => (needs::of_logging(&place()), None),
            "tracing" => (needs::of_tracing(&place()), None),
            "encryption" => (needs::of_encryption("alias/k", false, &place()), None),
            "encryption + logging" => (needs::of_encryption("k1", true, &place()), None),
            "credentials" => (
                needs::of_credentials(&json!({"RoleArn": "arn:aws:iam::210987654321:role/other"}), &place()),
                Some(needs::of_credentials(&json!({"RoleArn.$": "$.role"}), &place())),
            ),
            "ItemReader s3:getObject" => (
                needs::of_item_reader(
                    &json!({"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k.csv"}}),
                    &place(),
                ),
                Some(needs::of_item_reader(
                    &json!({"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "{% $b %}", "Key": "k.csv"}}),
                    &place(),
                )),
            ),
            "ItemReader s3:listObjectsV2" => (
                needs::of_item_reader(
                    &json!({"Resource": "arn:aws:states:::s3:listObjectsV2", "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN"}, "Parameters": {"Bucket": "b", "Prefix": "p/"}}),
                    &place(),
                ),
                Some(needs::of_item_reader(
                    &json!({"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}),
                    &place(),
                )),
            ),
            "ResultWriter s3:putObject" => (
                needs::of_result_writer(
                    &json!({"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "out"}}),
                    &place(),
                ),
                Some(needs::of_result_writer(
                    &json!({"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$.b"}}),
                    &place(),
                )),
            ),
            _ => (
                needs::of_task(&task, Parameters::Given(&given), &place()),
                Some(needs::of_task(&task, Parameters::Dynamic, &place())),
            ),
        };
        let _ = write!(text, "{name}\n{}", lines(&given));
        if let Some(dynamic) = dynamic {
            let _ = write!(text, " at run time\n{}", lines(&dynamic));
        }
    }
    assert_eq!(count, 119);
    insta::assert_snapshot!(text);
}

#[test]
fn any_call_of_the_sdk() {
    let mut text = String::new();
    for (call, given) in [
        ("s3:getObject", json!({"Bucket": "b", "Key": "a/b.csv", "VersionId": "1"})),
        ("s3:getObject", json!({"Bucket": "b", "Key.$": "$.key"})),
        ("s3:listBuckets", json!({})),
        ("s3:listObjectsV2", json!({"Bucket": "b"})),
        ("s3:putObject", json!({"Bucket": "b", "Key": "k", "Tagging": "a=b"})),
        ("dynamodb:query", json!({"TableName": "orders"})),
        ("dynamodb:query", json!({"TableName": "arn:aws:dynamodb:us-east-1:210987654321:table/t"})),
        ("lambda:invoke", json!({"FunctionName": "210987654321:function:f"})),
        ("sfn:startSyncExecution", json!({"StateMachineArn": "arn:aws:states:eu-west-1:123456789012:express:x"})),
        ("sfn:describeExecution", json!({"ExecutionArn": "arn:aws:states:eu-west-1:123456789012:execution:m:e"})),
        ("secretsmanager:getSecretValue", json!({"SecretId": "db"})),
        ("ssm:getParameter", json!({"Name": "/app/key"})),
        ("sqs:sendMessageBatch", json!({"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"})),
        ("sts:getCallerIdentity", json!({})),
        ("apigateway:getRestApis", json!({})),
        ("sesv2:sendEmail", json!({})),
        ("glue:getCrawler", json!({"Name": "c"})),
        ("glue:getTable", json!({"DatabaseName": "d", "Name": "t"})),
        ("ec2:describeInstances", json!({})),
        ("ecs:describeTasks", json!({"Cluster": "c", "Tasks": ["{% $t %}"]})),
        ("kms:decrypt", json!({"KeyId": "alias/k"})),
        ("iot:nosuch", json!({})),
        ("gleu:getJob", json!({})),
    ] {
        let resource = format!("arn:aws:states:::aws-sdk:{call}");
        let _ =
            write!(text, "{call} {given}\n{}", lines(&needs::of_task(&resource, Parameters::Given(&given), &place())));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn values_are_read_as_far_as_they_are_known() {
    let of = |value: Value| {
        let given = json!({"FunctionName": value});
        lines(&needs::of_task("arn:aws:states:::lambda:invoke", Parameters::Given(&given), &place()))
    };
    insta::assert_snapshot!(
        [
            of(json!("{% 'extract' %}")),
            of(json!("{% $fn %}")),
            of(json!("${Function}")),
            of(json!("arn:aws:lambda:${AWS::Region}:123456789012:function:extract")),
            of(json!("extract:live")),
            lines(&needs::of_task("arn:aws:states:::lambda:invoke", Parameters::Given(&json!({})), &place())),
            lines(&needs::of_task("${Task}", Parameters::Dynamic, &place())),
            lines(&needs::of_task("arn:aws:states:::nosuch:call.sync", Parameters::Dynamic, &place())),
        ]
        .concat()
    );
}
