//! `variables:` and what is given for them.

use std::collections::BTreeMap;

/// The variables of a spec, each with its value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, Variable>);

/// One variable.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// `None` where it has none, or a bad one, which was said.
    pub(crate) value: Option<String>,
    /// Never shown, never hashed.
    pub(crate) sensitive: bool,
}

impl Variables {
    pub(crate) fn get(&self, name: &str) -> Option<&Variable> {
        self.0.get(name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
