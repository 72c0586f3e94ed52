//! `statewright completions SHELL`

use std::process::ExitCode;

use clap::CommandFactory;

use crate::{
    args::{Cli, CompletionsArgs},
    error::{CliError, Result},
    output,
};

/// Prints a completion script.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "statewright", &mut script);
    output::data(&String::from_utf8(script).map_err(|_| CliError::bug("the completion script is not UTF-8"))?);
    Ok(ExitCode::SUCCESS)
}
