//! The numbers that the checker holds on definitions of which others have said whether they are right. They are not part
//! of this repository; without them there is nothing to hold.

use std::{fs, path::PathBuf};

use statewright_source::{FileId, Severity, parse_json};

use crate::{MachineType, Options, Tokens, check};

fn corpus() -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/asl"));
    path.is_dir().then_some(path)
}

/// The files of a source's label, and whether each is refused.
fn refused(source: &str, label: &str) -> Vec<(String, bool)> {
    let Some(corpus) = corpus() else { return Vec::new() };
    let manifest = fs::read_to_string(corpus.join("manifest.tsv")).unwrap();
    let express: Vec<&str> =
        manifest.lines().filter(|l| l.contains("\tEXPRESS;")).filter_map(|l| l.split('\t').next()).collect();
    let mut files: Vec<PathBuf> = match fs::read_dir(corpus.join(source).join(label)) {
        Ok(entries) => entries.map(|e| e.unwrap().path()).collect(),
        Err(_) => return Vec::new(),
    };
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let kind = if express.contains(&format!("{source}/{label}/{name}").as_str()) {
                MachineType::Express
            } else {
                MachineType::Standard
            };
            let parsed = parse_json(FileId(0), &text);
            let broken = parsed.diagnostics.iter().any(|d| d.severity == Severity::Error);
            let options = Options { machine_type: Some(kind), tokens: Tokens::Wildcard, sources: None };
            (name, broken || parsed.root.is_none_or(|root| check(&root, &options).is_refused()))
        })
        .collect()
}

#[track_caller]
fn hold(source: &str, label: &str, expect_refused: bool, but: &[&str]) {
    let wrong: Vec<String> = refused(source, label)
        .into_iter()
        .filter(|(name, refused)| *refused != expect_refused && !but.contains(&name.as_str()))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(wrong, [""; 0], "{source}/{label}");
}

#[test]
fn nothing_that_aws_accepted_is_refused() {
    hold("localstack-aws-truth", "valid", false, &[]);
    hold("floci-aws-claims", "valid", false, &[]);
}

#[test]
fn nothing_that_people_deploy_is_refused() {
    // A YAML definition whose `Next: Yes` became a boolean on the way to JSON: a transition names a state with a string.
    hold("serverless-patterns", "valid", false, &["21d6ffca9aba.json"]);
    for source in ["aws-stepfunctions-examples", "sam-cli-app-templates", "serverless-step-functions", "sfn-long-lived"]
    {
        hold(source, "valid", false, &[]);
    }
}

#[test]
fn everything_that_aws_refused_is_refused() {
    hold("localstack-aws-truth", "invalid", true, &[]);
    hold("floci-aws-claims", "invalid", true, &[]);
}

#[test]
fn what_other_tools_refuse_is_refused() {
    hold("statelint", "invalid", true, &[]);
    hold("amazon-states-language-service", "invalid", true, &[]);
    // AWS takes `{%10%}` and any white space behind `{%`: the first two are rules of that tool alone.
    // `States.MathAdd(1,'-1')` fails when it runs; nobody has seen AWS refuse it: a finding of severity runtime.
    let runtime = "2cf38e6fa04c.json";
    hold("asl-validator", "invalid", true, &["1018f02bf6dd.json", "3f79fb22c838.json", runtime]);
    // The tool faults `${jobqueue}` because no substitution of that name is given beside the definition.
    hold("cfn-lint", "invalid", true, &["08e6e7c9b8a5.json"]);
}

