//! What holds for every pair of stacks.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use statewright_source::Severity;
use statewright_spec::{Address, Kind, Owner, Resource, Tags};

use super::{
    dump::dump,
    generate::{Dice, Scope, dice, partly, stack, world},
    samples,
};
use crate::{
    Believed, Executions, Mode, Observed, Operation, Options, Plan, Step, StepId, mend,
    model::{LiveObject, Stack, World, apply, planned},
};

fn options() -> Options {
    Options { executions: Executions::Stop, allow_delete_all: true, ..Options::default() }
}

pub(super) fn plan_of(world: &World, stack: &Stack, mode: Mode) -> Plan {
    planned(world, &stack.desired(&world.identity), mode, &options())
}

/// Each case plans a dozen times and more; `PROPTEST_CASES` asks for others.
pub(super) fn cases(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let cases = asked.unwrap_or(cases);
    ProptestConfig { cases, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() }
}

fn is_blocked(plan: &Plan) -> bool {
    plan.findings.iter().any(|f| f.severity == Severity::Error)
}

/// Applies all of a plan.
#[track_caller]
pub(super) fn done(world: &mut World, plan: &Plan) {
    if let Err(refused) = apply(world, plan, |_, _, _| true) {
        panic!("refused: {refused:?}\n{}", dump(plan));
    }
}

/// Applies a plan as many hands would: any step whose needs are done, one operation at a time.
pub(super) fn interleaved(
    world: &mut World,
    plan: &Plan,
    dice: &mut Dice,
    mut look: impl FnMut(&World, &Step, &Operation),
) {
    let mut left: BTreeMap<StepId, (&Step, usize)> = plan.steps.iter().map(|step| (step.id, (step, 0))).collect();
    let mut finished: BTreeSet<StepId> = BTreeSet::new();
    let mut believed = beliefs(plan);
    while !left.is_empty() {
        let ready: Vec<StepId> =
            left.values().filter(|(step, _)| step.needs.is_subset(&finished)).map(|(step, _)| step.id).collect();
        assert!(!ready.is_empty(), "a circle\n{}", dump(plan));
        let id = ready[dice.below(ready.len())];
        let (step, at) = left[&id];
        if let Some(operation) = step.operations.get(at) {
            if at == 0 {
                assert_as_believed(world, &believed, step);
            }
            if let Err(refusal) = world.perform(operation) {
                panic!("step {}: {operation:?}\nrefused: {refusal}\n{}", id.0, dump(plan));
            }
            look(world, step, operation);
            if let Some((address, was)) = operation.writes().and_then(|address| believed.remove_entry(&address)) {
                believed.extend(was.after(operation).map(|now| (address, now)));
            }
            left.insert(id, (step, at + 1));
            continue;
        }
        if let (Some(wanted), Observed::Present(there)) = (&step.read_back, world.get(&step.address, None)) {
            let mends = mend(wanted, &step.ours, &there).unwrap();
            assert!(mends.is_empty(), "nothing was dropped, and yet: {mends:?}");
        }
        left.remove(&id);
        finished.insert(id);
    }
}

/// What an apply of a plan takes each address to be that it does not make.
fn beliefs(plan: &Plan) -> BTreeMap<Address, Believed> {
    let read = |step: &Step| Some((step.address.clone(), Believed::clone(step.before.as_ref()?)));
    plan.steps.iter().filter_map(read).collect()
}

/// What an apply wrote is what it takes to be there, whatever other steps did meanwhile.
#[track_caller]
fn assert_as_believed(world: &World, believed: &BTreeMap<Address, Believed>, step: &Step) {
    let Some(believed) = believed.get(&step.address) else { return };
    match world.get(&step.address, None) {
        Observed::Present(present) => assert_eq!(believed.departure(&present), None, "before step {}", step.id.0),
        other => panic!("before step {} of {}: {other:?}", step.id.0, step.address),
    }
}

