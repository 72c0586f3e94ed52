//! `status`: what it shows, and what it costs.

use std::{fmt::Write as _, time::Duration};

use serde_json::json;
use statewright_tests::{
    World,
    proxy::{Fault, Nth, Service},
};

use crate::outputs::holds;

fn spec(machines: usize) -> String {
    let mut spec =
        "statewright: 1\nstack: many\nroles:\n  many: { trust: states.amazonaws.com }\nstate_machines:\n".to_owned();
    for index in 0..machines {
        let _ = write!(
            spec,
            "  machine-{index:03}:\n    role: many\n    definition: {{ StartAt: A, States: {{ A: {{ Type: Pass, End: true }} }} }}\n"
        );
    }
    spec
}

#[test]
fn a_hundred_machines_cost_two_calls_each_at_the_same_time() {
    let world = World::ministack();
    world.write("many.yaml", spec(100));
    let _ = world.statewright(["apply", "many.yaml", "--yes", "--parallelism", "32"]).run().expect(0);
    world.forget_calls();
    world.faults().add(Fault::latency(Duration::from_millis(20)));
    let status =
        world.statewright(["status", "many.yaml", "--format", "json", "--parallelism", "32"]).run().expect(0).json();
    holds("status", &status);
    assert_eq!(status["stacks"][0]["drift"], 0);
    assert_eq!(status["stacks"][0]["machines"].as_array().unwrap().len(), 100);
    let calls = world.calls();
    let of_machines = calls.names().iter().filter(|call| call.starts_with("states:")).count();
    assert!(of_machines <= 200, "{of_machines} calls for 100 machines");
    assert_eq!(calls.mutating().count(), 0);
    // All of them one after another would be more than two hundred.
    assert!(calls.chain() <= 40, "{} calls one after another", calls.chain());
}

/// Step Functions tells the tags of one machine a second; the tagging API, those of a hundred with a call. It lags behind,
/// so only what it knows to be as it should is taken from it.
#[test]
fn the_tags_of_machines_are_read_together_and_doubts_one_by_one() {
    let world = World::ministack();
    let tagged = |team: &str| {
        world.write("many.yaml", spec(5).replace("stack: many\n", &format!("stack: many\ntags: {{ team: {team} }}\n")))
    };
    tagged("data");
    let _ = world.statewright(["apply", "many.yaml", "--yes"]).run().expect(0);
    let alone = |world: &World| world.calls().named("states:ListTagsForResource").count();
    let planned = |code: i32| {
        world.forget_calls();
        let plan = world.statewright(["plan", "many.yaml", "--detailed-exitcode"]).run().expect(code);
        (alone(&world), plan.stdout)
    };
    assert_eq!(planned(0).0, 0);
    world.forget_calls();
    let _ = world.statewright(["apply", "many.yaml", "--yes"]).run().expect(0);
    assert_eq!((alone(&world), world.calls().mutating().count()), (0, 0));

    // One that somebody tagged is read by itself, and its drift is told.
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:machine-003", world.account());
    let tags = json!({ "resourceArn": machine, "tags": [{ "key": "team", "value": "web" }] });
    world.aws().r#do(&Service::States, "TagResource", tags);
    let (read, shown) = planned(2);
    assert_eq!(read, 1);
    assert!(shown.contains(r#"tags.team  "web" → "data""#), "{shown}");
    let _ = world.statewright(["apply", "many.yaml", "--yes"]).run().expect(0);

    // It knows nothing yet of what was made just now, or only what was before: neither is believed.
    let filter = json!({ "TagFilters": [{ "Key": "statewright:stack", "Values": ["many@us-east-1"] }] });
    let old = world.aws().r#do(&Service::Tagging, "GetResources", filter);
    assert_eq!(old["ResourceTagMappingList"].as_array().map(Vec::len), Some(5), "{old:#}");
    tagged("new");
    for late in [old, json!({ "ResourceTagMappingList": [] })] {
        world.faults().add(Fault::answer("tagging:GetResources", Nth::From(1), late));
        let _ = world.statewright(["apply", "many.yaml", "--yes"]).run().expect(0);
        assert_eq!(planned(0).0, 5);
        world.faults().clear();
    }
    // Nor is one that says nothing an obstacle.
    world.faults().add(Fault::refuse("tagging:GetResources", Nth::From(1), 403, "AccessDeniedException", "not you"));
    let (read, shown) = planned(0);
    assert_eq!(read, 5);
    assert!(shown.contains("PLAN016") && shown.contains("tag:GetResources"), "{shown}");
}

#[test]
fn drift_and_executions_are_shown() {
    let world = World::ministack();
    world.write("many.yaml", spec(2));
    let before = world.statewright(["status", "many.yaml"]).run().expect(0);
    assert!(before.stdout.contains("3 differ") && before.stdout.contains("not there"), "{before}");
    let _ = world.statewright(["apply", "many.yaml", "--yes"]).run().expect(0);
    let _ = world.statewright(["run", "many.yaml", "--machine", "machine-001"]).run().expect(0);
    let now = world.statewright(["status", "many.yaml"]).run().expect(0);
    for wanted in ["in sync", "never ran", "✓", "0% of 1", "succeeded"] {
        assert!(now.stdout.contains(wanted), "{wanted}: {now}");
    }
    let name = format!("arn:aws:states:us-east-1:{}:stateMachine:machine-000", world.account());
    world.aws().r#do(
        &Service::States,
        "UpdateStateMachine",
        json!({"stateMachineArn": name,
        "definition": json!({"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}).to_string()}),
    );
    let drifted = world.statewright(["status", "many.yaml"]).run().expect(0);
    assert!(drifted.stdout.contains("1 differs") && drifted.stdout.contains("machine-000 (update)"), "{drifted}");
    world.faults().add(Fault::refuse("states:ListExecutions", Nth::From(1), 400, "AccessDeniedException", "not you"));
    let denied = world.statewright(["status", "many.yaml"]).run().expect(0);
    assert!(denied.stdout.contains("AccessDeniedException"), "{denied}");
}
