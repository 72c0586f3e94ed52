//! A plan as plain text, for tests alone.

use std::fmt::Write as _;

use crate::{
    Operation, Plan, Shown,
    operation::{
        job::JobOperation, policy::PolicyOperation, role::RoleOperation, state_machine::StateMachineOperation,
    },
};

pub(super) fn dump(plan: &Plan) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        let needs: Vec<String> = step.needs.iter().map(|id| id.0.to_string()).collect();
        let after = if needs.is_empty() { String::new() } else { format!(" (after {})", needs.join(" ")) };
        let _ = writeln!(out, "{} {} {}: {}{after}", step.id.0, step.action.glyph(), step.address, step.title);
        let _ = writeln!(out, "    why: {}", step.why);
        if let Some(risk) = &step.risk {
            let _ = writeln!(out, "    risk: {risk}");
        }
        for change in &step.changes {
            let _ = writeln!(out, "    {}: {} -> {}", change.path, shown(&change.before), shown(&change.after));
        }
        for operation in &step.operations {
            let _ = writeln!(out, "    > {}", call(operation));
        }
    }
    if !plan.unchanged.is_empty() {
        let names: Vec<String> = plan.unchanged.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "unchanged: {}", names.join(" "));
    }
    out.push_str(&findings(plan));
    out
}

pub(super) fn findings(plan: &Plan) -> String {
    let mut out = String::new();
    for finding in &plan.findings {
        let _ = writeln!(out, "{}[{}] {}", finding.severity, finding.code, finding.title);
        if let Some(label) = finding.primary.as_ref().map(|label| &label.text).filter(|text| !text.is_empty()) {
            let _ = writeln!(out, "    at: {label}");
        }
        if let Some(help) = &finding.help {
            let _ = writeln!(out, "    help: {help}");
        }
    }
    out
}

fn shown(value: &Shown) -> String {
    match value {
        Shown::Absent => "(absent)".to_owned(),
        Shown::Default(value) => format!("{value} (default)"),
        Shown::Value(value) => value.to_string(),
        Shown::Sensitive => "(sensitive)".to_owned(),
    }
}

fn call(operation: &Operation) -> String {
    let name = operation.calls().first().copied().unwrap_or_default();
    let of = match operation {
        Operation::Wait(condition) => return format!("wait for {condition}"),
        Operation::Policy(PolicyOperation::CreateVersion { document, .. }) => document["Statement"].to_string(),
        Operation::Policy(PolicyOperation::DeleteVersion { version, .. }) => version.clone(),
        Operation::Role(RoleOperation::Attach { name, policy } | RoleOperation::Detach { name, policy }) => {
            format!("{name} {}", policy.name())
        }
        Operation::Role(RoleOperation::PutInline { name, policy, document }) => {
            format!("{name} {policy} {}", document["Statement"])
        }
        Operation::Role(RoleOperation::DeleteInline { name, policy }) => format!("{name} {policy}"),
        Operation::Job(
            JobOperation::UploadScript { bucket, key, .. }
            | JobOperation::DeleteScript { bucket, key }
            | JobOperation::ReleaseScript { bucket, key },
        ) => {
            format!("s3://{bucket}/{key}")
        }
        Operation::StateMachine(StateMachineOperation::Update { machine, .. }) => machine.role.name().to_owned(),
        Operation::Job(JobOperation::Tag { tags, .. } | JobOperation::Create { tags, .. }) => format!("{tags:?}"),
        _ => String::new(),
    };
    format!("{name} {of}").trim_end().to_owned()
}
