//! The stack of the tutorial, from nothing to nothing.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use statewright_tests::{
    Emulator, World,
    proxy::{Act, Calls, Fault, Nth, Service, Which},
};

/// The calls that search for what else the owner has: beside the bound on reads.
fn is_search(name: &str) -> bool {
    matches!(name, "iam:GetAccountAuthorizationDetails" | "tagging:GetResources")
}

fn world(emulator: Emulator) -> World {
    let world = World::on(emulator);
    world.copy("specs");
    world
}

fn actions(plan: &Value) -> Vec<(String, String)> {
    let steps = plan["steps"].as_array().unwrap();
    steps.iter().map(|s| (s["action"].as_str().unwrap().into(), s["address"].as_str().unwrap().into())).collect()
}

/// No call is made twice with the same words.
#[track_caller]
fn nothing_twice(what: &str, reads: &Calls) {
    let mut seen = BTreeSet::new();
    let words = reads.0.iter().map(|call| format!("{} {}", call.name(), call.parameters));
    let twice: Vec<_> = words.filter(|call| !seen.insert(call.clone())).collect();
    assert_eq!(twice, Vec::<String>::new(), "{what}");
}

/// A stack of every kind but a policy, with a script of its own.
#[test]
fn no_plan_of_nightly_etl_reads_anything_twice() {
    let world = world(Emulator::Ministack);
    let bucket = format!("bucket={}", statewright_tests::account::make_bucket(&world));
    let with =
        |words: &[&str]| world.statewright([words, &["specs/nightly-etl.yaml", "--var", &bucket]].concat()).run();
    let planned = |what: &str, code: i32| {
        world.forget_calls();
        let _ = with(&["plan", "--detailed-exitcode"]).expect(code);
        nothing_twice(what, &world.calls());
    };
    planned("the first plan", 2);
    let _ = with(&["apply", "--yes"]).expect(0);
    planned("a plan of nothing", 0);
    world.write("specs/nightly-etl/jobs/transform.py", "print('another')\n");
    planned("a plan of a script", 2);
    world.forget_calls();
    // Without --yes nobody says yes: it ends once it has planned.
    let _ = with(&["destroy"]).expect(1);
    nothing_twice("the plan of a destroy", &world.calls());
    let _ = with(&["destroy", "--yes"]).expect(0);
}

