//! What is asked of a spec from outside it.

use std::{collections::BTreeMap, path::PathBuf};

/// Which spec, and what is given to it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The spec's file; messages name it as it stands here.
    pub path: PathBuf,
    /// `--env`
    pub environment: Option<String>,
    /// `--var`, by name; they win over the files.
    pub variables: BTreeMap<String, String>,
    /// `--var-file`: YAML maps of names and plain values; a later one wins.
    pub variable_files: Vec<PathBuf>,
    /// The same variables are given to several specs: one that this spec does not declare is for another.
    /// Whoever sets this looks for those that none declares ([`Loaded::variables`](crate::Loaded::variables)).
    pub shared: bool,
}
