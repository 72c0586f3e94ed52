//! Choice states: the shape of a rule, and rules that say nothing.

use std::collections::{HashMap, HashSet};

use statewright_source::{Node, Severity, Value};

use super::{context::Context, fields, object, place::Place, shared::Object};
use crate::{
    flow::expression,
    model::{QueryLanguage, State, StateType},
    rule::{Group, Rule},
};

const ONE_TEST: Rule = Rule::schema(
    "ASL091",
    "choice-rule",
    Group::Fields,
    "A rule in JSONPath is either one comparison of a `Variable`, or one of `And`, `Or`, `Not`; in JSONata it is a \
     `Condition`.",
)
.examples(
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z",
  "Choices": [{ "Variable": "$.x", "NumericEquals": 1, "IsPresent": true, "Next": "Z" }] }, "Z": { "Type": "Succeed" } } }"#,
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z",
  "Choices": [{ "And": [{ "Variable": "$.x", "IsPresent": true }, { "Variable": "$.x", "NumericEquals": 1 }], "Next": "Z" }] },
  "Z": { "Type": "Succeed" } } }"#,
);

const NO_DEFAULT: Rule = Rule::schema(
    "ASL092",
    "choice-without-default",
    Group::Fields,
    "Where no rule holds and there is no `Default`, the execution fails with `States.NoChoiceMatched`.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice",
  "Choices": [{ "Variable": "$.x", "NumericEquals": 1, "Next": "Z" }] }, "Z": { "Type": "Succeed" } } }"#,
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z",
  "Choices": [{ "Variable": "$.x", "NumericEquals": 1, "Next": "Z" }] }, "Z": { "Type": "Succeed" } } }"#,
);

const NEVER_TRIED: Rule = Rule::schema(
    "ASL093",
    "choice-rule-never-tried",
    Group::Fields,
    "An earlier rule holds whenever this one would: it never counts.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z",
  "Choices": [{ "Variable": "$.x", "NumericEquals": 1, "Next": "Z" }, { "Variable": "$.x", "NumericEquals": 1, "Next": "Y" }] },
  "Y": { "Type": "Succeed" }, "Z": { "Type": "Succeed" } } }"#,
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z",
  "Choices": [{ "Variable": "$.x", "NumericEquals": 1, "Next": "Z" }, { "Variable": "$.x", "NumericEquals": 2, "Next": "Y" }] },
  "Y": { "Type": "Succeed" }, "Z": { "Type": "Succeed" } } }"#,
);

const INDEFINITE: Rule = Rule::schema(
    "ASL094",
    "choice-variable",
    Group::Fields,
    "`Variable` names a single place; a path with `*`, `..` or a filter gives a list, and no comparison fits a list.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z",
  "Choices": [{ "Variable": "$.x[*]", "NumericEquals": 1, "Next": "Z" }] }, "Z": { "Type": "Succeed" } } }"#,
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z",
  "Choices": [{ "Variable": "$.x[0]", "NumericEquals": 1, "Next": "Z" }] }, "Z": { "Type": "Succeed" } } }"#,
);

const CANNOT_HOLD: Rule = Rule::schema(
    "ASL095",
    "choice-rule-cannot-hold",
    Group::Fields,
    "The parts of the `And` contradict each other, or the condition is `false`: the rule never holds.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z", "Choices": [{ "And": [
  { "Variable": "$.x", "StringEquals": "a" }, { "Variable": "$.x", "StringEquals": "b" }], "Next": "Z" }] }, "Z": { "Type": "Succeed" } } }"#,
    r#"{ "StartAt": "C", "States": { "C": { "Type": "Choice", "Default": "Z", "Choices": [{ "Or": [
  { "Variable": "$.x", "StringEquals": "a" }, { "Variable": "$.x", "StringEquals": "b" }], "Next": "Z" }] }, "Z": { "Type": "Succeed" } } }"#,
);

pub(super) const RULES: &[Rule] = &[ONE_TEST, NO_DEFAULT, NEVER_TRIED, INDEFINITE, CANNOT_HOLD];

/// The fields of which a rule has one.
const SELECTORS: [&str; 5] = ["And", "Or", "Not", "Variable", "Condition"];

/// A rule of `Choices`.
pub(super) fn rule(cx: &mut Context<'_, '_>, rule: Object<'_>) {
    object::check(cx, rule, &fields::CHOICE_RULE);
    one_test(cx, rule);
}

/// A rule within `And`, `Or`, `Not`.
pub(super) fn nested(cx: &mut Context<'_, '_>, rule: Object<'_>) {
    object::check(cx, rule, &fields::NESTED_RULE);
    one_test(cx, rule);
}

