//! `run`, and what becomes of running executions when a machine goes.

use std::time::Duration;

use serde_json::json;
use statewright_tests::{
    World,
    proxy::{Act, ByHand, Fault, Nth, Service, When, Which},
};

/// A machine that ends as its input says, or waits.
const SPEC: &str = r#"
statewright: 1
stack: shop
roles:
  shop: { trust: states.amazonaws.com }
state_machines:
  shop:
    role: shop
    definition:
      StartAt: Choose
      States:
        Choose:
          Type: Choice
          Choices:
            - { Variable: $.how, StringEquals: fail, Next: Fail }
            - { Variable: $.how, StringEquals: wait, Next: Wait }
          Default: Done
        Fail: { Type: Fail, Error: Broken, Cause: "as \u001b[31masked" }
        Wait: { Type: Wait, Seconds: 600, Next: Done }
        Done: { Type: Succeed }
"#;

fn applied() -> World {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    world
}

fn start_waiting(world: &World) -> String {
    let run = world
        .statewright(["run", "shop.yaml", "--input", r#"{"how": "wait"}"#, "--no-follow", "--format", "json"])
        .run();
    run.expect(0).events()[0]["exec"].as_str().unwrap().to_owned()
}

fn status(world: &World, execution: &str) -> String {
    let answer = world.aws().r#do(&Service::States, "DescribeExecution", json!({"executionArn": execution}));
    answer["status"].as_str().unwrap().to_owned()
}

#[test]
fn the_exit_code_of_run_is_the_result() {
    let world = applied();
    let run = |words: &[&str]| world.statewright([&["run", "shop.yaml"], words].concat()).run();
    let done = run(&["--input", r#"{"how": "done"}"#]).expect(0);
    assert!(done.stdout.contains("\"how\": \"done\""), "{done}");
    let failed = run(&["--input", r#"{"how": "fail"}"#]).expect(3);
    assert!(failed.stderr.contains("Broken") && failed.stderr.contains("as \\u{1b}[31masked"), "{failed}");
    let left = run(&["--input", r#"{"how": "wait"}"#, "--timeout", "1s"]).expect(130);
    assert!(left.stderr.contains("still running"), "{left}");
    for (input, says) in [("{", "not JSON"), ("@none.json", "none.json")] {
        let refused = run(&["--input", input]).expect(1);
        assert!(refused.stderr.contains(says), "{refused}");
    }
    world.write("big.json", format!("\"{}\"", "x".repeat(262_144)));
    let big = run(&["--input", "@big.json"]).expect(1);
    assert!(big.stderr.contains("262146 bytes"), "{big}");
    let none = world.statewright(["run", "nobody"]).run().expect(1);
    assert!(none.stderr.contains("no stack"), "{none}");
    let elsewhere =
        world.statewright(["run", "arn:aws:states:us-east-1:999999999999:stateMachine:shop"]).run().expect(1);
    assert!(elsewhere.stderr.contains("999999999999"), "{elsewhere}");
}

#[test]
fn an_interrupted_run_leaves_the_execution_running() {
    let world = applied();
    let started = world.statewright(["run", "shop.yaml", "--input", r#"{"how": "wait"}"#, "--name", "one"]).start();
    let execution = format!("arn:aws:states:us-east-1:{}:execution:shop:one", world.account());
    while world.aws().try_do(&Service::States, "DescribeExecution", json!({"executionArn": execution})).is_err() {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(300));
    started.interrupt();
    let left = started.wait().expect(130);
    assert!(left.stderr.contains(&execution), "{left}");
    assert_eq!(status(&world, &execution), "RUNNING");
}

#[test]
fn a_destroy_fails_while_one_runs() {
    let world = applied();
    let execution = start_waiting(&world);
    world.forget_calls();
    let refused = world.statewright(["destroy", "shop.yaml", "--yes"]).run().expect(1);
    assert!(refused.stdout.contains("1 execution") && refused.stdout.contains("--executions"), "{refused}");
    assert_eq!(world.calls().mutating().names(), [""; 0]);
    assert_eq!(status(&world, &execution), "RUNNING");
}

/// A schedule started one after the plan had counted.
#[test]
fn an_execution_that_started_after_the_plan_is_not_ended() {
    let world = applied();
    let machine = format!("arn:aws:states:us-east-1:{}:stateMachine:shop", world.account());
    let start = json!({"stateMachineArn": machine, "name": "late", "input": r#"{"how": "wait"}"#});
    let by_hand =
        ByHand { when: When::After, service: Service::States, operation: "StartExecution".into(), parameters: start };
    world.faults().add(Fault::by_hand("states:ListExecutions", Nth::Only(1), by_hand));
    let refused = world.statewright(["destroy", "shop.yaml", "--yes"]).run().expect(1);
    let says = "1 execution runs on shop now";
    assert!(refused.stdout.contains(says) && refused.stdout.contains("--executions"), "{refused}");
    assert_eq!(world.calls().named("states:DeleteStateMachine").count(), 0);
    let execution = machine.replace(":stateMachine:", ":execution:") + ":late";
    assert_eq!(status(&world, &execution), "RUNNING");
    let _ = world.statewright(["destroy", "shop.yaml", "--yes", "--executions", "stop"]).run().expect(0);
}

#[test]
fn a_destroy_stops_what_runs_where_it_may() {
    let world = applied();
    let _ = start_waiting(&world);
    let _ = world.statewright(["destroy", "shop.yaml", "--yes", "--executions", "stop"]).run().expect(0);
    let calls = world.calls().mutating().names();
    let place = |name: &str| calls.iter().position(|call| call == name).unwrap_or_else(|| panic!("{name}: {calls:?}"));
    assert!(place("states:StopExecution") < place("states:DeleteStateMachine"));
}

#[test]
fn a_destroy_waits_for_what_runs_where_it_shall() {
    let world = applied();
    let execution = start_waiting(&world);
    let destroy = world.statewright(["destroy", "shop.yaml", "--yes", "--executions", "wait"]).start();
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(world.calls().named("states:DeleteStateMachine").count(), 0, "it waits before it deletes");
    world.aws().r#do(&Service::States, "StopExecution", json!({"executionArn": execution}));
    let destroy = destroy.wait().expect(0);
    assert!(destroy.stderr.contains("waiting for the executions of shop to end"), "{destroy}");
}

#[test]
fn an_apply_that_replaces_a_machine_counts_too() {
    let world = applied();
    let _ = start_waiting(&world);
    world.write(
        "shop.yaml",
        SPEC.replace("    role: shop\n", "    role: shop\n    type: EXPRESS\n    replace: allowed\n"),
    );
    world.forget_calls();
    let refused = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(1);
    assert!(refused.stdout.contains("1 execution"), "{refused}");
    assert_eq!(world.calls().mutating().names(), [""; 0]);
    let _ = world.statewright(["apply", "shop.yaml", "--yes", "--executions", "stop"]).run().expect(0);
    let _ = world.statewright(["plan", "shop.yaml", "--detailed-exitcode"]).run().expect(0);
}

#[test]
fn an_interrupted_apply_ends_its_calls_and_says_what_is_left() {
    let world = World::ministack();
    world.write("shop.yaml", SPEC);
    world.faults().add(Fault::new(Which::Operation("iam:CreateRole".into()), Nth::Only(1), Act::Signal(2)));
    let stopped = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(130);
    assert!(stopped.stdout.contains("not started") && stopped.stdout.contains("Interrupted: "), "{stopped}");
    assert_eq!(world.calls().mutating().names(), ["iam:CreateRole"]);
    world.faults().clear();
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
}
