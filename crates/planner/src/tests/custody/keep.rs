//! What is protected stays, what is retained is let go, what is renamed is a pair: also when the entry has left the spec.

use insta::assert_snapshot;
use statewright_spec::{
    Custody, Kind, Owner, Resource,
    kind::{job::Script, state_machine::MachineType},
};

use super::{address, all_tags, applied, destroyed, go, on, protecting, retaining, show, stack, was, with, without};
use crate::{Operation, model::Stack, tests::samples};

#[test]
fn they_stand_in_the_call_that_creates() {
    let both = Custody { protect: true, retain: true, ..Custody::default() };
    let stack = with(stack(), &both);
    assert_snapshot!(show(&super::world(), &stack), @r#"
    1 + policy.P: create
        why: it does not exist
        document: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]}
        protect: false (default) -> true
        retain: false (default) -> true
        > iam:CreatePolicy
    2 + role.R: create (after 1)
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P"
        protect: false (default) -> true
        retain: false (default) -> true
        > iam:CreateRole
        > iam:AttachRolePolicy R P
    3 + state_machine.m: create (after 2)
        why: it does not exist
        role: (absent) -> "arn:aws:iam::123456789012:role/R"
        definition: (absent) -> {"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:extract"},"TimeoutSeconds":60,"End":true}}}
        protect: false (default) -> true
        retain: false (default) -> true
        > states:CreateStateMachine
    "#);
    let world = applied(&stack);
    for (address, tags) in all_tags(&world) {
        let tags: Vec<_> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let expect = ["statewright:protect=true", "statewright:retain=true", "statewright:stack=etl@us-east-1"];
        assert_eq!(tags, expect, "{address}");
    }
}

/// The owner's tag is in the very call that creates, for every kind: afterwards would be too late for a crash.
#[test]
fn the_owner_stands_in_the_call_that_creates() {
    use crate::operation::{
        function::FunctionOperation as F, job::JobOperation as J, log_group::LogGroupOperation as L,
        policy::PolicyOperation as P, role::RoleOperation as R, state_machine::StateMachineOperation as M,
    };
    let mut job = samples::job("s3://bucket/t.py", samples::role_arn("R"));
    job.script = Some(Script { sha256: "1".repeat(64), bytes: Some(std::sync::Arc::from([1_u8])) });
    let all = stack()
        .with("/g", Resource::LogGroup(samples::log_group()))
        .with("f", Resource::Function(samples::function("f", samples::role_arn("R"))))
        .with("j", Resource::Job(job));
    let world = super::world();
    let plan =
        crate::model::planned(&world, &all.desired(&world.identity), crate::Mode::Apply, &crate::Options::default());
    let created = plan.steps.iter().flat_map(|step| &step.operations).filter_map(|operation| match operation {
        Operation::Policy(P::Create { tags, .. })
        | Operation::Role(R::Create { tags, .. })
        | Operation::LogGroup(L::Create { tags, .. })
        | Operation::Function(F::Create { tags, .. })
        | Operation::Job(J::Create { tags, .. } | J::UploadScript { tags, .. })
        | Operation::StateMachine(M::Create { tags, .. }) => tags.get(Owner::TAG),
        _ => None,
    });
    assert_eq!(created.collect::<Vec<_>>(), vec!["etl@us-east-1"; Kind::ALL.len() + 1], "the object of a script too");
}

