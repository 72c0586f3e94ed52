//! What the spec may say of a job.

use std::{collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::{
    Tags,
    custody::AdoptDoc,
    kind::{Replace, common},
};

/// A Glue job. Its key is its name: at most 255 characters of one line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Job")]
pub(crate) struct JobDoc {
    /// What runs the script: `glueetl` (Spark, the default), `gluestreaming` (Spark streaming), `pythonshell`, or `glueray`.
    pub(crate) command: Option<Command>,
    /// The script: `s3://BUCKET/KEY`, or `{ file: PATH, to: s3://BUCKET/KEY }` to upload a file of the repository.
    #[schemars(required)]
    pub(crate) script: Option<ScriptDoc>,
    /// The role that the job assumes: a name under `roles`, or an ARN. It must trust `glue.amazonaws.com`.
    #[schemars(required)]
    pub(crate) role: Option<String>,
    /// Glue's version, in quotes: `"5.1"`, `"5.0"`, `"4.0"`. Needed but for `pythonshell`.
    #[schemars(length(min = 1, max = 255), example = "5.0")]
    pub(crate) glue_version: Option<String>,
    /// Python's version, in quotes. Default: `"3"`; for `pythonshell` and `glueray` `"3.9"`.
    #[schemars(example = "3", example = "3.9")]
    pub(crate) python_version: Option<String>,
    /// The runtime of `glueray`. Default: `Ray2.4`.
    #[schemars(length(min = 1, max = 64))]
    pub(crate) runtime: Option<String>,
    /// The sort of worker: `G.1X`, `G.2X`, `G.4X`, `G.8X`, `G.12X`, `G.16X`, `R.1X`, `R.2X`, `R.4X`, `R.8X`, `G.025X` (streaming),
    /// `Z.2X` (Ray), `Standard` (Glue 1.0 and older). Default: `G.1X`, for `glueray` `Z.2X`.
    #[schemars(length(min = 1), example = "G.1X")]
    pub(crate) worker_type: Option<String>,
    /// How many workers. Default: 10 for Spark. `glueray` needs a number.
    #[schemars(range(min = 1))]
    pub(crate) workers: Option<u32>,
    /// Data processing units where there are no workers: 0.0625 (default) or 1 for `pythonshell`; 2 to 100 for Glue 1.0 and
    /// older (default: 10).
    pub(crate) max_capacity: Option<f64>,
    /// How long a run may take, in minutes: 1 to 10,080. Default: 480 from Glue 5.0, 2,880 before; for `gluestreaming` none.
    #[schemars(range(min = 1, max = 10080))]
    pub(crate) timeout: Option<u32>,
    /// How often a run that failed is tried again: 0 to 10. Default: 0.
    #[schemars(range(max = 10))]
    pub(crate) max_retries: Option<u32>,
    /// How many runs may go on at the same time. Default: 1. More is bounded by a quota of the account.
    #[schemars(range(min = 1))]
    pub(crate) max_concurrent_runs: Option<u32>,
    /// Whether runs wait in a queue instead of failing at a quota. Default: false.
    #[serde(default)]
    pub(crate) run_queuing: bool,
    /// Arguments of every run, by name with its dashes: `--day: today`. A run may change them. Do not keep secrets here: Glue
    /// may log them.
    #[serde(default)]
    pub(crate) arguments: BTreeMap<String, String>,
    /// Arguments that a run cannot change.
    #[serde(default)]
    pub(crate) fixed_arguments: BTreeMap<String, String>,
    /// Names of Glue connections, in order.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub(crate) connections: Vec<String>,
    /// `STANDARD` (default) or `FLEX` (cheaper, starts when there is room; `glueetl` from Glue 3.0).
    pub(crate) execution_class: Option<ExecutionClass>,
    /// The name of a Glue security configuration.
    #[schemars(length(min = 1, max = 255))]
    pub(crate) security_configuration: Option<String>,
    /// After how many minutes of a run Glue sends a notification of delay.
    #[schemars(range(min = 1))]
    pub(crate) notify_delay_after: Option<u32>,
    /// When a streaming job may be restarted: day and hour in GMT, such as `Sun:10`.
    #[schemars(regex(pattern = r"^(Sun|Mon|Tue|Wed|Thu|Fri|Sat):([01]?[0-9]|2[0-3])$"), example = "Sun:10")]
    pub(crate) maintenance_window: Option<String>,
    /// Where Spark's logs go. Reserved by Glue for future use.
    #[schemars(length(min = 1))]
    pub(crate) log_uri: Option<String>,
    /// How the console edits the job: `SCRIPT` (default), `VISUAL` or `NOTEBOOK`.
    pub(crate) job_mode: Option<JobMode>,
    /// The repository that Glue Studio keeps in step with the job.
    pub(crate) source_control: Option<SourceControlDoc>,
    /// What the job does, at most 2,048 characters.
    #[schemars(length(max = 2048))]
    pub(crate) description: Option<String>,
    /// Tags of this job, beside those of the whole spec. At most 50.
    #[serde(default)]
    pub(crate) tags: Tags,
    /// Codes of findings that are not to be shown, such as `SPEC081`.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// `allowed`: a change that AWS cannot make in place deletes the job and makes it anew. None of its keys needs it.
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

common!(JobDoc);

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum Command {
    /// Spark.
    GlueEtl,
    /// Spark streaming.
    GlueStreaming,
    /// Python without Spark.
    PythonShell,
    /// Ray.
    GlueRay,
}

/// `script:`.
#[derive(Debug, Clone)]
pub(crate) enum ScriptDoc {
    /// `s3://bucket/key`, kept by somebody else.
    Object(String),
    /// A file of the repository, uploaded.
    Upload(UploadDoc),
}

/// A script that is uploaded.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ScriptUpload")]
pub(crate) struct UploadDoc {
    /// The script, relative to the spec.
    #[schemars(length(min = 1))]
    #[schemars(required)]
    pub(crate) file: Option<String>,
    /// Where it is uploaded: `s3://BUCKET/KEY`. At most 256 characters behind `s3://`: letters, digits, spaces and `+-=._:/@`.
    #[schemars(length(min = 1), example = "s3://my-bucket/jobs/transform.py")]
    #[schemars(required)]
    pub(crate) to: Option<String>,
}

/// An execution class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub(crate) enum ExecutionClass {
    /// Starts at once.
    Standard,
    /// Starts when there is room.
    Flex,
}

/// How a job was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub(crate) enum JobMode {
    /// The script editor.
    Script,
    /// The visual editor.
    Visual,
    /// A notebook.
    Notebook,
}

