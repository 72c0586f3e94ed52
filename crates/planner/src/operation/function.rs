//! Calls on a function.

use statewright_spec::{
    Arn, Tags,
    kind::function::{Code, Function},
};

/// One call on a function. A wait for [`FunctionReady`](crate::Condition::FunctionReady) stands between two writes, else
/// Lambda answers `ResourceConflictException`.
#[derive(Debug, Clone, PartialEq)]
pub enum FunctionOperation {
    /// `CreateFunction`.
    Create {
        /// The name.
        name: String,
        /// All of it.
        function: Box<Function>,
        /// The spec's tags and ours.
        tags: Tags,
    },
    /// `UpdateFunctionCode`.
    UpdateCode {
        /// The name.
        name: String,
        /// The new code.
        code: Code,
        /// The architecture, which only this call can change.
        architecture: String,
    },
    /// `UpdateFunctionConfiguration`: every field is sent, empty where the spec says nothing.
    UpdateConfiguration {
        /// The name.
        name: String,
        /// All of it; the code is not looked at.
        function: Box<Function>,
    },
    /// `TagResource`.
    Tag {
        /// The function.
        arn: Arn,
        /// What is set.
        tags: Tags,
    },
    /// `UntagResource`.
    Untag {
        /// The function.
        arn: Arn,
        /// Which.
        keys: Vec<String>,
    },
    /// `DeleteFunction`.
    Delete {
        /// The name.
        name: String,
    },
}

impl FunctionOperation {
    /// The IAM actions that it needs.
    pub fn calls(&self) -> Vec<&'static str> {
        match self {
            Self::Create { .. } => vec!["lambda:CreateFunction", "iam:PassRole", "lambda:TagResource"],
            Self::UpdateCode { .. } => vec!["lambda:UpdateFunctionCode"],
            Self::UpdateConfiguration { .. } => vec!["lambda:UpdateFunctionConfiguration", "iam:PassRole"],
            Self::Tag { .. } => vec!["lambda:TagResource"],
            Self::Untag { .. } => vec!["lambda:UntagResource"],
            Self::Delete { .. } => vec!["lambda:DeleteFunction"],
        }
    }
}
