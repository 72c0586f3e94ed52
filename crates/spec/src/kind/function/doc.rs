//! What the spec may say of a function.

use std::{collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::{
    Tags,
    custody::AdoptDoc,
    kind::{Replace, common},
};

/// A Lambda function. Its key is its name: at most 64 letters, digits, `-` and `_`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Function")]
#[allow(clippy::struct_excessive_bools, reason = "switches of the language, read once")]
pub(crate) struct FunctionDoc {
    /// The runtime, such as `python3.12`, `nodejs22.x`, `java21`, `provided.al2023`.
    #[schemars(length(min = 1), example = "python3.13", example = "nodejs22.x")]
    #[schemars(required)]
    pub(crate) runtime: Option<String>,
    /// What Lambda calls: for Python `MODULE.FUNCTION`, for Node.js `FILE.FUNCTION`, for Java `PACKAGE.CLASS::METHOD`. At
    /// most 128 characters without white space.
    #[schemars(length(min = 1, max = 128), example = "app.handler")]
    #[schemars(required)]
    pub(crate) handler: Option<String>,
    /// The code: a file or a directory, relative to the spec, or an archive in S3.
    #[schemars(required)]
    pub(crate) code: Option<CodeDoc>,
    /// The role that the function assumes: a name under `roles`, or an ARN. It must trust `lambda.amazonaws.com`.
    #[schemars(required)]
    pub(crate) role: Option<String>,
    /// Memory in MB, and with it CPU: 128 to 10,240. Default: 128.
    #[schemars(range(min = 128, max = 10240))]
    pub(crate) memory: Option<u32>,
    /// How long a call may take, in seconds: 1 to 900. Default: 3.
    #[schemars(range(min = 1, max = 900))]
    pub(crate) timeout: Option<u32>,
    /// What the function does, at most 256 characters.
    #[schemars(length(max = 256))]
    pub(crate) description: Option<String>,
    /// Environment variables, at most 4 KB together. Names are letters, digits and `_`, at least two, a letter first.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// The ARN of the KMS key that encrypts the environment. Default: a key of AWS's.
    pub(crate) kms_key: Option<String>,
    /// ARNs of layer versions, at most 5. The order counts: later ones overlay earlier ones.
    #[serde(default)]
    #[schemars(length(max = 5))]
    pub(crate) layers: Vec<String>,
    /// `x86_64` (default) or `arm64`.
    pub(crate) architecture: Option<Architecture>,
    /// The size of `/tmp` in MB: 512 to 10,240. Default: 512.
    #[schemars(range(min = 512, max = 10240))]
    pub(crate) ephemeral_storage: Option<u32>,
    /// Whether Lambda samples requests with X-Ray by itself. Default: false (only where the caller does).
    #[serde(default)]
    pub(crate) tracing: bool,
    /// The ARN of the SQS queue or SNS topic that gets the events of asynchronous calls which failed.
    pub(crate) dead_letter: Option<String>,
    /// Where the function runs in a VPC. Default: in none.
    pub(crate) vpc: Option<VpcDoc>,
    /// The file system that is mounted, at most one. Needs `vpc`.
    #[serde(default)]
    #[schemars(length(max = 1))]
    pub(crate) file_systems: Vec<FileSystemDoc>,
    /// How and where the function logs. Default: text, into `/aws/lambda/NAME`.
    pub(crate) logging: Option<FunctionLoggingDoc>,
    /// Whether published versions start from a snapshot (Java 11, Python 3.12, .NET 8 and newer). Default: false.
    #[serde(default)]
    pub(crate) snap_start: bool,
    /// Tags of this function, beside those of the whole spec. At most 50.
    #[serde(default)]
    pub(crate) tags: Tags,
    /// Codes of findings that are not to be shown, such as `SPEC079`.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// `allowed`: a change that AWS cannot make in place deletes the function and makes it anew. None of its keys needs it.
    pub(crate) replace: Option<Replace>,
    /// `true`: one that exists and has no owner is taken over. `{ from: OWNER }`: one of that stack is. Else what is not
    /// of this stack stops the plan. Once it is of this stack the key does nothing.
    #[serde(default)]
    pub(crate) adopt: AdoptDoc,
    /// Whether it may be neither deleted nor replaced, also by `destroy` and also when it has left the spec. To delete it
    /// takes two applies: one that sets `protect: false`, one that deletes.
    #[serde(default)]
    pub(crate) protect: bool,
    /// Whether it stays in AWS, as nobody's, when it leaves the spec or the stack is destroyed.
    #[serde(default)]
    pub(crate) retain: bool,
    /// The name that it had before: the plan shows the new and the old one as a pair.
    #[schemars(length(min = 1))]
    pub(crate) was: Option<String>,
    /// Tags of this resource that are somebody else's, as keys or as prefixes with `*`, beside those of the whole spec.
    #[serde(default)]
    pub(crate) ignore_tags: Vec<String>,
}

common!(FunctionDoc);

/// `code:`.
#[derive(Debug, Clone)]
pub(crate) enum CodeDoc {
    /// A file or a directory.
    Path(String),
    /// An archive in S3.
    Object(ObjectDoc),
}

/// An archive in S3.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CodeObject")]
pub(crate) struct ObjectDoc {
    /// The bucket, in the function's region.
    #[schemars(length(min = 3, max = 63))]
    #[schemars(required)]
    pub(crate) bucket: Option<String>,
    /// The key of the zip archive.
    #[schemars(length(min = 1, max = 1024))]
    #[schemars(required)]
    pub(crate) key: Option<String>,
    /// The object's version, where the bucket has versions. Without one a new upload under the same key changes nothing.
    #[schemars(length(min = 1, max = 1024))]
    pub(crate) version: Option<String>,
}

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub(crate) enum Architecture {
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86,
    /// Graviton.
    #[serde(rename = "arm64")]
    Arm,
}

/// A function's place in a VPC.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FunctionVpc")]
pub(crate) struct VpcDoc {
    /// Ids of subnets (`subnet-…`), 1 to 16; two zones are wise.
    #[schemars(length(min = 1, max = 16))]
    #[schemars(required)]
    pub(crate) subnets: Option<Vec<String>>,
    /// Ids of security groups (`sg-…`), 1 to 5.
    #[schemars(length(min = 1, max = 5))]
    #[schemars(required)]
    pub(crate) security_groups: Option<Vec<String>>,
    /// Whether it may call out over IPv6 in dual-stack subnets. Default: false.
    #[serde(default)]
    pub(crate) ipv6: bool,
}

/// A file system.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FunctionFileSystem")]
pub(crate) struct FileSystemDoc {
    /// The ARN of an access point of EFS or of S3 Files.
    #[schemars(required)]
    pub(crate) access_point: Option<String>,
    /// Where it is mounted: `/mnt/NAME`, at most 160 characters.
    #[schemars(length(min = 6, max = 160), example = "/mnt/data")]
    #[schemars(required)]
    pub(crate) mount: Option<String>,
}

/// How a function logs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FunctionLogging")]
pub(crate) struct FunctionLoggingDoc {
    /// `Text` (default) or `JSON`.
    pub(crate) format: Option<LogFormat>,
    /// The name of the log group. Default: `/aws/lambda/NAME`.
    #[schemars(length(min = 1, max = 512))]
    pub(crate) log_group: Option<String>,
    /// The least level of the function's own logs, with `JSON` only. Default: `INFO`.
    pub(crate) application_level: Option<ApplicationLevel>,
    /// The least level of Lambda's logs, with `JSON` only. Default: `INFO`.
    pub(crate) system_level: Option<SystemLevel>,
}

/// The form of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub(crate) enum LogFormat {
    /// Plain text.
    Text,
    /// Structured.
    #[serde(rename = "JSON")]
    Json,
}

