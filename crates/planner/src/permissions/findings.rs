//! What is to be said of a role's table, with places.

use std::collections::BTreeSet;

use statewright_iam::{
    Assumable, Document, Effect, Principal, Scope, codes,
    permissions::{Granted, Verdict},
};
use statewright_source::{Diagnostic, Severity, Span};
use statewright_spec::{Address, Declared, Desired, Part, Resource, Secret};

use super::{Grants, MachineRow, RolePermissions, is_certain, role::Origin, service_can_assume};
use crate::Live;

/// A finding and whom it is about: each of them may allow it.
type Found = (Vec<Address>, Diagnostic);

/// What the table of one role says.
pub(super) fn of_role(
    desired: &Desired,
    role: &RolePermissions,
    grants: &Grants,
    uncertain: bool,
    out: &mut Vec<Found>,
) {
    missing(desired, role, grants, out);
    depends(desired, role, grants, out);
    if !uncertain && !role.machines.is_empty() && only_machines_use(desired, role, grants) {
        excess(desired, role, grants, out);
    }
}

/// How a missing permission shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shows {
    /// AWS refuses the machine.
    AtOnce,
    /// A state fails.
    InState,
    /// Traces are not delivered, and executions go on.
    Untraced,
}

/// `IAM201` and `IAM205`: one finding a state and a reason, whatever it lacks.
fn missing(desired: &Desired, role: &RolePermissions, grants: &Grants, out: &mut Vec<Found>) {
    let mut groups: Vec<(&MachineRow, Shows, Vec<&MachineRow>)> = Vec::new();
    for row in role.missing().filter(|r| is_certain(&r.row)) {
        let shows = match row.part {
            _ if row.row.is_refused_at_once() => Shows::AtOnce,
            Part::Tracing => Shows::Untraced,
            Part::State | Part::Logging | Part::Encryption => Shows::InState,
        };
        let same = |(first, s, _): &&mut (&MachineRow, Shows, Vec<&MachineRow>)| {
            first.machine == row.machine
                && first.row.state == row.row.state
                && *s == shows
                && first.row.verdict == row.row.verdict
                && first.row.resource_policy_may_grant == row.row.resource_policy_may_grant
        };
        match groups.iter_mut().find(same) {
            Some((_, _, rows)) => rows.push(row),
            None => groups.push((row, shows, vec![row])),
        }
    }
    for (first, shows, rows) in groups {
        let Verdict::Missing { why, denied } = &first.row.verdict else { continue };
        let name = who(role);
        let what = actions_on(rows.iter().map(|r| (r.row.action.as_str(), r.row.resource.as_str())));
        let does_not =
            if *denied { format!("{name} may not do {what} ({why})") } else { format!("{name} does not allow {what}") };
        let subject = subject(first);
        let finding = match shows {
            Shows::AtOnce => Diagnostic::error(
                codes::SERVICE_RIGHTS,
                format!("AWS refuses {} because of {subject}: {does_not}", first.machine),
            ),
            Shows::InState => Diagnostic::new(
                codes::MISSING_PERMISSION,
                Severity::Runtime,
                format!("{subject} will fail: {does_not}"),
            ),
            Shows::Untraced => Diagnostic::new(
                codes::MISSING_PERMISSION,
                Severity::Warning,
                format!("traces of {} are lost: {does_not}", first.machine),
            ),
        };
        let mut finding = match first.span.or_else(|| place(desired, &first.machine)) {
            Some(span) => finding.at(span, format!("needs {}", short(&rows))),
            None => finding,
        };
        finding = match related(desired, grants, first, *denied) {
            Some((span, text)) => finding.related(span, text),
            None => finding,
        };
        let mut help = if *denied {
            "take away what forbids it, or do without".to_owned()
        } else {
            format!("allow it in a policy of {name}")
        };
        if first.row.resource_policy_may_grant && !denied {
            help.push_str("; or the resource's own policy may allow the role, which is not looked at");
        }
        if rows.iter().any(|r| !r.row.verified) {
            help.push_str("; that it is needed was not verified on AWS");
        }
        out.push((about(role, first), finding.help(help)));
    }
}

