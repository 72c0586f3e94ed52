//! Calls on a job and on its script.

use std::sync::Arc;

use statewright_spec::{Arn, Tags, kind::job::Job};

/// The tag of a job whose script we uploaded: `bucket/key` of the object, which has to go when the job moves or goes.
pub const MARK_SCRIPT: &str = "statewright:script";

/// One call on a job or on its script.
#[derive(Clone, PartialEq)]
pub enum JobOperation {
    /// `PutObject` with the owner's tag and the SHA-256 as metadata.
    UploadScript {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
        /// The script.
        body: Arc<[u8]>,
        /// Hexadecimal.
        sha256: String,
        /// The owner's tag.
        tags: Tags,
        /// Nothing may be there: sent with `If-None-Match: *`, so that another's object is never overwritten.
        new: bool,
    },
    /// `DeleteObject`.
    DeleteScript {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
    /// `PutObjectTagging` or `DeleteObjectTagging`: our tag is taken off, and what others set stays.
    ReleaseScript {
        /// The bucket.
        bucket: String,
        /// The key.
        key: String,
    },
    /// `CreateJob`.
    Create {
        /// The name.
        name: String,
        /// All of it.
        job: Box<Job>,
        /// The spec's tags and ours.
        tags: Tags,
    },
    /// `UpdateJob`: it overwrites the lot, so all is sent.
    Update {
        /// The name.
        name: String,
        /// All of it.
        job: Box<Job>,
    },
    /// `TagResource`.
    Tag {
        /// The job.
        arn: Arn,
        /// What is set.
        tags: Tags,
    },
    /// `UntagResource`.
    Untag {
        /// The job.
        arn: Arn,
        /// Which.
        keys: Vec<String>,
    },
    /// `DeleteJob`; it succeeds where there is none.
    Delete {
        /// The name.
        name: String,
    },
}

impl JobOperation {
    /// The IAM actions that it needs.
    pub fn calls(&self) -> Vec<&'static str> {
        match self {
            Self::UploadScript { .. } => vec!["s3:PutObject", "s3:PutObjectTagging"],
            Self::DeleteScript { .. } => vec!["s3:DeleteObject"],
            Self::ReleaseScript { .. } => {
                vec!["s3:PutObjectTagging", "s3:GetObjectTagging", "s3:DeleteObjectTagging"]
            }
            Self::Create { .. } => vec!["glue:CreateJob", "iam:PassRole", "glue:TagResource"],
            Self::Update { .. } => vec!["glue:UpdateJob", "iam:PassRole"],
            Self::Tag { .. } => vec!["glue:TagResource"],
            Self::Untag { .. } => vec!["glue:UntagResource"],
            Self::Delete { .. } => vec!["glue:DeleteJob"],
        }
    }
}

impl std::fmt::Debug for JobOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UploadScript { bucket, key, sha256, .. } => write!(f, "UploadScript(s3://{bucket}/{key}, {sha256})"),
            Self::DeleteScript { bucket, key } => write!(f, "DeleteScript(s3://{bucket}/{key})"),
            Self::ReleaseScript { bucket, key } => write!(f, "ReleaseScript(s3://{bucket}/{key})"),
            Self::Create { name, job, tags } => f.debug_tuple("Create").field(name).field(job).field(tags).finish(),
            Self::Update { name, job } => f.debug_tuple("Update").field(name).field(job).finish(),
            Self::Tag { arn, tags } => f.debug_tuple("Tag").field(arn).field(tags).finish(),
            Self::Untag { arn, keys } => f.debug_tuple("Untag").field(arn).field(keys).finish(),
            Self::Delete { name } => f.debug_tuple("Delete").field(name).finish(),
        }
    }
}
