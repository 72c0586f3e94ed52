//! Laws over arbitrary histories: ones that hang together, and ones that do not.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use proptest::prelude::*;
use serde_json::json;

use super::{outline, shown};
use crate::{Execution, HistoryEvent, Outline, Status, VisitId};

const TYPES: [&str; 36] = [
    "ExecutionStarted",
    "ExecutionSucceeded",
    "ExecutionFailed",
    "ExecutionAborted",
    "ExecutionTimedOut",
    "ExecutionRedriven",
    "TaskStateEntered",
    "TaskStateExited",
    "TaskStateAborted",
    "PassStateEntered",
    "PassStateExited",
    "FailStateEntered",
    "ParallelStateEntered",
    "ParallelStateStarted",
    "ParallelStateSucceeded",
    "ParallelStateFailed",
    "ParallelStateExited",
    "MapStateEntered",
    "MapStateStarted",
    "MapStateSucceeded",
    "MapStateFailed",
    "MapStateExited",
    "MapIterationStarted",
    "MapIterationSucceeded",
    "MapIterationFailed",
    "MapIterationAborted",
    "MapRunStarted",
    "MapRunFailed",
    "TaskScheduled",
    "TaskStarted",
    "TaskSubmitted",
    "TaskSucceeded",
    "TaskFailed",
    "LambdaFunctionTimedOut",
    "EvaluationFailed",
    "MoonPhaseChanged",
];

fn known() -> Arc<Outline> {
    outline(&json!({
        "StartAt": "A",
        "States": {
            "A": {"Type": "Task", "Resource": "r", "Next": "P",
                  "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}], "Catch": [{"ErrorEquals": ["F"], "Next": "P"}]},
            "P": {"Type": "Parallel", "Next": "M", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "M"}], "Branches": [
                {"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "r", "End": true}}},
                {"StartAt": "C", "States": {"C": {"Type": "Map", "End": true, "ItemProcessor": {
                    "StartAt": "D", "States": {"D": {"Type": "Task", "Resource": "r", "End": true}}}}}},
            ]},
            "M": {"Type": "Map", "End": true, "Retry": [{"ErrorEquals": ["States.ALL"]}], "ItemProcessor": {
                "StartAt": "G", "States": {"G": {"Type": "Fail", "Error": "F"}}}},
        },
    }))
}

/// A history that prints a line an event.
#[derive(Clone)]
struct Told(Vec<HistoryEvent>);

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|event| {
            let HistoryEvent { id, previous_id, event_type, state, error, index, .. } = event;
            writeln!(f, "{id} <- {previous_id} {event_type} {state:?} {error:?} {index:?}")
        })
    }
}

fn events() -> impl Strategy<Value = Told> {
    let one = (0..TYPES.len(), any::<prop::sample::Index>(), 0..9_usize, 0..4_i32, 0..4_usize, 0..3_u64);
    prop::collection::vec(one, 0..60).prop_map(|raw| {
        let mut at = SystemTime::UNIX_EPOCH;
        let events = raw
            .into_iter()
            .enumerate()
            .map(|(index, (kind, previous, state, number, error, later))| {
                let id = i64::try_from(index).unwrap() + 1;
                // Mostly what came before it, sometimes nothing, sometimes what is yet to come.
                let previous = match number {
                    0 => 0,
                    1 => i64::try_from(previous.index(80)).unwrap(),
                    _ => i64::try_from(previous.index(index + 1)).unwrap(),
                };
                at += Duration::from_millis(later);
                let mut event = HistoryEvent::new(id, previous, at, TYPES[kind]);
                event.state = ["A", "P", "B", "C", "D", "M", "G", "Z"].get(state).map(|state| (*state).to_owned());
                event.error = ["E", "F", "States.Timeout"].get(error).map(|error| (*error).to_owned());
                event.index = Some(number);
                event.length = Some(number - 1);
                event.resource = (error == 0).then(|| "x:y.waitForTaskToken".to_owned());
                event.output = Some("x".repeat(300));
                event
            })
            .collect();
        Told(events)
    })
}

