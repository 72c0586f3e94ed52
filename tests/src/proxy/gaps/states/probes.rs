use serde_json::{Value, json};

use super::super::{Probe, Verdict, future, refused, same};
use crate::wire::{Aws, Refusal};

pub(in super::super) static PROBES: &[(&str, Probe)] = &[
    ("states.tracing_dropped", future!(tracing_dropped)),
    ("states.logging_half_answered", future!(logging_half_answered)),
    ("states.no_revision", future!(no_revision)),
    ("states.update_without_revision", future!(update_without_revision)),
    ("states.bad_names", future!(bad_names)),
    ("states.bad_role_arn", future!(bad_role_arn)),
    ("states.role_is_not_checked", future!(role_is_not_checked)),
    ("states.bad_definition", future!(bad_definition)),
    ("states.dangling_transition", future!(dangling_transition)),
    ("states.update_with_a_bad_definition", future!(update_with_a_bad_definition)),
    ("states.logging_destination_is_not_checked", future!(logging_destination)),
    ("states.update_of_nothing", future!(update_of_nothing)),
    ("states.validate_says_ok", future!(validate_says_ok)),
    ("states.create_of_an_existing_name", future!(create_of_an_existing_name)),
    ("states.delete_of_the_missing", future!(delete_of_the_missing)),
    ("states.tags_of_the_missing", future!(tags_of_the_missing)),
    ("states.executions_of_the_missing", future!(executions_of_the_missing)),
    ("states.tags_outlive_the_machine", future!(tags_outlive_the_machine)),
    ("states.bad_input", future!(bad_input)),
    ("states.execution_without_a_name", future!(execution_without_a_name)),
    ("states.same_execution_again", future!(same_execution_again)),
    ("states.stop_without_a_date", future!(stop_without_a_date)),
    ("states.execution_forgets_its_revision", future!(execution_forgets_its_revision)),
];

fn definition(state: &str) -> String {
    json!({"StartAt": state, "States": {state: {"Type": "Pass", "End": true}}}).to_string()
}

/// Waits ten minutes, or six seconds where waits are shortened.
fn slow() -> String {
    let wait = json!({"Type": "Wait", "Seconds": 600, "Next": "Done"});
    json!({"StartAt": "Wait", "States": {"Wait": wait, "Done": {"Type": "Succeed"}}}).to_string()
}

fn arn(aws: &Aws, name: &str) -> String {
    format!("arn:aws:states:{}:{}:stateMachine:{name}", aws.region(), aws.account())
}

async fn create(aws: &Aws, mut machine: Value) -> Result<Value, Refusal> {
    let role = format!("arn:aws:iam::{}:role/MachineRole", aws.account());
    if aws.iam("GetRole", json!({"RoleName": "MachineRole"})).await.is_err() {
        aws.make_role("MachineRole", "states.amazonaws.com").await?;
    }
    for (field, value) in [("name", "machine".into()), ("roleArn", role.into()), ("definition", definition("A").into())]
    {
        if machine[field].is_null() {
            machine[field] = value;
        }
    }
    aws.states("CreateStateMachine", machine).await
}

async fn describe(aws: &Aws) -> Result<Value, Refusal> {
    aws.states("DescribeStateMachine", json!({"stateMachineArn": arn(aws, "machine")})).await
}

async fn update(aws: &Aws, mut change: Value) -> Result<Value, Refusal> {
    change["stateMachineArn"] = arn(aws, "machine").into();
    aws.states("UpdateStateMachine", change).await
}

async fn tracing_dropped(aws: Aws) -> Verdict {
    create(&aws, json!({"tracingConfiguration": {"enabled": true}})).await?;
    same(&describe(&aws).await?["tracingConfiguration"], &json!({"enabled": true}))?;
    update(&aws, json!({"definition": definition("B")})).await?;
    same(&describe(&aws).await?["tracingConfiguration"], &json!({"enabled": true}))?;
    update(&aws, json!({"tracingConfiguration": {"enabled": false}})).await?;
    same(&describe(&aws).await?["tracingConfiguration"], &json!({"enabled": false}))
}

