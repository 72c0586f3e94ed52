//! Stacks out of dice: a small world, so that two of them meet at every turn.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use proptest::prelude::*;
use serde_json::{Value, json};
use statewright_spec::{
    Address, Arn, Identity, Kind, Resource, Secret, Tags,
    kind::{
        function::{Archive, Code, ObjectCode},
        job::Script,
        log_group::LogGroup,
        policy::Policy,
        role::Role,
        state_machine::{LogLevel, Logging, MachineType, StateMachine},
    },
};

use super::samples;
use crate::{
    kind::{Use, uses},
    model::{Stack, World},
};

#[derive(Debug, Clone)]
/// Rolls that proptest can shrink towards zero.
pub(super) struct Dice {
    rolls: Vec<u16>,
    at: usize,
}

impl Dice {
    /// A number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        // When all are rolled they are rolled again, otherwise.
        let (round, at) = (self.at / self.rolls.len(), self.at % self.rolls.len());
        self.at += 1;
        (usize::from(self.rolls[at]) + round * 7919) % n.max(1)
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Once in `n`.
    fn rarely(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    fn most<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.below(4) > 0).cloned().collect()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.below(2) == 1).cloned().collect()
    }
}

/// Dice for one case.
pub(super) fn dice() -> impl Strategy<Value = Dice> {
    prop::collection::vec(any::<u16>(), 400).prop_map(|rolls| Dice { rolls, at: 0 })
}

/// How far stacks may differ.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    /// Fields change that AWS cannot change.
    pub(super) replaces: bool,
}

impl Scope {
    pub(super) fn any(dice: &mut Dice) -> Self {
        Self { replaces: dice.below(2) == 1 }
    }
}

pub(super) fn world() -> World {
    World::new("123456789012", "us-east-1")
}

/// A stack of the world.
pub(super) fn stack(dice: &mut Dice, identity: &Identity, scope: Scope) -> Stack {
    let mut stack = Stack::new("etl");
    stack.may_replace = true;
    let mut arns: BTreeMap<String, Arn> = BTreeMap::new();
    for name in dice.most(&["P0", "P1", "P2"]) {
        let policy = policy(dice, scope);
        arns.insert(name.to_owned(), identity.arn(&Address::new(Kind::Policy, name), &policy.path));
        stack = stack.with(name, Resource::Policy(policy));
    }
    let policies: Vec<Arn> = arns.values().cloned().collect();
    let mut roles: Vec<Arn> = Vec::new();
    for name in dice.most(&["R0", "R1", "R2"]) {
        let role = role(dice, scope, &policies);
        roles.push(identity.arn(&Address::new(Kind::Role, name), &role.path));
        stack = stack.with(name, Resource::Role(role));
    }
    for name in dice.some(&["/aws/vendedlogs/states/m", "/aws/lambda/f0"]) {
        stack = stack.with(name, Resource::LogGroup(log_group(dice, scope)));
    }
    if roles.is_empty() {
        return stack;
    }
    for name in dice.some(&["f0", "f1"]) {
        let role = dice.one(&roles);
        stack = stack.with(name, function(dice, name, role));
    }
    let mut places = vec!["s3://bucket/a", "s3://bucket/b", "s3://bucket/c"];
    for name in dice.some(&["j0", "j1"]) {
        let place = places.remove(dice.below(places.len()));
        let role = dice.one(&roles);
        stack = stack.with(name, job(dice, place, role));
    }
    for name in dice.most(&["m0", "m1"]) {
        let machine = machine(dice, &stack, identity, scope, &roles);
        let named: BTreeSet<Address> = [Address::new(Kind::StateMachine, "m0"), Address::new(Kind::StateMachine, "m1")]
            .into_iter()
            .filter(|other| machine.definition.to_string().contains(&other.name) && other.name != name)
            .collect();
        stack.prefers.insert(Address::new(Kind::StateMachine, name), named);
        stack = stack.with(name, Resource::StateMachine(machine));
    }
    let declared: BTreeSet<Address> = stack.resources.keys().cloned().collect();
    stack.prefers.values_mut().for_each(|to| to.retain(|address| declared.contains(address)));
    stack
}

fn tags(dice: &mut Dice) -> Tags {
    dice.some(&[("team", "data"), ("tier", "gold")]).into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

/// A document whose grants are easily told: actions on everything.
fn document(dice: &mut Dice) -> Value {
    let actions = dice.some(&["s3:GetObject", "s3:PutObject", "sns:Publish", "lambda:InvokeFunction"]);
    let actions = if actions.is_empty() { vec!["s3:ListBucket"] } else { actions };
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }] })
}

fn path(dice: &mut Dice, scope: Scope) -> String {
    if scope.replaces && dice.rarely(5) { "/team/" } else { "/" }.to_owned()
}

fn policy(dice: &mut Dice, scope: Scope) -> Policy {
    let described = scope.replaces && dice.rarely(5);
    let description = if described { "described" } else { "" }.to_owned();
    Policy { document: document(dice), path: path(dice, scope), description, tags: tags(dice) }
}