/// `IAM203`: what was not read is said once a role; what depends on the request, once a state.
fn depends(desired: &Desired, role: &RolePermissions, grants: &Grants, out: &mut Vec<Found>) {
    let mut groups: Vec<(&MachineRow, &[String], Vec<&MachineRow>)> = Vec::new();
    for row in role.rows.iter().filter(|r| is_certain(&r.row)) {
        let Verdict::Depends { on } = &row.row.verdict else { continue };
        let unread = *on == grants.unread;
        let same = |(first, why, _): &&mut (&MachineRow, &[String], Vec<&MachineRow>)| {
            *why == on.as_slice() && (unread || (first.machine == row.machine && first.row.state == row.row.state))
        };
        match groups.iter_mut().find(same) {
            Some((_, _, rows)) => rows.push(row),
            None => groups.push((row, on, vec![row])),
        }
    }
    for (first, on, rows) in groups {
        let title = if on == grants.unread.as_slice() {
            let states: BTreeSet<&str> = rows.iter().map(|r| r.row.state.as_str()).collect();
            let n = crate::kind::count(states.len(), "state", "states");
            format!("whether {} grants what {n} of {} needs depends on {}", who(role), first.machine, on.join(" and "))
        } else {
            let what = actions_on(rows.iter().map(|r| (r.row.action.as_str(), r.row.resource.as_str())));
            format!("whether {} may do {what} depends: {}", subject(first), on.join("; "))
        };
        let note = Diagnostic::new(codes::DEPENDS, Severity::Note, title);
        let span = first.span.or_else(|| place(desired, &first.machine));
        let note = match span {
            Some(span) => note.at(span, "needs it"),
            None => note,
        };
        out.push((about(role, first), note));
    }
}

/// Whether nothing but Step Functions may use the role: only then is what no state uses used by nobody.
fn only_machines_use(desired: &Desired, role: &RolePermissions, grants: &Grants) -> bool {
    let other = desired.resources.values().any(|declared| match &declared.resource {
        Resource::Function(function) => function.role == role.arn,
        Resource::Job(job) => job.role == role.arn,
        _ => false,
    });
    let Some(trust) = grants.trust.as_ref().and_then(Document::of) else { return false };
    let machines = |principal: &Principal| matches!(principal, Principal::Service(name) if name.starts_with("states."));
    let principals = trust.statements.iter().filter(|s| s.effect == Some(Effect::Allow)).map(|s| s.principals.as_ref());
    !other
        && principals
            .into_iter()
            .all(|p| matches!(p, Some(Scope::Only(items)) if items.iter().all(|n| machines(&n.principal))))
}

/// `IAM202`, for the documents that the spec holds.
fn excess(desired: &Desired, role: &RolePermissions, grants: &Grants, out: &mut Vec<Found>) {
    for (statement, words) in role.excess() {
        let Some(source) = grants.policies.iter().find(|source| source.name == statement.policy) else { continue };
        let span = source.document.statements.get(statement.statement).and_then(|s| s.span);
        let policy = match &source.origin {
            Origin::Inline => format!("the inline policy {} of {}", source.name, who(role)),
            Origin::Declared(address) => {
                if attached_elsewhere(desired, address, role) {
                    continue;
                }
                address.to_string()
            }
            Origin::Attached(_) => continue,
        };
        let found = Diagnostic::new(
            codes::EXCESS,
            Severity::Warning,
            format!("{policy} grants more than {} uses: {words}", machines(role)),
        );
        let found = match span.or(source.span).or_else(|| place(desired, role.address.as_ref()?)) {
            Some(span) => found.at(span, "wider than needed"),
            None => found,
        };
        let mut about = role.machines.clone();
        about.extend(role.address.clone());
        if let Origin::Declared(address) = &source.origin {
            about.push(address.clone());
        }
        out.push((about, found.help(instead(role, statement))));
    }
}

/// What would do in place of a statement.
fn instead(role: &RolePermissions, statement: &Granted) -> String {
    match role.enough(statement) {
        enough if enough.is_empty() => "no state uses it: take the statement out".to_owned(),
        enough => format!("this would do: {enough}"),
    }
}

/// A policy that another role holds may be used by what works with that one.
fn attached_elsewhere(desired: &Desired, policy: &Address, role: &RolePermissions) -> bool {
    let Some(policy) = desired.resources.get(policy) else { return false };
    desired.resources.iter().any(|(address, declared)| match &declared.resource {
        Resource::Role(other) => Some(address) != role.address.as_ref() && other.attachments.contains(&policy.arn),
        _ => false,
    })
}

/// `IAM204`: who shall assume a role and may not.
pub(super) fn trust(desired: &Desired, live: Option<&Live>, out: &mut Vec<Found>) {
    for (address, declared) in &desired.resources {
        let (arn, service, severity) = match &declared.resource {
            Resource::StateMachine(machine) => (&machine.role, "states.amazonaws.com", Severity::Error),
            Resource::Function(function) => (&function.role, "lambda.amazonaws.com", Severity::Error),
            Resource::Job(job) => (&job.role, "glue.amazonaws.com", Severity::Runtime),
            Resource::Policy(_) | Resource::Role(_) | Resource::LogGroup(_) => continue,
        };
        let grants = Grants::of(arn, desired, live);
        let Some(trust) = &grants.trust else { continue };
        let role = match &grants.address {
            Some(address) => address.to_string(),
            None => format!("the role {}", arn.name()),
        };
        let finding = match service_can_assume(trust, service, &desired.identity) {
            Assumable::Yes => continue,
            Assumable::No => {
                let title = match severity {
                    Severity::Error => format!("AWS refuses {address}: {role} does not trust {service}"),
                    _ => format!("a run of {address} will fail: {role} does not trust {service}"),
                };
                Diagnostic::new(codes::TRUST, severity, title)
                    .help(format!("let {service} do sts:AssumeRole in the role's trust"))
            }
            Assumable::Depends { conditions } => Diagnostic::new(
                codes::DEPENDS,
                Severity::Note,
                format!("whether {service} may assume {role} depends: {}", conditions.join("; ")),
            ),
        };
        let finding = match declared.body.get("role").map(|node| node.span).or(Some(declared.span)) {
            Some(span) => finding.at(span, "assumes this role"),
            None => finding,
        };
        let finding = match grants.address.as_ref().and_then(|a| desired.resources.get(a)).map(trust_span) {
            Some(span) => finding.related(span, "whom it trusts"),
            None => finding,
        };
        out.push((std::iter::once(address.clone()).chain(grants.address).collect(), finding));
    }
}

