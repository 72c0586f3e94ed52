//! What holds whatever the stacks are.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use statewright_spec::{
    Address, Adopt, Attachments, Custody, IgnoredTags, Kind, Owner, Resource, TAG_PREFIX, TagPattern, Tags,
    kind::function::{Code, Function},
};

use super::{each_tags, samples};
use crate::{
    Action, Mode, Observed, Operation, Step,
    model::{Stack, World, apply},
    tests::{
        dump::dump,
        generate::{Dice, dice, world},
        laws::{assert_settled, bystanders, cases, done, fresh, interleaved, others, plan_of, state, two},
    },
};

/// The custody of every resource of a stack, out of dice.
fn keeping(dice: &mut Dice, stack: &mut Stack) {
    let mut custody = BTreeMap::new();
    for address in stack.resources.keys() {
        let (protect, retain) = (dice.below(8) == 1, dice.below(4) == 1);
        custody.insert(address.clone(), Custody { protect, retain, ..Custody::default() });
    }
    stack.custody = custody;
}

/// Gives all that is the owner's, objects too, to nobody or to another.
fn given_away(world: &mut World, owner: &Owner, to: Option<&Owner>) {
    for tags in each_tags(world) {
        if tags.get(Owner::TAG).is_none_or(|tag| tag != owner.as_str()) {
            continue;
        }
        match to {
            Some(other) => drop(tags.insert(Owner::TAG.to_owned(), other.as_str().to_owned())),
            None => tags.retain(|key, _| !key.starts_with(TAG_PREFIX)),
        }
    }
    for object in world.objects.values_mut().filter(|object| object.owner.as_ref() == Some(owner)) {
        object.owner = to.cloned();
    }
}

fn resource(world: &World, address: &Address) -> Option<String> {
    match world.get(address, None) {
        Observed::Present(mut present) => {
            // Where the code came from is told by a tag of ours.
            if let Resource::Function(Function { code: Code::Deployed { source, .. }, .. }) = &mut present.resource {
                *source = None;
            }
            Some(format!("{:?}", present.resource))
        }
        Observed::Absent | Observed::Unreadable(_) => None,
    }
}

fn marked(world: &World, owner: &Owner, mark: &str) -> BTreeSet<Address> {
    let all = world.tags().filter(|(_, tags)| tags.get(Owner::TAG).is_some_and(|tag| tag == owner.as_str()));
    all.filter(|(_, tags)| tags.contains_key(mark)).map(|(address, _)| address).collect()
}

fn length(plan: &crate::Plan) -> usize {
    plan.steps.iter().map(|step| step.operations.len()).sum()
}

