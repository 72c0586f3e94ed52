//! States and transitions.

use std::collections::HashMap;

use statewright_source::{Node, Severity};

use super::{context::Context, mend::mend, place::Place, shared::PASS};
use crate::{
    flow,
    model::{Body, Definition, Slot, State, StateType, Transition, TransitionKind},
    rule::{Group, Rule},
};

const NO_NEXT: Rule = Rule::schema(
    "ASL022",
    "no-way-on",
    Group::Graph,
    "A Task, Wait, Pass, Parallel or Map state says what comes after it: `Next`, or `End: true`.",
)
.examples(r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass" }, "B": { "Type": "Succeed" } } }"#, PASS);

const NEXT_AND_END: Rule =
    Rule::schema("ASL023", "next-and-end", Group::Graph, "A state goes on or ends: `Next` and `End: true` exclude each other.")
        .examples(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B", "End": true }, "B": { "Type": "Succeed" } } }"#,
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Succeed" } } }"#,
        );

const NO_TARGET: Rule = Rule::schema(
    "ASL024",
    "no-such-state",
    Group::Graph,
    "`StartAt`, `Next` and `Default` name a state. Letter case counts.",
)
.aws("MISSING_TRANSITION_TARGET")
.examples(r#"{ "StartAt": "a", "States": { "A": { "Type": "Pass", "End": true } } }"#, PASS);

const OTHER_CONTAINER: Rule = Rule::schema(
    "ASL025",
    "state-of-another-container",
    Group::Graph,
    "A branch of a Parallel state and the processor of a Map state are closed: no transition leads into one or out of it. \
     End the inner state, and let the container go on.",
)
.aws("MISSING_TRANSITION_TARGET")
.examples(
    r#"{ "StartAt": "P", "States": { "P": { "Type": "Parallel", "Next": "Z",
  "Branches": [{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "Z" } } }] }, "Z": { "Type": "Succeed" } } }"#,
    r#"{ "StartAt": "P", "States": { "P": { "Type": "Parallel", "Next": "Z",
  "Branches": [{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }] }, "Z": { "Type": "Succeed" } } }"#,
);

const UNREACHABLE: Rule = Rule::schema(
    "ASL026",
    "unreachable-state",
    Group::Graph,
    "No path of transitions leads to the state from the start of its container, and AWS refuses that.",
)
.aws("MISSING_TRANSITION_TARGET")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true }, "B": { "Type": "Pass", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "End": true } } }"#,
);

const NO_END: Rule = Rule::schema(
    "ASL027",
    "no-end",
    Group::Graph,
    "A machine has at least one state with which it ends: `End: true`, Succeed or Fail.",
)
.aws("MISSING_END_STATE")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Next": "A" } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "End": true } } }"#,
);

const INNER_NO_END: Rule = Rule::schema(
    "ASL028",
    "branch-without-end",
    Group::Graph,
    "AWS takes a branch or a processor without a last state, and it never ends.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "P", "States": { "P": { "Type": "Parallel", "End": true,
  "Branches": [{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "A" } } }] } } }"#,
    r#"{ "StartAt": "P", "States": { "P": { "Type": "Parallel", "End": true,
  "Branches": [{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }] } } }"#,
);

const ENDLESS: Rule = Rule::schema(
    "ASL029",
    "endless-cycle",
    Group::Graph,
    "The machine has an end, but from some state on no path leads to it: an execution that gets there runs until it fails, \
     times out or reaches 25,000 events.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "B" }],
  "Default": "Z" }, "B": { "Type": "Pass", "Next": "B" }, "Z": { "Type": "Succeed" } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "B" }],
  "Default": "Z" }, "B": { "Type": "Pass", "Next": "Z" }, "Z": { "Type": "Succeed" } } }"#,
);

pub(super) const RULES: &[Rule] =
    &[NO_NEXT, NEXT_AND_END, NO_TARGET, OTHER_CONTAINER, UNREACHABLE, NO_END, INNER_NO_END, ENDLESS];

