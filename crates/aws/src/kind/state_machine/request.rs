//! Ours → Step Functions' requests. Everything is sent, also where it is off: what is omitted keeps its value.

use aws_sdk_sfn::{
    operation::{
        create_state_machine::builders::CreateStateMachineFluentBuilder,
        update_state_machine::builders::UpdateStateMachineFluentBuilder,
    },
    types::{
        CloudWatchLogsLogGroup, EncryptionConfiguration, EncryptionType, LogDestination, LogLevel as SdkLevel,
        LoggingConfiguration, StateMachineType, Tag, TracingConfiguration,
    },
};
use statewright_planner::Refusal;
use statewright_spec::{
    Arn, Tags,
    kind::state_machine::{Encryption, Logging, StateMachine},
};

use super::super::{built, signed};
use crate::{Connection, document};

/// `CreateStateMachine`.
pub(crate) fn create(
    c: &Connection,
    name: &str,
    machine: &StateMachine,
    tags: &Tags,
) -> Result<CreateStateMachineFluentBuilder, Refusal> {
    Ok(c.sfn
        .create_state_machine()
        .name(name)
        .r#type(StateMachineType::from(machine.machine_type.as_str()))
        .role_arn(machine.role.as_str())
        .definition(document::pretty(&machine.definition))
        .logging_configuration(logging(machine.logging.as_ref()))
        .tracing_configuration(tracing(machine.tracing))
        .encryption_configuration(encryption("states:CreateStateMachine", machine.encryption.as_ref())?)
        .set_tags(Some(tag_list(tags))))
}

/// `UpdateStateMachine`.
pub(crate) fn update(
    c: &Connection,
    arn: &Arn,
    machine: &StateMachine,
) -> Result<UpdateStateMachineFluentBuilder, Refusal> {
    Ok(c.sfn
        .update_state_machine()
        .state_machine_arn(arn.as_str())
        .role_arn(machine.role.as_str())
        .definition(document::pretty(&machine.definition))
        .logging_configuration(logging(machine.logging.as_ref()))
        .tracing_configuration(tracing(machine.tracing))
        .encryption_configuration(encryption("states:UpdateStateMachine", machine.encryption.as_ref())?))
}

pub(super) fn logging(logging: Option<&Logging>) -> LoggingConfiguration {
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

pub(super) fn tracing(on: bool) -> TracingConfiguration {
    TracingConfiguration::builder().enabled(on).build()
}

pub(super) fn encryption(call: &str, encryption: Option<&Encryption>) -> Result<EncryptionConfiguration, Refusal> {
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

pub(super) fn tag_list(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
