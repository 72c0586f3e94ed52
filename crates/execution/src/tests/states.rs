//! States, tries, catchers, branches.

use serde_json::json;

use super::{History, outline, shown};
use crate::{Outline, Status, VisitId};

fn order() -> std::sync::Arc<Outline> {
    outline(&json!({
        "StartAt": "Charge",
        "States": {
            "Charge": {
                "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 2}],
                "Catch": [{"ErrorEquals": ["Declined"], "Next": "Refused"}],
                "Next": "Paid",
            },
            "Refused": {"Type": "Pass", "End": true},
            "Paid": {"Type": "Choice", "Choices": [
                {"Variable": "$.n", "NumericEquals": 1, "Next": "Done"},
                {"Variable": "$.n", "NumericEquals": 2, "Next": "Done"},
            ], "Default": "Charge"},
            "Done": {"Type": "Succeed"},
        },
    }))
}

fn begun() -> History {
    History::new()
        .plain(0, "ExecutionStarted")
        .state(0, "TaskStateEntered", "Charge")
        .plain(2, "TaskScheduled")
        .plain(3, "TaskStarted")
}

fn check(history: &History, expect: &str) {
    assert_eq!(shown(&history.fold(&order())), expect);
    assert_eq!(shown(&history.clone().unlinked().fold(&order())), expect, "without predecessors");
}

#[test]
fn a_state_is_tried_again_as_the_definition_says() {
    let history = begun();
    check(&history, "Charge running\nRUNNING");
    let history = history.fails(4, "TaskFailed", "Busy");
    check(&history, "Charge retrying try 1/3 next 2s Busy\nRUNNING");
    let history = history.plain(5, "TaskScheduled");
    check(&history, "Charge running try 2/3\nRUNNING");
    let history = history.fails(6, "TaskFailed", "Busy");
    check(&history, "Charge retrying try 2/3 next 6s Busy\nRUNNING");
    let history = history.plain(7, "TaskScheduled").fails(8, "TaskFailed", "Busy");
    check(&history, "Charge failed try 3/3 Busy\nRUNNING");
    let execution = history.fold(&order());
    assert_eq!(execution.doomed(), Some(VisitId(0)), "nothing can take it any more");
    let history = history.fails(9, "ExecutionFailed", "Busy");
    check(&history, "Charge failed try 3/3 Busy\nFAILED");
}

#[test]
fn what_is_caught_is_no_failure() {
    let history = begun().fails(4, "TaskFailed", "Declined");
    check(&history, "Charge caught Declined\nRUNNING");
    let history = history.state(5, "TaskStateExited", "Charge").state(6, "PassStateEntered", "Refused");
    check(&history, "Charge caught Declined -> Refused\nRefused running\nRUNNING");
    let execution = history.fold(&order());
    assert_eq!(execution.totals().failed, 0);
    assert_eq!(execution.doomed(), None);
    let next = execution.visits()[0].next.clone().unwrap();
    let flow = execution.outline().flow().unwrap();
    assert!(matches!(flow.edges[next.edges[0]].kind, statewright_asl::EdgeKind::Catch { .. }));
}

#[test]
fn the_branch_taken_names_every_rule_that_leads_there() {
    let history = begun()
        .event(4, "TaskSucceeded", |event| event.output = Some("1".into()))
        .state(5, "TaskStateExited", "Charge")
        .state(6, "ChoiceStateEntered", "Paid")
        .state(7, "ChoiceStateExited", "Paid")
        .state(8, "SucceedStateEntered", "Done")
        .state(9, "SucceedStateExited", "Done")
        .plain(10, "ExecutionSucceeded");
    check(&history, "Charge succeeded -> Paid\nPaid succeeded -> Done\nDone succeeded\nSUCCEEDED");
    let execution = history.fold(&order());
    assert_eq!(execution.visits()[1].next.as_ref().unwrap().edges.len(), 2);
    let refused = execution.states().into_iter().find(|state| state.name == "Refused").unwrap();
    assert_eq!(refused.status, Status::NotReached);
}

#[test]
fn a_loop_counts_its_rounds() {
    let history = begun()
        .state(4, "TaskStateExited", "Charge")
        .state(5, "ChoiceStateEntered", "Paid")
        .state(6, "ChoiceStateExited", "Paid")
        .state(7, "TaskStateEntered", "Charge");
    check(&history, "Charge succeeded -> Paid\nPaid succeeded -> Charge\nCharge running x2\nRUNNING");
}

#[test]
fn without_the_definition_the_next_event_tells() {
    let unknown = std::sync::Arc::new(Outline::unknown());
    let history = begun().fails(4, "TaskFailed", "Declined");
    assert_eq!(shown(&history.fold(&unknown)), "Charge running Declined\nRUNNING");
    assert_eq!(history.fold(&unknown).doomed(), None);
    let caught = history.clone().state(5, "TaskStateExited", "Charge");
    assert_eq!(shown(&caught.fold(&unknown)), "Charge caught Declined\nRUNNING");
    let failed = history.fails(5, "ExecutionFailed", "Declined");
    assert_eq!(shown(&failed.fold(&unknown)), "Charge failed Declined\nFAILED");
}

#[test]
fn a_fail_state_has_the_cause_that_the_execution_tells() {
    let outline = outline(&json!({"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Broken"}}}));
    let history = History::new().plain(0, "ExecutionStarted").state(0, "FailStateEntered", "No").fails(
        2,
        "ExecutionFailed",
        "Broken",
    );
    let execution = history.fold(&outline);
    let cause = execution.visits()[0].failure.as_ref().and_then(|failure| failure.cause).unwrap();
    assert_eq!(execution.text(cause).text, "Broken, because");
}

