//! What is declared, there and ours: the differences, the grants that come before, the grants that go after.

use statewright_iam::equivalent;
use statewright_source::Severity;
use statewright_spec::{Address, Declared, Resource, kind::policy::Policy};

use super::{Draft, Phase, remembered, script};
use crate::{
    Action, Answer, Believed, Detail, Operation, Present, Question, codes,
    compare::{View, retag},
    custody::Retag,
    grants::Pace,
    kind::{self, Update, function, job, log_group, policy, role, state_machine},
    notes::{Notes, finding},
    survey::Survey,
};

pub(super) fn drafts(
    survey: &Survey<'_>,
    address: &Address,
    declared: &Declared,
    present: &Present,
    notes: &mut Notes,
) -> Vec<Draft> {
    let view = View::of(declared, &survey.desired.secrets);
    let Some(update) = update(survey, address, declared, present, notes) else { return Vec::new() };
    let Update { mut grow, shrink, why, risk } = update;
    let mut parts = grow.differences.parts();
    let mut drafts: Vec<Draft> = remembered::draft(survey, address, present).into_iter().collect();
    let adopts = survey.adopts(address, present);
    let retag = Retag::of(present, &declared.custody, &survey.desired.owner, adopts);
    // A mark that was left behind is told of only where nothing else is.
    let why = why.filter(|_| !grow.operations.is_empty());
    parts.extend(retag.parts.iter().map(ToString::to_string));
    first(address, present, &retag, &mut grow.operations);
    if !grow.operations.is_empty() {
        let mut draft = Draft::changing(address, Phase::Grow, grow, &view);
        draft.changes.splice(0..0, retag.changes);
        let title = retag.title.into_iter().map(str::to_owned).chain((!draft.title.is_empty()).then_some(draft.title));
        draft.title = title.collect::<Vec<_>>().join(", ");
        draft.why = match (why, parts.as_slice()) {
            (Some(why), _) => why,
            (None, []) => "a former apply was cut short".to_owned(),
            (None, parts) => format!("live differs from the spec in {}", listed(parts)),
        };
        if adopts {
            adopted(&mut draft, present, &parts);
        }
        draft.risk = risk;
        drafts.push(draft);
    }
    if !shrink.operations.is_empty() {
        let mut draft = Draft::changing(address, Phase::Shrink, shrink, &view);
        "the spec no longer grants it; it goes when nothing of this plan needs it any more".clone_into(&mut draft.why);
        draft.risk.push("executions that still run on an older definition lose what goes".to_owned());
        let left = survey.left_out_users(address);
        if !left.is_empty() {
            draft.risk.push(format!("{} may still need what goes, and the targets leave it out", left.join(", ")));
        }
        drafts.push(draft);
    }
    // Only an address's first step is held against what was read.
    if let Some(first) = drafts.first_mut() {
        first.before = Some(Box::new(Believed::shared(present, &declared.custody, survey.hung.get(address))));
    }
    drafts
}

/// Our tags before all else: what is changed is ours by then, also when the apply is cut short.
fn first(address: &Address, present: &Present, retag: &Retag, operations: &mut Vec<Operation>) {
    if retag.is_empty() {
        return;
    }
    let mut tags = Vec::new();
    if let Resource::Function(_) = &present.resource {
        tags.extend(function::unless_busy(&address.name, present));
        if tags.first() == operations.first() {
            operations.drain(..tags.len());
        }
    }
    tags.extend((!retag.set.is_empty()).then(|| kind::tag(address, &present.arn, retag.set.clone())));
    tags.extend((!retag.gone.is_empty()).then(|| kind::untag(address, &present.arn, retag.gone.clone())));
    operations.splice(0..0, tags);
}

/// A share that takes a resource over.
fn adopted(draft: &mut Draft, present: &Present, parts: &[String]) {
    draft.action = Action::Adopt;
    draft.title = if draft.title.is_empty() { "adopt".to_owned() } else { format!("adopt, {}", draft.title) };
    let whose = present.owner.as_ref().map_or("has no owner".to_owned(), |owner| format!("belongs to {owner}"));
    draft.why = match parts {
        [] => format!("it {whose}, and the spec takes it over as it is"),
        parts => format!("it {whose}, and the spec takes it over and changes its {}", listed(parts)),
    };
}

pub(super) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn update(
    survey: &Survey<'_>,
    address: &Address,
    declared: &Declared,
    present: &Present,
    notes: &mut Notes,
) -> Option<Update> {
    let (name, arn) = (address.name.as_str(), &present.arn);
    let tags = retag(present.resource.tags(), declared.resource.tags());
    Some(match (&present.resource, &declared.resource) {
        (Resource::Policy(before), Resource::Policy(after)) => {
            let versions = versions(survey, address, present, before, after, notes)?;
            policy::update(arn, before, after, versions, tags, Pace::Phased)
        }
        (Resource::Role(before), Resource::Role(after)) => {
            role::update(name, &survey.rehung(address, before), after, tags, Pace::Phased)
        }
        (Resource::LogGroup(before), Resource::LogGroup(after)) => log_group::update(name, arn, before, after, tags),
        (Resource::Function(before), Resource::Function(after)) => {
            let standing = remembered::standing(present, remembered::gives_role(survey, present, before))?;
            if standing.state == "Failed" {
                let title = format!("{address} is in state Failed and cannot be invoked");
                let warning = finding(codes::FUNCTION_FAILED, Severity::Warning, title).help(
                    "a change of its code or configuration may mend it; else delete the function and apply again",
                );
                notes.find(address, survey.place(address).on(warning, "", "declared here"));
            }
            function::update(name, arn, before, after, &standing, tags)
        }
        (Resource::Job(before), Resource::Job(after)) => {
            let scripts = script::of_kept(survey, address, present, before, after, notes);
            let update = job::update(name, arn, before, after, scripts, &survey.desired.owner, tags);
            if matches!(present.detail, Detail::Job { visual_nodes: true, .. }) && !update.grow.operations.is_empty() {
                let title = format!("{address} was drawn in the visual editor, and an update wipes that out");
                let warning = finding(codes::VISUAL_NODES, Severity::Warning, title)
                    .help("the script stays; open the job as a script from now on");
                notes.find(address, survey.place(address).on(warning, "", "declared here"));
            }
            update
        }
        (Resource::StateMachine(before), Resource::StateMachine(after)) => {
            state_machine::update(arn, before, after, tags)
        }
        // An address has its kind in it, so both sides are of one kind. Named, so that a new kind is asked for here.
        (
            Resource::Policy(_)
            | Resource::Role(_)
            | Resource::LogGroup(_)
            | Resource::Function(_)
            | Resource::Job(_)
            | Resource::StateMachine(_),
            _,
        ) => return None,
    })
}

/// The versions of a policy: asked for only where another one is to come.
fn versions(
    survey: &Survey<'_>,
    address: &Address,
    present: &Present,
    before: &Policy,
    after: &Policy,
    notes: &mut Notes,
) -> Option<policy::Versions> {
    let Detail::Policy { default_version, .. } = &present.detail else { return None };
    let default = default_version.clone();
    if equivalent(&before.document, &after.document) {
        return Some(policy::Versions { all: Vec::new(), default });
    }
    let question = Question::PolicyVersions(present.arn.clone());
    match notes.ask(survey.live, survey.place(address), question, "the versions of the policy")? {
        Answer::PolicyVersions(all) => Some(policy::Versions { all: all.clone(), default }),
        _ => None,
    }
}
