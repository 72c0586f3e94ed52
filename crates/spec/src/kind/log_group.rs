//! `log_groups:` — CloudWatch Logs groups.

use crate::{Arn, Tags};

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGroup {
    /// `None` keeps events for ever.
    pub retention_days: Option<u32>,
    /// The key that encrypts it.
    pub kms_key: Option<Arn>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`. Cannot change: a replace.
    pub class: String,
    /// AWS itself refuses to delete the group.
    pub deletion_protection: bool,
    /// Without ours.
    pub tags: Tags,
}
