//! Grow before, shrink after: at no operation does what runs with a role lack a grant that it has and keeps needing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;
use statewright_spec::{Address, Arn, Kind, Resource};

use super::{
    dump::dump,
    generate::{Scope, dice, world},
    laws::{cases, interleaved, pair, plan_of},
};
use crate::{
    Executions, Mode, Observed, Options,
    model::{World, planned},
};

/// What a role grants: the actions that its documents allow (they allow on everything, see [`super::generate`]).
pub(super) fn granted(world: &World, role: &Arn) -> BTreeSet<String> {
    let Some(live) = world.roles.values().find(|live| live.arn == *role) else { return BTreeSet::new() };
    let held = live.role.attachments.iter().filter_map(|arn| world.policies.get(arn.name()));
    let documents = held.flat_map(|p| p.versions.iter().filter(|(n, _)| *n == p.default).map(|(_, document)| document));
    documents.chain(live.role.inline.values()).flat_map(actions).collect()
}

fn actions(document: &Value) -> Vec<String> {
    let statements = document["Statement"].as_array().cloned().unwrap_or_default();
    let all = statements.iter().flat_map(|s| s["Action"].as_array().cloned().unwrap_or_default());
    all.filter_map(|action| action.as_str().map(str::to_owned)).collect()
}

/// Whom a role trusts.
fn trusted(world: &World, role: &Arn) -> BTreeSet<String> {
    let Some(live) = world.roles.values().find(|live| live.arn == *role) else { return BTreeSet::new() };
    let statements = live.role.trust["Statement"].as_array().cloned().unwrap_or_default();
    let services = statements.iter().flat_map(|s| s["Principal"]["Service"].as_array().cloned().unwrap_or_default());
    services.filter_map(|service| service.as_str().map(str::to_owned)).collect()
}

/// Everything that works with a role, without what is not its configuration.
fn users(world: &World) -> BTreeMap<Address, (Arn, String)> {
    let addresses: Vec<Address> = world.tags().map(|(address, _)| address).collect();
    let user = |address: Address| {
        let Observed::Present(present) = world.get(&address, None) else { return None };
        let found = match present.resource {
            Resource::Function(f) => (f.role.clone(), format!("{:?} {}", f.environment.keys(), f.memory)),
            Resource::Job(j) => (j.role.clone(), format!("{} {}", j.script_location, j.max_retries)),
            Resource::StateMachine(m) => (m.role.clone(), format!("{} {:?} {}", m.definition, m.logging, m.tracing)),
            Resource::Policy(_) | Resource::Role(_) | Resource::LogGroup(_) => return None,
        };
        Some((address, found))
    };
    addresses.into_iter().filter_map(user).collect()
}

proptest! {
    #![proptest_config(cases(100))]

    /// As long as something has its old configuration, its role grants all that it granted at first; once it has the new
    /// one, all that it shall grant in the end; and what does not change never lacks what is granted before and after.
    #[test]
    fn nothing_lacks_a_grant(mut dice in dice()) {
        let mut world = world();
        let (a, b) = pair(&mut dice, &world, Scope { replaces: false });
        let first = plan_of(&world, &a, Mode::Apply);
        interleaved(&mut world, &first, &mut dice, |_, _, _| {});
        let plan = plan_of(&world, &b, Mode::Apply);
        let (before, mut after) = (world.clone(), world.clone());
        interleaved(&mut after, &plan, &mut dice.clone(), |_, _, _| {});
        let (old, new) = (users(&before), users(&after));
        let boundless = |role: &Arn| {
            let at_once = plan.steps.iter().any(|s| {
                s.address == Address::new(Kind::Role, role.name()) && s.risk.as_deref().is_some_and(|r| r.contains("in one call"))
            });
            !at_once
        };
        interleaved(&mut world, &plan, &mut dice, |now, step, operation| {
            for (user, (role, is)) in users(now).iter().filter(|(_, (role, _))| boundless(role)) {
                let (was, shall) = (old.get(user), new.get(user));
                let at_first = |w: &dyn Fn(&World, &Arn) -> BTreeSet<String>| w(&before, role);
                let in_the_end = |w: &dyn Fn(&World, &Arn) -> BTreeSet<String>| w(&after, role);
                let config = (role.clone(), is.clone());
                for what in [&granted as &dyn Fn(&World, &Arn) -> BTreeSet<String>, &trusted] {
                    let due = match (was == Some(&config), shall == Some(&config)) {
                        (true, true) => &at_first(what) & &in_the_end(what),
                        (true, false) => at_first(what),
                        (false, true) => in_the_end(what),
                        // Between two calls of its own step.
                        (false, false) => continue,
                    };
                    let lacks = &due - &what(now, role);
                    assert!(lacks.is_empty(), "{user} lacks {lacks:?} after {operation:?} of step {}\n{}", step.id.0, dump(&plan));
                }
            }
        });
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// Executions that run through a change keep the definition and the role that they started with. That role lacks nothing
    /// of what it granted them before all that works with it has its new configuration; and where they are drained, nothing
    /// that they need before they have ended.
    #[test]
    fn executions_keep_their_grants(mut dice in dice()) {
        let mut world = world();
        let (a, b) = pair(&mut dice, &world, Scope { replaces: false });
        let first = plan_of(&world, &a, Mode::Apply);
        interleaved(&mut world, &first, &mut dice, |_, _, _| {});
        for machine in world.machines.values_mut() {
            machine.executions = 1;
        }
        let drain = dice.below(2) == 1;
        let options = Options { drain, executions: Executions::Stop, allow_delete_all: true, ..Options::default() };
        let plan = planned(&world, &b.desired(&world.identity), Mode::Apply, &options);
        let (before, mut after) = (world.clone(), world.clone());
        interleaved(&mut after, &plan, &mut dice.clone(), |_, _, _| {});
        let (old, new) = (users(&before), users(&after));
        let at_once = |role: &Arn| {
            plan.steps.iter().any(|step| {
                step.address == Address::new(Kind::Role, role.name())
                    && step.risk.as_deref().is_some_and(|risk| risk.contains("in one call"))
            })
        };
        // A boundary may have kept an execution from what its role grants.
        let bounded = |role: &Arn| before.roles.get(role.name()).is_some_and(|r| r.role.permissions_boundary.is_some());
        interleaved(&mut world, &plan, &mut dice, |now, step, operation| {
            let configured = users(now);
            for (user, (role, config)) in old.iter().filter(|(_, (role, _))| !at_once(role) && !bounded(role)) {
                let lacks: BTreeSet<String> = &granted(&before, role) - &granted(now, role);
                if lacks.is_empty() {
                    continue;
                }
                let told = || format!("{lacks:?} of {role} is gone after {operation:?} of step {}\n{}", step.id.0, dump(&plan));
                let late = old.iter().chain(&new).find(|(other, (of, _))| {
                    of == role && configured.get(*other) != new.get(*other)
                });
                assert!(late.is_none(), "{late:?} has its old configuration, and {}", told());
                // What the machine needs and is not given in the end is no matter of time.
                if user.kind != Kind::StateMachine {
                    continue;
                }
                let stays = after.machines.get(&user.name).is_some_and(|live| {
                    let was = &before.machines[&user.name].machine;
                    live.machine.role == was.role && live.machine.definition == was.definition
                });
                let runs = now.machines.get(&user.name).is_some_and(|live| live.executions > 0) && !stays;
                if drain && runs && config.contains("lambda:invoke") {
                    assert!(!lacks.contains("lambda:InvokeFunction"), "an execution of {user} runs, and {}", told());
                }
            }
        });
    }
}
