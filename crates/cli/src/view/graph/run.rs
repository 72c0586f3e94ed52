//! What an execution did, as it is painted onto its machine.

use statewright_execution::{Execution, StateSummary, Status};
use statewright_graph::{Items, NodeRun, RunPaint, Tries};

/// The paint of an execution, as far as its history was read.
pub(crate) fn paint(execution: &Execution) -> RunPaint {
    let states = execution
        .states()
        .into_iter()
        .filter(|state| state.visits > 0)
        .map(|state| (state.name.clone(), node(execution, &state)))
        .collect();
    let mut taken = std::collections::BTreeSet::new();
    if let Some(flow) = execution.outline().flow() {
        for edge in execution.taken_edges().into_iter().filter_map(|index| flow.edges.get(index)) {
            taken.insert((flow.states[edge.from].name.clone(), edge.target.clone()));
        }
    }
    RunPaint { states, taken }
}

fn node(execution: &Execution, state: &StateSummary) -> NodeRun {
    let visit = state.visit.and_then(|id| execution.visit(id));
    let failed = visit.and_then(|visit| visit.failure.as_ref()).and_then(|failure| failure.error.clone());
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let tries = (state.tries > 1 || state.status == Status::Retrying).then(|| Tries {
        this: count(state.tries),
        most: state.tries_allowed,
        next_in: None,
    });
    let items = state.map.as_ref().map(|map| Items {
        succeeded: map.succeeded,
        failed: map.failed + map.aborted,
        running: map.running,
        pending: map.pending().unwrap_or(0),
    });
    NodeRun {
        status: status(state.status),
        times: count(state.visits),
        tries,
        items,
        took: state.took,
        note: failed.filter(|_| state.status.is_failure() || state.status == Status::Caught),
    }
}

const fn status(status: Status) -> statewright_graph::Status {
    use statewright_graph::Status as Painted;
    match status {
        Status::NotReached => Painted::NotReached,
        Status::Succeeded => Painted::Succeeded,
        Status::Aborted => Painted::Aborted,
        Status::Caught => Painted::Caught,
        Status::Running => Painted::Running,
        Status::WaitingForToken => Painted::WaitingForToken,
        Status::Retrying => Painted::Retrying,
        Status::TimedOut => Painted::TimedOut,
        Status::Failed => Painted::Failed,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Arc,
        time::{Duration, SystemTime},
    };

    use statewright_execution::{HistoryEvent, Outline};

    use super::*;

    #[test]
    fn a_run_that_caught_an_error() {
        let definition = r#"{"StartAt":"C","States":{
            "C":{"Type":"Choice","Choices":[{"Variable":"$.a","IsPresent":true,"Next":"Z"}],"Default":"T"},
            "T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Catch":[{"ErrorEquals":["States.ALL"],"Next":"H"}],"Next":"Z"},
            "H":{"Type":"Pass","Next":"Z"},"Z":{"Type":"Succeed"}}}"#;
        let mut execution = Execution::new(Arc::new(Outline::parse(definition).unwrap()));
        let at = |id: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(id);
        for (id, kind, state) in [
            (1_u32, "ExecutionStarted", None),
            (2, "ChoiceStateEntered", Some("C")),
            (3, "ChoiceStateExited", Some("C")),
            (4, "TaskStateEntered", Some("T")),
            (5, "TaskScheduled", None),
            (6, "TaskFailed", None),
            (7, "TaskStateExited", Some("T")),
            (8, "PassStateEntered", Some("H")),
        ] {
            let before = i64::from(id) - 1;
            let mut event = HistoryEvent::new(i64::from(id), before, at(u64::from(id)), kind);
            event.state = state.map(str::to_owned);
            event.error = (kind == "TaskFailed").then(|| "Lambda.Unknown".to_owned());
            execution.apply(event);
        }
        let paint = paint(&execution);
        let said: Vec<String> = paint.states.iter().map(|(name, run)| format!("{name}: {}", run.words())).collect();
        assert_eq!(said, ["C: succeeded 1.0s", "H: running 0.0s", "T: caught 3.0s, Lambda.Unknown"]);
        let taken: Vec<String> = paint.taken.iter().map(|(from, to)| format!("{from} → {to}")).collect();
        assert_eq!(taken, ["C → T", "T → H"]);
    }
}