#[test]
fn they_come_and_go_in_place() {
    let mut world = applied(&stack());
    let kept = on(on(stack(), Kind::Role, "R", protecting()), Kind::StateMachine, "m", retaining());
    assert_snapshot!(show(&world, &kept), @r#"
    1 ~ role.R: protect
        why: live differs from the spec in protect
        protect: false (default) -> true
        > iam:TagRole
    2 ~ state_machine.m: retain (after 1)
        why: live differs from the spec in retain
        retain: false (default) -> true
        > states:TagResource
    unchanged: policy.P
    "#);
    go(&mut world, &kept);
    assert_snapshot!(show(&world, &stack()), @r#"
    1 ~ role.R: unprotect
        why: live differs from the spec in protect
        protect: true -> false (default)
        > iam:UntagRole
    2 ~ state_machine.m: no longer retain (after 1)
        why: live differs from the spec in retain
        retain: true -> false (default)
        > states:UntagResource
    unchanged: policy.P
    "#);
    go(&mut world, &stack());
    // With a change of something else.
    let mut more = kept;
    let Some(Resource::Role(role)) = more.resources.get_mut(&address(Kind::Role, "R")) else { unreachable!() };
    "described".clone_into(&mut role.description);
    assert_snapshot!(show(&world, &more), @r#"
    1 ~ role.R: protect, description
        why: live differs from the spec in description and protect
        protect: false (default) -> true
        description: (absent) -> "described"
        > iam:TagRole
        > iam:UpdateRole
    2 ~ state_machine.m: retain (after 1)
        why: live differs from the spec in retain
        retain: false (default) -> true
        > states:TagResource
    unchanged: policy.P
    "#);
    go(&mut world, &more);
}

#[test]
fn what_is_protected_is_not_replaced() {
    let protected = on(stack(), Kind::StateMachine, "m", protecting());
    let mut express = stack();
    express.may_replace = true;
    let Some(Resource::StateMachine(machine)) = express.resources.get_mut(&address(Kind::StateMachine, "m")) else {
        unreachable!()
    };
    machine.machine_type = MachineType::Express;
    // The live tag counts, though the spec has dropped the word.
    assert_snapshot!(show(&applied(&protected), &express), @r#"
    unchanged: policy.P role.R
    error[PLAN030] state_machine.m is protected, and another type would replace it
        at: its tag statewright:protect says so
        help: it takes two applies: leave all else as it is, set `protect: false` and apply, then change it
    "#);
    // So does the spec's word, before it is a tag.
    let express = on(express, Kind::StateMachine, "m", protecting());
    assert_snapshot!(show(&applied(&stack()), &express), @r#"
    unchanged: policy.P role.R
    error[PLAN030] state_machine.m is protected, and another type would replace it
        at: `protect: true` here
        help: take `protect: true` off the spec first
    "#);
}

#[test]
fn what_is_protected_is_not_deleted() {
    let protected = on(stack(), Kind::Role, "R", protecting());
    let world = applied(&protected);
    let gone = without(without(stack(), Kind::StateMachine, "m"), Kind::Role, "R");
    assert_snapshot!(show(&world, &gone), @r#"
    1 - state_machine.m: delete
        why: it belongs to etl@us-east-1 and is no longer in the spec
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    unchanged: policy.P
    error[PLAN030] role.R is protected and no longer in the spec
        help: it takes two applies: declare it as it is with `protect: false` and apply, then take it out; or put it back to keep arn:aws:iam::123456789012:role/R
    "#);
    assert_snapshot!(destroyed(&world, &protected), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - policy.P: delete
        why: the stack is destroyed
        > iam:DeletePolicy
    error[PLAN030] role.R is protected and cannot be destroyed
        at: its tag statewright:protect says so
        help: it takes two applies: leave all else as it is, set `protect: false` and apply, then destroy
    "#);
    assert_snapshot!(destroyed(&world, &gone), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - policy.P: delete
        why: the stack is destroyed
        > iam:DeletePolicy
    error[PLAN030] role.R is protected and no longer in the spec
        help: it takes two applies: declare it as it is with `protect: false` and apply, then take it out; or put it back to keep arn:aws:iam::123456789012:role/R
    "#);
    // The spec's word is enough, and so is the live tag.
    assert_snapshot!(destroyed(&applied(&stack()), &protected), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - policy.P: delete
        why: the stack is destroyed
        > iam:DeletePolicy
    error[PLAN030] role.R is protected and cannot be destroyed
        at: `protect: true` here
        help: take `protect: true` off the spec first
    "#);
    assert_snapshot!(destroyed(&world, &stack()), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - policy.P: delete
        why: the stack is destroyed
        > iam:DeletePolicy
    error[PLAN030] role.R is protected and cannot be destroyed
        at: its tag statewright:protect says so
        help: it takes two applies: leave all else as it is, set `protect: false` and apply, then destroy
    "#);
    // Two applies: one that takes the protection off, one that deletes.
    let mut world = world;
    go(&mut world, &stack());
    go(&mut world, &gone);
    assert!(!world.roles.contains_key("R"));
}

#[test]
fn what_is_retained_is_let_go() {
    let retained = with(stack(), &retaining());
    let mut world = applied(&retained);
    let gone = without(stack(), Kind::StateMachine, "m");
    let gone = with(gone, &retaining());
    assert_snapshot!(show(&world, &gone), @r#"
    1 . state_machine.m: forget
        why: it is retained and is no longer in the spec
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > states:UntagResource
    unchanged: policy.P role.R
    "#);
    let before = world.machines["m"].machine.clone();
    go(&mut world, &gone);
    assert_eq!(world.machines["m"].machine, before);
    assert_eq!(world.machines["m"].tags, statewright_spec::Tags::new());
    // It is nobody's now: declared anew, it is not taken without being asked for.
    assert!(show(&world, &stack()).contains("PLAN002"));
}

#[test]
fn a_destroy_lets_go_of_what_is_retained() {
    let retained = on(stack(), Kind::Policy, "P", retaining());
    assert_snapshot!(destroyed(&applied(&retained), &retained), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - role.R: delete (after 1)
        why: the stack is destroyed
        > iam:DetachRolePolicy R P
        > iam:DeleteRole
    3 . policy.P: forget (after 2)
        why: the stack is destroyed, and it is retained
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > iam:UntagPolicy
    "#);
    // By the live tag, where the spec is another by now.
    let empty = Stack::new("etl");
    assert_snapshot!(destroyed(&applied(&retained), &empty), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - role.R: delete (after 1)
        why: the stack is destroyed
        > iam:DetachRolePolicy R P
        > iam:DeleteRole
    3 . policy.P: forget (after 2)
        why: the stack is destroyed, and it is retained
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > iam:UntagPolicy
    "#);
    // It goes before protection: nothing is deleted.
    let both = on(stack(), Kind::Policy, "P", Custody { protect: true, retain: true, ..Custody::default() });
    assert_snapshot!(destroyed(&applied(&both), &both), @r#"
    1 - state_machine.m: delete
        why: the stack is destroyed
        risk: its history, versions and aliases are lost
        > wait for m to have no running execution
        > states:DeleteStateMachine
        > wait for state machine m to be gone
    2 - role.R: delete (after 1)
        why: the stack is destroyed
        > iam:DetachRolePolicy R P
        > iam:DeleteRole
    3 . policy.P: forget (after 2)
        why: the stack is destroyed, and it is retained
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > iam:UntagPolicy
    "#);
}

/// What stays would not work, or IAM would refuse.
#[test]
fn what_is_retained_keeps_what_it_uses() {
    let retained = on(stack(), Kind::StateMachine, "m", retaining());
    assert_snapshot!(destroyed(&applied(&retained), &retained), @r#"
    1 . state_machine.m: forget
        why: the stack is destroyed, and it is retained
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > states:UntagResource
    2 - role.R: delete (after 1)
        why: the stack is destroyed
        > iam:DetachRolePolicy R P
        > iam:DeleteRole
    3 - policy.P: delete (after 2)
        why: the stack is destroyed
        > iam:DeletePolicy
    error[PLAN034] role.R cannot go: state_machine.m uses it, and is retained
        at: declared here
        help: retain role.R as well (declare it with `retain: true` and apply, then take it out), or declare state_machine.m without `retain`, apply, and let both go
    "#);
    let gone = without(without(without(stack(), Kind::StateMachine, "m"), Kind::Role, "R"), Kind::Policy, "P");
    let gone = gone.with("Other", Resource::Role(samples::role(&[])));
    let both = on(retained, Kind::Role, "R", retaining());
    assert_snapshot!(show(&applied(&both), &gone), @r#"
    1 + role.Other: create
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        > iam:CreateRole
    2 . state_machine.m: forget
        why: it is retained and is no longer in the spec
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > states:UntagResource
    3 . role.R: forget (after 2)
        why: it is retained and is no longer in the spec
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > iam:UntagRole
    4 - policy.P: delete (after 3)
        why: it belongs to etl@us-east-1 and is no longer in the spec
        > iam:DeletePolicy
    error[PLAN008] the plan would delete or forget all that belongs to etl@us-east-1 (3 resources) and keep nothing
        help: policy.P, role.R, state_machine.m: if another spec has the same stack name, give this one another; to go on, --allow-delete-all; to take the stack away, destroy
    error[PLAN034] policy.P cannot go: role.R uses it, and is retained
        help: retain policy.P as well (declare it with `retain: true` and apply, then take it out), or declare role.R without `retain`, apply, and let both go
    "#);
}

/// Cut short between the detach and the attach, nothing would hang it on the role again.
#[test]
fn what_is_retained_is_not_let_go_while_what_it_uses_is_replaced() {
    let world = applied(&on(stack(), Kind::Role, "R", retaining()));
    let mut gone = without(without(stack(), Kind::StateMachine, "m"), Kind::Role, "R");
    gone.may_replace = true;
    let Some(Resource::Policy(policy)) = gone.resources.get_mut(&address(Kind::Policy, "P")) else { unreachable!() };
    "described".clone_into(&mut policy.description);
    assert!(
        show(&world, &gone).contains("error[PLAN034] policy.P cannot be replaced: role.R uses it, and is retained")
    );
}

#[test]
fn a_retained_job_keeps_its_script() {
    let mut job = samples::job("s3://bucket/t.py", samples::role_arn("R"));
    job.script = Some(Script { sha256: "1".repeat(64), bytes: Some(std::sync::Arc::from([1_u8])) });
    let retained = on(stack().with("j", Resource::Job(job)), Kind::Job, "j", retaining());
    let mut world = applied(&retained);
    assert_snapshot!(show(&world, &stack()), @r#"
    1 . job.j: forget
        why: it is retained and is no longer in the spec
        risk: nothing of this stack changes or deletes it any more; so is its script s3://bucket/t.py
        owner: "etl@us-east-1" -> (absent)
        > s3:PutObjectTagging s3://bucket/t.py
        > glue:UntagResource
    unchanged: policy.P role.R state_machine.m
    "#);
    go(&mut world, &stack());
    let object = &world.objects[&("bucket".to_owned(), "t.py".to_owned())];
    assert_eq!(object.owner, None);
    assert_eq!(world.jobs["j"].tags, statewright_spec::Tags::new());
}

/// A copied spec takes everything away also where it only lets go.
#[test]
fn letting_go_of_all_is_refused_like_deleting_all() {
    let world = applied(&with(stack(), &retaining()));
    let copied = Stack::new("etl").with("other", Resource::Role(samples::role(&[])));
    assert_snapshot!(show(&world, &copied), @r#"
    1 + role.other: create
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        > iam:CreateRole
    2 . state_machine.m: forget
        why: it is retained and is no longer in the spec
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > states:UntagResource
    3 . role.R: forget (after 2)
        why: it is retained and is no longer in the spec
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > iam:UntagRole
    4 . policy.P: forget (after 3)
        why: it is retained and is no longer in the spec
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > iam:UntagPolicy
    error[PLAN008] the plan would delete or forget all that belongs to etl@us-east-1 (3 resources) and keep nothing
        help: policy.P, role.R, state_machine.m: if another spec has the same stack name, give this one another; to go on, --allow-delete-all; to take the stack away, destroy
    "#);
}

fn renamed() -> Stack {
    let stack = without(without(stack(), Kind::Role, "R"), Kind::StateMachine, "m");
    let stack = stack
        .with("R2", Resource::Role(samples::role(&["P"])))
        .with("m", Resource::StateMachine(samples::machine("R2")));
    on(stack, Kind::Role, "R2", was("R"))
}

#[test]
fn a_rename_is_shown_as_a_pair() {
    let mut world = applied(&stack());
    assert_snapshot!(show(&world, &renamed()), @r#"
    1 + role.R2: create, renamed from R
        why: it is the new name of role.R, as it is
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P"
        > iam:CreateRole
        > iam:AttachRolePolicy R2 P
    2 ~ state_machine.m: role (after 1)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/R" -> "arn:aws:iam::123456789012:role/R2"
        > wait for what role.R2 newly grants to be in force everywhere
        > states:UpdateStateMachine R2
        > wait for state machine m to show its new definition
    3 - role.R: delete, renamed to R2 (after 2)
        why: it belongs to etl@us-east-1 and is now role.R2
        > iam:DetachRolePolicy R P
        > iam:DeleteRole
    unchanged: policy.P
    "#);
    go(&mut world, &renamed());
    assert_eq!(world.roles.keys().collect::<Vec<_>>(), ["R2"]);
    // What stands in the spec afterwards does nothing.
    assert_snapshot!(show(&world, &renamed()), @r#"
    unchanged: policy.P role.R2 state_machine.m
    "#);
}

#[test]
fn a_rename_that_changes_more_says_so() {
    let mut more = renamed();
    let Some(Resource::Role(role)) = more.resources.get_mut(&address(Kind::Role, "R2")) else { unreachable!() };
    "described".clone_into(&mut role.description);
    assert!(show(&applied(&stack()), &more).contains("it is the new name of role.R, with another description"));
}

/// The search has not found it, and it goes all the same.
#[test]
fn a_former_name_is_read_by_itself() {
    let world = applied(&stack());
    let desired = renamed().desired(&world.identity);
    let reading = crate::reading(&desired, crate::Mode::Apply, false, false);
    assert!(reading.resources.contains_key(&address(Kind::Role, "R")));
}

/// All that the stack has is renamed: that keeps it.
#[test]
fn renaming_everything_is_not_deleting_everything() {
    let one = Stack::new("etl").with("old", Resource::Role(samples::role(&[])));
    let mut world = applied(&one);
    let new = Stack::new("etl").with("new", Resource::Role(samples::role(&[])));
    assert!(show(&world, &new).contains("PLAN008"));
    go(&mut world, &on(new, Kind::Role, "new", was("old")));
    assert_eq!(world.roles.keys().collect::<Vec<_>>(), ["new"]);
}

#[test]
fn a_former_name_that_is_protected_retained_or_anothers() {
    let protected = on(stack(), Kind::Role, "R", protecting());
    assert_snapshot!(show(&applied(&protected), &renamed()), @r#"
    1 + role.R2: create, renamed from R
        why: it is the new name of role.R, as it is
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P"
        > iam:CreateRole
        > iam:AttachRolePolicy R2 P
    2 ~ state_machine.m: role (after 1)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/R" -> "arn:aws:iam::123456789012:role/R2"
        > wait for what role.R2 newly grants to be in force everywhere
        > states:UpdateStateMachine R2
    unchanged: policy.P
    error[PLAN030] role.R is protected and no longer in the spec
        help: it takes two applies: declare it as it is with `protect: false` and apply, then take it out; or put it back to keep arn:aws:iam::123456789012:role/R
    "#);
    let retained = with(stack(), &retaining());
    assert_snapshot!(show(&applied(&retained), &renamed()), @r#"
    1 ~ policy.P: no longer retain
        why: live differs from the spec in retain
        retain: true -> false (default)
        > iam:UntagPolicy
    2 + role.R2: create, renamed from R (after 1)
        why: it is the new name of role.R, as it is
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P"
        > iam:CreateRole
        > iam:AttachRolePolicy R2 P
    3 ~ state_machine.m: no longer retain, role (after 2)
        why: live differs from the spec in role and retain
        retain: true -> false (default)
        role: "arn:aws:iam::123456789012:role/R" -> "arn:aws:iam::123456789012:role/R2"
        > states:UntagResource
        > wait for what role.R2 newly grants to be in force everywhere
        > states:UpdateStateMachine R2
        > wait for state machine m to show its new definition
    4 . role.R: forget, renamed to R2 (after 3)
        why: it is retained and is now role.R2
        risk: nothing of this stack changes or deletes it any more
        owner: "etl@us-east-1" -> (absent)
        > iam:UntagRole
    "#);
    let mut anothers = applied(&stack());
    let tags = &mut anothers.roles.get_mut("R").unwrap().tags;
    tags.insert(Owner::TAG.to_owned(), "other@us-east-1".to_owned());
    assert_snapshot!(show(&anothers, &renamed()), @r#"
    1 + role.R2: create
        why: it does not exist
        trust: (absent) -> {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["states.amazonaws.com"]},"Action":"sts:AssumeRole"}]}
        policies: (absent) -> "arn:aws:iam::123456789012:policy/P"
        > iam:CreateRole
        > iam:AttachRolePolicy R2 P
    2 ~ state_machine.m: role (after 1)
        why: live differs from the spec in role
        role: "arn:aws:iam::123456789012:role/R" -> "arn:aws:iam::123456789012:role/R2"
        > wait for what role.R2 newly grants to be in force everywhere
        > states:UpdateStateMachine R2
    unchanged: policy.P
    note[PLAN021] role.R, which role.R2 was, belongs to other@us-east-1 and is left as it is
        at: asked for here
    "#);
}
