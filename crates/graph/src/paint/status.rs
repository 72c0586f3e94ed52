//! What a state can be at, and what a plan can do to it: each with a word and a glyph, so that nothing is said by colour alone.

/// What a state of an execution is at, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The execution has not come to it, and may never.
    NotReached,
    /// It ended well.
    Succeeded,
    /// It was stopped with its execution, or with a branch beside it.
    Aborted,
    /// It failed, and a `Catch` took the error.
    Caught,
    /// It is at work.
    Running,
    /// It waits for somebody to send its task token back.
    WaitingForToken,
    /// A try failed, and the next one is to come.
    Retrying,
    /// It ran out of time and nothing caught that.
    TimedOut,
    /// It failed and nothing caught that.
    Failed,
}

/// What a plan does to a state or a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// It stays as it is.
    Unchanged,
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// Some of its fields change.
    Changed,
    /// It gets another name.
    Renamed,
}

impl Status {
    /// All of them.
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

    /// As a person reads it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotReached => "not reached",
            Self::Succeeded => "succeeded",
            Self::Caught => "caught",
            Self::Aborted => "aborted",
            Self::Running => "running",
            Self::WaitingForToken => "waiting for its token",
            Self::Retrying => "retrying",
            Self::TimedOut => "timed out",
            Self::Failed => "failed",
        }
    }

    /// As a program reads it: the value of `data-status`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotReached => "not-reached",
            Self::Succeeded => "succeeded",
            Self::Caught => "caught",
            Self::Aborted => "aborted",
            Self::Running => "running",
            Self::WaitingForToken => "waiting",
            Self::Retrying => "retrying",
            Self::TimedOut => "timed-out",
            Self::Failed => "failed",
        }
    }

    /// One character.
    pub const fn glyph(self) -> char {
        match self {
            Self::NotReached => '·',
            Self::Succeeded => '✓',
            Self::Caught => '!',
            Self::Aborted => '■',
            Self::Running => '▶',
            Self::WaitingForToken => '⏸',
            Self::Retrying => '↻',
            Self::TimedOut => '◷',
            Self::Failed => '✕',
        }
    }

    /// For terminals that cannot show the glyph.
    pub const fn ascii(self) -> &'static str {
        match self {
            Self::NotReached => "[ ]",
            Self::Succeeded => "[ok]",
            Self::Caught => "[caught]",
            Self::Aborted => "[abort]",
            Self::Running => "[run]",
            Self::WaitingForToken => "[wait]",
            Self::Retrying => "[retry]",
            Self::TimedOut => "[TIME]",
            Self::Failed => "[FAIL]",
        }
    }

    /// The worse of two: what a state shows that was entered often, or a container of what is inside.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Unchanged, Self::Added, Self::Removed, Self::Changed, Self::Renamed];

    /// As a person reads it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
        }
    }

    /// One character, also in ASCII except for the last.
    pub const fn glyph(self) -> char {
        match self {
            Self::Unchanged => ' ',
            Self::Added => '+',
            Self::Removed => '−',
            Self::Changed => '~',
            Self::Renamed => '»',
        }
    }

    /// For terminals that cannot show the glyph.
    pub const fn ascii(self) -> char {
        match self {
            Self::Unchanged => ' ',
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
            Self::Renamed => '>',
        }
    }
}
