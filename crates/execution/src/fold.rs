//! The fold: one event, and what it changes.

mod container;
mod failing;

use std::{sync::Arc, time::SystemTime};

use statewright_asl::{EdgeKind, StateType};

use crate::{
    event::{EventKind, HistoryEvent, Phase},
    execution::{BlockId, BlockRole, Execution, Failure, MapProgress, MapRun, Next, Redrive, Try, Visit, VisitId},
    place::Place,
    status::{ExecutionStatus, Status},
    text::TextId,
};

/// Something that an event changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The execution started.
    Started,
    /// A visit stands otherwise.
    State(VisitId),
    /// A Map is further on.
    Map(VisitId),
    /// It was started again after it had failed.
    Redriven,
    /// It has ended.
    Ended,
}

impl Execution {
    /// Takes events in, by their ids and each once; those that were taken in before are passed over.
    pub fn append(&mut self, mut events: Vec<HistoryEvent>) -> Vec<Change> {
        events.sort_by_key(|event| event.id);
        events.into_iter().flat_map(|event| self.apply(event)).collect()
    }

    /// Takes the next event in, and says what it changed.
    pub fn apply(&mut self, event: HistoryEvent) -> Vec<Change> {
        if event.id <= self.last_event {
            return Vec::new();
        }
        if self.blocks.is_empty() {
            self.begin_machine(event.at);
        }
        self.last_event = event.id;
        self.last_at = Some(event.at);
        self.events += 1;
        let before = self.places.before(&event);
        let id = event.id;
        let kind = event.kind();
        // Some emulators go on telling after an execution was stopped.
        if self.status.is_final() && kind != EventKind::Execution(Phase::Redriven) {
            self.places.set(id, before);
            return Vec::new();
        }
        let mut changes = Vec::new();
        let after = match kind {
            EventKind::Execution(phase) => self.of_execution(phase, before, event, &mut changes),
            EventKind::Entered(kind) => self.entered(kind, before, event, &mut changes),
            EventKind::Exited(_) => self.exited(before, event, &mut changes),
            EventKind::StateAborted(kind) => self.aborted(kind, before, &event, &mut changes),
            EventKind::Task(phase) => self.of_task(phase, before, event, &mut changes),
            EventKind::Parallel(phase) => self.of_container(StateType::Parallel, phase, before, event, &mut changes),
            EventKind::Map(phase) => self.of_container(StateType::Map, phase, before, event, &mut changes),
            EventKind::Iteration(phase) => self.of_iteration(phase, before, &event, &mut changes),
            EventKind::MapRun(phase) => self.of_map_run(phase, before, event, &mut changes),
            EventKind::EvaluationFailed => self.not_evaluated(before, event, &mut changes),
            EventKind::Other => before,
        };
        self.places.set(id, after);
        changes.dedup();
        changes
    }

    /// Takes in what AWS says of a Map run.
    pub fn set_map_run(&mut self, run: MapRun) -> Vec<Change> {
        if self.map_runs.get(&run.arn) == Some(&run) {
            return Vec::new();
        }
        let mut changes = Vec::new();
        for (index, visit) in self.visits.iter_mut().enumerate() {
            let Some(map) = visit.map.as_mut().filter(|map| map.run.as_ref() == Some(&run.arn)) else { continue };
            map.total = Some(run.total);
            map.running = run.running;
            map.succeeded = run.succeeded;
            map.failed = run.failed;
            map.aborted = run.aborted;
            changes.push(Change::Map(VisitId(u32::try_from(index).unwrap_or(u32::MAX))));
        }
        self.map_runs.insert(run.arn.clone(), run);
        changes
    }

    /// Takes in that it has ended, where the history does not tell (`DescribeExecution`).
    pub fn end(
        &mut self,
        status: ExecutionStatus,
        at: SystemTime,
        error: Option<String>,
        cause: Option<String>,
        output: Option<String>,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        if !self.status.is_final() && status.is_final() {
            if self.blocks.is_empty() {
                self.begin_machine(at);
            }
            self.output = self.keep(output);
            let failure = self.failure_of(error, cause);
            self.ended(status, at, failure.as_ref(), None, &mut changes);
        }
        changes
    }

    fn of_execution(&mut self, phase: Phase, before: Place, event: HistoryEvent, changes: &mut Vec<Change>) -> Place {
        let status = match phase {
            Phase::Started | Phase::Scheduled | Phase::Submitted => {
                self.started_at.get_or_insert(event.at);
                self.input = self.keep(event.input).or(self.input);
                changes.push(Change::Started);
                return Place::START;
            }
            Phase::Redriven => {
                self.redriven(event.at, changes);
                return before;
            }
            Phase::Succeeded => ExecutionStatus::Succeeded,
            Phase::Failed => ExecutionStatus::Failed,
            Phase::TimedOut => ExecutionStatus::TimedOut,
            Phase::Aborted => ExecutionStatus::Aborted,
        };
        self.output = self.keep(event.output);
        let failure = self.failure_of(event.error, event.cause);
        self.ended(status, event.at, failure.as_ref(), Some(before), changes);
        before
    }

