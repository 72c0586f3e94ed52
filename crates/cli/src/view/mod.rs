//! What users and programs see: one file or folder a view.

pub(crate) mod access;
pub(crate) mod finding;
pub(crate) mod graph;
pub(crate) mod permissions;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod status;
pub(crate) mod style;

/// The version of the JSON documents: unknown fields are to be ignored, an unknown major is to be refused.
pub(crate) const FORMAT_VERSION: &str = "1.0";
