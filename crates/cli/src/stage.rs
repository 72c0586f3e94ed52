//! From paths on the command line to specs, connections and plans: what `plan`, `apply` and `destroy` share.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use statewright_aws::{Connection, Settings};
use statewright_planner::{Live, Mode, Plan, Question};
use statewright_source::{Diagnostic, Severity, Sources};
use statewright_spec::{
    Address, Arn, Declared, Desired, Guards, Loaded, Request, Resource, kind::state_machine::MachineType,
};

use crate::{
    args::{Deny, Executions, Global},
    error::{CliError, Result},
    output,
};

/// What a plan shall do.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) options: statewright_planner::Options,
    pub(crate) deep: bool,
    pub(crate) mode: Mode,
}

/// Specs, planned, each with the connection to its account.
pub(crate) struct Staged {
    pub(crate) sources: Sources,
    pub(crate) plans: Vec<Plan>,
    pub(crate) connections: Vec<Arc<Connection>>,
    /// The machines that each declares.
    pub(crate) machines: Vec<Vec<(String, MachineType)>>,
    desired: Vec<Desired>,
    intent: Intent,
}

impl Staged {
    /// What the plans do.
    pub(crate) fn mode(&self) -> Mode {
        self.intent.mode
    }

    /// Reads AWS again and plans every spec anew, as it was read, with all that stops a plan.
    pub(crate) async fn plans_again(&self) -> Vec<Plan> {
        let plans = self.desired.iter().zip(&self.connections).map(|(desired, connection)| async move {
            let (mut plan, _) = plan(desired, connection, &self.intent, Beside::Permissions).await;
            statewright_spec::silence(&self.sources, &mut plan.findings);
            plan
        });
        futures::future::join_all(plans).await
    }

    /// Reads AWS again and plans the `at`-th spec anew, as it was read: what is left to do, and nothing beside.
    pub(crate) async fn plan_again(&self, at: usize) -> Plan {
        plan(&self.desired[at], &self.connections[at], &self.intent, Beside::Nothing).await.0
    }
}

/// Reads every spec. What hides all else of one is among the findings; what is wrong within it, its resolving tells.
pub(crate) fn read(sources: &mut Sources, paths: &[PathBuf], global: &Global) -> (Vec<Loaded>, Vec<Diagnostic>) {
    let files = match statewright_spec::discover(paths) {
        Ok(files) => files,
        Err(findings) => return (Vec::new(), findings),
    };
    let shared = files.len() > 1;
    let mut findings = Vec::new();
    let mut loaded = Vec::new();
    for path in files {
        match statewright_spec::load(sources, &request(path, global, shared)) {
            Ok(spec) => {
                output::conceal(&spec.secrets());
                loaded.push(spec);
            }
            Err(faults) => findings.extend(faults),
        }
    }
    if shared && !loaded.is_empty() {
        findings.extend(global.variables.iter().filter_map(|(name, _)| undeclared(name, &loaded)));
    }
    (loaded, findings)
}

/// A variable that is given to several specs and that none of them declares.
fn undeclared(name: &str, specs: &[Loaded]) -> Option<Diagnostic> {
    let declared: BTreeSet<&str> = specs.iter().flat_map(Loaded::variables).collect();
    if declared.contains(name) {
        return None;
    }
    let found = Diagnostic::error(
        statewright_spec::codes::UNKNOWN_VARIABLE,
        format!("no spec declares the variable `{}`", statewright_source::visible(name)),
    );
    Some(match statewright_source::nearest(name, declared) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("leave out `--var`, or declare it under `variables`"),
    })
}

/// One spec, with what the command line gives to it.
pub(crate) fn request(path: PathBuf, global: &Global, shared: bool) -> Request {
    Request {
        path,
        environment: global.environment.clone(),
        variables: global.variables.iter().cloned().collect(),
        variable_files: global.variable_files.clone(),
        shared,
    }
}

/// Where a spec works: the command line first, then the spec (which also guards it), then the AWS configuration.
pub(crate) fn settings(aws: &Guards, global: &Global) -> Settings {
    Settings {
        profile: global.profile.clone(),
        region: global.region.clone().or_else(|| aws.region.clone()),
        endpoint_url: global.endpoint_url.clone(),
        assume_role: aws.assume_role.as_deref().and_then(Arn::parse),
        parallelism: usize::from(global.parallelism),
        conceal: output::conceal,
        pace: global.pace,
    }
}

/// Where a resource is that is named by its ARN, without a spec.
pub(crate) fn settings_of(arn: &Arn, global: &Global) -> Settings {
    let of_global = settings(&Guards::default(), global);
    Settings { region: Some(arn.region().to_owned()), ..of_global }
}