/// What is there, line by line, without what tells how it came to be so.
pub(super) fn state(world: &World, owner: &Owner) -> BTreeSet<String> {
    let there = |address: Address| match world.get(&address, None) {
        Observed::Present(present) => {
            let decrypts =
                world.functions.get(&address.name).filter(|_| address.kind == Kind::Function).is_none_or(|f| {
                    world
                        .roles
                        .values()
                        .find(|role| role.arn == f.function.role)
                        .is_none_or(|role| role.id == f.role_id)
                });
            Some(format!("{address} {:?} {:?} decrypts: {decrypts}", present.resource, present.markers))
        }
        _ => None,
    };
    let objects = world.objects.iter().filter(|(_, object)| object.owner.as_ref() == Some(owner));
    let places = objects.map(|((bucket, key), object)| format!("{bucket}/{key} {}", object.sha256));
    world.of_owner(owner).into_iter().filter_map(there).chain(places).collect()
}

/// Somebody else's things, under other names and in the same ones' neighbourhood.
pub(super) fn bystanders(world: &mut World) {
    let other = Stack::new("other")
        .with("OtherPolicy", Resource::Policy(samples::policy(&["s3:*"])))
        .with("OtherRole", Resource::Role(samples::role(&["OtherPolicy"])))
        .with("other", Resource::StateMachine(samples::machine("OtherRole")))
        .with("other-job", Resource::Job(samples::job("s3://bucket/other", samples::role_arn("OtherRole"))))
        .with("/aws/lambda/other", Resource::LogGroup(samples::log_group()))
        .with("other-function", Resource::Function(samples::function("other", samples::role_arn("OtherRole"))));
    let plan = plan_of(world, &other, Mode::Apply);
    done(world, &plan);
    let mut test = Stack::new("etl");
    test.environment = Some("test".to_owned());
    let test = test.with("EnvironmentRole", Resource::Role(samples::role(&[])));
    let plan = plan_of(world, &test, Mode::Apply);
    done(world, &plan);
    world.objects.insert(
        ("bucket".to_owned(), "somebody's".to_owned()),
        LiveObject { owner: None, sha256: "theirs".to_owned() },
    );
}

/// What is not the owner's: all of it, by its tags and its state.
pub(super) fn others(world: &World, owner: &Owner) -> Vec<String> {
    let theirs: Vec<(Address, Tags)> = world
        .tags()
        .filter(|(_, tags)| tags.get(Owner::TAG).is_none_or(|tag| tag != owner.as_str()))
        .map(|(address, tags)| (address, tags.clone()))
        .collect();
    let resources = theirs.into_iter().map(|(address, tags)| match world.get(&address, None) {
        Observed::Present(present) => format!("{address} {tags:?} {:?}", present.resource),
        _ => String::new(),
    });
    let objects = world.objects.iter().filter(|(_, object)| object.owner.as_ref() != Some(owner));
    resources.chain(objects.map(|object| format!("{object:?}"))).collect()
}

/// What people and accidents do to a stack between two applies.
pub(super) fn clutter(world: &mut World, dice: &mut Dice, owner: &Owner) {
    let ours = |tags: &Tags| tags.get(Owner::TAG).is_some_and(|tag| tag == owner.as_str());
    for policy in world.policies.values_mut().filter(|p| ours(&p.tags)) {
        for _ in 0..dice.below(6) {
            if policy.versions.len() < 5 {
                policy
                    .versions
                    .insert(0, (policy.next, serde_json::json!({ "Version": "2012-10-17", "Statement": [] })));
                policy.next += 1;
            }
        }
    }
    if dice.below(3) == 1 {
        let roles: Vec<String> =
            world.roles.iter().filter(|(_, r)| ours(&r.tags)).map(|(name, _)| name.clone()).collect();
        if !roles.is_empty() {
            world.roles.remove(&roles[dice.below(roles.len())]);
        }
    }
    for function in world.functions.values_mut().filter(|f| ours(&f.tags)) {
        function.busy = dice.below(4) == 1;
        if dice.below(4) == 1 {
            "somebody's".clone_into(&mut function.sha256);
        }
    }
    for machine in world.machines.values_mut().filter(|m| ours(&m.tags)) {
        machine.deleting = dice.below(5) == 1;
    }
    for object in world.objects.values_mut().filter(|o| o.owner.as_ref() == Some(owner)) {
        if dice.below(4) == 1 {
            "somebody's".clone_into(&mut object.sha256);
        }
    }
    if dice.below(4) == 1 {
        let place = world.objects.iter().find(|(_, o)| o.owner.as_ref() == Some(owner)).map(|(place, _)| place.clone());
        place.and_then(|place| world.objects.remove(&place));
    }
}

