//! One file a command: parse, call, render.
#![allow(clippy::unnecessary_wraps, reason = "every command answers alike")]

mod apply;
mod completions;
mod destroy;
mod graph;
mod init;
mod man;
mod permissions;
mod plan;
mod run;
mod schema;
mod serve;
mod status;
mod validate;

use std::process::ExitCode;

use crate::{
    args::{Cli, Command},
    error::Result,
};

/// Runs what the command line says.
pub(crate) async fn execute(cli: Cli) -> Result<ExitCode> {
    let Cli { global, command } = cli;
    match command {
        Command::Init(args) => init::init(&args),
        Command::Validate(args) => validate::validate(&args, &global),
        Command::Plan(args) => plan::plan(&args, &global).await,
        Command::Apply(args) => Box::pin(apply::apply(&args, &global)).await,
        Command::Destroy(args) => Box::pin(destroy::destroy(&args, &global)).await,
        Command::Status(args) => Box::pin(status::status(&args, &global)).await,
        Command::Run(args) => Box::pin(run::run(&args, &global)).await,
        Command::Permissions(args) => Box::pin(permissions::permissions(&args, &global)).await,
        Command::Graph(args) => Box::pin(graph::graph(&args, &global)).await,
        Command::Serve(args) => Box::pin(serve::serve(&args, &global)).await,
        Command::Schema(args) => schema::schema(&args),
        Command::Completions(args) => completions::completions(&args),
        Command::Man => man::man(),
    }
}
