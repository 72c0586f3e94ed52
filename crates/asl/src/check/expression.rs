//! JSONata expressions in the fields of a state.

use std::collections::HashSet;

use statewright_source::{Node, Severity};

use super::{
    context::Context,
    language::{PATH_IN_JSONATA, TEXT_AROUND, UNBALANCED},
    place::Place,
    schema::Scope,
    value::looks_dynamic,
};
use crate::{
    jsonata::{self, Gives},
    model::State,
    rule::{Group, Rule},
};

const SYNTAX: Rule = Rule::schema(
    "ASL050",
    "jsonata-syntax",
    Group::Jsonata,
    "AWS parses every expression when the machine is created or changed (JSONata 2.0.6) and refuses what is none.",
)
.aws("INVALID_JSONATA_EXPRESSION")
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% 1 + %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% 1 + 1 %}", "End": true } } }"#,
);

const TOP_LEVEL: Rule = Rule::schema(
    "ASL051",
    "jsonata-top-level-reference",
    Group::Jsonata,
    "An expression has no context of its own: a bare name, `$` and `$$` mean nothing, and AWS refuses them. The input is \
     `$states.input`, a variable is `$name`.",
)
.aws("UNSUPPORTED_JSONATA_EXPRESSION")
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% phone %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": "{% $states.input.phone %}", "End": true } } }"#,
);

const NOT_HERE: Rule = Rule::schema(
    "ASL052",
    "states-member-not-here",
    Group::Jsonata,
    "`$states.result` is there in `Output` and `Assign` of Task, Parallel and Map states; `$states.errorOutput` in \
     `Output` and `Assign` of a catcher. Anywhere else AWS refuses them.",
)
.aws("UNSUPPORTED_JSONATA_EXPRESSION")
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": "{% $states.errorOutput %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": "{% $states.input %}", "End": true } } }"#,
);

const NO_MEMBER: Rule = Rule::schema(
    "ASL053",
    "states-member-unknown",
    Group::Jsonata,
    "`$states` has `input`, `context`, `result` and `errorOutput`. Anything else is undefined, and a field whose \
     expression gives nothing fails the state with `States.QueryEvaluationError`.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": "{% $states.inptu.x %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": "{% $states.input.x %}", "End": true } } }"#,
);

const NO_FUNCTION: Rule = Rule::schema(
    "ASL054",
    "jsonata-function-unknown",
    Group::Jsonata,
    "The function is neither one of JSONata 2.0.6 nor one of those that Step Functions adds (`$partition`, `$range`, \
     `$hash`, `$random`, `$uuid`, `$parse`), nor defined in the expression. AWS takes the definition, and the state fails. \
     `$eval` is not available; `$parse` reads JSON.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% $eval('1') %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% $parse('1') %}", "End": true } } }"#,
);

const ARGUMENTS: Rule = Rule::schema(
    "ASL055",
    "jsonata-arguments",
    Group::Jsonata,
    "The function takes another number of arguments. AWS takes the definition, and the state fails.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% $sum(1, 2) %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% $sum([1, 2]) %}", "End": true } } }"#,
);

