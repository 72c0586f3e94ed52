//! State machines.

pub(crate) mod request;

use aws_sdk_sfn::{
    config::retry::RetryConfig,
    operation::describe_state_machine::DescribeStateMachineOutput as Raw,
    types::{
        EncryptionConfiguration, LogLevel as SdkLevel, LoggingConfiguration, StateMachineStatus, StateMachineType,
        ValidateStateMachineDefinitionDiagnostic, ValidateStateMachineDefinitionSeverity as Severity,
    },
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use statewright_planner::{
    AwsDiagnostic, Detail, Fingerprint, Present, Refusal, RefusalKind, operation::state_machine::StateMachineOperation,
};
use statewright_spec::{
    Address, Arn, Kind, Resource, Secret,
    kind::state_machine::{Encryption, LogLevel, Logging, MachineType, StateMachine},
};

use super::{Read, gone, required, unless_missing, unsigned};
use crate::{Connection, document, refusal, run::ExecutionStatus, search::Tagged, tagging::Labels};

/// AWS's default for the reuse of a data key, in seconds.
const REUSE: u32 = 300;
/// Executions that are stopped at the same time; Step Functions refills 200 a second at best, 25 in small regions.
const STOPS: usize = 8;

/// `DescribeStateMachine` and, at the same time, the tags: by `ListTagsForResource` where they are not found beside others'.
pub(crate) async fn read(c: &Connection, address: &Address, arn: &Arn, tagged: Option<&Tagged<'_>>) -> Read {
    let labels = async {
        if let Some(tagged) = tagged
            && let Some(labels) = tagged.as_wanted(c, address, arn).await
        {
            return Ok(labels);
        }
        let request = c.sfn.list_tags_for_resource().resource_arn(arn.as_str());
        let tags = c.send("states:ListTagsForResource", request.send()).await?.tags.unwrap_or_default().into_iter();
        Ok(Labels::of(tags.map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()))))
    };
    let (machine, labels) = futures::join!(describe(c, arn), Box::pin(labels));
    let Some(machine) = machine? else { return Ok(None) };
    let labels = while_deleting(&machine, labels)?;
    map(own(c, arn, &machine)?, machine, labels).map(Some)
}

/// A machine that is being deleted may have lost its tags: that is no read of parts that do not fit.
fn while_deleting(machine: &Raw, labels: Result<Labels, Refusal>) -> Result<Labels, Refusal> {
    match labels {
        Err(refusal)
            if refusal.kind == RefusalKind::NotFound && machine.status == Some(StateMachineStatus::Deleting) =>
        {
            Ok(Labels::default())
        }
        labels => labels,
    }
}

/// A version's ARN is answered as it was asked.
fn own(c: &Connection, arn: &Arn, machine: &Raw) -> Result<Arn, Refusal> {
    if machine.state_machine_arn == arn.as_str() {
        return Ok(arn.clone());
    }
    c.own_arn("states:DescribeStateMachine", Kind::StateMachine, arn.name(), &machine.state_machine_arn)
}

/// `None` where there is none.
pub(crate) async fn describe(c: &Connection, arn: &Arn) -> Result<Option<Raw>, Refusal> {
    let request = c.sfn.describe_state_machine().state_machine_arn(arn.as_str());
    unless_missing(c.send("states:DescribeStateMachine", request.send()).await)
}

/// What AWS says of a definition. Nothing hangs on it: a service that does not answer at once is not asked again.
pub(crate) async fn verdict(
    c: &Connection,
    machine_type: MachineType,
    definition: &Secret,
) -> Result<Vec<AwsDiagnostic>, Refusal> {
    let once = aws_sdk_sfn::config::Builder::new().retry_config(RetryConfig::disabled());
    let request = c
        .sfn
        .validate_state_machine_definition()
        .definition(definition.expose())
        .r#type(StateMachineType::from(machine_type.as_str()))
        .severity(Severity::Warning)
        .customize()
        .config_override(once);
    let answer = c.send("states:ValidateStateMachineDefinition", request.send()).await?;
    let said = |d: ValidateStateMachineDefinitionDiagnostic| AwsDiagnostic {
        error: d.severity == Severity::Error,
        code: d.code,
        message: d.message,
        location: d.location,
    };
    Ok(answer.diagnostics.into_iter().map(said).collect())
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

/// Makes one call; for [`StateMachineOperation::StopExecutions`], one an execution.
pub(crate) async fn perform(c: &Connection, operation: &StateMachineOperation) -> Result<(), Refusal> {
    match operation {
        StateMachineOperation::Create { name, machine, tags } => {
            c.send("states:CreateStateMachine", request::create(c, name, machine, tags)?.send()).await.map(drop)
        }
        StateMachineOperation::Update { arn, machine } => {
            c.send("states:UpdateStateMachine", request::update(c, arn, machine)?.send()).await.map(drop)
        }
        StateMachineOperation::Tag { arn, tags } => {
            let request = c.sfn.tag_resource().resource_arn(arn.as_str()).set_tags(Some(request::tag_list(tags)));
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
mod tests;
