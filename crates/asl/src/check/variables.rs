//! Variables: what `Assign` sets, where it can be read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use statewright_source::{Node, Severity, Span, nearest};

use super::{
    context::{Context, Read},
    object::wrong_kind,
    place::Place,
    schema::Scope,
    template,
};
use crate::{
    flow,
    model::{Body, BodyId, Definition, QueryLanguage, Slot, State, StateId, TransitionKind},
    path::is_variable_name,
    rule::{Group, Rule},
};

const NAME: Rule = Rule::schema(
    "ASL060",
    "variable-name",
    Group::Variables,
    "A variable's name is an identifier (letters, digits, `_`, a letter first) of at most 80 characters. `states` is taken.",
)
.aws("INVALID_VARIABLE_NAME")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "my-name": 1 }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "myName": 1 }, "End": true } } }"#,
);

const OUTER: Rule = Rule::schema(
    "ASL061",
    "variable-of-the-outer-scope",
    Group::Variables,
    "A branch or a processor reads the variables of the states around it and cannot set them: a name that is assigned \
     outside cannot be assigned inside.",
)
.aws("DUPLICATE_VARIABLE_NAME")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "P" },
  "P": { "Type": "Parallel", "End": true,
    "Branches": [{ "StartAt": "B", "States": { "B": { "Type": "Pass", "Assign": { "x": 2 }, "End": true } } }] } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "P" },
  "P": { "Type": "Parallel", "End": true,
    "Branches": [{ "StartAt": "B", "States": { "B": { "Type": "Pass", "Assign": { "y": 2 }, "End": true } } }] } } }"#,
);

const NEVER: Rule = Rule::schema(
    "ASL062",
    "variable-never-assigned",
    Group::Variables,
    "No state that can run before assigns the variable: reading it fails the state. What a branch or a processor assigns \
     stays inside; a distributed map sees no variable of the states around it, and neither does the state itself what it \
     assigns.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% $x %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "B" },
  "B": { "Type": "Pass", "Output": "{% $x %}", "End": true } } }"#,
);

const SOMETIMES: Rule = Rule::schema(
    "ASL063",
    "variable-not-always-assigned",
    Group::Variables,
    "On some of the paths that lead here nothing assigns the variable, and reading it fails the state.",
)
.of(Severity::Warning)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "C", "States": {
  "C": { "Type": "Choice", "Choices": [{ "Condition": "{% $states.input.a %}", "Assign": { "x": 1 }, "Next": "B" }], "Default": "B" },
  "B": { "Type": "Pass", "Output": "{% $x %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "C", "States": {
  "C": { "Type": "Choice", "Choices": [{ "Condition": "{% $states.input.a %}", "Assign": { "x": 1 }, "Next": "B" }],
    "Assign": { "x": 2 }, "Default": "B" },
  "B": { "Type": "Pass", "Output": "{% $x %}", "End": true } } }"#,
);

const UNREAD: Rule = Rule::schema(
    "ASL064",
    "variable-never-read",
    Group::Variables,
    "Nothing reads the variable.",
)
.of(Severity::Note)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "B" },
  "B": { "Type": "Succeed" } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "B" },
  "B": { "Type": "Succeed", "Output": "{% $x %}" } } }"#,
);

pub(super) const RULES: &[Rule] = &[NAME, OUTER, NEVER, SOMETIMES, UNREAD];

/// The value of `Assign`.
pub(super) fn assign(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>, scope: Scope) {
    let Some(entries) = node.as_map() else {
        wrong_kind(cx, node, "an object", "OBJECT", place);
        return;
    };
    for entry in entries {
        let name = plain(state, &entry.key);
        if !cx.opaque_text(&entry.key) {
            let reserved = name == "states";
            if reserved || !is_variable_name(name) || name.chars().count() > 80 {
                let title = match reserved {
                    true => "`states` is taken: `$states` is the state's data".to_owned(),
                    false => format!("`{name}` is no name of a variable"),
                };
                let mut found = NAME.at(entry.key_span, title, cx.location(&place.key(&entry.key)));
                if reserved {
                    found.aws_code = Some("RESERVED_VARIABLE_NAME");
                }
                cx.push(found);
            }
        }
    }
    match state.language {
        Some(QueryLanguage::JsonPath) => template::jsonpath(cx, state, node, place),
        Some(QueryLanguage::Jsonata) => template::check(cx, state, node, place, false, scope),
        None => {}
    }
}

