//! What a spec names and does not declare.

use statewright_source::Span;

use crate::{Address, Arn};

/// Something that is looked up in live AWS at plan time. One call each, asked once however often it is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lookup {
    /// A Lambda function, by name; a version or an alias behind a colon.
    Function(String),
    /// A Glue job, by name.
    Job(String),
    /// A state machine.
    StateMachine(Arn),
    /// A customer-managed or AWS-managed policy.
    Policy(Arn),
    /// A role, by its ARN.
    Role(Arn),
    /// A log group, by name.
    LogGroup(String),
    /// A layer's version.
    Layer(Arn),
    /// An object in S3 (a job's script, a function's archive).
    Object {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// A version's id.
        version: Option<String>,
    },
}

/// Who names it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What is named.
    pub target: Lookup,
    /// The resource that names it.
    pub by: Address,
    /// The state that will fail without it, for a definition.
    pub state: Option<String>,
    /// The place of the name.
    pub span: Span,
}
