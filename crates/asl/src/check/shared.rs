//! What every group of rules uses: the rules of shape, and the object that is looked at. It knows no group.

use statewright_source::{Node, Span};

use super::{context::Context, place::Place};
use crate::{
    model::State,
    rule::{Group, Rule},
};

pub(super) const MISSING: Rule = Rule::schema(
    "ASL002",
    "missing-field",
    Group::Document,
    "AWS refuses an object that lacks a field that it cannot do without.",
)
.examples(r#"{ "States": { "A": { "Type": "Pass", "End": true } } }"#, PASS);

pub(super) const UNKNOWN: Rule = Rule::schema(
    "ASL003",
    "unknown-field",
    Group::Document,
    "AWS refuses fields that it does not know, and fields that another type of state has. Names are case-sensitive. \
     What is meant for people goes into `Comment`.",
)
.examples(r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "TimeoutSeconds": 5, "End": true } } }"#, PASS);

pub(super) const WRONG_KIND: Rule = Rule::schema(
    "ASL004",
    "wrong-kind",
    Group::Document,
    "A value is of another kind than the field takes: a string where a number belongs, a list where an object does. \
     In YAML quotes make the difference.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": "5", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": 5, "End": true } } }"#,
);

pub(super) const NOT_ALLOWED: Rule = Rule::schema(
    "ASL005",
    "value-not-allowed",
    Group::Document,
    "The field takes one of a few values, written exactly so.",
)
.examples(r#"{ "StartAt": "A", "States": { "A": { "Type": "pass", "End": true } } }"#, PASS);

pub(super) const OUT_OF_RANGE: Rule =
    Rule::schema("ASL006", "out-of-range", Group::Document, "The number is below or above what AWS takes.").examples(
        r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": -1, "End": true } } }"#,
        r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": 1, "End": true } } }"#,
    );

pub(super) const EMPTY: Rule = Rule::schema(
    "ASL007",
    "empty",
    Group::Document,
    "The list or the object must have something in it: a machine a state, a Parallel state a branch, a Choice state a rule.",
)
.examples(r#"{ "StartAt": "A", "States": {} }"#, PASS);

pub(super) const EXCLUSIVE: Rule = Rule::schema(
    "ASL008",
    "exclusive-fields",
    Group::Document,
    "The fields say the same thing in two ways, and AWS takes one of them only.",
)
.examples(
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": 5, "SecondsPath": "$.s", "End": true } } }"#,
    r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "SecondsPath": "$.s", "End": true } } }"#,
);

/// The smallest definition that is right.
pub(super) const PASS: &str = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }"#;

pub(super) const RULES: &[Rule] = &[MISSING, UNKNOWN, WRONG_KIND, NOT_ALLOWED, OUT_OF_RANGE, EMPTY, EXCLUSIVE];

/// An object that is looked at.
#[derive(Clone, Copy)]
pub(super) struct Object<'p> {
    /// The state that it is or belongs to; `None` for the machine.
    pub(super) state: Option<&'p State<'p>>,
    pub(super) node: &'p Node,
    /// The key that it stands under, if it stands under one.
    pub(super) key: Option<Span>,
    pub(super) place: Place<'p>,
}

impl Object<'_> {
    /// Where a finding about the object as a whole points: its key (a state's name), else the object.
    pub(super) fn head(&self) -> Span {
        self.key.unwrap_or(self.node.span)
    }
}

/// Says that a value is of another kind than its field takes.
pub(super) fn wrong_kind(cx: &mut Context<'_, '_>, node: &Node, wanted: &str, aws: &str, place: &Place<'_>) {
    let name = match place {
        Place::Key(_, key) => format!("`{key}`"),
        Place::State(id) => format!("state `{}`", cx.definition.state(*id).name),
        _ => "this".to_owned(),
    };
    let title = format!("{name} must be {wanted}, not {}", node.kind());
    let found = WRONG_KIND.at(node.span, title, cx.location(place));
    cx.push(found.help(format!("AWS: expected value of type [{aws}]")));
}