/// Loads, connects, checks the guards, reads, and plans.
pub(crate) async fn stage(paths: &[PathBuf], global: &Global, intent: &Intent) -> Result<Staged> {
    let mut sources = Sources::default();
    let (loaded, mut findings) = read(&mut sources, paths, global);
    // All that can be said offline is said before anything is asked of AWS.
    if is_wrong(&findings) {
        findings.extend(loaded.iter().flat_map(|spec| spec.resolve(&spec.aws().identity()).1));
        return Err(CliError::findings(sources, findings));
    }
    for spec in &loaded {
        let (state, faults) = spec.resolve(&spec.aws().identity());
        if state.is_none() {
            findings.extend(faults);
        }
    }
    if is_wrong(&findings) {
        return Err(CliError::findings(sources, findings));
    }
    let mut open: BTreeMap<String, Arc<Connection>> = BTreeMap::new();
    let mut connections = Vec::new();
    for spec in &loaded {
        let settings = settings(spec.aws(), global);
        let key = format!("{settings:?}");
        let connection = match open.get(&key) {
            Some(connection) => Arc::clone(connection),
            None => Arc::new(Connection::open(&settings).await?),
        };
        open.insert(key, Arc::clone(&connection));
        connections.push(connection);
    }
    let mut desired: Vec<(Desired, Vec<Diagnostic>)> = Vec::new();
    for (spec, connection) in loaded.iter().zip(&connections) {
        findings.extend(spec.check_guards(connection.identity()));
        let (state, noticed) = spec.resolve(connection.identity());
        match state {
            Some(state) => desired.push((state, noticed)),
            None => findings.extend(noticed),
        }
    }
    findings.extend(statewright_spec::conflicts(&desired.iter().map(|(state, _)| state).collect::<Vec<_>>()));
    if is_wrong(&findings) {
        return Err(CliError::findings(sources, findings));
    }
    let texts = &sources;
    let plans = desired.iter().zip(&connections).map(|((desired, noticed), connection)| async move {
        let (mut plan, _) = plan(desired, connection, intent, Beside::Permissions).await;
        statewright_spec::silence(texts, &mut plan.findings);
        plan.findings.splice(0..0, noticed.iter().cloned());
        plan
    });
    let plans = futures::future::join_all(plans).await;
    let machines = desired.iter().map(|(state, _)| machines(state)).collect();
    let desired = desired.into_iter().map(|(desired, _)| desired).collect();
    Ok(Staged { sources, plans, connections, machines, desired, intent: intent.clone() })
}

fn machines(desired: &Desired) -> Vec<(String, MachineType)> {
    let machine = |(address, declared): (&Address, &Declared)| match &declared.resource {
        Resource::StateMachine(machine) => Some((address.name.clone(), machine.machine_type)),
        _ => None,
    };
    desired.resources.iter().filter_map(machine).collect()
}

/// What a plan tells beside the steps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// What roles grant, held against what machines need.
    Permissions,
    Nothing,
}

/// Reads in rounds, as the planner asks, then plans; gives what was read too.
pub(crate) async fn plan(desired: &Desired, connection: &Connection, intent: &Intent, beside: Beside) -> (Plan, Live) {
    let reading = statewright_planner::reading(desired, intent.mode, intent.deep, true);
    let mut live: Live = connection.observe(&reading).await;
    let mut asked: BTreeSet<Question> = BTreeSet::new();
    loop {
        let mut questions = statewright_planner::questions(desired, &live, intent.mode, &intent.options);
        if intent.mode == Mode::Apply && beside == Beside::Permissions {
            questions.extend(statewright_planner::permissions::questions(desired, &live));
        }
        questions.retain(|q| !asked.contains(q));
        if questions.is_empty() {
            break;
        }
        live.answers.extend(connection.answer(&questions).await);
        asked.extend(questions);
    }
    let plan = match intent.mode {
        Mode::Apply => {
            let plan = statewright_planner::plan(desired, &live, &intent.options);
            if beside == Beside::Permissions { plan.with_permissions(desired, &live) } else { plan }
        }
        Mode::Destroy => statewright_planner::destroy(desired, &live, &intent.options),
    };
    (plan, live)
}

fn is_wrong(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Whether findings stop a command: errors always, and what `--deny` names.
pub(crate) fn denied(findings: &[Diagnostic], deny: Option<Deny>) -> bool {
    let worst = match deny {
        None => Severity::Error,
        Some(Deny::Runtime) => Severity::Runtime,
        Some(Deny::Warning) => Severity::Warning,
    };
    findings.iter().any(|finding| finding.severity <= worst)
}

impl From<Executions> for statewright_planner::Executions {
    fn from(executions: Executions) -> Self {
        match executions {
            Executions::Wait => Self::Wait,
            Executions::Stop => Self::Stop,
            Executions::Fail => Self::Fail,
        }
    }
}
