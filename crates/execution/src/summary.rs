//! The execution by states, for a flowchart, a table, a header.

use std::{collections::HashMap, time::Duration};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    execution::{BlockId, Execution, MapProgress, VisitId},
    status::Status,
};

/// One state, over all its visits.
#[derive(Debug, Clone, PartialEq)]
pub struct StateSummary {
    /// Its name.
    pub name: String,
    /// The worst that its latest visits show: in each block the last one, and what that holds.
    pub status: Status,
    /// How often it was entered.
    pub visits: usize,
    /// The visit that has the status; `None` where nobody came.
    pub visit: Option<VisitId>,
    /// Tries of that visit.
    pub tries: usize,
    /// At most how many tries there will be, where that is known.
    pub tries_allowed: Option<u64>,
    /// How long that visit took, or has taken until the newest event.
    pub took: Option<Duration>,
    /// For a Map: its iterations, of all its visits that count.
    pub map: Option<MapProgress>,
}

/// How many visits stand how; earlier tries of containers do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    /// At work.
    pub running: usize,
    /// Done.
    pub succeeded: usize,
    /// Failed or timed out, and not caught.
    pub failed: usize,
    /// Failed, and caught.
    pub caught: usize,
    /// Given up.
    pub aborted: usize,
    /// Failed items of Maps that went on in spite of them.
    pub tolerated: u64,
}

impl Execution {
    /// Whether a block belongs to the latest try of all that is around it.
    pub fn is_current(&self, id: BlockId) -> bool {
        let mut at = Some(id);
        while let Some(block) = at.and_then(|id| self.block(id)) {
            let Some(owner) = block.owner.and_then(|owner| self.visit(owner)) else { return true };
            if block.attempt != owner.tries.len().max(1) {
                return false;
            }
            at = Some(owner.block);
        }
        true
    }

    /// How a visit shows: as the worst of itself and of what it holds. One that has ended badly itself shows that, unless a
    /// failure is inside.
    pub fn shown(&self, id: VisitId) -> Status {
        let Some(visit) = self.visit(id) else { return Status::NotReached };
        let inside =
            self.current_blocks(id).flat_map(|block| self.latest_in(block)).map(|inside| self.shown(inside)).max();
        combine(visit.status, inside)
    }

    /// For each state of a block its last visit.
    fn latest_in(&self, block: BlockId) -> Vec<VisitId> {
        let mut seen: HashMap<&str, VisitId> = HashMap::new();
        for id in self.block(block).map(|block| block.visits.as_slice()).unwrap_or_default() {
            if let Some(visit) = self.visit(*id) {
                seen.insert(&visit.state, *id);
            }
        }
        let mut latest: Vec<_> = seen.into_values().collect();
        latest.sort();
        latest
    }

    /// How every visit shows, by its index, and whether it counts: the last of its state in a block of the latest try.
    fn all_shown(&self) -> Vec<(Status, bool)> {
        let current: Vec<bool> = (0..self.blocks.len())
            .map(|index| self.is_current(BlockId(u32::try_from(index).unwrap_or(u32::MAX))))
            .collect();
        let mut shown: Vec<(Status, bool)> = self.visits.iter().map(|visit| (visit.status, false)).collect();
        let mut worst: Vec<Option<Status>> = vec![None; self.visits.len()];
        for (index, block) in self.blocks.iter().enumerate() {
            if current[index] {
                for id in self.latest_in(BlockId(u32::try_from(index).unwrap_or(u32::MAX))) {
                    shown[id.0 as usize].1 = true;
                }
            }
            debug_assert!(block.owner.is_none_or(|owner| (owner.0 as usize) < shown.len()));
        }
        // What holds something was entered before it.
        for index in (0..self.visits.len()).rev() {
            let status = combine(self.visits[index].status, worst[index]);
            shown[index].0 = status;
            let owner = self.blocks[self.visits[index].block.0 as usize].owner.filter(|_| shown[index].1);
            if let Some(owner) = owner {
                let slot = &mut worst[owner.0 as usize];
                *slot = Some(slot.map_or(status, |worst| worst.max(status)));
            }
        }
        shown
    }

    /// Every state: those of the definition in its order, reached or not, then those that only the history knows.
    pub fn states(&self) -> Vec<StateSummary> {
        let empty = |name: &str| StateSummary {
            name: name.to_owned(),
            status: Status::NotReached,
            visits: 0,
            visit: None,
            tries: 0,
            tries_allowed: None,
            took: None,
            map: None,
        };
        let mut states: Vec<StateSummary> =
            self.outline.flow().into_iter().flat_map(|flow| &flow.states).map(|state| empty(&state.name)).collect();
        let mut by_name: HashMap<String, usize> =
            states.iter().enumerate().map(|(index, state)| (state.name.clone(), index)).collect();
        for (index, (visit, (status, counts))) in self.visits.iter().zip(self.all_shown()).enumerate() {
            let place = *by_name.entry(visit.state.to_string()).or_insert_with(|| {
                states.push(empty(&visit.state));
                states.len() - 1
            });
            let state = &mut states[place];
            state.visits += 1;
            if !counts {
                continue;
            }
            if let Some(map) = &visit.map {
                add(state.map.get_or_insert_default(), map);
            }
            if status >= state.status {
                state.status = status;
                state.visit = Some(VisitId(u32::try_from(index).unwrap_or(u32::MAX)));
                state.tries = visit.tried();
                state.tries_allowed = visit.tries_allowed;
                let until = visit.ended_at.or(self.last_at);
                state.took = until.and_then(|until| until.duration_since(visit.entered_at).ok());
            }
        }
        states
    }

    /// The edges of the flow that were taken.
    pub fn taken_edges(&self) -> std::collections::BTreeSet<usize> {
        self.visits.iter().filter_map(|visit| visit.next.as_ref()).flat_map(|next| next.edges.iter().copied()).collect()
    }

    /// How many visits stand how.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        let current: Vec<bool> = (0..self.blocks.len())
            .map(|index| self.is_current(BlockId(u32::try_from(index).unwrap_or(u32::MAX))))
            .collect();
        for visit in &self.visits {
            if !current[visit.block.0 as usize] {
                continue;
            }
            match visit.status {
                Status::Running | Status::WaitingForToken | Status::Retrying => totals.running += 1,
                Status::Succeeded => totals.succeeded += 1,
                Status::Failed | Status::TimedOut => totals.failed += 1,
                Status::Caught => totals.caught += 1,
                Status::Aborted => totals.aborted += 1,
                Status::NotReached => {}
            }
            if visit.status == Status::Succeeded
                && let Some(map) = &visit.map
            {
                totals.tolerated += map.failed;
            }
        }
        totals
    }
}

fn combine(own: Status, inside: Option<Status>) -> Status {
    let Some(inside) = inside else { return own };
    let ended_badly = matches!(own, Status::Aborted | Status::Caught | Status::TimedOut | Status::Failed);
    if ended_badly && !inside.is_failure() { own } else { own.max(inside) }
}

fn add(sum: &mut MapProgress, one: &MapProgress) {
    sum.total = match (sum.total, one.total) {
        (Some(sum), Some(one)) => Some(sum + one),
        (sum, one) => sum.or(one),
    };
    sum.running += one.running;
    sum.succeeded += one.succeeded;
    sum.failed += one.failed;
    sum.aborted += one.aborted;
    if one.run.is_some() {
        sum.run.clone_from(&one.run);
    }
}
