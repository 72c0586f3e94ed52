use super::*;
use crate::{Address, Kind, Resource, kind::testing::Case};

fn machine(case: &Case, body: &str) -> StateMachine {
    match case.resource(Kind::StateMachine, body) {
        Resource::StateMachine(machine) => machine,
        other => panic!("{other:?}"),
    }
}

const LEAST: &str = "{ role: R, definition: { StartAt: A, States: { A: { Type: Succeed } } } }";

fn with(more: &str) -> String {
    format!("role: R\ndefinition: {{ StartAt: A, States: {{ A: {{ Type: Succeed }} }} }}\n{more}")
}

#[test]
fn defaults() {
    let found = machine(&Case::new().called("Ein Name".replace(' ', ".").as_str()), LEAST);
    assert_eq!(found.machine_type, MachineType::Standard);
    assert_eq!(found.role.as_str(), "arn:aws:iam::123456789012:role/R");
    assert_eq!(found.definition.to_string(), r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#);
    assert_eq!((found.logging, found.tracing, found.encryption, found.tags.len()), (None, false, None, 0));
}

#[test]
fn every_field() {
    let case =
        Case::new().with("m.asl.json", r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":"${Fn}","End":true}}}"#);
    let body = "
        type: EXPRESS
        role: arn:aws:iam::123456789012:role/R
        definition: { file: m.asl.json, substitutions: { Fn: \"arn:aws:lambda:eu-west-1:123456789012:function:f\" } }
        logging: { level: ALL, include_execution_data: true, log_group: /aws/vendedlogs/states/m }
        tracing: true
        encryption: { kms_key: alias/machine, reuse_seconds: 60 }
        tags: { tier: gold }
        allow: [ASL001]
        replace: allowed
    ";
    let found = machine(&case, body);
    assert_eq!(found.machine_type, MachineType::Express);
    assert_eq!(found.definition["States"]["A"]["Result"], "arn:aws:lambda:eu-west-1:123456789012:function:f");
    let log_group = Arn::parse("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/m").unwrap();
    assert_eq!(found.logging, Some(Logging { level: LogLevel::All, include_execution_data: true, log_group }));
    assert!(found.tracing);
    assert_eq!(found.encryption, Some(Encryption { kms_key: "alias/machine".to_owned(), reuse_seconds: 60 }));
    assert_eq!(found.tags["tier"], "gold");

    let desired = case.desired(Kind::StateMachine, body);
    let address = Address::new(Kind::StateMachine, "NAME");
    let needs: Vec<String> = desired.needs[&address].iter().map(ToString::to_string).collect();
    assert_eq!(needs, ["role.R", "log_group./aws/vendedlogs/states/m"]);
    assert!(desired.resources[&address].may_replace);
    assert!(desired.resources[&address].documents.contains_key("definition"));
}

#[test]
fn levels() {
    let level = |text: &str| {
        machine(&Case::new(), &with(&format!("logging: {{ level: {text}, log_group: /aws/vendedlogs/states/m }}")))
            .logging
    };
    assert_eq!(level("ERROR").unwrap().level, LogLevel::Error);
    assert_eq!(level("FATAL").unwrap().level, LogLevel::Fatal);
    assert_eq!(level("OFF"), None);
    assert_eq!(machine(&Case::new(), &with("logging: { level: OFF }")).logging, None);
    let arn = with("logging: { level: ERROR, log_group: \"arn:aws:logs:eu-west-1:123456789012:log-group:other:*\" }");
    assert_eq!(
        machine(&Case::new(), &arn).logging.unwrap().log_group.as_str(),
        "arn:aws:logs:eu-west-1:123456789012:log-group:other"
    );
}

#[test]
fn every_mistake() {
    let body = "
        type: EXPRES
        role: Q
        definition: [StartAt]
        logging: { level: ERRORS, include_execution_data: yes, log_group: /aws/vendedlogs/states/n }
        tracing: \"true\"
        encryption: { kms_key: my-key, reuse_seconds: 30 }
        publish: true
    ";
    insta::assert_snapshot!(Case::new().called("a b").faults(Kind::StateMachine, body), @r#"
    error[SPEC070]: a space may not stand in the name of a state machine
     --> spec.yaml:4:4
      |
    4 |   a b:
      |    ^ not taken
      |
      = help: AWS takes letters, digits, `-` and `_` where a machine logs or is traced

    error[SPEC008]: `type` cannot be `EXPRES`
     --> spec.yaml:5:11
      |
    5 |     type: EXPRES
      |           ^^^^^^ not known
      |
      = help: did you mean `EXPRESS`? There are `STANDARD`, `EXPRESS`
      = fix: replace `EXPRES` by `EXPRESS`

    error[SPEC044]: the spec declares no role `Q`
     --> spec.yaml:6:11
      |
    6 |     role: Q
      |           ^ not declared
      |
      = help: did you mean `R`?

    error[SPEC007]: `definition` must be a map, not a list
     --> spec.yaml:7:17
      |
    7 |     definition: [StartAt]
      |                 ^^^^^^^^^ a map must stand here

    error[SPEC008]: `logging.level` cannot be `ERRORS`
     --> spec.yaml:8:23
      |
    8 |     logging: { level: ERRORS, include_execution_data: yes, log_group: /aws/vendedlogs/states/n }
      |                       ^^^^^^ not known
      |
      = help: did you mean `ERROR`? There are `ALL`, `ERROR`, `FATAL`, `OFF`
      = fix: replace `ERRORS` by `ERROR`

    error[SPEC007]: `logging.include_execution_data` must be true or false, not a string
     --> spec.yaml:8:55
      |
    8 |     logging: { level: ERRORS, include_execution_data: yes, log_group: /aws/vendedlogs/states/n }
      |                                                       ^^^ true or false must stand here
      |
      = help: in YAML 1.2 this is a string: write `true`
      = fix: replace `yes` by `true`

    error[SPEC044]: the spec declares no log group `/aws/vendedlogs/states/n`
     --> spec.yaml:8:71
      |
    8 |     logging: { level: ERRORS, include_execution_data: yes, log_group: /aws/vendedlogs/states/n }
      |                                                                       ^^^^^^^^^^^^^^^^^^^^^^^^ not declared
      |
      = help: did you mean `/aws/vendedlogs/states/m`?

    error[SPEC007]: `tracing` must be true or false, not a string
     --> spec.yaml:9:14
      |
    9 |     tracing: "true"
      |              ^^^^^^ true or false must stand here
      |
      = help: write `true` or `false`

    error[SPEC008]: `my-key` is not a KMS key
      --> spec.yaml:10:28
       |
    10 |     encryption: { kms_key: my-key, reuse_seconds: 30 }
       |                            ^^^^^^ not in this form
       |
       = help: write the key's ARN or id, or `alias/NAME`

    error[SPEC008]: `encryption.reuse_seconds` is 30; AWS takes 60 to 900 seconds
      --> spec.yaml:10:51
       |
    10 |     encryption: { kms_key: my-key, reuse_seconds: 30 }
       |                                                   ^^ too small
       |
       = help: the least is 60

    error[SPEC005]: `publish` is not a key of state machine `a b`
      --> spec.yaml:11:5
       |
    11 |     publish: true
       |     ^^^^^^^ not known
       |
       = help: known here: `type`, `role`, `definition`, `logging`, `tracing`, `encryption`, `tags`, `allow`, `replace`, `adopt`, `protect`, `retain`, `was`, `ignore_tags`
    "#);
    let body = "
        role: arn:aws:lambda:eu-west-1:123456789012:function:f
        definition: { file: list.yaml }
        logging: { level: ALL }
        encryption: { kms_key: \"arn:aws:sqs:eu-west-1:123456789012:q\" }
    ";
    let case = Case::new().called(&"x".repeat(81)).with("list.yaml", "- a\n- b\n");
    insta::assert_snapshot!(case.faults(Kind::StateMachine, body), @r#"
    error[SPEC007]: `list.yaml` must be a map, not a list
     --> list.yaml:1:1
      |
    1 | - a
      | ^^^ a document is a map
      |
     ::: spec.yaml:6:25
      |
    6 |     definition: { file: list.yaml }
      |                         --------- named here

    error[SPEC070]: the name of a state machine has at most 80 characters, this one 81
     --> spec.yaml:4:3
      |
    4 |   xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ too long
      |
      = help: shorten it by 1

    error[SPEC045]: `arn:aws:lambda:eu-west-1:123456789012:function:f` is an ARN of `lambda`, not of `iam`
     --> spec.yaml:5:11
      |
    5 |     role: arn:aws:lambda:eu-west-1:123456789012:function:f
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ an ARN must stand here
      |
      = help: it looks like `arn:aws:iam::ACCOUNT:…`

    error[SPEC075]: a machine that logs needs a log group
     --> spec.yaml:7:5
      |
    7 |     logging: { level: ALL }
      |     ^^^^^^^ not alone
      |
      = help: add `log_group`: a name under `log_groups`, or an ARN

    error[SPEC045]: `arn:aws:sqs:eu-west-1:123456789012:q` is an ARN of `sqs`, not of `kms`
     --> spec.yaml:8:28
      |
    8 |     encryption: { kms_key: "arn:aws:sqs:eu-west-1:123456789012:q" }
      |                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ an ARN must stand here
      |
      = help: it looks like `arn:aws:kms:REGION:ACCOUNT:…`
    "#);
}

#[test]
fn names() {
    for (name, body, fits) in [
        ("a.b", with(""), true),
        ("größe", with(""), true),
        ("a.b", with("tracing: true"), false),
        ("a.b", with("logging: { level: ALL, log_group: /aws/vendedlogs/states/m }"), false),
        ("a_b-C9", with("tracing: true"), true),
        ("a b", with(""), false),
        ("a:b", with(""), false),
        ("a/b", with(""), false),
        ("a\\x7fb", with(""), false),
    ] {
        let lines = Case::new().called(&format!("\"{name}\"")).lines(Kind::StateMachine, &body);
        assert_eq!(lines.is_empty(), fits, "{name}: {lines}");
        assert!(fits || lines.starts_with("error SPEC070"), "{lines}");
    }
}

#[test]
fn keys() {
    for (key, fits) in [
        ("1234abcd-12ab-34cd-56ef-1234567890ab", true),
        ("mrk-1234abcd12ab34cd56ef1234567890ab", true),
        ("alias/aws/states", true),
        ("\"arn:aws:kms:eu-west-1:123456789012:alias/x\"", true),
        ("1234abcd", false),
        ("alias/", false),
        ("\"\"", false),
    ] {
        let lines = Case::new().lines(Kind::StateMachine, &with(&format!("encryption: {{ kms_key: {key} }}")));
        assert_eq!(lines.is_empty(), fits, "{key}: {lines}");
    }
}

#[test]
fn an_express_machine_without_a_log() {
    insta::assert_snapshot!(Case::new().faults(Kind::StateMachine, &with("type: EXPRESS")), @r"
    warning[SPEC080]: an express machine keeps no history, and this one has no log: nothing tells why an execution failed
     --> spec.yaml:7:11
      |
    7 |     type: EXPRESS
      |           ^^^^^^^ cannot be followed
      |
      = help: add `logging: { level: ERROR, log_group: … }`
    ");
    assert_eq!(Case::new().faults(Kind::StateMachine, &with("type: EXPRESS\nallow: [SPEC080]")), "");
}

#[test]
fn a_definition_that_is_too_large() {
    const MOST: usize = 1 << 20;
    let text = |bytes: usize| {
        format!(
            "{{\"StartAt\":\"A\",\"Comment\":\"{}\",\"States\":{{\"A\":{{\"Type\":\"Succeed\"}}}}}}",
            "x".repeat(bytes)
        )
    };
    let body = "{ role: R, definition: { file: m.json } }";
    let frame = text(0).len();
    let lines = Case::new().with("m.json", text(MOST - frame)).lines(Kind::StateMachine, body);
    assert!(lines.starts_with("warning ASL010 1:1 ") && lines.lines().count() == 1, "{}", lines.len());
    // One byte more is more than is read; YAML may be short and its JSON long.
    let wide =
        format!("StartAt: A\nStates: {{ A: {{ Type: Succeed }} }}\nComment: \"{}\"\n", "\\t".repeat(MOST / 2 - 60));
    let lines = Case::new().with("m.yaml", wide).lines(Kind::StateMachine, &body.replace("json", "yaml"));
    let codes: Vec<_> = lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(codes, ["warning ASL010"]);
}

/// Only the first words of each line: code and place.
fn codes(case: &Case, body: &str) -> Vec<String> {
    let lines = case.lines(Kind::StateMachine, body);
    lines.lines().map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect()
}

const LOST: &str = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: B\n";

#[test]
fn what_the_language_refuses_is_an_error_at_its_place() {
    let file = "{ role: R, definition: { file: m.yaml } }";
    assert_eq!(codes(&Case::new().with("m.yaml", LOST), file), ["error ASL027 2:1", "error ASL024 5:11"]);
    // Inline, in the spec itself.
    let inline = "role: R\ndefinition:\n  StartAt: A\n  States:\n    A: { Type: Pass, Next: B }\n";
    assert_eq!(codes(&Case::new(), inline), ["error ASL027 8:7", "error ASL024 9:32"]);
}

#[test]
fn the_type_of_the_machine_counts() {
    let sync = "StartAt: A\nStates:\n  A:\n    Type: Task\n    Resource: arn:aws:states:::glue:startJobRun.sync\n    Parameters: { JobName: j }\n    End: true\n";
    let body = "{ role: R, definition: { file: m.yaml } }";
    assert_eq!(codes(&Case::new().with("m.yaml", sync), body), [""; 0]);
    let express = "{ type: EXPRESS, role: R, definition: { file: m.yaml }, allow: [SPEC080] }";
    assert_eq!(codes(&Case::new().with("m.yaml", sync), express).len(), 1);
}

#[test]
fn findings_of_a_definition_can_be_silenced_on_the_line_in_the_file_and_on_the_machine() {
    let file = "{ role: R, definition: { file: m.yaml } }";
    let line = LOST.replace("Next: B", "Next: B # statewright: allow(ASL024)");
    assert_eq!(codes(&Case::new().with("m.yaml", &line), file), ["error ASL027 2:1"]);
    let all = format!("# statewright: allow(ASL024, ASL027)\n{LOST}");
    assert_eq!(codes(&Case::new().with("m.yaml", &all), file), [""; 0]);
    let machine = "{ role: R, definition: { file: m.yaml }, allow: [ASL024, ASL027] }";
    assert_eq!(codes(&Case::new().with("m.yaml", LOST), machine), [""; 0]);
    // A comment counts in its own file alone, and what is wrong with a spec stands.
    let spec = "# statewright: allow(ASL024, SPEC008)\nrole: R\ndefinition: { file: m.yaml }\ntracing: 7\n";
    let found = codes(&Case::new().with("m.yaml", LOST), spec);
    assert!(
        found.contains(&"error ASL024 5:11".to_owned()) && found.iter().any(|f| f.contains("SPEC007")),
        "{found:?}"
    );
}

#[test]
fn a_broken_reference_does_not_hide_what_else_is_wrong() {
    let text = LOST.replace("Type: Pass", "Type: Pass\n    Comment: \"${Nothing}\"");
    let found = codes(&Case::new().with("m.yaml", text), "{ role: R, definition: { file: m.yaml } }");
    assert!(found.iter().any(|f| f.contains("SPEC041")) && found.iter().any(|f| f.contains("ASL024")), "{found:?}");
    let inline = "role: R\ndefinition:\n  StartAt: \"${var.start}\"\n  States:\n    A: { Type: Pass, Next: B }\n";
    let found = codes(&Case::new(), inline);
    assert!(
        found.iter().any(|f| f.starts_with("error SPEC")) && found.iter().any(|f| f.contains("ASL024")),
        "{found:?}"
    );
}

#[test]
fn what_a_secret_flows_into_is_not_told() {
    let case = Case::new().given("token", "{ sensitive: true }", "hunter2").with(
        "m.yaml",
        "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: \"${var.token}\"\n  B:\n    Type: Pass\n    OutputPath: \"${var.token}\"\n    End: true\n",
    );
    let told = case.faults(Kind::StateMachine, "{ role: R, definition: { file: m.yaml } }");
    assert!(told.contains("a sensitive variable is a part of") && !told.contains("hunter2"), "{told}");
}
