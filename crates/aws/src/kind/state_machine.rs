//! State machines.

use aws_sdk_sfn::{
    operation::describe_state_machine::DescribeStateMachineOutput as Raw,
    types::{
        CloudWatchLogsLogGroup, EncryptionConfiguration, EncryptionType, LogDestination, LogLevel as SdkLevel,
        LoggingConfiguration, StateMachineStatus, StateMachineType, Tag, TracingConfiguration,
    },
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use statewright_planner::{Detail, Fingerprint, Present, Refusal, operation::state_machine::StateMachineOperation};
use statewright_spec::{
    Arn, Resource, Tags,
    kind::state_machine::{Encryption, LogLevel, Logging, MachineType, StateMachine},
};

use super::{Read, built, gone, required, signed, unless_missing, unsigned};
use crate::{Connection, document, refusal, run::ExecutionStatus, tagging::Labels};

/// AWS's default for the reuse of a data key, in seconds.
const REUSE: u32 = 300;
/// Executions that are stopped at the same time; Step Functions refills 200 a second at best, 25 in small regions.
const STOPS: usize = 8;

/// `DescribeStateMachine` and `ListTagsForResource` at the same time.
pub(crate) async fn read(c: &Connection, arn: &Arn) -> Read {
    let tags = async {
        let request = c.sfn.list_tags_for_resource().resource_arn(arn.as_str());
        unless_missing(c.send("states:ListTagsForResource", request.send()).await)
    };
    let (machine, tags) = futures::join!(describe(c, arn), tags);
    let Some(machine) = machine? else { return Ok(None) };
    let tags = tags?.and_then(|answer| answer.tags).unwrap_or_default();
    let labels = Labels::of(tags.into_iter().map(|t| (t.key.unwrap_or_default(), t.value.unwrap_or_default())));
    let arn = c.own_arn("states:DescribeStateMachine", &machine.state_machine_arn)?;
    map(arn, machine, labels).map(Some)
}

/// `None` where there is none.
pub(crate) async fn describe(c: &Connection, arn: &Arn) -> Result<Option<Raw>, Refusal> {
    let request = c.sfn.describe_state_machine().state_machine_arn(arn.as_str());
    unless_missing(c.send("states:DescribeStateMachine", request.send()).await)
}

fn map(arn: Arn, machine: Raw, labels: Labels) -> Result<Present, Refusal> {
    const CALL: &str = "states:DescribeStateMachine";
    let machine_type = match machine.r#type().as_str() {
        "STANDARD" => MachineType::Standard,
        "EXPRESS" => MachineType::Express,
        other => return Err(refusal::malformed(CALL, format!("the type `{other}` is not known"))),
    };
    let role = Arn::parse(&machine.role_arn)
        .ok_or_else(|| refusal::malformed(CALL, format!("the role `{}` is not an ARN", machine.role_arn)))?;
    let revision = machine.revision_id.unwrap_or_else(|| "INITIAL".to_owned());
    let status = machine.status.as_ref().map_or("ACTIVE", StateMachineStatus::as_str).to_owned();
    let mut fingerprint = Fingerprint::default();
    fingerprint.0.insert("created".to_owned(), machine.creation_date.to_string());
    fingerprint.0.insert("revision".to_owned(), revision.clone());
    let resource = StateMachine {
        machine_type,
        role,
        definition: document::parsed(CALL, "the definition", &machine.definition)?,
        logging: machine.logging_configuration.map(logging).transpose()?.flatten(),
        tracing: machine.tracing_configuration.is_some_and(|t| t.enabled),
        encryption: machine.encryption_configuration.map(encryption).transpose()?.flatten(),
        tags: labels.tags,
    };
    Ok(Present {
        resource: Resource::StateMachine(resource),
        arn,
        owner: labels.owner,
        markers: labels.markers,
        fingerprint,
        detail: Detail::StateMachine { revision, status },
    })
}

fn logging(raw: LoggingConfiguration) -> Result<Option<Logging>, Refusal> {
    const CALL: &str = "states:DescribeStateMachine";
    let level = match raw.level.as_ref().map_or("OFF", SdkLevel::as_str) {
        "OFF" => return Ok(None),
        "ALL" => LogLevel::All,
        "ERROR" => LogLevel::Error,
        "FATAL" => LogLevel::Fatal,
        other => return Err(refusal::malformed(CALL, format!("the log level `{other}` is not known"))),
    };
    let destination = raw.destinations.unwrap_or_default().into_iter().next();
    let text = destination.and_then(|d| d.cloud_watch_logs_log_group).and_then(|group| group.log_group_arn);
    let text = required(CALL, "log destination", text)?;
    let log_group = Arn::parse(text.strip_suffix(":*").unwrap_or(&text))
        .ok_or_else(|| refusal::malformed(CALL, format!("the log destination `{text}` is not an ARN")))?;
    Ok(Some(Logging { level, include_execution_data: raw.include_execution_data, log_group }))
}

fn encryption(raw: EncryptionConfiguration) -> Result<Option<Encryption>, Refusal> {
    const CALL: &str = "states:DescribeStateMachine";
    match raw.r#type.as_str() {
        "AWS_OWNED_KEY" => Ok(None),
        "CUSTOMER_MANAGED_KMS_KEY" => {
            let reuse = raw.kms_data_key_reuse_period_seconds;
            let reuse_seconds =
                reuse.map(|s| unsigned(CALL, "the reuse of the data key", s)).transpose()?.unwrap_or(REUSE);
            Ok(Some(Encryption { kms_key: required(CALL, "key", raw.kms_key_id)?, reuse_seconds }))
        }
        other => Err(refusal::malformed(CALL, format!("the encryption `{other}` is not known"))),
    }
}

