//! Machines for tests: ours, and those of the corpus where it is there.

use std::{fmt::Write as _, fs, path::Path};

use statewright_asl::Definition;
use statewright_source::{FileId, Node, parse_json};

use crate::Chart;

pub(crate) fn tree(text: &str) -> Node {
    let parsed = parse_json(FileId(0), text);
    parsed.root.unwrap_or_else(|| panic!("{:?}: {text}", parsed.diagnostics))
}

pub(crate) fn chart(text: &str) -> Chart {
    let root = tree(text);
    Chart::of(&Definition::of(&root))
}

/// An order's way, with most that a machine can have in it.
pub(crate) const ORDERS: &str = include_str!("../tests/machines/orders.asl.json");

/// The shapes that people complain about in other tools, each by its name.
pub(crate) fn fixtures() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = vec![("orders".to_owned(), ORDERS.to_owned())];
    let mut add = |name: &str, start: &str, states: &str| {
        all.push((name.to_owned(), format!(r#"{{"StartAt":"{start}","States":{{{states}}}}}"#)));
    };
    add("one state", "A", r#""A":{"Type":"Succeed"}"#);
    add("no start", "Nowhere", r#""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}"#);
    add("nothing", "A", "");
    add(
        "never reached",
        "A",
        r#""A":{"Type":"Pass","End":true},"B":{"Type":"Pass","Next":"C"},"C":{"Type":"Pass","Next":"B"}"#,
    );
    add(
        "to itself",
        "A",
        r#""A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},
            "Catch":[{"ErrorEquals":["States.Timeout"],"Next":"A"},{"ErrorEquals":["States.ALL"],"Next":"C"}],"Next":"C"},
          "C":{"Type":"Choice","Choices":[{"Variable":"$.again","BooleanEquals":true,"Next":"C"},
            {"Variable":"$.back","BooleanEquals":true,"Next":"A"}],"Default":"Z"},
          "Z":{"Type":"Succeed"}"#,
    );
    add(
        "loops in loops",
        "A",
        r#""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Wait","Seconds":1,"Next":"C"},
          "C":{"Type":"Choice","Choices":[{"Variable":"$.b","IsPresent":true,"Next":"B"},{"Variable":"$.d","IsPresent":true,"Next":"D"}],"Default":"A"},
          "D":{"Type":"Task","Resource":"r","Next":"E","Catch":[{"ErrorEquals":["E1"],"Next":"B"},{"ErrorEquals":["E2"],"Next":"A"}]},
          "E":{"Type":"Choice","Choices":[{"Variable":"$.c","IsPresent":true,"Next":"C"},{"Variable":"$.d","IsPresent":true,"Next":"D"}],"Default":"F"},
          "F":{"Type":"Succeed"}"#,
    );
    add(
        "a loop in each container",
        "P",
        r#""P":{"Type":"Parallel","End":true,"Branches":[
            {"StartAt":"L","States":{"L":{"Type":"Pass","Next":"K"},"K":{"Type":"Choice","Choices":[{"Variable":"$.k","IsNull":true,"Next":"L"}],"Default":"KE"},"KE":{"Type":"Succeed"}}},
            {"StartAt":"M","States":{"M":{"Type":"Map","Iterator":{"StartAt":"Q","States":{
                "Q":{"Type":"Parallel","Branches":[{"StartAt":"R","States":{"R":{"Type":"Pass","End":true}}},{"StartAt":"S","States":{"S":{"Type":"Fail"}}}],"Next":"W"},
                "W":{"Type":"Choice","Choices":[{"Variable":"$.w","IsNull":true,"Next":"Q"}],"Default":"V"},"V":{"Type":"Pass","End":true}}},
                "Catch":[{"ErrorEquals":["States.ALL"],"Next":"N"}],"Next":"N"},"N":{"Type":"Pass","Next":"M2"},
                "M2":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"X","States":{"X":{"Type":"Pass","End":true}}},"End":true}}}]}"#,
    );
    add(
        "empty containers",
        "P",
        r#""P":{"Type":"Parallel","Branches":[],"Next":"M"},"M":{"Type":"Map","ItemProcessor":{"StartAt":"X","States":{}},"End":true}"#,
    );
    add(
        "hostile names",
        "<script>alert('a')</script>",
        r#""<script>alert('a')</script>":{"Type":"Pass","Comment":"]]> & \u001b[31m","Next":"\"a\" & 'b'"},
          "\"a\" & 'b'":{"Type":"Wait","TimestampPath":"$.<b>","Next":"\u001b[31mred\u202e\u0000"},
          "\u001b[31mred\u202e\u0000":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"<img src=x>"},"Next":"漢字の状態 e\u0301\uffff"},
          "漢字の状態 e\u0301\uffff":{"Type":"Choice","Choices":[{"Variable":"$.x","StringEquals":"</text><script>","Next":"a\nb\tc"}],"Default":"end"},
          "a\nb\tc":{"Type":"Succeed"},"end":{"Type":"Fail","Error":"`|#;end"}"#,
    );
    let long = "AVeryLongNameOfAStateThatSomebodyThoughtOfOneEveningAndNeverCameBackTo0123456789";
    add(
        "long words",
        long,
        &format!(
            r#""{long}":{{"Type":"Choice","Choices":[{{"And":[{{"Variable":"$.a_rather_long_path.into.some.deep['place'].of.the.input","StringEquals":"a rather long text to compare it to, with more words than anybody reads"}},{{"Variable":"$.b","IsPresent":true}}],"Next":"B"}}],"Default":"B"}},"B":{{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:applicationdiscovery:startContinuousExport","TimeoutSeconds":99999999,"HeartbeatSeconds":60,"Retry":[{{"ErrorEquals":["States.ALL"],"MaxAttempts":99999999}}],"End":true}}"#
        ),
    );
    let mut fan = String::new();
    let mut rules = Vec::new();
    for n in 0..14 {
        rules.push(format!(r#"{{"Variable":"$.kind","StringEquals":"kind {n}","Next":"Do {n}"}}"#));
        let _ = write!(
            fan,
            r#","Do {n}":{{"Type":"Task","Resource":"arn:aws:lambda:eu-central-1:123456789012:function:do-{n}","Catch":[{{"ErrorEquals":["States.ALL"],"Next":"Failed"}}],"Next":"{}"}}"#,
            if n % 3 == 0 { "Done" } else { "Join" }
        );
    }
    add(
        "a choice of many",
        "C",
        &format!(
            r#""C":{{"Type":"Choice","Choices":[{}],"Default":"Failed"}}{fan},"Join":{{"Type":"Pass","Next":"Done"}},"Done":{{"Type":"Succeed"}},"Failed":{{"Type":"Fail"}}"#,
            rules.join(",")
        ),
    );
    let branches: Vec<String> = (0..18)
        .map(|n| format!(r#"{{"StartAt":"Branch {n}","States":{{"Branch {n}":{{"Type":"Task","Resource":"arn:aws:states:::sns:publish","Parameters":{{"TopicArn":"t{n}"}},"End":true}}}}}}"#))
        .collect();
    add(
        "eighteen branches",
        "P",
        &format!(r#""P":{{"Type":"Parallel","Branches":[{}],"End":true}}"#, branches.join(",")),
    );
    all.push(("catches".to_owned(), large(40, 12)));
    all
}

/// A machine of so many states, of which so many have a `Catch` to one and the same.
pub(crate) fn large(states: usize, catches: usize) -> String {
    let mut text = String::from(r#"{"StartAt":"State 0","States":{"#);
    for n in 0..states {
        let catch = if n < catches { r#","Catch":[{"ErrorEquals":["States.ALL"],"Next":"Failed"}]"# } else { "" };
        let next = n + 1;
        let _ = match n % 7 {
            3 => write!(
                text,
                r#""State {n}":{{"Type":"Choice","Choices":[{{"Variable":"$.n","NumericGreaterThan":{n},"Next":"State {}"}},{{"Variable":"$.m","IsPresent":true,"Next":"State {}"}}],"Default":"State {next}"}},"#,
                (n + 3).min(states),
                n.saturating_sub(2)
            ),
            _ => write!(
                text,
                r#""State {n}":{{"Type":"Task","Resource":"arn:aws:lambda:eu-central-1:123456789012:function:f{n}"{catch},"Next":"State {next}"}},"#
            ),
        };
    }
    let _ = write!(text, r#""State {states}":{{"Type":"Succeed"}},"Failed":{{"Type":"Fail"}}}}}}"#);
    text
}

/// The corpus' definitions that nobody calls invalid: none where it is not there.
pub(crate) fn corpus() -> Vec<(String, String)> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/asl"));
    let mut found = Vec::new();
    for source in folders(root) {
        for label in folders(&source).into_iter().filter(|f| !f.ends_with("invalid")) {
            for path in folders(&label) {
                let Ok(text) = fs::read_to_string(&path) else { continue };
                if parse_json(FileId(0), &text).root.is_some() {
                    found.push((path.display().to_string(), text));
                }
            }
        }
    }
    found
}

fn folders(path: &Path) -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> = fs::read_dir(path).into_iter().flatten().filter_map(|e| Some(e.ok()?.path())).collect();
    all.sort();
    all
}
