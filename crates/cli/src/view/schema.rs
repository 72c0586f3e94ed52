//! The JSON Schemas of what programs read.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use statewright_execution::RunLine;

use crate::saved::SavedOutput;

use super::{
    finding::ValidateOutput, permissions::PermissionsOutput, plan::PlanOutput, progress::ApplyLine,
    status::StatusOutput,
};

/// `plan --format json`
pub(crate) fn plan() -> Value {
    of::<PlanOutput>("What `statewright plan --format json` prints")
}

/// The file of `plan --out`
pub(crate) fn saved_plan() -> Value {
    of::<SavedOutput>("What `statewright plan --out` writes")
}

/// `validate --format json`
pub(crate) fn validate() -> Value {
    of::<ValidateOutput>("What `statewright validate --format json` prints")
}

/// A line of `apply --format json`
pub(crate) fn apply() -> Value {
    of::<ApplyLine>("A line that `statewright apply --format json` or `statewright destroy --format json` prints")
}

/// A line of `run --format json`
pub(crate) fn run() -> Value {
    of::<RunLine>("A line that `statewright run --format json` prints")
}

/// `status --format json`
pub(crate) fn status() -> Value {
    of::<StatusOutput>("What `statewright status --format json` prints")
}

/// `permissions --format json`
pub(crate) fn permissions() -> Value {
    of::<PermissionsOutput>("What `statewright permissions --format json` prints")
}

fn of<T: JsonSchema>(title: &str) -> Value {
    let mut schema = SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
