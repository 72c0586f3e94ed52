use insta::assert_snapshot;

use super::{Repository, told, with};
use crate::{Address, Kind, Request, Resource, load};

const SPEC: &str = r#"statewright: 1
stack: s
variables:
  env: { default: dev, allowed: [dev, prod] }
  bucket: { pattern: "^[a-z0-9.-]+$" }
environments:
  prod: { aws: { account: "210987654321", region: eu-west-1 }, variables: { env: prod, bucket: prod-b } }
  odd: { variables: { envv: x } }
aws: { account: "123456789012", region: us-east-1 }
roles:
  R: { trust: states.amazonaws.com, description: "${var.env} ${var.bucket}" }
"#;

fn description(repository: &Repository) -> String {
    let outcome = repository.outcome();
    match &outcome.desired {
        Some(desired) => match &desired.resources[&Address::new(Kind::Role, "R")].resource {
            Resource::Role(role) => role.description.clone(),
            _ => unreachable!(),
        },
        None => outcome.told(),
    }
}

#[test]
fn values_come_from_the_nearest() {
    let spec = || {
        Repository::new(SPEC).file("a.yaml", "bucket: from-a\nenv: prod\n").file("b.json", r#"{"bucket": "from-b"}"#)
    };
    assert_eq!(description(&spec().var("bucket", "b")), "dev b");
    assert_eq!(description(&spec().environment("prod")), "prod prod-b");
    assert_eq!(description(&spec().environment("prod").var("bucket", "mine")), "prod mine");
    assert_eq!(description(&spec().var_file("a.yaml")), "prod from-a");
    assert_eq!(description(&spec().var_file("a.yaml").var_file("b.json")), "prod from-b");
    assert_eq!(description(&spec().var_file("a.yaml").var("bucket", "mine")), "prod mine");
}

#[test]
fn what_is_wrong_with_values() {
    let spec = || Repository::new(SPEC);
    assert_snapshot!(spec().told(), @"");
    assert_snapshot!(spec().var("bucket", "UPPER").told(), @"");
    assert_snapshot!(spec().var("bucket", "b").var("env", "stage").told(), @"");
    assert_snapshot!(spec().var("bucket", "b").var("buckt", "b").told(), @"");
    assert_snapshot!(spec().var("bucket", "b").environment("prd").told(), @"");
    assert_snapshot!(spec().var("bucket", "b").environment("odd").told(), @"");
    assert_snapshot!(spec().file("v.yaml", "bucket: UP\nenv: [dev]\nother: 1\n").var_file("v.yaml").told(), @"");
    assert_snapshot!(spec().var("bucket", "b").var_file("missing.yaml").told(), @"");
    assert_snapshot!(spec().file("v.yaml", "- bucket\n").var("bucket", "b").var_file("v.yaml").told(), @"");
}

#[test]
fn what_is_wrong_with_declarations() {
    assert_snapshot!(told(&with("variables: { a: { default: [1], patern: x } }\n")), @"");
    assert_snapshot!(told(&with("variables: { a: { default: x, pattern: '(' }, b c: {}, d: { default: '${var.a}' } }\n")), @"");
    assert_snapshot!(told(&with("variables: { a: { default: x } }\n")), @"");
    assert_snapshot!(told(&with("environments: { a b: {} }\n")), @"");
}

#[test]
fn numbers_stay_as_they_are_written() {
    let spec = with(
        "variables: { v: { default: 1.10, allowed: [1.10, 007] } }\n\
         roles: { R: { trust: states.amazonaws.com, description: '${var.v}' } }\n",
    );
    assert_eq!(description(&Repository::new(&spec)), "1.10");
    assert_eq!(description(&Repository::new(&spec).var("v", "007")), "007");
}

#[test]
fn secrets_stay_where_they_may_be() {
    let spec = |role: &str, rest: &str| {
        with(&format!(
            "variables: {{ token: {{ sensitive: true }} }}\nroles:\n  R: {{ trust: states.amazonaws.com, {role} }}\n{rest}"
        ))
    };
    let tell = |role: &str, rest: &str| Repository::new(&spec(role, rest)).var("token", "hunter2").told();
    assert_snapshot!(tell("path: '/${var.token}/'", ""), @"");
    assert_snapshot!(tell("policies: ['${var.token}']", ""), @"");
    assert_snapshot!(tell("tags: { '${var.token}': x }", ""), @"");
    assert_snapshot!(tell("max_session_seconds: '${var.token}'", ""), @"");
    assert_snapshot!(tell("trust: { file: '${var.token}' }", ""), @"");
    assert_snapshot!(tell("description: '${roles.${var.token}.arn}'", ""), @"");
    assert_snapshot!(tell("description: x", "log_groups: { '${var.token}': {} }\n"), @"");
    for (role, rest) in [
        ("path: '/${var.token}/'", ""),
        ("max_session_seconds: '${var.token}'", ""),
        ("description: x", "log_groups: { '/a': { class: '${var.token}' } }\n"),
        ("description: x", "tags: { t: '${var.token}!' }\n"),
    ] {
        assert!(!tell(role, rest).contains("hunter2"), "{}", tell(role, rest));
    }
}

#[test]
fn secrets_are_followed() {
    let spec = with(
        r#"variables: { token: { sensitive: true } }
tags: { all: "${var.token}" }
roles:
  R:
    trust: states.amazonaws.com
    description: "x ${var.token}"
    inline:
      P: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::${var.token}" }] }
state_machines:
  M:
    role: R
    definition: { file: m.json, substitutions: { T: "${var.token}" } }
"#,
    );
    let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a/b": "x ${T}"}, "End": true}}}"#;
    let desired = Repository::new(&spec).file("m.json", definition).var("token", "hunter2").outcome().desired();
    let sensitive: Vec<String> = desired
        .resources
        .iter()
        .flat_map(|(address, d)| d.sensitive.iter().map(move |p| format!("{address} {p}")))
        .collect();
    assert_snapshot!(sensitive.join("\n"), @"");
    assert_eq!(desired.secrets.len(), 1);
    assert_eq!(desired.secrets[0].expose(), "hunter2");
}

#[test]
fn the_hash_knows_no_secret() {
    let spec = |secret: &str, plain: &str| {
        with(&format!(
            "variables:\n  token: {{ sensitive: true, default: {secret} }}\n  plain: {{ default: {plain} }}\n\
             environments: {{ e: {{ variables: {{ token: {secret} }} }} }}\n\
             roles: {{ R: {{ trust: states.amazonaws.com, description: '${{var.token}} ${{var.plain}}' }} }}\n"
        ))
    };
    let hash = |repository: Repository| repository.outcome().desired().spec_hash;
    let plain = hash(Repository::new(&spec("a", "x")));
    assert_eq!(plain.len(), 64);
    assert_eq!(plain, hash(Repository::new(&spec("bcd", "x"))));
    assert_eq!(plain, hash(Repository::new(&spec("a", "x")).var("token", "other")));
    assert_ne!(plain, hash(Repository::new(&spec("a", "y"))));
    assert_ne!(plain, hash(Repository::new(&spec("a", "x")).var("plain", "z")));
    assert_ne!(plain, hash(Repository::new(&spec("a", "x")).environment("e")));
}

#[test]
fn the_hash_knows_the_files() {
    let spec = with("policies: { P: { document: { file: p.yaml } } }\n");
    let hash = |action: &str| {
        let text =
            format!("Version: '2012-10-17'\nStatement: [{{ Effect: Allow, Action: '{action}', Resource: '*' }}]\n");
        Repository::new(&spec).file("p.yaml", text).outcome().desired().spec_hash
    };
    assert_eq!(hash("s3:*"), hash("s3:*"));
    assert_ne!(hash("s3:*"), hash("glue:*"));
}

#[test]
fn guards() {
    let repository = Repository::new(SPEC).var("bucket", "b");
    let guards = |repository: &Repository| {
        let mut sources = statewright_source::Sources::default();
        let loaded = load(&mut sources, &repository.request).unwrap();
        let (aws, told) = (loaded.aws().clone(), loaded.check_guards(&super::live()));
        (aws.account, aws.region, told.into_iter().map(|d| d.title).collect::<Vec<_>>())
    };
    let text = |s: &str| Some(s.to_owned());
    assert_eq!(guards(&repository), (text("123456789012"), text("us-east-1"), vec![]));
    assert_eq!(
        guards(&repository.environment("prod")),
        (
            text("210987654321"),
            text("eu-west-1"),
            vec!["the credentials are for account 123456789012".to_owned(), "the region is us-east-1".to_owned()]
        )
    );
}

#[test]
fn shared_variables_are_nobodys_fault() {
    let repository = Repository::new(SPEC).var("bucket", "b").var("other", "x");
    let request = Request { shared: true, ..repository.request.clone() };
    let loaded = load(&mut statewright_source::Sources::default(), &request).unwrap();
    assert!(loaded.resolve(&super::live()).0.is_some());
    assert_eq!(loaded.variables().collect::<Vec<_>>(), ["bucket", "env"]);
}
