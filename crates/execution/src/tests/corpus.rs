//! Histories that AWS itself wrote, where the corpus is there.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use super::{laws::consistent, shown};
use crate::{EventKind, Execution, ExecutionStatus, HistoryEvent, Outline, Status};

/// Some fields are masked; an id that is makes the history useless here.
fn event(raw: &Value) -> Option<HistoryEvent> {
    let id = raw["id"].as_i64()?;
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(id).ok()?);
    let mut event = HistoryEvent::new(id, raw["previousEventId"].as_i64()?, at, raw["type"].as_str()?);
    let details = raw.as_object()?.iter().find(|(key, _)| key.ends_with("EventDetails")).map(|(_, details)| details);
    let Some(details) = details else { return Some(event) };
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    event.state = text(&details["name"]).or_else(|| text(&details["state"]));
    event.error = text(&details["error"]);
    event.cause = text(&details["cause"]);
    event.input = text(&details["input"]).or_else(|| text(&details["parameters"]));
    event.output = text(&details["output"]);
    event.index = details["index"].as_i64().and_then(|index| i32::try_from(index).ok());
    event.length = details["length"].as_i64().and_then(|length| i32::try_from(length).ok());
    event.resource = match (text(&details["resourceType"]), text(&details["resource"])) {
        (Some(kind), Some(resource)) => Some(format!("{kind}:{resource}")),
        (_, resource) => resource.or_else(|| text(&details["mapRunArn"])),
    };
    Some(event)
}

#[test]
fn what_aws_tells_is_understood() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/asl/aws-exec-truth.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let mut seen = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = case["test"].as_str().unwrap_or_default();
        let Some(history) = case["history"].as_array() else { continue };
        let Some(events) = history.iter().map(event).collect::<Option<Vec<_>>>() else { continue };
        let definition = case["definition"].as_str().unwrap();
        let outline = Arc::new(Outline::parse(definition).unwrap());
        seen += 1;
        for outline in [outline, Arc::new(Outline::unknown())] {
            let mut execution = Execution::new(Arc::clone(&outline));
            for event in events.clone() {
                execution.apply(event);
                consistent(&execution);
            }
            let told = || format!("{name}\n{}", shown(&execution));
            if case["status"] != "WAITSTATEENTERED" {
                assert_eq!(Some(execution.status().as_str()), case["status"].as_str(), "{}", told());
            }
            let entered = events.iter().filter(|event| matches!(event.kind(), EventKind::Entered(_)));
            let names: Vec<_> = entered.map(|event| event.state.as_deref().unwrap()).collect();
            let visited: Vec<_> = execution.visits().iter().map(|visit| &*visit.state).collect();
            assert_eq!(visited, names, "{name}");
            assert!(events.iter().all(|event| event.kind() != EventKind::Other), "{name}");
            for visit in execution.visits() {
                // Each state is where the definition has it.
                let holder = outline.holder(&visit.state).map(|(holder, _)| holder.to_owned());
                let owner = execution.block(visit.block).unwrap().owner.map(|owner| execution.visit(owner).unwrap());
                if outline.flow().is_some() {
                    assert_eq!(owner.map(|owner| owner.state.to_string()), holder, "{}: {}", visit.state, told());
                }
            }
            match execution.status() {
                ExecutionStatus::Succeeded => {
                    assert_eq!(execution.totals().failed, 0, "what did not end it was caught: {}", told());
                    assert!(
                        execution.visits().iter().all(|visit| visit.status != Status::Aborted || visit.block.0 > 0)
                    );
                }
                ExecutionStatus::Failed => {
                    let last = execution.blocks()[0].visits.last().and_then(|last| execution.visit(*last));
                    assert!(last.is_none_or(|last| last.status.is_failure()), "{}", told());
                    let error = execution.failure().and_then(|failure| failure.error.as_deref());
                    assert_eq!(error, case["error"].as_str().or(error), "{}", told());
                }
                _ => {}
            }
        }
    }
    assert!(seen > 250, "{seen} histories");
}
