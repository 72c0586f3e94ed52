//! Two definitions as states and edges: what a plan shows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Value};

use statewright_source::Node;

use super::json::{JsonChange, Pair, align, json_changes, same};
use crate::model::{Body, Definition, Slot, State, StateId, StateType};

/// What changed between two definitions. Formatting and the order of keys never show.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct DefinitionDiff {
    /// Changed fields of the machine itself (`Comment`, `TimeoutSeconds`), each as deep as it goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub machine_changes: Vec<JsonChange>,
    /// Changed states: those of the new definition in its order, then those that are gone in the old one's.
    pub states: Vec<StateChange>,
    /// Changed edges of states that are in both, in the same order.
    pub edges: Vec<EdgeChange>,
}

/// A state that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateChange {
    /// Its name; the new one if it was renamed.
    pub name: String,
    /// What happened to it.
    pub change: ChangeKind,
    /// Its old name, if it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Which of its fields changed, sorted. Edges are not among them. Empty for added and removed states.
    pub fields: Vec<String>,
    /// The same as deep as it goes; paths begin at the state.
    pub changes: Vec<JsonChange>,
    /// Its type and, for a Task, its resource: `Task arn:aws:states:::sns:publish`.
    pub summary: String,
}

/// What happened to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its fields are different.
    Changed,
    /// It has another name and the same body.
    Renamed,
}

/// An edge that leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EdgeChange {
    /// The state that it leaves (its new name); for `start` the container: empty for the machine, else its state's name.
    pub from: String,
    /// `next`, `default`, `end`, `start`, `choice[0]`, `catch[0]`; a branch's start is `start[0]`.
    pub kind: String,
    /// Where it led, in the old names; absent if there was none. `End` for a terminal state.
    pub before: Option<String>,
    /// Where it leads; absent if there is none any more.
    pub after: Option<String>,
}

impl DefinitionDiff {
    /// Whether the two say the same.
    pub fn is_empty(&self) -> bool {
        self.machine_changes.is_empty() && self.states.is_empty() && self.edges.is_empty()
    }
}

/// What changed from `before` to `after`.
pub fn diff(before: &Definition<'_>, after: &Definition<'_>) -> DefinitionDiff {
    let (old, new) = (Side::of(before), Side::of(after));
    let pairs = pair(&old, &new);
    let to_new: HashMap<&str, &str> = pairs
        .iter()
        .map(|(new, old)| (before.state(*old).name, after.state(*new).name))
        .filter(|(old, new)| old != new)
        .collect();
    let own = ["StartAt", "States"];
    let mut result = DefinitionDiff {
        machine_changes: json_changes(&fields(before.root, &own), &fields(after.root, &own)),
        ..DefinitionDiff::default()
    };
    starts(&old, &new, &to_new, &mut result.edges);
    for state in after.states() {
        let Some(was) = pairs.get(&state.id).map(|id| before.state(*id)) else {
            result.states.push(whole(state, ChangeKind::Added));
            continue;
        };
        if let Some(change) = changed(was, state, &old, &new, &to_new) {
            result.states.push(change);
        }
        edges(was, state, &to_new, &mut result.edges);
    }
    let kept: HashSet<StateId> = pairs.values().copied().collect();
    let gone = before.states().iter().filter(|s| !kept.contains(&s.id));
    result.states.extend(gone.map(|s| whole(s, ChangeKind::Removed)));
    result
}

/// One definition with its states by name. Names are unique in what AWS takes; where they are not, the order of the text
/// tells the states apart.
struct Side<'d, 'n> {
    definition: &'d Definition<'n>,
    states: HashMap<&'n str, Vec<StateId>>,
}

impl<'d, 'n> Side<'d, 'n> {
    fn of(definition: &'d Definition<'n>) -> Self {
        let mut states: HashMap<&str, Vec<StateId>> = HashMap::new();
        for state in definition.states() {
            states.entry(state.name).or_default().push(state.id);
        }
        Self { definition, states }
    }