proptest! {
    #![proptest_config(cases(40))]

    /// What was made by hand, or by another stack, ends as if the stack had made it: also where the apply is cut short
    /// anywhere. What the spec does not name stays as it is.
    #[test]
    fn what_is_taken_over_ends_as_if_made(mut dice in dice()) {
        let mut start = world();
        bystanders(&mut start);
        let (a, mut b) = two(&mut dice, &start);
        let owner = a.owner(&start.identity);
        let plan = plan_of(&start, &a, Mode::Apply);
        done(&mut start, &plan);
        let other = Owner::from_tag("former@us-east-1");
        let from = (dice.below(2) == 1).then_some(&other);
        given_away(&mut start, &owner, from);
        let adopt = from.map_or(Adopt::Unowned, |other| Adopt::From(other.clone()));
        b.custody = b.resources.keys()
            .map(|address| (address.clone(), Custody { adopt: adopt.clone(), ..Custody::default() }))
            .collect();
        let plan = plan_of(&start, &b, Mode::Apply);
        // A policy that hangs on what the spec does not name, a script where somebody's object is.
        prop_assume!(!plan.is_blocked());
        let untouched = |world: &World| -> Vec<String> {
            let rest = world.tags().filter(|(address, _)| !b.resources.contains_key(address));
            rest.map(|(address, tags)| format!("{address} {tags:?} {:?}", resource(world, &address))).collect()
        };
        let (theirs, end) = (untouched(&start), fresh(&b));
        let mut whole = start.clone();
        interleaved(&mut whole, &plan, &mut dice, |world, step, operation| {
            // Nothing is written to what does not carry our tag: the first call of each step sets it.
            let first = step.operations.iter().find(|o| !matches!(o, Operation::Wait(_)));
            let is_first = first == Some(operation);
            let tags = world.tags().find(|(address, _)| *address == step.address).map(|(_, tags)| tags.clone());
            if is_first && step.action == Action::Adopt {
                assert_eq!(tags.and_then(|tags| tags.get(Owner::TAG).cloned()).as_deref(), Some(owner.as_str()));
            }
        });
        assert_settled(&whole, &b, &end);
        prop_assert_eq!(&theirs, &untouched(&whole));
        for _ in 0..3 {
            let cut = dice.below(length(&plan).max(1));
            let (mut world, mut made) = (start.clone(), 0);
            apply(&mut world, &plan, |_: &World, _: &Step, _: &Operation| { made += 1; made <= cut }).unwrap();
            let again = plan_of(&world, &b, Mode::Apply);
            prop_assert!(!again.is_blocked(), "after {} of\n{}\nblocked:\n{}", cut, dump(&plan), dump(&again));
            done(&mut world, &again);
            assert_settled(&world, &b, &end);
            prop_assert_eq!(&theirs, &untouched(&world));
        }
    }

    /// What is protected is neither deleted nor replaced, what is retained and leaves is there and nobody's: by any spec
    /// that comes after, by a destroy, and where an apply is cut short anywhere.
    #[test]
    fn what_is_kept_is_kept(mut dice in dice()) {
        let mut start = world();
        bystanders(&mut start);
        let (mut a, mut b) = two(&mut dice, &start);
        keeping(&mut dice, &mut a);
        keeping(&mut dice, &mut b);
        let owner = a.owner(&start.identity);
        let theirs = others(&start, &owner);
        let plan = plan_of(&start, &a, Mode::Apply);
        done(&mut start, &plan);
        let (protected, retained) =
            (marked(&start, &owner, Custody::PROTECT), marked(&start, &owner, Custody::RETAIN));
        for (mode, stack) in [(Mode::Apply, &b), (Mode::Destroy, &b)] {
            let plan = plan_of(&start, stack, mode);
            for step in plan.steps.iter().filter(|step| protected.contains(&step.address)) {
                let gone = matches!(step.action, Action::Delete | Action::Replace);
                prop_assert!(!gone, "{} is protected\n{}", step.address, dump(&plan));
            }
            if plan.is_blocked() {
                continue;
            }
            let leaves = |address: &Address| mode == Mode::Destroy || !stack.resources.contains_key(address);
            let left: Vec<&Address> = retained.iter().filter(|address| leaves(address)).collect();
            let check = |world: &World| {
                for address in &left {
                    let tags = world.tags().find(|(a, _)| a == *address).map(|(_, tags)| tags.clone());
                    let tags: Tags = tags.unwrap_or_else(|| panic!("{address} is gone\n{}", dump(&plan)));
                    assert!(!tags.keys().any(|key| key.starts_with(TAG_PREFIX)), "{address} {tags:?}\n{}", dump(&plan));
                    assert_eq!(resource(world, address), resource(&start, address), "{}", dump(&plan));
                }
                assert!(plan_of(world, stack, mode).is_empty(), "{}", dump(&plan_of(world, stack, mode)));
            };
            let mut whole = start.clone();
            interleaved(&mut whole, &plan, &mut dice, |_, _, _| {});
            check(&whole);
            prop_assert!(others(&whole, &owner).iter().filter(|o| theirs.contains(o)).count() == theirs.len());
            for _ in 0..3 {
                let cut = dice.below(length(&plan).max(1));
                let (mut world, mut made) = (start.clone(), 0);
                apply(&mut world, &plan, |_: &World, _: &Step, _: &Operation| { made += 1; made <= cut }).unwrap();
                let again = plan_of(&world, stack, mode);
                prop_assert!(!again.is_blocked(), "after {} of\n{}\nblocked:\n{}", cut, dump(&plan), dump(&again));
                done(&mut world, &again);
                check(&world);
                prop_assert_eq!(state(&world, &owner), state(&whole, &owner));
            }
        }
    }

    /// Tags that are somebody else's, and what others hung on roles that only report it, are never a difference and never
    /// go, whatever else changes.
    #[test]
    fn what_is_left_to_others_is_theirs(mut dice in dice()) {
        let mut world = world();
        let (mut a, mut b) = two(&mut dice, &world);
        let ignore_tags: IgnoredTags = std::iter::once(TagPattern::parse("cost-*")).collect();
        let custody = Custody { attachments: Attachments::Report, ignore_tags, ..Custody::default() };
        for stack in [&mut a, &mut b] {
            stack.custody = stack.resources.keys().map(|address| (address.clone(), custody.clone())).collect();
        }
        let plan = plan_of(&world, &a, Mode::Apply);
        done(&mut world, &plan);
        for tags in each_tags(&mut world) {
            tags.insert("cost-centre".to_owned(), "4711".to_owned());
        }
        let theirs = samples::arn("arn:aws:iam::aws:policy/AdministratorAccess");
        for role in world.roles.values_mut() {
            role.role.attachments.insert(theirs.clone());
            role.role.inline.insert("by-hand".to_owned(), samples::allow(&["sns:Publish"]));
        }
        let unmoved = plan_of(&world, &a, Mode::Apply);
        prop_assert!(unmoved.is_empty(), "{}", dump(&unmoved));
        let there: BTreeSet<Address> = world.tags().map(|(address, _)| address).collect();
        let plan = plan_of(&world, &b, Mode::Apply);
        prop_assert!(!plan.is_blocked(), "{}", dump(&plan));
        interleaved(&mut world, &plan, &mut dice, |_, _, _| {});
        let again = plan_of(&world, &b, Mode::Apply);
        prop_assert!(again.is_empty(), "{}", dump(&again));
        for (address, tags) in world.tags().filter(|(address, _)| there.contains(address)) {
            prop_assert_eq!(tags.get("cost-centre").map(String::as_str), Some("4711"), "{}", address);
            if address.kind == Kind::Role {
                let role = &world.roles[&address.name].role;
                prop_assert!(role.attachments.contains(&theirs) && role.inline.contains_key("by-hand"), "{}", address);
            }
        }
    }
}
