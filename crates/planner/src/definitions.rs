//! Definitions of machines that change: what changes in them, and what AWS says of them.

use statewright_asl::{AwsDiagnostic, Options, Tokens, check as check_definition, json_changes, not_said_by_us};
use statewright_source::{Diagnostic, Severity};
use statewright_spec::{
    Address, Declared, Desired, Resource, Secret,
    kind::state_machine::{MachineType, StateMachine},
};

use crate::{
    Answer, DefinitionChanges, Mode, Question, codes,
    compare::{View, definition_changes},
    notes::{Notes, finding},
    survey::{Standing, Survey},
};

/// Joins what AWS says of every definition that is new or changes to what we say. Where it would not say, that is noted
/// once: our own checks were made.
pub(crate) fn check(survey: &Survey<'_>, notes: &mut Notes) {
    if survey.mode == Mode::Destroy {
        return;
    }
    let mut unheard = Vec::new();
    for (address, declared, _, machine) in changing(survey) {
        let definition = Secret::new(machine.definition.to_string());
        let question = Question::Verdict { machine_type: machine.machine_type, definition };
        match survey.live.answers.get(&question) {
            Some(Answer::Verdict(theirs)) => {
                for found in said(survey, declared, machine, theirs) {
                    notes.find(address, found);
                }
            }
            Some(Answer::Unreadable(refusal)) => unheard.push((address, refusal)),
            Some(_) => {}
            None => {
                notes.asked.insert(question);
            }
        }
    }
    if let Some((first, refusal)) = unheard.first() {
        let title = match unheard.len() {
            1 => format!("AWS would not say what it thinks of the definition of {first}"),
            n => format!("AWS would not say what it thinks of {n} definitions"),
        };
        notes.find(first, finding(codes::NOT_JUDGED, Severity::Note, title).help(refusal.to_string()));
    }
}

/// What AWS says and we do not, at its places in the user's file.
fn said(survey: &Survey<'_>, declared: &Declared, machine: &StateMachine, theirs: &[AwsDiagnostic]) -> Vec<Diagnostic> {
    let Some(tree) = declared.documents.get("definition") else { return Vec::new() };
    let machine_type = Some(match machine.machine_type {
        MachineType::Standard => statewright_asl::MachineType::Standard,
        MachineType::Express => statewright_asl::MachineType::Express,
    });
    let mut ours =
        check_definition(tree, &Options { machine_type, tokens: Tokens::Resolved, sources: None }).diagnostics;
    // An error of ours that let the spec come so far was silenced: then AWS's word counts.
    ours.retain(|found| found.severity != Severity::Error);
    let view = View::of(declared, &survey.desired.secrets);
    let mut found = not_said_by_us(tree, &ours, theirs);
    for found in &mut found {
        let texts = [Some(&found.title), found.help.as_ref(), found.aws_location.as_ref()];
        if texts.into_iter().flatten().any(|text| view.holds_secret(text)) {
            "AWS says something of a text that a sensitive variable is a part of".clone_into(&mut found.title);
            (found.help, found.aws_location) = (None, None);
        }
    }
    found
}

/// Every changed definition of a machine that is there, in the order of the addresses.
pub(crate) fn changes(survey: &Survey<'_>) -> Vec<DefinitionChanges> {
    let changed = changing(survey).filter_map(|(address, declared, before, after)| {
        let view = View::of(declared, &survey.desired.secrets);
        definition_changes(address, &before?.definition, &after.definition, &view)
    });
    changed.collect()
}

/// A machine's definition as it is and as it shall be, with `(sensitive)` for what must not be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownDefinitions {
    /// The live one, if the machine is there.
    pub before: Option<serde_json::Value>,
    /// The declared one.
    pub after: serde_json::Value,
}

/// What may be shown of the definitions of a declared machine; `None` for a resource that is none.
pub fn shown_definitions(desired: &Desired, address: &Address, live: Option<&Resource>) -> Option<ShownDefinitions> {
    let declared = desired.resources.get(address)?;
    let Resource::StateMachine(after) = &declared.resource else { return None };
    let view = View::of(declared, &desired.secrets);
    let before = match live {
        Some(Resource::StateMachine(before)) => Some(view.definition(&before.definition, true)),
        _ => None,
    };
    Some(ShownDefinitions { before, after: view.definition(&after.definition, false) })
}

type Changing<'s> = (&'s Address, &'s Declared, Option<&'s StateMachine>, &'s StateMachine);

/// Every machine that is new or whose definition is to be another.
fn changing<'s>(survey: &'s Survey<'_>) -> impl Iterator<Item = Changing<'s>> {
    survey.standing.iter().filter_map(|(address, standing)| {
        let (declared, before) = match standing {
            Standing::New { declared, .. } => (*declared, None),
            Standing::Kept { declared, present } | Standing::Replaced { declared, present, .. } => {
                (*declared, Some(&present.resource))
            }
            Standing::Leaving { .. } | Standing::Forgotten { .. } | Standing::Blocked => return None,
        };
        let Resource::StateMachine(after) = &declared.resource else { return None };
        let before = match before {
            Some(Resource::StateMachine(before)) => Some(before),
            _ => None,
        };
        let differs = before.is_none_or(|before| !json_changes(&before.definition, &after.definition).is_empty());
        differs.then_some((address, declared, before, after))
    })
}