/// What is sent: also where it is off, for what is omitted keeps its value.
fn logging_to_send(logging: Option<&Logging>) -> LoggingConfiguration {
    let Some(Logging { level, include_execution_data, log_group }) = logging else {
        return LoggingConfiguration::builder()
            .level(SdkLevel::Off)
            .include_execution_data(false)
            .set_destinations(Some(Vec::new()))
            .build();
    };
    // AWS refuses the ARN without `:*` (terraform-provider-aws#17682).
    let group = CloudWatchLogsLogGroup::builder().log_group_arn(format!("{log_group}:*")).build();
    LoggingConfiguration::builder()
        .level(SdkLevel::from(level.as_str()))
        .include_execution_data(*include_execution_data)
        .destinations(LogDestination::builder().cloud_watch_logs_log_group(group).build())
        .build()
}

fn tracing_to_send(on: bool) -> TracingConfiguration {
    TracingConfiguration::builder().enabled(on).build()
}

fn encryption_to_send(call: &str, encryption: Option<&Encryption>) -> Result<EncryptionConfiguration, Refusal> {
    let builder = EncryptionConfiguration::builder();
    let builder = match encryption {
        None => builder.r#type(EncryptionType::AwsOwnedKey),
        Some(Encryption { kms_key, reuse_seconds }) => builder
            .r#type(EncryptionType::CustomerManagedKmsKey)
            .kms_key_id(kms_key)
            .kms_data_key_reuse_period_seconds(signed(*reuse_seconds)),
    };
    built(call, builder.build())
}

fn tag_list(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Makes one call; for [`StateMachineOperation::StopExecutions`], one an execution.
pub(crate) async fn perform(c: &Connection, operation: &StateMachineOperation) -> Result<(), Refusal> {
    match operation {
        StateMachineOperation::Create { name, machine, tags } => {
            const CALL: &str = "states:CreateStateMachine";
            let request = c
                .sfn
                .create_state_machine()
                .name(name)
                .r#type(StateMachineType::from(machine.machine_type.as_str()))
                .role_arn(machine.role.as_str())
                .definition(document::pretty(&machine.definition))
                .logging_configuration(logging_to_send(machine.logging.as_ref()))
                .tracing_configuration(tracing_to_send(machine.tracing))
                .encryption_configuration(encryption_to_send(CALL, machine.encryption.as_ref())?)
                .set_tags(Some(tag_list(tags)));
            c.send(CALL, request.send()).await.map(drop)
        }
        StateMachineOperation::Update { arn, machine } => {
            const CALL: &str = "states:UpdateStateMachine";
            let request = c
                .sfn
                .update_state_machine()
                .state_machine_arn(arn.as_str())
                .role_arn(machine.role.as_str())
                .definition(document::pretty(&machine.definition))
                .logging_configuration(logging_to_send(machine.logging.as_ref()))
                .tracing_configuration(tracing_to_send(machine.tracing))
                .encryption_configuration(encryption_to_send(CALL, machine.encryption.as_ref())?);
            c.send(CALL, request.send()).await.map(drop)
        }
        StateMachineOperation::Tag { arn, tags } => {
            let request = c.sfn.tag_resource().resource_arn(arn.as_str()).set_tags(Some(tag_list(tags)));
            c.send("states:TagResource", request.send()).await.map(drop)
        }
        StateMachineOperation::Untag { arn, keys } => {
            let request = c.sfn.untag_resource().resource_arn(arn.as_str()).set_tag_keys(Some(keys.clone()));
            gone(c.send("states:UntagResource", request.send()).await.map(drop))
        }
        StateMachineOperation::StopExecutions { arn } => {
            let running = c.list_executions(arn, Some(ExecutionStatus::Running), usize::MAX).await;
            let running = unless_missing(running)?.unwrap_or_default();
            stream::iter(running)
                .map(|execution| async move {
                    c.stop_execution(&execution.arn, "Statewright.Stopped", "its state machine is deleted or replaced")
                        .await
                })
                .buffer_unordered(STOPS)
                .try_collect()
                .await
        }
        StateMachineOperation::Delete { arn } => {
            let request = c.sfn.delete_state_machine().state_machine_arn(arn.as_str());
            gone(c.send("states:DeleteStateMachine", request.send()).await.map(drop))
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;
    use serde_json::json;
    use statewright_planner::RefusalKind;

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
            .logging_configuration(logging_to_send(Some(&logging)))
            .tracing_configuration(tracing_to_send(true))
            .encryption_configuration(encryption_to_send("", Some(&key)).unwrap());
        let machine = mapped(output.build().unwrap()).unwrap();
        assert_eq!((machine.logging, machine.tracing, machine.encryption), (Some(logging), true, Some(key)));
        let off = raw()
            .logging_configuration(logging_to_send(None))
            .tracing_configuration(tracing_to_send(false))
            .encryption_configuration(encryption_to_send("", None).unwrap());
        let machine = mapped(off.build().unwrap()).unwrap();
        assert_eq!((machine.logging, machine.tracing, machine.encryption), (None, false, None));
    }

    #[test]
    fn the_destination_is_sent_with_its_star() {
        let logging =
            Logging { level: LogLevel::All, include_execution_data: false, log_group: Arn::parse(GROUP).unwrap() };
        let sent = logging_to_send(Some(&logging));
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
}
