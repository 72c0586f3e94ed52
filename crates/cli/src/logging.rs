//! What `-v` says, on stderr.

use tracing_subscriber::{EnvFilter, fmt};

use crate::{
    args::{Global, LogFormat},
    output::Concealing,
};

/// Installs the logger. The SDK's own messages hold whole requests at its lowest level, secrets included: they stay
/// off at every `-v`.
pub(crate) fn start(global: &Global) {
    let filter = match global.verbose {
        0 => return,
        1 => "statewright=info,statewright_aws=info,statewright_applier=info",
        2 => "statewright=debug,statewright_aws=debug,statewright_applier=debug,statewright_spec=debug",
        _ => {
            "statewright=trace,statewright_aws=trace,statewright_applier=trace,statewright_spec=trace,statewright_planner=trace"
        }
    };
    let builder =
        fmt().with_env_filter(EnvFilter::new(filter)).with_writer(|| Concealing(std::io::stderr())).with_ansi(false);
    match global.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}
