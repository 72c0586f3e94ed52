//! The shape of a spec, as JSON Schema (draft-07): what editors read, and what every spec is held against.

mod check;
mod explain;
mod publish;

use std::sync::LazyLock;

pub(crate) use check::Told;
use jsonschema::Validator;
pub use publish::schema;
use schemars::{JsonSchema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value;

use crate::{
    Kind,
    head::HeadDoc,
    kind::{
        function::FunctionDoc, job::JobDoc, log_group::LogGroupDoc, policy::PolicyDoc, role::RoleDoc,
        state_machine::StateMachineDoc,
    },
};

/// The shape of one part of a spec.
pub(crate) struct Shape {
    root: Value,
    validator: Validator,
}

impl Shape {
    fn of(root: Value) -> Self {
        let validator = jsonschema::draft7::options()
            .offline()
            .build(&root)
            .unwrap_or_else(|e| unreachable!("the schema of this crate is a schema: {e}"));
        Self { root, validator }
    }
}

/// The shape of everything that is not a resource.
pub(crate) fn head() -> &'static Shape {
    static HEAD: LazyLock<Shape> = LazyLock::new(|| Shape::of(head_schema()));
    &HEAD
}

/// The shape of one kind's resources.
pub(crate) fn kind(kind: Kind) -> &'static Shape {
    static KINDS: LazyLock<Vec<(Kind, Shape)>> =
        LazyLock::new(|| Kind::ALL.into_iter().map(|k| (k, Shape::of(without_bounds(kind_schema(k))))).collect());
    match KINDS.iter().find(|(k, _)| *k == kind) {
        Some((_, shape)) => shape,
        None => unreachable!("every kind is in Kind::ALL"),
    }
}

/// What AWS takes of a number or a text is an editor's to know; here the kind says it, in AWS's words and beside all else
/// that is wrong with the resource. A number must still fit its type.
fn without_bounds(mut schema: Value) -> Value {
    const BOUNDS: [&str; 6] = ["minLength", "maxLength", "minItems", "maxItems", "pattern", "format"];
    match &mut schema {
        Value::Object(object) => {
            for key in BOUNDS {
                if object.get(key).is_some_and(|v| !v.is_object()) {
                    object.remove(key);
                }
            }
            if object.get("type").is_some_and(|t| t == "integer") {
                object.insert("minimum".to_owned(), 0.into());
                object.insert("maximum".to_owned(), u32::MAX.into());
            }
            for value in object.values_mut() {
                *value = without_bounds(value.take());
            }
        }
        Value::Array(items) => {
            for value in items {
                *value = without_bounds(value.take());
            }
        }
        _ => {}
    }
    schema
}

fn head_schema() -> Value {
    generate::<HeadDoc>()
}

/// As editors read it.
pub(crate) fn kind_schema(kind: Kind) -> Value {
    match kind {
        Kind::Policy => generate::<PolicyDoc>(),
        Kind::Role => generate::<RoleDoc>(),
        Kind::LogGroup => generate::<LogGroupDoc>(),
        Kind::Function => generate::<FunctionDoc>(),
        Kind::Job => generate::<JobDoc>(),
        Kind::StateMachine => generate::<StateMachineDoc>(),
    }
}

fn generate<T: JsonSchema>() -> Value {
    SchemaSettings::draft07()
        .with_transform(RecursiveTransform(without_null))
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// Leaving a key out says that there is nothing; `null` would be a second way to say it.
fn without_null(schema: &mut schemars::Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(options)) = object.get_mut("enum") {
        options.retain(|o| !o.is_null());
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
        branches.retain(|b| b.get("type") != Some(&Value::from("null")));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            // A `$ref` makes draft-07 ignore what stands beside it.
            if only.contains_key("$ref") && !object.is_empty() {
                object.insert("allOf".to_owned(), Value::Array(vec![Value::Object(only)]));
            } else {
                for (key, value) in only {
                    object.entry(key).or_insert(value);
                }
            }
        }
    }
}
