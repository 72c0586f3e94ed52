use crate::{Definition, mentions, testing::node};

fn check(state: &str, expect: &[&str]) {
    let text = format!(r#"{{"StartAt":"S","States":{{"S":{state}}}}}"#);
    let root = node(&text);
    let found: Vec<String> = mentions(&Definition::of(&root))
        .into_iter()
        .map(|m| {
            assert_eq!(&text[m.span.start + 1..m.span.end - 1], m.text, "the span shows the text");
            format!("{} {:?}", m.location, m.target)
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn a_function_in_every_form() {
    check(
        r#"{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f:live"}"#,
        &[concat!(
            "/States/S/Resource Function(Function { name: \"f\", qualifier: Some(\"live\"), ",
            "account: Some(\"123456789012\"), region: Some(\"us-east-1\"), partition: Some(\"aws\") })"
        )],
    );
    check(
        r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Qualifier":"7"}}"#,
        &[concat!(
            "/States/S/Parameters/FunctionName Function(Function { name: \"f\", qualifier: Some(\"7\"), ",
            "account: None, region: None, partition: None })"
        )],
    );
    check(
        r#"{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:lambda:invoke","Arguments":{"FunctionName":"1:function:f:$LATEST"}}"#,
        &[concat!(
            "/States/S/Arguments/FunctionName Function(Function { name: \"f\", qualifier: Some(\"$LATEST\"), ",
            "account: Some(\"1\"), region: None, partition: None })"
        )],
    );
}

#[test]
fn unknown_account_and_region_are_text() {
    check(
        "{\"Type\":\"Task\",\"Resource\":\"arn:\u{e002}:lambda:\u{e001}:\u{e000}:function:f\"}",
        &[concat!(
            "/States/S/Resource Function(Function { name: \"f\", qualifier: None, ",
            "account: Some(\"\\u{e000}\"), region: Some(\"\\u{e001}\"), partition: Some(\"\\u{e002}\") })"
        )],
    );
}

#[test]
fn computed_names_are_not_mentions() {
    for parameters in [
        r#""Parameters":{"FunctionName.$":"$.f"}"#,
        r#""Parameters":{"FunctionName":"${Function}"}"#,
        r#""Arguments":{"FunctionName":"{% $f %}"}"#,
        r#""Arguments":"{% {'FunctionName': 'f'} %}""#,
        r#""Parameters":{"FunctionName":7}"#,
    ] {
        check(&format!(r#"{{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",{parameters}}}"#), &[]);
    }
}

#[test]
fn other_services() {
    for (resource, parameters, expect) in [
        ("glue:startJobRun.sync", r#"{"JobName":"j"}"#, r#"/JobName GlueJob { name: "j" }"#),
        ("aws-sdk:glue:getJobRun", r#"{"JobName":"j"}"#, r#"/JobName GlueJob { name: "j" }"#),
        ("aws-sdk:glue:startCrawler", r#"{"Name":"c"}"#, r#"/Name GlueCrawler { name: "c" }"#),
        ("states:startExecution.sync:2", r#"{"StateMachineArn":"a"}"#, r#"/StateMachineArn StateMachine { arn: "a" }"#),
        ("sns:publish", r#"{"TopicArn":"t"}"#, r#"/TopicArn SnsTopic { arn: "t" }"#),
        ("sqs:sendMessage", r#"{"QueueUrl":"q"}"#, r#"/QueueUrl SqsQueue { url: "q" }"#),
        ("dynamodb:getItem", r#"{"TableName":"t"}"#, r#"/TableName DynamoDbTable { name: "t" }"#),
        (
            "events:putEvents",
            r#"{"Entries":[{"EventBusName":"b"}]}"#,
            r#"/Entries[0]/EventBusName EventBus { name: "b" }"#,
        ),
    ] {
        check(
            &format!(r#"{{"Type":"Task","Resource":"arn:aws:states:::{resource}","Parameters":{parameters}}}"#),
            &[&format!("/States/S/Parameters{expect}")],
        );
    }
}

#[test]
fn inner_states_and_item_readers() {
    check(
        r#"{"Type":"Map",
            "ItemReader":{"Resource":"arn:aws:states:::s3:getObject","Parameters":{"Bucket":"in"}},
            "ItemProcessor":{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:us-east-1:1:activity:a",
                "Credentials":{"RoleArn":"r"}}}}}"#,
        &[
            "/States/S/ItemReader/Parameters/Bucket S3Bucket { name: \"in\" }",
            "/States/S/ItemProcessor/States/T/Resource Activity { arn: \"arn:aws:states:us-east-1:1:activity:a\" }",
            "/States/S/ItemProcessor/States/T/Credentials/RoleArn Role { arn: \"r\" }",
        ],
    );
}
