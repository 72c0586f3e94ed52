//! `statewright serve`

use std::{io::ErrorKind, process::ExitCode};

use statewright_dashboard::{Options, Server};

use crate::{
    args::{Global, ServeArgs},
    error::{CliError, Result},
    output,
    serve::{Aws, port},
    signals::Signals,
};

/// Serves the dashboard until it is interrupted.
pub(crate) async fn serve(args: &ServeArgs, global: &Global) -> Result<ExitCode> {
    let options = Options { host: args.host, port: args.port, read_only: args.read_only };
    let backend = Aws::new(args.specs.paths.clone(), global.clone());
    let server = Server::bind(backend, options).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            let message = match port::holder(args.port) {
                Some(holder) => format!("port {} is in use, by {holder}", args.port),
                None => format!("port {} is in use", args.port),
            };
            CliError::user(message).hint("choose another with --port, or let one be chosen with --port 0")
        }
        ErrorKind::AddrNotAvailable => CliError::user(format!("{} is no address of this machine", args.host)),
        ErrorKind::PermissionDenied => {
            CliError::user(format!("port {} is not for everybody", args.port)).hint("choose one above 1023 with --port")
        }
        _ => CliError::user(format!("cannot listen on {}:{}: {error}", args.host, args.port)),
    })?;
    let signals = Signals::listen()?;
    if !args.host.is_loopback() {
        output::say(&format!(
            "Anybody who can reach {} and knows the URL sees your account's stacks; nothing is encrypted.\n",
            args.host
        ));
    }
    output::data(&format!("{}\n", server.url()));
    output::say("Open that URL: its token lets you in. Ctrl-C ends the dashboard.\n");
    let interrupt = signals.interrupt().clone();
    let served = server.serve(async move { interrupt.raised().await }).await;
    served.map_err(|error| CliError::bug(format!("the dashboard ended: {error}")))?;
    // Being told to stop is how it ends.
    Ok(ExitCode::SUCCESS)
}
