//! What the spec names and does not declare.

use std::collections::BTreeSet;

use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Address, Kind, Lookup, Mention};

use crate::{
    Found, Mode, codes,
    notes::{Notes, finding},
    survey::Survey,
};

/// Findings about everything that is named: missing, unreadable, or about to go.
pub(crate) fn check(survey: &Survey<'_>, notes: &mut Notes) {
    if survey.mode == Mode::Destroy {
        return;
    }
    for mention in &survey.desired.mentions {
        if survey.wanted(&mention.by).is_none() {
            continue;
        }
        let severity = severity(mention);
        if let Some(address) = address(survey, &mention.target).filter(|address| survey.is_leaving(address)) {
            let title = format!("{address} is no longer declared and is deleted, and {} still names it", user(mention));
            let help = "declare it again, or take its name out of what still uses it";
            notes.find(
                &mention.by,
                finding(codes::STILL_NAMED, severity, title).at(mention.span, "named here").help(help),
            );
            continue;
        }
        match survey.live.lookups.get(&mention.target) {
            None | Some(Found::Yes) => {}
            Some(Found::No) => notes.find(&mention.by, missing(mention, severity)),
            Some(Found::Unreadable(refusal)) => {
                let title = format!("AWS would not say whether {} exists", noun(&mention.target));
                let note = finding(codes::LOOKUP_UNREADABLE, Severity::Note, title);
                notes.find(&mention.by, note.at(mention.span, "named here").help(refusal.to_string()));
            }
        }
    }
    still_used(survey, notes);
}

/// What is declared and uses, by ARN, what leaves.
fn still_used(survey: &Survey<'_>, notes: &mut Notes) {
    let named: BTreeSet<(&Address, Option<Address>)> =
        survey.desired.mentions.iter().map(|m| (&m.by, address(survey, &m.target))).collect();
    for user in survey.standing.keys() {
        let Some(declared) = survey.wanted(user) else { continue };
        for used in survey.uses(&declared.resource) {
            // A function works without the group that it logs to: Lambda makes it anew.
            let soft = user.kind == Kind::Function && used.kind == Kind::LogGroup;
            if survey.is_leaving(used) && !soft && !named.contains(&(user, Some(used.clone()))) {
                let title = format!("{used} is no longer declared and is deleted, and {user} still uses it");
                let error = survey.place(user).on(Diagnostic::error(codes::STILL_NAMED, title), "", "declared here");
                notes.find(user, error.help("declare it again, or take it out of what still uses it"));
            }
        }
    }
}

fn missing(mention: &Mention, severity: Severity) -> Diagnostic {
    let what = noun(&mention.target);
    let finding = match (severity, &mention.state) {
        (Severity::Error, _) => finding(
            codes::MISSING,
            severity,
            format!("{what} does not exist, and AWS refuses {} without it", mention.by),
        ),
        (_, Some(state)) => finding(
            codes::MISSING_AT_RUNTIME,
            severity,
            format!("state `{state}` of {} will fail: {what} does not exist", mention.by),
        ),
        (_, None) => {
            let verb = if mention.by.kind == Kind::Job { "a run of" } else { "what needs it in" };
            finding(
                codes::MISSING_AT_RUNTIME,
                severity,
                format!("{verb} {} will fail: {what} does not exist", mention.by),
            )
        }
    };
    finding.at(mention.span, "named here").help("make it before it is needed, or correct the name")
}

/// An error where AWS itself looks when the resource is made; else it shows when something runs.
fn severity(mention: &Mention) -> Severity {
    if mention.state.is_some() {
        return Severity::Runtime;
    }
    match (&mention.target, mention.by.kind) {
        (Lookup::Policy(_) | Lookup::Role(_), Kind::Role | Kind::Function | Kind::Job | Kind::StateMachine)
        | (Lookup::Layer(_) | Lookup::Object { .. }, Kind::Function)
        | (Lookup::LogGroup(_), Kind::StateMachine) => Severity::Error,
        _ => Severity::Runtime,
    }
}

fn user(mention: &Mention) -> String {
    match &mention.state {
        Some(state) => format!("state `{state}` of {}", mention.by),
        None => mention.by.to_string(),
    }
}

fn noun(target: &Lookup) -> String {
    match target {
        Lookup::Function(name) => format!("function {name}"),
        Lookup::Job(name) => format!("job {name}"),
        Lookup::StateMachine(arn) => format!("state machine {arn}"),
        Lookup::Policy(arn) => format!("policy {arn}"),
        Lookup::Role(arn) => format!("role {arn}"),
        Lookup::LogGroup(name) => format!("log group {name}"),
        Lookup::Layer(arn) => format!("layer {arn}"),
        Lookup::Object { bucket, key, version: None } => format!("s3://{bucket}/{key}"),
        Lookup::Object { bucket, key, version: Some(version) } => format!("s3://{bucket}/{key} (version {version})"),
    }
}

/// The address of what is named, if this account and region hold it.
fn address(survey: &Survey<'_>, target: &Lookup) -> Option<Address> {
    let address = match target {
        Lookup::StateMachine(arn) | Lookup::Policy(arn) | Lookup::Role(arn) => return survey.by_arn(arn).cloned(),
        Lookup::Function(name) => Address::new(Kind::Function, name.split(':').next().unwrap_or(name)),
        Lookup::Job(name) => Address::new(Kind::Job, name.as_str()),
        Lookup::LogGroup(name) => Address::new(Kind::LogGroup, name.as_str()),
        Lookup::Layer(_) | Lookup::Object { .. } => return None,
    };
    Some(address)
}