/// AWS's own code and place, case by case.
#[test]
fn as_aws_says_it() {
    let Some(corpus) = corpus() else { return };
    let claims = fs::read_to_string(corpus.join("aws-validate-claims.jsonl")).unwrap();
    let truth = fs::read_to_string(corpus.join("aws-truth.jsonl")).unwrap();
    let mut seen = 0;
    for line in claims.lines().chain(truth.lines()) {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(expected) = case["diagnostics"].as_array().filter(|d| !d.is_empty()) else { continue };
        let parsed = parse_json(FileId(0), case["definition"].as_str().unwrap());
        // What is wrong with the text as JSON is another crate's.
        let Some(root) = parsed.root.filter(|_| parsed.diagnostics.is_empty()) else { continue };
        let kind = if case["type"] == "EXPRESS" { MachineType::Express } else { MachineType::Standard };
        let options = Options { machine_type: Some(kind), tokens: Tokens::Wildcard, sources: None };
        let found = check(&root, &options).diagnostics;
        for diagnostic in expected {
            let said = found.iter().any(|d| {
                d.aws_code == diagnostic["code"].as_str()
                    && d.aws_location.as_deref() == diagnostic["location"].as_str()
            });
            assert!(said, "{}: {diagnostic}: {found:?}", case["name"]);
        }
        // AWS reports no more of what it refuses than we do: each error of ours is one of AWS's.
        for error in found.iter().filter(|d| d.severity == Severity::Error) {
            let said = expected.iter().any(|d| {
                error.aws_code == d["code"].as_str() && error.aws_location.as_deref() == d["location"].as_str()
            });
            assert!(said, "{}: AWS does not say {error:?}", case["name"]);
        }
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

/// Executions that AWS ran: what it took is not refused here, and what succeeded is not said to fail.
#[test]
fn executions_came_out_as_said() {
    let Some(corpus) = corpus() else { return };
    let (mut failed, mut foretold) = (0, 0);
    for line in fs::read_to_string(corpus.join("aws-exec-truth.jsonl")).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let root = parse_json(FileId(0), case["definition"].as_str().unwrap()).root.unwrap();
        let kind = if case["type"] == "EXPRESS" { MachineType::Express } else { MachineType::Standard };
        let options = Options { machine_type: Some(kind), tokens: Tokens::Resolved, sources: None };
        let found = check(&root, &options).diagnostics;
        let least = if case["status"] == "FAILED" { Severity::Error } else { Severity::Runtime };
        let wrong: Vec<_> = found.iter().filter(|d| d.severity <= least).collect();
        assert!(wrong.is_empty(), "{}: {}: {wrong:?}", case["test"], case["status"]);
        failed += usize::from(case["status"] == "FAILED");
        foretold += usize::from(found.iter().any(|d| d.severity == Severity::Runtime));
    }
    // The others fail for their input, or for what they call.
    assert!(failed >= 60 && foretold >= 12, "{failed} {foretold}");
}

/// Single states that AWS's `TestState` ran.
#[test]
fn tested_states_are_not_refused() {
    let Some(corpus) = corpus() else { return };
    let mut seen = 0;
    for line in fs::read_to_string(corpus.join("aws-teststate-truth.jsonl")).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let (Some(text), Some(_)) = (case["request"]["definition"].as_str(), case["response"]["status"].as_str())
        else {
            continue;
        };
        let mut state: serde_json::Value = serde_json::from_str(text).unwrap();
        if state.get("States").is_none() {
            // Where it goes on to is not part of the request.
            let mut targets = Vec::new();
            transitions(&state, &mut targets);
            let mut states = serde_json::Map::from_iter([("State under test".to_owned(), state)]);
            states.extend(targets.into_iter().map(|name| (name, serde_json::json!({ "Type": "Succeed" }))));
            state = serde_json::json!({ "StartAt": "State under test", "States": states });
        }
        let root = parse_json(FileId(0), &state.to_string()).root.unwrap();
        let found = check(&root, &Options::default()).diagnostics;
        let wrong: Vec<_> = found.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", case["test"]);
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
}

/// The names that a state's own transitions give.
fn transitions(state: &serde_json::Value, found: &mut Vec<String>) {
    let own = ["Next", "Default"].iter().filter_map(|field| state.get(field));
    let lists = ["Choices", "Catch"].iter().filter_map(|field| state.get(field)?.as_array()).flatten();
    found.extend(own.chain(lists.filter_map(|rule| rule.get("Next"))).filter_map(|n| n.as_str().map(str::to_owned)));
}
