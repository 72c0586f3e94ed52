//! What an integration is called with.

use std::cell::OnceCell;

use statewright_source::{Entry, Node, Severity};

use super::{context::Context, integrations, mend::mend, place::Place};
use crate::{
    model::{QueryLanguage, State},
    operations::{Operation, Parameter, Service},
    resource::Integration,
    rule::{Group, Rule},
};

const PARAMETER: Rule = Rule::schema(
    "ASL124",
    "missing-parameter",
    Group::Resources,
    "The call cannot succeed without the parameter. AWS takes the definition, and the state fails.",
)
.of(Severity::Runtime)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "Bucket": "b" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "Bucket": "b", "Key": "k" }, "End": true } } }"#,
);

const CASE: Rule = Rule::schema(
    "ASL125",
    "parameter-case",
    Group::Resources,
    "Integrations name parameters in Pascal case (`Bucket`), whatever the service's own API does.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "bucket": "b", "Key": "k" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "Bucket": "b", "Key": "k" }, "End": true } } }"#,
);

const NOT_LINKED: Rule = Rule::schema(
    "ASL131",
    "execution-not-linked",
    Group::Resources,
    "With `AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID` in its input the child execution is linked to its parent in the \
     console.",
)
.of(Severity::Note)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
  "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m", "Input": { "x": 1 } }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
  "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:m",
    "Input": { "x": 1, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id" } }, "End": true } } }"#,
);

const NOTHING_GIVEN: Rule = Rule::schema(
    "ASL133",
    "parameters-missing",
    Group::Resources,
    "An integration is given `Parameters` (JSONPath) or `Arguments` (JSONata), be they empty. Of `lambda:invoke` people have \
     seen AWS both refuse and take it; the execution fails in any case.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets",
  "Parameters": {}, "End": true } } }"#,
);

const REQUIRED: Rule =
    Rule::schema("ASL134", "required-parameter", Group::Resources, "AWS refuses the call without the parameter.")
        .examples(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "Payload.$": "$" }, "End": true } } }"#,
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": { "FunctionName": "f", "Payload.$": "$" }, "End": true } } }"#,
        );

const UNKNOWN: Rule = Rule::schema(
    "ASL135",
    "unknown-parameter",
    Group::Resources,
    "The operation has no such parameter in the API models of 2026-11. A parameter that is younger than those may exist.",
)
.of(Severity::Warning)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "Bukcet": "b", "Bucket": "b", "Key": "k" }, "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
  "Parameters": { "Bucket": "b", "Key": "k" }, "End": true } } }"#,
);

pub(super) const RULES: &[Rule] = &[PARAMETER, CASE, NOT_LINKED, NOTHING_GIVEN, REQUIRED, UNKNOWN];

/// What a call is given, against what it needs and knows.
pub(super) fn check(cx: &mut Context<'_, '_>, state: &State<'_>, resource: &Node, i: Integration<'_>, sdk: bool) {
    let Some(language) = state.language else { return };
    let (field, other) = match language {
        QueryLanguage::JsonPath => ("Parameters", "Arguments"),
        QueryLanguage::Jsonata => ("Arguments", "Parameters"),
    };
    let base = Place::State(state.id);
    let Some(entry) = state.entry(field) else {
        if state.entry(other).is_none()
            && !state.node.as_map().is_some_and(|m| m.iter().any(|e| cx.opaque_text(&e.key)))
        {
            nothing_given(cx, resource, i, field, &base);
        }
        return;
    };
    let Some(given) = entry.value.as_map().filter(|_| !cx.opaque(&entry.value)) else { return };
    if given.iter().any(|e| cx.opaque_text(&e.key)) {
        return;
    }
    let call = Call {
        integration: i,
        sdk,
        free: OnceCell::new(),
        model: if sdk {
            Service::of(i.service).and_then(|s| s.operation(i.api))
        } else {
            integrations::model(i.service, i.api)
        },
    };
    let place = base.key(field);
    needed(cx, &call, entry, &place);
    linked(cx, i, entry, &place);
    for parameter in given {
        named(cx, &call, language, parameter, given, &place);
    }
}

/// A call of which something is known.
struct Call<'r> {
    integration: Integration<'r>,
    sdk: bool,
    model: Option<&'static Operation>,
    /// Parameters that are not given, each with whether its name is sure: how the SDK for Java writes an abbreviation is a
    /// guess.
    free: OnceCell<Vec<(String, bool)>>,
}

