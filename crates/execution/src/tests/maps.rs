//! Maps: iterations, nested ones, runs.

use std::sync::Arc;

use serde_json::json;

use super::{History, outline, shown};
use crate::{Change, ExecutionStatus, MapRun, Outline, Status, VisitId};

fn ship(mode: &str) -> Arc<Outline> {
    outline(&json!({
        "StartAt": "Ship",
        "States": {
            "Ship": {
                "Type": "Map", "End": true,
                "ItemProcessor": {"ProcessorConfig": {"Mode": mode}, "StartAt": "Pack", "States": {
                    "Pack": {"Type": "Pass", "Next": "Send"},
                    "Send": {"Type": "Task", "Resource": "r", "End": true},
                }},
            },
        },
    }))
}

fn shipping() -> History {
    History::new()
        .plain(0, "ExecutionStarted")
        .state(0, "MapStateEntered", "Ship")
        .map(2, 3)
        .iteration(3, "MapIterationStarted", "Ship", 0)
        .state(4, "PassStateEntered", "Pack")
        .state(5, "PassStateExited", "Pack")
        .state(6, "TaskStateEntered", "Send")
}

#[test]
fn iterations_are_counted_and_told_apart() {
    // With a concurrency of one AWS tells the next iteration to come from the last state of the one before.
    let history = shipping()
        .state(7, "TaskStateExited", "Send")
        .iteration(8, "MapIterationSucceeded", "Ship", 0)
        .iteration(8, "MapIterationStarted", "Ship", 1)
        .state(10, "PassStateEntered", "Pack");
    let expect = "Ship running 1+1-0~0/3\nShip/#0/Pack succeeded -> Send\nShip/#0/Send succeeded\n\
                  Ship/#1/Pack running\nRUNNING";
    assert_eq!(shown(&history.fold(&ship("INLINE"))), expect);
    assert_eq!(shown(&history.fold(&Arc::new(Outline::unknown()))), expect, "without the definition");
    assert_eq!(history.fold(&ship("INLINE")).visits()[0].map.as_ref().unwrap().pending(), Some(1));
}

#[test]
fn one_failed_iteration_gives_up_the_others() {
    let history = shipping()
        .iteration(3, "MapIterationStarted", "Ship", 1)
        .state(8, "PassStateEntered", "Pack")
        .plain(7, "TaskScheduled")
        .fails(10, "TaskFailed", "Lost")
        .iteration(11, "MapIterationFailed", "Ship", 0)
        .iteration(9, "MapIterationAborted", "Ship", 1)
        .plain(12, "MapStateFailed")
        .fails(14, "ExecutionFailed", "Lost");
    let expect = "Ship failed Lost 0+0-1~1/3\nShip/#0/Pack succeeded -> Send\nShip/#0/Send failed Lost\n\
                  Ship/#1/Pack aborted\nFAILED";
    assert_eq!(shown(&history.fold(&ship("INLINE"))), expect);
    assert_eq!(shown(&history.fold(&Arc::new(Outline::unknown()))), expect, "without the definition");
}

#[test]
fn nested_maps_keep_their_iterations() {
    let outline =
        outline(&json!({"StartAt": "Outer", "States": {"Outer": {"Type": "Map", "End": true, "ItemProcessor": {
        "StartAt": "Inner", "States": {"Inner": {"Type": "Map", "End": true, "ItemProcessor": {
            "StartAt": "Leaf", "States": {"Leaf": {"Type": "Pass", "End": true}}}}}}}}}));
    let history = History::new()
        .plain(0, "ExecutionStarted")
        .state(0, "MapStateEntered", "Outer")
        .map(2, 2)
        .iteration(3, "MapIterationStarted", "Outer", 0)
        .iteration(3, "MapIterationStarted", "Outer", 1)
        .state(4, "MapStateEntered", "Inner")
        .state(5, "MapStateEntered", "Inner")
        .map(6, 1)
        .map(7, 1)
        .iteration(8, "MapIterationStarted", "Inner", 0)
        .iteration(9, "MapIterationStarted", "Inner", 0)
        .state(11, "PassStateEntered", "Leaf")
        .state(10, "PassStateEntered", "Leaf")
        .state(12, "PassStateExited", "Leaf")
        .iteration(14, "MapIterationSucceeded", "Inner", 0)
        .plain(15, "MapStateSucceeded")
        .state(15, "MapStateExited", "Inner");
    let expect = "Outer running 2+0-0~0/2\nOuter/#0/Inner running 1+0-0~0/1\nOuter/#1/Inner succeeded 0+1-0~0/1\n\
                  Outer/#1/Inner/#0/Leaf succeeded\nOuter/#0/Inner/#0/Leaf running\nRUNNING";
    assert_eq!(shown(&history.fold(&outline)), expect);
    let inner = history.fold(&outline).states().into_iter().find(|state| state.name == "Inner").unwrap();
    assert_eq!(inner.status, Status::Running, "the worst of both");
}

#[test]
fn a_run_counts_what_is_absent_from_the_history() {
    let history = History::new().plain(0, "ExecutionStarted").state(0, "MapStateEntered", "Ship").map(2, 9).event(
        3,
        "MapRunStarted",
        |event| event.resource = Some("arn:run".into()),
    );
    let mut execution = history.fold(&ship("DISTRIBUTED"));
    assert_eq!(execution.map_runs_at_work(), ["arn:run"]);
    let run = MapRun {
        arn: "arn:run".into(),
        status: ExecutionStatus::Running,
        pending: 1,
        running: 2,
        succeeded: 5,
        failed: 1,
        aborted: 0,
        total: 9,
        tolerated_count: None,
        tolerated_percentage: Some(20.0),
    };
    assert_eq!(execution.set_map_run(run.clone()), [Change::Map(VisitId(0))]);
    assert_eq!(execution.set_map_run(run), [], "nothing new");
    assert_eq!(shown(&execution), "Ship running 2+5-1~0/9\nRUNNING");
    let done = history.plain(4, "MapRunSucceeded").plain(5, "MapStateSucceeded").state(4, "MapStateExited", "Ship");
    execution.append(done.events);
    assert_eq!(execution.totals().tolerated, 1);
    assert_eq!(execution.map_runs_at_work(), [""; 0]);
}

#[test]
fn inner_tasks_without_states_are_nobodys() {
    // As an emulator tells a Map: no iterations, no inner states, only their tasks.
    let history = History::new()
        .plain(0, "ExecutionStarted")
        .state(0, "MapStateEntered", "Ship")
        .plain(0, "TaskScheduled")
        .fails(0, "TaskFailed", "Lost")
        .plain(0, "TaskScheduled")
        .plain(0, "TaskSucceeded")
        .state(0, "MapStateExited", "Ship")
        .plain(0, "ExecutionSucceeded");
    assert_eq!(shown(&history.fold(&ship("INLINE"))), "Ship succeeded 0+0-0~0/?\nSUCCEEDED");
}
