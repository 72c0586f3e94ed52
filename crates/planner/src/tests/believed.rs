//! What an apply takes a resource to be, and what departs from it.

use insta::assert_snapshot;
use serde_json::json;
use statewright_spec::{Address, Kind, Owner, Resource, Secret};

use super::{generate::world, samples};
use crate::{
    Believed, Mode, Observed, Options, Present,
    model::{Stack, World, apply, planned},
};

fn stack() -> Stack {
    let mut role = samples::role(&["P"]);
    role.inline.insert("I".to_owned(), samples::allow(&["s3:GetObject"]));
    let mut function = samples::function("f", samples::role_arn("R"));
    function.environment.insert("TOKEN".to_owned(), Secret::new("hunter2"));
    Stack::new("etl")
        .with("P", Resource::Policy(samples::policy(&["sns:Publish"])))
        .with("R", Resource::Role(role))
        .with("g", Resource::LogGroup(samples::log_group()))
        .with("f", Resource::Function(function))
        .with("j", Resource::Job(samples::job("s3://b/k", samples::role_arn("R"))))
        .with("m", Resource::StateMachine(samples::machine("R")))
}

fn there(world: &World, kind: Kind, name: &str) -> Present {
    match world.get(&Address::new(kind, name), None) {
        Observed::Present(present) => *present,
        other => panic!("{other:?}"),
    }
}

/// What is said when somebody changes the stack behind an apply's back.
#[track_caller]
fn said(kind: Kind, name: &str, meddle: impl FnOnce(&mut World)) -> String {
    let mut world = world();
    let stack = stack();
    let plan = planned(&world, &stack.desired(&world.identity), Mode::Apply, &Options::default());
    apply(&mut world, &plan, |_, _, _| true).unwrap();
    let before = there(&world, kind, name);
    assert_eq!(Believed::read(&before).departure(&before), None);
    meddle(&mut world);
    let departure = Believed::read(&before).departure(&there(&world, kind, name));
    departure.unwrap_or_else(|| "nothing".to_owned())
}

#[test]
fn each_departure_is_named_and_no_value_of_it() {
    let said = [
        said(Kind::Policy, "P", |w| {
            let policy = w.policies.get_mut("P").unwrap();
            policy.versions[0].1 = samples::allow(&["*"]);
        }),
        said(Kind::Role, "R", |w| w.roles.get_mut("R").unwrap().role.trust = samples::trust(&["lambda.amazonaws.com"])),
        said(Kind::Role, "R", |w| {
            w.roles.get_mut("R").unwrap().role.inline.insert("I".to_owned(), samples::allow(&["s3:*"]));
        }),
        said(Kind::Role, "R", |w| drop(w.roles.get_mut("R").unwrap().role.attachments.pop_first())),
        said(Kind::Role, "R", |w| {
            w.roles.get_mut("R").unwrap().tags.insert(Owner::TAG.to_owned(), "theirs@us-east-1".to_owned());
        }),
        said(Kind::Role, "R", |w| {
            w.roles.get_mut("R").unwrap().tags.insert("statewright:protect".to_owned(), "true".to_owned());
        }),
        said(Kind::LogGroup, "g", |w| w.log_groups.get_mut("g").unwrap().group.retention_days = Some(1)),
        said(Kind::Function, "f", |w| "other".clone_into(&mut w.functions.get_mut("f").unwrap().sha256)),
        said(Kind::Function, "f", |w| {
            let function = &mut w.functions.get_mut("f").unwrap().function;
            function.environment.insert("TOKEN".to_owned(), Secret::new("swordfish"));
        }),
        said(Kind::Job, "j", |w| w.jobs.get_mut("j").unwrap().job.workers = Some(9)),
        said(Kind::StateMachine, "m", |w| {
            let machine = &mut w.machines.get_mut("m").unwrap().machine;
            machine.definition["States"]["Call"]["TimeoutSeconds"] = json!(1);
        }),
        said(Kind::StateMachine, "m", |w| w.machines.get_mut("m").unwrap().deleting = true),
        said(Kind::StateMachine, "m", |w| w.machines.get_mut("m").unwrap().revision += 1),
        said(Kind::Function, "f", |w| w.functions.get_mut("f").unwrap().busy = true),
        said(Kind::Role, "R", |w| {
            let tags = &mut w.roles.get_mut("R").unwrap().tags;
            tags.extend(('a'..='i').map(|c| (c.to_string(), "x".to_owned())));
        }),
    ];
    assert_snapshot!(said.join("\n"), @"
    it was changed in document/Statement[0]/Action[0]
    it was changed in trust/Statement[0]/Principal/Service[0]
    it was changed in inline.I/Statement[0]/Action[0]
    it was changed in policies
    it belonged to etl@us-east-1 and belongs to theirs@us-east-1
    it was changed in tags.statewright:protect
    it was changed in retention_days
    it was changed in code
    it was changed in environment.TOKEN
    it was changed in workers
    it was changed in definition/States/Call/TimeoutSeconds
    it is being deleted
    nothing
    nothing
    it was changed in tags.a, tags.b, tags.c, tags.d, tags.e, tags.f and 3 more
    ");
}