/// The levels of a function's own logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub(crate) enum ApplicationLevel {
    /// Everything.
    Trace,
    /// What helps to find faults.
    Debug,
    /// What happens as it should.
    Info,
    /// What may become a fault.
    Warn,
    /// Faults.
    Error,
    /// Faults that end the function.
    Fatal,
}

/// The levels of Lambda's logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub(crate) enum SystemLevel {
    /// Everything, extensions included.
    Debug,
    /// Start, end and report of each call.
    Info,
    /// What may become a fault.
    Warn,
}

impl<'de> Deserialize<'de> for CodeDoc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct InS3 {
            s3: Option<ObjectDoc>,
        }
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = CodeDoc;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path, or `{ s3: { bucket: …, key: … } }`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<CodeDoc, E> {
                Ok(CodeDoc::Path(text.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<CodeDoc, A::Error> {
                let InS3 { s3 } = Deserialize::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(CodeDoc::Object(s3.unwrap_or_default()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for CodeDoc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let object = generator.subschema_for::<ObjectDoc>();
        json_schema!({
            "description": "The code: a file or a directory, relative to the spec, or an archive in S3.",
            "anyOf": [
                {
                    "title": "A file or a directory",
                    "description": "Packed into an archive; `__pycache__`, `*.pyc`, `.git` and `.DS_Store` are left out. A zip archive or a jar is taken as it is.",
                    "type": "string",
                    "minLength": 1,
                },
                {
                    "title": "In S3",
                    "type": "object",
                    "required": ["s3"],
                    "additionalProperties": false,
                    "properties": { "s3": object },
                },
            ],
        })
    }
}

impl Architecture {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

impl LogFormat {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Json => "JSON",
        }
    }
}

impl ApplicationLevel {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

impl SystemLevel {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
        }
    }
}
