//! `statewright destroy`

use std::process::ExitCode;

use statewright_planner::{Mode, Options};

use crate::{
    args::{DestroyArgs, Global},
    command::apply::{Consent, converge},
    error::Result,
    signals::Signals,
    stage::{Intent, stage},
};

/// Takes away everything that is the spec's, in reverse order.
pub(crate) async fn destroy(args: &DestroyArgs, global: &Global) -> Result<ExitCode> {
    let options = Options { executions: args.executions.into(), ..Options::default() };
    let intent = Intent { options, deep: args.deep, mode: Mode::Destroy };
    let signals = Signals::listen()?;
    let staged = Box::pin(signals.or_leave(stage(&args.paths, global, &intent))).await?;
    let consent = Consent { question: "destroy all of this", broadening: true };
    converge(staged, &args.run, global, &consent, &signals).await
}
