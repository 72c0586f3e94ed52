use super::*;
use crate::{Kind as Resources, Resource, kind::testing::Case};

fn policy(case: &Case, body: &str) -> Policy {
    match case.resource(Resources::Policy, body) {
        Resource::Policy(policy) => policy,
        other => panic!("{other:?}"),
    }
}

const DOCUMENT: &str =
    r#"document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }"#;

#[test]
fn defaults() {
    let policy = policy(&Case::new(), DOCUMENT);
    assert_eq!((policy.path.as_str(), policy.description.as_str(), policy.tags.len()), ("/", "", 0));
    assert_eq!(policy.document["Statement"][0]["Action"], "s3:GetObject");
}

#[test]
fn every_field() {
    let case = Case::new().with(
        "p.json",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"arn:aws:iam::*:user/${aws:username}"}]}"#,
    );
    let policy = policy(
        &case,
        "
        document: { file: p.json }
        path: /team/data/
        description: What the team may do
        tags: { team: data }
        allow: [IAM021]
        replace: allowed
        ",
    );
    assert_eq!(policy.path, "/team/data/");
    assert_eq!(policy.description, "What the team may do");
    assert_eq!(policy.tags["team"], "data");
    assert_eq!(policy.document["Statement"][0]["Resource"], "arn:aws:iam::*:user/${aws:username}");
}

#[test]
fn every_mistake() {
    let body = r#"
        path: team
        description: "what it may do — and not"
        document:
          Version: "2012-10-17"
          Statement:
            - { Sid: "Read – all", Effect: Allow, Action: "s3:GetObject", Resource: "*" }
            - { Effect: allow, Action: GetObject, Resource: bucket }
    "#;
    insta::assert_snapshot!(Case::new().called("A/B").faults(Resources::Policy, body), @r#"
    error[SPEC070]: `/` may not stand in the name of a policy
     --> spec.yaml:4:4
      |
    4 |   A/B:
      |    ^ not taken
      |
      = help: AWS takes letters, digits and `_+=,.@-`

    error[SPEC008]: a path begins and ends with one slash
     --> spec.yaml:5:11
      |
    5 |     path: team
      |           ^^^^ not in this form
      |
      = help: write `/team/`

    error[SPEC072]: `—` (U+2014) may not stand in `description`
     --> spec.yaml:6:34
      |
    6 |     description: "what it may do — and not"
      |                                  ^ not taken
      |
      = help: AWS takes U+0020 to U+00FF, tab and line ends: no typographic dash or quote

    error[IAM010]: the `Sid` `Read – all` has other characters than letters and digits
      --> spec.yaml:10:18
       |
    10 |         - { Sid: "Read – all", Effect: Allow, Action: "s3:GetObject", Resource: "*" }
       |                  ^^^^^^^^^^^^ IAM refuses it
       |
       = note: AWS calls it UNSUPPORTED_SID
       = help: write `Readall`

    error[IAM011]: IAM refuses the character `–` (U+2013)
      --> spec.yaml:10:24
       |
    10 |         - { Sid: "Read – all", Effect: Allow, Action: "s3:GetObject", Resource: "*" }
       |                        ^ only U+0020 to U+00FF, tab and line ends may stand in a document
       |
       = help: write `-`

    error[IAM008]: the effect `allow` is neither `Allow` nor `Deny`
      --> spec.yaml:11:21
       |
    11 |         - { Effect: allow, Action: GetObject, Resource: bucket }
       |                     ^^^^^ case counts: IAM refuses the document
       |
       = note: AWS calls it INVALID_EFFECT
       = help: write `Allow`

    error[IAM012]: `GetObject` names no service
      --> spec.yaml:11:36
       |
    11 |         - { Effect: allow, Action: GetObject, Resource: bucket }
       |                                    ^^^^^^^^^
       |
       = note: AWS calls it INVALID_ACTION
       = help: write `service:Action`, for example `glue:StartJobRun`

    error[IAM013]: `bucket` is no ARN
      --> spec.yaml:11:57
       |
    11 |         - { Effect: allow, Action: GetObject, Resource: bucket }
       |                                                         ^^^^^^
       |
       = note: AWS calls it INVALID_ARN_PREFIX
       = help: a resource is `*` or `arn:partition:service:region:account:resource`
    "#);
}

/// IAM takes these, and nobody means them.
#[test]
fn what_nobody_means() {
    let body = r#"
        document:
          Version: "2012-10-17"
          Statement:
            - { Effect: Allow, Action: "glu:StartJobRun", Resource: "*" }
            - { Effect: Allow, Action: "glue:StartJobsRun", Resource: "*" }
            - { Effect: Alow, Action: "sqs:SendMesage", Resource: "*" }
            - { Effect: Allow, Action: "iam:PassRole", Resource: "*" }
    "#;
    insta::assert_snapshot!(Case::new().lines(Resources::Policy, body), @r#"
    warning IAM101 8:36 `"glu:StartJobRun"` no service has the prefix `glu`
    warning IAM102 9:36 `"glue:StartJobsRun"` glue has no action `StartJobsRun`
    error IAM008 10:21 `Alow` the effect `Alow` is neither `Allow` nor `Deny`
    warning IAM102 10:35 `"sqs:SendMesage"` sqs has no action `SendMesage`
    warning IAM108 11:36 `"iam:PassRole"` `iam:PassRole` on every resource lets any role be passed to any service
    "#);
}

#[test]
fn names_and_paths() {
    let long = "x".repeat(129);
    for (name, body) in [("A B", DOCUMENT), (long.as_str(), DOCUMENT), ("Émile", DOCUMENT)] {
        let lines = Case::new().called(name).lines(Resources::Policy, body);
        assert!(lines.starts_with("error SPEC070 4:"), "{lines}");
        assert_eq!(lines.lines().count(), 1, "{lines}");
    }
    for path in ["/", "/a/", "/a/b.c/"] {
        policy(&Case::new(), &format!("{DOCUMENT}\npath: {path}"));
    }
    for path in ["a/", "/a", "//", "/a//b/", "/a b/", "/ü/", "''"] {
        let lines = Case::new().lines(Resources::Policy, &format!("{DOCUMENT}\npath: {path}"));
        assert!(lines.starts_with("error SPEC0"), "{path}: {lines}");
    }
}

#[test]
fn size() {
    let statement =
        |i: usize| format!("{{ Effect: Allow, Action: [\"s3:GetObject\"], Resource: \"arn:aws:s3:::b{i:04}/*\" }}");
    let document = |n: usize| {
        let all: Vec<String> = (0..n).map(statement).collect();
        format!("document: {{ Version: \"2012-10-17\", Statement: [{}] }}", all.join(", "))
    };
    policy(&Case::new(), &document(70));
    insta::assert_snapshot!(Case::new().lines(Resources::Policy, &document(90)), @"error IAM019 5:5 `document` 7148 characters without white space in the policy; IAM takes 6144");
}

/// What is unknown offline is checked at its usual length, and no finding is made of it.
#[test]
fn offline() {
    let body = r#"
        document:
          Version: "2012-10-17"
          Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "arn:${aws.partition}:s3:::b-${aws.account}-${aws.region}/*" }]
    "#;
    let policy = policy(&Case::new().offline(), body);
    assert_eq!(policy.document["Statement"][0]["Resource"], "arn:\u{E002}:s3:::b-\u{E000}-\u{E001}/*");
}

