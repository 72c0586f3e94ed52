//! What an object of the language may hold, as data.

use crate::{
    jsonata::Gives,
    model::{QueryLanguage, StateType},
};

/// An object of the language.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) fields: &'static [Field],
    /// Fields that it shares with others.
    pub(super) also: &'static [&'static [Field]],
    /// Fields that must be there.
    pub(super) required: &'static [&'static str],
    /// Groups of which at most one field may be there.
    pub(super) at_most_one: &'static [&'static [&'static str]],
    /// Groups of which exactly one field must be there.
    pub(super) exactly_one: &'static [&'static [&'static str]],
}

/// A field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The language that it belongs to; `None` for both.
    pub(super) language: Option<QueryLanguage>,
    pub(super) shape: Shape,
    /// In JSONata a `{% … %}` may stand for the value.
    pub(super) dynamic: bool,
}

/// What a field's value must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Looked at elsewhere, or anything.
    Any,
    Text,
    Flag,
    Integer(i64, i64),
    Number(f64, f64),
    OneOf(&'static [&'static str]),
    /// A JSONPath; `null` where that means "nothing".
    Path {
        null: bool,
    },
    /// A reference path into the data, or `null`.
    ResultPath,
    /// A reference path.
    Reference {
        /// Whether it may start from the context object.
        context: bool,
    },
    /// A path, or an intrinsic function that gives a string.
    TextPath,
    /// A payload template or, in JSONata, a value with expressions.
    Template {
        /// Whether it must be an object (or an expression).
        object: bool,
        scope: Scope,
    },
    Assign(Scope),
    /// Constant data.
    Constant,
    Timestamp,
    Resource,
    Items,
    Condition,
    /// A list of strings that is not empty.
    Texts,
    Object(&'static Schema),
    /// A list of objects.
    List(&'static Schema, Emptiness),
    /// The rules of a Choice state.
    Rules,
    /// `And`, `Or`.
    NestedRules,
    /// `Not`.
    NestedRule,
    /// What a choice rule compares.
    Variable,
    /// Branches: their states are looked at as states.
    Bodies(&'static Schema),
    /// The states of a body: a map that is not empty.
    States,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emptiness {
    Allowed,
    Refused,
}

/// Which members of `$states` an expression may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Before the work: `input` and `context`.
    Before,
    /// After it: `result` too, where the type of state has one.
    After,
    /// In a catcher: `errorOutput` too.
    Caught,
}

impl Scope {
    pub(super) fn result(self, kind: Option<StateType>) -> bool {
        self == Self::After && kind.is_none_or(|k| matches!(k, StateType::Task | StateType::Parallel | StateType::Map))
    }
}

impl Schema {
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.all().find(|f| f.name == name)
    }

    /// Every field.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().chain(self.also.iter().copied().flatten())
    }
}

impl Shape {
    /// What an expression in its place must give.
    pub(super) const fn wants(self) -> Option<Gives> {
        match self {
            Self::Text | Self::Timestamp | Self::OneOf(_) => Some(Gives::String),
            Self::Integer(..) | Self::Number(..) => Some(Gives::Number),
            Self::Items => Some(Gives::List),
            Self::Condition => Some(Gives::Bool),
            Self::Template { object: true, .. } => Some(Gives::Object),
            _ => None,
        }
    }
}

/// A field of both languages.
pub(super) const fn both(name: &'static str, shape: Shape) -> Field {
    Field { name, language: None, shape, dynamic: false }
}

/// A field of both languages that may be an expression in JSONata.
pub(super) const fn dynamic(name: &'static str, shape: Shape) -> Field {
    Field { name, language: None, shape, dynamic: true }
}

/// A field of JSONPath.
pub(super) const fn path(name: &'static str, shape: Shape) -> Field {
    Field { name, language: Some(QueryLanguage::JsonPath), shape, dynamic: false }
}

/// A field of JSONata.
pub(super) const fn jsonata(name: &'static str, shape: Shape) -> Field {
    Field { name, language: Some(QueryLanguage::Jsonata), shape, dynamic: matches!(shape, Shape::Condition) }
}
