//! `statewright permissions`: what each state needs, what the role grants, and the least policy that would do.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use statewright_aws::Connection;
use statewright_iam::{derive::derive, needs::Place};
use statewright_planner::{
    Live, Observed, Question, Reading,
    permissions::{Grants, of_needs, permissions as tables},
};
use statewright_source::{Diagnostic, Severity, Sources};
use statewright_spec::{Address, Arn, Desired, Kind, MachineNeeds, Resource};

use crate::{
    args::{Global, PermissionsArgs, PermissionsFormat},
    arn,
    error::{CliError, Result},
    output,
    stage::{denied, read},
    view::permissions::{RoleDocument, bare, output_of, role, text},
};

/// Prints the tables of specs, of bare definitions, or of a live machine.
pub(crate) async fn permissions(args: &PermissionsArgs, global: &Global) -> Result<ExitCode> {
    let mut sources = Sources::default();
    let mut roles: Vec<RoleDocument> = Vec::new();
    let (arns, rest): (Vec<&String>, Vec<&String>) = args.targets.iter().partition(|t| t.starts_with("arn:"));
    for arn in &arns {
        roles.push(Box::pin(live(arn, global)).await?);
    }
    let paths = rest.into_iter().map(PathBuf::from);
    let (definitions, specs): (Vec<_>, Vec<_>) = paths.partition(|path| statewright_spec::is_definition(path));
    for path in &definitions {
        roles.push(definition(&mut sources, path, global)?);
    }
    if (arns.is_empty() && definitions.is_empty()) || !specs.is_empty() {
        roles.extend(of_specs(&mut sources, &specs, global)?);
    }
    match args.format {
        PermissionsFormat::Text => output::data(&text(&roles)),
        PermissionsFormat::Json => output::json(&output_of(roles)),
        PermissionsFormat::Yaml => {
            let shown = serde_yaml::to_string(&output_of(roles));
            output::data(&shown.map_err(|error| CliError::bug(format!("the table is no YAML: {error}")))?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The tables of specs, offline: what is not declared is not known.
fn of_specs(sources: &mut Sources, paths: &[PathBuf], global: &Global) -> Result<Vec<RoleDocument>> {
    let (loaded, mut findings) = read(sources, paths, global);
    let mut roles = Vec::new();
    for spec in &loaded {
        let (state, noticed) = spec.resolve(&spec.aws().identity());
        findings.extend(noticed);
        roles.extend(state.iter().flat_map(|state| tables(state, None).roles).map(|found| role(&found)));
    }
    if denied(&findings, None) {
        return Err(stopped(sources, findings));
    }
    Ok(roles)
}

fn stopped(sources: &mut Sources, mut findings: Vec<Diagnostic>) -> CliError {
    findings.retain(|d| d.severity == Severity::Error);
    CliError::findings(std::mem::take(sources), findings)
}

/// A definition with no spec around it: nothing is known of its role.
fn definition(sources: &mut Sources, path: &Path, global: &Global) -> Result<RoleDocument> {
    let (root, findings) = statewright_spec::read_definition(sources, path);
    let Some(root) = root.filter(|_| !denied(&findings, None)) else { return Err(stopped(sources, findings)) };
    let region = global.region.clone().unwrap_or_else(|| "*".to_owned());
    let partition = match region.as_str() {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let place = Place { partition: partition.to_owned(), region, account: "*".to_owned(), machine: "*".to_owned() };
    let needs = MachineNeeds::of_definition(&root, &place);
    let wanted: Vec<_> = needs.needed.iter().map(|n| (n.who.clone(), n.need.clone())).collect();
    Ok(bare(&path.display().to_string(), &needs, derive(&wanted)))
}

/// A machine as it is in AWS, with its role.
async fn live(text: &str, global: &Global) -> Result<RoleDocument> {
    let arn = arn::machine(text)?;
    let connection = arn::connect(&arn, global).await?;
    let address = Address::new(Kind::StateMachine, arn.name());
    let reading = Reading { resources: [(address.clone(), arn.clone())].into(), ..Reading::default() };
    let mut live = connection.observe(&reading).await;
    let machine = match live.observed.remove(&address) {
        Some(Observed::Present(present)) => match present.resource {
            Resource::StateMachine(machine) => machine,
            _ => return Err(CliError::bug(format!("{arn} was read as something else"))),
        },
        Some(Observed::Unreadable(refusal)) => return Err(refusal.into()),
        Some(Observed::Absent) | None => return Err(CliError::user(format!("there is no state machine {arn}"))),
    };
    let identity = connection.identity().clone();
    let nothing = Desired::nothing(&identity);
    let grants = read_role(&machine.role, &nothing, &mut live, &connection).await;
    let needs = MachineNeeds::of_live(arn.name(), &machine, &identity);
    let mut found = of_needs(&grants, vec![(address.clone(), needs)]);
    found.machines.push(address);
    Ok(role(&found))
}

/// The role as far as AWS shows it.
async fn read_role(arn: &Arn, nothing: &Desired, live: &mut Live, connection: &Connection) -> Grants {
    let mut asked: BTreeSet<Question> = BTreeSet::new();
    loop {
        let grants = Grants::of(arn, nothing, Some(live));
        let questions: BTreeSet<Question> = grants.questions().filter(|q| !asked.contains(*q)).cloned().collect();
        if questions.is_empty() {
            return grants;
        }
        live.answers.extend(connection.answer(&questions).await);
        asked.extend(questions);
    }
}
