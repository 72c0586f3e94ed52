use insta::assert_snapshot;

use super::{Repository, live, told, with};
use crate::{Address, Kind, Resource};

/// The tag of a log group, filled in.
fn tag(text: &str) -> String {
    let spec = with(&format!(
        "variables: {{ env: {{ default: dev }} }}\n\
         roles: {{ 'r-${{var.env}}': {{ trust: states.amazonaws.com, path: /team/ }} }}\n\
         jobs: {{}}\n\
         log_groups: {{ /a.b: {{ tags: {{ k: '{text}' }} }} }}\n"
    ));
    let outcome = Repository::new(&spec).live().outcome();
    match &outcome.desired {
        Some(desired) => desired.resources[&Address::new(Kind::LogGroup, "/a.b")].resource.tags()["k"].clone(),
        None => outcome.told(),
    }
}

#[test]
fn texts() {
    assert_eq!(tag("${var.env}"), "dev");
    assert_eq!(tag("a ${ var.env } b"), "a dev b");
    assert_eq!(tag("${roles.r-dev.arn}"), "arn:aws:iam::123456789012:role/team/r-dev");
    assert_eq!(tag("${roles.r-${var.env}.name}"), "r-dev");
    assert_eq!(tag("${log_groups./a.b.arn}"), "arn:aws:logs:us-east-1:123456789012:log-group:/a.b");
    assert_eq!(tag("${aws.account} ${aws.region} ${aws.partition}"), "123456789012 us-east-1 aws");
}

#[test]
fn a_dollar_before_a_reference_is_the_text_itself() {
    let spec = with("roles: { R: { trust: states.amazonaws.com, description: 'as $${var.x} says' } }\n");
    let desired = Repository::new(&spec).outcome().desired();
    let Resource::Role(role) = &desired.resources[&Address::new(Kind::Role, "R")].resource else { panic!() };
    assert_eq!(role.description, "as ${var.x} says");
}

#[test]
fn what_refers_to_nothing() {
    let wrong = |text: &str| tag(text).lines().filter(|l| !l.contains("SPEC036")).collect::<Vec<_>>().join("\n");
    assert_snapshot!(wrong("x ${var.enf} y"), @"");
    assert_snapshot!(wrong("${roles.r-dve.arn}"), @"");
    assert_snapshot!(wrong("${role.r-dev.arn}"), @"");
    assert_snapshot!(wrong("${roles.r-dev}"), @"");
    assert_snapshot!(wrong("${roles.r-dev.id}"), @"");
    assert_snapshot!(wrong("${functions.extract.arn}"), @"");
    assert_snapshot!(wrong("${aws.acount}"), @"");
    assert_snapshot!(wrong("${HOME}"), @"");
    assert_snapshot!(wrong("${aws:PrincipalTag/team}"), @"");
    assert_snapshot!(wrong("a ${var.env"), @"");
}

#[test]
fn keys_take_variables_and_the_place() {
    let spec = with(
        "variables: { env: { default: dev } }\n\
         roles:\n  'r-${var.env}-${aws.region}': { trust: states.amazonaws.com }\n",
    );
    let desired = Repository::new(&spec).live().outcome().desired();
    assert_eq!(desired.resources.keys().next().unwrap().to_string(), "role.r-dev-us-east-1");
    assert_eq!(
        desired.resources.values().next().unwrap().arn.as_str(),
        "arn:aws:iam::123456789012:role/r-dev-us-east-1"
    );
    // Offline the region is not known, and the name is taken for one that fits.
    assert_eq!(told(&spec), "fine");
    assert_snapshot!(told(&with("roles: { A: { trust: s.amazonaws.com }, '${roles.A.arn}': { trust: s.amazonaws.com } }\n")), @"");
    assert_snapshot!(told(&with(
        "variables: { e: { default: dev } }\nroles:\n  r-dev: { trust: s.amazonaws.com }\n  'r-${var.e}': { trust: s.amazonaws.com }\n"
    )), @"");
}

#[test]
fn policies_keep_what_is_iams_own() {
    let spec = with(
        r#"policies:
  P:
    document:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: "s3:GetObject"
          Resource: "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/${www.amazon.com:user_id}/${*}/${aws.region}/$${x}"
"#,
    );
    let desired = Repository::new(&spec).live().outcome().desired();
    let Resource::Policy(policy) = &desired.resources[&Address::new(Kind::Policy, "P")].resource else { panic!() };
    assert_eq!(
        policy.document["Statement"][0]["Resource"],
        "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/${www.amazon.com:user_id}/${*}/us-east-1/${x}"
    );
}

