//! What the applier asks of AWS.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use statewright_planner::{Answer, Condition, Observed, Operation, Question, Refusal};
use statewright_spec::{Address, Arn};

/// The one door to AWS. `crates/aws` implements it for AWS; the tests of this crate, in memory.
pub trait Cloud: Sync {
    /// Makes the one call of an operation. Retries of throttling and 5xx have been made when it answers.
    fn perform(&self, operation: &Operation) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Looks once whether a condition holds.
    fn check(&self, condition: &Condition) -> impl Future<Output = Result<Readiness, Refusal>> + Send;

    /// Answers questions of the planner; every one gets an answer.
    fn answer(&self, questions: &BTreeSet<Question>) -> impl Future<Output = BTreeMap<Question, Answer>> + Send;

    /// Reads a resource back after it was created.
    fn read(&self, address: &Address, arn: &Arn) -> impl Future<Output = Observed> + Send;
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It holds.
    Ready,
    /// Not yet; in words: `Pending: the function is being created`.
    NotYet(String),
    /// It never will; in words.
    Never(String),
}
