//! Where findings point. A place is marked with `⟦` and `⟧`.

use statewright_source::{Severity, Sources, parse_json, parse_yaml};

use crate::{MachineType, Options, Tokens, check};

/// Checks that the finding of that code is at the mark, with AWS's place.
#[track_caller]
fn at(code: &str, aws: Option<&str>, marked: &str) {
    let start = marked.find('⟦').unwrap();
    let text = marked.replace(['⟦', '⟧'], "");
    let end = marked.find('⟧').unwrap() - '⟦'.len_utf8();
    let mut sources = Sources::default();
    let file = sources.add("x", text);
    let text = sources.file(file).text.clone();
    let parsed = if text.trim_start().starts_with('{') { parse_json(file, &text) } else { parse_yaml(file, &text) };
    let options =
        Options { machine_type: Some(MachineType::Standard), tokens: Tokens::Wildcard, sources: Some(&sources) };
    let root = parsed.root.unwrap();
    let found = check(&root, &options).diagnostics;
    let mut own = found.iter().filter(|d| d.code.0 == code);
    let spans: Vec<_> = own.clone().filter_map(|d| d.primary.as_ref()).map(|l| (l.span.start, l.span.end)).collect();
    assert!(spans.contains(&(start, end)), "{code} at {:?}, not {:?} of {:?}", spans, (start, end), found);
    let location = own.find(|d| d.primary.as_ref().is_some_and(|l| l.span.start == start)).unwrap();
    assert_eq!(location.aws_location.as_deref(), aws);
}

const TASK: &str =
    r#""Type":"Task","Resource":"arn:aws:states:::sns:publish","Parameters":{"Message":"m","TopicArn":"t"}"#;

