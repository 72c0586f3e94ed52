//! What programs read holds to its schema, and what nobody may read is nowhere.

use std::fs;

use serde_json::{Value, json};
use statewright_tests::{Outcome, World, emulator::repository, proxy::Service};

use statewright_tests::account::make_bucket;

/// Holds a value to a schema of `docs/schema`.
#[track_caller]
pub(crate) fn holds(name: &str, value: &Value) {
    let schema = fs::read_to_string(repository().join(format!("docs/schema/{name}-1.json"))).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> =
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{name}: {faults:?}\n{value:#}");
}

fn etl() -> (World, String) {
    let world = World::ministack();
    world.copy("specs");
    let bucket = format!("bucket={}", make_bucket(&world));
    (world, bucket)
}

#[test]
fn of_plan_apply_run_and_destroy_hold_to_their_schemas() {
    let (world, bucket) = etl();
    let with = |words: &[&str]| world.statewright([words, &["--format", "json", "--var", &bucket]].concat()).run();
    let plan = with(&["plan", "specs/nightly-etl.yaml"]).expect(0).json();
    holds("plan", &plan);
    holds("plan", &with(&["plan", "specs"]).expect(0).json());
    let apply = with(&["apply", "specs/nightly-etl.yaml", "--yes"]).expect(0).events();
    for line in &apply {
        holds("apply", line);
    }
    let whats: Vec<_> = apply.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(whats.iter().filter(|what| **what == "done").count(), plan["steps"].as_array().unwrap().len());
    assert_eq!(*whats.last().unwrap(), "journal");
    let run = with(&["run", "nightly-etl", "--input", r#"{"day": "2026-11-22"}"#]).expect(0).events();
    for line in &run {
        holds("run", line);
    }
    assert_eq!(run.last().unwrap()["status"], "succeeded");
    assert_eq!(run.last().unwrap()["output"]["orders"], 3);
    let destroy = with(&["destroy", "specs/nightly-etl.yaml", "--yes"]).expect(0).events();
    for line in &destroy {
        holds("apply", line);
    }
}

#[test]
fn of_validate_hold_to_their_schema_in_every_format() {
    let world = World::ministack();
    world.write(
        "bad.yaml",
        "statewright: 1\nstack: a b\nroles: { R: { trsut: states.amazonaws.com, description: 'em—dash' } }\n",
    );
    let run = |format: &str| world.statewright(["validate", "bad.yaml", "--format", format]).run().expect(1);
    let found = run("json").json();
    holds("validate", &found);
    let codes: Vec<_> =
        found["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect();
    assert!(codes.len() >= 3, "{codes:?}");
    let sarif = run("sarif").json();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), codes.len());
    let github = run("github").stdout;
    assert_eq!(github.lines().filter(|line| line.starts_with("::error file=bad.yaml,line=")).count(), codes.len());
    let text = run("text").stdout;
    assert!(codes.iter().all(|code| text.contains(&format!("[{code}]"))), "{text}");
}

/// What was given as a secret, and what lives in AWS as one.
const SECRETS: [&str; 3] = ["hunter2-given", "hunter2-live", "hunter2-argument"];

#[track_caller]
fn keeps(outcome: Outcome) -> Outcome {
    for secret in SECRETS {
        assert!(!outcome.stdout.contains(secret) && !outcome.stderr.contains(secret), "{outcome}");
    }
    assert!(outcome.code().is_some_and(|code| code < 3), "{outcome}");
    outcome
}

#[test]
fn hold_no_secret() {
    let world = World::ministack();
    world.write("app.py", "def handler(event, context):\n    return 1\n");
    let spec = r#"
statewright: 1
stack: etl
variables: { token: { sensitive: true } }
roles:
  etl: { trust: [lambda.amazonaws.com, glue.amazonaws.com, states.amazonaws.com], description: "the token is ${var.token}" }
functions:
  etl: { runtime: python3.12, handler: app.handler, code: app.py, role: etl, environment: { TOKEN: "${var.token}", PLAIN: "shown" } }
jobs:
  etl: { script: "s3://elsewhere/y.py", glue_version: "4.0", role: etl, arguments: { --token: "Bearer ${var.token}" } }
state_machines:
  etl:
    role: etl
    definition:
      StartAt: A
      States: { A: { Type: Pass, Parameters: { key: "${var.token}", open: yes }, End: true } }
"#;
    world.write("etl.yaml", spec);
    let with = |words: &[&str], token: &str| {
        keeps(world.statewright([words, &["-vvv", "--var", &format!("token={token}")]].concat()).run())
    };
    for format in ["text", "json", "markdown"] {
        let shown = with(&["plan", "etl.yaml", "--format", format], SECRETS[0]);
        assert!(shown.stdout.contains("(sensitive)"), "{shown}");
    }
    let _ = with(&["apply", "etl.yaml", "--yes"], SECRETS[0]).expect(0);
    let _ = with(&["plan", "etl.yaml", "--detailed-exitcode"], SECRETS[0]).expect(0);
    // Changed in AWS by somebody: what is there may not be shown either.
    let aws = world.aws();
    let variables = json!({"Variables": {"TOKEN": SECRETS[1], "OTHER": SECRETS[1]}});
    aws.r#do(&Service::Lambda, "UpdateFunctionConfiguration", json!({"FunctionName": "etl", "Environment": variables}));
    std::thread::sleep(std::time::Duration::from_millis(700));
    for format in ["text", "json", "markdown"] {
        let shown = with(&["plan", "etl.yaml", "--detailed-exitcode", "--format", format], SECRETS[2]);
        assert!(shown.stdout.contains("environment.OTHER"), "{shown}");
    }
    let _ = with(&["apply", "etl.yaml", "--yes", "--format", "json"], SECRETS[2]).expect(0);
    let _ = with(&["destroy", "etl.yaml", "--yes"], SECRETS[2]).expect(0);
    let misplaced = spec.replace("  etl: { trust", "  \"etl-${var.token}\": { trust");
    world.write("etl.yaml", misplaced);
    let _ = with(&["plan", "etl.yaml"], SECRETS[0]).expect(1);
}
