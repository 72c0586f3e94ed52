//! Calls on a function.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use statewright_spec::{
    Arn, Tags,
    kind::function::{Code, Function, ObjectCode},
};

/// The tag of a function whose code comes from S3: `SOURCE:CODESHA256`, so that a changed source and code that somebody
/// else uploaded both show.
pub const MARK_CODE: &str = "statewright:code";

/// The tag of a function that shall be given its role anew, set before the role is made and taken off after: so that a
/// crash in between is found again.
pub const MARK_ROLE: &str = "statewright:role";

/// The first half of [`MARK_CODE`]: 32 hexadecimal digits of the SHA-256 of `bucket/key@version`.
pub fn source_mark(code: &ObjectCode) -> String {
    let ObjectCode { bucket, key, version } = code;
    let digest = Sha256::digest(format!("{bucket}/{key}@{}", version.as_deref().unwrap_or_default()));
    digest.iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

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
    /// `TagResource` of [`MARK_CODE`](crate::operation::function::MARK_CODE) with `SOURCE:CODESHA256`, the latter as Lambda
    /// gives it at that moment: only then is it known what an archive in S3 held.
    MarkCode {
        /// The name.
        name: String,
        /// The function.
        arn: Arn,
        /// See [`source_mark`].
        source: String,
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
            Self::MarkCode { .. } => vec!["lambda:TagResource", "lambda:GetFunctionConfiguration"],
            Self::Tag { .. } => vec!["lambda:TagResource"],
            Self::Untag { .. } => vec!["lambda:UntagResource"],
            Self::Delete { .. } => vec!["lambda:DeleteFunction"],
        }
    }
}
