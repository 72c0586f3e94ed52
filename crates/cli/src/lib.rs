//! The command line: parse arguments, call, render. Everything it does is done elsewhere.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod args;
mod arn;
mod command;
mod confirm;
mod error;
mod fix;
mod logging;
mod output;
mod panic;
pub mod reference;
mod run;
mod saved;
mod secrets;
mod serve;
mod signals;
mod stage;
mod view;

use std::process::ExitCode;

use clap::Parser;
use statewright_spec::Secret;

use crate::{
    args::{Cli, Colour},
    error::CliError,
};

/// Everything from the arguments to the exit code.
#[must_use]
pub fn main() -> ExitCode {
    panic::tell();
    // What it was is said already.
    std::panic::catch_unwind(program).unwrap_or_else(|_| 1.into())
}

fn program() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // clap's own 2 would mean "there are changes".
            return if error.use_stderr() { 1.into() } else { ExitCode::SUCCESS };
        }
    };
    match cli.global.color {
        Colour::Auto => {}
        Colour::Always => anstream::ColorChoice::Always.write_global(),
        Colour::Never => anstream::ColorChoice::Never.write_global(),
    }
    // A refusal of a signature shows the headers that were signed, the session's token among them.
    let credentials = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(std::env::var);
    output::conceal(&credentials.into_iter().flatten().map(Secret::new).collect::<Vec<_>>());
    logging::start(&cli.global);
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::bug(format!("no runtime: {error}")))
        .and_then(|runtime| {
            let ended = runtime.block_on(command::execute(cli));
            runtime.shutdown_background();
            ended
        });
    ended.unwrap_or_else(|error| {
        output::say(&error.render());
        error.exit_code()
    })
}