    fn entered(&mut self, kind: StateType, before: Place, event: HistoryEvent, changes: &mut Vec<Change>) -> Place {
        let Some(name) = event.state.clone() else { return before };
        let block = self.entered_in(before, &name, &event);
        let state = self.name(&name);
        self.leave_for(block, &state, event.at, changes);
        let times = self.blocks[block.0 as usize]
            .visits
            .iter()
            .rev()
            .map(|id| &self.visits[id.0 as usize])
            .find(|visit| visit.state == state)
            .map_or(1, |visit| visit.times.saturating_add(1));
        let id = VisitId(u32::try_from(self.visits.len()).unwrap_or(u32::MAX));
        let input = self.keep(event.input);
        self.visits.push(Visit {
            state,
            kind,
            block,
            times,
            status: Status::Running,
            entered_at: event.at,
            ended_at: None,
            events: (event.id, event.id),
            input,
            output: None,
            tries: Vec::new(),
            tries_allowed: None,
            failure: None,
            next: None,
            blocks: Vec::new(),
            map: (kind == StateType::Map).then(MapProgress::default),
        });
        self.blocks[block.0 as usize].visits.push(id);
        changes.push(Change::State(id));
        if kind == StateType::Fail {
            let error = self.outline.error(&name).map(str::to_owned);
            let failure = Failure { error, cause: None };
            self.fail(id, failure, event.at, changes);
        }
        Place { block, visit: Some(id) }
    }

    /// A block is one state after another: what came before is left for what is entered, even where nobody said so.
    fn leave_for(&mut self, block: BlockId, state: &Arc<str>, at: SystemTime, changes: &mut Vec<Change>) {
        let Some(last) = self.blocks[block.0 as usize].visits.last().copied() else { return };
        let visit = &self.visits[last.0 as usize];
        let was_caught = visit.failure.is_some();
        let fits = |kind: &EdgeKind| matches!(kind, EdgeKind::Catch { .. }) == was_caught;
        let flow = self.outline.flow();
        let edges = flow.into_iter().flat_map(|flow| flow.edges.iter().enumerate());
        let from = self.outline.index(&visit.state);
        let edges = edges.filter(|(_, edge)| Some(edge.from) == from && edge.target == **state && fits(&edge.kind));
        let next = Next { state: Arc::clone(state), edges: edges.map(|(index, _)| index).collect() };
        let open = visit.ended_at.is_none();
        self.visits[last.0 as usize].next = Some(next);
        if open {
            self.leave(last, at, changes);
        }
        changes.push(Change::State(last));
        self.block_stands(block, Status::Running, at, changes);
    }

    fn exited(&mut self, before: Place, event: HistoryEvent, changes: &mut Vec<Change>) -> Place {
        let named = event.state.as_deref().and_then(|state| self.named(before, state));
        let Some(id) = named.or(before.visit) else { return before };
        let output = self.keep(event.output);
        let visit = self.visit_mut(id);
        visit.output = output;
        visit.events.1 = event.id;
        self.leave(id, event.at, changes);
        let visit = &self.visits[id.0 as usize];
        let (block, ends) = (visit.block, self.outline.ends(&visit.state) && visit.status == Status::Succeeded);
        if ends && block != BlockId::MACHINE && matches!(self.blocks[block.0 as usize].role, BlockRole::Branch(_)) {
            self.block_stands(block, Status::Succeeded, event.at, changes);
        }
        Place { block, visit: Some(id) }
    }

    /// A visit is over: done, or what failed in it was caught.
    fn leave(&mut self, id: VisitId, at: SystemTime, changes: &mut Vec<Change>) {
        let visit = self.visit_mut(id);
        visit.ended_at = Some(at);
        let caught = visit.failure.is_some();
        if let Some(last) = visit.tries.last_mut() {
            last.ended_at.get_or_insert(at);
        }
        visit.status = if caught { Status::Caught } else { Status::Succeeded };
        if !visit.blocks.is_empty() {
            self.close_inside(id, if caught { Status::Caught } else { Status::Succeeded }, at, changes);
        }
        changes.push(Change::State(id));
    }

    fn aborted(&mut self, kind: StateType, before: Place, event: &HistoryEvent, changes: &mut Vec<Change>) -> Place {
        let open = |id: &VisitId| {
            let visit = &self.visits[id.0 as usize];
            visit.kind == kind && visit.ended_at.is_none()
        };
        let Some(id) = self.outwards(before).find(open).or_else(|| self.newest(open)) else { return before };
        self.give_up(id, event.at, changes);
        Place { block: self.visits[id.0 as usize].block, visit: Some(id) }
    }

