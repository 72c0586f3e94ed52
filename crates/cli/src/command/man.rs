//! `statewright man`

use std::process::ExitCode;

use clap::CommandFactory;

use crate::{
    args::Cli,
    error::{CliError, Result},
    output,
};

/// Prints the manual page: that of the command, then those of its subcommands.
pub(crate) fn man() -> Result<ExitCode> {
    let mut pages = Vec::new();
    let mut command = Cli::command();
    command.build();
    let rendered = clap_mangen::Man::new(command.clone()).render(&mut pages);
    rendered.map_err(|error| CliError::bug(format!("the manual page: {error}")))?;
    for subcommand in command.get_subcommands() {
        let named = subcommand.clone().name(format!("statewright-{}", subcommand.get_name()).leak() as &'static str);
        let rendered = clap_mangen::Man::new(named).render(&mut pages);
        rendered.map_err(|error| CliError::bug(format!("the manual page: {error}")))?;
    }
    output::data(&String::from_utf8(pages).map_err(|_| CliError::bug("the manual page is not UTF-8"))?);
    Ok(ExitCode::SUCCESS)
}
