//! `functions:` — Lambda functions.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{Arn, Secret, Tags};

mod doc;
mod resolve;
mod runtime;

#[cfg(test)]
mod tests;

pub(crate) use doc::FunctionDoc;
pub(crate) use resolve::resolve;

/// A function, as `$LATEST` stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// `python3.12`.
    pub runtime: String,
    /// `app.handler`.
    pub handler: String,
    /// The role that it assumes.
    pub role: Arn,
    /// Its code.
    pub code: Code,
    /// Megabytes; 128 where nothing is said.
    pub memory: u32,
    /// Seconds; 3 where nothing is said.
    pub timeout: u32,
    /// Empty where there is none.
    pub description: String,
    /// Environment variables. Live values are always redacted.
    pub environment: BTreeMap<String, Secret>,
    /// The key that encrypts the environment.
    pub kms_key: Option<Arn>,
    /// Layer versions, in order: the order counts.
    pub layers: Vec<Arn>,
    /// `x86_64` or `arm64`; one.
    pub architecture: String,
    /// Megabytes of `/tmp`; 512 where nothing is said.
    pub ephemeral_storage: u32,
    /// `Active` (true) or `PassThrough`.
    pub tracing: bool,
    /// A queue's or topic's ARN.
    pub dead_letter: Option<Arn>,
    /// Where it runs in a VPC.
    pub vpc: Option<Vpc>,
    /// File systems, by ARN, and where they are mounted.
    pub file_systems: BTreeMap<Arn, String>,
    /// How it logs.
    pub logging: FunctionLogging,
    /// SnapStart on published versions.
    pub snap_start: bool,
    /// Without ours.
    pub tags: Tags,
}

/// A function's code: what is wanted, or what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A deterministic archive of a file or a directory.
    Archive(Archive),
    /// An archive in S3.
    Object(ObjectCode),
    /// What is live: the base64 SHA-256 that Lambda gives, and what our tag `statewright:code` says it was made of.
    Deployed {
        /// `CodeSha256`.
        sha256: String,
        /// The tag's value, where there is one.
        source: Option<String>,
    },
}

/// A zip archive in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct Archive {
    /// Base64 of its SHA-256: what Lambda calls `CodeSha256`.
    pub sha256: String,
    /// The archive.
    pub bytes: Arc<[u8]>,
}

/// An archive in S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectCode {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// A version's id.
    pub version: Option<String>,
}

/// A function's place in a VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpc {
    /// Subnets.
    pub subnets: BTreeSet<String>,
    /// Security groups.
    pub security_groups: BTreeSet<String>,
    /// Outbound IPv6 in dual-stack subnets.
    pub ipv6: bool,
}

/// How a function logs. The default is text into `/aws/lambda/NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionLogging {
    /// `Text` or `JSON`.
    pub format: String,
    /// The group's name.
    pub log_group: String,
    /// `TRACE` … `FATAL`, with JSON only.
    pub application_level: Option<String>,
    /// `DEBUG`, `INFO`, `WARN`, with JSON only.
    pub system_level: Option<String>,
}

impl Function {
    /// Megabytes, where nothing is said.
    pub const DEFAULT_MEMORY: u32 = 128;
    /// Seconds, where nothing is said.
    pub const DEFAULT_TIMEOUT: u32 = 3;
    /// Megabytes of `/tmp`, where nothing is said.
    pub const DEFAULT_EPHEMERAL_STORAGE: u32 = 512;
    /// Where nothing is said.
    pub const DEFAULT_ARCHITECTURE: &'static str = "x86_64";
}

impl FunctionLogging {
    /// Where nothing is said: text into `/aws/lambda/NAME`.
    pub fn of_function(name: &str) -> Self {
        Self {
            format: "Text".to_owned(),
            log_group: format!("/aws/lambda/{name}"),
            application_level: None,
            system_level: None,
        }
    }

    /// Fills in the levels that Lambda gives to a function that logs JSON and names none; text has none.
    #[must_use]
    pub fn with_defaults(mut self) -> Self {
        if self.format == "JSON" {
            self.application_level.get_or_insert_with(|| "INFO".to_owned());
            self.system_level.get_or_insert_with(|| "INFO".to_owned());
        } else {
            self.application_level = None;
            self.system_level = None;
        }
        self
    }
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Archive({}, {} bytes)", self.sha256, self.bytes.len())
    }
}
