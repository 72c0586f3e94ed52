//! Measures what users wait for: one evaluation, the permission table of a machine of 100 states, the first look into the
//! action reference. `cargo run --release -p statewright-iam --example measure`.
#![expect(clippy::print_stdout, reason = "a program")]

use std::time::{Duration, Instant};

use serde_json::json;
use statewright_iam::{
    Document, Principal,
    actions::catalogue,
    derive::derive,
    evaluate::{Context, Policies, Policy, Request},
    needs::{self, Need, Parameters, Place},
    permissions::{Role, table},
};

fn main() {
    let start = Instant::now();
    let known = catalogue().prefixes().count();
    println!("the action reference, {known} services: {:.1?} once", start.elapsed());

    let statements: Vec<_> = (0..20)
        .map(|n| {
            json!({"Effect": "Allow", "Action": [format!("s3:Get{n}*"), "glue:*"], "Resource": format!("arn:aws:s3:::b{n}/*"),
                   "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r*"}}})
        })
        .collect();
    let Some(document) = Document::of(&json!({"Version": "2012-10-17", "Statement": statements})) else { return };
    let policies = Policies { identity: vec![Policy::new(&document)], ..Policies::default() };
    let principal = Principal::new("AWS", "arn:aws:iam::123456789012:role/run");
    let context = Context::complete();
    let each = time(2_000, || {
        let request = Request {
            principal: &principal,
            action: "glue:StartJobRun",
            resource: "arn:aws:glue:eu-west-1:123456789012:job/a",
            resource_account: None,
            context: &context,
        };
        policies.evaluate(&request);
    });
    println!("an evaluation against 20 statements: {each:.1?}");

    let place = Place {
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        machine: "m".to_owned(),
    };
    let wanted = || -> Vec<(String, Need)> {
        let task = |n: usize| {
            let given = json!({"JobName": format!("job{n}"), "FunctionName": format!("f{n}")});
            let call = if n.is_multiple_of(2) { "glue:startJobRun.sync" } else { "lambda:invoke" };
            let resource = format!("arn:aws:states:::{call}");
            let needs = needs::of_task(&resource, Parameters::Given(&given), &place).needs;
            needs.into_iter().map(move |need| (format!("State {n}"), need))
        };
        (0..100).flat_map(task).collect()
    };
    let all = wanted();
    let Some(policy) = derive(&all) else { return };
    let role = Role {
        arn: "arn:aws:iam::123456789012:role/run".to_owned(),
        policies: Document::of(&policy).map(|document| vec![("derived".to_owned(), document)]),
        boundary: None,
    };
    println!("the needs of 100 states: {:.1?}", time(20, || drop(wanted())));
    println!("the policy derived from them: {:.1?}", time(20, || drop(derive(&all))));
    println!("the table, {} rows: {:.1?}", table(&all, &role).rows.len(), time(20, || drop(table(&all, &role))));
}

fn time(times: u32, mut what: impl FnMut()) -> Duration {
    what();
    let start = Instant::now();
    for _ in 0..times {
        what();
    }
    start.elapsed() / times
}
