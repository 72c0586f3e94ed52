//! Glue's shape → ours.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_glue::types::{
    ExecutionClass, Job as Raw, JobMode, SourceControlAuthStrategy, SourceControlDetails, SourceControlProvider,
    WorkerType,
};
use serde_json::Number;
use statewright_planner::{Detail, Fingerprint, Present, Refusal};
use statewright_spec::{
    Address, Arn, Kind, Resource, Secret,
    kind::job::{Job, Script, SourceControl},
};

use super::super::{required, unsigned};
use crate::{Connection, refusal, s3::Found, tagging::Labels};

const CALL: &str = "glue:GetJob";

/// Everything of a job, defaults filled in.
pub(super) fn present(c: &Connection, arn: Arn, raw: Raw, labels: Labels, script: Found) -> Result<Present, Refusal> {
    let mut fingerprint = Fingerprint::default();
    if let Some(modified) = raw.last_modified_on {
        fingerprint.0.insert("modified".to_owned(), modified.to_string());
    }
    fingerprint.0.extend(raw.created_on.map(|created| ("created".to_owned(), created.to_string())));
    let visual_nodes = raw.code_gen_configuration_nodes.as_ref().is_some_and(|nodes| !nodes.is_empty());
    let job = job(c, raw, script.sha256)?;
    Ok(Present {
        resource: Resource::Job(Job { tags: labels.tags, ..job }),
        arn,
        owner: labels.owner,
        markers: labels.markers,
        fingerprint,
        detail: Detail::Job { script: script.object, visual_nodes },
    })
}

fn job(c: &Connection, raw: Raw, sha256: Option<String>) -> Result<Job, Refusal> {
    let command = required(CALL, "command", raw.command)?;
    let worker_type = raw.worker_type.as_ref().map(|worker| WorkerType::as_str(worker).to_owned());
    let workers = raw.number_of_workers.filter(|number| *number != 0);
    let runs = raw.execution_property.map_or(1, |property| property.max_concurrent_runs);
    Ok(Job {
        command: required(CALL, "command's name", command.name)?,
        script_location: command.script_location.unwrap_or_default(),
        script: sha256.map(|sha256| Script { sha256, bytes: None }),
        python_version: full(command.python_version),
        runtime: full(command.runtime),
        role: role(c, &required(CALL, "role", raw.role)?)?,
        description: raw.description.unwrap_or_default(),
        job_mode: raw.job_mode.as_ref().map_or("SCRIPT", JobMode::as_str).to_owned(),
        run_queuing: raw.job_run_queuing_enabled.unwrap_or_default(),
        log_uri: full(raw.log_uri),
        // An answer without it means the default.
        max_concurrent_runs: unsigned(CALL, "the number of concurrent runs", runs.max(1))?,
        arguments: secrets(raw.default_arguments),
        fixed_arguments: secrets(raw.non_overridable_arguments),
        connections: raw.connections.and_then(|list| list.connections).unwrap_or_default(),
        max_retries: unsigned(CALL, "the number of retries", raw.max_retries)?,
        timeout: positive("the timeout", raw.timeout)?,
        // With a worker type Glue computes it from the workers.
        max_capacity: raw.max_capacity.filter(|dpus| worker_type.is_none() && *dpus > 0.0).and_then(Number::from_f64),
        worker_type,
        workers: positive("the number of workers", workers)?,
        security_configuration: full(raw.security_configuration),
        notify_delay_after: positive("the delay", raw.notification_property.and_then(|n| n.notify_delay_after))?,
        glue_version: full(raw.glue_version),
        execution_class: raw.execution_class.as_ref().map(|class| ExecutionClass::as_str(class).to_owned()),
        source_control: raw.source_control_details.and_then(source_control),
        maintenance_window: full(raw.maintenance_window),
        tags: BTreeMap::new(),
    })
}