pub(super) fn two(dice: &mut Dice, world: &World) -> (Stack, Stack) {
    let scope = Scope::any(dice);
    pair(dice, world, scope)
}

/// Two stacks that have something in common.
pub(super) fn pair(dice: &mut Dice, world: &World, scope: Scope) -> (Stack, Stack) {
    let (a, b) = (stack(dice, &world.identity, scope), stack(dice, &world.identity, scope));
    let b = partly(dice, &a, b, &world.identity);
    (a, b)
}

/// From nothing to `b`, for comparison.
pub(super) fn fresh(b: &Stack) -> World {
    let mut world = world();
    let plan = plan_of(&world, b, Mode::Apply);
    done(&mut world, &plan);
    world
}

#[track_caller]
pub(super) fn assert_settled(world: &World, stack: &Stack, fresh: &World) {
    let plan = plan_of(world, stack, Mode::Apply);
    assert!(plan.is_empty(), "still to do:\n{}", dump(&plan));
    assert_eq!(plan.unchanged, stack.resources.keys().cloned().collect());
    let owner = stack.owner(&world.identity);
    let (is, shall) = (state(world, &owner), state(fresh, &owner));
    assert!(is == shall, "is:\n{:#?}\nshall be:\n{:#?}", &is - &shall, &shall - &is);
}

proptest! {
    #![proptest_config(cases(50))]

    /// After an apply the plan is empty, whatever was there, in whatever order the needs allow; what is not ours is as it
    /// was; and the end is the same as from nothing.
    #[test]
    fn converge(mut dice in dice()) {
        let mut world = world();
        bystanders(&mut world);
        let (a, b) = two(&mut dice, &world);
        let theirs = others(&world, &a.owner(&world.identity));
        let ends = [fresh(&a), fresh(&b)];
        for (stack, end) in [(&a, &ends[0]), (&b, &ends[1]), (&a, &ends[0])] {
            let plan = plan_of(&world, stack, Mode::Apply);
            prop_assert!(!is_blocked(&plan), "{}", dump(&plan));
            interleaved(&mut world, &plan, &mut dice, |_, _, _| {});
            assert_settled(&world, stack, end);
            clutter(&mut world, &mut dice, &plan.owner);
        }
        prop_assert_eq!(theirs, others(&world, &a.owner(&world.identity)));
        prop_assert_eq!(world.ended, 0);
    }

}

