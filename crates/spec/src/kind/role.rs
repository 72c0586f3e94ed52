//! `roles:` — IAM roles.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{Arn, Tags};

/// A role with all that hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Who may assume it.
    pub trust: Value,
    /// Managed policies attached to it.
    pub attachments: BTreeSet<Arn>,
    /// Inline policies, by name.
    pub inline: BTreeMap<String, Value>,
    /// The permissions boundary.
    pub permissions_boundary: Option<Arn>,
    /// `/` or `/team/`. Cannot change: a replace.
    pub path: String,
    /// Empty where there is none.
    pub description: String,
    /// 3,600 where nothing is said.
    pub max_session_seconds: u32,
    /// Without ours.
    pub tags: Tags,
}
