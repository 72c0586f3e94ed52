//! Saved plans. A plan in a file is never carried out by itself: `apply --plan` reads spec, files, variables and AWS
//! again, plans again, and demands that the plan is the saved one, step for step. So the file needs no trust: edited by
//! hand it can but be refused. It holds what `plan --format json` shows and no secret, so it holds no hash of one either.

mod compare;
mod file;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use statewright_planner::{Options, Plan};
use statewright_source::Sources;

use crate::{
    args::Global,
    error::{CliError, Result},
    output,
    stage::Intent,
    view::plan::{PlanOutput, for_saving},
};

pub(crate) use self::compare::{flags, plans, version};
pub(crate) use self::file::{check_target, read, write};

/// What `plan --out` writes: what `plan --format json` prints, and what the plan was made with.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SavedOutput {
    #[serde(flatten)]
    plan: PlanOutput,
    /// What only a saved plan has.
    saved: Made,
}

/// What a plan was made with. `apply --plan` must be given the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Made {
    /// The version of Statewright that made it.
    pub(crate) tool: String,
    /// `--env`
    pub(crate) environment: Option<String>,
    /// `--target`
    pub(crate) targets: BTreeSet<String>,
    /// `--executions`
    pub(crate) executions: String,
    /// `--deep`
    pub(crate) deep: bool,
    /// `--drain`
    #[serde(default)]
    pub(crate) drain: bool,
    /// `--allow-delete-all`
    pub(crate) allow_delete_all: bool,
    /// SHA-256 of all else in the file, whatever its layout: tells an edit from a copy.
    pub(crate) checksum: String,
}

/// A saved plan as far as it is held against a new one.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) made: Made,
    pub(crate) stacks: Vec<SavedStack>,
}

/// One stack's plan.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct SavedStack {
    stack: String,
    owner: String,
    account: String,
    region: String,
    spec: String,
    spec_hash: String,
    #[serde(default)]
    spec_parts: BTreeMap<String, String>,
    steps: Vec<SavedStep>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct SavedStep {
    id: u32,
    address: String,
    action: String,
    needs: BTreeSet<u32>,
    changes: Vec<SavedChange>,
    expects: BTreeMap<String, String>,
    calls: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct SavedChange {
    path: String,
    before: Value,
    after: Value,
    sensitive: bool,
}

impl Made {
    /// What this command was given.
    pub(crate) fn with(intent: &Intent, global: &Global) -> Self {
        // Named, so that an option that comes later is asked for here.
        let Intent { options, deep, mode: _ } = intent;
        let Options { targets, executions, drain, allow_delete_all } = options;
        Self {
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            environment: global.environment.clone(),
            targets: targets.iter().map(ToString::to_string).collect(),
            executions: executions.as_str().to_owned(),
            deep: *deep,
            drain: *drain,
            allow_delete_all: *allow_delete_all,
            checksum: String::new(),
        }
    }
}

impl SavedOutput {
    /// Plans as they are saved; the checksum comes when they are written.
    pub(crate) fn of(plans: &[Plan], sources: &Sources, made: Made) -> Self {
        Self { plan: for_saving(plans, sources), saved: made }
    }
}

impl SavedStack {
    /// A new plan, as it would be read from a file.
    pub(crate) fn of(plan: &Plan, sources: &Sources) -> Result<Self> {
        let bug = |error: serde_json::Error| CliError::bug(format!("a plan is not what a saved plan holds: {error}"));
        let text = serde_json::to_string(&for_saving(std::slice::from_ref(plan), sources)).map_err(bug)?;
        let mut value: Value = serde_json::from_str(&text).map_err(bug)?;
        output::conceal_values(&mut value);
        Self::deserialize(value).map_err(bug)
    }
}

impl Saved {
    /// The specs that it names, where they are: whoever gave us the file could else have us open any other file of this
    /// machine, and show it in an error.
    pub(crate) fn specs(&self, file: &Path) -> Result<Vec<PathBuf>> {
        let here = std::env::current_dir().and_then(std::fs::canonicalize);
        let here = here.map_err(|error| CliError::user(format!("the current directory cannot be read: {error}")))?;
        let root = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here);
        let mut paths = Vec::new();
        for stack in &self.stacks {
            let path = PathBuf::from(&stack.spec);
            let again = |what: &str| {
                CliError::user(format!("{} was made of `{}`, which {what}", file.display(), stack.spec)).hint(format!(
                    "run this where the plan was made, or name the spec: apply --plan {} SPEC",
                    file.display()
                ))
            };
            let real = std::fs::canonicalize(&path).map_err(|_| again("is not there"))?;
            if !real.starts_with(root) {
                return Err(again("is outside of this repository"));
            }
            paths.push(path);
        }
        Ok(paths)
    }
}
