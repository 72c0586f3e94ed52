use super::*;
use crate::{Kind as Resources, Lookup, Resource, kind::testing::Case};

fn role(case: &Case, body: &str) -> Role {
    match case.resource(Resources::Role, body) {
        Resource::Role(role) => role,
        other => panic!("{other:?}"),
    }
}

#[test]
fn defaults() {
    let role = role(&Case::new(), "trust: states.amazonaws.com");
    insta::assert_snapshot!(role.trust.to_string(), @r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#);
    let Role { attachments, inline, permissions_boundary, path, description, max_session_seconds, tags, .. } = role;
    assert_eq!((attachments.len(), inline.len(), permissions_boundary, tags.len()), (0, 0, None, 0));
    assert_eq!((path.as_str(), description.as_str(), max_session_seconds), ("/", "", 3600));
}

#[test]
fn every_field() {
    let case = Case::new()
        .with("i.yaml", "Version: \"2012-10-17\"\nStatement: [{ Effect: Deny, Action: \"*\", Resource: \"*\" }]\n");
    let body = r#"
        trust:
          Version: "2012-10-17"
          Statement: [{ Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "sts:AssumeRole" }]
        policies: [P, arn:aws:iam::aws:policy/ReadOnlyAccess]
        inline:
          A.B: { file: i.yaml }
          C: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }
        permissions_boundary: arn:aws:iam::123456789012:policy/team/Boundary
        path: /team/
        description: A role
        max_session_seconds: 7200
        tags: { team: data }
        replace: allowed
    "#;
    let found = role(&case, body);
    assert_eq!(found.trust["Statement"][0]["Principal"]["AWS"], "arn:aws:iam::123456789012:root");
    let attached: Vec<&str> = found.attachments.iter().map(Arn::as_str).collect();
    assert_eq!(attached, ["arn:aws:iam::123456789012:policy/P", "arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    assert_eq!(found.inline["A.B"]["Statement"][0]["Effect"], "Deny");
    assert_eq!(found.inline["C"]["Statement"][0]["Effect"], "Allow");
    assert_eq!(found.permissions_boundary.unwrap().name(), "Boundary");
    assert_eq!((found.path.as_str(), found.description.as_str()), ("/team/", "A role"));
    assert_eq!(found.max_session_seconds, 7200);
    assert_eq!(found.tags["team"], "data");

    let desired = case.desired(Resources::Role, body);
    let targets: Vec<&Lookup> = desired.mentions.iter().map(|m| &m.target).collect();
    let arn = |text| Arn::parse(text).unwrap();
    assert_eq!(
        targets,
        [
            &Lookup::Policy(arn("arn:aws:iam::123456789012:policy/team/Boundary")),
            &Lookup::Policy(arn("arn:aws:iam::aws:policy/ReadOnlyAccess")),
        ]
    );
}

#[test]
fn trust_of_services() {
    let trust = |text: &str| {
        role(&Case::new(), &format!("trust: {text}")).trust["Statement"][0]["Principal"]["Service"].clone()
    };
    assert_eq!(
        trust("[states.amazonaws.com, lambda.amazonaws.com]"),
        serde_json::json!(["states.amazonaws.com", "lambda.amazonaws.com"])
    );
    assert_eq!(trust("states.cn-north-1.amazonaws.com.cn"), "states.cn-north-1.amazonaws.com.cn");
    assert_eq!(trust("ops.apigateway.amazonaws.com"), "ops.apigateway.amazonaws.com");
}

#[test]
fn trust_that_is_none() {
    let mut out = Vec::new();
    for text in [
        "states",
        "state.amazonaws.com",
        "stepfunctions.amazonaws.com",
        "lamda",
        "arn:aws:iam::123456789012:root",
        "\"*\"",
        "\"123456789012\"",
        "\"\"",
        "[]",
        "5",
        "[lambda.amazonaws.com, [x]]",
        "{}",
        "{ file: missing.json }",
        "{ Version: \"2012-10-17\", Statement: [{ Effect: Allow, Action: \"sts:AssumeRole\" }] }",
    ] {
        out.push(format!(
            "{text}\n  {}",
            Case::new().lines(Resources::Role, &format!("trust: {text}")).replace('\n', "\n  ").trim_end_matches(' ')
        ));
    }
    insta::assert_snapshot!(out.concat(), @r#"
    states
      error SPEC008 5:12 `states` `states` is not a service
    state.amazonaws.com
      error SPEC008 5:12 `state.amazonaws.com` IAM knows no service `state.amazonaws.com`
    stepfunctions.amazonaws.com
      error SPEC008 5:12 `stepfunctions.amazonaws.com` IAM knows no service `stepfunctions.amazonaws.com`
    lamda
      error SPEC008 5:12 `lamda` `lamda` is not a service
    arn:aws:iam::123456789012:root
      error SPEC008 5:12 `arn:aws:iam::123456789012:root` `arn:aws:iam::123456789012:root` is not a service
    "*"
      error SPEC008 5:12 `"*"` `*` is not a service
    "123456789012"
      error SPEC008 5:12 `"123456789012"` `123456789012` is not a service
    ""
      error SPEC008 5:12 `""` `` is not a service
    []
      error SPEC008 5:12 `[]` a role that nobody may assume
    5
      error SPEC007 5:12 `5` `trust` must be a string, a list or a map, not a number
    [lambda.amazonaws.com, [x]]
      error SPEC007 5:35 `[x]` `trust[1]` must be a string, not a list
    {}
      error SPEC008 5:12 `{}` `trust` must not be empty
    { file: missing.json }
      error SPEC001 5:20 `missing.json` there is no file `DIR/missing.json`
    { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sts:AssumeRole" }] }
      error IAM004 5:49 `{` the statement has no `Principal`
    "#);
}

#[test]
fn every_mistake() {
    let body = r#"
        trust: state.amazonaws.com
        policies: [P, Q, P, arn:aws:iam::123456789012:role/R, nonsense:arn]
        inline:
          "bad name": { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }
          Empty: {}
        permissions_boundary: Boundary
        path: team
        description: "a role “of” the team"
        max_session_seconds: 900
    "#;
    insta::assert_snapshot!(Case::new().called(&"R".repeat(65)).faults(Resources::Role, body), @r#"
    error[SPEC070]: the name of a role has at most 64 characters, this one 65
     --> spec.yaml:4:3
      |
    4 |   RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR:
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ too long
      |
      = help: shorten it by 1

    error[SPEC008]: IAM knows no service `state.amazonaws.com`
     --> spec.yaml:5:12
      |
    5 |     trust: state.amazonaws.com
      |            ^^^^^^^^^^^^^^^^^^^ not in this form
      |
      = help: did you mean `states.amazonaws.com`?

    error[SPEC044]: the spec declares no policy `Q`
     --> spec.yaml:6:19
      |
    6 |     policies: [P, Q, P, arn:aws:iam::123456789012:role/R, nonsense:arn]
      |                   ^ not declared
      |
      = help: did you mean `P`?

    error[SPEC008]: `P` is there twice
     --> spec.yaml:6:22
      |
    6 |     policies: [P, Q, P, arn:aws:iam::123456789012:role/R, nonsense:arn]
      |                -     ^ again here
      |                |
      |                first here
      |
      = help: a policy is attached once: remove one

    error[SPEC045]: `arn:aws:iam::123456789012:role/R` is not the ARN of a policy
     --> spec.yaml:6:25
      |
    6 |     policies: [P, Q, P, arn:aws:iam::123456789012:role/R, nonsense:arn]
      |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its resource does not begin with `policy/`

    error[SPEC044]: the spec declares no policy `nonsense:arn`
     --> spec.yaml:6:59
      |
    6 |     policies: [P, Q, P, arn:aws:iam::123456789012:role/R, nonsense:arn]
      |                                                           ^^^^^^^^^^^^ not declared
      |
      = help: declare it under `policies`, or give the ARN of one that exists

    error[SPEC070]: ` ` may not stand in the name of an inline policy
     --> spec.yaml:8:7
      |
    8 |       "bad name": { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }
      |       ^^^^^^^^^^ not taken
      |
      = help: AWS takes letters, digits and `_+=,.@-`

    error[SPEC008]: `inline.Empty` must not be empty
     --> spec.yaml:9:14
      |
    9 |       Empty: {}
      |              ^^

    error[SPEC044]: the spec declares no policy `Boundary`
      --> spec.yaml:10:27
       |
    10 |     permissions_boundary: Boundary
       |                           ^^^^^^^^ not declared
       |
       = help: declare it under `policies`, or give the ARN of one that exists

    error[SPEC008]: a path begins and ends with one slash
      --> spec.yaml:11:11
       |
    11 |     path: team
       |           ^^^^ not in this form
       |
       = help: write `/team/`

    error[SPEC072]: `“` (U+201C) may not stand in `description`
      --> spec.yaml:12:26
       |
    12 |     description: "a role “of” the team"
       |                          ^ not taken
       |
       = help: AWS takes U+0020 to U+00FF, tab and line ends: no typographic dash or quote

    error[SPEC008]: `max_session_seconds` is 900; AWS takes 3600 to 43200 seconds
      --> spec.yaml:13:26
       |
    13 |     max_session_seconds: 900
       |                          ^^^ too small
       |
       = help: the least is 3600
    "#);
}

#[test]
fn quotas() {
    let attach = |n: usize| {
        let all: Vec<String> = (0..n).map(|i| format!("arn:aws:iam::aws:policy/P{i}")).collect();
        format!("trust: states.amazonaws.com\npolicies: [{}]", all.join(", "))
    };
    let statement =
        |i: usize| format!("{{ Effect: Allow, Action: [\"s3:GetObject\"], Resource: \"arn:aws:s3:::b{i:04}/*\" }}");
    let policy = |n: usize| {
        let all: Vec<String> = (0..n).map(statement).collect();
        format!("{{ Version: \"2012-10-17\", Statement: [{}] }}", all.join(", "))
    };
    let inline =
        |a: usize, b: usize| format!("trust: states.amazonaws.com\ninline: {{ A: {}, B: {} }}", policy(a), policy(b));
    let trust = |n: usize| {
        let all: Vec<String> = (0..n).map(|i| format!("\"arn:aws:iam::{i:012}:root\"")).collect();
        format!(
            "trust: {{ Version: \"2012-10-17\", Statement: [{{ Effect: Allow, Principal: {{ AWS: [{}] }}, Action: \"sts:AssumeRole\" }}] }}",
            all.join(", ")
        )
    };
    let lines = |body: String| Case::new().lines(Resources::Role, &body);
    for fine in [attach(10), inline(60, 60), trust(50)] {
        assert_eq!(lines(fine), "");
    }
    let beyond = [attach(11), attach(26), inline(75, 75), trust(60), trust(130)].map(lines).concat();
    insta::assert_snapshot!(beyond, @r"
    warning SPEC073 6:5 `policies` 11 managed policies on the role; IAM takes 10 unless you had that quota raised
    error SPEC073 6:5 `policies` 26 managed policies on the role; IAM takes 25
    error IAM019 6:5 `inline` 11926 characters without white space in the inline policies together; IAM takes 10240
    warning IAM019 5:5 `trust` 2085 characters without white space in the trust policy; IAM takes 2048 unless you had that quota raised
    error IAM019 5:5 `trust` 4395 characters without white space in the trust policy; IAM takes 4096
    ");
}
