//! Names and types of states.

use std::collections::HashMap;

use super::{
    context::Context,
    language,
    mend::mend,
    place::Place,
    shared::{MISSING, NOT_ALLOWED, PASS, wrong_kind},
};
use crate::{
    model::{State, StateType},
    rule::{Group, Rule},
};

const NAME: Rule = Rule::schema(
    "ASL020",
    "state-name",
    Group::Graph,
    "A state's name has 1 to 80 characters, and none that controls (a line break, a tab).",
)
.aws("INVALID_STATE_NAME")
.examples(r#"{ "StartAt": "A\n", "States": { "A\n": { "Type": "Pass", "End": true } } }"#, PASS);

const TWICE: Rule = Rule::schema(
    "ASL021",
    "state-name-twice",
    Group::Graph,
    "Names of states are unique in the whole machine, branches and processors included.",
)
.aws("DUPLICATE_STATE_NAME")
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Parallel", "End": true,
  "Branches": [{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }] } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Parallel", "End": true,
  "Branches": [{ "StartAt": "B", "States": { "B": { "Type": "Pass", "End": true } } }] } } }"#,
);

pub(super) const RULES: &[Rule] = &[NAME, TWICE];

/// The longest name, in characters (Amazon States Language specification; AWS's API has the same limit).
const MAX_NAME: usize = 80;

pub(super) fn check(cx: &mut Context<'_, '_>) {
    let definition = cx.definition;
    let mut seen: HashMap<&str, &State<'_>> = HashMap::new();
    for state in definition.states() {
        name(cx, state);
        if let Some(first) = seen.get(state.name) {
            let title = format!("there is another state `{}`", state.name);
            let found = TWICE.at(state.name_span, title, definition.location(state.id));
            cx.push(found.related(first.name_span, "the other one"));
        } else {
            seen.insert(state.name, state);
        }
        if !cx.opaque(state.node) && state.node.as_map().is_some() {
            kind(cx, state);
            language::declaration(cx, state.node, &Place::State(state.id));
            language::downgrade(cx, state);
        }
    }
}

fn name(cx: &mut Context<'_, '_>, state: &State<'_>) {
    if cx.opaque_text(state.name) {
        return;
    }
    let length = state.name.chars().count();
    let title = if length == 0 {
        "a state's name must not be empty".to_owned()
    } else if length > MAX_NAME {
        format!("a state's name has at most {MAX_NAME} characters, and this one {length}")
    } else if let Some(c) = state.name.chars().find(|c| c.is_control()) {
        format!("a state's name must not hold the control character U+{:04X}", u32::from(c))
    } else {
        return;
    };
    cx.push(NAME.at(state.name_span, title, cx.definition.location(state.id)));
}

fn kind(cx: &mut Context<'_, '_>, state: &State<'_>) {
    let place = Place::State(state.id);
    let place = place.key("Type");
    let Some(value) = state.get("Type") else {
        if state.node.as_map().is_some_and(|m| m.iter().any(|e| cx.opaque_text(&e.key))) {
            return;
        }
        let title = format!("state `{}` lacks `Type`", state.name);
        cx.push(MISSING.at(state.name_span, title, cx.location(&place)).help(format!("it is one of {}", all_types())));
        return;
    };
    if cx.opaque(value) || state.kind.is_some() {
        return;
    }
    let Some(text) = value.as_str() else {
        wrong_kind(cx, value, "a string", "STRING", &place);
        return;
    };
    let title = format!("there is no type of state `{text}`");
    let mut found = NOT_ALLOWED.at(value.span, title, cx.location(&place));
    found = found.help(format!("it is one of {}", all_types()));
    if let Some(near) = cx.nearest(text, StateType::ALL.iter().map(|t| t.as_str())) {
        found = mend(found.help(format!("did you mean `{near}`?")), value.span, text, near);
    }
    cx.push(found);
}

fn all_types() -> String {
    StateType::ALL.iter().map(|t| t.as_str()).collect::<Vec<_>>().join(", ")
}
