//! How an execution stands, and how a state of it does.

use schemars::JsonSchema;
use serde::Serialize;

/// How an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// `RUNNING`
    Running,
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`
    Aborted,
    /// `PENDING_REDRIVE`: a child of a Map that will be run again.
    PendingRedrive,
}

impl ExecutionStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted, Self::PendingRedrive];

    /// As AWS spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
        }
    }

    /// The status that AWS spells so.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether it has ended.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Running | Self::PendingRedrive)
    }
}

/// How a state stands, or one visit of it. Later is worse: a group shows the worst of what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has come here, or will.
    NotReached,
    /// Done.
    Succeeded,
    /// Given up because something else ended.
    Aborted,
    /// It failed, and a catcher of its own or of what holds it took the error: no failure.
    Caught,
    /// At work.
    Running,
    /// At work: somebody has a token and has not answered.
    WaitingForToken,
    /// A try failed and another one follows.
    Retrying,
    /// Its time was over.
    TimedOut,
    /// Failed, and nobody took the error.
    Failed,
}

impl Status {
    /// Every status, the best first.
    pub const ALL: [Self; 9] = [
        Self::NotReached,
        Self::Succeeded,
        Self::Aborted,
        Self::Caught,
        Self::Running,
        Self::WaitingForToken,
        Self::Retrying,
        Self::TimedOut,
        Self::Failed,
    ];

    /// The word that JSON has.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotReached => "not_reached",
            Self::Succeeded => "succeeded",
            Self::Aborted => "aborted",
            Self::Caught => "caught",
            Self::Running => "running",
            Self::WaitingForToken => "waiting_for_token",
            Self::Retrying => "retrying",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
        }
    }

    /// Whether it is at work.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Running | Self::WaitingForToken | Self::Retrying)
    }

    /// Whether it failed and nobody took the error.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut)
    }
}
