//! One file a kind: what the spec may say of it, what AWS makes of that, and how the one becomes the other.

mod discreet;
mod document;
pub mod function;
pub mod job;
mod limit;
pub mod log_group;
pub mod policy;
pub mod role;
pub mod state_machine;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::custody::Asked;

/// Whether a change that AWS cannot make in place may be made by deleting the resource and making it anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Replace {
    /// It may.
    Allowed,
}

/// The keys that every resource has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Common<'d> {
    /// Findings that are not shown.
    pub(crate) allow: &'d [String],
    /// `replace: allowed`.
    pub(crate) replace: Option<Replace>,
    /// How it is taken over, kept and let go.
    pub(crate) custody: Asked<'d>,
}

/// Gives a kind's doc its common keys; a kind that others hang things on has `attachments` too.
macro_rules! common {
    ($doc:ty) => {
        common!($doc, |_| $crate::custody::AttachmentsDoc::default());
    };
    ($doc:ty, attachments) => {
        common!($doc, |doc: &$doc| doc.attachments);
    };
    ($doc:ty, $attachments:expr) => {
        impl $doc {
            /// The keys that every resource has.
            pub(crate) fn common(&self) -> $crate::kind::Common<'_> {
                let attachments: fn(&Self) -> $crate::custody::AttachmentsDoc = $attachments;
                $crate::kind::Common {
                    allow: &self.allow,
                    replace: self.replace,
                    custody: $crate::custody::Asked {
                        adopt: &self.adopt,
                        protect: self.protect,
                        retain: self.retain,
                        was: self.was.as_deref(),
                        ignore_tags: &self.ignore_tags,
                        attachments: attachments(self),
                    },
                }
            }
        }
    };
}
use common;
