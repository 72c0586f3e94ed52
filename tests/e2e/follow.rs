//! `run`, followed: what is told, how it ends, and what it costs.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use statewright_tests::{
    Outcome, World,
    account::make_bucket,
    proxy::{Fault, Nth, Service},
};

use crate::outputs::holds;

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
    world.forget_calls();
    world
}

fn run(world: &World, words: &[&str]) -> Outcome {
    world.statewright([&["run", "shop.yaml"], words].concat()).run()
}

fn arn(world: &World, kind: &str, rest: &str) -> String {
    format!("arn:aws:states:us-east-1:{}:{kind}:shop{rest}", world.account())
}

fn of_type<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

#[test]
fn every_state_is_told_with_what_stands_beside_it() {
    let world = World::ministack();
    world.copy("specs");
    let bucket = format!("bucket={}", make_bucket(&world));
    let _ = world.statewright(["apply", "specs/nightly-etl.yaml", "--yes", "--var", &bucket]).run().expect(0);
    world.forget_calls();
    let began = Instant::now();
    let run = world
        .statewright([
            "run",
            "nightly-etl",
            "--input",
            r#"{"day": "2026-11-22"}"#,
            "--format",
            "json",
            "--show",
            "Extract",
        ])
        .run();
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap();
    let lines = run.expect(0).events();
    for line in &lines {
        holds("run", line);
    }
    let done: Vec<_> = of_type(&lines, "state")
        .into_iter()
        .filter(|line| line["status"] == "succeeded")
        .map(|line| line["state"].as_str().unwrap())
        .collect();
    for state in ["Extract", "Transform", "Wait for the job", "Look at the job", "Has the job ended?", "Done"] {
        assert!(done.contains(&state), "{state}: {done:?}");
    }
    let extract = of_type(&lines, "state").into_iter().find(|line| line["status"] == "succeeded").unwrap();
    assert_eq!((&extract["next"], &extract["output"]["orders"]), (&json!("Transform"), &json!(3)), "{extract:#}");
    let log = of_type(&lines, "log");
    assert!(log.iter().any(|line| line["message"] == "extracted 3 orders of 2026-11-22"), "{log:?}");
    let job = of_type(&lines, "job");
    assert!(job.iter().any(|line| line["status"] == "SUCCEEDED" && line["job"] == "nightly-transform"), "{job:?}");
    let seqs: Vec<_> = lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] < pair[1]), "{seqs:?}");

    let calls = world.calls();
    assert_eq!(calls.named("states:StartExecution").count(), 1);
    assert_eq!(calls.named("states:DescribeStateMachineForExecution").count(), 1);
    assert_eq!(calls.named("states:DescribeExecution").count(), 0, "the history says it all");
    let looks = calls.named("states:GetExecutionHistory").count();
    assert!(looks <= seconds + 2, "{looks} looks in {seconds} s");
    let beside = calls.named("logs:FilterLogEvents").count() + calls.named("glue:GetJobRun").count();
    assert!(beside <= 4, "{:?}", calls.names());
}