/// A secret in a document is not told, whatever is wrong with it.
#[test]
fn secrets() {
    let body = r#"
        description: "${var.token} — x"
        document:
          Version: "2012-10-17"
          Statement:
            - { Sid: "${var.token}", Effect: Allow, Action: "${var.token}", Resource: "${var.token}" }
            - { Effect: "${var.token}", Action: "s3:GetObject", Resource: "*", Condition: { "${var.token}": { a: b } } }
    "#;
    let case = Case::new().given("token", "{ sensitive: true }", "hush-hush—secret");
    let text = case.faults(Resources::Policy, body);
    assert!(!text.contains("hush"), "{text}");
    insta::assert_snapshot!(case.lines(Resources::Policy, body), @r#"
    error SPEC072 7:18 `"${var.token} — x"` a character of it may not stand in `description`
    error IAM010 11:18 `"${var.token}"` characters in a statement id, in a text that a sensitive variable is a part of
    error IAM011 11:18 `"${var.token}"` characters that IAM refuses, in a text that a sensitive variable is a part of
    error IAM011 11:57 `"${var.token}"` characters that IAM refuses, in a text that a sensitive variable is a part of
    error IAM012 11:57 `"${var.token}"` action is not `service:Name`, in a text that a sensitive variable is a part of
    error IAM011 11:83 `"${var.token}"` characters that IAM refuses, in a text that a sensitive variable is a part of
    error IAM013 11:83 `"${var.token}"` resource is not an ARN, in a text that a sensitive variable is a part of
    error IAM008 12:21 `"${var.token}"` effect is neither Allow nor Deny, in a text that a sensitive variable is a part of
    error IAM011 12:21 `"${var.token}"` characters that IAM refuses, in a text that a sensitive variable is a part of
    error IAM014 12:89 `"${var.token}"` there is no condition operator `${var.token}`
    error SPEC043 12:89 `"${var.token}"` a sensitive variable is a part of a key
    warning IAM020 12:107 `a` the condition key `a` names no service
    "#);
}