pub(super) fn check(cx: &mut Context<'_, '_>) {
    let definition = cx.definition;
    let reachable = flow::reachable(definition);
    let mut everywhere: HashMap<&str, &State<'_>> = HashMap::new();
    for state in definition.states() {
        everywhere.entry(state.name).or_insert(state);
    }
    let mut has_end = true;
    for body in definition.bodies() {
        if body.states.is_empty() {
            continue;
        }
        let open = is_open(cx, definition, body);
        start(cx, body, &everywhere);
        for id in &body.states {
            let state = definition.state(*id);
            ways(cx, state);
            for transition in &state.transitions {
                target(cx, state, transition, &everywhere);
            }
        }
        if !open && !ends(cx, body) && body.slot == Slot::Machine {
            has_end = false;
        }
        let known = body.start_at.is_some_and(|(name, _)| !cx.opaque_text(name));
        if known && !open && has_end {
            unreached(cx, body, &reachable);
        }
        if !open && known {
            endless(cx, body, &reachable);
        }
    }
}

/// Whether something in a body is filled in later, so that nothing certain can be said of its graph.
fn is_open(cx: &Context<'_, '_>, definition: &Definition<'_>, body: &Body<'_>) -> bool {
    let list = |node: Option<&Node>| {
        node.is_some_and(|n| cx.opaque(n) || n.as_seq().unwrap_or_default().iter().any(|item| cx.opaque(item)))
    };
    body.states.iter().map(|id| definition.state(*id)).any(|state| {
        cx.opaque_text(state.name)
            || cx.opaque(state.node)
            || ["Next", "Default", "Type", "End"].iter().any(|f| state.get(f).is_some_and(|n| cx.opaque(n)))
            || ["Choices", "Catch"].iter().any(|f| list(state.get(f)))
            || state.transitions.iter().any(|t| cx.opaque_text(t.target))
            || state.node.as_map().is_some_and(|m| m.iter().any(|e| cx.opaque_text(&e.key)))
    })
}

/// Where a body starts.
fn start(cx: &mut Context<'_, '_>, body: &Body<'_>, everywhere: &HashMap<&str, &State<'_>>) {
    let Some((name, span)) = body.start_at else { return };
    if cx.opaque_text(name) || cx.definition.find(body.id, name).is_some() {
        return;
    }
    let place = Place::Body(body.id);
    let location = cx.location(&place.key("StartAt"));
    missing(cx, body, name, span, location, everywhere);
}

/// Where a transition leads.
fn target(cx: &mut Context<'_, '_>, state: &State<'_>, t: &Transition<'_>, everywhere: &HashMap<&str, &State<'_>>) {
    if t.to.is_some() || cx.opaque_text(t.target) || !belongs(state, t.kind) {
        return;
    }
    let location = format!("{}/{}", cx.definition.location(state.id), t.kind.location());
    let body = cx.definition.body(state.body);
    missing(cx, body, t.target, t.span, location, everywhere);
}

/// Whether the state's type has the field at all: if not, that is the finding.
fn belongs(state: &State<'_>, kind: TransitionKind) -> bool {
    let Some(of) = state.kind else { return true };
    match kind {
        TransitionKind::Next => of.goes_on(),
        TransitionKind::Choice(_) | TransitionKind::Default => of == StateType::Choice,
        TransitionKind::Catch(_) => matches!(of, StateType::Task | StateType::Parallel | StateType::Map),
    }
}

fn missing(
    cx: &mut Context<'_, '_>,
    body: &Body<'_>,
    name: &str,
    span: statewright_source::Span,
    location: String,
    everywhere: &HashMap<&str, &State<'_>>,
) {
    if let Some(other) = everywhere.get(name) {
        let there = cx.definition.owner(other.body).map(|o| o.name);
        let title = match there {
            Some(owner) => format!("state `{name}` is inside `{owner}`, and no transition leads there"),
            None => format!("state `{name}` is outside, and no transition leads out of a branch or a processor"),
        };
        let found = OTHER_CONTAINER.at(span, title, location);
        cx.push(found.related(other.name_span, "the state"));
        return;
    }
    let mut found = NO_TARGET.at(span, format!("there is no state `{name}`"), location);
    let definition = cx.definition;
    let names = body.states.iter().map(|id| definition.state(*id).name);
    if let Some(near) = cx.nearest(name, names) {
        found = mend(found.help(format!("did you mean `{near}`?")), span, name, near);
    }
    cx.push(found);
}

