//! Calls on a log group.

use statewright_spec::{Arn, Tags, kind::log_group::LogGroup};

/// One call on a log group.
#[derive(Debug, Clone, PartialEq)]
pub enum LogGroupOperation {
    /// `CreateLogGroup` with class, key, protection and tags. The retention is a call of its own.
    Create {
        /// The name.
        name: String,
        /// All of it.
        group: Box<LogGroup>,
        /// The spec's tags and ours.
        tags: Tags,
    },
    /// `PutRetentionPolicy`.
    PutRetention {
        /// The name.
        name: String,
        /// One of the numbers of days that AWS allows.
        days: u32,
    },
    /// `DeleteRetentionPolicy`.
    DeleteRetention {
        /// The name.
        name: String,
    },
    /// `AssociateKmsKey`.
    AssociateKey {
        /// The name.
        name: String,
        /// The key.
        key: Arn,
    },
    /// `DisassociateKmsKey`.
    DisassociateKey {
        /// The name.
        name: String,
    },
    /// `PutLogGroupDeletionProtection`.
    Protect {
        /// The name.
        name: String,
        /// On or off.
        on: bool,
    },
    /// `TagResource`.
    Tag {
        /// The group, without `:*`.
        arn: Arn,
        /// What is set.
        tags: Tags,
    },
    /// `UntagResource`.
    Untag {
        /// The group, without `:*`.
        arn: Arn,
        /// Which.
        keys: Vec<String>,
    },
    /// `DeleteLogGroup`.
    Delete {
        /// The name.
        name: String,
    },
}

impl LogGroupOperation {
    /// The IAM actions that it needs.
    pub fn calls(&self) -> Vec<&'static str> {
        match self {
            Self::Create { .. } => vec!["logs:CreateLogGroup", "logs:TagResource"],
            Self::PutRetention { .. } => vec!["logs:PutRetentionPolicy"],
            Self::DeleteRetention { .. } => vec!["logs:DeleteRetentionPolicy"],
            Self::AssociateKey { .. } => vec!["logs:AssociateKmsKey"],
            Self::DisassociateKey { .. } => vec!["logs:DisassociateKmsKey"],
            Self::Protect { .. } => vec!["logs:PutLogGroupDeletionProtection"],
            Self::Tag { .. } => vec!["logs:TagResource"],
            Self::Untag { .. } => vec!["logs:UntagResource"],
            Self::Delete { .. } => vec!["logs:DeleteLogGroup"],
        }
    }
}