    /// The name of the container around a state; empty for the machine.
    fn container(&self, state: &State<'n>) -> &'n str {
        self.definition.owner(state.body).map_or("", |o| o.name)
    }

    /// Whether its container starts with it.
    fn starts(&self, state: &State<'n>) -> bool {
        self.definition.body(state.body).start_at.is_some_and(|(name, _)| name == state.name)
    }

    /// For each state the names of those that lead to it.
    fn leading(&self) -> HashMap<StateId, BTreeSet<&'n str>> {
        let mut all: HashMap<StateId, BTreeSet<&str>> = HashMap::new();
        for state in self.definition.states() {
            for to in state.transitions.iter().filter_map(|t| t.to) {
                all.entry(to).or_default().insert(state.name);
            }
        }
        all
    }
}

/// So many pairs of states are looked at for a rename.
const MOST_PAIRS: usize = 100_000;

/// New states to old ones: the same name, else the same body under another name. Where several fit, the one with the same
/// neighbours is meant.
fn pair(old: &Side<'_, '_>, new: &Side<'_, '_>) -> HashMap<StateId, StateId> {
    let mut pairs: HashMap<StateId, StateId> = HashMap::new();
    let (mut gone, mut come): (Vec<StateId>, Vec<StateId>) = (Vec::new(), Vec::new());
    for (name, ids) in &new.states {
        let was = old.states.get(name).map_or(&[][..], Vec::as_slice);
        pairs.extend(ids.iter().copied().zip(was.iter().copied()));
        come.extend(ids.iter().skip(was.len()));
    }
    for (name, ids) in &old.states {
        gone.extend(ids.iter().skip(new.states.get(name).map_or(0, Vec::len)));
    }
    gone.sort();
    come.sort();
    if gone.is_empty() || come.is_empty() || gone.len().saturating_mul(come.len()) > MOST_PAIRS {
        return pairs;
    }
    let mut gone: Vec<_> = gone.into_iter().map(|id| old.definition.state(id)).map(|s| (s, body(s))).collect();
    let (leading_old, leading_new) = (old.leading(), new.leading());
    let none = BTreeSet::new();
    for state in come.into_iter().map(|id| new.definition.state(id)) {
        let own = body(state);
        let best = gone.iter().enumerate().filter(|(_, (_, b))| same(b, &own)).max_by_key(|(_, (s, _))| {
            let around = old.container(s) == new.container(state) || s.body == state.body;
            let before = leading_old.get(&s.id).unwrap_or(&none);
            let came = before.intersection(leading_new.get(&state.id).unwrap_or(&none)).count();
            let goes = s.transitions.iter().filter(|t| state.transitions.iter().any(|u| u.target == t.target)).count();
            let shape = usize::from(s.terminal == state.terminal) + usize::from(old.starts(s) == new.starts(state));
            (around, came + goes + shape, std::cmp::Reverse(s.id))
        });
        if let Some(index) = best.map(|(index, _)| index) {
            pairs.insert(state.id, gone.swap_remove(index).0.id);
        }
    }
    pairs
}

/// An object without some of its fields.
fn fields(node: &Node, without: &[&str]) -> Value {
    let entries = node.as_map().unwrap_or_default().iter().filter(|e| !without.contains(&e.key.as_str()));
    Value::Object(entries.map(|e| (e.key.clone(), e.value.to_json())).collect())
}

/// A state's fields without its edges and without the states inside it, which are compared by themselves.
fn body(state: &State<'_>) -> Value {
    let mut own = Map::new();
    for entry in state.node.as_map().unwrap_or_default() {
        let value = match entry.key.as_str() {
            "Next" | "End" | "Default" => continue,
            "Choices" | "Catch" => each(&entry.value, &["Next"]),
            "Branches" => each(&entry.value, &["StartAt", "States"]),
            "ItemProcessor" | "Iterator" => fields(&entry.value, &["StartAt", "States"]),
            _ => entry.value.to_json(),
        };
        own.insert(entry.key.clone(), value);
    }
    Value::Object(own)
}

fn each(list: &Node, without: &[&str]) -> Value {
    list.as_seq().unwrap_or_default().iter().map(|item| fields(item, without)).collect()
}