/// `Next` and `End`.
fn ways(cx: &mut Context<'_, '_>, state: &State<'_>) {
    if !state.kind.is_some_and(StateType::goes_on) || cx.opaque(state.node) {
        return;
    }
    if state.node.as_map().unwrap_or_default().iter().any(|e| cx.opaque_text(&e.key)) {
        return;
    }
    let location = |cx: &Context<'_, '_>| cx.definition.location(state.id);
    let (next, end) = (state.entry("Next"), state.entry("End"));
    match (next, end) {
        (Some(next), Some(end)) if state.terminal => {
            let title = format!("state `{}` has both `Next` and `End`", state.name);
            let (first, second) = if next.key_span.start < end.key_span.start { (next, end) } else { (end, next) };
            let found = NEXT_AND_END.at(second.key_span, title, location(cx));
            cx.push(found.related(first.key_span, "the other one"));
        }
        (None, Some(end)) if !state.terminal && !cx.opaque(&end.value) => {
            if matches!(end.value.value, statewright_source::Value::Bool(false)) {
                let title = format!("state `{}` does not end and has no `Next`", state.name);
                cx.push(NO_NEXT.at(end.value.span, title, location(cx)));
            }
        }
        (None, None) => {
            let title = format!("state `{}` has neither `Next` nor `End`", state.name);
            cx.push(NO_NEXT.at(state.name_span, title, location(cx)));
        }
        _ => {}
    }
}

/// Whether a body has a state with which it ends; says so if not.
fn ends(cx: &mut Context<'_, '_>, body: &Body<'_>) -> bool {
    let definition = cx.definition;
    if body.states.iter().any(|id| definition.state(*id).terminal) {
        return true;
    }
    let span = body.node.entry("States").map_or(body.node.span, |e| e.key_span);
    if body.slot == Slot::Machine {
        let mut found = NO_END.at(span, "the machine has no state with which it ends", "");
        // AWS gives no place here.
        found.aws_location = None;
        cx.push(found.help("`End: true` on a state, or a Succeed or Fail state"));
    } else {
        let place = Place::Body(body.id);
        let location = cx.location(&place.key("States"));
        let owner = definition.owner(body.id).map_or("", |o| o.name);
        let title = format!("the states inside `{owner}` have none with which they end");
        cx.push(INNER_NO_END.at(span, title, location));
    }
    false
}

fn unreached(cx: &mut Context<'_, '_>, body: &Body<'_>, reachable: &[bool]) {
    for id in &body.states {
        if !reachable[id.0] {
            let state = cx.definition.state(*id);
            let title = format!("state `{}` is not reachable", state.name);
            cx.push(UNREACHABLE.at(state.name_span, title, cx.definition.location(*id)));
        }
    }
}

/// States from which nothing leads to an end.
fn endless(cx: &mut Context<'_, '_>, body: &Body<'_>, reachable: &[bool]) {
    let definition = cx.definition;
    let mut before: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut stack = Vec::new();
    let mut out = vec![false; body.states.len()];
    let position: HashMap<usize, usize> = body.states.iter().enumerate().map(|(i, id)| (id.0, i)).collect();
    let mut has_end = false;
    for id in &body.states {
        let state = definition.state(*id);
        has_end |= state.terminal;
        // A way that leads nowhere is a finding of its own.
        if state.terminal || state.transitions.is_empty() || state.transitions.iter().any(|t| t.to.is_none()) {
            stack.push(id.0);
        }
        for to in state.transitions.iter().filter_map(|t| t.to) {
            before.entry(to.0).or_default().push(id.0);
        }
    }
    if !has_end {
        return;
    }
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut out[position[&id]], true) {
            stack.extend(before.get(&id).into_iter().flatten());
        }
    }
    let trapped: Vec<&State<'_>> = body
        .states
        .iter()
        .filter(|id| reachable[id.0] && !out[position[&id.0]])
        .map(|id| definition.state(*id))
        .collect();
    if let Some(state) = trapped.first() {
        let names: Vec<String> = trapped.iter().take(5).map(|s| format!("`{}`", s.name)).collect();
        let more = if trapped.len() > 5 { ", …" } else { "" };
        let title = format!("no path leads from here to an end: {}{more}", names.join(", "));
        cx.push(ENDLESS.at(state.name_span, title, definition.location(state.id)));
    }
}