fn role(dice: &mut Dice, scope: Scope, policies: &[Arn]) -> Role {
    let services = dice.some(&["lambda.amazonaws.com", "glue.amazonaws.com"]);
    let services: Vec<&str> = std::iter::once("states.amazonaws.com").chain(services).collect();
    let managed = Arn::parse("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess").unwrap();
    let mut attachments: BTreeSet<Arn> = dice.some(policies).into_iter().collect();
    attachments.extend(dice.rarely(3).then(|| managed.clone()));
    // A policy that is replaced cannot be a boundary.
    let boundaries = if scope.replaces { std::slice::from_ref(&managed) } else { policies };
    let boundary = boundaries.first().filter(|_| dice.rarely(6)).cloned();
    Role {
        trust: samples::trust(&services),
        attachments,
        inline: dice.some(&["i0", "i1"]).into_iter().map(|name| (name.to_owned(), document(dice))).collect(),
        permissions_boundary: boundary,
        path: path(dice, scope),
        description: dice.one(&["", "described"]).to_owned(),
        max_session_seconds: dice.one(&[3600, 7200]),
        tags: tags(dice),
    }
}

fn log_group(dice: &mut Dice, scope: Scope) -> LogGroup {
    LogGroup {
        retention_days: dice.one(&[None, Some(7), Some(30)]),
        kms_key: dice.rarely(4).then(|| Arn::parse("arn:aws:kms:us-east-1:123456789012:key/k").unwrap()),
        class: if scope.replaces && dice.rarely(5) { "INFREQUENT_ACCESS" } else { "STANDARD" }.to_owned(),
        deletion_protection: false,
        tags: tags(dice),
    }
}

fn function(dice: &mut Dice, name: &str, role: Arn) -> Resource {
    let mut function = samples::function(name, role);
    function.memory = dice.one(&[128, 256]);
    function.environment =
        dice.some(&["A", "B"]).into_iter().map(|k| (k.to_owned(), Secret::new(dice.one(&["x", "y"])))).collect();
    function.code = match dice.below(4) {
        0 => Code::Object(ObjectCode {
            bucket: "code".to_owned(),
            key: dice.one(&["one.zip", "two.zip"]).to_owned(),
            version: dice.one(&[None, Some("v".to_owned())]),
        }),
        n => Code::Archive(Archive { sha256: format!("archive {}", n % 2), bytes: Arc::from([0_u8]) }),
    };
    function.architecture = dice.one(&["x86_64", "arm64"]).to_owned();
    function.tags = tags(dice);
    Resource::Function(function)
}

fn job(dice: &mut Dice, place: &str, role: Arn) -> Resource {
    let mut job = samples::job(place, role);
    let script =
        dice.below(3).checked_sub(1).map(|n| Script { sha256: format!("{n:064}"), bytes: Some(Arc::from([1_u8])) });
    // A script that the spec only names is not where one of ours was.
    if script.is_none() {
        job.script_location = place.replace("bucket", "library");
    }
    job.script = script;
    job.max_retries = dice.one(&[0, 2]);
    job.arguments =
        dice.some(&["--a", "--b"]).into_iter().map(|k| (k.to_owned(), Secret::new(dice.one(&["x", "y"])))).collect();
    job.tags = tags(dice);
    Resource::Job(job)
}

fn machine(dice: &mut Dice, stack: &Stack, identity: &Identity, scope: Scope, roles: &[Arn]) -> StateMachine {
    let target = dice.one(&["f0", "f1", "m0", "m1", "nothing"]);
    let group = Address::new(Kind::LogGroup, "/aws/vendedlogs/states/m");
    let logs = stack.resources.contains_key(&group) && dice.below(2) == 1;
    StateMachine {
        machine_type: if scope.replaces && dice.rarely(5) { MachineType::Express } else { MachineType::Standard },
        role: dice.one(roles),
        definition: samples::definition(target, dice.one(&[60, 300])),
        logging: logs.then(|| Logging {
            level: dice.one(&[LogLevel::All, LogLevel::Error]),
            include_execution_data: dice.below(2) == 1,
            log_group: identity.arn(&group, "/"),
        }),
        tracing: dice.below(2) == 1,
        encryption: None,
        tags: tags(dice),
    }
}

/// A stack that differs from `a` in some of its resources: the others of `b` are put back as they are in `a`, where what
/// they use is still there.
pub(super) fn partly(dice: &mut Dice, a: &Stack, mut b: Stack, identity: &Identity) -> Stack {
    for (address, old) in &a.resources {
        if dice.below(2) == 0 || !b.resources.contains_key(address) {
            continue;
        }
        let mut candidate = b.clone();
        candidate.resources.insert(address.clone(), old.clone());
        let arns: BTreeSet<Arn> = candidate.desired(identity).resources.into_values().map(|d| d.arn).collect();
        let whole = candidate.resources.values().flat_map(uses).all(|used| match used {
            Use::Arn(arn) => arn.account() == "aws" || arns.contains(&arn),
            Use::LogGroup(name) => {
                name.starts_with("/aws/lambda/")
                    || candidate.resources.contains_key(&Address::new(Kind::LogGroup, name))
            }
        });
        let jobs = candidate.resources.values().filter_map(|resource| match resource {
            Resource::Job(job) => Some(&job.script_location),
            _ => None,
        });
        let apart = jobs.clone().collect::<BTreeSet<_>>().len() == jobs.count();
        if whole && apart {
            b = candidate;
        }
    }
    b
}
