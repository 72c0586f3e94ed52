//! Flowcharts: a definition drawn, alone, with what an execution did, or with what a plan changes.

use std::{collections::BTreeMap, sync::OnceLock, time::Duration};

use maud::{Markup, PreEscaped};
use serde_json::Value;
use statewright_asl::Definition;
use statewright_execution::{Execution, Outline, StateSummary, Status, Visit};
use statewright_graph::{Chart, Items, Layout, NodeRun, Paint, RunPaint, Theme, Tries, layout, svg};
use statewright_source::{Node, Sources, parse_json};

use crate::skeleton::skeleton;

/// A definition, ready to be drawn; what is costly is worked out once.
pub(crate) struct Drawn {
    root: Option<Node>,
    definition: Value,
    chart: OnceLock<Chart>,
    plain: OnceLock<Layout>,
    run: OnceLock<Layout>,
}

impl Drawn {
    pub(crate) fn of(definition: &Value) -> Self {
        let text = definition.to_string();
        let file = Sources::default().add("definition", text.clone());
        Self {
            root: parse_json(file, &text).root,
            definition: definition.clone(),
            chart: OnceLock::new(),
            plain: OnceLock::new(),
            run: OnceLock::new(),
        }
    }

    /// Whether it is this definition's.
    pub(crate) fn is_of(&self, definition: &Value) -> bool {
        &self.definition == definition
    }

    fn chart(&self) -> Option<&Chart> {
        let root = self.root.as_ref()?;
        Some(self.chart.get_or_init(|| Chart::of(&Definition::of(root))))
    }

    /// What a history needs to know of it.
    pub(crate) fn outline(&self) -> Outline {
        self.root.as_ref().map_or_else(Outline::unknown, |root| Outline::of(&Definition::of(root)))
    }

    /// An input to begin from.
    pub(crate) fn skeleton(&self) -> String {
        serde_json::to_string_pretty(&skeleton(&self.definition)).unwrap_or_default()
    }

    /// The states, in the order in which a run comes to them.
    pub(crate) fn names(&self) -> Vec<String> {
        self.chart().into_iter().flat_map(Chart::nodes).map(|node| node.name.clone()).collect()
    }

    /// What the definition says of a state, wherever that is.
    pub(crate) fn state(&self, name: &str) -> Option<&Value> {
        fn find<'a>(block: &'a Value, name: &str) -> Option<&'a Value> {
            let states = block.get("States")?.as_object()?;
            states.get(name).or_else(|| {
                states.values().find_map(|state| {
                    let branches = state.get("Branches").and_then(Value::as_array).into_iter().flatten();
                    let inner = ["ItemProcessor", "Iterator"].into_iter().filter_map(|key| state.get(key));
                    branches.chain(inner).find_map(|block| find(block, name))
                })
            })
        }
        find(&self.definition, name)
    }

    /// The flowchart of the machine alone.
    pub(crate) fn plain(&self) -> Markup {
        let Some(chart) = self.chart() else { return Markup::default() };
        let layout = self.plain.get_or_init(|| layout(chart, &Paint::Plain));
        picture(chart, layout, &Paint::Plain, "The state machine")
    }

    /// The flowchart with what an execution did.
    pub(crate) fn run(&self, execution: &Execution) -> Markup {
        let Some(chart) = self.chart() else { return Markup::default() };
        let paint = Paint::Run(run(execution));
        // One layout serves a run from its beginning to its end: nothing moves under the reader's eyes.
        picture(chart, self.run.get_or_init(|| layout(chart, &paint)), &paint, "The execution")
    }

    /// The flowchart of both, painted with what changes from this one to the other.
    pub(crate) fn changed(&self, after: &Self) -> Markup {
        let (Some(before), Some(after)) = (&self.root, &after.root) else { return Markup::default() };
        let (chart, paint) = Chart::between(&Definition::of(before), &Definition::of(after));
        let paint = Paint::Plan(paint);
        picture(&chart, &layout(&chart, &paint), &paint, "What changes")
    }
}

/// The picture without a style of its own: the page's style sheet has it.
fn picture(chart: &Chart, layout: &Layout, paint: &Paint, title: &str) -> Markup {
    PreEscaped(svg(chart, layout, paint, Theme::Page, title))
}

/// The states of an execution in the words of a picture.
fn run(execution: &Execution) -> RunPaint {
    let mut states = BTreeMap::new();
    for summary in execution.states() {
        if summary.status != Status::NotReached {
            let node = node(execution, &summary);
            states.insert(summary.name, node);
        }
    }
    let flow = execution.outline().flow();
    let taken = flow.into_iter().flat_map(|flow| {
        execution.taken_edges().into_iter().filter_map(|index| {
            let edge = flow.edges.get(index)?;
            Some((flow.states.get(edge.from)?.name.clone(), edge.target.clone()))
        })
    });
    RunPaint { states, taken: taken.collect() }
}

fn node(execution: &Execution, summary: &StateSummary) -> NodeRun {
    let visit = summary.visit.and_then(|id| execution.visit(id));
    let tries = (summary.tries > 1 || summary.status == Status::Retrying).then(|| Tries {
        this: summary.tries as u64,
        most: summary.tries_allowed,
        next_in: visit.and_then(Visit::wait).and_then(|wait| Duration::try_from_secs_f64(wait).ok()),
    });
    let items = summary.map.as_ref().map(|map| Items {
        succeeded: map.succeeded,
        failed: map.failed + map.aborted,
        running: map.running,
        pending: map.pending().unwrap_or_default(),
    });
    let failure = visit.and_then(|visit| visit.failure.as_ref());
    NodeRun {
        times: summary.visits as u64,
        tries,
        items,
        took: summary.took,
        note: failure.and_then(|failure| failure.error.clone()),
        ..NodeRun::new(status(summary.status))
    }
}

/// The picture's word for a status.
pub(crate) const fn status(status: Status) -> statewright_graph::Status {
    use statewright_graph::Status as Drawn;
    match status {
        Status::NotReached => Drawn::NotReached,
        Status::Succeeded => Drawn::Succeeded,
        Status::Aborted => Drawn::Aborted,
        Status::Caught => Drawn::Caught,
        Status::Running => Drawn::Running,
        Status::WaitingForToken => Drawn::WaitingForToken,
        Status::Retrying => Drawn::Retrying,
        Status::TimedOut => Drawn::TimedOut,
        Status::Failed => Drawn::Failed,
    }
}
