//! `policies:` — customer-managed IAM policies.

use serde_json::Value;

use crate::Tags;

/// A customer-managed policy, as its default version stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The document.
    pub document: Value,
    /// `/` or `/team/`. Cannot change: a replace.
    pub path: String,
    /// Empty where there is none. Cannot change: a replace.
    pub description: String,
    /// Without ours.
    pub tags: Tags,
}
