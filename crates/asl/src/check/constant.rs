//! Data that is the same in every execution: what a Pass state's `Result` gives, and paths of the next states that cannot
//! find anything in it.

use statewright_source::{Node, Severity, Value};

use super::{context::Context, place::Place};
use crate::{
    flow,
    model::{Definition, QueryLanguage, State, StateType, TransitionKind},
    path::{JsonPathExpr, Root, Step, parse_path},
    rule::{Group, Rule},
};

const FINDS_NOTHING: Rule = Rule::schema(
    "ASL083",
    "path-finds-nothing",
    Group::Paths,
    "On every way here the input is the constant `Result` of a Pass state, and nothing in it is at the path: the state fails \
     with `States.Runtime`, which is neither retried nor caught.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "name": "n" }, "Next": "B" },
  "B": { "Type": "Pass", "InputPath": "$.nmae", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "name": "n" }, "Next": "B" },
  "B": { "Type": "Pass", "InputPath": "$.name", "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[FINDS_NOTHING];

/// The fields that are read from a state's effective input.
const PATHS: [&str; 8] = [
    "ItemsPath",
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
];

pub(super) fn check(cx: &mut Context<'_, '_>) {
    let definition = cx.definition;
    let constant = |s: &State<'_>| s.kind == Some(StateType::Pass) && s.get("Result").is_some();
    if !definition.states().iter().any(constant) {
        return;
    }
    let inputs = inputs(cx, definition);
    for state in definition.states() {
        if let Some(input) = inputs[state.id.0].filter(|_| state.language == Some(QueryLanguage::JsonPath)) {
            judge(cx, state, input);
        }
    }
}

/// What each state begins with, where that is one constant.
fn inputs<'n>(cx: &Context<'_, '_>, definition: &Definition<'n>) -> Vec<Option<&'n Node>> {
    let mut inputs: Vec<Option<&'n Node>> = vec![None; definition.states().len()];
    let reachable = flow::reachable(definition);
    // In the order of the flow; what is on a cycle never becomes ready, and stays unknown.
    let mut waiting: Vec<usize> = vec![0; definition.states().len()];
    let mut met = vec![false; definition.states().len()];
    for body in definition.bodies() {
        let states = || body.states.iter().filter(|id| reachable[id.0]).map(|id| definition.state(*id));
        for to in states().flat_map(|s| &s.transitions).filter_map(|t| t.to) {
            waiting[to.0] += 1;
        }
        let mut ready: Vec<&State<'n>> = states().filter(|s| waiting[s.id.0] == 0).collect();
        while let Some(state) = ready.pop() {
            let output = output(cx, state, inputs[state.id.0]);
            for transition in &state.transitions {
                let Some(to) = transition.to else { continue };
                let given = output.filter(|_| !matches!(transition.kind, TransitionKind::Catch(_)));
                inputs[to.0] = match (std::mem::replace(&mut met[to.0], true), inputs[to.0]) {
                    (false, _) => given,
                    (true, before) => before.filter(|b| given.is_some_and(|g| std::ptr::eq(*b, g))),
                };
                waiting[to.0] -= 1;
                if waiting[to.0] == 0 {
                    ready.push(definition.state(to));
                }
            }
        }
        for id in body.states.iter().filter(|id| waiting[id.0] > 0) {
            inputs[id.0] = None;
        }
    }
    inputs
}

/// What a state gives to the next one.
fn output<'n>(cx: &Context<'_, '_>, state: &State<'n>, input: Option<&'n Node>) -> Option<&'n Node> {
    let whole = |field: &str| state.get(field).is_none_or(|n| n.as_str() == Some("$"));
    let open = state.node.as_map().is_none_or(|m| m.iter().any(|e| cx.opaque_text(&e.key)));
    if open || state.language != Some(QueryLanguage::JsonPath) || !whole("OutputPath") {
        return None;
    }
    match state.kind? {
        StateType::Pass => match state.get("Result") {
            Some(result) => Some(result).filter(|_| whole("ResultPath")),
            None => input.filter(|_| whole("InputPath") && whole("ResultPath") && state.get("Parameters").is_none()),
        },
        StateType::Choice | StateType::Wait => input.filter(|_| whole("InputPath")),
        _ => None,
    }
}

fn judge(cx: &mut Context<'_, '_>, state: &State<'_>, input: &Node) {
    let base = Place::State(state.id);
    if let Some(node) = state.get("InputPath") {
        path(cx, node, input, &base.key("InputPath"));
        return;
    }
    if let Some(parameters) = state.get("Parameters") {
        template(cx, parameters, input, &base.key("Parameters"));
        return;
    }
    for field in PATHS {
        if let Some(node) = state.get(field) {
            path(cx, node, input, &base.key(field));
        }
    }
    // The first rule is tried in any case.
    let rule = state.get("Choices").and_then(Node::as_seq).and_then(<[Node]>::first);
    if let Some(rule) = rule
        && rule.get("IsPresent").is_none()
        && let Some(node) = rule.get("Variable")
    {
        let choices = base.key("Choices");
        path(cx, node, input, &choices.item(0).key("Variable"));
    }
}

