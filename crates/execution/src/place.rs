//! Where an event belongs: the visit or the block after the event that led to it.

use crate::{
    event::HistoryEvent,
    execution::{BlockId, BlockRole, Execution, VisitId},
};

/// Where the execution is after an event: in a block, at a visit of it or before its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) block: BlockId,
    pub(crate) visit: Option<VisitId>,
}

impl Place {
    pub(crate) const START: Self = Self { block: BlockId::MACHINE, visit: None };
}

/// The place after each event, by the event's id. Ids run from 1 without gaps; an id far off is not kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    first: i64,
    list: Vec<Option<Place>>,
    last: Option<Place>,
}

/// More events than AWS lets a history have, with room for logs of EXPRESS machines.
const MOST: usize = 1_000_000;

impl Places {
    pub(crate) fn set(&mut self, id: i64, place: Place) {
        self.last = Some(place);
        if self.list.is_empty() {
            self.first = id;
        }
        let Some(index) = id.checked_sub(self.first).and_then(|index| usize::try_from(index).ok()) else { return };
        if index < MOST {
            if self.list.len() <= index {
                self.list.resize(index + 1, None);
            }
            self.list[index] = Some(place);
        }
    }

    /// After the event that led to this one, or, where nobody names that, after the newest.
    pub(crate) fn before(&self, event: &HistoryEvent) -> Place {
        let index = event.previous_id.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        let named = index.filter(|_| event.previous_id > 0).and_then(|index| *self.list.get(index)?);
        named.or(self.last).unwrap_or(Place::START)
    }
}

impl Execution {
    /// From a place outwards: the visit there, then the one that holds it, and so on.
    pub(crate) fn outwards(&self, place: Place) -> impl Iterator<Item = VisitId> {
        let owner = move |block: BlockId| self.block(block).and_then(|block| block.owner);
        let first = place.visit.or_else(|| owner(place.block));
        std::iter::successors(first, move |id| owner(self.visit(*id)?.block))
    }

    /// From a place outwards: the blocks.
    pub(crate) fn blocks_outwards(&self, place: Place) -> impl Iterator<Item = BlockId> {
        std::iter::successors(Some(place.block), |id| {
            let owner = self.block(*id)?.owner?;
            Some(self.visit(owner)?.block)
        })
    }

    /// The visit of a state that an event of that name means: around the place, else the newest that is not left.
    pub(crate) fn named(&self, place: Place, state: &str) -> Option<VisitId> {
        let left = |id: &VisitId| self.visits[id.0 as usize].ended_at.is_some();
        let fits = |id: &VisitId| *self.visits[id.0 as usize].state == *state;
        let around = self.outwards(place).find(|id| fits(id));
        around.filter(|id| !left(id)).or_else(|| self.newest(|id| fits(id) && !left(id))).or(around)
    }

    /// The newest visit that a condition holds for; looks back a bounded way.
    pub(crate) fn newest(&self, holds: impl Fn(&VisitId) -> bool) -> Option<VisitId> {
        const FAR: usize = 4_096;
        let count = u32::try_from(self.visits.len()).unwrap_or(u32::MAX);
        (0..count).rev().take(FAR).map(VisitId).find(|id| holds(id))
    }

    /// The block in which a state is entered. Where the definition is known it must be one of the container that holds the
    /// state; events on the way to it may be lost.
    pub(crate) fn entered_in(&mut self, place: Place, state: &str, event: &HistoryEvent) -> BlockId {
        let holder = self.outline.holder(state).map(|(name, role)| (name.to_owned(), role));
        let at = place.visit.and_then(|id| self.visit(id));
        if let Some((name, role)) = holder {
            if let Some(block) = self.blocks_outwards(place).find(|id| self.is_of(*id, &name, role)) {
                return block;
            }
            let Some(owner) = self.named(place, &name) else { return place.block };
            return match role {
                statewright_asl::ContainerRole::Branch(index) => self.branch(owner, index, event.at),
                _ => self.last_iteration(owner, event.at),
            };
        }
        if self.outline.is_top(state) {
            return BlockId::MACHINE;
        }
        // The definition is not known. A Parallel that is not left begins a branch; all else goes on where it is.
        match at {
            Some(visit) if visit.ended_at.is_none() && visit.kind == statewright_asl::StateType::Parallel => {
                let owner = place.visit.unwrap_or(VisitId(0));
                let index = self.current_blocks(owner).count();
                self.branch(owner, index, event.at)
            }
            Some(visit) if visit.ended_at.is_none() && visit.kind == statewright_asl::StateType::Map => {
                self.last_iteration(place.visit.unwrap_or(VisitId(0)), event.at)
            }
            _ => place.block,
        }
    }

    /// Whether a block is what the definition has as the container of that role in a state, and of the state's latest try.
    fn is_of(&self, id: BlockId, holder: &str, role: statewright_asl::ContainerRole) -> bool {
        let Some(block) = self.block(id) else { return false };
        let Some(owner) = block.owner.and_then(|owner| self.visit(owner)) else { return false };
        let same = match (role, block.role) {
            (statewright_asl::ContainerRole::Branch(wanted), BlockRole::Branch(is)) => wanted == is,
            (
                statewright_asl::ContainerRole::Inline | statewright_asl::ContainerRole::Distributed,
                BlockRole::Iteration(_),
            ) => true,
            _ => false,
        };
        same && *owner.state == *holder && block.attempt == owner.tries.len().max(1)
    }

    /// The newest iteration that has not ended; a Map whose iterations are not told has one.
    fn last_iteration(&mut self, owner: VisitId, at: std::time::SystemTime) -> BlockId {
        let open = self.current_blocks(owner).rfind(|id| self.blocks[id.0 as usize].ended_at.is_none());
        match open {
            Some(block) => block,
            None => self.begin_block(owner, BlockRole::Iteration(self.current_blocks(owner).count()), at),
        }
    }
}