/// Glue takes a role by name or by ARN, and gives back what it was given.
fn role(c: &Connection, text: &str) -> Result<Arn, Refusal> {
    if let Some(arn) = Arn::parse(text) {
        return Ok(arn);
    }
    let (path, name) = text.rsplit_once('/').map_or(("/".to_owned(), text), |(path, name)| {
        (format!("/{}/", path.trim_matches('/')).replace("//", "/"), name)
    });
    if name.is_empty() {
        return Err(refusal::malformed(CALL, format!("the role `{text}` is neither an ARN nor a name")));
    }
    Ok(c.identity.arn(&Address::new(Kind::Role, name), &path))
}

fn positive(what: &str, value: Option<i32>) -> Result<Option<u32>, Refusal> {
    value.filter(|value| *value != 0).map(|value| unsigned(CALL, what, value)).transpose()
}

fn full(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn secrets(map: Option<HashMap<String, String>>) -> BTreeMap<String, Secret> {
    map.unwrap_or_default().into_iter().map(|(key, value)| (key, Secret::new(value))).collect()
}

/// `None` where nothing in it is set.
fn source_control(raw: SourceControlDetails) -> Option<SourceControl> {
    let details = SourceControl {
        provider: raw.provider.as_ref().map(|p| SourceControlProvider::as_str(p).to_owned()),
        repository: full(raw.repository),
        owner: full(raw.owner),
        branch: full(raw.branch),
        folder: full(raw.folder),
        last_commit_id: full(raw.last_commit_id),
        auth_strategy: raw.auth_strategy.as_ref().map(|s| SourceControlAuthStrategy::as_str(s).to_owned()),
        auth_token: full(raw.auth_token).map(Secret::new),
    };
    let empty = SourceControl {
        provider: None,
        repository: None,
        owner: None,
        branch: None,
        folder: None,
        last_commit_id: None,
        auth_strategy: None,
        auth_token: None,
    };
    (details != empty).then_some(details)
}

#[cfg(test)]
mod tests {
    use aws_sdk_glue::types::{JobCommand, builders::JobBuilder};
    use statewright_planner::{RefusalKind, ScriptObject};

    use super::*;

    fn raw() -> JobBuilder {
        let command = JobCommand::builder().name("glueetl").script_location("s3://b/k").build();
        Raw::builder().name("j").role("R").command(command)
    }

    fn mapped(raw: JobBuilder) -> Result<Job, Refusal> {
        let c = Connection::offline();
        let arn = c.identity.arn(&Address::new(Kind::Job, "j"), "/");
        let script = Found { object: ScriptObject::Present { owner: None }, sha256: Some("00ff".into()) };
        match present(&c, arn, raw.build(), Labels::default(), script)?.resource {
            Resource::Job(job) => Ok(job),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_role_may_be_a_name_a_path_or_an_arn() {
        let check = |text: &str, expect: &str| {
            assert_eq!(mapped(raw().role(text)).unwrap().role.as_str(), expect);
        };
        check("R", "arn:aws:iam::123456789012:role/R");
        check("team/R", "arn:aws:iam::123456789012:role/team/R");
        check("/team/R", "arn:aws:iam::123456789012:role/team/R");
        check("arn:aws:iam::999999999999:role/X", "arn:aws:iam::999999999999:role/X");
        assert_eq!(mapped(raw().role("team/")).unwrap_err().kind, RefusalKind::Malformed);
    }

    #[test]
    fn a_worker_type_hides_the_capacity_that_glue_computes() {
        let with = mapped(raw().worker_type(WorkerType::G1X).number_of_workers(2).max_capacity(2.0)).unwrap();
        assert_eq!((with.worker_type.as_deref(), with.workers, with.max_capacity), (Some("G.1X"), Some(2), None));
        let without = mapped(raw().max_capacity(10.0)).unwrap();
        assert_eq!(without.max_capacity, Number::from_f64(10.0));
    }

    #[test]
    fn nothing_said_is_the_default() {
        let job = mapped(raw()).unwrap();
        assert_eq!(
            (job.max_concurrent_runs, job.max_retries, job.timeout, job.job_mode.as_str()),
            (1, 0, None, "SCRIPT")
        );
        assert_eq!(job.source_control, None);
        assert_eq!(job.script, Some(Script { sha256: "00ff".into(), bytes: None }));
    }
}
