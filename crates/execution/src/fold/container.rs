//! What happens to Parallel and Map states and to what they hold.

use std::time::SystemTime;

use statewright_asl::StateType;

use super::{Change, begin_try};
use crate::{
    event::{HistoryEvent, Phase},
    execution::{Block, BlockId, BlockRole, Execution, Failure, MapProgress, VisitId},
    place::Place,
    status::Status,
};

impl Execution {
    pub(super) fn begin_machine(&mut self, at: SystemTime) {
        self.blocks.push(Block {
            owner: None,
            role: BlockRole::Machine,
            attempt: 1,
            status: Status::Running,
            began_at: at,
            ended_at: None,
            visits: Vec::new(),
        });
    }

    /// The blocks of a visit's latest try.
    pub(crate) fn current_blocks(&self, owner: VisitId) -> impl DoubleEndedIterator<Item = BlockId> {
        let visit = self.visit(owner);
        let attempt = visit.map_or(1, |visit| visit.tries.len().max(1));
        let blocks = visit.map(|visit| visit.blocks.as_slice()).unwrap_or_default();
        blocks.iter().copied().filter(move |id| self.blocks[id.0 as usize].attempt == attempt)
    }

    pub(crate) fn begin_block(&mut self, owner: VisitId, role: BlockRole, at: SystemTime) -> BlockId {
        let id = BlockId(u32::try_from(self.blocks.len()).unwrap_or(u32::MAX));
        let visit = self.visit_mut(owner);
        let attempt = visit.tries.len().max(1);
        visit.blocks.push(id);
        if let Some(map) = visit.map.as_mut().filter(|map| map.run.is_none()) {
            map.running += 1;
        }
        self.blocks.push(Block {
            owner: Some(owner),
            role,
            attempt,
            status: Status::Running,
            began_at: at,
            ended_at: None,
            visits: Vec::new(),
        });
        id
    }

    /// The branch of a Parallel's latest try.
    pub(crate) fn branch(&mut self, owner: VisitId, index: usize, at: SystemTime) -> BlockId {
        let role = BlockRole::Branch(index);
        let there = self.current_blocks(owner).find(|id| self.blocks[id.0 as usize].role == role);
        there.unwrap_or_else(|| self.begin_block(owner, role, at))
    }

    /// The container of that type that an event without a name means: the nearest around the place that is still at work.
    fn container(&self, kind: StateType, place: Place) -> Option<VisitId> {
        let is = |id: &VisitId| self.visits[id.0 as usize].kind == kind;
        let at_work = |id: &VisitId| {
            let visit = &self.visits[id.0 as usize];
            visit.ended_at.is_none() && !visit.status.is_failure()
        };
        let around = self.outwards(place).find(|id| is(id) && at_work(id));
        around.or_else(|| self.newest(|id| is(id) && at_work(id))).or_else(|| self.outwards(place).find(is))
    }

    pub(super) fn of_container(
        &mut self,
        kind: StateType,
        phase: Phase,
        before: Place,
        event: HistoryEvent,
        changes: &mut Vec<Change>,
    ) -> Place {
        let Some(id) = self.container(kind, before) else { return before };
        let visit = self.visit_mut(id);
        visit.events.1 = event.id;
        let after = Place { block: visit.block, visit: Some(id) };
        match phase {
            Phase::Scheduled | Phase::Started | Phase::Submitted => {
                visit.failure = None;
                if let Some(map) = &mut visit.map {
                    let total = event.length.and_then(|length| u64::try_from(length).ok()).or(map.total);
                    *map = MapProgress { total, ..MapProgress::default() };
                }
                begin_try(visit, event.at);
                self.stands(id, Status::Running, changes);
            }
            Phase::Redriven => self.stands(id, Status::Running, changes),
            Phase::Succeeded => {
                visit.failure = None;
                self.stands(id, Status::Running, changes);
                self.close_inside(id, Status::Succeeded, event.at, changes);
            }
            Phase::Failed | Phase::TimedOut => {
                if visit.failure.is_none() {
                    let inside = self.failure_inside(id);
                    let told = self.failure_of(event.error, event.cause);
                    let failure = told.or(inside).unwrap_or(Failure { error: None, cause: None });
                    self.fail(id, failure, event.at, changes);
                }
            }
            Phase::Aborted => self.give_up(id, event.at, changes),
        }
        after
    }

    /// The first failure among what a container holds.
    fn failure_inside(&self, id: VisitId) -> Option<Failure> {
        self.current_blocks(id).find_map(|block| {
            let last = self.blocks[block.0 as usize].visits.last()?;
            self.visits[last.0 as usize].failure.clone()
        })
    }

    pub(super) fn of_iteration(
        &mut self,
        phase: Phase,
        before: Place,
        event: &HistoryEvent,
        changes: &mut Vec<Change>,
    ) -> Place {
        let named = event.state.as_deref().and_then(|state| self.named(before, state));
        let Some(owner) = named.or_else(|| self.container(StateType::Map, before)) else { return before };
        let index = event.index.and_then(|index| usize::try_from(index).ok()).unwrap_or(0);
        let role = BlockRole::Iteration(index);
        if phase == Phase::Started {
            // An iteration that is told twice in one try (after a redrive) goes on.
            let there = self.current_blocks(owner).rev().take(1).find(|id| self.blocks[id.0 as usize].role == role);
            let block = there.unwrap_or_else(|| self.begin_block(owner, role, event.at));
            changes.push(Change::Map(owner));
            return Place { block, visit: None };
        }
        let around = self.blocks_outwards(before).find(|id| {
            let block = &self.blocks[id.0 as usize];
            block.owner == Some(owner) && block.role == role
        });
        let Some(block) =
            around.or_else(|| self.current_blocks(owner).rev().find(|id| self.blocks[id.0 as usize].role == role))
        else {
            return before;
        };
        let status = match phase {
            Phase::Succeeded => Status::Succeeded,
            Phase::Failed | Phase::TimedOut => Status::Failed,
            Phase::Aborted => Status::Aborted,
            Phase::Scheduled | Phase::Started | Phase::Submitted | Phase::Redriven => Status::Running,
        };
        if status != Status::Running {
            self.close_block(block, status, event.at, changes);
        }
        self.block_stands(block, status, event.at, changes);
        // The next iteration is told to come from the last state of this one.
        Place { block, visit: self.blocks[block.0 as usize].visits.last().copied() }
    }