/// A key of `Assign` without its `.$`.
fn plain<'k>(state: &State<'_>, key: &'k str) -> &'k str {
    match state.language {
        Some(QueryLanguage::Jsonata) => key,
        _ => key.strip_suffix(".$").unwrap_or(key),
    }
}

type Names<'n> = BTreeSet<&'n str>;

/// What may and what must have been assigned when a state begins.
#[derive(Debug, Clone, Default, PartialEq)]
struct Known<'n> {
    may: Names<'n>,
    /// `None` before any path has been followed.
    must: Option<Names<'n>>,
}

/// Reads and assignments against the flow.
pub(super) fn check(cx: &mut Context<'_, '_>) {
    let definition = cx.definition;
    outer(cx, definition);
    let reads = std::mem::take(&mut cx.reads);
    let open = definition.states().iter().any(|s| assigned(s).any(|(name, _)| cx.opaque_text(name)));
    if reads.is_empty() && !definition.states().iter().any(|s| assigned(s).next().is_some()) {
        return;
    }
    let known = propagate(definition);
    let all: Names<'_> = definition.states().iter().flat_map(|s| assigned(s).map(|(name, _)| name)).collect();
    let reachable = flow::reachable(definition);
    for read in &reads {
        if !open && reachable[read.state.0] {
            judge(cx, read, &known[read.state.0], &all);
        }
    }
    unread(cx, definition, &reads);
}

fn judge(cx: &mut Context<'_, '_>, read: &Read, known: &Known<'_>, all: &Names<'_>) {
    let name = read.name.as_str();
    if !known.may.contains(name) {
        let mut found = NEVER.at(read.span, format!("nothing assigns `${name}` before"), read.location.as_str());
        if all.contains(name) {
            found = found.help("it is assigned where this state cannot see it");
        } else if let Some(near) = nearest(name, known.may.iter().copied()) {
            found = found.help(format!("did you mean `${near}`?"));
        }
        cx.push(found);
    } else if !known.must.as_ref().is_some_and(|must| must.contains(name)) {
        let title = format!("on some paths nothing assigns `${name}` before");
        cx.push(SOMETIMES.at(read.span, title, read.location.as_str()));
    }
}

/// The names in a state's own `Assign` fields, with their places.
fn assigned<'n>(state: &State<'n>) -> impl Iterator<Item = (&'n str, Span)> {
    let jsonata = state.language == Some(QueryLanguage::Jsonata);
    let list = |field: &str| state.get(field).and_then(Node::as_seq).unwrap_or_default().iter();
    let objects: Vec<&'n Node> = state
        .get("Assign")
        .into_iter()
        .chain(list("Choices").chain(list("Catch")).filter_map(|rule| rule.get("Assign")))
        .collect();
    objects.into_iter().flat_map(move |node| names(node, jsonata))
}

fn names(node: &Node, jsonata: bool) -> impl Iterator<Item = (&str, Span)> {
    node.as_map().unwrap_or_default().iter().map(move |e| {
        let name = if jsonata { e.key.as_str() } else { e.key.strip_suffix(".$").unwrap_or(&e.key) };
        (name, e.key_span)
    })
}

/// Names that a body assigns although a scope around it does.
fn outer(cx: &mut Context<'_, '_>, definition: &Definition<'_>) {
    let mut of_body: Vec<HashMap<&str, Span>> = vec![HashMap::new(); definition.bodies().len()];
    for state in definition.states() {
        for (name, span) in assigned(state) {
            of_body[state.body.0].entry(name).or_insert(span);
        }
    }
    for state in definition.states() {
        for (name, span) in assigned(state) {
            let Some(first) = around(definition, state.body).find_map(|body| of_body[body.0].get(name)) else {
                continue;
            };
            let title = format!("`${name}` is assigned outside, and cannot be assigned in here");
            let base = Place::State(state.id);
            let found = OUTER.at(span, title, cx.location(&base.key("Assign")));
            cx.push(found.related(*first, "outside"));
        }
    }
}

