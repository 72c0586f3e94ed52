//! A YAML file becomes a [`Desired`] state, or diagnostics that say why not. Reads files; knows no AWS.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod address;
mod allow;
mod archive;
mod arn;
mod bare;
pub mod codes;
mod context;
mod custody;
mod desired;
mod discover;
mod document;
mod documents;
mod edges;
mod files;
mod grants;
mod guards;
mod hash;
mod head;
mod identity;
pub mod kind;
mod load;
mod lookup;
mod mentions;
mod names;
mod needs;
mod outline;
mod owner;
mod places;
mod reference;
mod request;
mod resolve;
mod schema;
mod secret;
mod silence;
mod tags;
#[cfg(test)]
mod tests;
mod typed;
mod variables;

pub use address::{Address, Kind};
pub use arn::Arn;
pub use bare::{check_definition, is_definition, read_definition};
pub use custody::{Adopt, Attachments, Custody, IgnoredTags, TagPattern};
pub use desired::{Declared, Desired, Resource};
pub use discover::{conflicts, discover};
pub use guards::{Guard, Guards};
pub use identity::{AccountId, Identity, Partition, Region, UNKNOWN_ACCOUNT, UNKNOWN_PARTITION, UNKNOWN_REGION};
pub use load::{Loaded, load};
pub use lookup::{Lookup, Mention};
pub use needs::{MachineNeeds, Needed, Part, place};
pub use owner::{Owner, TAG_PREFIX};
pub use request::Request;
pub use schema::schema;
pub use secret::Secret;
pub use silence::silence;

/// Tags, sorted. Never those of `statewright:*` or `aws:*`.
pub type Tags = std::collections::BTreeMap<String, String>;
