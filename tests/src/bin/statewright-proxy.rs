//! The proxy by hand: `statewright-proxy http://127.0.0.1:4566 --emulator ministack --port 4567`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use statewright_tests::emulator::Emulator;
use statewright_tests::proxy::{GapTable, Proxy, Setup, Upstream, Weather};

/// A proxy before an emulator of AWS: it counts calls, mends what the emulator gets wrong, and breaks what it is told to break.
///
/// By hand: GET /_proxy/summary and /_proxy/calls; POST /_proxy/forget, /_proxy/faults, /_proxy/victim?PID and /_proxy/mend.
#[derive(Parser)]
struct Arguments {
    /// The emulator's endpoint.
    upstream: String,
    /// Which emulator it is.
    #[arg(long, value_parser = emulator)]
    emulator: Emulator,
    /// The port of 127.0.0.1 to listen on; 0 for a free one, which is printed.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Another table of gaps than the built-in one.
    #[arg(long, conflicts_with = "bare")]
    gaps: Option<PathBuf>,
    /// Mend nothing.
    #[arg(long)]
    bare: bool,
    /// A scenario file: the weather of AWS. See tests/scenarios.
    #[arg(long)]
    scenario: Option<PathBuf>,
    /// Another seed than the scenario's.
    #[arg(long, requires = "scenario")]
    seed: Option<u64>,
    /// Where each call is written as a line of JSON.
    #[arg(long)]
    log: Option<PathBuf>,
}

fn emulator(name: &str) -> Result<Emulator, String> {
    Emulator::ALL.into_iter().find(|emulator| emulator.name() == name).ok_or_else(|| "ministack or moto".to_owned())
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program by hand")]
fn main() -> ExitCode {
    match start(&Arguments::parse()) {
        Ok(proxy) => {
            println!("{}", proxy.endpoint());
            loop {
                std::thread::park();
            }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: &Arguments) -> Result<Proxy, Box<dyn std::error::Error>> {
    let emulator = arguments.emulator;
    let mut setup = Setup::new(Upstream::new(emulator, &arguments.upstream));
    setup.port = arguments.port;
    setup.log_file.clone_from(&arguments.log);
    if let Some(path) = &arguments.gaps {
        setup.gaps = GapTable::read(path, emulator)?;
    } else if arguments.bare {
        setup.gaps = GapTable::none();
    }
    let mut weather = arguments.scenario.as_deref().map(Weather::read).transpose()?.unwrap_or_default();
    weather.seed = arguments.seed.unwrap_or(weather.seed);
    setup.weather = weather.layers();
    let proxy = Proxy::start(setup)?;
    weather.faults().for_each(|fault| drop(proxy.faults().add(fault)));
    Ok(proxy)
}