fn outline_if(is_known: bool) -> Arc<Outline> {
    if is_known { known() } else { Arc::new(Outline::unknown()) }
}

/// What must hold after every event.
pub(super) fn consistent(execution: &Execution) {
    let mut visited = vec![0; execution.visits().len()];
    for block in execution.blocks() {
        for id in &block.visits {
            visited[id.0 as usize] += 1;
        }
    }
    assert!(visited.iter().all(|times| *times == 1), "each visit is in one block:\n{}", shown(execution));
    for (index, visit) in execution.visits().iter().enumerate() {
        let id = VisitId(u32::try_from(index).unwrap());
        assert!(execution.block(visit.block).unwrap().visits.contains(&id));
        assert!(visit.status != Status::NotReached);
        let over = execution.status().is_final();
        assert!(!over || !visit.status.is_running(), "nothing runs when it is over:\n{}", shown(execution));
        assert!(!over || visit.ended_at.is_some());
        if visit.status == Status::Succeeded {
            assert!(visit.ended_at.is_some());
        }
        // A group shows the worst of what it holds: no failure hides in it.
        for block in &visit.blocks {
            assert_eq!(execution.block(*block).unwrap().owner, Some(id));
            let current = execution.block(*block).unwrap().attempt == visit.tries.len().max(1);
            let last = execution.block(*block).unwrap().visits.last().filter(|_| current);
            if last.is_some_and(|last| execution.shown(*last).is_failure()) {
                assert!(execution.shown(id).is_failure(), "{}", shown(execution));
            }
        }
        // The two ways to the same answer agree.
        if visit.status == Status::Caught {
            assert!(visit.failure.is_some(), "something was caught:\n{}", shown(execution));
        }
    }
    let caught = execution.visits().iter().filter(|visit| visit.status == Status::Caught).count();
    let totals = execution.totals();
    assert!(totals.caught <= caught && totals.failed + totals.caught <= execution.visits().len());
    for state in execution.states() {
        assert_eq!(state.visits == 0, !execution.visits().iter().any(|visit| *visit.state == *state.name));
        if let Some(visit) = state.visit {
            assert_eq!(state.status, execution.shown(visit), "{}", state.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_prefix_is_consistent(Told(events) in events(), is_known in any::<bool>()) {
        let mut execution = Execution::new(outline_if(is_known));
        for event in events {
            execution.apply(event);
            consistent(&execution);
        }
    }

    #[test]
    fn in_chunks_is_at_once(Told(events) in events(), is_known in any::<bool>(), cuts in prop::collection::vec(0..60_usize, 0..4)) {
        let outline = outline_if(is_known);
        let mut whole = Execution::new(Arc::clone(&outline));
        whole.append(events.clone());
        let mut parts = Execution::new(outline);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(events.len())).collect();
        cuts.sort_unstable();
        let mut from = 0;
        for cut in cuts.into_iter().chain([events.len()]) {
            // What was read before may be read again, and pages may come from the end.
            let mut chunk = events[from.min(cut).saturating_sub(2)..cut].to_vec();
            chunk.reverse();
            parts.append(chunk);
            from = cut;
        }
        prop_assert_eq!(shown(&whole), shown(&parts));
        prop_assert_eq!(whole.visits(), parts.visits());
        prop_assert_eq!(whole.blocks(), parts.blocks());
        prop_assert_eq!(whole.states(), parts.states());
    }

    #[test]
    fn every_change_is_told(Told(events) in events(), is_known in any::<bool>()) {
        let mut execution = Execution::new(outline_if(is_known));
        for event in events {
            let before: Vec<Status> = execution.visits().iter().map(|visit| visit.status).collect();
            let changes = execution.apply(event);
            for (index, visit) in execution.visits().iter().enumerate() {
                let id = VisitId(u32::try_from(index).unwrap());
                if before.get(index) != Some(&visit.status) {
                    prop_assert!(changes.contains(&crate::Change::State(id)), "{} {:?}", shown(&execution), changes);
                }
            }
        }
    }
}
