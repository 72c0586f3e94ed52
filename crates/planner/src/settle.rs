//! From what is wanted and what is there to a plan.

use std::collections::BTreeSet;

use statewright_spec::{Address, Desired};

use crate::{
    Live, Mode, Options, Plan, Question, access, checks,
    custody::LeftAlone,
    definitions, documents, draft, forecast, graph, lookups, losses,
    notes::Notes,
    preflight,
    survey::{Standing, Survey},
};

/// What a plan has to know beyond what was read first. A plan that changes nothing asks nothing. Answers may lead to
/// further questions: ask until there are none.
pub fn questions(desired: &Desired, live: &Live, mode: Mode, options: &Options) -> BTreeSet<Question> {
    settle(desired, live, mode, options).1
}

/// What an apply shall do so that AWS is as the spec says.
pub fn plan(desired: &Desired, live: &Live, options: &Options) -> Plan {
    settle(desired, live, Mode::Apply, options).0
}

/// What an apply shall do so that nothing of the stack is left. Only what is ours goes, declared or not.
pub fn destroy(desired: &Desired, live: &Live, options: &Options) -> Plan {
    settle(desired, live, Mode::Destroy, options).0
}

fn settle(desired: &Desired, live: &Live, mode: Mode, options: &Options) -> (Plan, BTreeSet<Question>) {
    let mut notes = Notes::default();
    let left_alone = LeftAlone::of(desired, live);
    let survey = Survey::of(&left_alone, live, mode, options, &mut notes);
    let desired = survey.desired;
    let mut drafts = draft::drafts(&survey, &mut notes);
    losses::check(&survey, &mut drafts, &mut notes);
    checks::check(&survey, &mut notes);
    left_alone.report(&survey, &mut notes);
    lookups::check(&survey, &mut notes);
    definitions::check(&survey, &mut notes);
    documents::check(&survey, &mut notes);
    let access = access::changes(&survey, &mut notes);
    let changed: BTreeSet<&Address> = drafts.iter().map(|draft| &draft.address).collect();
    let kept = survey.standing.iter().filter(|(_, standing)| matches!(standing, Standing::Kept { .. }));
    let unchanged = kept.map(|(address, _)| address).filter(|address| !changed.contains(address)).cloned().collect();
    let steps = graph::order(&survey, drafts);
    forecast::check(&survey, &steps, &mut notes);
    preflight::check(&survey, &steps, &mut notes);
    let asked = std::mem::take(&mut notes.asked);
    let plan = Plan {
        stack: desired.stack.clone(),
        owner: desired.owner.clone(),
        identity: desired.identity.clone(),
        spec_name: desired.spec_name.clone(),
        spec_hash: desired.spec_hash.clone(),
        spec_parts: desired.spec_parts.clone(),
        definitions: definitions::changes(&survey),
        steps,
        unchanged,
        permissions: Vec::new(),
        access,
        guard: desired.guard.clone(),
        findings: notes.into_findings(desired),
    };
    (plan, asked)
}
