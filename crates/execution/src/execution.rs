//! An execution as it is seen: blocks, and the visits of states in them.

use std::{collections::BTreeMap, sync::Arc, time::SystemTime};

use statewright_asl::StateType;

use crate::{
    outline::Outline,
    place::Places,
    status::{ExecutionStatus, Status},
    text::{Text, TextId, Texts},
};

/// Index of a [`Visit`] in [`Execution::visits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitId(pub u32);

/// Index of a [`Block`] in [`Execution::blocks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub u32);

impl BlockId {
    /// The machine's own.
    pub const MACHINE: Self = Self(0);
}

/// An execution, as far as its history was read.
#[derive(Debug, Clone)]
pub struct Execution {
    pub(crate) outline: Arc<Outline>,
    pub(crate) status: ExecutionStatus,
    pub(crate) started_at: Option<SystemTime>,
    pub(crate) stopped_at: Option<SystemTime>,
    pub(crate) input: Option<TextId>,
    pub(crate) output: Option<TextId>,
    pub(crate) failure: Option<Failure>,
    pub(crate) redrives: Vec<Redrive>,
    pub(crate) visits: Vec<Visit>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) texts: Texts,
    pub(crate) places: Places,
    pub(crate) map_runs: BTreeMap<String, MapRun>,
    pub(crate) last_event: i64,
    pub(crate) last_at: Option<SystemTime>,
    pub(crate) events: usize,
    pub(crate) names: BTreeMap<String, Arc<str>>,
}

/// A time at which a failed execution was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redrive {
    /// When.
    pub at: SystemTime,
}

/// One time that a state was entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The state's name.
    pub state: Arc<str>,
    /// Its type.
    pub kind: StateType,
    /// Where it was entered.
    pub block: BlockId,
    /// The how-manieth visit of this state in this block it is, from 1.
    pub times: u32,
    /// How this visit stands itself; [`Execution::shown`] also minds what is inside.
    pub status: Status,
    /// When it was entered.
    pub entered_at: SystemTime,
    /// When it was left, or the failure that ended it was told.
    pub ended_at: Option<SystemTime>,
    /// The events that entered it and that told of it last.
    pub events: (i64, i64),
    /// What it was given.
    pub input: Option<TextId>,
    /// What it gave.
    pub output: Option<TextId>,
    /// Each time that its work was begun, the first included.
    pub tries: Vec<Try>,
    /// How many tries there will be at most, where the definition says; with those of other retriers that were used.
    pub tries_allowed: Option<u64>,
    /// Why it failed last, where nothing has made it good since.
    pub failure: Option<Failure>,
    /// Where it led.
    pub next: Option<Next>,
    /// The branches or iterations in it, those of earlier tries included.
    pub blocks: Vec<BlockId>,
    /// For a Map: how far it is.
    pub map: Option<MapProgress>,
}

/// One time that a state's work was begun.
#[derive(Debug, Clone, PartialEq)]
pub struct Try {
    /// When.
    pub began_at: SystemTime,
    /// When it ended.
    pub ended_at: Option<SystemTime>,
    /// What is called: `glue:startJobRun.sync`, or an ARN.
    pub resource: Option<Arc<str>>,
    /// What it is called with.
    pub parameters: Option<TextId>,
    /// What the call gave at once (`TaskSubmitted`), then its result.
    pub output: Option<TextId>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The seconds to the next try, where the definition says.
    pub wait: Option<f64>,
    /// Which of the state's retriers took the failure.
    pub(crate) retrier: Option<usize>,
}

/// An error and its cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The error's name.
    pub error: Option<String>,
    /// The cause.
    pub cause: Option<TextId>,
}

/// Where a visit led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The state that was entered after it.
    pub state: Arc<str>,
    /// The edges of the flow that lead there and that fit: several where rules of a Choice share a target.
    pub edges: Vec<usize>,
}

/// What a Parallel or a Map holds, at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The visit that it belongs to; `None` for the machine.
    pub owner: Option<VisitId>,
    /// What it is.
    pub role: BlockRole,
    /// Which try of its owner it belongs to, from 1.
    pub attempt: usize,
    /// How it stands.
    pub status: Status,
    /// When it began.
    pub began_at: SystemTime,
    /// When it ended.
    pub ended_at: Option<SystemTime>,
    /// The visits in it, one after another.
    pub visits: Vec<VisitId>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockRole {
    /// The machine.
    Machine,
    /// A branch of a Parallel, from 0.
    Branch(usize),
    /// An iteration of a Map, from 0.
    Iteration(usize),
}

/// How far a Map is, by its iterations or by its Map run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapProgress {
    /// How many items it has, as far as it has said.
    pub total: Option<u64>,
    /// Iterations at work.
    pub running: u64,
    /// Iterations that are done.
    pub succeeded: u64,
    /// Iterations that failed or timed out.
    pub failed: u64,
    /// Iterations that were given up.
    pub aborted: u64,
    /// A distributed Map's run: its items are executions of their own, absent from this history.
    pub run: Option<String>,
}

