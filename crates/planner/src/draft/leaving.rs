//! What is ours and goes, and what has to be known before.

use std::collections::BTreeSet;

use statewright_source::Diagnostic;
use statewright_spec::{
    Address, Resource, Tags,
    kind::{
        log_group::LogGroup,
        state_machine::{MachineType, StateMachine},
    },
};

use super::{Draft, Phase, script};
use crate::{
    Action, Answer, Believed, Condition, Detail, Executions, Mode, Operation, Present, Question, codes,
    kind::{count, function, job, log_group, policy, role, state_machine},
    notes::Notes,
    survey::{Survey, is_deleting},
};

pub(super) fn draft(survey: &Survey<'_>, address: &Address, present: &Present, notes: &mut Notes) -> Draft {
    let mut risk = Vec::new();
    let operations = match &present.resource {
        Resource::Policy(_) => {
            attached_elsewhere(survey, address, present, notes);
            versions(survey, address, present, notes).map_or_else(Vec::new, |v| policy::delete(&present.arn, &v))
        }
        Resource::Role(before) => {
            instance_profiles(survey, address, notes);
            role::delete(&address.name, &survey.rehung(address, before))
        }
        Resource::LogGroup(group) => {
            protected(survey, address, group, notes);
            risk.push("all of its events are lost".to_owned());
            let mut operations = log_group::delete(&address.name);
            // What a function that is deleted still flushes makes its group anew.
            if survey.ours().any(|(other, p)| survey.is_leaving(other) && logs_to(&p.resource, &address.name)) {
                operations.push(Operation::Wait(Condition::LogGroupGone { name: address.name.clone() }));
            }
            operations
        }
        Resource::Function(_) => function::delete(&address.name),
        Resource::Job(_) => job::delete(&address.name, script::of_leaving(survey, address, present, notes)),
        Resource::StateMachine(_) if is_deleting(present) => vec![state_machine::gone(&present.arn)],
        Resource::StateMachine(machine) => {
            let executions = executions(survey, address, present, machine, notes);
            risk.push(format!("its history, versions and aliases are lost{}", executions.fate()));
            state_machine::delete(&present.arn, machine, executions.choice)
        }
    };
    Draft {
        address: address.clone(),
        phase: Phase::Delete,
        action: Action::Delete,
        title: title(survey, address, "delete"),
        changes: Vec::new(),
        why: match survey.mode {
            Mode::Destroy => "the stack is destroyed".to_owned(),
            Mode::Apply if is_deleting(present) => "it is being deleted".to_owned(),
            Mode::Apply => why(survey, address, &format!("it belongs to {}", survey.desired.owner)),
        },
        risk,
        operations,
        before: Some(Box::new(Believed::read(present))),
        read_back: None,
        ours: Tags::new(),
    }
}

/// What happens, and the new name of what was renamed.
pub(super) fn title(survey: &Survey<'_>, address: &Address, what: &str) -> String {
    match survey.renamed_to(address) {
        Some(now) => format!("{what}, renamed to {}", now.name),
        None => what.to_owned(),
    }
}

/// Why it goes.
pub(super) fn why(survey: &Survey<'_>, address: &Address, because: &str) -> String {
    match survey.renamed_to(address) {
        Some(now) => format!("{because} and is now {now}"),
        None => format!("{because} and is no longer in the spec"),
    }
}

fn logs_to(resource: &Resource, group: &str) -> bool {
    matches!(resource, Resource::Function(function) if function.logging.log_group == group)
}

/// The versions of a policy that goes.
pub(super) fn versions(
    survey: &Survey<'_>,
    address: &Address,
    present: &Present,
    notes: &mut Notes,
) -> Option<policy::Versions> {
    let Detail::Policy { default_version, .. } = &present.detail else { return None };
    let question = Question::PolicyVersions(present.arn.clone());
    match notes.ask(survey.live, survey.place(address), question, "the versions of the policy")? {
        Answer::PolicyVersions(all) => Some(policy::Versions { all: all.clone(), default: default_version.clone() }),
        _ => None,
    }
}

