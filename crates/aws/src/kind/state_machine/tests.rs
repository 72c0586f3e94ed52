use aws_sdk_sfn::types::{CloudWatchLogsLogGroup, StateMachineType};
use aws_smithy_types::DateTime;
use serde_json::json;

use super::*;

const GROUP: &str = "arn:aws:logs:us-east-1:123456789012:log-group:g";

fn raw() -> aws_sdk_sfn::operation::describe_state_machine::builders::DescribeStateMachineOutputBuilder {
    Raw::builder()
        .state_machine_arn("arn:aws:states:us-east-1:123456789012:stateMachine:m")
        .name("m")
        .definition("{\"StartAt\":\"A\"}")
        .role_arn("arn:aws:iam::123456789012:role/R")
        .r#type(StateMachineType::Standard)
        .creation_date(DateTime::from_secs(0))
}

fn mapped(machine: Raw) -> Result<StateMachine, Refusal> {
    let arn = Arn::parse("arn:aws:states:us-east-1:123456789012:stateMachine:m").unwrap();
    let present = map(arn, machine, Labels::default())?;
    assert_eq!(present.detail, Detail::StateMachine { revision: "INITIAL".into(), status: "ACTIVE".into() });
    let Resource::StateMachine(machine) = present.resource else { panic!() };
    Ok(machine)
}

#[test]
fn what_aws_leaves_out_is_its_default() {
    let machine = mapped(raw().build().unwrap()).unwrap();
    assert_eq!((machine.logging, machine.tracing, machine.encryption), (None, false, None));
    assert_eq!(machine.definition, json!({"StartAt": "A"}));
}

#[test]
fn what_is_sent_is_read_back_the_same() {
    let logging =
        Logging { level: LogLevel::Error, include_execution_data: true, log_group: Arn::parse(GROUP).unwrap() };
    let key = Encryption { kms_key: "alias/k".into(), reuse_seconds: 600 };
    let output = raw()
        .logging_configuration(request::logging(Some(&logging)))
        .tracing_configuration(request::tracing(true))
        .encryption_configuration(request::encryption("", Some(&key)).unwrap());
    let machine = mapped(output.build().unwrap()).unwrap();
    assert_eq!((machine.logging, machine.tracing, machine.encryption), (Some(logging), true, Some(key)));
    let off = raw()
        .logging_configuration(request::logging(None))
        .tracing_configuration(request::tracing(false))
        .encryption_configuration(request::encryption("", None).unwrap());
    let machine = mapped(off.build().unwrap()).unwrap();
    assert_eq!((machine.logging, machine.tracing, machine.encryption), (None, false, None));
}

#[test]
fn the_destination_is_sent_with_its_star() {
    let logging =
        Logging { level: LogLevel::All, include_execution_data: false, log_group: Arn::parse(GROUP).unwrap() };
    let sent = request::logging(Some(&logging));
    let arn = sent.destinations()[0].cloud_watch_logs_log_group().and_then(CloudWatchLogsLogGroup::log_group_arn);
    assert_eq!(arn, Some(format!("{GROUP}:*").as_str()));
}

#[test]
fn what_is_not_known_is_malformed() {
    for machine in [
        raw().r#type(StateMachineType::from("TURBO")).build().unwrap(),
        raw().role_arn("R").build().unwrap(),
        raw().definition("{").build().unwrap(),
        raw()
            .logging_configuration(LoggingConfiguration::builder().level(SdkLevel::from("SOME")).build())
            .build()
            .unwrap(),
        raw().logging_configuration(LoggingConfiguration::builder().level(SdkLevel::All).build()).build().unwrap(),
    ] {
        assert_eq!(mapped(machine).unwrap_err().kind, RefusalKind::Malformed);
    }
}

#[test]
fn a_machine_that_is_being_deleted_may_have_lost_its_tags() {
    let missing = || Err(refusal::own(RefusalKind::NotFound, "states:ListTagsForResource", "no such resource"));
    let machine = |status| raw().status(status).build().unwrap();
    assert_eq!(while_deleting(&machine(StateMachineStatus::Deleting), missing()), Ok(Labels::default()));
    assert_eq!(while_deleting(&machine(StateMachineStatus::Active), missing()), missing());
}
