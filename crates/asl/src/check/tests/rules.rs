//! Every rule against its own examples.

use statewright_source::Severity;

use crate::{
    Options, Tokens, catalogue, check,
    testing::{codes, node},
};

#[test]
fn codes_are_unique_and_sorted() {
    let all: Vec<&str> = catalogue().iter().map(|r| r.code.0).collect();
    assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
    let mut names: Vec<&str> = catalogue().iter().map(|r| r.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
}

#[test]
fn every_wrong_example_breaks_its_rule_and_every_right_one_keeps_all() {
    for rule in catalogue() {
        if rule.wrong.is_empty() {
            assert!(matches!(rule.code.0, "ASL009" | "ASL010" | "ASL900"), "{} has no example", rule.code);
            continue;
        }
        let options = Options { machine_type: Some(rule.machine_type), tokens: Tokens::Wildcard, sources: None };
        let wrong = node(rule.wrong);
        let found = check(&wrong, &options).diagnostics;
        let own: Vec<_> = found.iter().filter(|d| d.code == rule.code).collect();
        assert!(!own.is_empty(), "{} is not found in its wrong example: {found:?}", rule.code);
        assert!(own.iter().all(|d| d.severity == rule.severity), "{}", rule.code);
        let right = node(rule.right);
        let found = check(&right, &options).diagnostics;
        let bad: Vec<_> = found.iter().filter(|d| d.code == rule.code || d.severity <= Severity::Runtime).collect();
        assert!(bad.is_empty(), "{}: the right example is wrong: {bad:?}", rule.code);
    }
}

/// A fix can be applied as it stands, and then the finding is gone.
#[test]
fn fixes_mend() {
    let typos = [
        r#"{"StartAt":"A","Coment":"x","States":{"A":{"Type":"pass","Next":"b"},"B":{"Type":"Suceed"}}}"#,
        r#"{"QueryLanguage":"jsonata","StartAt":"A \"x\"","States":{"A \"y\"":{"Type":"Pass","End":true}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lamda:invoke","retry":[],"End":true}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:dynamodbb:query","Parameters":{},"End":true}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:s3:listObjectV2","Parameters":{},"End":true}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:stepfunctions:listExecutions",
            "Parameters":{"stateMachineArn":"x"},"Retry":[{"ErrorEquals":["States.TimeOut"],"JitterStrategy":"full"}],"End":true}}}"#,
    ];
    let examples = catalogue().iter().filter(|r| !r.wrong.is_empty()).map(|r| (r.wrong, r.machine_type));
    let mut mended = 0;
    for (wrong, kind) in examples.chain(typos.into_iter().map(|t| (t, crate::MachineType::Standard))) {
        let options = Options { machine_type: Some(kind), tokens: Tokens::Wildcard, sources: None };
        let root = node(wrong);
        for found in check(&root, &options).diagnostics {
            let Some(fix) = found.fix else { continue };
            let mut text = wrong.to_owned();
            text.replace_range(fix.span.start..fix.span.end, &fix.replacement);
            let after = node(&text);
            let left = check(&after, &options).diagnostics;
            let same = left.iter().any(|d| d.code == found.code && d.title == found.title);
            assert!(!same, "{}: {text}: {left:?}", found.code);
            mended += 1;
        }
    }
    assert!(mended >= 15, "{mended}");
}

/// Words of YAML stay words, and are quoted where they would become something else.
#[test]
fn fixes_keep_yaml() {
    let mend = |text: &str| {
        let root = statewright_source::parse_yaml(statewright_source::FileId(0), text).root.unwrap();
        let found = check(&root, &Options::default()).diagnostics;
        let fix = found.into_iter().find_map(|d| d.fix).unwrap();
        let mut text = text.to_owned();
        text.replace_range(fix.span.start..fix.span.end, &fix.replacement);
        text
    };
    let states = |next: &str, name: &str| {
        format!("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: {next}\n  {name}:\n    Type: Succeed\n")
    };
    assert_eq!(mend(&states("Donne", "Done")), states("Done", "Done"));
    assert_eq!(mend(&states("'Donne'", "Done")), states("\"Done\"", "Done"));
    assert_eq!(mend(&states("All done", "'All done: x'")), states("\"All done: x\"", "'All done: x'"));
}

#[test]
fn the_pages_have_what_they_need() {
    for rule in catalogue() {
        assert!(rule.why.ends_with('.'), "{}", rule.code);
        assert!(rule.why.len() > 20, "{}", rule.code);
        assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.name);
        assert!(rule.severity != Severity::Error || rule.aws_code.is_some(), "{} says what AWS calls it", rule.code);
        let page = rule.page();
        assert!(page.starts_with(&format!("# {}: {}\n", rule.code, rule.name)), "{page}");
        assert_eq!(page.matches("```json").count(), if rule.wrong.is_empty() { 0 } else { 2 }, "{page}");
    }
}

#[test]
fn size() {
    let with = |bytes: usize| {
        let empty = r#"{"Comment":"","StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
        empty.replacen("\"\"", &format!("\"{}\"", "x".repeat(bytes - empty.len())), 1)
    };
    // The parser refuses longer texts, so the largest that it takes is laid out without blanks, and doubled by escapes.
    assert_eq!(codes(&with(900_000)), [""; 0]);
    assert_eq!(codes(&with(1_000_000)), ["ASL010"]);
    assert_eq!(codes(&with(1_048_576)), ["ASL010"]);
    let mut root = node(&with(1_048_570));
    if let statewright_source::Value::Map(entries) = &mut root.value {
        entries[0].value.value = statewright_source::Value::String("\u{1}".repeat(200_000));
    }
    let found = check(&root, &Options::default()).diagnostics;
    assert!(found.iter().any(|d| d.code.0 == "ASL009"), "{found:?}");
}

#[test]
fn tokens_are_wildcards_in_a_bare_file_and_text_in_a_spec() {
    let text = r#"{"StartAt":"${Start}","TimeoutSeconds":"${T}","States":{
        "A":{"Type":"Task","Resource":"${Fn}","Next":"${Next}","TimeoutSeconds":"${T}","Retry":"${R}"},
        "${Name}":{"Type":"${Type}"},
        "C":{"Type":"Choice","Choices":[{"Variable":"${V}","StringEquals":"x","Next":"A"}]},
        "D":{"Type":"Task","Resource":{"Fn::GetAtt":["F","Arn"]},"End":true}}}"#;
    let root = node(text);
    let errors = |tokens| {
        let options = Options { machine_type: None, tokens, sources: None };
        check(&root, &options).diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
    };
    assert_eq!(errors(Tokens::Wildcard), 0);
    assert!(errors(Tokens::Resolved) > 5);
}

#[test]
fn unknown_account_and_region_are_any_text() {
    let text = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"End\":true,\
        \"Resource\":\"arn:\u{e002}:lambda:\u{e001}:\u{e000}:function:f\"},\
        \"B\":{\"Type\":\"Task\",\"Resource\":\"arn:\u{e002}:states:::lambda:invoke\",\
        \"Parameters\":{\"FunctionName\":\"f\"},\"End\":true}}}"
        .replace(
            "\"End\":true,\"Resource\":\"arn:\u{e002}:lambda",
            "\"Next\":\"B\",\"Resource\":\"arn:\u{e002}:lambda",
        );
    let root = node(&text);
    let options = Options { machine_type: None, tokens: Tokens::Resolved, sources: None };
    assert!(check(&root, &options).diagnostics.iter().all(|d| d.severity > Severity::Runtime));
}
