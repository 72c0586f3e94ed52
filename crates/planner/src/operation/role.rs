//! Calls on a role.

use serde_json::Value;
use statewright_spec::{Arn, Tags, kind::role::Role};

/// One call on a role.
#[derive(Debug, Clone, PartialEq)]
pub enum RoleOperation {
    /// `CreateRole` with trust, path, description, session duration, boundary and tags. Attachments and inline policies
    /// are calls of their own.
    Create {
        /// The name.
        name: String,
        /// All of it.
        role: Box<Role>,
        /// The spec's tags and ours.
        tags: Tags,
    },
    /// `UpdateAssumeRolePolicy`.
    UpdateTrust {
        /// The name.
        name: String,
        /// The document.
        document: Value,
    },
    /// `UpdateRole`: both are always sent, for what is omitted keeps its value.
    UpdateSettings {
        /// The name.
        name: String,
        /// Empty to take it away.
        description: String,
        /// 3,600 to 43,200.
        max_session_seconds: u32,
    },
    /// `PutRolePermissionsBoundary`.
    PutBoundary {
        /// The name.
        name: String,
        /// The boundary.
        boundary: Arn,
    },
    /// `DeleteRolePermissionsBoundary`.
    DeleteBoundary {
        /// The name.
        name: String,
    },
    /// `AttachRolePolicy`.
    Attach {
        /// The name.
        name: String,
        /// The policy.
        policy: Arn,
    },
    /// `DetachRolePolicy`.
    Detach {
        /// The name.
        name: String,
        /// The policy.
        policy: Arn,
    },
    /// `PutRolePolicy`.
    PutInline {
        /// The name.
        name: String,
        /// The inline policy's name.
        policy: String,
        /// The document.
        document: Value,
    },
    /// `DeleteRolePolicy`.
    DeleteInline {
        /// The name.
        name: String,
        /// The inline policy's name.
        policy: String,
    },
    /// `TagRole`.
    Tag {
        /// The name.
        name: String,
        /// What is set.
        tags: Tags,
    },
    /// `UntagRole`.
    Untag {
        /// The name.
        name: String,
        /// Which.
        keys: Vec<String>,
    },
    /// `DeleteRole`.
    Delete {
        /// The name.
        name: String,
    },
}

impl RoleOperation {
    /// The role's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Create { name, .. }
            | Self::UpdateTrust { name, .. }
            | Self::UpdateSettings { name, .. }
            | Self::PutBoundary { name, .. }
            | Self::DeleteBoundary { name }
            | Self::Attach { name, .. }
            | Self::Detach { name, .. }
            | Self::PutInline { name, .. }
            | Self::DeleteInline { name, .. }
            | Self::Tag { name, .. }
            | Self::Untag { name, .. }
            | Self::Delete { name } => name,
        }
    }

    /// The IAM actions that it needs.
    pub fn calls(&self) -> Vec<&'static str> {
        match self {
            Self::Create { role, .. } if role.permissions_boundary.is_some() => {
                vec!["iam:CreateRole", "iam:TagRole", "iam:PutRolePermissionsBoundary"]
            }
            Self::Create { .. } => vec!["iam:CreateRole", "iam:TagRole"],
            Self::UpdateTrust { .. } => vec!["iam:UpdateAssumeRolePolicy"],
            Self::UpdateSettings { .. } => vec!["iam:UpdateRole"],
            Self::PutBoundary { .. } => vec!["iam:PutRolePermissionsBoundary"],
            Self::DeleteBoundary { .. } => vec!["iam:DeleteRolePermissionsBoundary"],
            Self::Attach { .. } => vec!["iam:AttachRolePolicy"],
            Self::Detach { .. } => vec!["iam:DetachRolePolicy"],
            Self::PutInline { .. } => vec!["iam:PutRolePolicy"],
            Self::DeleteInline { .. } => vec!["iam:DeleteRolePolicy"],
            Self::Tag { .. } => vec!["iam:TagRole"],
            Self::Untag { .. } => vec!["iam:UntagRole"],
            Self::Delete { .. } => vec!["iam:DeleteRole"],
        }
    }
}
