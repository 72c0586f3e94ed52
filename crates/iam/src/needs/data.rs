//! The data files, read at the first question.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use super::Conditions;

/// One integration.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) statements: Vec<StatementFact>,
    pub(super) source: Vec<String>,
    pub(super) verified: bool,
}

/// One statement that it needs.
#[derive(Debug, Deserialize)]
pub(super) struct StatementFact {
    pub(super) actions: Vec<String>,
    pub(super) resource: Vec<String>,
    #[serde(default)]
    pub(super) also: Vec<String>,
    pub(super) dynamic: Option<String>,
    pub(super) when: Option<When>,
    #[serde(default, deserialize_with = "lists")]
    pub(super) condition: Conditions,
    #[serde(default)]
    pub(super) managed_rule: bool,
}

/// When it needs it: all of these.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct When {
    /// What no parameter tells.
    pub(super) ask: Option<String>,
    /// Whether a derived policy has it though nobody knows.
    pub(super) derive: bool,
    pub(super) set: Vec<String>,
    pub(super) any: Vec<String>,
    pub(super) unset: Vec<String>,
    pub(super) equals: BTreeMap<String, Vec<String>>,
}

/// Condition values may be a string or a list.
fn lists<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Conditions, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Values {
        One(String),
        Many(Vec<String>),
    }
    let blocks = BTreeMap::<String, BTreeMap<String, Values>>::deserialize(from)?;
    let list = |values| match values {
        Values::One(one) => vec![one],
        Values::Many(many) => many,
    };
    Ok(blocks
        .into_iter()
        .map(|(operator, keys)| (operator, keys.into_iter().map(|(key, v)| (key, list(v))).collect()))
        .collect())
}

/// The integrations by name.
pub(super) fn integrations() -> &'static BTreeMap<String, Entry> {
    static DATA: OnceLock<BTreeMap<String, Entry>> = OnceLock::new();
    // The file is ours; a test reads it and fails where it is broken.
    DATA.get_or_init(|| serde_json::from_str(include_str!("../../data/integrations.json")).unwrap_or_default())
}

/// What `aws-sdk` integrations need.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sdk {
    /// Service → operation → parameter → actions that it needs beside.
    pub(super) param_extra: BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<String>>>>,
    pub(super) services: BTreeMap<String, SdkService>,
}

/// One `aws-sdk` service.
#[derive(Debug, Deserialize)]
pub(super) struct SdkService {
    pub(super) prefix: String,
    #[serde(default)]
    pub(super) operations: BTreeMap<String, Operation>,
    #[serde(default)]
    pub(super) unmapped: Vec<String>,
    #[serde(default)]
    pub(super) unverified: bool,
}

/// An operation whose action has another name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Operation {
    /// These actions; none: it needs no permission.
    Actions(Vec<String>),
    /// These on this resource.
    On { actions: Vec<String>, resource: String },
}

/// The services by their name in a task's `Resource`.
pub(super) fn sdk() -> &'static Sdk {
    static DATA: OnceLock<Sdk> = OnceLock::new();
    DATA.get_or_init(|| serde_json::from_str(include_str!("../../data/sdk.json")).unwrap_or_default())
}
