use std::fmt::{self, Display};

use serde::{Serialize, Serializer};

/// A service, by the name that requests to it are signed with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// IAM.
    Iam,
    /// STS.
    Sts,
    /// Step Functions.
    States,
    /// Lambda.
    Lambda,
    /// Glue.
    Glue,
    /// `CloudWatch` Logs.
    Logs,
    /// S3.
    S3,
    /// The Resource Groups Tagging API.
    Tagging,
    /// One that the proxy passes through without a word.
    Other(String),
}

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A form with `Action` in it; XML back.
    Query,
    /// `X-Amz-Target` names the operation; JSON both ways.
    Json {
        /// `1.0` or `1.1`.
        version: &'static str,
        /// What stands before the dot in `X-Amz-Target`.
        target: &'static str,
    },
    /// Method and path name the operation; JSON both ways.
    RestJson,
    /// Method, path and query name the operation; XML.
    RestXml,
}

impl Service {
    /// The service that signs as `name`.
    pub fn from_signing_name(name: &str) -> Self {
        match name {
            "iam" => Self::Iam,
            "sts" => Self::Sts,
            "states" => Self::States,
            "lambda" => Self::Lambda,
            "glue" => Self::Glue,
            "logs" => Self::Logs,
            "s3" => Self::S3,
            "tagging" => Self::Tagging,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The service whose operations stand behind `target` in `X-Amz-Target`.
    pub(super) fn from_target(target: &str) -> Option<Self> {
        [Self::States, Self::Glue, Self::Logs, Self::Tagging]
            .into_iter()
            .find(|service| matches!(service.protocol(), Protocol::Json { target: own, .. } if own == target))
    }

    /// The signing name.
    pub fn name(&self) -> &str {
        match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::States => "states",
            Self::Lambda => "lambda",
            Self::Glue => "glue",
            Self::Logs => "logs",
            Self::S3 => "s3",
            Self::Tagging => "tagging",
            Self::Other(name) => name,
        }
    }

    /// How it speaks; an unknown one is taken for JSON 1.1, the most common.
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Iam | Self::Sts => Protocol::Query,
            Self::States => Protocol::Json { version: "1.0", target: "AWSStepFunctions" },
            Self::Glue => Protocol::Json { version: "1.1", target: "AWSGlue" },
            Self::Logs => Protocol::Json { version: "1.1", target: "Logs_20140328" },
            Self::Tagging => Protocol::Json { version: "1.1", target: "ResourceGroupsTaggingAPI_20170126" },
            Self::Lambda => Protocol::RestJson,
            Self::S3 => Protocol::RestXml,
            Self::Other(_) => Protocol::Json { version: "1.1", target: "" },
        }
    }
}

impl Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Service {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