fn one_test(cx: &mut Context<'_, '_>, rule: Object<'_>) {
    let Some(entries) = rule.node.as_map() else { return };
    if cx.opaque(rule.node) || entries.iter().any(|e| cx.opaque_text(&e.key)) {
        return;
    }
    let selectors: Vec<_> = entries.iter().filter(|e| SELECTORS.contains(&e.key.as_str())).collect();
    let tests: Vec<_> = entries.iter().filter(|e| fields::is_comparison(&e.key)).collect();
    if selectors.len() > 1 {
        let names = selectors.iter().map(|e| format!("`{}`", e.key)).collect::<Vec<_>>().join(", ");
        let title = format!("a choice rule has only one of {names}");
        cx.push(ONE_TEST.at(selectors[1].key_span, title, cx.location(&rule.place)));
    } else if let Some(only) = selectors.first() {
        if only.key == "Variable" && tests.is_empty() {
            let title = "the rule says what `Variable` is and not what it is compared with";
            cx.push(ONE_TEST.at(rule.node.span, title, cx.location(&rule.place)));
        } else if only.key == "Variable" {
            for extra in tests.iter().skip(1) {
                let title = format!("a choice rule has one comparison: `{}` is one too many", extra.key);
                let found = ONE_TEST.at(extra.key_span, title, cx.location(&rule.place));
                cx.push(found.related(tests[0].key_span, "the first one"));
            }
        } else if let Some(test) = tests.first() {
            let title = format!("`{}` needs a `Variable` and stands in a rule of its own", test.key);
            cx.push(ONE_TEST.at(test.key_span, title, cx.location(&rule.place)));
        }
    } else {
        let jsonata = rule.state.is_some_and(|s| s.language == Some(QueryLanguage::Jsonata));
        let title = match (jsonata, tests.is_empty()) {
            (true, _) => "the rule lacks `Condition`",
            (false, true) => "the rule has none of `Variable`, `And`, `Or`, `Not`",
            (false, false) => "the rule lacks `Variable`",
        };
        cx.push(ONE_TEST.at(rule.node.span, title, cx.location(&rule.place)));
    }
}

/// `Variable`: any path will do for AWS, and only one that names a single place makes sense.
pub(super) fn variable(cx: &mut Context<'_, '_>, state: &State<'_>, node: &Node, place: &Place<'_>) {
    if let Some(found) = super::path::parsed(cx, state, node, place)
        && let Some((_, part)) = found.indefinite()
    {
        let span = cx.within(node, part.clone());
        let found = INDEFINITE.at(span, "`Variable` should name a single place", cx.location(place));
        cx.push(found);
    }
}

/// What the rules say together.
pub(super) fn check(cx: &mut Context<'_, '_>, state: &State<'_>) {
    if state.kind != Some(StateType::Choice) {
        return;
    }
    let Some(choices) = state.get("Choices").and_then(Node::as_seq) else { return };
    if choices.iter().any(|rule| cx.opaque(rule)) {
        return;
    }
    let base = Place::State(state.id);
    let list = base.key("Choices");
    let mut always: Option<&Node> = None;
    let mut seen: HashMap<String, &Node> = HashMap::new();
    for (index, rule) in choices.iter().enumerate() {
        let place = list.item(index);
        let key = fingerprint(rule);
        if let Some(earlier) = always.or(seen.get(&key).copied()) {
            let title = format!("rule {} is never tried", index + 1);
            let found = NEVER_TRIED.at(rule.span, title, cx.location(&place));
            cx.push(found.related(earlier.span, "this one holds before"));
            continue;
        }
        seen.insert(key, rule);
        match constant(rule) {
            Some(true) => always = Some(rule),
            Some(false) => cx.push(CANNOT_HOLD.at(rule.span, "the rule never holds", cx.location(&place))),
            None => {
                if let Some(contradiction) = contradiction(rule) {
                    cx.push(CANNOT_HOLD.at(rule.span, contradiction, cx.location(&place)));
                }
            }
        }
    }
    let open = state.node.as_map().is_some_and(|m| m.iter().any(|e| cx.opaque_text(&e.key)));
    if state.get("Default").is_none() && always.is_none() && !choices.is_empty() && !open && !exhaustive(choices) {
        let title = format!("Choice state `{}` has no `Default`", state.name);
        let found = NO_DEFAULT.at(state.name_span, title, cx.location(&base));
        cx.push(found.help("where no rule holds the execution fails with `States.NoChoiceMatched`"));
    }
}

/// The condition of a rule, whatever its place in the text.
fn fingerprint(rule: &Node) -> String {
    let mut parts: Vec<String> = rule
        .as_map()
        .unwrap_or_default()
        .iter()
        .filter(|e| !matches!(e.key.as_str(), "Next" | "Comment" | "Assign" | "Output"))
        .map(|e| format!("{:?}:{}", e.key, canonical(&e.value)))
        .collect();
    parts.sort();
    parts.join(",")
}

