//! What AWS refuses, under its own code and at its own place. Sources: its recorded answers, and those that the authors of
//! floci and of cdk-preflight measured with `ValidateStateMachineDefinition`.

use statewright_source::Severity;

use crate::{MachineType, Options, Tokens, check, testing::node};

const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
const TARGET: &str = "MISSING_TRANSITION_TARGET";

/// The errors of a definition, each as code and place.
#[track_caller]
fn refuse(kind: MachineType, text: &str, expect: &[(&str, &str)]) {
    let root = node(text);
    let options = Options { machine_type: Some(kind), tokens: Tokens::Wildcard, sources: None };
    let found = check(&root, &options).diagnostics;
    let mut errors: Vec<(&str, &str)> = found
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| (d.aws_code.unwrap_or(""), d.aws_location.as_deref().unwrap_or("")))
        .collect();
    let mut expect = expect.to_vec();
    errors.sort_unstable();
    expect.sort_unstable();
    assert_eq!(errors, expect, "{text}: {found:#?}");
}

/// A machine whose state `A` ends and holds these fields.
#[track_caller]
fn state(fields: &str, expect: &[(&str, &str)]) {
    let text = format!(r#"{{"StartAt":"A","States":{{"A":{{{fields},"End":true}}}}}}"#);
    refuse(MachineType::Standard, &text, expect);
}

#[track_caller]
fn jsonata(fields: &str, expect: &[(&str, &str)]) {
    state(&format!(r#""QueryLanguage":"JSONata",{fields}"#), expect);
}

/// A Choice state `A` with these fields.
#[track_caller]
fn choice(fields: &str, expect: &[(&str, &str)]) {
    let text = format!(
        r#"{{"StartAt":"A","States":{{"A":{{"Type":"Choice",{fields},"Default":"Z"}},"Z":{{"Type":"Succeed"}}}}}}"#
    );
    refuse(MachineType::Standard, &text, expect);
}

const PUBLISH: &str =
    r#""Type":"Task","Resource":"arn:aws:states:::sns:publish","Parameters":{"TopicArn":"t","Message":"m"}"#;
const INNER: &str = r#""StartAt":"I","States":{"I":{"Type":"Pass","End":true}}"#;

#[test]
fn the_document() {
    let pass = r#"{"A":{"Type":"Pass","End":true}}"#;
    let machine = |fields: &str, expect: &[(&str, &str)]| {
        refuse(MachineType::Standard, &["{", fields, "}"].concat(), expect);
    };
    machine("", &[(SCHEMA, "/")]);
    machine(&format!(r#""States":{pass}"#), &[(SCHEMA, "/")]);
    machine(&format!(r#""StartAt":"A","States":{pass},"Retries":1"#), &[(SCHEMA, "/")]);
    machine(&format!(r#""StartAt":"A","States":{pass},"Version":"2.0""#), &[(SCHEMA, "/Version")]);
    machine(&format!(r#""StartAt":"A","States":{pass},"TimeoutSeconds":"5""#), &[(SCHEMA, "/TimeoutSeconds")]);
    machine(&format!(r#""StartAt":"A","States":{pass},"Comment":{{}}"#), &[(SCHEMA, "/Comment")]);
    machine(r#""StartAt":"A","States":{}"#, &[(SCHEMA, "/States")]);
    machine(r#""StartAt":"A","States":[]"#, &[(SCHEMA, "/States")]);
    machine(&format!(r#""StartAt":"a","States":{pass}"#), &[(TARGET, "/StartAt"), (TARGET, "/States/A")]);
}

#[test]
fn fields_of_states() {
    for field in ["TimeoutSeconds", "Retry", "Branches", "ItemsPath", "Choices", "Resource", "Nonsense", "next"] {
        let value = if matches!(field, "Retry" | "Branches" | "Choices") { "[]" } else { r#""x""# };
        state(&format!(r#""Type":"Pass","{field}":{value}"#), &[(SCHEMA, "/States/A")]);
    }
    state(r#""Type":"task""#, &[(SCHEMA, "/States/A/Type")]);
    state(r#""Comment":"c""#, &[(SCHEMA, "/States/A/Type")]);
    state(r#""Type":"Wait""#, &[(SCHEMA, "/States/A")]);
    state(r#""Type":"Wait","Seconds":1,"SecondsPath":"$.s""#, &[(SCHEMA, "/States/A")]);
    state(r#""Type":"Wait","Seconds":-1"#, &[(SCHEMA, "/States/A/Seconds")]);
    state(r#""Type":"Wait","Seconds":100000000"#, &[(SCHEMA, "/States/A/Seconds")]);
    state(r#""Type":"Wait","Timestamp":"2026-01-01""#, &[(SCHEMA, "/States/A/Timestamp")]);
    state(r#""Type":"Pass","InputPath":"a""#, &[(SCHEMA, "/States/A/InputPath")]);
    state(r#""Type":"Pass","ResultPath":"$.a[*]""#, &[(SCHEMA, "/States/A/ResultPath")]);
    state(r#""Type":"Pass","Parameters":{"a.$":"b"}"#, &[(SCHEMA, "/States/A/Parameters")]);
    state(r#""Type":"Pass","Parameters":{"a":{"b.$":"States.No()"}}"#, &[(SCHEMA, "/States/A/Parameters/a")]);
    state(r#""Type":"Pass","Assign":{"states":1}"#, &[("RESERVED_VARIABLE_NAME", "/States/A/Assign/states")]);
    state(r#""Type":"Pass","Assign":{"a-b":1}"#, &[("INVALID_VARIABLE_NAME", "/States/A/Assign/a-b")]);
}

#[test]
fn ways_on() {
    let machine = |a: &str, expect: &[(&str, &str)]| {
        let text = format!(r#"{{"StartAt":"A","States":{{"A":{{{a}}},"Z":{{"Type":"Succeed"}}}}}}"#);
        refuse(MachineType::Standard, &text, expect);
    };
    machine(r#""Type":"Pass","Next":"Z","End":true"#, &[(SCHEMA, "/States/A")]);
    machine(r#""Type":"Pass""#, &[(SCHEMA, "/States/A"), (TARGET, "/States/Z")]);
    machine(r#""Type":"Pass","Next":"z""#, &[(TARGET, "/States/A/Next"), (TARGET, "/States/Z")]);
    machine(r#""Type":"Succeed","Next":"Z""#, &[(SCHEMA, "/States/A")]);
    machine(r#""Type":"Fail","End":true"#, &[(SCHEMA, "/States/A"), (TARGET, "/States/Z")]);
    let long = "n".repeat(81);
    refuse(
        MachineType::Standard,
        &format!(r#"{{"StartAt":"{long}","States":{{"{long}":{{"Type":"Succeed"}}}}}}"#),
        &[("INVALID_STATE_NAME", &format!("/States/{long}"))],
    );
}

#[test]
fn tasks() {
    state(r#""Type":"Task""#, &[(SCHEMA, "/States/A")]);
    state(r#""Type":"Task","Resource":"f""#, &[(SCHEMA, "/States/A/Resource")]);
    state(r#""Type":"Task","Resource":"{% $f %}""#, &[(SCHEMA, "/States/A/Resource")]);
    for resource in [
        "arn:aws:states:::dynamodb:query",
        "arn:aws:states:::lambda:invoke.sync",
        "arn:aws:states:::sns:publish.sync",
        "arn:aws:states:::glue:startJobRun.waitForTaskToken",
        "arn:aws:states:::batch:submitJob.sync:2",
        "arn:aws:states:::aws-sdk:s3:getObject.sync",
        "arn:aws:states:::aws-sdk:s3:getObjct",
        "arn:aws:states:::aws-sdk:stepfunctions:startExecution",
        "arn:aws:states:::aws-sdk:s4:getObject",
        "arn:aws:states:::nosuchservice:call",
    ] {
        state(
            &format!(r#""Type":"Task","Resource":"{resource}","Parameters":{{}}"#),
            &[(SCHEMA, "/States/A/Resource")],
        );
    }
    let task = |resource: &str, more: &str| format!(r#""Type":"Task","Resource":"arn:aws:states:::{resource}"{more}"#);
    state(&task("aws-sdk:batch:submitJob", ""), &[(SCHEMA, "/States/A/Resource")]);
    state(&task("sqs:sendMessage", ""), &[(SCHEMA, "/States/A/Resource")]);
    for (resource, given, lacks) in [
        ("lambda:invoke", "", 1),
        ("sqs:sendMessage", "", 2),
        ("sqs:sendMessage", r#""QueueUrl":"q""#, 1),
        ("sns:publish", r#""TopicArn":"t""#, 1),
        ("dynamodb:putItem", "", 2),
        ("states:startExecution.sync:2", "", 1),
        ("events:putEvents", "", 1),
        ("ecs:runTask.sync", "", 1),
        ("glue:startJobRun", "", 1),
    ] {
        let expect = vec![(SCHEMA, "/States/A/Parameters"); lacks];
        state(&task(resource, &format!(r#","Parameters":{{{given}}}"#)), &expect);
    }
    jsonata(&task("lambda:invoke", r#","Arguments":{"Payload":1}"#), &[(SCHEMA, "/States/A/Arguments")]);
    state(&format!(r#"{PUBLISH},"TimeoutSeconds":0"#), &[(SCHEMA, "/States/A/TimeoutSeconds")]);
    state(&format!(r#"{PUBLISH},"TimeoutSeconds":5,"TimeoutSecondsPath":"$.t""#), &[(SCHEMA, "/States/A")]);
    state(&format!(r#"{PUBLISH},"Credentials":{{}}"#), &[(SCHEMA, "/States/A/Credentials")]);
    state(&format!(r#"{PUBLISH},"Retry":[{{}}]"#), &[(SCHEMA, "/States/A/Retry[0]")]);
    state(&format!(r#"{PUBLISH},"Retry":[{{"ErrorEquals":[]}}]"#), &[(SCHEMA, "/States/A/Retry[0]/ErrorEquals")]);
    for (field, value) in [
        ("MaxAttempts", "-1"),
        ("BackoffRate", "0.5"),
        ("MaxDelaySeconds", "0"),
        ("MaxDelaySeconds", "31622401"),
        ("JitterStrategy", r#""SOME""#),
    ] {
        state(
            &format!(r#"{PUBLISH},"Retry":[{{"ErrorEquals":["E"],"{field}":{value}}}]"#),
            &[(SCHEMA, &format!("/States/A/Retry[0]/{field}"))],
        );
    }
    state(
        &format!(r#"{PUBLISH},"Retry":[{{"ErrorEquals":["States.ALL","E"]}}]"#),
        &[(SCHEMA, "/States/A/Retry[0]/ErrorEquals")],
    );
    state(
        &format!(
            r#"{PUBLISH},"Catch":[{{"ErrorEquals":["States.ALL"],"Next":"A"}},{{"ErrorEquals":["E"],"Next":"A"}}]"#
        ),
        &[(SCHEMA, "/States/A/Catch[0]/ErrorEquals")],
    );
    state(&format!(r#"{PUBLISH},"Catch":[{{"ErrorEquals":["E"]}}]"#), &[(SCHEMA, "/States/A/Catch[0]")]);
    state(
        &format!(r#"{PUBLISH},"Catch":[{{"ErrorEquals":["E"],"Next":"B"}}]"#),
        &[(TARGET, "/States/A/Catch[0]/Next")],
    );
}

#[test]
fn choices() {
    choice(r#""Choices":[]"#, &[(SCHEMA, "/States/A/Choices")]);
    let rule = |rule: &str, expect: &[(&str, &str)]| choice(&format!(r#""Choices":[{{{rule}}}]"#), expect);
    rule(r#""Variable":"$.a","IsNull":true"#, &[(SCHEMA, "/States/A/Choices[0]")]);
    rule(r#""Variable":"$.a","Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]")]);
    rule(r#""Variable":"$.a","IsNull":true,"IsString":true,"Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]")]);
    rule(r#""Variable":"a","IsNull":true,"Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]/Variable")]);
    rule(r#""Variable":"$.a","StringEqualsPath":"b","Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]/StringEqualsPath")]);
    rule(r#""And":[],"Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]/And")]);
    rule(r#""Or":[{"Variable":"$.a","IsNull":true,"Next":"Z"}],"Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]/Or[0]")]);
    rule(r#""Not":{"Variable":"$.a","IsNull":true,"Next":"Z"},"Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]/Not")]);
    rule(r#""Variable":"$.a","BooleanEquals":"true","Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]/BooleanEquals")]);
    rule(r#""Condition":"{% true %}","Next":"Z""#, &[(SCHEMA, "/States/A/Choices[0]")]);
    choice(
        r#""QueryLanguage":"JSONata","Choices":[{"Condition":"{% 1 + %}","Next":"Z"}]"#,
        &[("INVALID_JSONATA_EXPRESSION", "/States/A/Choices[0]/Condition")],
    );
}

#[test]
fn maps_and_parallels() {
    state(r#""Type":"Parallel","Branches":[]"#, &[(SCHEMA, "/States/A/Branches")]);
    state(
        r#""Type":"Parallel","Branches":[{"States":{"I":{"Type":"Succeed"}}}]"#,
        &[(SCHEMA, "/States/A/Branches[0]")],
    );
    state(r#""Type":"Map""#, &[(SCHEMA, "/States/A")]);
    state(
        &format!(
            r#""Type":"Map","ItemProcessor":{{{INNER}}},"Iterator":{{"StartAt":"J","States":{{"J":{{"Type":"Succeed"}}}}}}"#
        ),
        &[(SCHEMA, "/States/A")],
    );
    let map = |config: &str, fields: &str, expect: &[(&str, &str)]| {
        state(&format!(r#""Type":"Map","ItemProcessor":{{"ProcessorConfig":{{{config}}},{INNER}}}{fields}"#), expect);
    };
    let config = "/States/A/ItemProcessor/ProcessorConfig";
    let distributed = r#""Mode":"DISTRIBUTED","ExecutionType":"STANDARD""#;
    map(r#""Mode":"DISTRIBUTED""#, "", &[(SCHEMA, config)]);
    map(r#""Mode":"INLINE","ExecutionType":"STANDARD""#, "", &[(SCHEMA, config)]);
    map(r#""Mode":"DISTRIBUTED","ExecutionType":"FAST""#, "", &[(SCHEMA, &format!("{config}/ExecutionType"))]);
    map(r#""Mode":"OTHER""#, "", &[(SCHEMA, &format!("{config}/Mode"))]);
    map(distributed, r#","Label":"a b""#, &[("INVALID_LABEL_NAME", "/States/A/Label")]);
    map(distributed, r#","ToleratedFailurePercentage":101"#, &[(SCHEMA, "/States/A/ToleratedFailurePercentage")]);
    map(distributed, r#","MaxConcurrency":1,"MaxConcurrencyPath":"$.a""#, &[(SCHEMA, "/States/A")]);
    let read = |reader: &str, expect: &[(&str, &str)]| {
        map(distributed, &format!(r#","ItemReader":{{{reader},"Parameters":{{}}}}"#), expect);
    };
    let get = r#""Resource":"arn:aws:states:::s3:getObject","ReaderConfig""#;
    let reader = "/States/A/ItemReader/ReaderConfig";
    read(r#""Resource":"arn:aws:states:::s3:headObject""#, &[(SCHEMA, "/States/A/ItemReader/Resource")]);
    read(&format!(r#"{get}:{{"InputType":"XML"}}"#), &[(SCHEMA, &format!("{reader}/InputType"))]);
    read(&format!(r#"{get}:{{"InputType":"CSV"}}"#), &[(SCHEMA, reader)]);
    read(&format!(r#"{get}:{{"InputType":"JSON","CSVHeaderLocation":"FIRST_ROW"}}"#), &[(SCHEMA, reader)]);
    read(&format!(r#"{get}:{{"InputType":"CSV","CSVHeaderLocation":"GIVEN"}}"#), &[(SCHEMA, reader)]);
}

#[test]
fn express_machines() {
    let express = |fields: &str, expect: &[(&str, &str)]| {
        let text = format!(r#"{{"StartAt":"A","States":{{"A":{{{fields},"End":true}}}}}}"#);
        refuse(MachineType::Express, &text, expect);
    };
    express(
        r#""Type":"Task","Resource":"arn:aws:states:::glue:startJobRun.sync","Parameters":{"JobName":"j"}"#,
        &[(SCHEMA, "/States/A/Resource")],
    );
    express(r#""Type":"Task","Resource":"arn:aws:states:us-east-1:1:activity:a""#, &[(SCHEMA, "/States/A/Resource")]);
    express(
        &format!(
            r#""Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"}},{INNER}}}"#
        ),
        &[(SCHEMA, "/States/A/ItemProcessor/ProcessorConfig/Mode")],
    );
}

#[test]
fn expressions() {
    let pass = |value: &str, expect: &[(&str, &str)]| jsonata(&format!(r#""Type":"Pass","Output":{value}"#), expect);
    let syntax = |expression: &str| {
        pass(&format!(r#""{{% {expression} %}}""#), &[("INVALID_JSONATA_EXPRESSION", "/States/A/Output")]);
    };
    for expression in [
        "",
        "(",
        "1 +",
        "$a[",
        "{'a'}",
        "'open",
        "$a := ",
        "1 2",
        "$f(,)",
        "a.1",
        "[1..]",
        "$x ? : 1",
        "function(a){1}",
        "$states.input.a[0]@$x",
        "$states.input.a^(b)@$x",
        "$states.input.a[",
        "| $a | {} ",
        "/a",
        "!$a",
        "$a == 1",
        "$states.input.a && true",
        "$a ?? 1",
        "if (1) 2",
        "$a{'b'}",
        "\\\"\\\\x\\\"",
    ] {
        syntax(expression);
    }
    let unsupported = |value: &str, place: &str| pass(value, &[("UNSUPPORTED_JSONATA_EXPRESSION", place)]);
    unsupported(r#""{% name %}""#, "/States/A/Output");
    unsupported(r#"{"a":[1,"{% $.x %}"]}"#, "/States/A/Output/a[1]");
    unsupported(r#""{% $$.x %}""#, "/States/A/Output");
    unsupported(r#""{% $states.result %}""#, "/States/A/Output");
    unsupported(r#""{% $states.errorOutput %}""#, "/States/A/Output");
    pass(r#""{% 1""#, &[(SCHEMA, "/States/A/Output")]);
    jsonata(r#""Type":"Wait","Seconds":"5""#, &[(SCHEMA, "/States/A/Seconds")]);
    jsonata(r#""Type":"Pass","Assign":"x""#, &[(SCHEMA, "/States/A/Assign")]);
    for field in ["InputPath", "OutputPath", "ResultPath"] {
        jsonata(&format!(r#""Type":"Pass","{field}":"$.a""#), &[(SCHEMA, "/States/A")]);
    }
    for field in ["Parameters", "Result"] {
        jsonata(&format!(r#""Type":"Pass","{field}":{{}}"#), &[(SCHEMA, "/States/A")]);
    }
    state(r#""Type":"Pass","Output":1"#, &[(SCHEMA, "/States/A")]);
}

#[test]
fn names_that_stand_twice() {
    let map = |name: &str, next: &str, inner: &str| {
        format!(
            r#""{name}":{{"Type":"Map","Label":"l","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},
                "StartAt":"{inner}","States":{{"{inner}":{{"Type":"Pass","End":true}}}}}},{next}}}"#
        )
    };
    let text = format!(
        r#"{{"StartAt":"M","States":{{{},{}}}}}"#,
        map("M", r#""Next":"N""#, "I"),
        map("N", r#""End":true"#, "J")
    );
    refuse(MachineType::Standard, &text, &[("DUPLICATE_LABEL_NAME", "/States/N/Label")]);
    let text = text.replace(r#""Label":"l","#, "").replace("\"J\"", "\"I\"");
    refuse(MachineType::Standard, &text, &[("DUPLICATE_STATE_NAME", "/States/N/ItemProcessor/States/I")]);
}
