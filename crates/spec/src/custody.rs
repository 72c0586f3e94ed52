//! How a stack takes a resource over, keeps it, and lets it go: the keys `adopt`, `protect`, `retain`, `was`,
//! `attachments` and `ignore_tags`.

mod doc;
mod resolve;
#[cfg(test)]
mod tests;

pub(crate) use doc::{AdoptDoc, AttachmentsDoc};
pub(crate) use resolve::{Asked, of, patterns, rename_twins, tags};

use crate::{Owner, Tags};

/// What the spec says of one resource beside what it shall be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Custody {
    /// Whose it may be taken from.
    pub adopt: Adopt,
    /// It is neither deleted nor replaced.
    pub protect: bool,
    /// When it leaves the spec it stays in AWS, and is nobody's.
    pub retain: bool,
    /// The name that it had before.
    pub was: Option<String>,
    /// What becomes of what somebody else hung on a role.
    pub attachments: Attachments,
    /// Tags that are somebody else's: those of the whole spec and its own.
    pub ignore_tags: IgnoredTags,
}

/// Whose resource may be taken over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Adopt {
    /// Nobody's: what is not ours stops the plan.
    #[default]
    Never,
    /// `adopt: true`: one that has no owner.
    Unowned,
    /// `adopt: { from: OWNER }`: one of exactly this owner.
    From(Owner),
}

/// What becomes of policies on a role that the spec does not name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Attachments {
    /// They are taken off.
    #[default]
    Exclusive,
    /// They are shown and left alone.
    Report,
}

/// Patterns of tags that are never set, changed, taken away or shown. `aws:*` is ignored without being named, and
/// `statewright:*` never is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IgnoredTags(Vec<TagPattern>);

/// `cost-centre`, or `cost-*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TagPattern {
    /// One key.
    Key(String),
    /// All keys that begin so.
    Prefix(String),
}

impl Custody {
    /// The tag of a resource that is protected.
    pub const PROTECT: &'static str = "statewright:protect";
    /// The tag of a resource that is retained.
    pub const RETAIN: &'static str = "statewright:retain";
    /// What either says.
    pub const SET: &'static str = "true";

    /// Its tags in AWS, where they hold also when the entry has left the spec.
    pub fn tags(&self) -> Tags {
        [(Self::PROTECT, self.protect), (Self::RETAIN, self.retain)]
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(key, _)| (key.to_owned(), Self::SET.to_owned()))
            .collect()
    }

    /// Whether a live tag says yes: whoever set it by hand may have written anything but a no.
    pub fn says_yes(tag: Option<&String>) -> bool {
        tag.is_some_and(|text| !["false", "no", "0"].contains(&text.trim().to_ascii_lowercase().as_str()))
    }
}

impl IgnoredTags {
    /// Whether a tag is somebody else's.
    pub fn covers(&self, key: &str) -> bool {
        !key.starts_with(crate::TAG_PREFIX) && self.0.iter().any(|pattern| pattern.covers(key))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With those of another list.
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }
}

impl FromIterator<TagPattern> for IgnoredTags {
    fn from_iter<I: IntoIterator<Item = TagPattern>>(patterns: I) -> Self {
        Self(patterns.into_iter().collect())
    }
}

impl TagPattern {
    /// Reads `KEY` or `PREFIX*`.
    pub fn parse(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(prefix) => Self::Prefix(prefix.to_owned()),
            None => Self::Key(text.to_owned()),
        }
    }

    fn covers(&self, key: &str) -> bool {
        match self {
            Self::Key(own) => own == key,
            Self::Prefix(prefix) => key.starts_with(prefix.as_str()),
        }
    }
}
