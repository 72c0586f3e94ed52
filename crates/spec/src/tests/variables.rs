use std::collections::BTreeMap;

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
    assert_snapshot!(spec().told(), @r"
    error[SPEC031] the variable `bucket` has no value
      spec.yaml:5:3 `bucket` has no default
      = give it one: `--var bucket=…`, or in a file with `--var-file`
    ");
    assert_snapshot!(spec().var("bucket", "UPPER").told(), @r#"
    error[SPEC032] `UPPER`, which `--var` gives to the variable `bucket`, does not match `^[a-z0-9.-]+$`
      spec.yaml:5:22 `"^[a-z0-9.-]+$"` the pattern
    "#);
    assert_snapshot!(spec().var("bucket", "b").var("env", "stage").told(), @r"
    error[SPEC032] `stage`, which `--var` gives to the variable `env`, is not among the values that it may have
      spec.yaml:4:33 `[dev, prod]` the allowed values
    ");
    assert_snapshot!(spec().var("bucket", "b").var("buckt", "b").told(), @r"
    error[SPEC030] the spec declares no variable `buckt`, which `--var` gives
      = did you mean `bucket`?
    ");
    assert_snapshot!(spec().var("bucket", "b").environment("prd").told(), @r"
    error[SPEC034] the spec declares no environment `prd`
      spec.yaml:6:1 `environments` in this spec
      = did you mean `--env prod`?
    ");
    assert_snapshot!(spec().var("bucket", "b").environment("odd").told(), @r"
    error[SPEC030] the spec declares no variable `envv`, which the environment gives
      spec.yaml:8:23 `envv` not declared
      = did you mean `env`?
    ");
    assert_snapshot!(spec().file("v.yaml", "bucket: UP\nenv: [dev]\nother: 1\n").var_file("v.yaml").told(), @r#"
    error[SPEC032] `UP`, which `--var-file` gives to the variable `bucket`, does not match `^[a-z0-9.-]+$`
      v.yaml:1:9 `UP` given here
      spec.yaml:5:22 `"^[a-z0-9.-]+$"` the pattern
    error[SPEC035] the variable `env` must be a plain value, not a list
      v.yaml:2:6 `[dev]` a string, a number or a boolean must stand here
    warning[SPEC030] the spec declares no variable `other`, which `--var-file` gives
      v.yaml:3:1 `other` not declared
      = it declares bucket, env
    "#);
    assert_snapshot!(spec().var("bucket", "b").var_file("missing.yaml").told(), @r"error[SPEC001] there is no file `missing.yaml`");
    assert_snapshot!(spec().file("v.yaml", "- bucket\n").var("bucket", "b").var_file("v.yaml").told(), @r"
    error[SPEC035] `v.yaml` must be a map of variables, not a list
      v.yaml:1:1 `- bucket` a map must stand here
    ");
}

#[test]
fn what_is_wrong_with_declarations() {
    assert_snapshot!(told(&with("variables: { a: { default: [1], patern: x } }\n")), @r"
    error[SPEC007] `variables.a.default` must be true or false, a number or a string, not a list
      spec.yaml:3:28 `[1]` true or false, a number or a string must stand here
    error[SPEC005] `patern` is not a key of `variables.a`
      spec.yaml:3:33 `patern` not known
      = did you mean `pattern`?
    ");
    assert_snapshot!(told(&with("variables: { a: { default: x, pattern: '(' }, b c: {}, d: { default: '${var.a}' } }\n")), @r"
    error[SPEC033] the pattern of `a` is not a regular expression
      spec.yaml:3:40 `'('` unclosed group
    error[SPEC008] `b c` cannot be a name in `variables`
      spec.yaml:3:47 `b c` must match `^[A-Za-z_][A-Za-z0-9_-]*$`
    error[SPEC042] a reference may not stand in the variable `d`
      spec.yaml:3:70 `'${var.a}'` is taken as it stands
      = put the reference where the variable is used
    ");
    assert_snapshot!(told(&with("variables: { a: { default: x } }\n")), @r"
    warning[SPEC036] the variable `a` is never used
      spec.yaml:3:14 `a` declared here
      = use it as `${var.a}`, or remove it
    ");
    assert_snapshot!(told(&with("environments: { a b: {} }\n")), @r"
    error[SPEC008] `a b` cannot be a name in `environments`
      spec.yaml:3:17 `a b` must match `^[A-Za-z0-9_.-]+$`
    ");
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
        with(&format!("variables: {{ token: {{ sensitive: true }} }}\nroles:\n  R: {{ {role} }}\n{rest}"))
    };
    let tell = |role: &str, rest: &str| {
        let role =
            if role.starts_with("trust") { role.to_owned() } else { format!("trust: states.amazonaws.com, {role}") };
        Repository::new(&spec(&role, rest)).var("token", "hunter2").told()
    };
    assert_snapshot!(tell("path: '/${var.token}/'", ""), @r"
    error[SPEC043] a sensitive variable stands in `path`
      spec.yaml:5:43 `'/${var.token}/'` is shown and compared everywhere
      = secrets may stand in environments, arguments, descriptions, tags and documents
    ");
    assert_snapshot!(tell("policies: ['${var.token}']", ""), @r"
    error[SPEC043] a sensitive variable stands in `policies[0]`
      spec.yaml:5:48 `'${var.token}'` is shown and compared everywhere
      = secrets may stand in environments, arguments, descriptions, tags and documents
    ");
    assert_snapshot!(tell("tags: { '${var.token}': x }", ""), @r"
    error[SPEC043] a sensitive variable is a part of a key
      spec.yaml:5:45 `'${var.token}'` a key is shown everywhere
      = use a variable that is not sensitive
    ");
    assert_snapshot!(tell("max_session_seconds: '${var.token}'", ""), @r"
    error[SPEC043] a sensitive variable stands in `max_session_seconds`
      spec.yaml:5:58 `'${var.token}'` is shown and compared everywhere
      = secrets may stand in environments, arguments, descriptions, tags and documents
    ");
    assert_snapshot!(tell("trust: { file: '${var.token}' }", ""), @r"
    error[SPEC043] a sensitive variable stands in `trust.file`
      spec.yaml:5:23 `'${var.token}'` is shown and compared everywhere
      = secrets may stand in environments, arguments, descriptions, tags and documents
    ");
    assert_snapshot!(tell("description: '${roles.${var.token}.arn}'", ""), @r"
    error[SPEC043] a sensitive variable is a part of a name
      spec.yaml:5:51 `${roles.${var.token}.arn}` a name is shown everywhere
      = use a variable that is not sensitive
    ");
    assert_snapshot!(tell("description: x", "log_groups: { '${var.token}': {} }\n"), @r"
    error[SPEC043] a sensitive variable is a part of a key
      spec.yaml:6:15 `'${var.token}'` a key is shown everywhere
      = use a variable that is not sensitive
    ");
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
    assert_snapshot!(sensitive.join("\n"), @r"
    role.R /description
    role.R /inline/P/Statement/0/Resource
    role.R /tags/all
    state_machine.M /definition/States/A/Result/a~1b
    state_machine.M /tags/all
    ");
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
    // Each repository has a folder of its own.
    let parts = |repository: Repository| {
        let parts = repository.outcome().desired().spec_parts.into_iter();
        parts.map(|(name, hash)| (name.split(" /").next().unwrap().to_owned(), hash)).collect::<BTreeMap<_, _>>()
    };
    let plain = parts(Repository::new(&spec("a", "x")));
    assert_eq!(plain, parts(Repository::new(&spec("bcd", "x")).var("token", "other")));
    let other = parts(Repository::new(&spec("a", "x")).var("plain", "z"));
    let differ: Vec<_> = plain.iter().filter(|(name, hash)| other.get(*name) != Some(hash)).collect();
    assert_eq!(differ.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["the variable plain"]);
    assert!(!plain.keys().any(|name| name.contains("token")), "{plain:?}");
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

#[test]
fn guards_from_variables() {
    let spec = "statewright: 1\nstack: 's-${var.a}'\nvariables: { a: { default: '123456789012' }, r: { default: eu-west-1 } }\naws: { account: '${var.a}', region: '${var.r}' }\n";
    assert_eq!(told(spec), "fine");
    assert_snapshot!(Repository::new(spec).var("a", "12/").var("r", "Frankfurt").told(), @r"
    error[SPEC008] `s-12/` cannot be the name of a stack
      spec.yaml:2:8 `'s-${var.a}'` letters, digits, `_`, `.` and `-`, and nothing secret
    error[SPEC008] `aws.account` does not have the right form
      spec.yaml:4:17 `'${var.a}'` stands for `12/`
    error[SPEC008] `aws.region` does not have the right form
      spec.yaml:4:37 `'${var.r}'` stands for `Frankfurt`
    ");
    assert_snapshot!(told(&spec.replace("var.r", "aws.region")), @r"
    error[SPEC042] `${aws.region}` may not stand here
      spec.yaml:4:38 `${aws.region}` is known only once AWS is asked
      = use a variable: it has the same value offline
    ");
}
