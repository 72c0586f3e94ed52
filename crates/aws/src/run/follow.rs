//! Following one execution: what is new since the last look, and no more.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use statewright_execution::HistoryEvent;
use statewright_planner::Refusal;
use statewright_spec::Arn;

use super::express::{logged, pattern};
use crate::Connection;

/// Where an execution tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In its history.
    History,
    /// In its machine's log group: EXPRESS machines keep no history.
    Logs {
        /// The group's name.
        group: String,
    },
}

/// A reader of one execution's events. It holds a place and no events.
#[derive(Debug)]
pub struct Follow {
    execution: Arn,
    source: Source,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// What was there before is read from its beginning, page by page: all of a history at once may be large.
    Catching { token: Option<String> },
    /// Only what is new.
    After { id: i64, many: bool },
    /// In a log: lines come late and not in order, so the last seconds are read again.
    Logged { from: SystemTime, seen: BTreeSet<i64> },
}

/// How far back a log is read again. `CloudWatch` has a line within a few seconds of its being written.
const LATE: Duration = Duration::from_secs(15);
/// Lines of a log a look.
const LINES: i32 = 1000;

impl Follow {
    /// Reads from the beginning. `since` is when the execution started, for a log.
    pub fn new(execution: Arn, source: Source, since: SystemTime) -> Self {
        let place = match source {
            Source::History => Place::Catching { token: None },
            Source::Logs { .. } => Place::Logged { from: since, seen: BTreeSet::new() },
        };
        Self { execution, source, place }
    }

    /// Which execution.
    pub const fn execution(&self) -> &Arn {
        &self.execution
    }

    /// Where it tells of itself.
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// Whether more is known to be there, so that the next look need not wait.
    pub const fn is_catching_up(&self) -> bool {
        matches!(self.place, Place::Catching { token: Some(_) })
    }

    /// The events that are new, in order. One call as a rule; a refusal loses nothing: look again.
    pub async fn look(&mut self, connection: &Connection) -> Result<Vec<HistoryEvent>, Refusal> {
        match &mut self.place {
            Place::Catching { token } => {
                let (events, next) = connection.history_page(&self.execution, token.clone()).await?;
                // A token that comes back unchanged is no next page.
                if next.is_some() && next != *token {
                    *token = next;
                } else {
                    let id = events.iter().map(|event| event.id).max().unwrap_or_default();
                    self.place = Place::After { id, many: false };
                }
                Ok(events)
            }
            Place::After { id, many } => {
                let events = connection.history_after(&self.execution, *id, *many).await?;
                *id = events.last().map_or(*id, |last| last.id);
                *many = events.len() >= 100;
                Ok(events)
            }
            Place::Logged { from, seen } => {
                let Source::Logs { group } = &self.source else { return Ok(Vec::new()) };
                let lines = connection.log_events(group, *from, None, Some(&pattern(&self.execution)), LINES).await?;
                let newest = lines.iter().map(|line| line.at).max();
                let events = lines.iter().filter_map(|line| logged(&line.message));
                let mut events: Vec<_> = events.filter(|event| seen.insert(event.id)).collect();
                events.sort_by_key(|event| event.id);
                if let Some(later) = newest.and_then(|newest| newest.checked_sub(LATE)) {
                    *from = later.max(*from);
                }
                Ok(events)
            }
        }
    }
}
