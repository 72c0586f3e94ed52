//! How a document that grants something gets from what it is to what it shall be without a moment in which somebody who
//! needs a grant lacks it.

use serde_json::Value;
use statewright_iam::{broadens, equivalent, narrows, size, union};

/// The way of one document.
pub(crate) enum Transition {
    /// Nothing to do.
    Same,
    /// It only gives: before what needs it.
    Grow,
    /// It only takes: after what needed it.
    Shrink,
    /// It gives and takes: first this document, which grants both, and the wanted one after.
    Both(Value),
    /// It gives and takes, and there is no document for the time between; in words.
    AtOnce(String),
}

/// Whether grants may come and go in two steps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Grow before, shrink after.
    Phased,
    /// All at once: nothing uses it yet.
    AtOnce,
}

impl Pace {
    /// The way from `before` to `after`. `limit` is the size that a document may have, in characters as IAM counts.
    pub(crate) fn transition(self, before: &Value, after: &Value, limit: usize) -> Transition {
        if equivalent(before, after) {
            return Transition::Same;
        }
        if self == Self::AtOnce || !narrows(before, after) {
            return Transition::Grow;
        }
        if !broadens(before, after) {
            return Transition::Shrink;
        }
        match union(before, after) {
            Some(both) if size(&both) <= limit.max(size(before)) => Transition::Both(both),
            Some(both) => Transition::AtOnce(format!(
                "a document with the old and the new grants would have {} of {limit} characters",
                size(&both)
            )),
            None => Transition::AtOnce("no one document grants exactly the old and the new".to_owned()),
        }
    }
}
