//! Whose a resource is.

use std::fmt;

use crate::Region;

/// All tags of ours begin with it; a spec may not use it.
pub const TAG_PREFIX: &str = "statewright:";

/// The value of the tag `statewright:stack`: `STACK[/ENV]@REGION`. Only an exact match is ours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Owner(String);

impl Owner {
    /// The tag's key.
    pub const TAG: &'static str = "statewright:stack";

    /// The owner of a stack in an environment and a region.
    pub fn new(stack: &str, environment: Option<&str>, region: &Region) -> Self {
        Self(match environment {
            Some(environment) => format!("{stack}/{environment}@{region}"),
            None => format!("{stack}@{region}"),
        })
    }

    /// What a live tag says; any text.
    pub fn from_tag(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The tag's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
