//! A YAML file becomes a [`Desired`] state, or diagnostics that say why not. Reads files; knows no AWS.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod address;
mod archive;
mod arn;
pub mod codes;
mod context;
mod desired;
mod document;
mod files;
mod identity;
pub mod kind;
mod lookup;
mod names;
mod owner;
mod reference;
mod secret;
mod variables;

pub use address::{Address, Kind};
pub use arn::Arn;
pub use desired::{Declared, Desired, Resource};
pub use identity::{AccountId, Identity, Partition, Region};
pub use lookup::{Lookup, Mention};
pub use owner::{Owner, TAG_PREFIX};
pub use secret::Secret;

/// Tags, sorted. Never those of `statewright:*` or `aws:*`.
pub type Tags = std::collections::BTreeMap<String, String>;
