//! The matrices: `statewright-faults --share 0.1 --seed 7 --matrix kill`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use statewright_tests::matrix::{Figures, Matrix, Share, Size};

/// Tries what is promised: kills, signals, races and AWS's weather, on a local emulator; exits 0 only if all is well.
#[derive(Parser)]
struct Arguments {
    /// Which part of the points is tried, from 0 to 1.
    #[arg(long, default_value_t = 1.0)]
    share: f64,
    /// Which part: another seed takes another.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only these matrices.
    #[arg(long, value_parser = matrix)]
    matrix: Vec<Matrix>,
    /// Only points whose name begins so.
    #[arg(long)]
    point: Option<String>,
    /// How many points are tried at the same time.
    #[arg(long, default_value_t = 12)]
    jobs: usize,
    /// A page into which the figures are written.
    #[arg(long)]
    write: Option<PathBuf>,
}

fn matrix(name: &str) -> Result<Matrix, String> {
    let names = || Matrix::ALL.map(Matrix::name).join(", ");
    Matrix::ALL.into_iter().find(|matrix| matrix.name() == name).ok_or_else(names)
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program by hand")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Each point says by itself what was wrong; what goes wrong before them is said here.
    let aloud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name().is_some() {
            aloud(panic);
        }
    }));
    let matrices = if arguments.matrix.is_empty() { Matrix::ALL.to_vec() } else { arguments.matrix };
    let share = Share { part: arguments.share, seed: arguments.seed, only: arguments.point };
    let mut figures = Figures::default();
    for matrix in matrices {
        let began = Instant::now();
        let tally = matrix.run(Size::default(), &share, arguments.jobs, &|fault| eprintln!("✗ {fault}\n"));
        eprintln!("{}: {} points in {:.0} s", matrix.name(), tally.points, began.elapsed().as_secs_f64());
        figures.0.push((matrix, tally));
    }
    print!("{}", figures.table());
    if let Some(page) = arguments.write
        && let Err(error) = figures.write(&page)
    {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    if figures.are_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
