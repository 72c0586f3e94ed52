//! What users wait for: one evaluation, the permission table of a machine of 100 states, the derived policy, and the first
//! look into the action reference, which everything else does not pay for.
//!
//! The bounds are 50 µs an evaluation and 5 ms a table of 100 states.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use statewright_iam::{
    Document, Principal,
    access::change,
    actions::{Action, catalogue},
    derive::derive,
    evaluate::{Context, Policies, Policy, Request},
    needs::{self, Need, Parameters, Place},
    permissions::{Role, table},
};

/// A policy of as many statements, each with a wildcard and a condition.
fn policy(statements: usize) -> Value {
    let statements: Vec<_> = (0..statements)
        .map(|n| {
            json!({"Effect": "Allow", "Action": [format!("s3:Get{n}*"), "glue:*"], "Resource": format!("arn:aws:s3:::b{n}/*"),
                   "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r*"}}})
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// What a machine of as many states needs, half of them jobs and half of them functions.
fn wanted(states: usize) -> Vec<(String, Need)> {
    let place = Place {
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        machine: "m".to_owned(),
    };
    let task = |n: usize| {
        let given = json!({"JobName": format!("job{n}"), "FunctionName": format!("f{n}")});
        let call = if n.is_multiple_of(2) { "glue:startJobRun.sync" } else { "lambda:invoke" };
        let needs = needs::of_task(&format!("arn:aws:states:::{call}"), Parameters::Given(&given), &place).needs;
        needs.into_iter().map(move |need| (format!("State {n}"), need))
    };
    (0..states).flat_map(task).collect()
}

fn evaluation(c: &mut Criterion) {
    let policies = Policies { identity: vec![Policy::new(&Document::of(&policy(20)).unwrap())], ..Policies::default() };
    let principal = Principal::new("AWS", "arn:aws:iam::123456789012:role/run");
    let context = Context::complete();
    let request = Request {
        principal: &principal,
        action: "glue:StartJobRun",
        resource: "arn:aws:glue:eu-west-1:123456789012:job/a",
        resource_account: None,
        context: &context,
    };
    c.bench_function("an evaluation against 20 statements", |b| b.iter(|| policies.evaluate(black_box(&request))));
}

fn tables(c: &mut Criterion) {
    let all = wanted(100);
    let derived = derive(&all).unwrap();
    let wide = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["glue:*", "lambda:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "glue:Delete*", "Resource": "*"}]});
    let role = |policy: &Value| Role {
        arn: "arn:aws:iam::123456789012:role/run".to_owned(),
        policies: Document::of(policy).map(|document| vec![("run".to_owned(), document)]),
        boundary: None,
    };
    let mut group = c.benchmark_group("a machine of 100 states");
    group.bench_function("its needs", |b| b.iter(|| wanted(black_box(100))));
    group.bench_function("the derived policy", |b| b.iter(|| derive(black_box(&all))));
    group.bench_function("the table, with the derived policy", |b| b.iter(|| table(black_box(&all), &role(&derived))));
    group.bench_function("the table, with a policy that is wide", |b| b.iter(|| table(black_box(&all), &role(&wide))));
    group.bench_function("the change in access", |b| b.iter(|| change(black_box(&derived), black_box(&wide))));
    group.finish();
}

/// The reference is unpacked once a process.
fn reference(c: &mut Criterion) {
    c.bench_function("an action is looked up", |b| {
        b.iter(|| catalogue().action(black_box("glue:StartJobRun")).map(Action::level));
    });
}

criterion_group!(benches, evaluation, tables, reference);
criterion_main!(benches);
