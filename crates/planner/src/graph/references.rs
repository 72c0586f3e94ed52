//! Who uses whom, and who names whom: worked out once for a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use statewright_spec::{Address, Resource};

use crate::survey::Survey;

/// References between addresses, each the other way round.
#[derive(Default)]
pub(super) struct References {
    /// Those whose live state uses an address.
    live: BTreeMap<Address, BTreeSet<Address>>,
    /// Those whose wanted state does.
    wanted: BTreeMap<Address, BTreeSet<Address>>,
    /// Every string of a live definition or trust.
    live_text: BTreeMap<Address, String>,
    /// Every string of a wanted definition.
    wanted_text: BTreeMap<Address, String>,
}

impl References {
    pub(super) fn of(survey: &Survey<'_>) -> Self {
        let mut references = Self::default();
        for (user, present) in survey.ours() {
            add(&mut references.live, user, survey.uses(&present.resource));
            let text = match &present.resource {
                Resource::StateMachine(machine) => text(&machine.definition),
                Resource::Role(role) => text(&role.trust),
                _ => continue,
            };
            references.live_text.insert(user.clone(), text);
        }
        for (user, declared) in &survey.desired.resources {
            add(&mut references.wanted, user, survey.uses(&declared.resource));
            if let Resource::StateMachine(machine) = &declared.resource {
                references.wanted_text.insert(user.clone(), text(&machine.definition));
            }
        }
        references
    }

    /// Those whose live state uses `address`.
    pub(super) fn live_users(&self, address: &Address) -> impl Iterator<Item = &Address> {
        self.live.get(address).into_iter().flatten()
    }

    /// Those whose live or wanted state uses `address`.
    pub(super) fn users(&self, address: &Address) -> BTreeSet<&Address> {
        self.live_users(address).chain(self.wanted.get(address).into_iter().flatten()).collect()
    }

    /// Those whose live definition or trust has a string with `name` in it.
    pub(super) fn live_naming<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Address> {
        self.live_text.iter().filter(move |(_, text)| text.contains(name)).map(|(address, _)| address)
    }

    /// Whether the wanted definition of a machine has a string with `name` in it.
    pub(super) fn names(&self, machine: &Address, name: &str) -> bool {
        self.wanted_text.get(machine).is_some_and(|text| text.contains(name))
    }
}

fn add(users: &mut BTreeMap<Address, BTreeSet<Address>>, user: &Address, used: BTreeSet<&Address>) {
    for address in used.into_iter().filter(|address| *address != user) {
        users.entry(address.clone()).or_default().insert(user.clone());
    }
}

/// The strings of a document, line by line.
fn text(document: &Value) -> String {
    fn gather(value: &Value, text: &mut String) {
        match value {
            Value::String(string) => {
                text.push_str(string);
                text.push('\n');
            }
            Value::Array(items) => items.iter().for_each(|item| gather(item, text)),
            Value::Object(entries) => entries.values().for_each(|value| gather(value, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut all = String::new();
    gather(document, &mut all);
    all
}