fn nothing_given(cx: &mut Context<'_, '_>, resource: &Node, i: Integration<'_>, field: &str, base: &Place<'_>) {
    let title = format!("`{}:{}` is given no `{field}`", i.service, i.api);
    let mut found = NOTHING_GIVEN.at(resource.span, title, cx.location(&base.key("Resource")));
    if (i.service, i.api) == ("lambda", "invoke") {
        found.severity = Severity::Runtime;
        found.aws_code = None;
    }
    cx.push(found.help(format!("`{field}: {{}}` where there is nothing to say")));
}

/// Parameters that a call cannot do without.
fn needed(cx: &mut Context<'_, '_>, call: &Call<'_>, entry: &Entry, place: &Place<'_>) {
    let i = call.integration;
    let given = entry.value.as_map().unwrap_or_default();
    let has = |wanted: &Parameter<'_>| given.iter().any(|e| wanted.is(plain(&e.key)));
    if call.sdk {
        let required = call.model.into_iter().flat_map(Operation::parameters).filter(|p| p.required && !has(p));
        for parameter in required {
            let title = format!("`{}:{}` cannot succeed without `{}`", i.service, i.api, parameter.pascal());
            cx.push(PARAMETER.at(entry.key_span, title, cx.location(place)));
        }
        return;
    }
    for group in integrations::needs(i.service, i.api) {
        if group.iter().any(|name| has(&Parameter { name, required: true })) {
            continue;
        }
        let wanted = group.iter().map(|g| format!("`{g}`")).collect::<Vec<_>>().join(" or ");
        let found = if group.iter().any(|name| integrations::refused_without(i.service, i.api, name)) {
            REQUIRED.at(entry.key_span, format!("`{}:{}` lacks {wanted}", i.service, i.api), cx.location(place))
        } else {
            let title = format!("`{}:{}` cannot succeed without {wanted}", i.service, i.api);
            PARAMETER.at(entry.key_span, title, cx.location(place))
        };
        cx.push(found);
    }
}

/// The input of a child execution.
fn linked(cx: &mut Context<'_, '_>, i: Integration<'_>, entry: &Entry, place: &Place<'_>) {
    if let Some(input) = entry.value.entry("Input").filter(|_| i.service == "states")
        && let Some(fields) = input.value.as_map()
        && !cx.opaque(&input.value)
        && !fields.iter().any(|e| e.key.starts_with(LINK))
    {
        let title = "the child execution is not linked to this one";
        let found = NOT_LINKED.at(input.key_span, title, cx.location(&place.key("Input")));
        cx.push(found.help(format!("`{LINK}` in the input links it")));
    }
}

const LINK: &str = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";

/// A parameter without its `.$`.
fn plain(key: &str) -> &str {
    key.strip_suffix(".$").unwrap_or(key)
}

/// The name of a parameter: one that there is, and in Pascal case.
fn named(
    cx: &mut Context<'_, '_>,
    call: &Call<'_>,
    language: QueryLanguage,
    parameter: &Entry,
    given: &[Entry],
    place: &Place<'_>,
) {
    let (name, dollar) = match parameter.key.strip_suffix(".$") {
        Some(name) if language == QueryLanguage::JsonPath => (name, ".$"),
        _ => (parameter.key.as_str(), ""),
    };
    let i = call.integration;
    let location = cx.location(&place.key(&parameter.key));
    let known = |model: &Operation| {
        model.parameters().any(|p| p.is(name)) || (!call.sdk && integrations::extra(i.service, i.api).contains(&name))
    };
    if let Some(model) = call.model.filter(|model| !known(model)) {
        let title = format!("`{}:{}` has no parameter `{name}`", i.service, i.api);
        let mut found = UNKNOWN.at(parameter.key_span, title, location);
        let names = call.free.get_or_init(|| {
            let free = model.parameters().filter(|p| !given.iter().any(|e| p.is(plain(&e.key))));
            free.map(|p| (p.pascal(), p.pascal() == p.name)).collect()
        });
        if let Some(near) = cx.nearest(name, names.iter().map(|(name, _)| name.as_str())) {
            found = found.help(format!("did you mean `{near}`?"));
            if names.iter().any(|(name, sure)| *sure && name == near) {
                found = mend(found, parameter.key_span, &parameter.key, &format!("{near}{dollar}"));
            }
        }
        cx.push(found);
    } else if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        let mut pascal = parameter.key.clone();
        if let Some(first) = pascal.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        let title = format!("parameters are in Pascal case: `{}`", parameter.key);
        let found = CASE.at(parameter.key_span, title, location).help(format!("did you mean `{pascal}`?"));
        cx.push(mend(found, parameter.key_span, &parameter.key, &pascal));
    }
}
