use insta::assert_snapshot;

use super::{Repository, told, with};

#[test]
fn nothing_but_a_stack_is_a_spec() {
    assert_eq!(told(&with("")), "fine");
    assert_eq!(told(&with("roles:\ntags:\nvariables:\n")), "fine");
}

#[test]
fn what_is_no_spec() {
    assert_snapshot!(told(""), @"");
    assert_snapshot!(told("- a\n"), @"");
    assert_snapshot!(told("stack: s\n"), @"");
    assert_snapshot!(told("statewrihgt: 1\nstack: s\n"), @"");
    assert_snapshot!(told("statewright: 2\nstack: s\n"), @"");
    assert_snapshot!(told("statewright: one\nstack: s\n"), @"");
    assert_snapshot!(told("statewright: 1\nstack: [\n"), @"");
}

#[test]
fn the_head() {
    assert_snapshot!(told("statewright: 1\n"), @"");
    assert_snapshot!(told("statewright: 1\nstack: a b\n"), @"");
    assert_snapshot!(told(&with("role: {}\naws: { acount: '1', account: 123456789012, region: useast1 }\n")), @"");
    assert_snapshot!(told(&with("guard: no-broadening\n")), @"");
    assert_snapshot!(told(&with("roles: [a]\n")), @"");
}

#[test]
fn nine_faults_are_nine_findings() {
    let spec = r#"statewright: 1
stack: s
variables:
  env: { default: dev, allowed: [prod] }
roles:
  A:
    trust: states.amazonaws.com
    polices: [P]
    max_session_seconds: long
  B:
    description: no trust
  C:
    trust: states.amazonaws.com
    policies: [Misssing]
  A:
    trust: lambda.amazonaws.com
log_groups:
  /x: { retention_days: 30, class: STANDRD }
  /y: { retention_days: 31, tags: { "aws:x": y } }
  /z: { kms_key: "${role.A.arn}" }
"#;
    assert_snapshot!(told(spec), @"");
}

#[test]
fn types_are_explained() {
    assert_snapshot!(told(&with("log_groups: { /a: { retention_days: '30' } }\n")), @"");
    assert_snapshot!(told(&with("log_groups: { /a: { deletion_protection: yes } }\n")), @"");
    assert_snapshot!(told(&with("log_groups: { /a: { kms_key: } }\n")), @"");
    assert_snapshot!(told(&with("log_groups: { /a: 5 }\n")), @"");
    assert_snapshot!(told(&with("tags: { cost: 42 }\n")), @"");
    assert_snapshot!(told(&with("roles: { R: { trust: 5 } }\n")), @"");
    assert_snapshot!(told(&with("roles: { R: { trust: s.amazonaws.com, policies: P } }\n")), @"");
    assert_snapshot!(told(&with("roles: { R: { trust: { file: a.json, files: b.json } } }\n")), @"");
    assert_snapshot!(told(&with("state_machines: { M: { role: R, definition: 5, logging: { level: LOUD } } }\n")), @"");
}

#[test]
fn variables_give_numbers_and_words() {
    let spec = with(
        "variables: { days: {}, class: {}, keep: {} }\n\
         log_groups:\n  /a: { retention_days: '${var.days}', class: '${var.class}', deletion_protection: '${var.keep}' }\n",
    );
    let given = |days: &str, class: &str, keep: &str| {
        Repository::new(&spec).var("days", days).var("class", class).var("keep", keep)
    };
    assert_eq!(given("30", "STANDARD", "true").told(), "fine");
    assert_snapshot!(given("many", "STANDRD", "yes").told(), @"");
}

#[test]
fn keys_of_later_versions() {
    let role = |rest: &str| told(&with(&format!("roles: {{ R: {{ trust: states.amazonaws.com, {rest} }} }}\n")));
    assert_eq!(role("grants: none, attachments: exclusive"), "fine");
    assert_snapshot!(role("grants: derived"), @"");
    assert_snapshot!(role("attachments: report, adopt: true, protect: true"), @"");
    assert_snapshot!(told(&with("log_groups: { /a: { retain: true, was: /b, ignore_tags: [x*], grants: none } }\n")), @"");
}

#[test]
fn findings_can_be_silenced() {
    assert_snapshot!(told(&with("log_groups: { /a: { allow: [SPEC800, ASL100, spec001] } }\n")), @"");
}
