//! What a spec says before its resources: version, stack, guards, variables, environments, tags.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Everything of a spec that is not a resource.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Spec")]
#[allow(dead_code, reason = "the schema's shape; values are read from the tree, which knows places")]
pub(crate) struct HeadDoc {
    /// The version of the spec language.
    pub(crate) statewright: u32,
    /// The stack's name: with the environment and the region it says whose a resource is.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_.-]+$"), length(min = 1, max = 128), example = "nightly-etl")]
    pub(crate) stack: String,
    /// Guards: nothing is shown or written in another account or region.
    #[serde(default)]
    pub(crate) aws: AwsDoc,
    /// What is given from outside, by name. Used as `${var.NAME}`.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$" }))]
    pub(crate) variables: BTreeMap<String, VariableDoc>,
    /// Other values for `aws` and the variables, by name; one is chosen with `--env NAME`.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "pattern": "^[A-Za-z0-9_.-]+$" }))]
    pub(crate) environments: BTreeMap<String, EnvironmentDoc>,
    /// `no-broadening`: `apply --yes` refuses a plan by which a role or a policy allows more than before, unless
    /// `--allow-broadening` is given too.
    pub(crate) guard: Option<GuardDoc>,
    /// Tags of every resource; a resource's own win.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    /// Tags that are somebody else's on every resource, as keys or as prefixes with `*`: neither set, changed, taken away nor
    /// shown. Those of `aws:*` are ignored without being named.
    #[serde(default)]
    pub(crate) ignore_tags: Vec<String>,
}

/// What is not to happen unasked.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[schemars(rename = "Guard")]
pub(crate) enum GuardDoc {
    /// That permissions broaden.
    #[serde(rename = "no-broadening")]
    NoBroadening,
}

/// Where the stack lives.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Aws")]
#[allow(dead_code, reason = "read through the tree, which knows places")]
pub(crate) struct AwsDoc {
    /// The region: work in any other is refused.
    #[schemars(regex(pattern = r"^[a-z]{2,4}(-[a-z]+)+-[0-9]+$"), example = "us-east-1")]
    pub(crate) region: Option<String>,
    /// The account's twelve digits, in quotes: work in any other is refused.
    #[schemars(regex(pattern = r"^[0-9]{12}$"), example = "123456789012")]
    pub(crate) account: Option<String>,
    /// The ARN of a role to assume before anything is read or written.
    #[schemars(regex(pattern = r"^arn:[^:]+:iam::[0-9]{12}:role/.+$"))]
    pub(crate) assume_role: Option<String>,
}

/// A variable.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Variable")]
pub(crate) struct VariableDoc {
    /// Its value where none is given. Without one it must be given.
    #[allow(dead_code, reason = "read through the tree, which knows how it was written")]
    pub(crate) default: Option<Scalar>,
    /// The values that it may have.
    #[schemars(length(min = 1))]
    #[allow(dead_code, reason = "read through the tree, which knows how it was written")]
    pub(crate) allowed: Option<Vec<Scalar>>,
    /// A regular expression that its value must match; `^` and `$` are not implied.
    pub(crate) pattern: Option<String>,
    /// Whether it is a secret: never shown, never hashed, and never a part of a key, a name, an ARN or a path.
    #[serde(default)]
    pub(crate) sensitive: bool,
    /// What it is for.
    #[allow(dead_code, reason = "for the reader of the spec")]
    pub(crate) description: Option<String>,
}

/// What is different in one environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Environment")]
pub(crate) struct EnvironmentDoc {
    /// In place of the spec's own, key by key.
    #[serde(default)]
    #[allow(dead_code, reason = "read through the tree, which knows places")]
    pub(crate) aws: AwsDoc,
    /// Values of variables.
    #[serde(default)]
    #[allow(dead_code, reason = "read through the tree, which knows how they were written")]
    pub(crate) variables: BTreeMap<String, Scalar>,
}

/// A plain value, taken as the text that stands there.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Scalar(#[allow(dead_code, reason = "read through the tree")] serde_json::Value);

impl JsonSchema for Scalar {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scalar".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number", "boolean"] })
    }
}
