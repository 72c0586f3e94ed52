use insta::assert_snapshot;

use super::{Repository, told, with};

#[test]
fn nothing_but_a_stack_is_a_spec() {
    assert_eq!(told(&with("")), "fine");
    assert_eq!(told(&with("roles:\ntags:\nvariables:\n")), "fine");
}

#[test]
fn what_is_no_spec() {
    assert_snapshot!(told(""), @r"
    error[SPEC003] `spec.yaml` is empty
      spec.yaml:1:1 `` nothing here
      = a spec begins with `statewright: 1` and `stack: NAME`
    ");
    assert_snapshot!(told("- a\n"), @r"
    error[SPEC003] `spec.yaml` is a list, not a spec
      spec.yaml:1:1 `- a` a map must stand here
      = a spec begins with `statewright: 1` and `stack: NAME`
    ");
    assert_snapshot!(told("stack: s\n"), @r"
    error[SPEC004] the spec does not say which version of the language it is written in
      spec.yaml:1:1 `` `statewright` is missing
      = begin the file with `statewright: 1`
    ");
    assert_snapshot!(told("statewrihgt: 1\nstack: s\n"), @r"
    error[SPEC004] the spec does not say which version of the language it is written in
      spec.yaml:1:1 `statewrihgt` `statewright` is missing
      = did you mean `statewright`?
    ");
    assert_snapshot!(told("statewright: 2\nstack: s\n"), @r"
    error[SPEC004] this program does not read version 2 of the spec language
      spec.yaml:1:14 `2` not known
      = write `statewright: 1`, or use a newer program
    ");
    assert_snapshot!(told("statewright: one\nstack: s\n"), @r"
    error[SPEC004] `statewright` must be a version, not a string
      spec.yaml:1:14 `one` a whole number must stand here
      = write `statewright: 1`
    ");
    assert_snapshot!(told("statewright: 1\nstack: [\n"), @r"
    error[SRC020] this is not YAML: while parsing a node, did not find expected node content
      spec.yaml:3:1 `` here
    ");
}

#[test]
fn the_head() {
    assert_snapshot!(told("statewright: 1\n"), @r"
    error[SPEC006] the spec has no `stack`
      spec.yaml:1:1 `statewright` `stack` is missing
      = `stack`: The stack's name: with the environment and the region it says whose a resource is
    ");
    assert_snapshot!(told("statewright: 1\nstack: a b\n"), @r"
    error[SPEC008] `stack` does not have the right form
      spec.yaml:2:8 `a b` must match `^[A-Za-z0-9_.-]+$`
      = The stack's name: with the environment and the region it says whose a resource is
    ");
    assert_snapshot!(told(&with("role: {}\naws: { acount: '1', account: 123456789012, region: useast1 }\n")), @r"
    error[SPEC005] `role` is not a key of the spec
      spec.yaml:3:1 `role` not known
      = did you mean `roles`?
    error[SPEC005] `acount` is not a key of `aws`
      spec.yaml:4:8 `acount` not known
      = did you mean `account`?
    error[SPEC007] `aws.account` must be a string, not a number
      spec.yaml:4:30 `123456789012` a string must stand here
      = put it in quotes
    error[SPEC008] `aws.region` does not have the right form
      spec.yaml:4:52 `useast1` must match `^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`
      = The region: work in any other is refused
    ");
    assert_snapshot!(told(&with("roles: [a]\n")), @r"
    error[SPEC007] `roles` must be a map, not a list
      spec.yaml:3:8 `[a]` a map must stand here
      = write each role under its name
    ");
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
    assert_snapshot!(told(spec), @r#"
    error[SPEC032] `dev`, which its default gives to the variable `env`, is not among the values that it may have
      spec.yaml:4:19 `dev` given here
      spec.yaml:4:33 `[prod]` the allowed values
    error[SPEC005] `polices` is not a key of role `A`
      spec.yaml:8:5 `polices` not known
      = did you mean `policies`?
    error[SPEC007] `max_session_seconds` must be a whole number, not a string
      spec.yaml:9:26 `long` a whole number must stand here
    error[SPEC006] role `B` has no `trust`
      spec.yaml:10:3 `B` `trust` is missing
      = `trust`: Who may assume the role: a service, a list of services, or a trust policy (at most 2,048 characters)
    error[SPEC044] the spec declares no policy `Misssing`
      spec.yaml:14:16 `Misssing` not declared
      = declare it under `policies`, or give the ARN of one that exists
    error[SRC005] the key `A` is there twice
      spec.yaml:15:3 `A` again here
      spec.yaml:6:3 `A` first here
      = keep one of the two: most readers would silently take the last
    error[SPEC008] `class` cannot be `STANDRD`
      spec.yaml:18:36 `STANDRD` not known
      = did you mean `STANDARD`? There are `STANDARD`, `INFREQUENT_ACCESS`, `DELIVERY`
    error[SPEC008] events cannot be kept for 31 days
      spec.yaml:19:25 `31` CloudWatch Logs knows certain numbers only
      = the nearest are 30 and 60
    error[SPEC060] the tag `aws:x` is AWS's own
      spec.yaml:19:37 `"aws:x"` `aws:` is reserved
      = choose another key
    error[SPEC041] `${role.A.arn}` refers to `role`, which is nothing to refer to
      spec.yaml:20:19 `${role.A.arn}` not known
      = did you mean `${roles.A.arn}`?
    "#);
}

#[test]
fn types_are_explained() {
    assert_snapshot!(told(&with("log_groups: { /a: { retention_days: '30' } }\n")), @r"
    error[SPEC007] `retention_days` must be a whole number, not a string
      spec.yaml:3:37 `'30'` a whole number must stand here
      = write it without quotes
    ");
    assert_snapshot!(told(&with("log_groups: { /a: { deletion_protection: yes } }\n")), @r"
    error[SPEC007] `deletion_protection` must be true or false, not a string
      spec.yaml:3:42 `yes` true or false must stand here
      = in YAML 1.2 this is a string: write `true`
    ");
    assert_snapshot!(told(&with("log_groups: { /a: { kms_key: } }\n")), @r"
    error[SPEC007] `kms_key` has no value
      spec.yaml:3:29 `` a string must stand here
      = give it a value, or leave the key out
    ");
    assert_snapshot!(told(&with("log_groups: { /a: 5 }\n")), @r"
    error[SPEC007] log group `/a` must be a map, not a number
      spec.yaml:3:19 `5` a map must stand here
    ");
    assert_snapshot!(told(&with("tags: { cost: 42 }\n")), @r"
    error[SPEC007] `tags.cost` must be a string, not a number
      spec.yaml:3:15 `42` a string must stand here
      = put it in quotes
    ");
    assert_snapshot!(told(&with("roles: { R: { trust: 5 } }\n")), @r"
    error[SPEC007] `trust` must be a string, a list or a map, not a number
      spec.yaml:3:22 `5` a string, a list or a map must stand here
    ");
    assert_snapshot!(told(&with("roles: { R: { trust: s.amazonaws.com, policies: P } }\n")), @r"
    error[SPEC007] `policies` must be a list, not a string
      spec.yaml:3:49 `P` a list must stand here
      = write `[…]`
    ");
    assert_snapshot!(told(&with("roles: { R: { trust: { file: a.json, files: b.json } } }\n")), @r"
    error[SPEC001] there is no file `a.json`
      spec.yaml:3:30 `a.json` not found; the path is relative to the spec
    error[SPEC005] `files` is not a key of `trust`
      spec.yaml:3:38 `files` not known
      = did you mean `file`?
    ");
    assert_snapshot!(told(&with("state_machines: { M: { role: R, definition: 5, logging: { level: LOUD } } }\n")), @r"
    error[SPEC044] the spec declares no role `R`
      spec.yaml:3:30 `R` not declared
      = declare it under `roles`, or give the ARN of one that exists
    error[SPEC007] `definition` must be a map, not a number
      spec.yaml:3:45 `5` a map must stand here
    error[SPEC008] `logging.level` cannot be `LOUD`
      spec.yaml:3:66 `LOUD` not known
      = there are `ALL`, `ERROR`, `FATAL`, `OFF`
    ");
}

#[test]
fn one_form_of_several_is_spoken_of() {
    let function = |code: &str| {
        told(&with(&format!(
            "roles: {{ R: {{ trust: lambda.amazonaws.com }} }}\n\
             functions: {{ f: {{ runtime: python3.12, handler: a.h, role: R, code: {code} }} }}\n"
        )))
    };
    assert_snapshot!(function("5"), @r"
    error[SPEC007] `code` must be a string or a map, not a number
      spec.yaml:4:69 `5` a string or a map must stand here
    ");
    assert_snapshot!(function("{ s3: { bucket: bkt } }"), @r"
    error[SPEC006] `code.s3` has no `key`
      spec.yaml:4:71 `s3` `key` is missing
      = `key`: The key of the zip archive
    ");
    assert_snapshot!(function("{ s4: { bucket: bkt, key: k } }"), @r"
    error[SPEC005] `s4` is not a key of `code`
      spec.yaml:4:71 `s4` not known
      = did you mean `s3`?
    ");
    assert_snapshot!(function("{ s3: { bucket: bkt, key: k, versoin: v } }"), @r"
    error[SPEC005] `versoin` is not a key of `code.s3`
      spec.yaml:4:98 `versoin` not known
      = did you mean `version`?
    ");
    let job = |script: &str| {
        told(&with(&format!(
            "roles: {{ R: {{ trust: glue.amazonaws.com }} }}\njobs: {{ j: {{ role: R, glue_version: '5.0', script: {script} }} }}\n"
        )))
    };
    assert_snapshot!(job("[a]"), @r"
    error[SPEC007] `script` must be a string or a map, not a list
      spec.yaml:4:52 `[a]` a string or a map must stand here
    ");
    assert_snapshot!(job("{ file: a.py }"), @r"
    error[SPEC006] `script` has no `to`
      spec.yaml:4:44 `script` `to` is missing
      = `to`: Where it is uploaded: `s3://BUCKET/KEY`
    error[SPEC001] there is no file `a.py`
      spec.yaml:4:60 `a.py` not found; the path is relative to the spec
    ");
    assert_snapshot!(told(&with("roles: { R: { trust: [] } }\n")), @r"
    error[SPEC008] a role that nobody may assume
      spec.yaml:3:22 `[]` empty
      = name the services that use the role: `trust: states.amazonaws.com`
    ");
    assert_snapshot!(told(&with("roles: { R: { trust: [5] } }\n")), @r"
    error[SPEC007] `trust[0]` must be a string, not a number
      spec.yaml:3:23 `5` a string must stand here
      = put it in quotes
    ");
    assert_snapshot!(told(&with("policies: { P: { document: {} } }\n")), @r"
    error[SPEC008] `document` must not be empty
      spec.yaml:3:28 `{}`
    ");
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
    assert_snapshot!(given("many", "STANDRD", "yes").told(), @r"
    error[SPEC007] `retention_days` must be a whole number, not a string
      spec.yaml:5:25 `'${var.days}'` stands for `many`
    error[SPEC008] `class` cannot be `STANDRD`
      spec.yaml:5:47 `'${var.class}'` stands for `STANDRD`
      = did you mean `STANDARD`? There are `STANDARD`, `INFREQUENT_ACCESS`, `DELIVERY`
    error[SPEC007] `deletion_protection` must be true or false, not a string
      spec.yaml:5:84 `'${var.keep}'` stands for `yes`
      = in YAML 1.2 this is a string: write `true`
    ");
}

#[test]
fn keys_of_one_kind() {
    let role = |rest: &str| told(&with(&format!("roles: {{ R: {{ trust: states.amazonaws.com, {rest} }} }}\n")));
    assert_eq!(role("grants: none, attachments: exclusive"), "fine");
    assert_snapshot!(role("grants: derived"), @r"
    warning[SPEC082] nothing is derived for role.R: no state machine of this spec assumes it and needs anything
      spec.yaml:3:52 `derived` asked for here
      = leave `grants` out
    ");
    assert_snapshot!(told(&with("log_groups: { /a: { grants: none } }\n")), @r"
    error[SPEC005] `grants` is not a key of log group `/a`
      spec.yaml:3:21 `grants` not known
      = known here: `retention_days`, `kms_key`, `class`, `deletion_protection`, `tags`, `allow`, `replace`, `adopt`, `protect`, `retain`, `was`, `ignore_tags`
    ");
}

#[test]
fn guards() {
    let told_of = |guard: &str| told(&with(&format!("guard: {guard}\n")));
    assert_eq!(told_of("no-broadening"), "fine");
    let desired = Repository::new(&with("guard: no-broadening\n")).outcome().desired();
    assert!(matches!(desired.guard, Some(crate::Guard::NoBroadening { .. })));
    assert_eq!(told_of("\"${var.guard}\"\nvariables: { guard: { default: no-broadening } }"), "fine");
    assert_snapshot!(told_of("broadening"));
    assert_snapshot!(told_of("true"));
    assert_snapshot!(told_of("\"${var.guard}\"\nvariables: { guard: { default: nothing } }"));
    assert_snapshot!(told(&with("environments: { prod: { guard: no-broadening } }\n")));
}

#[test]
fn tags_that_are_somebody_elses() {
    let spec = |ignored: &str, own: &str| {
        told(&with(&format!(
            "variables: {{ x: {{ default: 'cost-*' }}, s: {{ sensitive: true, default: t }} }}\n\
             ignore_tags: {ignored}\ntags: {{ cost-centre: a, team: data }}\n\
             log_groups: {{ /a: {{ {own} }} }}\n"
        )))
    };
    assert_snapshot!(spec("['${var.x}', 'a*b', 'statewright:x', '${var.s}']", "tags: { cost-own: b }, ignore_tags: [team]"), @r"
    error[SPEC008] `a*b` is not a pattern of tags
      spec.yaml:4:27 `'a*b'` `*` stands at the end only
      = write a key, or a prefix and `*`, such as `cost-*`
    error[SPEC008] `statewright:x` cannot be ignored
      spec.yaml:4:34 `'statewright:x'` tags of this program
      = they say whose a resource is; leave them out of the list
    error[SPEC043] a sensitive variable stands in `ignore_tags`
      spec.yaml:4:51 `'${var.s}'` is shown and compared everywhere
      = use a variable that is not sensitive
    error[SPEC064] the tag `cost-centre` is set here and ignored
      spec.yaml:5:9 `cost-centre` `ignore_tags` covers it
      = take it out of one of the two
    error[SPEC064] the tag `cost-own` is set here and ignored
      spec.yaml:6:29 `cost-own` `ignore_tags` covers it
      = take it out of one of the two
    ");
    assert_snapshot!(told(&with("ignore_tags: cost-*\n")), @r"
    error[SPEC007] `ignore_tags` must be a list, not a string
      spec.yaml:3:14 `cost-*` a list must stand here
      = write `[…]`
    ");
    // A tag of the whole spec is not set where the resource leaves it to somebody else.
    let tags = |spec: &str| {
        let desired = Repository::new(&with(spec)).outcome().desired();
        desired.resources.into_values().map(|d| d.resource.tags().clone()).collect::<Vec<_>>()
    };
    let spec =
        "tags: { team: data, tier: gold }\nlog_groups: { /a: { ignore_tags: [te*] }, /b: { tags: { tier: tin } } }\n";
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    assert_eq!(tags(spec), [pairs(&[("tier", "gold")]), pairs(&[("team", "data"), ("tier", "tin")])]);
}

#[test]
fn findings_can_be_silenced() {
    assert_snapshot!(told(&with("log_groups: { /a: { allow: [SPEC800, ASL110, PLAN001, spec001] } }\n")), @r"
    warning[SPEC010] there is no finding `SPEC800`
      spec.yaml:3:29 `SPEC800` not known
      = did you mean `SPEC080`?
    warning[SPEC010] there is no finding `spec001`
      spec.yaml:3:55 `spec001` not known
      = did you mean `SPEC001`?
    ");
}
