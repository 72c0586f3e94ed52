//! Every SDK call of this crate, with the IAM actions that it needs.

/// One SDK call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// `service:Operation`, as a [`Refusal`](statewright_planner::Refusal) names it.
    pub call: &'static str,
    /// The IAM actions it needs, its own first, then those that it depends on (tagging on create, `iam:PassRole`). Empty
    /// where AWS asks for none.
    pub actions: &'static [&'static str],
    /// What makes us call it.
    pub purpose: Purpose,
}

/// Why a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Every command that talks to AWS.
    Connect,
    /// `plan`, and so `apply`, `destroy` and `status`.
    Read,
    /// The search for what else is the owner's, a part of `plan`.
    Search,
    /// `apply`.
    Apply,
    /// `apply` where it deletes, and `destroy`.
    Delete,
    /// `run`.
    Run,
}

/// All of them, sorted by call.
pub const ACTIONS: &[Action] = &[];
