//! Whatever comes in: no panic, places within the text, no time beyond measure.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Map, Value};
use statewright_source::{Sources, parse_json, parse_yaml};

use crate::{Flow, Options, Tokens, check, diff, mentions};

/// Checks a text in every way, and that every place is one of the text.
pub(super) fn survive(text: &str) {
    for tokens in [Tokens::Wildcard, Tokens::Resolved] {
        for parse in [parse_json, parse_yaml] {
            let mut sources = Sources::default();
            let file = sources.add("x", text);
            let Some(root) = parse(file, text).root else { continue };
            let options = Options { machine_type: Some(crate::MachineType::Express), tokens, sources: Some(&sources) };
            let checked = check(&root, &options);
            for found in &checked.diagnostics {
                let span = found.primary.as_ref().unwrap().span;
                assert!(span.start <= span.end && span.end <= text.len(), "{found:?}");
                assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{found:?}");
            }
            let flow = Flow::of(&checked.definition);
            assert_eq!(flow.states.len(), checked.definition.states().len());
            mentions(&checked.definition);
            assert!(diff(&checked.definition, &checked.definition).is_empty());
        }
    }
}

const WORDS: &[&str] = &[
    "StartAt",
    "States",
    "A",
    "B",
    "Type",
    "Task",
    "Pass",
    "Choice",
    "Map",
    "Parallel",
    "Wait",
    "Fail",
    "Next",
    "End",
    "Choices",
    "Branches",
    "ItemProcessor",
    "Iterator",
    "Catch",
    "Retry",
    "ErrorEquals",
    "States.ALL",
    "Variable",
    "And",
    "Not",
    "StringEquals",
    "Condition",
    "Assign",
    "Output",
    "Arguments",
    "Parameters",
    "x.$",
    "QueryLanguage",
    "JSONata",
    "JSONPath",
    "{% $states.input %}",
    "{% $x ? %}",
    "{% a[ %}",
    "$.a[*]",
    "$$.Task.Token",
    "States.Format('{}', $.a)",
    "States.Array(",
    "${Token}",
    "${",
    "Resource",
    "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Label",
    "é\u{1F600}",
    "ProcessorConfig",
    "Mode",
    "DISTRIBUTED",
    "ItemReader",
    "ReaderConfig",
    "Credentials",
    "Timestamp",
    "Seconds",
    "",
    "ResultPath",
    "Default",
    "Comment",
    "{%",
    "%}",
    "{%%}",
    "arn:aws:lambda:a:b:function:c:",
    "Fn::GetAtt",
    "Ref",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![8 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(8, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..8)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json(value in value()) {
        survive(&value.to_string());
    }

    #[test]
    fn any_text(text in "\\PC{0,60}") {
        survive(&text);
    }

    #[test]
    fn any_expression(text in "[\\[\\](){}.,;:?*%|^&@#<>=!~+$'\"`/ a-c0-9\\\\é\n-]{0,40}") {
        let _ = crate::jsonata::parse(&text).map(|tree| crate::jsonata::references(&tree));
        let _ = crate::path::parse_path(&text);
        let _ = crate::path::parse_call(&text);
        let _ = crate::path::parse_dynamic(&format!("States.Format({text}"));
        let _ = crate::path::parse_path(&format!("$.{text}"));
        let _ = crate::path::parse_path(&format!("$[{text}"));
    }
}

/// Shapes that would take quadratic time if anything did.
#[test]
fn large_definitions_take_no_time_beyond_measure() {
    let states = |n: usize, body: &dyn Fn(usize) -> String| {
        let all: Vec<String> = (0..n).map(|i| format!("\"S{i}\":{}", body(i))).collect();
        format!("{{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"S0\",\"States\":{{{}}}}}", all.join(","))
    };
    let shapes = [
        states(20_000, &|i| format!("{{\"Type\":\"Pass\",\"Next\":\"S{}\"}}", i + 1)),
        states(15_000, &|i| format!("{{\"Type\":\"Pass\",\"Next\":\"Missing{i}\"}}")),
        states(9_000, &|i| {
            format!(
                "{{\"Type\":\"Pass\",\"Assign\":{{\"v{i}\":1}},\"Output\":\"{{% $w{i} %}}\",\"Next\":\"S{}\"}}",
                i + 1
            )
        }),
        states(9_000, &|i| {
            format!(
                "{{\"Type\":\"Pass\",\"Assign\":{{\"v{i}\":1}},\"Output\":\"{{% $w{i} %}}\",\"Next\":\"S{}\"}}",
                i.saturating_sub(1)
            )
        }),
        states(1, &|_| {
            let rules: Vec<String> = (0..8_000)
                .map(|i| format!("{{\"Condition\":\"{{% $states.input.x = {i} %}}\",\"Next\":\"S0\",\"X{i}\":1}}"))
                .collect();
            format!("{{\"Type\":\"Choice\",\"Choices\":[{}]}}", rules.join(","))
        }),
        states(1, &|_| format!("{{\"Type\":\"Pass\",\"Output\":\"{{% {} %}}\"}}", "$states.input.a + ".repeat(40_000))),
        states(1, &|_| format!("{{\"Type\":\"Pass\",\"Output\":\"{{% {} %}}\"}}", "(".repeat(500_000))),
        // Services, calls and parameters that nobody has, short and long.
        states(8_000, &|i| {
            format!(
                "{{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::aws-sdk:ec3{i}:describeInstancez\",\"Next\":\"S{}\"}}",
                i + 1
            )
        }),
        states(250, &|i| {
            format!(
                "{{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::aws-sdk:{}:x{i}\",\"End\":true}}",
                "ec2".repeat(1_200)
            )
        }),
        states(8_000, &|_| {
            "{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::aws-sdk:ec2:describeInstancez\",\"End\":true}"
                .to_owned()
        }),
        states(5_000, &|i| {
            format!(
                "{{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::aws-sdk:ec2:runInstances\",\"Arguments\":{{\"Imageid{i}\":1,\"kernelIdd\":2}},\"End\":true}}"
            )
        }),
        states(1, &|_| {
            let all: Vec<String> = (0..60_000).map(|i| format!("\"X{i}\":1")).collect();
            let arguments = all.join(",");
            format!(
                "{{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::aws-sdk:ec2:runInstances\",\"Arguments\":{{{arguments}}}}}"
            )
        }),
        states(1, &|_| format!("{{\"Type\":\"Pass\",\"Output\":\"{{% [{}] %}}\"}}", "phone$, ".repeat(90_000))),
        states(1, &|_| {
            let all: Vec<String> = (0..60_000).map(|i| format!("$v{i}, \\\"x\\\"")).collect();
            format!("{{\"Type\":\"Pass\",\"Output\":\"{{% [{}] %}}\"}}", all.join(", "))
        }),
    ];
    for text in shapes {
        let start = Instant::now();
        survive_once(&text);
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{took:?}: {}…", &text[..200]);
    }
}

fn survive_once(text: &str) {
    let mut sources = Sources::default();
    let file = sources.add("x", text);
    if let Some(root) = parse_json(file, text).root {
        check(&root, &Options { sources: Some(&sources), ..Options::default() });
    }
}
