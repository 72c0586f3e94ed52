//! Definitions of machines that change: what changes in them, and what AWS says of them.

use statewright_asl::json_changes;
use statewright_spec::{Address, Declared, Resource, kind::state_machine::StateMachine};

use crate::{
    DefinitionChanges,
    compare::{View, definition_changes},
    survey::{Standing, Survey},
};

/// Every changed definition of a machine that is there, in the order of the addresses.
pub(crate) fn changes(survey: &Survey<'_>) -> Vec<DefinitionChanges> {
    let changed = changing(survey).filter_map(|(address, declared, before, after)| {
        let view = View::of(declared, &survey.desired.secrets);
        definition_changes(address, &before?.definition, &after.definition, &view)
    });
    changed.collect()
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
            Standing::Leaving { .. } | Standing::Blocked => return None,
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
