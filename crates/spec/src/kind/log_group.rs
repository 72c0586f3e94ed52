//! `log_groups:` — CloudWatch Logs groups.

use schemars::JsonSchema;
use serde::Deserialize;
use statewright_source::Diagnostic;

use super::{
    Replace, common,
    limit::{self, Text, ascii_or},
};
use crate::{Arn, Tags, codes, context::Context, custody::AdoptDoc};

#[cfg(test)]
mod tests;

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGroup {
    /// `None` keeps events for ever. A group of class `DELIVERY` keeps them as long as AWS says: not to be compared.
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

/// A CloudWatch Logs group. Its key is its name: at most 512 letters, digits and `.-_/#`. Groups of state machines are
/// best named `/aws/vendedlogs/states/…`: others fill up the account's log resource policy (5,120 characters).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LogGroup")]
pub(crate) struct LogGroupDoc {
    /// How many days events are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
    /// 2557, 2922, 3288 or 3653. Default: for ever.
    pub(crate) retention_days: Option<u32>,
    /// The ARN of the KMS key that encrypts the events. Its key policy must let CloudWatch Logs use it.
    pub(crate) kms_key: Option<String>,
    /// `STANDARD` (default), `INFREQUENT_ACCESS` (cheaper, fewer features) or `DELIVERY` (passed on to S3 or Firehose,
    /// kept a day). AWS cannot change it: a change needs `replace: allowed`.
    pub(crate) class: Option<LogGroupClass>,
    /// Whether AWS itself refuses to delete the group. Default: false.
    #[serde(default)]
    pub(crate) deletion_protection: bool,
    /// Tags of this log group, beside those of the whole spec. At most 50.
    #[serde(default)]
    pub(crate) tags: Tags,
    /// Codes of findings that are not to be shown.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// `allowed`: a change that AWS cannot make in place (class) deletes the group with its events and makes it anew.
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

/// What a log group can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub(crate) enum LogGroupClass {
    /// Everything.
    Standard,
    /// Cheaper, without live tail, metric filters and subscriptions.
    InfrequentAccess,
    /// Passed on to S3 or Firehose.
    Delivery,
}

common!(LogGroupDoc);

/// The days that `PutRetentionPolicy` takes.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const RETENTION: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// What CloudWatch Logs takes as the name of a group.
pub(super) const NAME: Text =
    Text { may_be_empty: false, most: 512, takes: |c| ascii_or(c, ".-_/#"), words: "letters, digits and `.-_/#`" };

impl LogGroup {
    /// The class where nothing is said.
    pub const DEFAULT_CLASS: &'static str = "STANDARD";
}

impl LogGroupClass {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => LogGroup::DEFAULT_CLASS,
            Self::InfrequentAccess => "INFREQUENT_ACCESS",
            Self::Delivery => "DELIVERY",
        }
    }
}

/// What the log group shall be in AWS.
pub(crate) fn resolve(name: &str, doc: &LogGroupDoc, ctx: &mut Context<'_>) -> Option<LogGroup> {
    NAME.check_name(ctx, name);
    if name.starts_with("aws/") {
        let found = Diagnostic::error(codes::NAME, "a log group's name may not begin with `aws/`")
            .at(ctx.name_span(), "reserved")
            .help(format!("groups of AWS services begin with a slash: `/{name}`"));
        ctx.report(found);
    }
    if let Some(days) = doc.retention_days {
        retention(ctx, days, doc.class);
    }
    let kms_key = doc.kms_key.as_ref().map(|text| limit::kms_key(ctx, text, "/kms_key"));
    let tags = ctx.tags(&doc.tags);
    Some(LogGroup {
        retention_days: doc.retention_days,
        kms_key: match kms_key {
            Some(found) => Some(found?),
            None => None,
        },
        class: doc.class.unwrap_or(LogGroupClass::Standard).as_str().to_owned(),
        deletion_protection: doc.deletion_protection,
        tags,
    })
}

fn retention(ctx: &mut Context<'_>, days: u32, class: Option<LogGroupClass>) {
    if class == Some(LogGroupClass::Delivery) {
        let why = "a group of class DELIVERY keeps events as long as AWS says";
        limit::exclusive(ctx, "/retention_days", "/class", why, "remove `retention_days`");
        return;
    }
    if RETENTION.contains(&days) {
        return;
    }
    let help = match RETENTION.iter().position(|d| *d > days) {
        _ if days == 0 => "to keep events for ever leave `retention_days` out".to_owned(),
        Some(0) | None => "the most is 3653; to keep events for ever leave `retention_days` out".to_owned(),
        Some(next) => format!("the nearest are {} and {}", RETENTION[next - 1], RETENTION[next]),
    };
    let found = Diagnostic::error(codes::BAD_VALUE, format!("events cannot be kept for {days} days"))
        .at(ctx.value_span("/retention_days"), "CloudWatch Logs knows certain numbers only")
        .help(help);
    ctx.report(found);
}
