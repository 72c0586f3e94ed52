//! Whose a resource is: taken over, kept, let go, renamed, shared. Each line of the spec language's "Whose is it" that a
//! plan decides has its test here or in `findings`; the laws are in `laws`.

mod adopt;
mod keep;
mod laws;
mod shared;

use std::collections::BTreeMap;

use statewright_spec::{Address, Adopt, Custody, Kind, Owner, Resource, Tags};

use super::{dump::dump, generate::world, samples};
use crate::{
    Mode, Options,
    model::{Stack, World, apply, planned},
};

fn stack() -> Stack {
    Stack::new("etl")
        .with("P", Resource::Policy(samples::policy(&["s3:GetObject"])))
        .with("R", Resource::Role(samples::role(&["P"])))
        .with("m", Resource::StateMachine(samples::machine("R")))
}

fn address(kind: Kind, name: &str) -> Address {
    Address::new(kind, name)
}

/// The same custody for every resource of a stack.
fn with(mut stack: Stack, custody: &Custody) -> Stack {
    stack.custody = stack.resources.keys().map(|address| (address.clone(), custody.clone())).collect();
    stack
}

/// The custody of one resource.
fn on(mut stack: Stack, kind: Kind, name: &str, custody: Custody) -> Stack {
    stack.custody.insert(address(kind, name), custody);
    stack
}

fn without(mut stack: Stack, kind: Kind, name: &str) -> Stack {
    stack.resources.remove(&address(kind, name));
    stack
}

fn adopting() -> Custody {
    Custody { adopt: Adopt::Unowned, ..Custody::default() }
}

fn from(owner: &str) -> Custody {
    Custody { adopt: Adopt::From(Owner::from_tag(owner)), ..Custody::default() }
}

fn protecting() -> Custody {
    Custody { protect: true, ..Custody::default() }
}

fn retaining() -> Custody {
    Custody { retain: true, ..Custody::default() }
}

fn was(name: &str) -> Custody {
    Custody { was: Some(name.to_owned()), ..Custody::default() }
}

fn show_with(world: &World, stack: &Stack, mode: Mode, options: &Options) -> String {
    dump(&planned(world, &stack.desired(&world.identity), mode, options))
}

fn show(world: &World, stack: &Stack) -> String {
    show_with(world, stack, Mode::Apply, &Options::default())
}

fn destroyed(world: &World, stack: &Stack) -> String {
    show_with(world, stack, Mode::Destroy, &Options::default())
}

#[track_caller]
fn go(world: &mut World, stack: &Stack) {
    let plan = planned(world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    assert!(!plan.is_blocked(), "{}", dump(&plan));
    apply(world, &plan, |_, _, _| true).unwrap();
    let again = planned(world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    assert!(again.is_empty(), "still to do:\n{}", dump(&again));
}

fn applied(stack: &Stack) -> World {
    let mut world = world();
    go(&mut world, stack);
    world
}

/// All tags of every resource.
fn each_tags(world: &mut World) -> Vec<&mut Tags> {
    let policies = world.policies.values_mut().map(|r| &mut r.tags);
    let roles = world.roles.values_mut().map(|r| &mut r.tags);
    let groups = world.log_groups.values_mut().map(|r| &mut r.tags);
    let functions = world.functions.values_mut().map(|r| &mut r.tags);
    let jobs = world.jobs.values_mut().map(|r| &mut r.tags);
    let machines = world.machines.values_mut().map(|r| &mut r.tags);
    policies.chain(roles).chain(groups).chain(functions).chain(jobs).chain(machines).collect()
}

/// As if all of it had been made by hand: none of our tags, on objects neither.
fn disowned(mut world: World) -> World {
    for tags in each_tags(&mut world) {
        tags.retain(|key, _| !key.starts_with(statewright_spec::TAG_PREFIX));
    }
    for object in world.objects.values_mut() {
        object.owner = None;
    }
    world
}

fn all_tags(world: &World) -> BTreeMap<String, Tags> {
    world.tags().map(|(address, tags)| (address.to_string(), tags.clone())).collect()
}