fn changed(
    was: &State<'_>,
    state: &State<'_>,
    old: &Side<'_, '_>,
    new: &Side<'_, '_>,
    to_new: &HashMap<&str, &str>,
) -> Option<StateChange> {
    let changes = json_changes(&body(was), &body(state));
    let mut names: BTreeSet<String> = changes
        .iter()
        .filter_map(|c| match c.path.0.first() {
            Some(super::JsonStep::Key(key)) => Some(key.clone()),
            _ => None,
        })
        .collect();
    let around = old.container(was);
    if to_new.get(around).copied().unwrap_or(around) != new.container(state) {
        names.insert("container".to_owned());
    }
    let renamed = was.name != state.name;
    if !renamed && names.is_empty() {
        return None;
    }
    Some(StateChange {
        name: state.name.to_owned(),
        change: if renamed { ChangeKind::Renamed } else { ChangeKind::Changed },
        was: renamed.then(|| was.name.to_owned()),
        fields: names.into_iter().collect(),
        changes,
        summary: summary(state),
    })
}

fn whole(state: &State<'_>, change: ChangeKind) -> StateChange {
    StateChange {
        name: state.name.to_owned(),
        change,
        was: None,
        fields: Vec::new(),
        changes: Vec::new(),
        summary: summary(state),
    }
}

fn summary(state: &State<'_>) -> String {
    let kind = state.kind.map_or("?", |k| k.as_str());
    state.text("Resource").map_or_else(|| kind.to_owned(), |resource| format!("{kind} {resource}"))
}

/// Where each of a state's ways leads. A choice rule or a catcher is the same one as before where its other fields are,
/// whatever its place.
fn edges(was: &State<'_>, state: &State<'_>, to_new: &HashMap<&str, &str>, found: &mut Vec<EdgeChange>) {
    let mut add = |kind: String, before: Option<&str>, after: Option<&str>| {
        if before.map(|name| to_new.get(name).copied().unwrap_or(name)) != after {
            let own = |name: Option<&str>| name.map(str::to_owned);
            found.push(EdgeChange { from: state.name.to_owned(), kind, before: own(before), after: own(after) });
        }
    };
    add("next".to_owned(), onward(was), onward(state));
    for (field, kind) in [("Choices", "choice"), ("Catch", "catch")] {
        let rules = |s: &State<'_>| -> Vec<Value> {
            s.get(field).and_then(Node::as_seq).unwrap_or_default().iter().map(|r| fields(r, &["Next"])).collect()
        };
        for pair in align(&rules(was), &rules(state)) {
            match pair {
                Pair::Both(i, j) => add(format!("{kind}[{j}]"), rule(was, field, i), rule(state, field, j)),
                Pair::Gone(i) => add(format!("{kind}[{i}]"), rule(was, field, i), None),
                Pair::New(j) => add(format!("{kind}[{j}]"), None, rule(state, field, j)),
            }
        }
    }
    add("default".to_owned(), was.text("Default"), state.text("Default"));
}

/// The target of `Next`, or `End`.
fn onward<'n>(state: &State<'n>) -> Option<&'n str> {
    let ends = state.terminal && state.kind.is_none_or(StateType::goes_on);
    state.text("Next").or(ends.then_some("End"))
}

fn rule<'n>(state: &State<'n>, field: &str, index: usize) -> Option<&'n str> {
    state.get(field)?.as_seq()?.get(index)?.get("Next")?.as_str()
}

/// Where each container starts.
fn starts(old: &Side<'_, '_>, new: &Side<'_, '_>, to_new: &HashMap<&str, &str>, found: &mut Vec<EdgeChange>) {
    let all = |side: &Side<'_, '_>, rename: bool| -> BTreeMap<(String, String), String> {
        let key = |body: &Body<'_>| {
            let owner = side.definition.owner(body.id).map_or("", |o| o.name);
            let owner = if rename { to_new.get(owner).copied().unwrap_or(owner) } else { owner };
            let kind = match body.slot {
                Slot::Branch { index, .. } => format!("start[{index}]"),
                _ => "start".to_owned(),
            };
            (owner.to_owned(), kind)
        };
        let bodies = side.definition.bodies().iter();
        bodies.filter_map(|b| Some((key(b), b.start_at?.0.to_owned()))).collect()
    };
    let (before, after) = (all(old, true), all(new, false));
    let both = after.iter().filter_map(|(key, a)| Some((key, before.get(key)?, a)));
    for ((from, kind), b, a) in both {
        if to_new.get(b.as_str()).copied().unwrap_or(b) != a {
            found.push(EdgeChange {
                from: from.clone(),
                kind: kind.clone(),
                before: Some(b.clone()),
                after: Some(a.clone()),
            });
        }
    }
}
