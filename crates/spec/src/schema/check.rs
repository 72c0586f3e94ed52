//! A tree against a shape: all that is wrong with it, each fault once.

use std::collections::BTreeSet;

use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind},
};
use statewright_source::{Diagnostic, Node, Span, Value};

use super::{Shape, explain::Explainer};
use crate::reference::Trace;

/// What is known of a tree before its shape is looked at.
pub(crate) struct Told<'a> {
    /// How its references were filled in.
    pub(crate) trace: &'a Trace,
    /// What it is, in a sentence: ``role `Etl` ``, `the spec`.
    pub(crate) what: &'a str,
    /// The place that stands for the whole: a resource's name.
    pub(crate) span: Span,
    /// Keys of the whole that the shape does not list.
    pub(crate) more: &'a [&'a str],
}

/// A tree after the look at its shape.
pub(crate) struct Checked {
    /// The tree; what a variable gave for a number or a boolean is one.
    pub(crate) node: Node,
    /// What is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Pointers at which something is wrong.
    pub(crate) wrong: BTreeSet<String>,
}

impl Shape {
    /// Holds a tree against the shape.
    pub(crate) fn check(&self, node: &Node, told: &Told<'_>) -> Checked {
        let mut node = node.clone();
        let mut json = node.to_json();
        // Twice at most: a text that a variable gave becomes what the shape wants, and is then looked at as that.
        let conversions: Vec<(String, Value)> = self
            .validator
            .iter_errors(&json)
            .flat_map(|e| wanted(&e))
            .filter(|(pointer, _)| told.trace.filled.contains(pointer))
            .filter_map(|(pointer, wanted)| {
                let value = convert(node.pointer(&pointer)?.as_str()?, wanted)?;
                Some((pointer, value))
            })
            .collect();
        if !conversions.is_empty() {
            for (pointer, value) in conversions {
                replace(&mut node, &pointer, value);
            }
            json = node.to_json();
        }
        let mut explainer = Explainer::new(&self.root, &node, told);
        for error in self.validator.iter_errors(&json) {
            explainer.explain(&error);
        }
        let (diagnostics, wrong) = explainer.finish();
        Checked { node, diagnostics, wrong }
    }
}

/// Where a number or a boolean is wanted, also in one of several forms.
fn wanted(error: &ValidationError<'_>) -> Vec<(String, JsonType)> {
    match error.kind() {
        ValidationErrorKind::Type { kind } => {
            let types: Vec<JsonType> = match kind {
                TypeKind::Single(t) => vec![*t],
                TypeKind::Multiple(set) => set.iter().collect(),
            };
            types.into_iter().map(|t| (error.instance_path().as_str().to_owned(), t)).collect()
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().flatten().flat_map(wanted).collect()
        }
        _ => Vec::new(),
    }
}

fn convert(text: &str, wanted: JsonType) -> Option<Value> {
    match (wanted, text) {
        (JsonType::Boolean, "true") => Some(Value::Bool(true)),
        (JsonType::Boolean, "false") => Some(Value::Bool(false)),
        (JsonType::Integer, _) => text.parse::<i64>().ok().map(|n| Value::Number(n.into())),
        (JsonType::Number, _) => match text.parse::<i64>() {
            Ok(n) => Some(Value::Number(n.into())),
            Err(_) => serde_json::Number::from_f64(text.parse().ok()?).map(Value::Number),
        },
        _ => None,
    }
}

fn replace(node: &mut Node, pointer: &str, value: Value) {
    let mut at = node;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let next = match &mut at.value {
            Value::Map(entries) => entries.iter_mut().find(|e| e.key == token).map(|e| &mut e.value),
            Value::Seq(items) => token.parse::<usize>().ok().and_then(|i| items.get_mut(i)),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return,
        }
    }
    at.value = value;
}
