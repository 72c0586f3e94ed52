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
    assert_snapshot!(wrong("x ${var.enf} y"), @r"
    error[SPEC030] the spec declares no variable `enf`
      spec.yaml:6:37 `${var.enf}` not declared
      = did you mean `env`?
    ");
    assert_snapshot!(wrong("${roles.r-dve.arn}"), @r"
    error[SPEC041] the spec declares no role `r-dve`
      spec.yaml:6:35 `${roles.r-dve.arn}` not declared
      = did you mean `${roles.r-dev.arn}`?
    ");
    assert_snapshot!(wrong("${role.r-dev.arn}"), @r"
    error[SPEC041] `${role.r-dev.arn}` refers to `role`, which is nothing to refer to
      spec.yaml:6:35 `${role.r-dev.arn}` not known
      = did you mean `${roles.r-dev.arn}`?
    ");
    assert_snapshot!(wrong("${roles.r-dev}"), @r"
    error[SPEC041] `${roles.r-dev}` does not say what of it is wanted
      spec.yaml:6:35 `${roles.r-dev}` an attribute is missing
      = write `${roles.r-dev.arn}`
    ");
    assert_snapshot!(wrong("${roles.r-dev.id}"), @r"
    error[SPEC041] a role has no `id` to refer to
      spec.yaml:6:35 `${roles.r-dev.id}` not known
      = there are `arn` and `name`
    ");
    assert_snapshot!(wrong("${functions.extract.arn}"), @r"
    error[SPEC041] the spec declares no function `extract`
      spec.yaml:6:35 `${functions.extract.arn}` not declared
      = declare it under `functions`, or name a resource of another stack by its ARN
    ");
    assert_snapshot!(wrong("${aws.acount}"), @r"
    error[SPEC041] `${aws.acount}` is not known
      spec.yaml:6:35 `${aws.acount}` not known
      = did you mean `${aws.account}`?
    ");
    assert_snapshot!(wrong("${HOME}"), @r"
    error[SPEC041] `${HOME}` is not a reference
      spec.yaml:6:35 `${HOME}` nothing stands for it
      = references look like `${roles.NAME.arn}`, `${var.NAME}`, `${aws.region}`; write `$${HOME}` for the text itself
    ");
    assert_snapshot!(wrong("${aws:PrincipalTag/team}"), @r"
    error[SPEC041] `${aws:PrincipalTag/team}` is not a reference
      spec.yaml:6:35 `${aws:PrincipalTag/team}` nothing stands for it
      = references look like `${roles.NAME.arn}`, `${var.NAME}`, `${aws.region}`; write `$${aws:PrincipalTag/team}` for the text itself
    ");
    assert_snapshot!(wrong("a ${var.env"), @r"
    error[SPEC040] `${var.env` is not closed
      spec.yaml:6:37 `${` opened here
      = close it with `}`, or write `$${` for the text itself
    ");
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
    assert_snapshot!(told(&with("roles: { A: { trust: s.amazonaws.com }, '${roles.A.arn}': { trust: s.amazonaws.com } }\n")), @r"
    error[SPEC042] `${roles.A.arn}` may not stand here
      spec.yaml:3:42 `${roles.A.arn}` keys and paths are resolved first
      = use `${var.NAME}`, and in keys `${aws.account}`, `${aws.region}` or `${aws.partition}`
    ");
    assert_snapshot!(told(&with(
        "variables: { e: { default: dev } }\nroles:\n  r-dev: { trust: s.amazonaws.com }\n  'r-${var.e}': { trust: s.amazonaws.com }\n"
    )), @r"
    error[SPEC051] two keys are `r-dev` once their references are filled in
      spec.yaml:6:3 `'r-${var.e}'` again here
      spec.yaml:5:3 `r-dev` first here
    ");
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
    assert_snapshot!(policy("${roles.Q.arn}").told(), @r"
    error[SPEC041] the spec declares no role `Q`
      p.json:1:100 `${roles.Q.arn}` not declared
      = did you mean `${roles.R.arn}`?
    ");
}

#[test]
fn substitutions() {
    let spec = |more: &str| {
        with(&format!(
            "variables: {{ fn: {{ default: 'arn:aws:lambda:us-east-1:123456789012:function:f' }} }}\n\
             roles: {{ R: {{ trust: states.amazonaws.com }} }}\n\
             state_machines:\n  M:\n    role: R\n    definition:\n      file: m.json\n      substitutions: {{ Fn: '${{var.fn}}'{more} }}\n    allow: [ASL115, ASL127]\n"
        ))
    };
    let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${Fn}", "End": true}}}"#;
    let desired = Repository::new(&spec("")).file("m.json", definition).live().outcome().desired();
    let Resource::StateMachine(machine) = &desired.resources[&Address::new(Kind::StateMachine, "M")].resource else {
        panic!()
    };
    assert_eq!(machine.definition["States"]["A"]["Resource"], "arn:aws:lambda:us-east-1:123456789012:function:f");
    let mentions: Vec<String> = desired.mentions.iter().map(|m| format!("{:?} {:?}", m.target, m.state)).collect();
    assert_eq!(mentions, [r#"Function("f") Some("A")"#]);
    assert_snapshot!(Repository::new(&spec(", Fnn: x")).file("m.json", definition).told(), @r"
    warning[SPEC047] the definition has no `${Fnn}`
      spec.yaml:10:41 `Fnn` not used
      = remove it, or correct its name
    ");
    assert_snapshot!(Repository::new(&spec("")).file("m.json", definition.replace("Fn", "Func")).told(), @r"
    warning[SPEC047] the definition has no `${Fn}`
      spec.yaml:10:24 `Fn` not used
      = remove it, or correct its name
    error[SPEC041] `${Func}` is not a reference
      m.json:1:64 `${Func}` nothing stands for it
      = give it a text under `substitutions`, as SAM's `DefinitionSubstitutions` does; or write `$${Func}` for the text itself
    ");
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
    assert_snapshot!(tell("p"), @r"
    error[SPEC044] the spec declares no policy `p`
      spec.yaml:7:16 `p` not declared
      = did you mean `P`?
    ");
    assert_snapshot!(tell("Q"), @r"
    error[SPEC044] the spec declares no policy `Q`
      spec.yaml:7:16 `Q` not declared
      = did you mean `P`?
    ");
    assert_snapshot!(tell("'arn:aws:iam::123456789012:policy/P'"), @r"
    error[SPEC046] `arn:aws:iam::123456789012:policy/P` is not where the spec puts `P`
      spec.yaml:7:16 `'arn:aws:iam::123456789012:policy/P'` another path or spelling
      spec.yaml:3:13 `P` declared here; IAM tells names apart neither by path nor by case
      = write the name `P`
    ");
    assert_snapshot!(tell("'arn:aws:iam::123456789012:role/P'"), @r"
    error[SPEC045] `arn:aws:iam::123456789012:role/P` is not the ARN of a policy
      spec.yaml:7:16 `'arn:aws:iam::123456789012:role/P'` its resource does not begin with `policy/`
    ");
    assert_snapshot!(tell("'arn:aws:s3:::x'"), @r"
    error[SPEC045] `arn:aws:s3:::x` is an ARN of `s3`, not of `iam`
      spec.yaml:7:16 `'arn:aws:s3:::x'` an ARN must stand here
      = it looks like `arn:aws:iam::ACCOUNT:…`
    ");
    assert_snapshot!(tell("'arn:aws'"), @r"
    error[SPEC045] `arn:aws` is not an ARN
      spec.yaml:7:16 `'arn:aws'` an ARN must stand here
      = it looks like `arn:aws:iam::ACCOUNT:…`
    ");
    assert_snapshot!(tell("'${policies.Q.arn}'"), @r"
    error[SPEC041] the spec declares no policy `Q`
      spec.yaml:7:17 `${policies.Q.arn}` not declared
      = did you mean `${policies.P.arn}`?
    ");
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
  f: { runtime: python3.12, handler: a.h, code: { s3: { bucket: bkt, key: k } }, role: R }
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
    assert_snapshot!(mentions.join("\n"), @r#"
    state_machine.M Some("E") Function("f:live")
    state_machine.M Some("B") Function("g")
    state_machine.M Some("C") Job("j")
    role.R None Policy(Arn("arn:aws:iam::aws:policy/ReadOnlyAccess"))
    role.R None Role(Arn("arn:aws:iam::123456789012:role/ci"))
    function.f None Object { bucket: "bkt", key: "k", version: None }
    "#);
    let machine = Address::new(Kind::StateMachine, "M");
    assert_eq!(desired.needs[&machine], [Address::new(Kind::Role, "R")].into());
    assert_eq!(desired.prefers[&machine], [Address::new(Kind::Function, "f")].into());
}
