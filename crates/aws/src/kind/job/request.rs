//! Ours → Glue's requests. `UpdateJob` overwrites the lot, so both send all; what is not sent goes back to Glue's default.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_glue::{
    operation::create_job::builders::CreateJobFluentBuilder,
    types::{
        ConnectionsList, ExecutionClass, ExecutionProperty, JobCommand, JobMode, JobUpdate, NotificationProperty,
        SourceControlAuthStrategy, SourceControlDetails, SourceControlProvider, WorkerType,
    },
};
use statewright_spec::{
    Secret, Tags,
    kind::job::{Job, SourceControl},
};

use super::super::signed;
use crate::tagging::to_map;

/// `CreateJob`, tags of ours included.
pub(crate) fn create(request: CreateJobFluentBuilder, name: &str, job: &Job, tags: &Tags) -> CreateJobFluentBuilder {
    request
        .name(name)
        .job_mode(JobMode::from(job.job_mode.as_str()))
        .job_run_queuing_enabled(job.run_queuing)
        .set_description(full(&job.description))
        .set_log_uri(job.log_uri.clone())
        .role(job.role.as_str())
        .execution_property(runs(job))
        .command(command(job))
        .set_default_arguments(arguments(&job.arguments))
        .set_non_overridable_arguments(arguments(&job.fixed_arguments))
        .set_connections(connections(job))
        .max_retries(signed(job.max_retries))
        .set_timeout(job.timeout.map(signed))
        .set_max_capacity(capacity(job))
        .set_worker_type(job.worker_type.as_deref().map(WorkerType::from))
        .set_number_of_workers(job.workers.map(signed))
        .set_security_configuration(job.security_configuration.clone())
        .set_notification_property(notification(job))
        .set_glue_version(job.glue_version.clone())
        .set_execution_class(job.execution_class.as_deref().map(ExecutionClass::from))
        .set_source_control_details(job.source_control.as_ref().map(source_control))
        .set_maintenance_window(job.maintenance_window.clone())
        .set_tags(Some(to_map(tags)))
}

/// The body of `UpdateJob`.
pub(crate) fn update(job: &Job) -> JobUpdate {
    JobUpdate::builder()
        .job_mode(JobMode::from(job.job_mode.as_str()))
        .job_run_queuing_enabled(job.run_queuing)
        .description(&job.description)
        .set_log_uri(job.log_uri.clone())
        .role(job.role.as_str())
        .execution_property(runs(job))
        .command(command(job))
        .set_default_arguments(Some(map(&job.arguments)))
        .set_non_overridable_arguments(Some(map(&job.fixed_arguments)))
        .set_connections(connections(job))
        .max_retries(signed(job.max_retries))
        .set_timeout(job.timeout.map(signed))
        .set_max_capacity(capacity(job))
        .set_worker_type(job.worker_type.as_deref().map(WorkerType::from))
        .set_number_of_workers(job.workers.map(signed))
        .set_security_configuration(job.security_configuration.clone())
        .set_notification_property(notification(job))
        .set_glue_version(job.glue_version.clone())
        .set_execution_class(job.execution_class.as_deref().map(ExecutionClass::from))
        .set_source_control_details(job.source_control.as_ref().map(source_control))
        .set_maintenance_window(job.maintenance_window.clone())
        .build()
}

fn command(job: &Job) -> JobCommand {
    JobCommand::builder()
        .name(&job.command)
        .script_location(&job.script_location)
        .set_python_version(job.python_version.clone())
        .set_runtime(job.runtime.clone())
        .build()
}

fn runs(job: &Job) -> ExecutionProperty {
    ExecutionProperty::builder().max_concurrent_runs(signed(job.max_concurrent_runs)).build()
}

/// Glue refuses it beside a worker type (boto/boto3#2644).
fn capacity(job: &Job) -> Option<f64> {
    job.max_capacity.as_ref().filter(|_| job.worker_type.is_none()).and_then(serde_json::Number::as_f64)
}

fn connections(job: &Job) -> Option<ConnectionsList> {
    let names = Some(job.connections.clone()).filter(|names| !names.is_empty());
    names.map(|names| ConnectionsList::builder().set_connections(Some(names)).build())
}

fn notification(job: &Job) -> Option<NotificationProperty> {
    let minutes = job.notify_delay_after.map(signed);
    minutes.map(|minutes| NotificationProperty::builder().notify_delay_after(minutes).build())
}

fn source_control(details: &SourceControl) -> SourceControlDetails {
    SourceControlDetails::builder()
        .set_provider(details.provider.as_deref().map(SourceControlProvider::from))
        .set_repository(details.repository.clone())
        .set_owner(details.owner.clone())
        .set_branch(details.branch.clone())
        .set_folder(details.folder.clone())
        .set_last_commit_id(details.last_commit_id.clone())
        .set_auth_strategy(details.auth_strategy.as_deref().map(SourceControlAuthStrategy::from))
        .set_auth_token(details.auth_token.as_ref().map(|token| token.expose().to_owned()))
        .build()
}

fn map(arguments: &BTreeMap<String, Secret>) -> HashMap<String, String> {
    arguments.iter().map(|(key, value)| (key.clone(), value.expose().to_owned())).collect()
}

fn arguments(arguments: &BTreeMap<String, Secret>) -> Option<HashMap<String, String>> {
    Some(map(arguments)).filter(|map| !map.is_empty())
}

fn full(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
