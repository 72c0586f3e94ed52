//! What to read first.

use std::collections::BTreeSet;

use statewright_spec::{Address, Declared, Desired, Kind, Resource};

use crate::{Mode, Reading, custody::ours};

/// All that a plan of a spec needs to know before it knows what changes: what is declared, what is only named (nothing is
/// looked up for a destroy, which leaves it alone), and, where `search` is set, what else belongs to the owner. `deep` lets
/// that search go on in an account so large that it would stop.
pub fn reading(desired: &Desired, mode: Mode, deep: bool, search: bool) -> Reading {
    let script = |resource: &Resource| match resource {
        Resource::Job(job) => job.script.as_ref().map(|_| job.script_location.clone()),
        _ => None,
    };
    let tagged = |(address, declared): (&Address, &Declared)| {
        let mut tags = ours(&desired.owner, &declared.custody);
        tags.extend(declared.resource.tags().clone());
        (address.clone(), tags)
    };
    let declared = &desired.resources;
    // Former names too: what was renamed goes also where the search does not find it.
    let former = declared.iter().filter_map(|(address, d)| {
        let was = Address::new(address.kind, d.custody.was.clone()?);
        let arn = desired.identity.arn(&was, "/");
        Some((was, arn))
    });
    let resources = former.chain(declared.iter().map(|(address, d)| (address.clone(), d.arn.clone())));
    Reading {
        resources: resources.collect(),
        scripts: declared.iter().filter_map(|(address, d)| Some((address.clone(), script(&d.resource)?))).collect(),
        lookups: match mode {
            Mode::Apply => desired.mentions.iter().map(|mention| mention.target.clone()).collect(),
            Mode::Destroy => BTreeSet::new(),
        },
        search: search.then(|| desired.owner.clone()),
        deep,
        tagged: declared.iter().filter(|(address, _)| address.kind == Kind::StateMachine).map(tagged).collect(),
    }
}