fn trust_span(role: &Declared) -> Span {
    role.documents.get("trust").or_else(|| role.body.get("trust")).map_or(role.span, |node| node.span)
}

/// Drops what is said twice: a policy that several machines reach says one thing once.
pub(super) fn shared(findings: &mut Vec<Found>) {
    let mut seen = BTreeSet::new();
    findings.retain(|(_, d)| seen.insert((d.code, d.title.clone(), d.primary.as_ref().map(|l| l.span))));
}

/// Replaces what may not be shown.
pub(crate) fn hide(text: &mut String, secrets: &[Secret]) {
    if secrets.iter().any(|s| !s.expose().is_empty() && text.contains(s.expose())) {
        "(sensitive)".clone_into(text);
    }
}

/// The finding without what may not be shown.
pub(super) fn concealed(mut found: Diagnostic, secrets: &[Secret]) -> Diagnostic {
    let labels = found.primary.iter_mut().chain(&mut found.related).map(|label| &mut label.text);
    for text in labels.chain([&mut found.title]).chain(&mut found.help) {
        for secret in secrets.iter().map(Secret::expose).filter(|s| !s.is_empty()) {
            if text.contains(secret) {
                *text = text.replace(secret, "(sensitive)");
            }
        }
    }
    found
}

fn who(role: &RolePermissions) -> String {
    match &role.address {
        Some(address) => address.to_string(),
        None => format!("the role {}", role.arn.name()),
    }
}

fn machines(role: &RolePermissions) -> String {
    let names: Vec<String> = role.machines.iter().map(ToString::to_string).collect();
    names.join(" and ")
}

fn about(role: &RolePermissions, row: &MachineRow) -> Vec<Address> {
    std::iter::once(row.machine.clone()).chain(role.address.clone()).collect()
}

fn subject(row: &MachineRow) -> String {
    match row.part {
        Part::State => format!("state `{}`", row.row.state),
        Part::Logging => "its logging".to_owned(),
        Part::Tracing => "its tracing".to_owned(),
        Part::Encryption => "its encryption".to_owned(),
    }
}

/// `glue:StartJobRun, glue:GetJobRun on arn:…`
pub(crate) fn actions_on<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut on: Vec<(&str, Vec<&str>)> = Vec::new();
    for (action, resource) in pairs {
        match on.iter_mut().find(|(r, _)| *r == resource) {
            Some((_, actions)) => actions.push(action),
            None => on.push((resource, vec![action])),
        }
    }
    let parts: Vec<String> = on.into_iter().map(|(r, actions)| format!("{} on {r}", actions.join(", "))).collect();
    parts.join(" and ")
}

fn short(rows: &[&MachineRow]) -> String {
    let actions: Vec<&str> = rows.iter().map(|r| r.row.action.as_str()).collect();
    match actions.as_slice() {
        [one] => (*one).to_owned(),
        [one, ..] => format!("{one} and {} more", actions.len() - 1),
        [] => String::new(),
    }
}

fn place(desired: &Desired, address: &Address) -> Option<Span> {
    desired.resources.get(address).map(|declared| declared.span)
}

/// Where the grant could stand: the statement that decides, or one that allows something else of the same service, or the
/// role.
fn related(desired: &Desired, grants: &Grants, row: &MachineRow, denied: bool) -> Option<(Span, String)> {
    let service = row.row.action.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let of_service = |text: &str| {
        let text = text.to_ascii_lowercase();
        text == "*" || text.split(':').next() == Some(&service)
    };
    let effect = if denied { Effect::Deny } else { Effect::Allow };
    let statements = grants.policies.iter().flat_map(|source| source.document.with_effect(effect));
    let near = statements.map(|(_, s)| s).find(|s| {
        s.span.is_some() && s.actions.as_ref().is_some_and(|a| a.items().iter().any(|t| of_service(&t.value)))
    });
    if let Some(span) = near.and_then(|s| s.span) {
        return Some((span, if denied { "this forbids it" } else { "this statement does not allow it" }.to_owned()));
    }
    let address: &Address = grants.address.as_ref()?;
    let role: &Declared = desired.resources.get(address)?;
    Some((role.span, "the role".to_owned()))
}
