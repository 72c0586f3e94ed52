//! `state_machines:` — Step Functions state machines.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use statewright_source::{Diagnostic, Severity, visible};

use super::{
    Replace, common,
    limit::{self, Text},
};
use crate::{Arn, Tags, codes, context::Context, custody::AdoptDoc, document::DefinitionDoc};

mod check;
#[cfg(test)]
mod tests;

pub(crate) use check::check;

/// A state machine.
#[derive(Debug, Clone, PartialEq)]
pub struct StateMachine {
    /// Cannot change: a replace.
    pub machine_type: MachineType,
    /// The role that it assumes.
    pub role: Arn,
    /// The definition, parsed. What is sent is this, printed.
    pub definition: Value,
    /// Log delivery; `None` is `OFF`.
    pub logging: Option<Logging>,
    /// X-Ray.
    pub tracing: bool,
    /// A customer's key; `None` is AWS's own.
    pub encryption: Option<Encryption>,
    /// Without ours.
    pub tags: Tags,
}

/// STANDARD or EXPRESS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum MachineType {
    /// Runs up to a year, with a history.
    Standard,
    /// Runs up to five minutes, followed through its log.
    Express,
}

/// Where and how much a machine logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// How much.
    pub level: LogLevel,
    /// Whether inputs and outputs are logged too.
    pub include_execution_data: bool,
    /// The log group's ARN, without the `:*` that AWS wants behind it.
    pub log_group: Arn,
}

/// How much is logged; off is the absence of [`Logging`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogLevel {
    /// Everything.
    All,
    /// Failures and errors.
    Error,
    /// Executions that failed.
    Fatal,
}

/// A customer-managed key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    /// The key: an id, an alias or an ARN.
    pub kms_key: String,
    /// How long a data key is used again, in seconds: 60 to 900; AWS's default is 300.
    pub reuse_seconds: u32,
}