/// The bodies around a body that it can see into, innermost first. A distributed map sees nothing.
fn around(definition: &Definition<'_>, body: BodyId) -> impl Iterator<Item = BodyId> {
    let up = move |body: BodyId| {
        let body = definition.body(body);
        if isolated(body) { None } else { body.slot.owner().map(|o| definition.state(o).body) }
    };
    std::iter::successors(up(body), move |b| up(*b))
}

fn isolated(body: &Body<'_>) -> bool {
    matches!(body.slot, Slot::ItemProcessor { .. } | Slot::Iterator { .. }) && flow::distributed(body.node)
}

/// Follows every path. Bodies come after the states that own them, so each knows what its owner knows.
fn propagate<'n>(definition: &Definition<'n>) -> Vec<Known<'n>> {
    let mut known: Vec<Known<'n>> = vec![Known::default(); definition.states().len()];
    for body in definition.bodies() {
        let Some(start) = body.start_at.and_then(|(name, _)| definition.find(body.id, name)) else { continue };
        let begin = match body.slot.owner() {
            Some(owner) if !isolated(body) => known[owner.0].clone(),
            _ => Known::default(),
        };
        let begin = Known { must: Some(begin.must.unwrap_or_default()), may: begin.may };
        merge(&mut known[start.id.0], &begin);
        let mut work: Vec<StateId> = vec![start.id];
        while let Some(id) = work.pop() {
            let state = definition.state(id);
            for transition in &state.transitions {
                let Some(to) = transition.to else { continue };
                let mut after = known[id.0].clone();
                for name in sets(state, transition.kind, transition.rule) {
                    after.may.insert(name);
                    after.must.get_or_insert_default().insert(name);
                }
                if merge(&mut known[to.0], &after) {
                    work.push(to);
                }
            }
        }
    }
    known
}

/// What a way out of a state assigns: a rule's or a catcher's own `Assign`, else the state's.
fn sets<'n>(state: &State<'n>, kind: TransitionKind, rule: Option<&'n Node>) -> Vec<&'n str> {
    let node = match kind {
        TransitionKind::Choice(_) | TransitionKind::Catch(_) => rule.and_then(|r| r.get("Assign")),
        TransitionKind::Next | TransitionKind::Default => state.get("Assign"),
    };
    let jsonata = state.language == Some(QueryLanguage::Jsonata);
    node.map(|n| names(n, jsonata).map(|(name, _)| name).collect()).unwrap_or_default()
}

/// Adds what a path knows. Gives whether something changed.
fn merge<'n>(known: &mut Known<'n>, path: &Known<'n>) -> bool {
    let before = known.may.len();
    known.may.extend(&path.may);
    let must = path.must.clone().unwrap_or_default();
    let must = match &known.must {
        None => must,
        Some(old) => old.intersection(&must).copied().collect(),
    };
    let changed = known.may.len() > before || known.must.as_ref() != Some(&must);
    known.must = Some(must);
    changed
}

fn unread(cx: &mut Context<'_, '_>, definition: &Definition<'_>, reads: &[Read]) {
    let read: BTreeSet<&str> = reads.iter().map(|r| r.name.as_str()).collect();
    let mut first: BTreeMap<&str, (Span, StateId)> = BTreeMap::new();
    for state in definition.states() {
        for (name, span) in assigned(state) {
            first.entry(name).or_insert((span, state.id));
        }
    }
    for (name, (span, id)) in first {
        if !read.contains(name) && !cx.opaque_text(name) {
            let base = Place::State(id);
            cx.push(UNREAD.at(span, format!("nothing reads `${name}`"), cx.location(&base.key("Assign"))));
        }
    }
}