/// A repository.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SourceControl")]
pub(crate) struct SourceControlDoc {
    /// `GITHUB`, `GITLAB`, `BITBUCKET` or `AWS_CODE_COMMIT`.
    pub(crate) provider: Option<Provider>,
    /// The repository's name.
    #[schemars(length(min = 1, max = 512))]
    pub(crate) repository: Option<String>,
    /// Its owner.
    #[schemars(length(min = 1, max = 512))]
    pub(crate) owner: Option<String>,
    /// The branch.
    #[schemars(length(min = 1, max = 512))]
    pub(crate) branch: Option<String>,
    /// The folder.
    #[schemars(length(min = 1, max = 512))]
    pub(crate) folder: Option<String>,
    /// The last commit that Glue took.
    #[schemars(length(min = 1, max = 512))]
    pub(crate) last_commit_id: Option<String>,
    /// `PERSONAL_ACCESS_TOKEN` or `AWS_SECRETS_MANAGER`.
    pub(crate) auth_strategy: Option<AuthStrategy>,
    /// A token, from a sensitive variable; or the ARN of a secret.
    #[schemars(length(min = 1, max = 512))]
    pub(crate) auth_token: Option<String>,
}

/// Where a repository is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub(crate) enum Provider {
    /// GitHub.
    #[serde(rename = "GITHUB")]
    GitHub,
    /// GitLab.
    #[serde(rename = "GITLAB")]
    GitLab,
    /// Bitbucket.
    #[serde(rename = "BITBUCKET")]
    Bitbucket,
    /// AWS `CodeCommit`.
    #[serde(rename = "AWS_CODE_COMMIT")]
    CodeCommit,
}

/// What `auth_token` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub(crate) enum AuthStrategy {
    /// A token.
    PersonalAccessToken,
    /// A secret's ARN.
    AwsSecretsManager,
}

impl<'de> Deserialize<'de> for ScriptDoc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = ScriptDoc;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`s3://BUCKET/KEY`, or `{ file: PATH, to: s3://BUCKET/KEY }`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ScriptDoc, E> {
                Ok(ScriptDoc::Object(text.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<ScriptDoc, A::Error> {
                Deserialize::deserialize(de::value::MapAccessDeserializer::new(map)).map(ScriptDoc::Upload)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for ScriptDoc {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Script".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let upload = generator.subschema_for::<UploadDoc>();
        json_schema!({
            "description": "The script: `s3://BUCKET/KEY`, or a file of the repository and where it is uploaded.",
            "anyOf": [
                {
                    "title": "In S3",
                    "description": "`s3://BUCKET/KEY` of a script that somebody else keeps there.",
                    "type": "string",
                    "minLength": 1,
                },
                upload,
            ],
        })
    }
}

impl Command {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::GlueEtl => "glueetl",
            Self::GlueStreaming => "gluestreaming",
            Self::PythonShell => "pythonshell",
            Self::GlueRay => "glueray",
        }
    }
}

impl JobMode {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Script => "SCRIPT",
            Self::Visual => "VISUAL",
            Self::Notebook => "NOTEBOOK",
        }
    }
}

impl ExecutionClass {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Flex => "FLEX",
        }
    }
}

impl Provider {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "GITHUB",
            Self::GitLab => "GITLAB",
            Self::Bitbucket => "BITBUCKET",
            Self::CodeCommit => "AWS_CODE_COMMIT",
        }
    }
}

impl AuthStrategy {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "PERSONAL_ACCESS_TOKEN",
            Self::AwsSecretsManager => "AWS_SECRETS_MANAGER",
        }
    }
}
