//! Calls on a job and on its script.

use std::sync::Arc;

use statewright_spec::{Arn, Owner, Tags, kind::job::Job};

use crate::{Question, ScriptObject};

/// The tag of a job whose script we upload: `bucket/key` of the object, which has to go when the job moves or goes. It is there
/// before the object is.
pub const MARK_SCRIPT: &str = "statewright:script";

/// The tag that names the former object of a script that is being moved, until that is gone. Where a move was cut short and the
/// script is to be at a third place there are several: a dot and a number follow.
pub const MARK_FORMER: &str = "statewright:former-script";

/// What an upload finds at its place by the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Nothing: sent with `If-None-Match: *`, so that another's object is never overwritten.
    Nothing,
    /// An object with this owner's tag, if any: ours, or one that is taken over with its job. It is looked at just before.
    Object {
        /// The owner's tag.
        owner: Option<Owner>,
    },
}

/// An object that a call would overwrite, delete or release, and whose it must be then. S3 has no condition for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded {
    /// Whose it is.
    pub question: Question,
    /// `s3://bucket/key`.
    pub place: String,
    may_be: [Option<Owner>; 2],
}

impl Guarded {
    /// Why the call may not be made, in words; `None` where it may. Nothing there is nobody's.
    pub fn departure(&self, now: &ScriptObject) -> Option<String> {
        match now {
            ScriptObject::Present { owner } if !self.may_be.contains(owner) => Some(match owner {
                Some(owner) => format!("{} belongs to {owner} now", self.place),
                None => format!("{} has no owner any more", self.place),
            }),
            ScriptObject::Present { .. }
            | ScriptObject::Absent
            | ScriptObject::NotManaged
            | ScriptObject::Unreadable(_) => None,
        }
    }
}

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
        /// What it finds there.
        over: Over,
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
    /// The object that has to be looked at before the call, where `ours` makes it.
    pub fn guarded(&self, ours: &Owner) -> Option<Guarded> {
        let (bucket, key, may_be) = match self {
            // What another apply of this stack has taken over meanwhile is ours as well.
            Self::UploadScript { bucket, key, over: Over::Object { owner }, .. } => {
                (bucket, key, [owner.clone(), Some(ours.clone())])
            }
            Self::DeleteScript { bucket, key } => (bucket, key, [Some(ours.clone()), Some(ours.clone())]),
            // Released already, there is nothing to take off.
            Self::ReleaseScript { bucket, key } => (bucket, key, [Some(ours.clone()), None]),
            Self::UploadScript { over: Over::Nothing, .. }
            | Self::Create { .. }
            | Self::Update { .. }
            | Self::Tag { .. }
            | Self::Untag { .. }
            | Self::Delete { .. } => return None,
        };
        let question = Question::ScriptObject { bucket: bucket.clone(), key: key.clone() };
        Some(Guarded { question, place: format!("s3://{bucket}/{key}"), may_be })
    }

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
