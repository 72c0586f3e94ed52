//! `roles:` — IAM roles.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use statewright_iam::Kind;
use statewright_source::{Diagnostic, nearest, visible};

use super::{
    Replace, common,
    document::{POLICY_NAME, Quota, description, latin1, path, read, size},
    limit::{self, Text, ascii_or},
};
use crate::{
    Arn, Tags, codes,
    context::Context,
    custody::{AdoptDoc, AttachmentsDoc},
    document::DocumentDoc,
};

mod trust;

pub(crate) use trust::TrustDoc;

#[cfg(test)]
mod tests;

/// A role with all that hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Who may assume it.
    pub trust: Value,
    /// Managed policies attached to it.
    pub attachments: BTreeSet<Arn>,
    /// Inline policies, by name.
    pub inline: BTreeMap<String, Value>,
    /// The permissions boundary.
    pub permissions_boundary: Option<Arn>,
    /// `/` or `/team/`. Cannot change: a replace.
    pub path: String,
    /// Empty where there is none.
    pub description: String,
    /// 3,600 where nothing is said.
    pub max_session_seconds: u32,
    /// Without ours.
    pub tags: Tags,
}

/// An IAM role. Its key is its name: at most 64 letters, digits and `_+=,.@-`; IAM tells names apart neither by case nor
/// by path. Its attachments, inline policies and tags are exactly what stands here, others are removed, unless
/// `attachments: report` and `ignore_tags` say otherwise.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Role")]
pub(crate) struct RoleDoc {
    /// Who may assume the role: a service, a list of services, or a trust policy (at most 2,048 characters).
    #[schemars(required)]
    pub(crate) trust: Option<TrustDoc>,
    /// Managed policies: names under `policies`, or ARNs. At most 10, unless the account's quota was raised.
    #[serde(default)]
    pub(crate) policies: Vec<String>,
    /// Inline policies by name, at most 10,240 characters together without white space.
    #[serde(default)]
    pub(crate) inline: BTreeMap<String, DocumentDoc>,
    /// `derived`: the role gets an inline policy `statewright-derived`, the least that grants what the state machines of
    /// this spec need that assume it and what its other policies, declared here, do not grant. Default: `none`.
    #[allow(dead_code, reason = "read through the tree, when all machines are known")]
    #[serde(default)]
    pub(crate) grants: GrantsDoc,
    /// `report`: managed and inline policies that somebody else hung on the role are shown and left alone; so are those
    /// that leave the spec, but for policies of this stack that are deleted. Default: `exclusive`, which takes them off.
    #[serde(default)]
    pub(crate) attachments: AttachmentsDoc,
    /// The policy that bounds what the role may do at most: a name under `policies`, or an ARN.
    pub(crate) permissions_boundary: Option<String>,
    /// The path, such as `/service-role/`. Default: `/`. AWS cannot change it: a change needs `replace: allowed`.
    #[schemars(length(min = 1, max = 512), example = "/team/")]
    pub(crate) path: Option<String>,
    /// What the role is for, at most 1,000 characters of Latin-1.
    #[schemars(length(max = 1000))]
    pub(crate) description: Option<String>,
    /// How long a session of somebody who assumes the role may last, in seconds: 3,600 to 43,200. Default: 3,600. Services
    /// do not ask for it.
    #[schemars(range(min = 3600, max = 43200))]
    pub(crate) max_session_seconds: Option<u32>,
    /// Tags of this role, beside those of the whole spec. At most 50.
    #[serde(default)]
    pub(crate) tags: Tags,
    /// Codes of findings that are not to be shown, such as `SPEC073`.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// `allowed`: a change that AWS cannot make in place (path) deletes the role and makes it anew.
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

common!(RoleDoc, attachments);

/// Whether permissions are derived.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum GrantsDoc {
    /// What the spec says and no more.
    #[default]
    None,
    /// What the machines need beside that.
    Derived,
}

impl Role {
    /// Where nothing is said, in seconds.
    pub const DEFAULT_SESSION_SECONDS: u32 = 3_600;
}

