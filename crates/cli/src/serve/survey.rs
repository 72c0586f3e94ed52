//! Every spec, planned: one that is broken is told of and does not hide the others.

use std::time::SystemTime;

use statewright_dashboard::{Drift, Machine, Permission, Stack, Survey, Verdict};
use statewright_iam::permissions::Verdict as Judged;
use statewright_planner::{Live, Mode, Observed, Options, Plan};
use statewright_source::{Diagnostic, Severity, Sources};
use statewright_spec::{Address, Declared, Desired, Loaded, Resource, kind::state_machine::MachineType};

use super::Aws;
use crate::{
    error::CliError,
    secrets::{Secrets, hide_at},
    stage::{Beside, Intent, plan, read, settings},
    view::{self, finding},
};

/// Reads and plans all of them at the same time.
pub(super) async fn survey(aws: &Aws) -> (Survey, Secrets) {
    let mut sources = Sources::default();
    let (loaded, mut findings) = read(&mut sources, &aws.paths, &aws.global);
    let texts = &sources;
    let planned = futures::future::join_all(loaded.iter().map(|spec| one(aws, texts, spec))).await;
    let mut faults = String::new();
    let (mut stacks, mut secrets) = (Vec::new(), Vec::new());
    for planned in planned {
        match planned {
            Ok((stack, desired)) => {
                stacks.push(stack);
                secrets.extend(desired.secrets);
            }
            Err(Fault::Findings(found)) => findings.extend(found),
            Err(Fault::Refused(error)) => faults.push_str(&error.render()),
        }
    }
    if !findings.is_empty() {
        faults.push_str(&finding::text(&sources, &findings));
    }
    stacks.sort_by(|a, b| a.owner.cmp(&b.owner));
    let secrets = Secrets::of(&secrets, 1);
    for machine in stacks.iter_mut().flat_map(|stack| &mut stack.machines) {
        machine.wanted = secrets.out_of_theirs(std::mem::take(&mut machine.wanted));
        machine.live =
            machine.live.take().map(|live| secrets.out_of_theirs(live)).filter(|live| live != &machine.wanted);
    }
    let faults = Some(faults).filter(|faults| !faults.is_empty());
    (Survey { stacks, faults, at: SystemTime::now() }, secrets)
}

/// Why a spec has no plan.
enum Fault {
    Findings(Vec<Diagnostic>),
    Refused(Box<CliError>),
}

async fn one(aws: &Aws, sources: &Sources, spec: &Loaded) -> Result<(Stack, Desired), Fault> {
    let refused = |refusal| Fault::Refused(Box::new(CliError::from(refusal)));
    // What is wrong with it is known without asking anybody.
    let (state, found) = spec.resolve(&spec.aws().identity());
    if state.is_none() {
        return Err(Fault::Findings(found));
    }
    let connection = aws.connect(&settings(spec.aws(), &aws.global)).await.map_err(refused)?;
    let guards = spec.check_guards(connection.identity());
    if !guards.is_empty() {
        return Err(Fault::Findings(guards));
    }
    let (state, noticed) = spec.resolve(connection.identity());
    let Some(desired) = state else { return Err(Fault::Findings(noticed)) };
    let intent = Intent { options: Options::default(), deep: false, mode: Mode::Apply };
    let (mut plan, live) = plan(&desired, &connection, &intent, Beside::Permissions).await;
    statewright_spec::silence(sources, &mut plan.findings);
    plan.findings.splice(0..0, noticed);
    let machines = desired.resources.iter().filter_map(|(address, declared)| {
        let Resource::StateMachine(machine) = &declared.resource else { return None };
        let mut found = machine_of(address, declared, machine, &plan, &live);
        found.text = text_of(sources, declared);
        Some(found)
    });
    let stack = Stack {
        owner: plan.owner.to_string(),
        spec: plan.spec_name.clone(),
        account: plan.identity.account.as_str().to_owned(),
        drift: drift(&plan),
        machines: machines.collect(),
        plan: view::plan::text(&plan, sources),
    };
    Ok((stack, desired))
}

fn drift(plan: &Plan) -> Drift {
    let errors = plan.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    match (errors, plan.by_address().len()) {
        (0, 0) => Drift::InSync,
        (0, n) => Drift::Differs(n),
        (n, _) => Drift::Blocked(n),
    }
}

fn machine_of(
    address: &Address,
    declared: &Declared,
    machine: &statewright_spec::kind::state_machine::StateMachine,
    plan: &Plan,
    live: &Live,
) -> Machine {
    let present = match live.observed.get(address) {
        Some(Observed::Present(present)) => Some(&present.resource),
        Some(Observed::Absent | Observed::Unreadable(_)) | None => None,
    };
    let definition = present.and_then(|resource| match resource {
        Resource::StateMachine(machine) => Some(machine.definition.clone()),
        _ => None,
    });
    // The field's own name goes before the pointers into it.
    let hide = |mut value: serde_json::Value| {
        hide_at(&mut value, declared.sensitive.iter().filter_map(|pointer| pointer.strip_prefix("/definition")));
        value
    };
    Machine {
        name: address.name.clone(),
        arn: declared.arn.as_str().to_owned(),
        express: machine.machine_type == MachineType::Express,
        role: machine.role.as_str().to_owned(),
        exists: present.is_some(),
        wanted: hide(machine.definition.clone()),
        live: definition.filter(|live| live != &machine.definition).map(hide),
        text: None,
        permissions: permissions(address, plan),
    }
}

fn permissions(machine: &Address, plan: &Plan) -> Vec<Permission> {
    let rows = plan.permissions.iter().flat_map(|role| &role.rows).filter(|row| &row.machine == machine);
    rows.map(|row| {
        let (verdict, why) = match &row.row.verdict {
            Judged::Granted { by } => (Verdict::Granted, format!("by {by}")),
            Judged::Missing { why, .. } => (Verdict::Missing, why.clone()),
            Judged::Depends { on } => (Verdict::Depends, on.join("; ")),
        };
        Permission {
            state: row.row.state.clone(),
            action: row.row.action.clone(),
            resource: row.row.resource.clone(),
            verdict,
            why,
        }
    })
    .collect()
}

/// The file that the definition stands in, where that is one of its own: as it is written, references and all.
fn text_of(sources: &Sources, declared: &Declared) -> Option<(String, String)> {
    let span = declared.documents.get("definition")?.span;
    let file = sources.file(span.file);
    (span.file != declared.span.file).then(|| (file.name.clone(), file.text.clone()))
}