/// A policy that goes must hang on nothing but roles of ours: taking it off others would change what is not ours.
pub(super) fn attached_elsewhere(survey: &Survey<'_>, address: &Address, present: &Present, notes: &mut Notes) {
    let Detail::Policy { attachments, .. } = &present.detail else { return };
    let (holders, bound) = (survey.holders(&present.arn), survey.bound_by(&present.arn));
    // A role that holds the policy and is bounded by it counts twice, and is named once.
    if usize::try_from(*attachments).is_ok_and(|n| n == holders.len() + bound.len()) {
        return;
    }
    let ours = holders.into_iter().map(|(role, _)| role).chain(bound);
    let ours: BTreeSet<String> = ours.map(|role| format!("role/{}", role.name)).collect();
    let question = Question::PolicyAttachments(present.arn.clone());
    let what = "knowing what the policy is attached to";
    let Some(Answer::PolicyAttachments(all)) = notes.ask(survey.live, survey.place(address), question, what) else {
        return;
    };
    let others: Vec<&str> = all.iter().filter(|holder| !ours.contains(*holder)).map(String::as_str).collect();
    if !others.is_empty() {
        let title = format!("{address} cannot go: it is attached to {}, not of this stack", others.join(", "));
        let error = survey.place(address).on(Diagnostic::error(codes::ATTACHED_ELSEWHERE, title), "", "declared here");
        notes.find(address, error.help("detach it there first, or keep the policy as it is"));
    }
}

/// A role that goes must be in no instance profile: IAM refuses, and profiles are not ours.
pub(super) fn instance_profiles(survey: &Survey<'_>, address: &Address, notes: &mut Notes) {
    let question = Question::InstanceProfiles(address.name.clone());
    let what = "knowing which instance profiles hold the role";
    let Some(Answer::InstanceProfiles(profiles)) = notes.ask(survey.live, survey.place(address), question, what) else {
        return;
    };
    if !profiles.is_empty() {
        let names = profiles.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let title = format!(
            "{address} cannot go: it is in {} {names}",
            if profiles.len() == 1 { "the instance profile" } else { "the instance profiles" }
        );
        let error = survey.place(address).on(Diagnostic::error(codes::IN_INSTANCE_PROFILE, title), "", "declared here");
        notes.find(address, error.help("take the role out of the profile first"));
    }
}

/// `CloudWatch` Logs refuses to delete a group with deletion protection.
pub(super) fn protected(survey: &Survey<'_>, address: &Address, group: &LogGroup, notes: &mut Notes) {
    if group.deletion_protection {
        let title = format!("{address} cannot go: its deletion protection is on");
        let error = Diagnostic::error(codes::DELETION_PROTECTED, title);
        let error = survey.place(address).on(error, "/deletion_protection", "declared here");
        notes.find(address, error.help("set `deletion_protection: false` and apply, then delete it"));
    }
}

/// What happens to the executions of a machine that goes.
pub(super) struct Running {
    pub(super) choice: Executions,
    machine_type: MachineType,
    count: usize,
}

impl Running {
    /// For the end of a sentence.
    pub(super) fn fate(&self) -> String {
        if self.machine_type == MachineType::Express {
            return "; Express executions that run end, and cannot be counted".to_owned();
        }
        let running = count(self.count, "running execution", "running executions");
        let verb = match self.choice {
            _ if self.count == 0 => return String::new(),
            Executions::Fail => "would end",
            Executions::Wait => "waits for",
            Executions::Stop => "stops",
        };
        format!("; it {verb} {running}")
    }
}

/// Counts the executions of a machine that goes, and refuses where they may be neither waited for nor stopped.
pub(super) fn executions(
    survey: &Survey<'_>,
    address: &Address,
    present: &Present,
    machine: &StateMachine,
    notes: &mut Notes,
) -> Running {
    let mut running = Running { choice: survey.options.executions, machine_type: machine.machine_type, count: 0 };
    if machine.machine_type == MachineType::Express {
        return running;
    }
    let question = Question::RunningExecutions(present.arn.clone());
    let what = "knowing which executions run";
    let Some(Answer::RunningExecutions { count: n, more }) =
        notes.ask(survey.live, survey.place(address), question, what)
    else {
        return running;
    };
    running.count = *n;
    if *n == 0 {
        // Nothing to stop; one that starts meanwhile is waited for.
        if running.choice == Executions::Stop {
            running.choice = Executions::Wait;
        }
    } else if running.choice == Executions::Fail {
        let least = if *more { "at least " } else { "" };
        let runs = if *n == 1 && !*more { "runs" } else { "run" };
        let title = format!("{address} cannot go: {least}{} {runs} on it", count(*n, "execution", "executions"));
        let error = survey.place(address).on(Diagnostic::error(codes::EXECUTIONS_RUN, title), "", "declared here");
        notes.find(
            address,
            error.help("a delete ends them: choose --executions wait or --executions stop, or let them end first"),
        );
    }
    running
}
