//! A changed definition as states and edges, as far as it may be shown.

use serde_json::Value;
use statewright_asl::{
    ChangeKind, Definition, DefinitionDiff, EdgeChange, JsonChange, JsonPath, JsonStep, Slot, StateId, diff,
};
use statewright_source::{Entry, FileId, Node, Span};
use statewright_spec::Address;

use super::{Difference, View};
use crate::{Change, DefinitionChanges, StateChanges};

/// What changed between two definitions; `None` where it is nothing that states, edges and fields of the machine show.
pub(crate) fn changes(address: &Address, before: &Value, after: &Value, view: &View<'_>) -> Option<DefinitionChanges> {
    let (before, after) = (tree(before), tree(after));
    let (before, after) = (Definition::of(&before), Definition::of(&after));
    let found = diff(&before, &after);
    if found.is_empty() {
        return None;
    }
    let DefinitionDiff { machine_changes, states, edges } = found;
    let states = states.into_iter().map(|state| {
        let side = if state.change == ChangeKind::Removed { &before } else { &after };
        let place = place(side, &state.name);
        let shown = state.changes.iter().map(|change| shown(view, &place, change)).collect();
        let mut resource = place.clone();
        resource.push(JsonStep::Key("Resource".to_owned()));
        let kind = state.summary.split(' ').next().unwrap_or_default();
        let summary = if view.hides(&resource, &state.summary) { kind.to_owned() } else { state.summary };
        StateChanges {
            name: state.name,
            change: state.change,
            was: state.was,
            fields: state.fields,
            summary,
            changes: shown,
        }
    });
    let name = |target: String| if view.holds_secret(&target) { "(sensitive)".to_owned() } else { target };
    let edges = edges.into_iter().map(|EdgeChange { from, kind, before, after }| EdgeChange {
        from,
        kind,
        before: before.map(name),
        after: after.map(name),
    });
    Some(DefinitionChanges {
        machine: address.clone(),
        fields: machine_changes.iter().map(|change| shown(view, &[], change)).collect(),
        states: states.collect(),
        edges: edges.collect(),
    })
}

/// A change at a place within a state, with the path from there.
fn shown(view: &View<'_>, place: &[JsonStep], change: &JsonChange) -> Change {
    let difference = Difference {
        field: "definition",
        key: None,
        inside: JsonPath(place.iter().chain(&change.path.0).cloned().collect()),
        before: change.before.clone(),
        after: change.after.clone(),
        default: None,
        conceal_before: false,
    };
    Change { path: change.path.to_string().trim_start_matches('/').to_owned(), ..view.change(&difference) }
}

/// Where the state of that name is.
fn place(definition: &Definition<'_>, name: &str) -> Vec<JsonStep> {
    definition.states().iter().find(|state| state.name == name).map(|s| steps(definition, s.id)).unwrap_or_default()
}

fn steps(definition: &Definition<'_>, state: StateId) -> Vec<JsonStep> {
    let key = |key: &str| JsonStep::Key(key.to_owned());
    let state = definition.state(state);
    let slot = definition.body(state.body).slot;
    let mut all = slot.owner().map(|owner| steps(definition, owner)).unwrap_or_default();
    match slot {
        Slot::Machine => {}
        Slot::Branch { index, .. } => all.extend([key("Branches"), JsonStep::Index(index)]),
        Slot::ItemProcessor { .. } => all.push(key("ItemProcessor")),
        Slot::Iterator { .. } => all.push(key("Iterator")),
    }
    all.extend([key("States"), key(state.name)]);
    all
}

/// A live definition has no text of the user's behind it.
fn tree(value: &Value) -> Node {
    use statewright_source::Value as V;
    let span = Span::new(FileId(0), 0, 0);
    let value = match value {
        Value::Null => V::Null,
        Value::Bool(flag) => V::Bool(*flag),
        Value::Number(number) => V::Number(number.clone()),
        Value::String(text) => V::String(text.clone()),
        Value::Array(items) => V::Seq(items.iter().map(tree).collect()),
        Value::Object(entries) => V::Map(
            entries.iter().map(|(key, value)| Entry { key: key.clone(), key_span: span, value: tree(value) }).collect(),
        ),
    };
    Node { span, value }
}
