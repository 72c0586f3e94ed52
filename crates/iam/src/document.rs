//! The model of a policy document: what it says, without its spelling.

use statewright_source::Span;

use crate::{operator::Operator, principal::Principal};

/// Where a document is used. The same text may be right in one place and refused in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An inline or a managed policy of a role.
    Identity,
    /// The policy that says who may assume a role.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// The policy of a function, a bucket, a queue, a topic, a key.
    Resource,
}

/// The version of the policy language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, which is also meant where there is none. Policy variables are plain text.
    V2008,
    /// `2012-10-17`.
    V2012,
    /// Something else, which IAM refuses.
    Other(String),
}

/// A text and its place (`None` where a document came from AWS and not from a file).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As it was written.
    pub value: String,
    /// Where.
    pub span: Option<Span>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`, `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope<T> {
    /// These.
    Only(Vec<T>),
    /// All but these.
    AllBut(Vec<T>),
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Forbids, whatever else grants.
    Deny,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The place of the whole.
    pub span: Option<Span>,
    /// The language; [`Version::V2008`] where the document has none.
    pub version: Version,
    /// Whether the document says its version.
    pub version_given: bool,
    /// `Id`, which means nothing to IAM.
    pub id: Option<Text>,
    /// The statements in their order.
    pub statements: Vec<Statement>,
    /// What stands in the document and does not belong there, as it is.
    pub extra: Vec<(String, serde_json::Value)>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The place of the whole.
    pub span: Option<Span>,
    /// `Sid`; an empty one is none.
    pub sid: Option<Text>,
    /// `None` where it is missing or neither `Allow` nor `Deny`: IAM refuses the document.
    pub effect: Option<Effect>,
    /// Who.
    pub principals: Option<Scope<Named>>,
    /// What is done: `service:Action` with wildcards.
    pub actions: Option<Scope<Text>>,
    /// To what: ARNs with wildcards and policy variables.
    pub resources: Option<Scope<Text>>,
    /// When: all of them must hold.
    pub conditions: Vec<Condition>,
    /// What stands in the statement and does not belong there, as it is.
    pub extra: Vec<(String, serde_json::Value)>,
}

/// A principal and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub principal: Principal,
    /// As it was written.
    pub text: Text,
}

/// One key of a condition block: true when one of the values passes (or, for negative tests, when none fails).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The operator, or its text where IAM has none of that name.
    pub operator: Result<Operator, String>,
    /// The place of the operator.
    pub operator_span: Option<Span>,
    /// The key: `aws:SourceArn`. Case does not count.
    pub key: Text,
    /// The values as text: booleans and numbers are written out.
    pub values: Vec<Text>,
}

impl Version {
    /// As in a document.
    pub fn as_str(&self) -> &str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
            Self::Other(text) => text,
        }
    }

    /// Whether `${aws:username}` is a variable.
    pub fn has_variables(&self) -> bool {
        *self == Self::V2012
    }
}

impl Effect {
    /// As in a document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl<T> Scope<T> {
    /// The items, whichever way they are meant.
    pub fn items(&self) -> &[T] {
        match self {
            Self::Only(items) | Self::AllBut(items) => items,
        }
    }

    /// Whether it is the `Not…` form.
    pub const fn is_negated(&self) -> bool {
        matches!(self, Self::AllBut(_))
    }
}

impl Condition {
    /// The operator's name.
    pub fn operator_name(&self) -> String {
        match &self.operator {
            Ok(operator) => operator.to_string(),
            Err(text) => text.clone(),
        }
    }
}

impl Document {
    /// The statements with an effect.
    pub fn with_effect(&self, effect: Effect) -> impl Iterator<Item = (usize, &Statement)> {
        self.statements.iter().enumerate().filter(move |(_, s)| s.effect == Some(effect))
    }

    /// Whether anything in it does not belong there: what it means is then not certain.
    pub fn is_sound(&self) -> bool {
        self.extra.is_empty()
            && !matches!(self.version, Version::Other(_))
            && self.statements.iter().all(|s| {
                s.extra.is_empty()
                    && s.effect.is_some()
                    && s.actions.is_some()
                    && s.conditions.iter().all(|c| c.operator.is_ok())
            })
    }
}