    pub(super) fn of_map_run(
        &mut self,
        phase: Phase,
        before: Place,
        event: HistoryEvent,
        changes: &mut Vec<Change>,
    ) -> Place {
        let Some(id) = self.container(StateType::Map, before) else { return before };
        let visit = self.visit_mut(id);
        visit.events.1 = event.id;
        let after = Place { block: visit.block, visit: Some(id) };
        match phase {
            Phase::Scheduled | Phase::Started | Phase::Submitted | Phase::Redriven => {
                let map = visit.map.get_or_insert_default();
                map.run = event.resource.or(map.run.take());
                self.stands(id, Status::Running, changes);
                changes.push(Change::Map(id));
            }
            Phase::Succeeded => changes.push(Change::Map(id)),
            Phase::Failed | Phase::TimedOut => {
                let failure = self.failure_of(event.error, event.cause);
                self.fail(id, failure.unwrap_or(Failure { error: None, cause: None }), event.at, changes);
            }
            Phase::Aborted => self.give_up(id, event.at, changes),
        }
        after
    }

    /// A block stands so; its Map counts it.
    pub(crate) fn block_stands(&mut self, id: BlockId, status: Status, at: SystemTime, changes: &mut Vec<Change>) {
        let block = &mut self.blocks[id.0 as usize];
        let was = std::mem::replace(&mut block.status, status);
        block.ended_at = if status.is_running() { None } else { block.ended_at.or(Some(at)) };
        let (owner, attempt) = (block.owner, block.attempt);
        let Some(owner) = owner.filter(|_| was != status) else { return };
        let visit = self.visit_mut(owner);
        let current = attempt == visit.tries.len().max(1);
        let Some(map) = visit.map.as_mut().filter(|map| map.run.is_none() && current) else { return };
        *counter(map, was) = counter(map, was).saturating_sub(1);
        *counter(map, status) += 1;
        changes.push(Change::Map(owner));
    }

    /// What a container of the latest try holds is over too.
    pub(super) fn close_inside(&mut self, id: VisitId, status: Status, at: SystemTime, changes: &mut Vec<Change>) {
        for block in self.current_blocks(id).collect::<Vec<_>>() {
            let open = self.blocks[block.0 as usize].status;
            let failed = open.is_failure();
            self.close_block(block, status, at, changes);
            match status {
                Status::Succeeded if open.is_running() => self.block_stands(block, Status::Succeeded, at, changes),
                Status::Caught if open.is_running() => self.block_stands(block, Status::Aborted, at, changes),
                Status::Failed | Status::TimedOut | Status::Aborted if open.is_running() && !failed => {
                    self.block_stands(
                        block,
                        if status == Status::TimedOut { status } else { Status::Aborted },
                        at,
                        changes,
                    );
                }
                _ => {}
            }
        }
    }

    /// The last visit of a block is over with it: given up where it was at work; where a catcher outside took the error,
    /// caught.
    fn close_block(&mut self, block: BlockId, status: Status, at: SystemTime, changes: &mut Vec<Change>) {
        let Some(last) = self.blocks[block.0 as usize].visits.last().copied() else { return };
        let was = self.visits[last.0 as usize].status;
        let becomes = match (was, status) {
            (was, Status::Succeeded) if was.is_running() => Status::Succeeded,
            (was, Status::TimedOut) if was.is_running() => Status::TimedOut,
            (was, Status::Failed) if was.is_running() && self.visits[last.0 as usize].failure.is_some() => {
                Status::Failed
            }
            (was, _) if was.is_running() => Status::Aborted,
            (was, Status::Caught) if was.is_failure() => Status::Caught,
            (was, _) => was,
        };
        if becomes != was {
            let visit = self.visit_mut(last);
            visit.status = becomes;
            visit.ended_at.get_or_insert(at);
            changes.push(Change::State(last));
        }
        if !self.visits[last.0 as usize].blocks.is_empty() {
            self.close_inside(last, status, at, changes);
        }
    }

    /// A visit ends because something else did.
    pub(super) fn give_up(&mut self, id: VisitId, at: SystemTime, changes: &mut Vec<Change>) {
        let visit = self.visit_mut(id);
        if visit.ended_at.is_none() {
            visit.status = Status::Aborted;
            visit.ended_at = Some(at);
            changes.push(Change::State(id));
        }
        self.close_inside(id, Status::Aborted, at, changes);
    }
}

fn counter(map: &mut MapProgress, status: Status) -> &mut u64 {
    match status {
        Status::Succeeded | Status::Caught => &mut map.succeeded,
        Status::Failed | Status::TimedOut => &mut map.failed,
        Status::Aborted | Status::NotReached => &mut map.aborted,
        Status::Running | Status::WaitingForToken | Status::Retrying => &mut map.running,
    }
}