/// Every `.$` of a payload template.
fn template(cx: &mut Context<'_, '_>, node: &Node, input: &Node, place: &Place<'_>) {
    match &node.value {
        Value::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                template(cx, item, input, &place.item(index));
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let place = place.key(&entry.key);
                if entry.key.ends_with(".$") {
                    path(cx, &entry.value, input, &place);
                } else {
                    template(cx, &entry.value, input, &place);
                }
            }
        }
        _ => {}
    }
}

/// A path into the input.
fn path(cx: &mut Context<'_, '_>, node: &Node, input: &Node, place: &Place<'_>) {
    let Some(text) = node.as_str().filter(|text| !cx.opaque_text(text)) else { return };
    let Ok(found) = parse_path(text) else { return };
    if let Some((name, at)) = missing(cx, &found, input) {
        let title = format!("the input is constant and has no `{name}`");
        let span = cx.within(node, at);
        let found = FINDS_NOTHING.at(span, title, cx.location(place));
        cx.push(found.related(input.span, "the input"));
    }
}

/// The first name of a path that is certainly not there.
fn missing<'p>(
    cx: &Context<'_, '_>,
    path: &'p JsonPathExpr,
    input: &Node,
) -> Option<(&'p str, std::ops::Range<usize>)> {
    let mut node = input;
    for (step, at) in path.steps.iter().filter(|_| path.root == Root::Data) {
        let (Step::Child(name), Value::Map(entries)) = (step, &node.value) else { return None };
        if cx.opaque(node) || entries.iter().any(|e| cx.opaque_text(&e.key)) {
            return None;
        }
        match entries.iter().find(|e| e.key == *name) {
            Some(entry) => node = &entry.value,
            None => return Some((name, at.clone())),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::codes;

    fn check(states: &str, expect: &[&str]) {
        let text = format!(r#"{{"StartAt":"A","States":{{{states},"Z":{{"Type":"Succeed"}}}}}}"#);
        assert_eq!(codes(&text), expect, "{text}");
    }

    #[test]
    fn constants() {
        let made = r#""A":{"Type":"Pass","Result":{"a":{"b":1}},"Next":"B"}"#;
        let then = |fields: &str| format!(r#"{made},"B":{{{fields}}}"#);
        check(&then(r#""Type":"Pass","InputPath":"$.a.b","Next":"Z""#), &[]);
        check(&then(r#""Type":"Pass","InputPath":"$.a.c","Next":"Z""#), &["ASL083"]);
        check(&then(r#""Type":"Wait","SecondsPath":"$.s","Next":"Z""#), &["ASL083"]);
        check(&then(r#""Type":"Pass","Parameters":{"x":[{"y.$":"$.b"}]},"Next":"Z""#), &["ASL083"]);
        let choice = |rule: &str| then(&format!(r#""Type":"Choice","Choices":[{{{rule},"Next":"Z"}}],"Default":"Z""#));
        check(&choice(r#""Variable":"$.x","NumericEquals":1"#), &["ASL083"]);
        check(&choice(r#""Variable":"$.x","IsPresent":true"#), &[]);
        // Through states that pass it on.
        let wait = r#""B":{"Type":"Wait","Seconds":1,"Next":"C"},"C":{"Type":"Pass","InputPath":"$.x","Next":"Z"}"#;
        check(&format!("{made},{wait}"), &["ASL083"]);
        check(&format!("{made},{}", wait.replace("\"Seconds\"", "\"InputPath\":\"$.a\",\"Seconds\"")), &[]);
    }

    #[test]
    fn nothing_is_said_of_what_may_differ() {
        // Two ways, a cycle, a result that goes into the input, a token.
        check(
            r#""A":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"B"}],"Default":"C"},
               "B":{"Type":"Pass","Result":{},"Next":"C"},"C":{"Type":"Pass","InputPath":"$.x","Next":"Z"}"#,
            &[],
        );
        check(
            r#""A":{"Type":"Pass","Result":{},"Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"C"}],"Default":"Z"},
               "C":{"Type":"Pass","Parameters":{"x.$":"$.x"},"Next":"B"}"#,
            &[],
        );
        check(
            r#""A":{"Type":"Pass","Result":{},"ResultPath":"$.r","Next":"B"},"B":{"Type":"Pass","InputPath":"$.x","Next":"Z"}"#,
            &[],
        );
        check(
            r#""A":{"Type":"Pass","Result":"${R}","Next":"B"},"B":{"Type":"Pass","InputPath":"$.x","Next":"Z"}"#,
            &[],
        );
        check(
            r#""A":{"Type":"Pass","Result":{"${K}":1},"Next":"B"},"B":{"Type":"Pass","InputPath":"$.x","Next":"Z"}"#,
            &[],
        );
    }
}
