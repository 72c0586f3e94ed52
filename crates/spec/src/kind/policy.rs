//! `policies:` — customer-managed IAM policies.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use statewright_iam::Kind;

use super::{
    Replace, common,
    document::{POLICY_NAME, Quota, description, latin1, path, read, size},
    limit::ascii_or,
};
use crate::{Tags, context::Context, custody::AdoptDoc, document::DocumentDoc};

#[cfg(test)]
mod tests;

/// A customer-managed policy, as its default version stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The document.
    pub document: Value,
    /// `/` or `/team/`. Cannot change: a replace.
    pub path: String,
    /// Empty where there is none. Cannot change: a replace.
    pub description: String,
    /// Without ours.
    pub tags: Tags,
}

/// A customer-managed IAM policy. Its key is its name: at most 128 letters, digits and `_+=,.@-`; IAM tells names apart
/// neither by case nor by path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Policy")]
pub(crate) struct PolicyDoc {
    /// The policy document, at most 6,144 characters without white space: `Version` and `Statement`, or
    /// `{ file: PATH }`.
    #[allow(dead_code, reason = "read through the tree, which knows places")]
    #[schemars(required)]
    pub(crate) document: Option<DocumentDoc>,
    /// The path, such as `/team/`. Default: `/`. AWS cannot change it: a change needs `replace: allowed`.
    #[schemars(length(min = 1, max = 512), example = "/team/")]
    pub(crate) path: Option<String>,
    /// What the policy is for, at most 1,000 characters of Latin-1. AWS cannot change it: a change needs
    /// `replace: allowed`.
    #[schemars(length(max = 1000))]
    pub(crate) description: Option<String>,
    /// Tags of this policy, beside those of the whole spec. At most 50.
    #[serde(default)]
    pub(crate) tags: Tags,
    /// Codes of findings that are not to be shown, such as `SPEC076`.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// `allowed`: a change that AWS cannot make in place (path, description) deletes the policy and makes it anew.
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

common!(PolicyDoc);

/// What the policy shall be in AWS.
pub(crate) fn resolve(name: &str, doc: &PolicyDoc, ctx: &mut Context<'_>) -> Option<Policy> {
    POLICY_NAME.check_name(ctx, name);
    let path =
        path(ctx, doc.path.as_deref(), "letters, digits and `.,+@=_-` between slashes", |c| ascii_or(c, "/.,+@=_-"));
    let description = description(ctx, doc.description.as_deref(), latin1);
    let tags = ctx.tags(&doc.tags);
    let document = read(ctx, "document", Kind::Identity)?;
    let place = ctx.key_span("/document");
    let size = size(ctx, &document);
    Quota::MANAGED.check(ctx, place, size);
    Some(Policy { document, path, description, tags })
}
