//! What a failure leads to: another try, a catcher, or the failure of what is around.
//!
//! AWS does not say which. The definition does; where it is not known, or an error's name is not, the next event tells. An
//! event always wins over what was foreseen.

use std::time::SystemTime;

use super::Change;
use crate::{
    execution::{BlockRole, Execution, Failure, VisitId},
    place::Place,
    status::{ExecutionStatus, Status},
};

impl Execution {
    /// A visit has failed.
    pub(super) fn fail(&mut self, id: VisitId, failure: Failure, at: SystemTime, changes: &mut Vec<Change>) {
        let visit = &self.visits[id.0 as usize];
        let (state, block) = (visit.state.clone(), visit.block);
        let error = failure.error.clone();
        let known = self.outline.state(&state).is_some();
        let again = error.as_deref().and_then(|error| {
            let (index, retrier) = self.outline.retrier(&state, error)?;
            let used = visit.tries.iter().filter(|one| one.retrier == Some(index)).count() as u64;
            let others = (visit.tries.len().max(1) as u64).saturating_sub(used);
            (used < retrier.max_attempts).then(|| (index, retrier.wait(used + 1), others + retrier.max_attempts))
        });
        let caught = error.as_deref().is_some_and(|error| self.outline.catcher(&state, error).is_some());
        let timed_out = error.as_deref() == Some("States.Timeout");
        let is_container = !visit.blocks.is_empty();
        let visit = self.visit_mut(id);
        visit.failure = Some(failure.clone());
        if let Some(last) = visit.tries.last_mut() {
            last.failure.get_or_insert_with(|| failure.clone());
            last.ended_at.get_or_insert(at);
        }
        changes.push(Change::State(id));
        if let Some((index, wait, allowed)) = again {
            visit.status = Status::Retrying;
            visit.tries_allowed = Some(allowed);
            if let Some(last) = visit.tries.last_mut() {
                last.wait = Some(wait);
                last.retrier = Some(index);
            }
            if is_container {
                self.close_inside(id, Status::Failed, at, changes);
            }
            return;
        }
        if caught {
            visit.status = Status::Caught;
            if is_container {
                self.close_inside(id, Status::Caught, at, changes);
            }
            return;
        }
        if !known || (error.is_none() && self.outline.handles(&state)) {
            // The next event tells. A Fail state has no next one of its own.
            let fails = self.visits[id.0 as usize].kind == statewright_asl::StateType::Fail || is_container;
            if fails {
                self.visit_mut(id).status = Status::Failed;
            }
            return;
        }
        self.visit_mut(id).status = if timed_out { Status::TimedOut } else { Status::Failed };
        if is_container {
            self.close_inside(id, Status::Failed, at, changes);
        }
        let around = &self.blocks[block.0 as usize];
        let Some(owner) = around.owner else { return };
        let role = around.role;
        self.block_stands(block, Status::Failed, at, changes);
        // A distributed Map may tolerate it, and its children are not told here anyway.
        let at_work = self.visits[owner.0 as usize].status.is_running();
        if at_work && error.is_some() && matches!(role, BlockRole::Branch(_) | BlockRole::Iteration(_)) {
            self.fail(owner, failure, at, changes);
        }
    }

    /// The execution has ended: so has everything in it.
    pub(super) fn ended(
        &mut self,
        status: ExecutionStatus,
        at: SystemTime,
        failure: Option<&Failure>,
        place: Option<Place>,
        changes: &mut Vec<Change>,
    ) {
        self.status = status;
        self.stopped_at = Some(at);
        self.failure = failure.cloned();
        let inside = match status {
            ExecutionStatus::Succeeded => Status::Succeeded,
            ExecutionStatus::Failed => Status::Failed,
            ExecutionStatus::TimedOut => Status::TimedOut,
            ExecutionStatus::Aborted => Status::Aborted,
            ExecutionStatus::Running | ExecutionStatus::PendingRedrive => return,
        };
        if inside == Status::Failed {
            self.blame(place, failure, at, changes);
        }
        for index in 0..self.visits.len() {
            let visit = &mut self.visits[index];
            let open = visit.status.is_running() || (visit.status == Status::Caught && visit.ended_at.is_none());
            if !open {
                visit.ended_at.get_or_insert(at);
                continue;
            }
            visit.status = if inside == Status::Failed { Status::Aborted } else { inside };
            visit.ended_at = Some(at);
            changes.push(Change::State(VisitId(u32::try_from(index).unwrap_or(u32::MAX))));
        }
        for index in 0..self.blocks.len() {
            if self.blocks[index].status.is_running() {
                let id = crate::execution::BlockId(u32::try_from(index).unwrap_or(u32::MAX));
                let given_up = inside == Status::Failed && index != 0;
                self.block_stands(id, if given_up { Status::Aborted } else { inside }, at, changes);
            }
        }
        changes.push(Change::Ended);
    }

    /// The visit at which the execution failed, and what is around it.
    fn blame(&mut self, place: Option<Place>, failure: Option<&Failure>, at: SystemTime, changes: &mut Vec<Change>) {
        let failed = |id: &VisitId| self.visits[id.0 as usize].failure.is_some();
        let open = |id: &VisitId| self.visits[id.0 as usize].ended_at.is_none();
        let here = place.and_then(|place| place.visit).filter(open);
        let last = || self.blocks.first().and_then(|machine| machine.visits.last().copied()).filter(open);
        let Some(leaf) = here.or_else(|| self.newest(|id| failed(id) && open(id))).or_else(last) else { return };
        let outwards = self.outwards(Place { block: self.visits[leaf.0 as usize].block, visit: Some(leaf) });
        for id in outwards.collect::<Vec<_>>() {
            let visit = self.visit_mut(id);
            if visit.ended_at.is_some() && !visit.status.is_failure() {
                continue;
            }
            // What was foreseen of a Fail state has no cause: the execution's own failure says more.
            let says_more = visit.failure.as_ref().is_none_or(|known| {
                known.cause.is_none() && failure.is_some_and(|told| known.error.is_none() || told.error == known.error)
            });
            if says_more {
                visit.failure = failure.cloned().or(visit.failure.take());
            }
            let timed_out = visit.failure.as_ref().is_some_and(|f| f.error.as_deref() == Some("States.Timeout"));
            visit.status = if timed_out { Status::TimedOut } else { Status::Failed };
            visit.ended_at = Some(at);
            let block = visit.block;
            changes.push(Change::State(id));
            if self.blocks[block.0 as usize].owner.is_some() {
                self.block_stands(block, Status::Failed, at, changes);
            }
        }
    }

    /// The failure that nothing can take any more: the execution will fail, though it may not have said so yet.
    pub fn doomed(&self) -> Option<VisitId> {
        // Without the definition a catcher may be there that is not seen.
        self.outline.flow()?;
        let machine = self.blocks.first()?;
        let last = machine.visits.last()?;
        let failed = self.visits[last.0 as usize].status.is_failure();
        failed.then(|| self.deepest_failure(*last))
    }

    /// From a failed visit to the one in it that failed first.
    pub fn deepest_failure(&self, id: VisitId) -> VisitId {
        let inside = self.current_blocks(id).find_map(|block| {
            let last = *self.blocks[block.0 as usize].visits.last()?;
            let failed =
                matches!(self.visits[last.0 as usize].status, Status::Failed | Status::TimedOut | Status::Caught);
            failed.then_some(last)
        });
        inside.map_or(id, |inside| self.deepest_failure(inside))
    }
}
