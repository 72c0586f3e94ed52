//! What takes its time to be made, changed and taken away; and what an update keeps and what it does not.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{clock, code, world};
use crate::proxy::weather::{Deleting, Functions, Weather};
use crate::proxy::{Clock, Service};
use crate::runtime::block_on;
use crate::wire::Aws;

/// An archive without a file.
const EMPTY_ZIP: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

fn machine(client: &Aws, definition: &Value) -> Value {
    let role = block_on(client.make_role("r", "states.amazonaws.com")).unwrap();
    let machine = json!({"name": "m", "roleArn": role, "definition": definition.to_string()});
    client.r#do(&Service::States, "CreateStateMachine", machine)["stateMachineArn"].clone()
}

#[test]
fn a_deleted_machine_is_deleting_for_a_while_and_keeps_its_name() {
    let deleting = Some(Deleting { seconds: 30.0 });
    let (_world, client) = world(&Weather { clock: clock(), deleting, ..Weather::default() });
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}});
    let arn = machine(&client, &definition);
    let of = json!({"stateMachineArn": arn});
    let states = |operation: &str, parameters: Value| client.try_do(&Service::States, operation, parameters);
    states("DeleteStateMachine", of.clone()).unwrap();
    states("DeleteStateMachine", of.clone()).unwrap();
    assert_eq!(states("DescribeStateMachine", of.clone()).unwrap()["status"], "DELETING");
    let role = format!("arn:aws:iam::{}:role/r", client.account());
    let create = json!({"name": "m", "roleArn": role, "definition": definition.to_string()});
    assert_eq!(code(states("CreateStateMachine", create.clone())), "StateMachineDeleting");
    assert_eq!(
        code(states("UpdateStateMachine", json!({"stateMachineArn": arn, "roleArn": role}))),
        "StateMachineDeleting"
    );
    assert_eq!(code(states("StartExecution", of.clone())), "StateMachineDeleting");
    std::thread::sleep(Duration::from_millis(900));
    assert_eq!(code(states("DescribeStateMachine", of)), "StateMachineDoesNotExist");
    states("CreateStateMachine", create).unwrap();
}

#[test]
fn an_execution_of_a_deleted_machine_ends_at_its_next_transition() {
    let deleting = Some(Deleting { seconds: 60.0 });
    let (_world, client) = world(&Weather { clock: Clock::new(0.1), deleting, ..Weather::default() });
    // A hundredth of each wait.
    let definition = json!({"StartAt": "A", "States": {
        "A": {"Type": "Wait", "Seconds": 100, "Next": "B"}, "B": {"Type": "Wait", "Seconds": 6000, "Next": "C"}, "C": {"Type": "Succeed"},
    }});
    let arn = machine(&client, &definition);
    let execution =
        client.r#do(&Service::States, "StartExecution", json!({"stateMachineArn": arn}))["executionArn"].clone();
    let status =
        || client.r#do(&Service::States, "DescribeExecution", json!({"executionArn": execution}))["status"].clone();
    client.r#do(&Service::States, "DeleteStateMachine", json!({"stateMachineArn": arn}));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(status(), "RUNNING", "it has made no transition yet");
    let describe = || client.try_do(&Service::States, "DescribeStateMachine", json!({"stateMachineArn": arn}));
    assert_eq!(describe().unwrap()["status"], "DELETING");
    let began = Instant::now();
    while status() == "RUNNING" && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status(), "ABORTED");
    while describe().is_ok() && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(code(describe()), "StateMachineDoesNotExist");
}

#[test]
fn a_function_refuses_writes_while_it_is_made_or_changed() {
    let functions = Some(Functions { pending_seconds: 30.0, in_progress_seconds: 20.0 });
    let (_world, client) = world(&Weather { clock: clock(), functions, ..Weather::default() });
    let role = block_on(client.make_role("r", "lambda.amazonaws.com")).unwrap();
    let create = json!({"FunctionName": "f", "Role": role, "Runtime": "python3.12", "Handler": "a.b", "Code": {"ZipFile": EMPTY_ZIP}});
    assert_eq!(client.r#do(&Service::Lambda, "CreateFunction", create)["State"], "Pending");
    let update =
        || client.try_do(&Service::Lambda, "UpdateFunctionConfiguration", json!({"FunctionName": "f", "Timeout": 9}));
    let state = |field: &str| {
        client.r#do(&Service::Lambda, "GetFunction", json!({"FunctionName": "f"}))["Configuration"][field].clone()
    };
    let refusal = update().unwrap_err();
    assert_eq!((refusal.status, refusal.code.as_str()), (409, "ResourceConflictException"));
    assert!(refusal.message.ends_with("in the following state: Pending"), "{refusal}");
    assert_eq!(state("State"), "Pending");
    let waited = |field: &str, value: &str| {
        let began = Instant::now();
        while state(field) != value {
            assert!(began.elapsed() < Duration::from_secs(10), "{field} is {}", state(field));
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    waited("State", "Active");
    waited("LastUpdateStatus", "Successful");
    update().unwrap();
    assert_eq!(state("LastUpdateStatus"), "InProgress");
    assert!(update().unwrap_err().message.contains("An update is in progress for resource"));
    waited("LastUpdateStatus", "Successful");
    update().unwrap();
}

/// Mended among the gaps, and what every tool for AWS stumbles over first.
#[test]
fn what_an_update_leaves_out_is_kept_by_machines_and_roles_and_lost_by_jobs() {
    let (_world, client) = world(&Weather::default());
    let arn = machine(&client, &json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}));
    let tracing = json!({"stateMachineArn": arn, "tracingConfiguration": {"enabled": true}});
    client.r#do(&Service::States, "UpdateStateMachine", tracing);
    let role = format!("arn:aws:iam::{}:role/r", client.account());
    client.r#do(&Service::States, "UpdateStateMachine", json!({"stateMachineArn": arn, "roleArn": role}));
    let described = client.r#do(&Service::States, "DescribeStateMachine", json!({"stateMachineArn": arn}));
    assert_eq!(described["tracingConfiguration"]["enabled"], true);

    client.r#do(&Service::Iam, "UpdateRole", json!({"RoleName": "r", "Description": "d"}));
    client.r#do(&Service::Iam, "UpdateRole", json!({"RoleName": "r", "MaxSessionDuration": 7200}));
    let role = client.r#do(&Service::Iam, "GetRole", json!({"RoleName": "r"}));
    assert_eq!((&role["Role"]["Description"], &role["Role"]["MaxSessionDuration"]), (&json!("d"), &json!("7200")));

    let job_role = block_on(client.make_role("job", "glue.amazonaws.com")).unwrap();
    let command = json!({"Name": "glueetl", "ScriptLocation": "s3://b/k"});
    client.r#do(
        &Service::Glue,
        "CreateJob",
        json!({"Name": "j", "Role": job_role, "Command": command, "Description": "d"}),
    );
    client.r#do(
        &Service::Glue,
        "UpdateJob",
        json!({"JobName": "j", "JobUpdate": {"Role": job_role, "Command": command}}),
    );
    let job = client.r#do(&Service::Glue, "GetJob", json!({"JobName": "j"}));
    assert_eq!(job["Job"]["Description"], Value::Null);
}
