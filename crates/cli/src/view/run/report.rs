//! Which changes are told: each once, and a state that was left with where it led.

use std::collections::{BTreeSet, HashMap};

use statewright_execution::{Change, Execution, Status, VisitId};

/// Remembers what was told.
#[derive(Default)]
pub(super) struct Report {
    told: HashMap<VisitId, (Status, usize)>,
    held: BTreeSet<VisitId>,
    maps: BTreeSet<VisitId>,
}

impl Report {
    /// Of an event's changes the visits to tell of now.
    pub(super) fn of(&mut self, execution: &Execution, changes: &[Change]) -> Vec<VisitId> {
        let mut tell = Vec::new();
        for change in changes {
            match change {
                Change::State(id) => self.state(execution, *id, &mut tell),
                Change::Map(id) => {
                    self.maps.insert(*id);
                }
                Change::Ended => {
                    for id in std::mem::take(&mut self.held) {
                        self.tell(execution, id, &mut tell);
                    }
                }
                Change::Started | Change::Redriven => {}
            }
        }
        tell
    }

    /// The Maps that are further on since this was asked last.
    pub(super) fn maps(&mut self) -> BTreeSet<VisitId> {
        std::mem::take(&mut self.maps)
    }

    fn state(&mut self, execution: &Execution, id: VisitId, tell: &mut Vec<VisitId>) {
        let Some(visit) = execution.visit(id) else { return };
        let left = matches!(visit.status, Status::Succeeded | Status::Caught);
        let goes_on = execution.outline().edges(&visit.state).next().is_some();
        if left && goes_on && visit.next.is_none() && !execution.status().is_final() {
            self.held.insert(id);
            return;
        }
        self.held.remove(&id);
        self.tell(execution, id, tell);
    }

    fn tell(&mut self, execution: &Execution, id: VisitId, tell: &mut Vec<VisitId>) {
        let Some(visit) = execution.visit(id) else { return };
        let now = (visit.status, visit.tries.len());
        // A try that begins is told; that a first one does is not: the state was told to run.
        let before = self.told.insert(id, now);
        let same = before.is_some_and(|(status, tries)| {
            status == now.0 && (tries == now.1 || status != Status::Running || tries == 0)
        });
        if !same && !tell.contains(&id) {
            tell.push(id);
        }
    }
}