fn canonical(node: &Node) -> String {
    match &node.value {
        Value::Seq(items) => items.iter().map(canonical).collect::<Vec<_>>().join(";"),
        Value::Map(_) => format!("{{{}}}", fingerprint(node)),
        Value::String(s) => format!("{:?}", expression(s).map_or(s.as_str(), str::trim)),
        _ => node.to_json().to_string(),
    }
}

/// A condition that is `true` or `false` as it stands.
fn constant(rule: &Node) -> Option<bool> {
    let condition = rule.get("Condition")?;
    match &condition.value {
        Value::Bool(b) => Some(*b),
        Value::String(s) => match expression(s)?.trim() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Whether two rules are each other's opposite: `X is …` and `X is not …`, `= true` and `= false`, a rule and its `Not`.
fn exhaustive(choices: &[Node]) -> bool {
    let flag = |rule: &'_ Node| -> Option<(String, String, bool)> {
        let variable = rule.get("Variable")?.as_str()?.to_owned();
        let test = rule.as_map()?.iter().find(|e| fields::is_comparison(&e.key))?;
        match test.value.value {
            Value::Bool(b) => Some((variable, test.key.clone(), b)),
            _ => None,
        }
    };
    let flags: HashSet<_> = choices.iter().filter_map(flag).collect();
    let all: HashSet<String> = choices.iter().map(fingerprint).collect();
    flags.iter().any(|(variable, test, b)| flags.contains(&(variable.clone(), test.clone(), !b)))
        || choices.iter().filter_map(|rule| rule.get("Not")).any(|inner| all.contains(&fingerprint(inner)))
}

/// So many parts of an `And` are held against each other.
const MOST_PARTS: usize = 200;

/// What two parts of an `And` say that cannot both be so.
fn contradiction(rule: &Node) -> Option<String> {
    let parts = rule.get("And")?.as_seq()?;
    let mut tests: Vec<(&str, &str, &Value)> = Vec::new();
    collect(parts, &mut tests);
    tests.truncate(MOST_PARTS);
    for (i, (variable, test, value)) in tests.iter().enumerate() {
        for (other, second, against) in &tests[i + 1..] {
            if variable == other && excludes(test, value, second, against) {
                return Some(format!("`{test}` and `{second}` of `{variable}` exclude each other"));
            }
        }
    }
    None
}

fn collect<'n>(parts: &'n [Node], tests: &mut Vec<(&'n str, &'n str, &'n Value)>) {
    for part in parts {
        if let Some(inner) = part.get("And").and_then(Node::as_seq) {
            collect(inner, tests);
        }
        let Some(variable) = part.get("Variable").and_then(Node::as_str) else { continue };
        let entries = part.as_map().unwrap_or_default().iter();
        tests.extend(
            entries.filter(|e| fields::is_comparison(&e.key)).map(|e| (variable, e.key.as_str(), &e.value.value)),
        );
    }
}

fn excludes(test: &str, value: &Value, second: &str, against: &Value) -> bool {
    let number = |v: &Value| match v {
        Value::Number(n) => n.as_f64(),
        _ => None,
    };
    if test == second && (test.starts_with("Is") || test.ends_with("Equals") && !test.contains("Than")) {
        return match (value, against) {
            (Value::Number(_), Value::Number(_)) => number(value) != number(against),
            _ => value != against,
        };
    }
    let absent = |t: &str, v: &Value| t == "IsPresent" && *v == Value::Bool(false);
    let present = |t: &str, v: &Value| !t.starts_with("Is") || (t != "IsPresent" && *v == Value::Bool(true));
    if (absent(test, value) && present(second, against)) || (absent(second, against) && present(test, value)) {
        return true;
    }
    let (Some(a), Some(b)) = (number(value), number(against)) else { return false };
    disjoint(test, a, second, b) || disjoint(second, b, test, a)
}

/// Whether `x TEST a` and `x SECOND b` hold for no `x`.
fn disjoint(test: &str, a: f64, second: &str, b: f64) -> bool {
    match (test, second) {
        ("NumericLessThan", "NumericGreaterThan" | "NumericGreaterThanEquals" | "NumericEquals")
        | ("NumericLessThanEquals", "NumericGreaterThan") => b >= a,
        ("NumericLessThanEquals", "NumericGreaterThanEquals" | "NumericEquals") => b > a,
        ("NumericGreaterThan", "NumericEquals") => b <= a,
        ("NumericGreaterThanEquals", "NumericEquals") => b < a,
        _ => false,
    }
}
