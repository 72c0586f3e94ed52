//! The two query languages: which fields belong to which, and what is left over from the other one.

use statewright_source::{Entry, Node, Severity};

use super::{
    context::Context,
    mend::mend,
    place::Place,
    schema::Field,
    shared::{NOT_ALLOWED, Object, WRONG_KIND},
};
use crate::{
    model::{QueryLanguage, State},
    rule::{Group, Rule},
};

const OTHER_LANGUAGE: Rule = Rule::schema(
    "ASL040",
    "field-of-the-other-language",
    Group::Language,
    "JSONPath states have `InputPath`, `Parameters`, `ResultSelector`, `ResultPath`, `OutputPath` and the fields that end \
     in `Path`; JSONata states have `Arguments`, `Output`, `Items` and `Condition`. A state's language is its own \
     `QueryLanguage`, else the machine's; a Map or a Parallel state never passes its own on to the states inside it.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "x", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "x", "End": true } } }"#,
);

const DOWNGRADE: Rule = Rule::schema(
    "ASL041",
    "language-downgrade",
    Group::Language,
    "A machine in JSONata has no JSONPath states. The other way round works: leave the machine in JSONPath and give \
     single states `QueryLanguage: JSONata`.",
)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "QueryLanguage": "JSONPath", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "QueryLanguage": "JSONata", "End": true } } }"#,
);

pub(super) const UNBALANCED: Rule = Rule::schema(
    "ASL042",
    "unbalanced-expression",
    Group::Language,
    "A JSONata expression fills the whole string: it starts with `{%` and ends with `%}`, without a blank outside. One \
     that is opened and not closed, or closed and not opened, is refused.",
)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% 1 %", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": "{% 1 %}", "End": true } } }"#,
);

pub(super) const EXPRESSION_IN_JSONPATH: Rule = Rule::schema(
    "ASL043",
    "expression-in-jsonpath",
    Group::Language,
    "A state in JSONPath takes `{% … %}` for plain text.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x": "{% $states.input.x %}" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "$.x" }, "End": true } } }"#,
);

pub(super) const PATH_IN_JSONATA: Rule = Rule::schema(
    "ASL044",
    "path-in-jsonata",
    Group::Language,
    "A state in JSONata takes `$.a` and `$$.Execution.Id` for plain text. Write `{% $states.input.a %}` and \
     `{% $states.context.Execution.Id %}`.",
)
.of(Severity::Warning)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": { "x": "$.x" }, "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": { "x": "{% $states.input.x %}" }, "End": true } } }"#,
);

pub(super) const DOLLAR_KEY_IN_JSONATA: Rule = Rule::schema(
    "ASL045",
    "dollar-key-in-jsonata",
    Group::Language,
    "In JSONata a key that ends in `.$` is a key like any other; it does not make its value a path.",
)
.of(Severity::Warning)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": { "x.$": "{% 1 %}" }, "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A", "States": { "A": { "Type": "Pass", "Output": { "x": "{% 1 %}" }, "End": true } } }"#,
);

pub(super) const TEXT_AROUND: Rule = Rule::schema(
    "ASL046",
    "text-around-expression",
    Group::Language,
    "An expression within other text is not evaluated: a string is an expression as a whole or not at all. Put the text \
     into the expression: `{% 'Hello ' & $name %}`.",
)
.of(Severity::Warning)
.examples(
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": "Hello {% $states.input.name %}!", "End": true } } }"#,
    r#"{ "QueryLanguage": "JSONata", "StartAt": "A",
  "States": { "A": { "Type": "Pass", "Output": "{% 'Hello ' & $states.input.name & '!' %}", "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[
    OTHER_LANGUAGE,
    DOWNGRADE,
    UNBALANCED,
    EXPRESSION_IN_JSONPATH,
    PATH_IN_JSONATA,
    DOLLAR_KEY_IN_JSONATA,
    TEXT_AROUND,
];

/// The value of `QueryLanguage` on a machine or a state.
pub(super) fn declaration(cx: &mut Context<'_, '_>, node: &Node, place: &Place<'_>) {
    let Some(value) = node.get("QueryLanguage").filter(|v| !cx.opaque(v)) else { return };
    let place = place.key("QueryLanguage");
    let location = cx.location(&place);
    let Some(text) = value.as_str() else {
        let title = format!("`QueryLanguage` must be a string, not {}", value.kind());
        cx.push(WRONG_KIND.at(value.span, title, location).help("AWS: expected value of type [STRING]"));
        return;
    };
    let languages = [QueryLanguage::JsonPath.as_str(), QueryLanguage::Jsonata.as_str()];
    if !languages.contains(&text) {
        let title = format!("`QueryLanguage` is `JSONPath` or `JSONata`, not `{text}`");
        let mut found = NOT_ALLOWED.at(value.span, title, location);
        if let Some(near) = cx.nearest(text, languages.into_iter()) {
            found = mend(found, value.span, text, near);
        }
        cx.push(found);
    }
}

/// A state that goes back to JSONPath.
pub(super) fn downgrade(cx: &mut Context<'_, '_>, state: &State<'_>) {
    let Some(value) = state.get("QueryLanguage") else { return };
    if cx.definition.language == Some(QueryLanguage::Jsonata) && value.as_str() == Some("JSONPath") {
        let title = format!("state `{}` cannot be in JSONPath: the machine is in JSONata", state.name);
        let location = cx.definition.location(state.id);
        cx.push(DOWNGRADE.at(value.span, title, location));
    }
}

/// Whether a field belongs to the language of its state; says so if not.
pub(super) fn belongs(cx: &mut Context<'_, '_>, object: Object<'_>, field: &Field, entry: &Entry) -> bool {
    let (Some(needs), Some(state)) = (field.language, object.state) else { return true };
    // Where the language cannot be known nothing is held against it.
    let Some(has) = state.language else { return true };
    if needs == has {
        return true;
    }
    let title = format!("`{}` is a field of {needs}, and state `{}` is in {has}", field.name, state.name);
    let mut found = OTHER_LANGUAGE.at(entry.key_span, title, cx.location(&object.place));
    found = match (has, instead(field.name)) {
        (QueryLanguage::Jsonata, Some(instead)) => found.help(format!("in JSONata: {instead}")),
        (QueryLanguage::JsonPath, Some(instead)) => {
            found.help(format!("in JSONPath: {instead}; or give the state `QueryLanguage: JSONata`"))
        }
        (_, None) => found,
    };
    cx.push(found);
    false
}

/// What the other language has instead of a field.
fn instead(field: &str) -> Option<&'static str> {
    Some(match field {
        "InputPath" => "read `$states.input…` where it is needed",
        "Parameters" => "`Arguments`, or `Output` of a Pass state",
        "Result" | "ResultSelector" | "ResultPath" | "OutputPath" => "`Output`",
        "ItemsPath" => "`Items`",
        "Arguments" => "`Parameters`",
        "Output" => "`ResultSelector`, `ResultPath`, `OutputPath`",
        "Items" => "`ItemsPath`",
        "Condition" | "Variable" => "`Variable` with a comparison (JSONPath), `Condition` (JSONata)",
        "SecondsPath"
        | "TimestampPath"
        | "TimeoutSecondsPath"
        | "HeartbeatSecondsPath"
        | "MaxConcurrencyPath"
        | "ToleratedFailurePercentagePath"
        | "ToleratedFailureCountPath"
        | "MaxItemsPath"
        | "MaxItemsPerBatchPath"
        | "MaxInputBytesPerBatchPath"
        | "ErrorPath"
        | "CausePath" => "the field without `Path`, with an expression",
        _ => return None,
    })
}
