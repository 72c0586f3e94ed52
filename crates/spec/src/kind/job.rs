//! `jobs:` — Glue jobs.

use std::{collections::BTreeMap, sync::Arc};

use crate::{Arn, Secret, Tags};

mod capacity;
mod doc;
mod resolve;

#[cfg(test)]
mod tests;

pub(crate) use doc::JobDoc;
pub(crate) use resolve::resolve;

/// A job: every field of Glue's `JobUpdate` that is not deprecated, but for the visual editor's nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// `glueetl`, `gluestreaming`, `pythonshell` or `glueray`.
    pub command: String,
    /// `s3://bucket/key` of the script.
    pub script_location: String,
    /// The script to upload there, where the spec holds it; in live state, what the object's metadata say.
    pub script: Option<Script>,
    /// `3`, `3.9`.
    pub python_version: Option<String>,
    /// Ray's runtime.
    pub runtime: Option<String>,
    /// The role's ARN.
    pub role: Arn,
    /// Empty where there is none.
    pub description: String,
    /// `SCRIPT`, `VISUAL` or `NOTEBOOK`.
    pub job_mode: String,
    /// Runs wait instead of failing at a limit.
    pub run_queuing: bool,
    /// Where Spark's event logs go.
    pub log_uri: Option<String>,
    /// Runs at the same time; 1 where nothing is said.
    pub max_concurrent_runs: u32,
    /// Default arguments. Live values are always redacted.
    pub arguments: BTreeMap<String, Secret>,
    /// Arguments that a run cannot change. Live values are always redacted.
    pub fixed_arguments: BTreeMap<String, Secret>,
    /// Connections, in order.
    pub connections: Vec<String>,
    /// Retries of a failed run.
    pub max_retries: u32,
    /// Minutes. AWS's default: 2,880 up to Glue 4.0, 480 from 5.0.
    pub timeout: Option<u32>,
    /// DPUs, where no worker type is named.
    pub max_capacity: Option<serde_json::Number>,
    /// `G.1X` ….
    pub worker_type: Option<String>,
    /// How many workers.
    pub workers: Option<u32>,
    /// A security configuration's name.
    pub security_configuration: Option<String>,
    /// Minutes after which a delay is notified.
    pub notify_delay_after: Option<u32>,
    /// `5.0`.
    pub glue_version: Option<String>,
    /// `STANDARD` or `FLEX`.
    pub execution_class: Option<String>,
    /// Where the visual editor keeps the job's source.
    pub source_control: Option<SourceControl>,
    /// `Sun:10`: when a streaming job may be restarted.
    pub maintenance_window: Option<String>,
    /// Without ours.
    pub tags: Tags,
}

/// A script that is uploaded with its job.
#[derive(Clone, PartialEq, Eq)]
pub struct Script {
    /// Hexadecimal SHA-256 of the script; kept as metadata of the object.
    pub sha256: String,
    /// The script; `None` in live state.
    pub bytes: Option<Arc<[u8]>>,
}

/// Glue's `SourceControlDetails`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceControl {
    /// `GITHUB`, `GITLAB`, `BITBUCKET`, `AWS_CODE_COMMIT`.
    pub provider: Option<String>,
    /// The repository.
    pub repository: Option<String>,
    /// Its owner.
    pub owner: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The folder.
    pub folder: Option<String>,
    /// The last commit.
    pub last_commit_id: Option<String>,
    /// `PERSONAL_ACCESS_TOKEN` or `AWS_SECRETS_MANAGER`.
    pub auth_strategy: Option<String>,
    /// A token, or a secret's ARN.
    pub auth_token: Option<Secret>,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Script({})", self.sha256)
    }
}