/// What AWS says of a Map run (`DescribeMapRun`).
#[derive(Debug, Clone, PartialEq)]
pub struct MapRun {
    /// Its ARN.
    pub arn: String,
    /// How it stands.
    pub status: ExecutionStatus,
    /// Items that wait.
    pub pending: u64,
    /// Items at work.
    pub running: u64,
    /// Items that are done.
    pub succeeded: u64,
    /// Items that failed or timed out.
    pub failed: u64,
    /// Items that were given up.
    pub aborted: u64,
    /// Items in all.
    pub total: u64,
    /// How many may fail, where it says.
    pub tolerated_count: Option<u64>,
    /// How many of a hundred may fail, where it says.
    pub tolerated_percentage: Option<f64>,
}

impl MapProgress {
    /// How many have not begun, where the number of items is known.
    pub fn pending(&self) -> Option<u64> {
        Some(self.total?.saturating_sub(self.running + self.succeeded + self.failed + self.aborted))
    }

    /// How many have ended.
    pub const fn done(&self) -> u64 {
        self.succeeded + self.failed + self.aborted
    }
}

impl Execution {
    /// Of which nothing is known yet.
    pub fn new(outline: Arc<Outline>) -> Self {
        Self {
            outline,
            status: ExecutionStatus::Running,
            started_at: None,
            stopped_at: None,
            input: None,
            output: None,
            failure: None,
            redrives: Vec::new(),
            visits: Vec::new(),
            blocks: Vec::new(),
            texts: Texts::default(),
            places: Places::default(),
            map_runs: BTreeMap::new(),
            last_event: 0,
            last_at: None,
            events: 0,
            names: BTreeMap::new(),
        }
    }

    /// It began then: for one whose history is not read.
    pub fn begin(&mut self, at: SystemTime) {
        self.started_at.get_or_insert(at);
    }

    /// What the definition says.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// How it stands.
    pub const fn status(&self) -> ExecutionStatus {
        self.status
    }

    /// When it started.
    pub const fn started_at(&self) -> Option<SystemTime> {
        self.started_at
    }

    /// When it ended.
    pub const fn stopped_at(&self) -> Option<SystemTime> {
        self.stopped_at
    }

    /// What it was given.
    pub fn input(&self) -> Option<Text<'_>> {
        self.input.map(|id| self.text(id))
    }

    /// What it gave.
    pub fn output(&self) -> Option<Text<'_>> {
        self.output.map(|id| self.text(id))
    }

    /// Why it failed.
    pub const fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The times that it was started again.
    pub fn redrives(&self) -> &[Redrive] {
        &self.redrives
    }

    /// The visits, in the order of their entering.
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// The blocks, the machine's own first; none before the first event.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// A visit.
    pub fn visit(&self, id: VisitId) -> Option<&Visit> {
        self.visits.get(id.0 as usize)
    }

    /// A block.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(id.0 as usize)
    }

    /// A text.
    pub fn text(&self, id: TextId) -> Text<'_> {
        self.texts.get(id)
    }

    /// The id of the newest event: what comes after it is new.
    pub const fn last_event(&self) -> i64 {
        self.last_event
    }

    /// When the newest event was.
    pub const fn last_at(&self) -> Option<SystemTime> {
        self.last_at
    }

    /// How many events there were; AWS ends an execution at 25,000.
    pub const fn events(&self) -> usize {
        self.events
    }

    /// The Map run of a distributed Map, as AWS last described it.
    pub fn map_run(&self, visit: &Visit) -> Option<&MapRun> {
        self.map_runs.get(visit.map.as_ref()?.run.as_ref()?)
    }

    /// The ARNs of Map runs that are at work, as far as is known.
    pub fn map_runs_at_work(&self) -> Vec<String> {
        let open = self.visits.iter().filter(|visit| visit.status.is_running());
        open.filter_map(|visit| visit.map.as_ref()?.run.clone()).collect()
    }

    /// The states around a visit, from the outermost, with the branch or iteration of each.
    pub fn path(&self, id: VisitId) -> Vec<(VisitId, BlockRole)> {
        let mut path = Vec::new();
        let mut block = self.visit(id).and_then(|visit| self.block(visit.block));
        while let Some(around) = block
            && let Some(owner) = around.owner
        {
            path.push((owner, around.role));
            block = self.visit(owner).and_then(|visit| self.block(visit.block));
        }
        path.reverse();
        path
    }
}

impl Visit {
    /// How many tries were begun.
    pub fn tried(&self) -> usize {
        self.tries.len().max(1)
    }

    /// The seconds until the next try, where one follows and the definition says.
    pub fn wait(&self) -> Option<f64> {
        (self.status == Status::Retrying).then(|| self.tries.last()?.wait)?
    }
}
