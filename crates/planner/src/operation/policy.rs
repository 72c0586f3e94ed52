//! Calls on a policy.

use serde_json::Value;
use statewright_spec::{Arn, Tags, kind::policy::Policy};

/// One call on a policy.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyOperation {
    /// `CreatePolicy`, tags of ours included.
    Create {
        /// The name.
        name: String,
        /// All of it.
        policy: Box<Policy>,
        /// The spec's tags and ours.
        tags: Tags,
    },
    /// `CreatePolicyVersion`, made the default.
    CreateVersion {
        /// The policy.
        arn: Arn,
        /// The document.
        document: Value,
    },
    /// `DeletePolicyVersion`.
    DeleteVersion {
        /// The policy.
        arn: Arn,
        /// `v3`.
        version: String,
    },
    /// `TagPolicy`.
    Tag {
        /// The policy.
        arn: Arn,
        /// What is set.
        tags: Tags,
    },
    /// `UntagPolicy`.
    Untag {
        /// The policy.
        arn: Arn,
        /// Which.
        keys: Vec<String>,
    },
    /// `DeletePolicy`.
    Delete {
        /// The policy.
        arn: Arn,
    },
}

impl PolicyOperation {
    /// The IAM actions that it needs.
    pub fn calls(&self) -> Vec<&'static str> {
        match self {
            Self::Create { .. } => vec!["iam:CreatePolicy", "iam:TagPolicy"],
            Self::CreateVersion { .. } => vec!["iam:CreatePolicyVersion"],
            Self::DeleteVersion { .. } => vec!["iam:DeletePolicyVersion"],
            Self::Tag { .. } => vec!["iam:TagPolicy"],
            Self::Untag { .. } => vec!["iam:UntagPolicy"],
            Self::Delete { .. } => vec!["iam:DeletePolicy"],
        }
    }
}
