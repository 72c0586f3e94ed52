//! A changed definition: a row a changed field, a state that comes or goes, an edge that leads elsewhere.

use serde_json::Value;
use statewright_asl::{ChangeKind, EdgeChange};
use statewright_planner::{Change, DefinitionChanges, Plan, Shown, StateChanges, Step};

/// One row.
#[derive(Debug, PartialEq)]
pub(super) enum Row {
    /// Something that has a before and an after; the path says what it is of.
    Change(Change),
    /// A state as a whole.
    State {
        /// `state Notify`
        label: String,
        what: ChangeKind,
        /// `(sns:publish)`, `from Old`
        note: String,
    },
}

/// The changes of a step that are shown as they are, and those of its machine's definition as rows instead.
pub(super) fn split<'p>(plan: &'p Plan, step: &'p Step) -> (Vec<&'p Change>, Vec<Row>) {
    let is_inside = |change: &Change| change.path == "definition" || change.path.starts_with("definition/");
    let found = plan.definitions.iter().find(|d| d.machine == step.address);
    let Some(found) = found.filter(|_| step.changes.iter().any(is_inside)) else {
        return (step.changes.iter().collect(), Vec::new());
    };
    (step.changes.iter().filter(|change| !is_inside(change)).collect(), rows(found))
}

fn rows(changes: &DefinitionChanges) -> Vec<Row> {
    let DefinitionChanges { machine: _, fields, states, edges } = changes;
    let width = states.iter().map(|s| label(s).chars().count()).max().unwrap_or(0).min(44);
    let field = |change: &Change| Change { path: format!("definition  {}", change.path), ..change.clone() };
    let mut rows: Vec<Row> = fields.iter().map(field).map(Row::Change).collect();
    for state in states {
        let StateChanges { change, was, summary, changes, .. } = state;
        let label = label(state);
        let whole = |note| Row::State { label: label.clone(), what: *change, note };
        match change {
            ChangeKind::Added | ChangeKind::Removed => rows.push(whole(format!("({})", short(summary)))),
            ChangeKind::Renamed => rows.push(whole(format!("from {}", was.as_deref().unwrap_or("?")))),
            // It moved to another container, which the edges and the other states show only in part.
            ChangeKind::Changed if changes.is_empty() => rows.push(whole("moved to another container".to_owned())),
            ChangeKind::Changed => {}
        }
        rows.extend(
            changes.iter().map(|change| {
                Row::Change(Change { path: format!("{label:width$}  {}", change.path), ..change.clone() })
            }),
        );
    }
    rows.extend(edges.iter().map(edge));
    rows
}

fn label(state: &StateChanges) -> String {
    format!("state {}", state.name)
}

fn edge(EdgeChange { from, kind, before, after }: &EdgeChange) -> Row {
    let target = |name: &Option<String>| match name {
        Some(name) => Shown::Value(Value::String(name.clone())),
        None => Shown::Absent,
    };
    let path = if from.is_empty() { kind.clone() } else { format!("{from}.{kind}") };
    Row::Change(Change { path, before: target(before), after: target(after) })
}

/// `Task sns:publish` of `Task arn:aws:states:::sns:publish`.
fn short(summary: &str) -> String {
    match summary.split_once(' ') {
        Some((kind, resource)) => {
            let known = resource.split_once(":states:::").map_or(resource, |(_, integration)| integration);
            format!("{kind} {known}")
        }
        None => summary.to_owned(),
    }
}

/// The title of a step, with what happens to the definition: `definition (1 state changed), tags`.
pub(super) fn title(plan: &Plan, step: &Step) -> String {
    let found = plan.definitions.iter().find(|d| d.machine == step.address);
    let part = |part: &str| match found {
        Some(found) if part == "definition" => format!("definition ({})", summary(found)),
        _ => part.to_owned(),
    };
    step.title.split(", ").map(part).collect::<Vec<_>>().join(", ")
}

/// `2 states changed, 1 added, 1 edge rewired`
fn summary(changes: &DefinitionChanges) -> String {
    let count = |wanted| changes.states.iter().filter(|state| state.change == wanted).count();
    let mut parts = Vec::new();
    let named = [
        (ChangeKind::Changed, "changed"),
        (ChangeKind::Added, "added"),
        (ChangeKind::Removed, "removed"),
        (ChangeKind::Renamed, "renamed"),
    ];
    for (n, word) in named.map(|(kind, word)| (count(kind), word)).into_iter().filter(|(n, _)| *n > 0) {
        let noun = match (parts.is_empty(), n) {
            (true, 1) => "state ",
            (true, _) => "states ",
            (false, _) => "",
        };
        parts.push(format!("{n} {noun}{word}"));
    }
    let number = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    parts.extend((!changes.edges.is_empty()).then(|| format!("{} rewired", number(changes.edges.len(), "edge"))));
    let fields =
        (!changes.fields.is_empty()).then(|| format!("{} of the machine", number(changes.fields.len(), "field")));
    parts.extend(fields);
    parts.join(", ")
}