/// What the role shall be in AWS.
pub(crate) fn resolve(name: &str, doc: &RoleDoc, ctx: &mut Context<'_>) -> Option<Role> {
    Text { may_be_empty: false, most: 64, ..POLICY_NAME }.check_name(ctx, name);
    let path = path(ctx, doc.path.as_deref(), "printable ASCII between slashes", |c| c.is_ascii_graphic());
    // Stricter than for a policy: the service's model leaves out U+007F to U+00A0.
    let description =
        description(ctx, doc.description.as_deref(), |c| latin1(c) && !('\u{7f}'..='\u{a0}').contains(&c));
    let max_session_seconds = doc.max_session_seconds.unwrap_or(Role::DEFAULT_SESSION_SECONDS);
    limit::number(ctx, "/max_session_seconds", max_session_seconds, &(3_600..=43_200), "seconds");

    let attachments = attachments(ctx, &doc.policies);
    let boundary = doc.permissions_boundary.as_ref().map(|text| ctx.policy(text, "/permissions_boundary"));
    let inline = inline(ctx, doc);
    let trust = doc.trust.as_ref().and_then(|t| trust::resolve(ctx, t));
    let tags = ctx.tags(&doc.tags);
    Some(Role {
        trust: trust?,
        attachments: attachments?,
        inline: inline?,
        permissions_boundary: match boundary {
            Some(found) => Some(found?),
            None => None,
        },
        path,
        description,
        max_session_seconds,
        tags,
    })
}

fn attachments(ctx: &mut Context<'_>, policies: &[String]) -> Option<BTreeSet<Arn>> {
    let place = ctx.key_span("/policies");
    Quota::ATTACHMENTS.check(ctx, place, policies.len());
    let mut first: BTreeMap<Arn, String> = BTreeMap::new();
    let mut whole = true;
    for (index, text) in policies.iter().enumerate() {
        let pointer = format!("/policies/{index}");
        let Some(arn) = ctx.policy(text, &pointer) else {
            whole = false;
            continue;
        };
        if let Some(earlier) = first.get(&arn) {
            let found = Diagnostic::error(codes::BAD_VALUE, format!("`{}` is there twice", visible(text)))
                .at(ctx.value_span(&pointer), "again here")
                .related(ctx.value_span(earlier), "first here")
                .help("a policy is attached once: remove one");
            ctx.report(found);
        } else {
            first.insert(arn, pointer);
        }
    }
    whole.then(|| first.into_keys().collect())
}

fn inline(ctx: &mut Context<'_>, doc: &RoleDoc) -> Option<BTreeMap<String, Value>> {
    let mut inline = BTreeMap::new();
    let mut total = 0;
    for name in doc.inline.keys() {
        let field = format!("inline/{}", name.replace('~', "~0").replace('/', "~1"));
        name_of_inline(ctx, name, &format!("/{field}"));
        if let Some(document) = read(ctx, &field, Kind::Identity) {
            total += size(ctx, &document);
            inline.insert(name.clone(), document);
        }
    }
    let place = ctx.key_span("/inline");
    Quota::INLINE.check(ctx, place, total);
    (inline.len() == doc.inline.len()).then_some(inline)
}

fn name_of_inline(ctx: &mut Context<'_>, name: &str, pointer: &str) {
    let span = ctx.key_span(pointer);
    let name = &*ctx.sample(name).into_owned();
    let length = name.chars().count();
    let bad = name.chars().find(|c| !(POLICY_NAME.takes)(*c));
    let title = match bad {
        _ if name.is_empty() => "an inline policy needs a name".to_owned(),
        Some(c) => format!("`{}` may not stand in the name of an inline policy", c.escape_debug()),
        None if length > POLICY_NAME.most => {
            format!("the name of an inline policy has at most {} characters, this one {length}", POLICY_NAME.most)
        }
        None => return,
    };
    let found =
        Diagnostic::error(codes::NAME, title).at(span, "not taken").help(format!("AWS takes {}", POLICY_NAME.words));
    ctx.report(found);
}
