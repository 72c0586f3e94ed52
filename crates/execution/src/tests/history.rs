//! Histories, written as AWS writes them.

use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use crate::{Execution, HistoryEvent, Outline, VisitId};

/// Events, each a second after the one before.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    pub(crate) events: Vec<HistoryEvent>,
}

impl History {
    /// `previous TYPE state` each; an id is the line's number.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn event(mut self, previous: i64, event_type: &str, fill: impl FnOnce(&mut HistoryEvent)) -> Self {
        let id = i64::try_from(self.events.len()).unwrap() + 1;
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(id).unwrap());
        let mut event = HistoryEvent::new(id, previous, at, event_type);
        fill(&mut event);
        self.events.push(event);
        self
    }

    pub(crate) fn state(self, previous: i64, event_type: &str, state: &str) -> Self {
        self.event(previous, event_type, |event| event.state = Some(state.to_owned()))
    }

    pub(crate) fn plain(self, previous: i64, event_type: &str) -> Self {
        self.event(previous, event_type, |_| {})
    }

    pub(crate) fn fails(self, previous: i64, event_type: &str, error: &str) -> Self {
        self.event(previous, event_type, |event| {
            event.error = Some(error.to_owned());
            event.cause = Some(format!("{error}, because"));
        })
    }

    pub(crate) fn iteration(self, previous: i64, event_type: &str, state: &str, index: i32) -> Self {
        self.event(previous, event_type, |event| {
            event.state = Some(state.to_owned());
            event.index = Some(index);
        })
    }

    pub(crate) fn map(self, previous: i64, length: i32) -> Self {
        self.event(previous, "MapStateStarted", |event| event.length = Some(length))
    }

    pub(crate) fn fold(&self, outline: &Arc<Outline>) -> Execution {
        let mut execution = Execution::new(Arc::clone(outline));
        execution.append(self.events.clone());
        execution
    }

    /// As an emulator tells it that names no predecessors.
    pub(crate) fn unlinked(mut self) -> Self {
        for event in &mut self.events {
            event.previous_id = 0;
        }
        self
    }
}

pub(crate) fn outline(definition: &Value) -> Arc<Outline> {
    Arc::new(Outline::parse(&definition.to_string()).expect("a definition"))
}

/// A line a visit, with what is around it.
pub(crate) fn shown(execution: &Execution) -> String {
    let mut out = String::new();
    for (index, visit) in execution.visits().iter().enumerate() {
        let id = VisitId(u32::try_from(index).unwrap());
        for (owner, role) in execution.path(id) {
            let owner = execution.visit(owner).unwrap();
            let role = match role {
                crate::BlockRole::Machine => unreachable!("the machine has no owner"),
                crate::BlockRole::Branch(n) => format!("branch {n}"),
                crate::BlockRole::Iteration(n) => format!("#{n}"),
            };
            let _ = write!(out, "{}/{role}/", owner.state);
        }
        let _ = write!(out, "{} {}", visit.state, visit.status.as_str());
        if execution.shown(id) != visit.status {
            let _ = write!(out, " (shows {})", execution.shown(id).as_str());
        }
        if visit.times > 1 {
            let _ = write!(out, " x{}", visit.times);
        }
        if visit.tries.len() > 1 || visit.tries_allowed.is_some() {
            let _ = write!(out, " try {}", visit.tries.len());
            if let Some(allowed) = visit.tries_allowed {
                let _ = write!(out, "/{allowed}");
            }
        }
        if let Some(wait) = visit.wait() {
            let _ = write!(out, " next {wait}s");
        }
        if let Some(error) = visit.failure.as_ref().and_then(|failure| failure.error.as_ref()) {
            let _ = write!(out, " {error}");
        }
        if let Some(map) = &visit.map {
            let total = map.total.map_or("?".to_owned(), |total| total.to_string());
            let _ = write!(out, " {}+{}-{}~{}/{total}", map.running, map.succeeded, map.failed, map.aborted);
        }
        if let Some(next) = &visit.next {
            let _ = write!(out, " -> {}", next.state);
        }
        out.push('\n');
    }
    let _ = write!(out, "{}", execution.status().as_str());
    out
}