proptest! {
    #![proptest_config(cases(20))]

    /// Cut short after any operation, the next apply reaches the same end, with nothing lost or left over; also when the spec has
    /// become another meanwhile, or is again what it was.
    #[test]
    fn crash_anywhere(mut dice in dice()) {
        let mut start = world();
        bystanders(&mut start);
        let (a, b) = two(&mut dice, &start);
        let theirs = others(&start, &a.owner(&start.identity));
        let first = plan_of(&start, &a, Mode::Apply);
        let before_a = start.clone();
        done(&mut start, &first);
        clutter(&mut start, &mut dice, &first.owner);
        let second = plan_of(&start, &b, Mode::Apply);
        let ends = [(&a, fresh(&a)), (&b, fresh(&b))];
        for (from, plan) in [(&before_a, &first), (&start, &second)] {
            let length: usize = plan.steps.iter().map(|step| step.operations.len()).sum();
            for _ in 0..length.min(6) {
                let (stack, end) = &ends[dice.below(ends.len())];
                let cut = dice.below(length);
                let mut world = from.clone();
                let mut made = 0;
                let go = |_: &World, _: &Step, _: &Operation| { made += 1; made <= cut };
                apply(&mut world, plan, go).unwrap();
                let again = plan_of(&world, stack, Mode::Apply);
                prop_assert!(!is_blocked(&again), "after {} of\n{}\nblocked:\n{}", cut, dump(plan), dump(&again));
                done(&mut world, &again);
                assert_settled(&world, stack, end);
                prop_assert_eq!(&theirs, &others(&world, &a.owner(&world.identity)));
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(50))]

    /// A destroy takes all that is ours, declared or not, and nothing else; cut short anywhere, the next one takes the rest.
    #[test]
    fn destroy_leaves_nothing(mut dice in dice()) {
        let mut start = world();
        bystanders(&mut start);
        let (a, b) = two(&mut dice, &start);
        let owner = a.owner(&start.identity);
        let theirs = others(&start, &owner);
        let first = plan_of(&start, &a, Mode::Apply);
        done(&mut start, &first);
        clutter(&mut start, &mut dice, &owner);
        for machine in start.machines.values_mut() {
            machine.executions = 2;
        }
        // Destroyed by a spec that has moved on since.
        let plan = plan_of(&start, &b, Mode::Destroy);
        prop_assert!(!is_blocked(&plan), "{}", dump(&plan));
        let mut world = start.clone();
        interleaved(&mut world, &plan, &mut dice, |_, _, _| {});
        prop_assert_eq!(world.of_owner(&owner), BTreeSet::new());
        prop_assert_eq!(&theirs, &others(&world, &owner));
        prop_assert_eq!(world.objects.values().filter(|o| o.owner.as_ref() == Some(&owner)).count(), 0);
        prop_assert!(plan_of(&world, &b, Mode::Destroy).is_empty());
        prop_assert_eq!(world.ended, start.machines.values().filter(|m| {
            m.machine.machine_type == statewright_spec::kind::state_machine::MachineType::Express
                && !m.deleting
                && m.tags.get(Owner::TAG).is_some_and(|t| t == owner.as_str())
        }).count() * 2);
        let length: usize = plan.steps.iter().map(|step| step.operations.len()).sum();
        let cut = dice.below(length.max(1));
        let mut world = start.clone();
        let mut made = 0;
        apply(&mut world, &plan, |_, _, _| { made += 1; made <= cut }).unwrap();
        let again = plan_of(&world, &b, Mode::Destroy);
        done(&mut world, &again);
        prop_assert_eq!(world.of_owner(&owner), BTreeSet::new());
        prop_assert_eq!(world.objects.values().filter(|o| o.owner.as_ref() == Some(&owner)).count(), 0);
    }

    /// The same spec and the same live state give the same plan, byte by byte; each step comes after what it needs; an
    /// empty plan asks nothing.
    #[test]
    fn plans_are_determined(mut dice in dice()) {
        let mut world = world();
        let (a, b) = two(&mut dice, &world);
        let first = plan_of(&world, &a, Mode::Apply);
        done(&mut world, &first);
        let (one, two) = (plan_of(&world, &b, Mode::Apply), plan_of(&world, &b, Mode::Apply));
        prop_assert_eq!(dump(&one), dump(&two));
        for (step, number) in one.steps.iter().zip(1..) {
            prop_assert_eq!(step.id, StepId(number));
            prop_assert!(step.needs.iter().all(|need| *need < step.id));
            prop_assert!(!step.title.is_empty() && !step.why.is_empty() && !step.operations.is_empty());
        }
        let desired = a.desired(&world.identity);
        let live = world.observe(&crate::reading(&desired, Mode::Apply, false, true));
        prop_assert_eq!(crate::questions(&desired, &live, Mode::Apply, &options()), BTreeSet::new());
    }
}