const WRONG_RESULT: Rule = Rule::schema(
    "ASL056",
    "jsonata-result",
    Group::Jsonata,
    "The expression always gives another kind of value than the field takes: the state fails with \
     `States.QueryEvaluationError`.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": "{% '5' %}", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": "{% 5 %}", "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[SYNTAX, TOP_LEVEL, NOT_HERE, NO_MEMBER, NO_FUNCTION, ARGUMENTS, WRONG_RESULT];

/// A string of a JSONata state. Gives whether it is an expression, or meant to be one.
pub(super) fn check(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    node: &Node,
    place: &Place<'_>,
    scope: Scope,
    wants: Option<Gives>,
) -> bool {
    let Some(text) = node.as_str() else { return false };
    let (opens, closes) = (text.starts_with("{%"), text.ends_with("%}") && text.len() >= 4);
    if !opens || !closes {
        return literal(cx, node, text, place, opens, closes);
    }
    if cx.opaque_text(text) {
        // A token in an expression may become any part of it.
        return true;
    }
    let inner = &text[2..text.len() - 2];
    let at = |part: &std::ops::Range<usize>| part.start + 2..part.end + 2;
    match jsonata::parse(inner) {
        Err(e) => {
            // At the end of an expression there is no character to show: the last one is.
            let last = inner.trim_end().char_indices().next_back();
            let part = match last {
                Some((i, c)) if e.at.is_empty() || e.at.start > i => i..i + c.len_utf8(),
                _ => e.at,
            };
            let span = if inner.trim().is_empty() { node.span } else { cx.within(node, at(&part)) };
            cx.push(SYNTAX.at(span, sentence(&e.message), cx.location(place)));
        }
        Ok(tree) => {
            let found = jsonata::references(&tree);
            references(cx, state, node, place, scope, &found);
            if let (Some(wants), Some(gives)) = (wants, jsonata::gives(&tree))
                && wants != gives
            {
                let title = format!("the expression gives {}, and the field takes {}", gives.as_str(), wants.as_str());
                let span = cx.within(node, at(&tree.at));
                cx.push(WRONG_RESULT.at(span, title, cx.location(place)));
            }
        }
    }
    true
}

fn sentence(message: &str) -> String {
    format!("this is not JSONata: {message}")
}

fn literal(cx: &mut Context<'_, '_>, node: &Node, text: &str, place: &Place<'_>, opens: bool, closes: bool) -> bool {
    if opens || (closes && !text.contains("{%")) {
        let (has, lacks) = if opens { ("{%", "%}") } else { ("%}", "{%") };
        let title = format!("`{has}` without `{lacks}`");
        let mut found = UNBALANCED.at(node.span, title, cx.location(place));
        if text.trim_end().ends_with("%}") {
            found = found.help("nothing may follow `%}`, not even a line break: in YAML a block is `|-` or `>-`");
        }
        cx.push(found);
        return true;
    }
    if text.contains("{%") && text.contains("%}") {
        let title = "an expression within other text is not evaluated";
        cx.push(TEXT_AROUND.at(node.span, title, cx.location(place)));
    } else if looks_dynamic(text) {
        let title = format!("`{text}` is plain text in JSONata");
        let mut found = PATH_IN_JSONATA.at(node.span, title, cx.location(place));
        if let Some(instead) = in_jsonata(text) {
            found = found.help(format!("did you mean `{instead}`?"));
        }
        cx.push(found);
    }
    false
}

/// A simple path as an expression.
fn in_jsonata(text: &str) -> Option<String> {
    let plain = |rest: &str| rest.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
    if let Some(rest) = text.strip_prefix("$$") {
        return plain(rest).then(|| format!("{{% $states.context{rest} %}}"));
    }
    let rest = text.strip_prefix('$')?;
    plain(rest).then(|| format!("{{% $states.input{rest} %}}"))
}

fn references(
    cx: &mut Context<'_, '_>,
    state: &State<'_>,
    node: &Node,
    place: &Place<'_>,
    scope: Scope,
    found: &jsonata::References,
) {
    let at = |part: &std::ops::Range<usize>| part.start + 2..part.end + 2;
    let mut named: HashSet<&str> = HashSet::new();
    for (name, part) in &found.top_level {
        // AWS reports each name once a field.
        if !named.insert(name) {
            continue;
        }
        let help = match name.as_str() {
            "$" => "the input is `$states.input`".to_owned(),
            _ => format!("the input's field is `$states.input.{name}`, a variable `${name}`"),
        };
        let title = format!("`{name}` means nothing here: there is no context at the top level");
        cx.push(TOP_LEVEL.at(cx.within(node, at(part)), title, cx.location(place)).help(help));
    }
    if let Some(part) = found.roots.first() {
        let found = TOP_LEVEL.at(cx.within(node, at(part)), "`$$` is not supported", cx.location(place));
        cx.push(found.help("the context object is `$states.context`, the input `$states.input`"));
    }
    for (member, part) in &found.states {
        let span = cx.within(node, at(part));
        match member.as_str() {
            "input" | "context" => {}
            "result" if scope.result(state.kind) => {}
            "errorOutput" if scope == Scope::Caught => {}
            "result" | "errorOutput" => {
                let title = format!("`$states.{member}` does not exist here");
                cx.push(NOT_HERE.at(span, title, cx.location(place)));
            }
            _ => {
                let mut found = NO_MEMBER.at(span, format!("`$states` has no `{member}`"), cx.location(place));
                if let Some(near) = cx.nearest(member, ["input", "context", "result", "errorOutput"].into_iter()) {
                    found = found.help(format!("did you mean `$states.{near}`?"));
                }
                cx.push(found);
            }
        }
    }
    for (names, part) in &found.context {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        super::path::context_field(cx, state, &names, cx.within(node, at(part)), place);
    }
    let all_context = found.whole_states || found.states.iter().any(|(m, _)| m == "context");
    if all_context && (found.context.is_empty() || found.context.iter().any(|(n, _)| n[0] == "Task")) {
        cx.tokens_passed[state.id.0] = true;
    }
    for (name, part) in &found.variables {
        let span = cx.within(node, at(part));
        cx.read(state.id, name, span, place);
    }
    calls(cx, node, place, found);
}

fn calls(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>, found: &jsonata::References) {
    for call in &found.calls {
        let span = cx.within(node, call.at.start + 2..call.at.end + 2);
        let name = &call.name;
        match jsonata::arity(name) {
            None => {
                let mut found = NO_FUNCTION.at(span, format!("there is no function `${name}`"), cx.location(place));
                if name == "eval" {
                    found = found.help("`$eval` is not available in Step Functions; `$parse` reads JSON");
                } else if let Some(near) = cx.nearest(name, jsonata::names()) {
                    found = found.help(format!("did you mean `${near}`?"));
                }
                cx.push(found);
            }
            Some(_) if call.partial => {}
            Some((fewest, most)) if call.arguments < fewest || call.arguments > most => {
                let takes = if fewest == most { fewest.to_string() } else { format!("{fewest} to {most}") };
                let given = call.arguments;
                let title = format!("`${name}` takes {takes} arguments and is given {given}");
                cx.push(ARGUMENTS.at(span, title, cx.location(place)));
            }
            Some(_) => {}
        }
    }
}