#[test]
fn fields_and_values() {
    at("ASL002", Some("/"), r#"⟦{"States":{"A":{"Type":"Pass","End":true}}}⟧"#);
    at("ASL002", Some("/States/A/Type"), r#"{"StartAt":"A","States":{⟦"A"⟧:{"End":true}}}"#);
    at("ASL002", Some("/States/A"), r#"{"StartAt":"A","States":{⟦"A"⟧:{"Type":"Task","End":true}}}"#);
    at(
        "ASL002",
        Some("/States/A/Catch[0]"),
        &format!(r#"{{"StartAt":"A","States":{{"A":{{{TASK},"End":true,"Catch":[⟦{{"ErrorEquals":["E"]}}⟧]}}}}}}"#),
    );
    at("ASL003", Some("/States/A"), r#"{"StartAt":"A","States":{"A":{"Type":"Pass",⟦"Resource"⟧:"x","End":true}}}"#);
    at("ASL003", Some("/"), r#"{⟦"X"⟧:1,"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#);
    at(
        "ASL004",
        Some("/States/A/Comment"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Comment":⟦7⟧,"End":true}}}"#,
    );
    at("ASL005", Some("/States/A/Type"), r#"{"StartAt":"A","States":{"A":{"Type":⟦"Pas"⟧,"End":true}}}"#);
    at(
        "ASL006",
        Some("/States/M/MaxConcurrency"),
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":⟦-1⟧,"End":true,"ItemProcessor":{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}}}}"#,
    );
    at(
        "ASL007",
        Some("/States/P/Branches"),
        r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":⟦[]⟧,"End":true}}}"#,
    );
    at(
        "ASL008",
        Some("/States/A"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":1,⟦"Timestamp"⟧:"2020-01-01T00:00:00Z","End":true}}}"#,
    );
    at(
        "ASL096",
        Some("/States/A/HeartbeatSeconds"),
        &format!(
            r#"{{"StartAt":"A","States":{{"A":{{{TASK},"TimeoutSeconds":5,"HeartbeatSeconds":⟦6⟧,"End":true}}}}}}"#
        ),
    );
}

#[test]
fn graph() {
    at("ASL024", Some("/StartAt"), r#"{"StartAt":⟦"B"⟧,"States":{"A":{"Type":"Pass","End":true}}}"#);
    at(
        "ASL024",
        Some("/States/A/Next"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":⟦"B"⟧},"C":{"Type":"Succeed"}}}"#,
    );
    at(
        "ASL026",
        Some("/States/a/b"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true},⟦"a/b"⟧:{"Type":"Succeed"}}}"#,
    );
    at("ASL027", None, r#"{"StartAt":"A",⟦"States"⟧:{"A":{"Type":"Pass","Next":"A"}}}"#);
    at(
        "ASL021",
        Some("/States/M/ItemProcessor/States/M"),
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"M","States":{⟦"M"⟧:{"Type":"Pass","End":true}}}}}}"#,
    );
}

#[test]
fn expressions_and_paths() {
    let jsonata = |output: &str| {
        format!(
            r#"{{"QueryLanguage":"JSONata","StartAt":"A","States":{{"A":{{"Type":"Pass","Output":{output},"End":true}}}}}}"#
        )
    };
    at("ASL050", Some("/States/A/Output"), &jsonata(r#""{% 1 ⟦+⟧ %}""#));
    at(
        "ASL050",
        Some("/States/A/Output/a/b[0]"),
        &jsonata(r#"{"a":{"b":["{% [1⟦,⟧2) %}"]}}"#).replace("[1⟦,⟧2)", "a[1⟦,⟧2)"),
    );
    at("ASL051", Some("/States/A/Output"), &jsonata(r#""{% \"x\" & ⟦phone⟧ %}""#));
    at("ASL052", Some("/States/A/Output/x"), &jsonata(r#"{"x":"{% $states.⟦errorOutput⟧.Cause %}"}"#));
    at("ASL054", Some("/States/A/Output"), &jsonata(r#""{% ⟦$uper⟧('x') %}""#));
    at("ASL062", Some("/States/A/Output"), &jsonata(r#""{%\n  \"é\" & ⟦$x⟧ %}""#));
    at("ASL042", Some("/States/A/Output"), &jsonata(r#"⟦"{% $x"⟧"#));
    let path = |parameters: &str| {
        format!(r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","Parameters":{parameters},"End":true}}}}}}"#)
    };
    at("ASL073", Some("/States/A/Parameters"), &path(r#"{"x.$":"$.a⟦[⟧"}"#));
    at("ASL073", Some("/States/A/Parameters/y"), &path(r#"{"y":{"x.$":"⟦States.Formt⟧('')"}}"#));
    at("ASL074", Some("/States/A/Parameters"), &path(r#"{"x":1,⟦"x.$"⟧:"$.x"}"#));
    at("ASL075", Some("/States/A/Parameters/x"), &path(r#"{⟦"x"⟧:"$.x"}"#));
    at("ASL078", Some("/States/A/Parameters/x.$"), &path(r#"{"x.$":"⟦$$.Execution.ID⟧"}"#));
    at("ASL081", Some("/States/A/Parameters/x.$"), &path(r#"{"x.$":"States.Format(⟦'{} {}'⟧, $.a)"}"#));
    at(
        "ASL070",
        Some("/States/A/InputPath"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","InputPath":"⟦x.y⟧","End":true}}}"#,
    );
    at(
        "ASL071",
        Some("/States/A/ResultPath"),
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","ResultPath":"$.a⟦[*]⟧","End":true}}}"#,
    );
}

#[test]
fn yaml() {
    at(
        "ASL024",
        Some("/States/A/Next"),
        "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: ⟦B⟧\n  C:\n    Type: Succeed\n",
    );
    at(
        "ASL051",
        Some("/States/A/Output"),
        "QueryLanguage: JSONata\nStartAt: A\nStates:\n  A:\n    Type: Pass\n    Output: '{% ''x'' & ⟦phone⟧ %}'\n    End: true\n",
    );
    at(
        "ASL051",
        Some("/States/A/Output"),
        "QueryLanguage: JSONata\nStartAt: A\nStates:\n  A:\n    Type: Pass\n    End: true\n    Output: >-\n      {%\n        1 +\n        ⟦phone⟧\n      %}\n",
    );
}

#[test]
fn a_line_break_behind_an_expression() {
    let text = "QueryLanguage: JSONata\nStartAt: A\nStates:\n  A:\n    Type: Pass\n    End: true\n    Output: |\n      {% 1 %}\n";
    let root = parse_yaml(statewright_source::FileId(0), text).root.unwrap();
    let found = check(&root, &Options::default()).diagnostics;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code.0, "ASL042");
    assert!(found[0].help.as_ref().unwrap().contains("`|-`"));
}

#[test]
fn ten_faults_are_ten_findings() {
    let text = r#"{"StartAt":"Stat","Commment":"x","TimeoutSeconds":-1,"States":{
        "Start":{"Type":"Task","Resource":"arn:aws:states:::lambda:invok","Parameters":{"FunctionName":"f","x.$":"y"},"Next":"Chose"},
        "Choose":{"Type":"Choice","Choices":[{"Variable":"$.a","NumericEquals":"1","Next":"Wait"}],"Default":"Done"},
        "Wait":{"Type":"Wait","Timestamp":"tomorrow","Next":"Map"},
        "Map":{"Type":"Map","ItemsPath":"$..x","ItemProcessor":{"StartAt":"In","States":{"In":{"Type":"Pass","Retry":[],"End":true}}},"Next":"Done"},
        "Done":{"Type":"Succeed","Next":"Start"}}}"#;
    let mut sources = Sources::default();
    let file = sources.add("x", text);
    let root = parse_json(file, text).root.unwrap();
    let options =
        Options { machine_type: Some(MachineType::Standard), tokens: Tokens::Wildcard, sources: Some(&sources) };
    let found: Vec<String> = check(&root, &options)
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error && d.code.0 != "ASL026")
        .map(|d| format!("{} {}", d.code, sources.text(d.primary.as_ref().unwrap().span)))
        .collect();
    assert_eq!(
        found,
        [
            "ASL024 \"Stat\"",
            "ASL003 \"Commment\"",
            "ASL006 -1",
            "ASL121 \"arn:aws:states:::lambda:invok\"",
            "ASL073 y",
            "ASL024 \"Chose\"",
            "ASL004 \"1\"",
            "ASL090 \"tomorrow\"",
            "ASL071 ..x",
            "ASL003 \"Retry\"",
            "ASL003 \"Next\"",
        ]
    );
}
