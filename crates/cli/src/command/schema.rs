//! `statewright schema`

use std::process::ExitCode;

use crate::{
    args::{SchemaArgs, SchemaOf},
    error::Result,
    output, view,
};

/// Prints a JSON Schema; those under `docs/schema` are these.
pub(crate) fn schema(args: &SchemaArgs) -> Result<ExitCode> {
    output::json(&match args.of {
        SchemaOf::Spec => statewright_spec::schema(),
        SchemaOf::Plan => view::schema::plan(),
        SchemaOf::SavedPlan => view::schema::saved_plan(),
        SchemaOf::Validate => view::schema::validate(),
        SchemaOf::Apply => view::schema::apply(),
        SchemaOf::Run => view::schema::run(),
        SchemaOf::Status => view::schema::status(),
        SchemaOf::Permissions => view::schema::permissions(),
    });
    Ok(ExitCode::SUCCESS)
}