#[test]
fn documents_in_files_are_filled_in_too() {
    let spec = with(
        "roles: { R: { trust: states.amazonaws.com } }\n\
         policies: { P: { document: { file: p.json } } }\n",
    );
    let policy = |resource: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "{resource}"}}]}}"#
        );
        Repository::new(&spec).file("p.json", text).live()
    };
    let desired = policy("${roles.R.arn}").outcome().desired();
    let address = Address::new(Kind::Policy, "P");
    let Resource::Policy(found) = &desired.resources[&address].resource else { panic!() };
    assert_eq!(found.document["Statement"][0]["Resource"], "arn:aws:iam::123456789012:role/R");
    assert_eq!(desired.prefers[&address], [Address::new(Kind::Role, "R")].into());
    assert_snapshot!(policy("${roles.Q.arn}").told(), @"");
}

#[test]
fn substitutions() {
    let spec = |more: &str| {
        with(&format!(
            "variables: {{ fn: {{ default: 'arn:aws:lambda:us-east-1:123456789012:function:f' }} }}\n\
             roles: {{ R: {{ trust: states.amazonaws.com }} }}\n\
             state_machines:\n  M:\n    role: R\n    definition:\n      file: m.json\n      substitutions: {{ Fn: '${{var.fn}}'{more} }}\n"
        ))
    };
    let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${Fn}", "End": true}}}"#;
    let desired = Repository::new(&spec("")).file("m.json", definition).live().outcome().desired();
    let Resource::StateMachine(machine) = &desired.resources[&Address::new(Kind::StateMachine, "M")].resource else {
        panic!()
    };
    assert_eq!(machine.definition["States"]["A"]["Resource"], "arn:aws:lambda:us-east-1:123456789012:function:f");
    let mentions: Vec<String> = desired.mentions.iter().map(|m| format!("{:?} {:?}", m.target, m.state)).collect();
    assert_eq!(mentions, [r#"Function("arn:aws:lambda:us-east-1:123456789012:function:f") Some("A")"#]);
    assert_snapshot!(Repository::new(&spec(", Fnn: x")).file("m.json", definition).told(), @"");
    assert_snapshot!(Repository::new(&spec("")).file("m.json", definition.replace("Fn", "Func")).told(), @"");
}

#[test]
fn names_and_arns() {
    let spec = |rest: &str| {
        with(&format!(
            "policies: {{ P: {{ path: /t/, document: {{ Version: '2012-10-17', Statement: [{{ Effect: Allow, Action: 's3:*', Resource: '*' }}] }} }} }}\nroles:\n  R:\n    trust: states.amazonaws.com\n    policies: [{rest}]\n"
        ))
    };
    let tell = |rest: &str| Repository::new(&spec(rest)).live().told();
    assert_eq!(tell("P"), "fine");
    assert_eq!(tell("'${policies.P.arn}'"), "fine");
    assert_eq!(tell("arn:aws:iam::aws:policy/ReadOnlyAccess"), "fine");
    assert_snapshot!(tell("p"), @"");
    assert_snapshot!(tell("Q"), @"");
    assert_snapshot!(tell("'arn:aws:iam::123456789012:policy/P'"), @"");
    assert_snapshot!(tell("'arn:aws:iam::123456789012:role/P'"), @"");
    assert_snapshot!(tell("'arn:aws:s3:::x'"), @"");
    assert_snapshot!(tell("'arn:aws'"), @"");
    assert_snapshot!(tell("'${policies.Q.arn}'"), @"");
    let _ = live();
}

#[test]
fn what_is_named_and_not_declared_is_looked_up() {
    let spec = with(
        r#"roles:
  R:
    trust: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sts:AssumeRole", Principal: { AWS: ["arn:aws:iam::123456789012:role/ci", "arn:aws:iam::999999999999:role/other"] } }] }
    policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::999999999999:policy/x"]
functions:
  f: { runtime: python3.12, handler: a.h, code: { s3: { bucket: b, key: k } }, role: R }
state_machines:
  M:
    role: R
    definition:
      StartAt: A
      States:
        A: { Type: Task, Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "${functions.f.arn}" }, Next: B }
        B: { Type: Task, Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: g }, Next: C }
        C: { Type: Task, Resource: "arn:aws:states:::glue:startJobRun.sync", Parameters: { JobName: j }, Next: D }
        D: { Type: Task, Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "arn:aws:lambda:eu-west-1:123456789012:function:far" }, Next: E }
        E: { Type: Task, Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "f:live" }, End: true }
"#,
    );
    let desired = Repository::new(&spec).live().outcome().desired();
    let mentions: Vec<String> =
        desired.mentions.iter().map(|m| format!("{} {:?} {:?}", m.by, m.state, m.target)).collect();
    assert_snapshot!(mentions.join("\n"), @"");
    let machine = Address::new(Kind::StateMachine, "M");
    assert_eq!(desired.needs[&machine], [Address::new(Kind::Role, "R")].into());
    assert_eq!(desired.prefers[&machine], [Address::new(Kind::Function, "f")].into());
}