impl MachineType {
    /// As AWS spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

impl LogLevel {
    /// As AWS spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

impl Encryption {
    /// Where nothing is said, in seconds.
    pub const DEFAULT_REUSE_SECONDS: u32 = 300;
}

/// A Step Functions state machine. Its key is its name: at most 80 characters, and only letters, digits, `-` and `_`
/// where it logs or is traced.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "StateMachine")]
pub(crate) struct StateMachineDoc {
    /// `STANDARD` (default: up to a year, with a history) or `EXPRESS` (up to five minutes, followed through its log).
    /// AWS cannot change it: a change needs `replace: allowed`.
    #[serde(rename = "type")]
    pub(crate) machine_type: Option<MachineType>,
    /// The role that the machine assumes: a name under `roles`, or an ARN. It must trust `states.amazonaws.com`.
    #[schemars(required)]
    pub(crate) role: Option<String>,
    /// The definition in the Amazon States Language, at most 1 MiB: inline, or `{ file: PATH }`, JSON or YAML.
    #[allow(dead_code, reason = "read through the tree, which knows places")]
    #[schemars(required)]
    pub(crate) definition: Option<DefinitionDoc>,
    /// What is logged, and where. Default: nothing.
    pub(crate) logging: Option<LoggingDoc>,
    /// Whether executions are traced with X-Ray. Default: false.
    #[serde(default)]
    pub(crate) tracing: bool,
    /// A KMS key of yours that encrypts the definition and the data of executions. Default: a key of AWS's.
    pub(crate) encryption: Option<EncryptionDoc>,
    /// Tags of this machine, beside those of the whole spec. At most 50.
    #[serde(default)]
    pub(crate) tags: Tags,
    /// Codes of findings that are not to be shown, such as `SPEC080`.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// `allowed`: a change that AWS cannot make in place (type) deletes the machine with its executions and makes it anew.
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

/// What a machine logs, and where.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MachineLogging")]
pub(crate) struct LoggingDoc {
    /// `ALL` events, `ERROR` (failures and errors), `FATAL` (failed executions), or `OFF`.
    #[schemars(required)]
    pub(crate) level: Option<LevelDoc>,
    /// Whether the inputs and outputs of states are logged too. Default: false.
    #[serde(default)]
    pub(crate) include_execution_data: bool,
    /// The log group: a name under `log_groups`, or an ARN. Names under `/aws/vendedlogs/states/` are best. The machine's
    /// role needs the rights of log delivery.
    pub(crate) log_group: Option<String>,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub(crate) enum LevelDoc {
    /// Every event.
    All,
    /// Failures and errors.
    Error,
    /// Executions that failed.
    Fatal,
    /// Nothing.
    Off,
}

/// A customer-managed key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MachineEncryption")]
pub(crate) struct EncryptionDoc {
    /// A symmetric KMS key: its id, its ARN, an alias (`alias/NAME`) or an alias' ARN.
    #[schemars(required)]
    pub(crate) kms_key: Option<String>,
    /// How long a data key is used again, in seconds: 60 to 900. Default: 300. Longer is cheaper.
    #[schemars(range(min = 60, max = 900))]
    pub(crate) reuse_seconds: Option<u32>,
}

common!(StateMachineDoc);

/// The longest ARN of a role or a log group, in characters; a log group's has `:*` behind it.
const MAX_ARN: usize = 256;

/// What Step Functions takes as a name.
const NAME: Text = Text {
    may_be_empty: false,
    most: 80,
    takes: may_stand_in_name,
    words: "no white space and none of <>{}[]?*\"#%\\^|~`$&,;:/",
};
/// What it takes as the name of a machine that logs or is traced.
const NARROW_NAME: Text = Text {
    may_be_empty: false,
    most: 80,
    takes: |c| limit::ascii_or(c, "-_"),
    words: "letters, digits, `-` and `_` where a machine logs or is traced",
};

fn may_stand_in_name(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !"<>{}[]?*\"#%\\^|~`$&,;:/".contains(c)
        && !matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{10ffff}')
}

/// What the machine shall be in AWS.
pub(crate) fn resolve(name: &str, doc: &StateMachineDoc, ctx: &mut Context<'_>) -> Option<StateMachine> {
    let logs = doc.logging.as_ref().is_some_and(|l| l.level != Some(LevelDoc::Off));
    if logs || doc.tracing { NARROW_NAME } else { NAME }.check_name(ctx, name);
    let machine_type = doc.machine_type.unwrap_or(MachineType::Standard);
    if machine_type == MachineType::Express && !logs {
        let place = if doc.machine_type.is_some() { ctx.value_span("/type") } else { ctx.name_span() };
        let title =
            "an express machine keeps no history, and this one has no log: nothing tells why an execution failed";
        let found = Diagnostic::new(codes::UNLOGGED, Severity::Warning, title)
            .at(place, "cannot be followed")
            .help("add `logging: { level: ERROR, log_group: … }`");
        ctx.report(found);
    }
    let role = doc.role.as_ref().and_then(|role| ctx.role(role, "/role"));
    check_length(ctx, "/role", role.as_ref(), 0);
    let logging = match doc.logging.as_ref().map(|l| (l, logging(ctx, l))) {
        Some((doc, found)) if doc.level != Some(LevelDoc::Off) => found.map(Some),
        Some(_) | None => Some(None),
    };
    let encryption = doc.encryption.as_ref().map_or(Some(None), |e| encryption(ctx, e).map(Some));
    let definition = definition(ctx);
    check(ctx, Some(machine_type));
    let tags = ctx.tags(&doc.tags);
    Some(StateMachine {
        machine_type,
        role: role?,
        definition: definition?,
        logging: logging?,
        tracing: doc.tracing,
        encryption: encryption?,
        tags,
    })
}

fn check_length(ctx: &mut Context<'_>, pointer: &str, arn: Option<&Arn>, more: usize) {
    let Some(arn) = arn else { return };
    let length = ctx.sample(arn.as_str()).chars().count() + more;
    if length > MAX_ARN {
        let title = format!("an ARN of {length} characters; Step Functions takes {MAX_ARN}");
        let found = Diagnostic::error(codes::TOO_LONG, title).at(ctx.value_span(pointer), "too long");
        ctx.report(found.help("shorten the name or the path"));
    }
}

/// Where and how much; nothing where it is switched off, or where something is wrong, which is said.
fn logging(ctx: &mut Context<'_>, doc: &LoggingDoc) -> Option<Logging> {
    let log_group = doc.log_group.as_ref().map(|text| ctx.log_group(text, "/logging/log_group"));
    check_length(ctx, "/logging/log_group", log_group.as_ref().and_then(Option::as_ref), ":*".len());
    let level = match doc.level? {
        LevelDoc::All => LogLevel::All,
        LevelDoc::Error => LogLevel::Error,
        LevelDoc::Fatal => LogLevel::Fatal,
        LevelDoc::Off => return None,
    };
    let Some(log_group) = log_group else {
        let title = "a machine that logs needs a log group";
        limit::needs(ctx, "/logging", title, "add `log_group`: a name under `log_groups`, or an ARN");
        return None;
    };
    Some(Logging { level, include_execution_data: doc.include_execution_data, log_group: log_group? })
}

fn encryption(ctx: &mut Context<'_>, doc: &EncryptionDoc) -> Option<Encryption> {
    let reuse_seconds = doc.reuse_seconds.unwrap_or(Encryption::DEFAULT_REUSE_SECONDS);
    limit::number(ctx, "/encryption/reuse_seconds", reuse_seconds, &(60..=900), "seconds");
    let pointer = "/encryption/kms_key";
    let key = doc.kms_key.as_deref()?;
    if key.starts_with("arn:") {
        ctx.arn(key, pointer, "kms")?;
    } else if !is_key(key) {
        let title = format!("`{}` is not a KMS key", visible(key));
        let help = "write the key's ARN or id, or `alias/NAME`";
        limit::bad_form(ctx, pointer, &title, help);
    }
    Some(Encryption { kms_key: key.to_owned(), reuse_seconds })
}

/// An id (`1234abcd-12ab-…`, `mrk-…`) or an alias.
fn is_key(key: &str) -> bool {
    if let Some(alias) = key.strip_prefix("alias/") {
        return !alias.is_empty() && alias.chars().all(|c| limit::ascii_or(c, ":/_-"));
    }
    let hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    match key.strip_prefix("mrk-") {
        Some(id) => id.len() == 32 && hex(id),
        None => key.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && key.split('-').all(hex),
    }
}

/// The definition, as JSON.
fn definition(ctx: &mut Context<'_>) -> Option<Value> {
    let definition = ctx.document("definition")?;
    let span = ctx.document_span("definition", "");
    if !definition.is_object() {
        let kind = ctx.tree("definition").map_or("something else", statewright_source::Node::kind);
        let found = Diagnostic::error(codes::BAD_VALUE, format!("a definition must be a map, not {kind}"))
            .at(span, "not a map")
            .help("a definition has `StartAt` and `States`");
        ctx.report(found);
        return None;
    }
    Some(definition)
}