#[test]
fn a_token_is_waited_for() {
    let history = History::new()
        .plain(0, "ExecutionStarted")
        .state(0, "TaskStateEntered", "Charge")
        .event(2, "TaskScheduled", |event| event.resource = Some("sqs:sendMessage.waitForTaskToken".into()))
        .event(3, "TaskSubmitted", |event| event.resource = Some("sqs:sendMessage.waitForTaskToken".into()));
    check(&history, "Charge waiting_for_token\nRUNNING");
    check(&history.plain(4, "TaskSucceeded"), "Charge running\nRUNNING");
}

#[test]
fn an_execution_that_is_ended_from_outside_ends_what_runs() {
    check(&begun().plain(4, "ExecutionAborted"), "Charge aborted\nABORTED");
    check(&begun().plain(4, "ExecutionTimedOut"), "Charge timed_out\nTIMED_OUT");
}

#[test]
fn a_redrive_goes_on_where_it_stopped() {
    let history = begun()
        .fails(4, "TaskFailed", "Broken")
        .fails(5, "ExecutionFailed", "Broken")
        .plain(6, "ExecutionRedriven")
        .plain(7, "TaskScheduled");
    check(&history, "Charge running try 2\nRUNNING");
    assert_eq!(history.fold(&order()).redrives().len(), 1);
    assert_eq!(history.fold(&order()).failure(), None);
}

fn fulfil(retry: &serde_json::Value, catch: &serde_json::Value) -> std::sync::Arc<Outline> {
    outline(&json!({
        "StartAt": "Fulfil",
        "States": {
            "Fulfil": {
                "Type": "Parallel", "Retry": retry, "Catch": catch, "Next": "Done",
                "Branches": [
                    {"StartAt": "Reserve", "States": {"Reserve": {"Type": "Task", "Resource": "r", "Next": "Pack"}, "Pack": {"Type": "Pass", "End": true}}},
                    {"StartAt": "Print", "States": {"Print": {"Type": "Task", "Resource": "r", "End": true}}},
                ],
            },
            "Sorry": {"Type": "Succeed"},
            "Done": {"Type": "Succeed"},
        },
    }))
}

/// Both branches run, interleaved.
fn fulfilling() -> History {
    History::new()
        .plain(0, "ExecutionStarted")
        .state(0, "ParallelStateEntered", "Fulfil")
        .plain(2, "ParallelStateStarted")
        .state(3, "TaskStateEntered", "Print")
        .state(3, "TaskStateEntered", "Reserve")
        .plain(4, "TaskScheduled")
        .plain(5, "TaskScheduled")
}

#[test]
fn branches_are_told_apart_by_predecessors() {
    let outline = fulfil(&json!([]), &json!([]));
    let history = fulfilling().plain(7, "TaskSucceeded").state(8, "TaskStateExited", "Reserve").state(
        9,
        "PassStateEntered",
        "Pack",
    );
    let expect = "Fulfil running\nFulfil/branch 1/Print running\nFulfil/branch 0/Reserve succeeded -> Pack\n\
                  Fulfil/branch 0/Pack running\nRUNNING";
    assert_eq!(shown(&history.fold(&outline)), expect);
    let failed = history.fails(6, "TaskFailed", "Jam");
    let expect = "Fulfil failed Jam\nFulfil/branch 1/Print failed Jam\nFulfil/branch 0/Reserve succeeded -> Pack\n\
                  Fulfil/branch 0/Pack aborted\nRUNNING";
    assert_eq!(shown(&failed.fold(&outline)), expect);
    assert_eq!(failed.fold(&outline).doomed(), Some(VisitId(1)), "the state that failed first");
}

#[test]
fn a_catcher_of_the_container_makes_the_inner_failure_caught() {
    let outline = fulfil(&json!([]), &json!([{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}]));
    let history = fulfilling().fails(6, "TaskFailed", "Jam");
    let expect = "Fulfil caught Jam\nFulfil/branch 1/Print caught Jam\nFulfil/branch 0/Reserve aborted\nRUNNING";
    assert_eq!(shown(&history.fold(&outline)), expect);
    let history = history.plain(8, "ParallelStateFailed").state(9, "ParallelStateExited", "Fulfil").state(
        10,
        "SucceedStateEntered",
        "Sorry",
    );
    let execution = history.fold(&outline);
    assert_eq!(execution.totals().failed, 0);
    assert!(shown(&execution).starts_with("Fulfil caught Jam -> Sorry\n"), "{}", shown(&execution));
}

#[test]
fn a_container_that_is_tried_again_begins_anew() {
    let outline = fulfil(&json!([{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]), &json!([]));
    let history = fulfilling().fails(6, "TaskFailed", "Jam");
    let expect = "Fulfil retrying (shows failed) try 1/2 next 1s Jam";
    assert!(shown(&history.fold(&outline)).starts_with(expect), "{}", shown(&history.fold(&outline)));
    assert_eq!(history.fold(&outline).doomed(), None);
    // AWS tells no failure of the Parallel before it begins again.
    let history = history.plain(8, "ParallelStateStarted").state(9, "TaskStateEntered", "Print");
    let execution = history.fold(&outline);
    let states = execution.states();
    let of = |name: &str| states.iter().find(|state| state.name == name).unwrap();
    assert_eq!(of("Fulfil").status, Status::Running);
    assert_eq!((of("Fulfil").tries, of("Fulfil").tries_allowed), (2, Some(2)));
    assert_eq!((of("Print").status, of("Print").visits), (Status::Running, 2));
    assert_eq!(of("Reserve").status, Status::NotReached, "not yet in this try");
}