    fn of_task(&mut self, phase: Phase, before: Place, event: HistoryEvent, changes: &mut Vec<Change>) -> Place {
        // Some emulators tell of the tasks inside a container and not of its states: those belong to none that is known.
        let Some(id) = before.visit.filter(|id| {
            let visit = &self.visits[id.0 as usize];
            visit.blocks.is_empty() && visit.kind == StateType::Task && visit.ended_at.is_none()
        }) else {
            return before;
        };
        let (input, output) = (self.keep(event.input), self.keep(event.output));
        let resource = event.resource.as_deref().map(|resource| self.name(resource));
        let token = event.resource.as_deref().is_some_and(|resource| resource.ends_with(".waitForTaskToken"));
        let visit = self.visit_mut(id);
        visit.events.1 = event.id;
        if phase == Phase::Scheduled || visit.tries.is_empty() {
            begin_try(visit, event.at);
        }
        if let Some(last) = visit.tries.last_mut() {
            last.resource = resource.or(last.resource.take());
            last.parameters = input.or(last.parameters);
            last.output = output.or(last.output);
        }
        match phase {
            Phase::Failed | Phase::TimedOut => {
                let error = event.error.or_else(|| (phase == Phase::TimedOut).then(|| "States.Timeout".to_owned()));
                let failure = self.failure_of(error, event.cause);
                if let Some(last) = self.visit_mut(id).tries.last_mut() {
                    last.ended_at = Some(event.at);
                    last.failure.clone_from(&failure);
                }
                self.fail(id, failure.unwrap_or(Failure { error: None, cause: None }), event.at, changes);
            }
            Phase::Aborted => self.give_up(id, event.at, changes),
            Phase::Succeeded => {
                visit.failure = None;
                if let Some(last) = visit.tries.last_mut() {
                    last.ended_at = Some(event.at);
                }
                self.stands(id, Status::Running, changes);
            }
            Phase::Submitted if token => self.stands(id, Status::WaitingForToken, changes),
            Phase::Scheduled | Phase::Started | Phase::Submitted | Phase::Redriven => {
                visit.failure = None;
                self.stands(id, Status::Running, changes);
            }
        }
        before
    }

    fn not_evaluated(&mut self, before: Place, event: HistoryEvent, changes: &mut Vec<Change>) -> Place {
        let named = event.state.as_deref().and_then(|state| self.named(before, state));
        let Some(id) = named.or(before.visit) else { return before };
        self.visit_mut(id).events.1 = event.id;
        let failure = self.failure_of(event.error, event.cause);
        self.fail(id, failure.unwrap_or(Failure { error: None, cause: None }), event.at, changes);
        Place { block: self.visits[id.0 as usize].block, visit: Some(id) }
    }

    /// Where it stopped it goes on.
    fn redriven(&mut self, at: SystemTime, changes: &mut Vec<Change>) {
        self.redrives.push(Redrive { at });
        self.status = ExecutionStatus::Running;
        self.stopped_at = None;
        self.failure = None;
        self.output = None;
        changes.push(Change::Redriven);
        for index in 0..self.visits.len() {
            let id = VisitId(u32::try_from(index).unwrap_or(u32::MAX));
            let visit = &mut self.visits[index];
            if !matches!(visit.status, Status::Failed | Status::TimedOut | Status::Aborted) {
                continue;
            }
            visit.status = Status::Running;
            visit.failure = None;
            visit.ended_at = None;
            let block = visit.block;
            self.block_stands(block, Status::Running, at, changes);
            changes.push(Change::State(id));
        }
    }

    /// A visit stands so; whoever listens is told where that is new.
    pub(crate) fn stands(&mut self, id: VisitId, status: Status, changes: &mut Vec<Change>) {
        if std::mem::replace(&mut self.visit_mut(id).status, status) != status {
            changes.push(Change::State(id));
        }
    }

    pub(crate) fn visit_mut(&mut self, id: VisitId) -> &mut Visit {
        &mut self.visits[id.0 as usize]
    }

    pub(crate) fn keep(&mut self, text: Option<String>) -> Option<TextId> {
        text.map(|text| self.texts.keep(text))
    }

    fn failure_of(&mut self, error: Option<String>, cause: Option<String>) -> Option<Failure> {
        let cause = self.keep(cause.filter(|cause| !cause.is_empty()));
        let error = error.filter(|error| !error.is_empty());
        (error.is_some() || cause.is_some()).then_some(Failure { error, cause })
    }

    fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.names.get(text) {
            return Arc::clone(known);
        }
        let name: Arc<str> = text.into();
        self.names.insert(text.to_owned(), Arc::clone(&name));
        name
    }
}

pub(crate) fn begin_try(visit: &mut Visit, at: SystemTime) {
    if let Some(last) = visit.tries.last_mut() {
        last.ended_at.get_or_insert(at);
    }
    visit.tries.push(Try {
        began_at: at,
        ended_at: None,
        resource: None,
        parameters: None,
        output: None,
        failure: None,
        wait: None,
        retrier: None,
    });
}
