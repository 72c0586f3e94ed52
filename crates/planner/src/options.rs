//! What the user asked for beside the spec.

use std::collections::BTreeSet;

use statewright_spec::Address;

/// What shall become of what is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As the spec says: [`plan`](crate::plan).
    Apply,
    /// Gone: [`destroy`](crate::destroy).
    Destroy,
}

/// The choices that a plan settles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Only these and what they need; all where it is empty.
    pub targets: BTreeSet<Address>,
    /// What to do about executions of a machine that goes or is replaced.
    pub executions: Executions,
    /// Grants that go stay until the executions that still need them have ended.
    pub drain: bool,
    /// A plan may delete all that is ours and keep nothing.
    pub allow_delete_all: bool,
}

/// What to do about running executions: deleting a machine ends them at their next transition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Executions {
    /// Refuse while one runs.
    #[default]
    Fail,
    /// Wait until none runs.
    Wait,
    /// Stop them, then wait until none runs.
    Stop,
}

impl Executions {
    /// As on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Wait => "wait",
            Self::Stop => "stop",
        }
    }
}
