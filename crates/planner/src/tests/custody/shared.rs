//! What others do to what is ours: tags of theirs, and policies that they hang on our roles.

use insta::assert_snapshot;
use statewright_spec::{Attachments, Custody, IgnoredTags, Kind, Resource, TagPattern};

use super::{address, applied, destroyed, go, on, show, stack, with, without};
use crate::{
    Mode, Observed, Options,
    model::{Stack, World, planned},
    tests::samples,
};

fn ignoring(patterns: &[&str]) -> Custody {
    let ignore_tags: IgnoredTags = patterns.iter().map(|text| TagPattern::parse(text)).collect();
    Custody { ignore_tags, ..Custody::default() }
}

fn reporting() -> Custody {
    Custody { attachments: Attachments::Report, ..Custody::default() }
}

fn tagged(mut world: crate::model::World) -> crate::model::World {
    for tags in super::each_tags(&mut world) {
        tags.insert("cost-centre".to_owned(), "4711".to_owned());
        tags.insert("by".to_owned(), "hand".to_owned());
    }
    world
}

#[test]
fn tags_are_exactly_the_specs() {
    let mut world = tagged(applied(&stack()));
    assert_snapshot!(show(&world, &stack()), @r#"
    1 ~ policy.P: tags
        why: live differs from the spec in tags
        tags.by: "hand" -> (absent)
        tags.cost-centre: "4711" -> (absent)
        > iam:UntagPolicy
    2 ~ role.R: tags (after 1)
        why: live differs from the spec in tags
        tags.by: "hand" -> (absent)
        tags.cost-centre: "4711" -> (absent)
        > iam:UntagRole
    3 ~ state_machine.m: tags (after 2)
        why: live differs from the spec in tags
        tags.by: "hand" -> (absent)
        tags.cost-centre: "4711" -> (absent)
        > states:UntagResource
    "#);
    go(&mut world, &stack());
}

#[test]
fn ignored_tags_are_neither_shown_nor_touched() {
    let mut world = tagged(applied(&stack()));
    let stack = with(stack(), &ignoring(&["cost-*"]));
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ policy.P: tags
        why: live differs from the spec in tags
        tags.by: "hand" -> (absent)
        > iam:UntagPolicy
    2 ~ role.R: tags (after 1)
        why: live differs from the spec in tags
        tags.by: "hand" -> (absent)
        > iam:UntagRole
    3 ~ state_machine.m: tags (after 2)
        why: live differs from the spec in tags
        tags.by: "hand" -> (absent)
        > states:UntagResource
    "#);
    go(&mut world, &stack);
    for (address, tags) in super::all_tags(&world) {
        assert_eq!(tags.get("cost-centre").map(String::as_str), Some("4711"), "{address}");
        assert_eq!(tags.get("by"), None, "{address}");
    }
}

/// A resource that is made anew has them as before.
#[test]
fn ignored_tags_survive_a_replace() {
    let mut world = tagged(applied(&stack()));
    let mut stack = with(stack(), &ignoring(&["cost-*", "by"]));
    assert_snapshot!(show(&world, &stack), @r#"
    unchanged: policy.P role.R state_machine.m
    "#);
    stack.may_replace = true;
    let Some(Resource::Policy(policy)) = stack.resources.get_mut(&address(Kind::Policy, "P")) else { unreachable!() };
    "described".clone_into(&mut policy.description);
    go(&mut world, &stack);
    assert_eq!(world.policies["P"].tags.len(), 3);
}

/// A `*` covers everybody's but ours.
#[test]
fn our_own_tags_cannot_be_ignored() {
    let protected = Custody { protect: true, ..ignoring(&["*"]) };
    let mut world = tagged(applied(&stack()));
    let stack = with(stack(), &protected);
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ policy.P: protect
        why: live differs from the spec in protect
        protect: false (default) -> true
        > iam:TagPolicy
    2 ~ role.R: protect (after 1)
        why: live differs from the spec in protect
        protect: false (default) -> true
        > iam:TagRole
    3 ~ state_machine.m: protect (after 2)
        why: live differs from the spec in protect
        protect: false (default) -> true
        > states:TagResource
    "#);
    go(&mut world, &stack);
}

fn hung() -> crate::model::World {
    let mut world = applied(&stack());
    let role = &mut world.roles.get_mut("R").unwrap().role;
    role.attachments.insert(samples::arn("arn:aws:iam::aws:policy/AdministratorAccess"));
    role.inline.insert("by-hand".to_owned(), samples::allow(&["sns:Publish"]));
    world
}

#[test]
fn what_hangs_on_a_role_is_exactly_the_specs() {
    let mut world = hung();
    assert_snapshot!(show(&world, &stack()), @r#"
    1 ~ role.R: detach 1 policy, delete 1 inline policy
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::aws:policy/AdministratorAccess" -> (absent)
        inline.by-hand: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:Publish"],"Resource":"*"}]} -> (absent)
        > iam:DetachRolePolicy R AdministratorAccess
        > iam:DeleteRolePolicy R by-hand
    unchanged: policy.P state_machine.m
    "#);
    go(&mut world, &stack());
}

#[test]
fn what_hangs_on_a_role_is_reported_and_left_alone() {
    let mut world = hung();
    let stack = on(stack(), Kind::Role, "R", reporting());
    assert_snapshot!(show(&world, &stack), @r#"
    unchanged: policy.P role.R state_machine.m
    note[PLAN035] role.R holds 2 policies that the spec does not name
        at: asked for here
        help: arn:aws:iam::aws:policy/AdministratorAccess, the inline policy by-hand: left alone, as `attachments: report` says
    "#);
    go(&mut world, &stack);
    // What the spec itself says is held to.
    let role = &mut world.roles.get_mut("R").unwrap().role;
    role.attachments.remove(&samples::policy_arn("P"));
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ role.R: attach 1 policy
        why: live differs from the spec in policies
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P"
        > iam:AttachRolePolicy R P
    unchanged: policy.P state_machine.m
    note[PLAN035] role.R holds 2 policies that the spec does not name
        at: asked for here
        help: arn:aws:iam::aws:policy/AdministratorAccess, the inline policy by-hand: left alone, as `attachments: report` says
    "#);
    go(&mut world, &stack);
    assert_eq!(world.roles["R"].role.attachments.len(), 2);
    assert_eq!(world.roles["R"].role.inline.len(), 1);
}

/// IAM refuses to delete a policy that hangs anywhere, so what is ours and goes is taken off.
#[test]
fn a_policy_of_ours_that_goes_is_taken_off() {
    let mut world = hung();
    let stack = without(stack(), Kind::Policy, "P");
    let stack = on(stack.with("R", Resource::Role(samples::role(&[]))), Kind::Role, "R", reporting());
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ role.R: detach 1 policy
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        policies: "arn:aws:iam::123456789012:policy/P" -> (absent)
        > iam:DetachRolePolicy R P
    2 - policy.P: delete (after 1)
        why: it belongs to etl@us-east-1 and is no longer in the spec
        > iam:DeletePolicy
    unchanged: state_machine.m
    note[PLAN035] role.R holds 2 policies that the spec does not name
        at: asked for here
        help: arn:aws:iam::aws:policy/AdministratorAccess, the inline policy by-hand: left alone, as `attachments: report` says
    "#);
    go(&mut world, &stack);
}

/// A role that is made anew holds what it held, and one that goes takes it with it: IAM deletes no role that holds any.
#[test]
fn what_others_hung_on_a_role_that_is_replaced_or_goes() {
    let mut world = hung();
    let mut stack = on(stack(), Kind::Role, "R", reporting());
    stack.may_replace = true;
    let Some(Resource::Role(role)) = stack.resources.get_mut(&address(Kind::Role, "R")) else { unreachable!() };
    "/team/".clone_into(&mut role.path);
    let Some(Resource::StateMachine(machine)) = stack.resources.get_mut(&address(Kind::StateMachine, "m")) else {
        unreachable!()
    };
    machine.role = samples::arn("arn:aws:iam::123456789012:role/team/R");
    assert_snapshot!(show(&world, &stack), @r#"
    1 ± role.R: replace
        why: AWS cannot change the path of a role
        risk: what runs with the role fails from its delete until it is made anew and seen
        path: "/" (default) -> "/team/"
        > iam:DeleteRolePolicy R by-hand
        > iam:DetachRolePolicy R P
        > iam:DetachRolePolicy R AdministratorAccess
        > iam:DeleteRole
        > iam:CreateRole
        > iam:AttachRolePolicy R P
        > iam:AttachRolePolicy R AdministratorAccess
        > iam:PutRolePolicy R by-hand [{"Effect":"Allow","Action":["sns:Publish"],"Resource":"*"}]
    2 ~ state_machine.m: role (after 1)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/R" -> "arn:aws:iam::123456789012:role/team/R"
        > wait for what role.R newly grants to be in force everywhere
        > states:UpdateStateMachine R
    unchanged: policy.P
    note[PLAN035] role.R holds 2 policies that the spec does not name
        at: asked for here
        help: arn:aws:iam::aws:policy/AdministratorAccess, the inline policy by-hand: left alone, as `attachments: report` says
    "#);
    go(&mut world, &stack);
    assert_eq!(world.roles["R"].role.attachments.len(), 2);
    assert_snapshot!(destroyed(&world, &stack), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - role.R: delete (after 1)
        why: the stack is destroyed
        > iam:DeleteRolePolicy R by-hand
        > iam:DetachRolePolicy R P
        > iam:DetachRolePolicy R AdministratorAccess
        > iam:DeleteRole
    3 - policy.P: delete (after 2)
        why: the stack is destroyed
        > iam:DeletePolicy
    "#);
}

/// What `grants: derived` once wrote is ours by its name.
#[test]
fn what_was_derived_goes_when_it_is_no_longer() {
    let mut world = applied(&stack());
    let role = &mut world.roles.get_mut("R").unwrap().role;
    role.inline.insert("statewright-derived".to_owned(), samples::allow(&["sns:Publish"]));
    let stack = on(stack(), Kind::Role, "R", reporting());
    assert_snapshot!(show(&world, &stack), @r#"
    1 ~ role.R: delete 1 inline policy
        why: the spec no longer grants it; it goes when nothing of this plan needs it any more
        risk: executions that still run on an older definition lose what goes
        inline.statewright-derived: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:Publish"],"Resource":"*"}]} -> (absent)
        > iam:DeleteRolePolicy R statewright-derived
    unchanged: policy.P state_machine.m
    "#);
    go(&mut world, &stack);
}

/// What the first step of a role's change says when others did something between the plan and the step.
#[track_caller]
fn said(custody: Custody, meddle: impl FnOnce(&mut World)) -> Option<String> {
    let mut world = tagged(applied(&stack()));
    let other = samples::policy_arn("Elsewhere");
    world.roles.get_mut("R").unwrap().role.attachments.insert(other);
    let mut role = samples::role(&["P"]);
    "other".clone_into(&mut role.description);
    let stack: Stack = on(stack().with("R", Resource::Role(role)), Kind::Role, "R", custody);
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    let step = plan.steps.iter().find(|step| step.address == address(Kind::Role, "R")).unwrap();
    meddle(&mut world);
    let Observed::Present(now) = world.get(&step.address, None) else { panic!("it is gone") };
    step.before.as_ref().unwrap().departure(&now)
}

#[test]
fn what_others_may_change_stops_no_step() {
    let retag = |world: &mut World, key: &str| {
        world.roles.get_mut("R").unwrap().tags.insert(key.to_owned(), "changed".to_owned());
    };
    let hang = |world: &mut World, name: &str| {
        world.roles.get_mut("R").unwrap().role.attachments.insert(samples::policy_arn(name));
    };
    let take = |world: &mut World, name: &str| {
        world.roles.get_mut("R").unwrap().role.attachments.remove(&samples::policy_arn(name));
    };
    let write = |world: &mut World, name: &str| {
        world.roles.get_mut("R").unwrap().role.inline.insert(name.to_owned(), samples::allow(&["sns:*"]));
    };
    let cost = || ignoring(&["cost-*"]);
    assert_eq!(said(cost(), |world| retag(world, "cost-centre")), None);
    assert_eq!(said(cost(), |world| retag(world, "cost-new")), None);
    assert_eq!(said(cost(), |world| retag(world, "by")).as_deref(), Some("it was changed in tags.by"));
    assert_eq!(said(reporting(), |world| hang(world, "More")), None);
    assert_eq!(said(reporting(), |world| take(world, "Elsewhere")), None);
    assert_eq!(said(reporting(), |world| write(world, "More")), None);
    assert_eq!(said(reporting(), |world| take(world, "P")).as_deref(), Some("it was changed in policies"));
    assert_eq!(said(cost(), |world| hang(world, "More")).as_deref(), Some("it was changed in policies"));
}