fn story(emulator: Emulator) {
    let world = world(emulator);
    let plan = ["plan", "specs/lambda-glue.yaml", "--detailed-exitcode", "--format", "json"];
    let first = world.statewright(plan).run().expect(2).json();
    assert_eq!(
        actions(&first),
        [
            ("create".into(), "policy.GlueInvokePolicy".into()),
            ("create".into(), "policy.LambdaInvokePolicy".into()),
            ("create".into(), "role.SfnLambdaGlueRole".into()),
            ("create".into(), "state_machine.lambda-glue".into()),
        ]
    );
    assert_eq!(first["summary"]["create"], 4);
    assert_eq!(first["steps"][2]["needs"], json!([1, 2]));
    assert_eq!(first["steps"][3]["needs"], json!([3]));
    // What is named and does not exist is said, and does not block.
    let mut codes: Vec<_> = first["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    // The emulators' caller is root or nobody, whose rights are not simulated; policies they do not judge.
    codes.retain(|code| !["PLAN024", "PLAN046"].contains(code));
    codes.sort_unstable();
    // The console's policies allow more than the machine needs.
    assert_eq!(codes, ["IAM202", "IAM202", "PLAN005", "PLAN005"]);

    let _ = world.statewright(["apply", "specs/lambda-glue.yaml", "--yes"]).run().expect(0);
    world.forget_calls();
    // An emulator may answer before the next call of the same moment arrives; AWS does not.
    world.faults().add(Fault::new(Which::Reading, Nth::From(1), Act::Delay(Duration::from_millis(150))));
    let second = world.statewright(plan).run().expect(0).json();
    assert_eq!(second["steps"], json!([]));
    assert_eq!(second["summary"]["unchanged"], 4);

    let reads = world.calls().only(|call| !is_search(&call.name()));
    assert!(reads.count() <= 12, "{} reads: {:?}", reads.count(), reads.names());
    assert!(reads.chain() <= 3, "{} reads in a row: {:?}", reads.chain(), reads.names());
    nothing_twice("lambda-glue", &reads);

    world.faults().clear();
    world.forget_calls();
    let _ = world.statewright(["apply", "specs/lambda-glue.yaml", "--yes"]).run().expect(0);
    assert_eq!(world.calls().mutating().names(), [""; 0], "an apply of nothing writes nothing");

    let _ = world.statewright(["destroy", "specs/lambda-glue.yaml", "--yes"]).run().expect(0);
    let left = world.aws();
    let roles = left.r#do(&Service::Iam, "ListRoles", json!({}));
    assert!(!roles.to_string().contains("SfnLambdaGlueRole"), "{roles}");
    let policies = left.r#do(&Service::Iam, "ListPolicies", json!({"Scope": "Local"}));
    assert!(!policies.to_string().contains("InvokePolicy"), "{policies}");
    let machines = left.r#do(&Service::States, "ListStateMachines", json!({}));
    assert_eq!(machines["stateMachines"], json!([]));
}

#[test]
fn converges_and_goes_again_on_ministack() {
    story(Emulator::Ministack);
}

#[test]
fn converges_and_goes_again_on_moto() {
    story(Emulator::Moto);
}

#[test]
fn one_line_of_the_definition_shows_as_that_line_alone() {
    let world = world(Emulator::Ministack);
    let _ = world.statewright(["apply", "specs/lambda-glue.yaml", "--yes"]).run().expect(0);
    let path = "specs/lambda-glue/lambda-glue.asl.yaml";
    let text = std::fs::read_to_string(world.repository().join(path)).unwrap();
    world.write(path, text.replace("MaxAttempts: 3", "MaxAttempts: 5"));

    let plan = world.statewright(["plan", "specs/lambda-glue.yaml", "--format", "json"]).run().expect(0).json();
    let change =
        json!({"path": "definition/States/Extract/Retry[0]/MaxAttempts", "before": 3, "after": 5, "sensitive": false});
    assert_eq!(plan["steps"].as_array().unwrap().len(), 1);
    assert_eq!(plan["steps"][0]["changes"], json!([change]));

    let text = world.statewright(["plan", "specs/lambda-glue.yaml"]).run().expect(0).stdout;
    let about: Vec<_> = text.lines().filter(|line| line.contains('→')).map(str::trim).collect();
    assert_eq!(about, ["state Extract  Retry[0]/MaxAttempts  3 → 5"]);
    assert!(text.contains("definition (1 state changed)"), "{text}");
    let changed = text.lines().filter(|line| line.trim().starts_with("state ") || line.contains("definition/"));
    assert_eq!(changed.count(), 1, "{text}");

    let markdown = world.statewright(["plan", "specs/lambda-glue.yaml", "--format", "markdown"]).run().expect(0).stdout;
    let diff: Vec<_> = markdown.lines().filter(|line| line.starts_with(['+', '-'])).collect();
    assert_eq!(diff, ["- state Extract  Retry[0]/MaxAttempts: 3", "+ state Extract  Retry[0]/MaxAttempts: 5"]);
}

#[test]
fn states_and_edges_of_a_changed_definition_show_and_its_form_does_not() {
    let world = world(Emulator::Ministack);
    let _ = world.statewright(["apply", "specs/lambda-glue.yaml", "--yes"]).run().expect(0);
    let path = world.repository().join("specs/lambda-glue/lambda-glue.asl.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let plan = |format: &str| {
        let words = ["plan", "specs/lambda-glue.yaml", "--detailed-exitcode", "--format", format];
        world.statewright(words).run()
    };
    // Comments, blank lines and the order of keys are nothing.
    let (head, states) = text.split_once("States:").unwrap();
    std::fs::write(&path, format!("# another form\n\nStates:{states}\n{head}")).unwrap();
    assert_eq!(plan("json").expect(0).json()["definition_changes"], json!([]));

    let more = "\n  Tell:\n    Type: Pass\n    End: true\n";
    let other = text.replace("Transform", "Reshape").trim_end().to_owned() + more;
    let end = other.rfind("    End: true\n").unwrap();
    let before = other[..end].rfind("    End: true\n").unwrap();
    let other = format!("{}    Next: Tell\n{}", &other[..before], &other[before + "    End: true\n".len()..]);
    std::fs::write(&path, &other).unwrap();
    let changes = plan("json").expect(2).json()["definition_changes"].clone();
    assert_eq!(changes.as_array().map(Vec::len), Some(1), "{other}\n{changes:#}");
    assert_eq!(changes[0]["machine"], "state_machine.lambda-glue");
    let states: Vec<_> =
        changes[0]["states"].as_array().unwrap().iter().map(|s| (&s["name"], &s["change"], &s["was"])).collect();
    assert_eq!(
        states,
        [(&json!("Reshape"), &json!("renamed"), &json!("Transform")), (&json!("Tell"), &json!("added"), &Value::Null)]
    );
    assert_eq!(changes[0]["edges"], json!([{"from": "Reshape", "kind": "next", "before": "End", "after": "Tell"}]));
    let shown = plan("text").expect(2).stdout;
    for line in
        ["state Reshape  renamed from Transform", "state Tell     + added (Pass)", "Reshape.next   \"End\" → \"Tell\""]
    {
        assert!(shown.contains(line), "no {line:?} in\n{shown}");
    }
    let shown = plan("markdown").expect(2).stdout;
    for line in ["+ state Reshape: renamed from Transform", "+ state Tell: added (Pass)", "+ Reshape.next: \"Tell\""] {
        assert!(shown.lines().any(|l| l == line), "no {line:?} in\n{shown}");
    }
}
