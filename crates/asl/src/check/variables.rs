//! Variables: what `Assign` sets, where it can be read.

use std::collections::{HashMap, HashSet};

use statewright_source::{Node, Severity, Span};

use super::{
    assigned::{Assigned, isolated, names_of},
    context::{Context, Read},
    place::Place,
    schema::Scope,
    shared::wrong_kind,
    template,
};
use crate::{
    flow,
    model::{BodyId, Definition, QueryLanguage, State},
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
    "A branch or a processor reads the variables that were assigned before it and cannot set them: such a name cannot be \
     assigned inside.",
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
                let title = if reserved {
                    "`states` is taken: `$states` is the state's data".to_owned()
                } else {
                    format!("`{name}` is no name of a variable")
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

/// Reads and assignments against the flow.
pub(super) fn check(cx: &mut Context<'_, '_>) {
    let definition = cx.definition;
    let reads = std::mem::take(&mut cx.reads);
    let mut open = false;
    let mut any = false;
    for (name, _) in definition.states().iter().flat_map(names_of) {
        any = true;
        open |= cx.opaque_text(name);
    }
    if reads.is_empty() && !any {
        return;
    }
    unread(cx, definition, &reads);
    let Some(assigned) = Assigned::of(definition) else { return };
    outer(cx, definition, &assigned);
    let reachable = flow::reachable(definition);
    for read in reads.iter().filter(|read| !open && reachable[read.state.0]) {
        judge(cx, read, &assigned);
    }
}

fn judge(cx: &mut Context<'_, '_>, read: &Read, assigned: &Assigned<'_>) {
    let name = read.name.as_str();
    if !assigned.may(read.state, name) {
        let mut found = NEVER.at(read.span, format!("nothing assigns `${name}` before"), read.location.as_str());
        if assigned.anywhere(name) {
            found = found.help("it is assigned where this state cannot see it");
        } else if let Some(near) = cx.nearest(name, assigned.before(read.state)) {
            found = found.help(format!("did you mean `${near}`?"));
        }
        cx.push(found);
    } else if !assigned.must(read.state, name) {
        let title = format!("on some paths nothing assigns `${name}` before");
        cx.push(SOMETIMES.at(read.span, title, read.location.as_str()));
    }
}

/// Names that are assigned inside a container although they may have been assigned before it begins.
fn outer(cx: &mut Context<'_, '_>, definition: &Definition<'_>, assigned: &Assigned<'_>) {
    let mut first: HashMap<(BodyId, &str), Span> = HashMap::new();
    for state in definition.states() {
        for (name, span) in names_of(state) {
            first.entry((state.body, name)).or_insert(span);
        }
    }
    for state in definition.states() {
        let body = definition.body(state.body);
        let Some(owner) = body.slot.owner().filter(|_| !isolated(body)) else { continue };
        for (name, span) in names_of(state).filter(|(name, _)| assigned.may(owner, name)) {
            let title = format!("`${name}` is assigned outside, and cannot be assigned in here");
            let base = Place::State(state.id);
            let mut found = OUTER.at(span, title, cx.location(&base.key("Assign")));
            let mut around = std::iter::successors(Some(definition.state(owner)), |s| definition.owner(s.body));
            if let Some(outside) = around.find_map(|s| first.get(&(s.body, name))) {
                found = found.related(*outside, "outside");
            }
            cx.push(found);
        }
    }
}

fn unread(cx: &mut Context<'_, '_>, definition: &Definition<'_>, reads: &[Read]) {
    let read: HashSet<&str> = reads.iter().map(|r| r.name.as_str()).collect();
    let mut seen: HashSet<&str> = HashSet::new();
    for state in definition.states() {
        for (name, span) in names_of(state) {
            if seen.insert(name) && !read.contains(name) && !cx.opaque_text(name) {
                let base = Place::State(state.id);
                cx.push(UNREAD.at(span, format!("nothing reads `${name}`"), cx.location(&base.key("Assign"))));
            }
        }
    }
}