async fn logging_half_answered(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    same(&describe(&aws).await?["loggingConfiguration"], &json!({"level": "OFF", "includeExecutionData": false}))
}

async fn no_revision(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let first = describe(&aws).await?["revisionId"].take();
    update(&aws, json!({"definition": definition("B")})).await?;
    let second = describe(&aws).await?["revisionId"].take();
    same(first.is_string() && second.is_string() && first != second, true)
}

async fn update_without_revision(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let answer = update(&aws, json!({"definition": definition("B")})).await?;
    same((&answer["revisionId"], answer["revisionId"].is_string()), (&describe(&aws).await?["revisionId"], true))
}

async fn bad_names(aws: Aws) -> Verdict {
    for name in ["with space", "a/b", &"x".repeat(81)] {
        refused(create(&aws, json!({"name": name})).await, "InvalidName")?;
    }
    Ok(())
}

async fn bad_role_arn(aws: Aws) -> Verdict {
    refused(create(&aws, json!({"roleArn": "no-arn-at-all-but-long-enough"})).await, "InvalidArn")
}

async fn role_is_not_checked(aws: Aws) -> Verdict {
    let untrusting = aws.make_role("NotForStates", "lambda.amazonaws.com").await?;
    let missing = format!("arn:aws:iam::{}:role/Missing", aws.account());
    for role in [untrusting, missing] {
        refused(create(&aws, json!({"roleArn": role})).await, "AccessDeniedException")?;
    }
    Ok(())
}

async fn bad_definition(aws: Aws) -> Verdict {
    let unknown = json!({"StartAt": "A", "States": {"A": {"Type": "Nonsense", "End": true}}}).to_string();
    for definition in ["{", "[]", r#"{"States": {}}"#, &unknown] {
        refused(create(&aws, json!({"definition": definition})).await, "InvalidDefinition")?;
    }
    Ok(())
}

async fn dangling_transition(aws: Aws) -> Verdict {
    let dangling = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Ghost"}}}).to_string();
    refused(create(&aws, json!({"definition": dangling})).await, "InvalidDefinition")
}

async fn update_with_a_bad_definition(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let dangling = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Ghost"}}}).to_string();
    refused(update(&aws, json!({"definition": dangling})).await, "InvalidDefinition")
}

async fn logging_destination(aws: Aws) -> Verdict {
    aws.logs("CreateLogGroup", json!({"logGroupName": "/here"})).await?;
    let to = |group: &str| {
        let arn = format!("arn:aws:logs:{}:{}:log-group:{group}", aws.region(), aws.account());
        let destinations = json!([{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}]);
        json!({"loggingConfiguration": {"level": "ALL", "includeExecutionData": true, "destinations": destinations}})
    };
    for group in ["/here", "/missing:*"] {
        refused(create(&aws, to(group)).await, "InvalidLoggingConfiguration")?;
    }
    create(&aws, to("/here:*")).await?;
    Ok(())
}

async fn update_of_nothing(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    refused(update(&aws, json!({})).await, "MissingRequiredParameter")
}

async fn validate_says_ok(aws: Aws) -> Verdict {
    let dangling = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Ghost"}}}).to_string();
    let ask = async |definition: &str| {
        let parameters = json!({"definition": definition, "type": "STANDARD"});
        aws.states("ValidateStateMachineDefinition", parameters).await
    };
    same(&ask(&definition("A")).await?["result"], &json!("OK"))?;
    let answer = ask(&dangling).await?;
    let first = &answer["diagnostics"][0];
    same(
        (&answer["result"], &first["code"], &first["location"]),
        (&json!("FAIL"), &json!("MISSING_TRANSITION_TARGET"), &json!("/States/A/Next")),
    )
}