#[test]
fn a_log_has_a_line_an_event_and_no_escape() {
    let world = applied();
    let failed = run(&world, &["--input", r#"{"how": "fail"}"#, "--name", "one"]).expect(3);
    assert!(!failed.stderr.contains('\u{1b}'), "{failed}");
    let line = |word: &str| {
        failed.stderr.lines().any(|line| line.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(word)))
    };
    assert!(line("SUCCEEDED Choose next=Fail"), "{failed}");
    assert!(line("FAILED Fail error=Broken"), "{failed}");
    for wanted in ["✕ FAILED  one", "error  Broken", "next   statewright run shop.yaml --follow one --show Fail"] {
        assert!(failed.stderr.contains(wanted), "{wanted}: {failed}");
    }
    // What is over is told from its beginning, the same.
    world.forget_calls();
    let again = run(&world, &["--follow", "one", "--show", "Fail"]).expect(3);
    assert!(again.stderr.contains("FAILED Fail error=Broken") && again.stderr.contains(r#""how": "fail""#), "{again}");
    assert_eq!(world.calls().mutating().names(), [""; 0]);
    let by_arn = arn(&world, "stateMachine", "");
    let again = world.statewright(["run", &by_arn, "--follow", &arn(&world, "execution", ":one")]).run();
    let _ = again.expect(3);
}

#[test]
fn a_result_goes_to_a_file() {
    let world = applied();
    let done = run(&world, &["--input", r#"{"how": "done"}"#, "--output", "out.json"]).expect(0);
    assert_eq!(done.stdout, "");
    let written = fs::read_to_string(world.repository().join("out.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!({"how": "done"}));
    world.forget_calls();
    let nowhere = run(&world, &["--output", "none/out.json"]).expect(1);
    assert!(nowhere.stderr.contains("none/out.json"), "{nowhere}");
    assert_eq!(world.calls().mutating().names(), [""; 0], "told before anything starts");
}

#[test]
fn what_cannot_be_run_or_followed_is_told_and_starts_nothing() {
    let world = applied();
    let machine = arn(&world, "stateMachine", "");
    let execution = arn(&world, "execution", ":one");
    let cases: [(&[&str], &str); 7] = [
        (&["shop.yaml", "--follow", "nobody"], "there is no execution nobody"),
        (
            &["shop.yaml", "--follow", "arn:aws:states:us-east-1:123456789012:execution:other:x"],
            "is not an execution of",
        ),
        (&["shop.yaml", "--follow", "a:b"], "neither the name nor the ARN"),
        (&["shop.yaml", "--redrive", "nobody"], "nobody"),
        (&[&execution], "give the execution to --follow"),
        (&[&machine, "--region", "eu-west-1"], "--region says eu-west-1"),
        (&["arn:aws:states:us-east-1:999999999999:stateMachine:shop"], "the caller's account is"),
    ];
    // No emulator redrives.
    world.faults().add(Fault::refuse(
        "states:RedriveExecution",
        Nth::From(1),
        400,
        "ExecutionDoesNotExist",
        "Execution Does Not Exist",
    ));
    for (words, says) in cases {
        let refused = world.statewright([&["run"], words].concat()).run().expect(1);
        assert!(refused.stderr.contains(says), "{says}: {refused}");
    }
    let mutating = world.calls().mutating().names();
    assert!(mutating.iter().all(|call| call == "states:RedriveExecution"), "{mutating:?}");

    world.faults().add(Fault::refuse(
        "states:StartExecution",
        Nth::Only(1),
        400,
        "StateMachineDeleting",
        "State Machine is deleting",
    ));
    let deleting = run(&world, &[]).expect(1);
    assert!(deleting.stderr.contains("is deleting this machine"), "{deleting}");
    world.faults().add(Fault::refuse(
        "states:StartExecution",
        Nth::Only(1),
        400,
        "ExecutionAlreadyExists",
        "Execution Already Exists",
    ));
    let twice = run(&world, &["--name", "one"]).expect(1);
    assert!(twice.stderr.contains("--follow one"), "{twice}");
}

#[test]
fn credentials_that_expire_leave_it_running_and_say_how_to_go_on() {
    let world = applied();
    let expired = Fault::refuse(
        "states:GetExecutionHistory",
        Nth::From(2),
        400,
        "ExpiredTokenException",
        "The security token is expired",
    );
    world.faults().add(expired);
    let left = run(&world, &["--input", r#"{"how": "wait"}"#, "--name", "long"]).expect(130);
    for wanted in ["no longer good; sign in again", "still running", "statewright run shop.yaml --follow long"] {
        assert!(left.stderr.contains(wanted), "{wanted}: {left}");
    }
}

#[test]
fn throttling_is_waited_out() {
    let world = applied();
    world.faults().add(Fault::refuse(
        "states:GetExecutionHistory",
        Nth::First(2),
        400,
        "ThrottlingException",
        "Rate exceeded",
    ));
    let _ = run(&world, &["--input", r#"{"how": "done"}"#]).expect(0);
}

#[test]
fn a_history_that_may_not_be_read_is_followed_by_its_status() {
    let world = applied();
    let denied =
        Fault::refuse("states:GetExecutionHistory", Nth::From(1), 400, "AccessDeniedException", "not authorized");
    world.faults().add(denied);
    let failed = run(&world, &["--input", r#"{"how": "fail"}"#]).expect(3);
    assert!(failed.stderr.contains("AccessDenied") && failed.stderr.contains("Broken"), "{failed}");
}

fn event(id: i64, previous: i64, kind: &str, details: Value) -> Value {
    let mut event = json!({"id": id, "previousEventId": previous, "timestamp": 1_700_000_000 + id, "type": kind});
    if let (Some(event), Value::Object(details)) = (event.as_object_mut(), details) {
        event.extend(details);
    }
    event
}

fn entered(id: i64, previous: i64, kind: &str, name: &str) -> Value {
    event(
        id,
        previous,
        &format!("{kind}StateEntered"),
        json!({"stateEnteredEventDetails": {"name": name, "input": "{}"}}),
    )
}

fn exited(id: i64, previous: i64, kind: &str, name: &str) -> Value {
    event(
        id,
        previous,
        &format!("{kind}StateExited"),
        json!({"stateExitedEventDetails": {"name": name, "output": "{}"}}),
    )
}

/// The history of an execution, as AWS would tell it.
fn tells(world: &World, definition: &Value, pages: Vec<Vec<Value>>) {
    let machine = arn(world, "stateMachine", "");
    let started = json!({"executionArn": arn(world, "execution", ":one"), "startDate": 1_700_000_000});
    world.faults().add(Fault::answer("states:StartExecution", Nth::From(1), started));
    let described = json!({"stateMachineArn": machine, "name": "shop", "definition": definition.to_string(),
        "roleArn": "arn:aws:iam::123456789012:role/x", "updateDate": 1_700_000_000});
    world.faults().add(Fault::answer("states:DescribeStateMachineForExecution", Nth::From(1), described));
    let last = pages.len();
    for (index, events) in pages.into_iter().enumerate() {
        let number = index + 1;
        let page = if number < last {
            json!({"events": events, "nextToken": format!("{number}")})
        } else {
            json!({"events": events})
        };
        let nth = if number < last { Nth::Only(number) } else { Nth::From(number) };
        world.faults().add(Fault::answer("states:GetExecutionHistory", nth, page));
    }
}

#[test]
fn ten_thousand_events_fit_into_sixty_megabytes() {
    let world = applied();
    let input = format!("{{\"order\": \"{}\"}}", "x".repeat(2_000));
    let mut events = vec![event(1, 0, "ExecutionStarted", json!({"executionStartedEventDetails": {"input": "{}"}}))];
    while events.len() < 9_999 {
        let id = i64::try_from(events.len()).unwrap() + 1;
        let text = format!("{input}{id}");
        events.push(event(
            id,
            id - 1,
            "PassStateEntered",
            json!({"stateEnteredEventDetails": {"name": "Choose", "input": text}}),
        ));
        events.push(event(
            id + 1,
            id,
            "PassStateExited",
            json!({"stateExitedEventDetails": {"name": "Choose", "output": format!("{text}!")}}),
        ));
    }
    let id = i64::try_from(events.len()).unwrap() + 1;
    events.push(event(id, id - 1, "ExecutionSucceeded", json!({"executionSucceededEventDetails": {"output": "{}"}})));
    let definition = json!({"StartAt": "Choose", "States": {"Choose": {"Type": "Pass", "Next": "Choose"}}});
    tells(&world, &definition, events.chunks(1000).map(<[Value]>::to_vec).collect());
    let started = world.statewright(["run", "shop.yaml", "--format", "json"]).start();
    let status = format!("/proc/{}/status", started.id());
    let watching = std::thread::spawn(move || {
        let mut most = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            // A binary for tests has a hundred megabytes of its own, which are not what is measured.
            let used = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
            let used = used.and_then(|used| used.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            let Some(used) = used else { break };
            most = most.max(used);
            std::thread::sleep(Duration::from_millis(5));
        }
        most
    });
    let lines = started.wait().expect(0).events();
    assert_eq!(of_type(&lines, "state").iter().filter(|line| line["status"] == "succeeded").count(), 4_999);
    let most = watching.join().unwrap();
    assert!(most > 1_000 && most < 60_000, "{most} kB");
    assert_eq!(world.calls().named("states:GetExecutionHistory").count(), 10);
}

#[test]
fn a_failed_execution_is_started_again_where_it_failed() {
    let world = applied();
    let definition = json!({"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}});
    tells(
        &world,
        &definition,
        vec![vec![
            event(1, 0, "ExecutionStarted", json!({})),
            entered(2, 0, "Task", "Work"),
            event(
                3,
                2,
                "TaskScheduled",
                json!({"taskScheduledEventDetails": {"resource": "invoke", "resourceType": "lambda", "region": "us-east-1", "parameters": "{}"}}),
            ),
            event(
                4,
                3,
                "TaskFailed",
                json!({"taskFailedEventDetails": {"resource": "invoke", "resourceType": "lambda", "error": "Broken"}}),
            ),
            event(5, 4, "ExecutionFailed", json!({"executionFailedEventDetails": {"error": "Broken"}})),
            event(6, 5, "ExecutionRedriven", json!({"executionRedrivenEventDetails": {"redriveCount": 1}})),
            event(
                7,
                6,
                "TaskScheduled",
                json!({"taskScheduledEventDetails": {"resource": "invoke", "resourceType": "lambda", "region": "us-east-1", "parameters": "{}"}}),
            ),
            event(
                8,
                7,
                "TaskSucceeded",
                json!({"taskSucceededEventDetails": {"resource": "invoke", "resourceType": "lambda", "output": "1"}}),
            ),
            exited(9, 8, "Task", "Work"),
            event(10, 9, "ExecutionSucceeded", json!({"executionSucceededEventDetails": {"output": "1"}})),
        ]],
    );
    world.faults().add(Fault::answer("states:RedriveExecution", Nth::From(1), json!({"redriveDate": 1_700_000_000})));
    let done = run(&world, &["--redrive", "one"]).expect(0);
    assert!(done.stderr.contains("REDRIVEN execution") && done.stderr.contains("redrive 1"), "{done}");
    assert_eq!(world.calls().mutating().names(), ["states:RedriveExecution"]);
}

#[test]
fn fail_fast_does_not_wait_for_the_other_branch() {
    let world = applied();
    let definition = json!({"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "Bad", "States": {"Bad": {"Type": "Task", "Resource": "r", "End": true}}},
        {"StartAt": "Slow", "States": {"Slow": {"Type": "Wait", "Seconds": 9, "End": true}}}]}}});
    tells(
        &world,
        &definition,
        vec![vec![
            event(1, 0, "ExecutionStarted", json!({})),
            entered(2, 0, "Parallel", "Both"),
            event(3, 2, "ParallelStateStarted", json!({})),
            entered(4, 3, "Task", "Bad"),
            entered(5, 3, "Wait", "Slow"),
            event(
                6,
                4,
                "TaskScheduled",
                json!({"taskScheduledEventDetails": {"resource": "r", "resourceType": "x", "region": "us-east-1", "parameters": "{}"}}),
            ),
            event(
                7,
                6,
                "TaskFailed",
                json!({"taskFailedEventDetails": {"resource": "r", "resourceType": "x", "error": "Broken"}}),
            ),
        ]],
    );
    let failed = run(&world, &["--fail-fast"]).expect(3);
    for wanted in ["nothing catches this", "Both branch 1 Bad", "Broken", "still running"] {
        assert!(failed.stderr.contains(wanted), "{wanted}: {failed}");
    }
}

/// A machine of type EXPRESS, as AWS describes it.
fn is_express(world: &World, level: &str) {
    let group = format!("arn:aws:logs:us-east-1:{}:log-group:/aws/vendedlogs/states/shop:*", world.account());
    let machine = json!({
        "stateMachineArn": arn(world, "stateMachine", ""), "name": "shop", "status": "ACTIVE", "type": "EXPRESS",
        "roleArn": "arn:aws:iam::123456789012:role/x", "creationDate": 1_700_000_000,
        "definition": json!({"StartAt": "Work", "States": {"Work": {"Type": "Pass", "End": true}}}).to_string(),
        "loggingConfiguration": {"level": level, "includeExecutionData": true,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]},
    });
    world.faults().add(Fault::answer("states:DescribeStateMachine", Nth::From(1), machine));
    let started = json!({"executionArn": arn(world, "express", ":one:2f6e"), "startDate": 1_700_000_000});
    world.faults().add(Fault::answer("states:StartExecution", Nth::From(1), started));
}

#[test]
fn an_express_execution_is_followed_through_its_log_group() {
    let world = applied();
    is_express(&world, "ALL");
    let logged = |id: u32, kind: &str, details: Value| {
        let at = 1_700_000_000_000_u64 + u64::from(id);
        let message = json!({"id": id.to_string(), "type": kind, "details": details, "previous_event_id": (id - 1).to_string(),
            "event_timestamp": at.to_string(), "execution_arn": arn(&world, "express", ":one:2f6e")});
        json!({"timestamp": at, "logStreamName": "s", "message": message.to_string()})
    };
    let first = [
        logged(2, "PassStateEntered", json!({"name": "Work", "input": "{}"})),
        logged(1, "ExecutionStarted", json!({"input": "{}"})),
    ];
    let then = [
        logged(2, "PassStateEntered", json!({"name": "Work", "input": "{}"})),
        logged(3, "PassStateExited", json!({"name": "Work", "output": "{\"a\": 1}"})),
        logged(4, "ExecutionSucceeded", json!({"output": "{\"a\": 1}"})),
    ];
    world.faults().add(Fault::answer("logs:FilterLogEvents", Nth::Only(1), json!({"events": first})));
    world.faults().add(Fault::answer("logs:FilterLogEvents", Nth::From(2), json!({"events": then})));
    let done = run(&world, &[]).expect(0);
    assert!(done.stderr.contains("SUCCEEDED Work") && done.stdout.contains("\"a\": 1"), "{done}");
    assert_eq!(world.calls().named("states:GetExecutionHistory").count(), 0);
    let pattern = world.calls().named("logs:FilterLogEvents").0[0].parameters["filterPattern"].to_string();
    assert!(pattern.contains(":express:shop:one:2f6e"), "{pattern}");
}

#[test]
fn an_express_execution_that_logs_nothing_is_not_waited_for() {
    let world = applied();
    is_express(&world, "ERROR");
    let unseen = run(&world, &[]).expect(130);
    assert!(unseen.stderr.contains("keeps no history") && unseen.stderr.contains("--sync"), "{unseen}");
}

#[test]
fn an_express_execution_is_waited_for_where_asked() {
    let world = World::ministack();
    world.write("shop.yaml", SPEC.replace("    role: shop\n", "    role: shop\n    type: EXPRESS\n"));
    let _ = world.statewright(["apply", "shop.yaml", "--yes"]).run().expect(0);
    let done = run(&world, &["--sync", "--input", r#"{"how": "done"}"#]).expect(0);
    assert!(done.stdout.contains("\"how\": \"done\""), "{done}");
    let failed = run(&world, &["--sync", "--input", r#"{"how": "fail"}"#]).expect(3);
    assert!(failed.stderr.contains("Broken"), "{failed}");
}

#[test]
fn a_followed_run_can_be_left_in_a_pipe() {
    let world = applied();
    let started = world.statewright(["run", "shop.yaml", "--input", r#"{"how": "wait"}"#, "--name", "one"]).start();
    while world.calls().named("states:GetExecutionHistory").count() < 2 {
        std::thread::sleep(Duration::from_millis(20));
    }
    started.terminate();
    let left = started.wait().expect(143);
    assert!(left.stderr.contains("statewright run shop.yaml --follow one"), "{left}");
    let answer = world.aws().r#do(
        &Service::States,
        "DescribeExecution",
        json!({"executionArn": arn(&world, "execution", ":one")}),
    );
    assert_eq!(answer["status"], "RUNNING");
}

#[test]
fn an_execution_that_was_stopped_is_over() {
    let world = applied();
    let definition = json!({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 9, "End": true}}});
    // As MiniStack tells it: a state is left after the execution was stopped.
    tells(
        &world,
        &definition,
        vec![vec![
            event(1, 0, "ExecutionStarted", json!({})),
            entered(2, 0, "Wait", "Wait"),
            event(3, 2, "ExecutionAborted", json!({"executionAbortedEventDetails": {"error": "E", "cause": "C"}})),
            exited(4, 2, "Wait", "Wait"),
        ]],
    );
    let stopped = run(&world, &[]).expect(5);
    assert!(stopped.stderr.contains("ABORTED Wait"), "{stopped}");
}
