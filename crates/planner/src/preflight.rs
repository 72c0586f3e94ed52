//! Which of a plan's calls the caller may not make, as far as IAM's own simulation tells before anything is written
//! (hashicorp/terraform#27301). It tells the caller's policies, and not what a resource's own policy allows or a session's
//! forbids: so what it denies is a warning, and what it allows no promise.

use std::collections::{BTreeMap, BTreeSet};

use statewright_source::Severity;
use statewright_spec::{Address, Arn};

use crate::{
    Answer, Operation, Question, Step, StepId, codes,
    notes::{Notes, finding},
    operation::job::JobOperation,
    survey::Survey,
};

/// Resources that are named in one finding.
const NAMED: usize = 3;

/// An action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Right {
    /// `iam:CreatePolicy`
    pub action: &'static str,
    /// An ARN.
    pub resource: String,
    /// The service that a role is passed to.
    pub passed_to: Option<&'static str>,
}

/// A right that the caller does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// Which.
    pub right: Right,
    /// A policy denies it; else none allows it.
    pub explicit: bool,
}

/// Asks for the rights of every step, once all else is known, and says which are missing.
pub(crate) fn check(survey: &Survey<'_>, steps: &[Step], notes: &mut Notes) {
    let mut rights: BTreeMap<Right, BTreeSet<StepId>> = BTreeMap::new();
    for step in steps {
        for right in step.operations.iter().flat_map(|operation| rights_of(survey, step, operation)) {
            rights.entry(right).or_default().insert(step.id);
        }
    }
    // A plan that is not settled yet has other calls.
    if rights.is_empty() || !notes.asked.is_empty() {
        return;
    }
    let question = Question::Rights(rights.keys().cloned().collect());
    match survey.live.answers.get(&question) {
        Some(Answer::Rights { caller, denied }) => say(survey, caller, denied, &rights, steps, notes),
        Some(Answer::Unreadable(refusal)) => {
            let title = "whether the caller may make these calls was not simulated";
            notes.find_plain(finding(codes::NOT_SIMULATED, Severity::Note, title).help(refusal.to_string()));
        }
        Some(_) => {}
        None => {
            notes.asked.insert(question);
        }
    }
}

/// One finding an action.
fn say(
    survey: &Survey<'_>,
    caller: &Arn,
    denied: &[Denied],
    rights: &BTreeMap<Right, BTreeSet<StepId>>,
    steps: &[Step],
    notes: &mut Notes,
) {
    let mut by_action: BTreeMap<(&str, bool), Vec<&Right>> = BTreeMap::new();
    for Denied { right, explicit } in denied {
        by_action.entry((right.action, *explicit)).or_default().push(right);
    }
    for ((action, explicit), missing) in by_action {
        let ids: BTreeSet<StepId> = missing.iter().filter_map(|right| rights.get(*right)).flatten().copied().collect();
        let Some(step) = steps.iter().find(|step| ids.contains(&step.id)) else { continue };
        let mut on: Vec<&str> = missing.iter().map(|right| right.resource.as_str()).collect();
        let more = on.len().saturating_sub(NAMED);
        on.truncate(NAMED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let numbers: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
        let steps = if ids.len() == 1 { "step" } else { "steps" };
        let title = format!("the caller may not {action} on {}{rest} ({steps} {})", on.join(", "), numbers.join(", "));
        let help = if explicit {
            format!("a policy denies it to {caller}: a boundary, an organization's or its own")
        } else {
            format!("allow it to {caller}; IAM simulated its policies, not what a resource's own policy allows")
        };
        let warning = finding(codes::CALLER_LACKS, Severity::Warning, title).help(help);
        notes.find(&step.address, survey.place(&step.address).on(warning, "", "needs it"));
    }
}

fn rights_of(survey: &Survey<'_>, step: &Step, operation: &Operation) -> Vec<Right> {
    let own = operation.writes().map(|address| arn(survey, step, &address));
    let passed = operation.passes();
    let object = match operation {
        Operation::Job(JobOperation::UploadScript { bucket, key, .. } | JobOperation::DeleteScript { bucket, key }) => {
            Some(format!("arn:{}:s3:::{bucket}/{key}", survey.desired.identity.partition))
        }
        _ => None,
    };
    let right = |action: &'static str| {
        if action == "iam:PassRole" {
            let (role, service) = passed?;
            return Some(Right { action, resource: role.as_str().to_owned(), passed_to: Some(service) });
        }
        let resource = match (&object, &own) {
            (Some(object), _) => object.clone(),
            (None, Some(own)) => on(action, own),
            (None, None) => return None,
        };
        Some(Right { action, resource, passed_to: None })
    };
    operation.calls().into_iter().filter_map(right).collect()
}

/// The ARN that the resource has or will have.
fn arn(survey: &Survey<'_>, step: &Step, address: &Address) -> Arn {
    let before = step.before.as_ref().filter(|_| step.address == *address).map(|before| before.arn());
    let live = survey.present(address).map(|present| &present.arn);
    let declared = survey.desired.resources.get(address).map(|declared| &declared.arn);
    let known = before.or(live).or(declared);
    known.cloned().unwrap_or_else(|| survey.desired.identity.arn(address, "/"))
}

/// The resource as the service names it to IAM.
fn on(action: &str, own: &Arn) -> String {
    match action {
        // <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>: all but tagging
        // is asked on the streams.
        "logs:TagResource" | "logs:UntagResource" => own.as_str().to_owned(),
        action if action.starts_with("logs:") => format!("{own}:log-stream:"),
        "states:StopExecution" => format!("{}:any", own.as_str().replacen(":stateMachine:", ":execution:", 1)),
        _ => own.as_str().to_owned(),
    }
}