async fn create_of_an_existing_name(aws: Aws) -> Verdict {
    create(&aws, json!({"tracingConfiguration": {"enabled": true}})).await?;
    let traced = json!({"tracingConfiguration": {"enabled": true}});
    create(&aws, traced.clone()).await?;
    let other_role = aws.make_role("OtherRole", "states.amazonaws.com").await?;
    create(
        &aws,
        json!({"tracingConfiguration": {"enabled": true}, "roleArn": other_role, "tags": [{"key": "a", "value": "b"}]}),
    )
    .await?;
    for other in [
        json!({}),
        json!({"definition": definition("B"), "tracingConfiguration": {"enabled": true}}),
        json!({"type": "EXPRESS", "tracingConfiguration": {"enabled": true}}),
    ] {
        refused(create(&aws, other).await, "StateMachineAlreadyExists")?;
    }
    let tags = aws.states("ListTagsForResource", json!({"resourceArn": arn(&aws, "machine")})).await?;
    same(&tags["tags"], &json!([]))
}

async fn delete_of_the_missing(aws: Aws) -> Verdict {
    aws.states("DeleteStateMachine", json!({"stateMachineArn": arn(&aws, "missing")})).await?;
    Ok(())
}

async fn tags_of_the_missing(aws: Aws) -> Verdict {
    let missing = json!({"resourceArn": arn(&aws, "missing")});
    refused(aws.states("ListTagsForResource", missing).await, "ResourceNotFound")
}

async fn executions_of_the_missing(aws: Aws) -> Verdict {
    let missing = json!({"stateMachineArn": arn(&aws, "missing")});
    refused(aws.states("ListExecutions", missing).await, "StateMachineDoesNotExist")
}

async fn tags_outlive_the_machine(aws: Aws) -> Verdict {
    create(&aws, json!({"tags": [{"key": "a", "value": "b"}]})).await?;
    aws.states("DeleteStateMachine", json!({"stateMachineArn": arn(&aws, "machine")})).await?;
    create(&aws, json!({})).await?;
    let tags = aws.states("ListTagsForResource", json!({"resourceArn": arn(&aws, "machine")})).await?;
    same(&tags["tags"], &json!([]))
}

async fn bad_input(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let start = json!({"stateMachineArn": arn(&aws, "machine"), "input": "{"});
    refused(aws.states("StartExecution", start).await, "InvalidExecutionInput")
}

async fn execution_without_a_name(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let start = json!({"stateMachineArn": arn(&aws, "machine"), "input": "{}"});
    let [one, two] = [aws.states("StartExecution", start.clone()).await?, aws.states("StartExecution", start).await?];
    same(one["executionArn"] != two["executionArn"], true)
}

async fn same_execution_again(aws: Aws) -> Verdict {
    create(&aws, json!({"definition": slow()})).await?;
    let start = json!({"stateMachineArn": arn(&aws, "machine"), "name": "once", "input": "{\"a\": 1}"});
    let [one, two] =
        [aws.states("StartExecution", start.clone()).await?, aws.states("StartExecution", start.clone()).await?];
    same(&one["executionArn"], &two["executionArn"])?;
    let mut other = start;
    other["input"] = "{}".into();
    refused(aws.states("StartExecution", other).await, "ExecutionAlreadyExists")
}

async fn stop_without_a_date(aws: Aws) -> Verdict {
    create(&aws, json!({"definition": slow()})).await?;
    let start = json!({"stateMachineArn": arn(&aws, "machine"), "name": "once", "input": "{}"});
    let execution = aws.states("StartExecution", start).await?;
    let answer = aws.states("StopExecution", json!({"executionArn": execution["executionArn"]})).await?;
    same(answer["stopDate"].is_number(), true)
}

async fn execution_forgets_its_revision(aws: Aws) -> Verdict {
    create(&aws, json!({"definition": slow()})).await?;
    let start = json!({"stateMachineArn": arn(&aws, "machine"), "name": "one"});
    let execution = aws.states("StartExecution", start).await?["executionArn"].clone();
    update(&aws, json!({"definition": definition("B")})).await?;
    let shown = aws.states("DescribeStateMachineForExecution", json!({"executionArn": execution})).await?;
    same(shown["definition"].as_str(), Some(slow().as_str()))
}
