//! The checker against definitions of which somebody else has said whether they are right.
//!
//! `conformance CORPUS [OUT]`: CORPUS is a folder of `<source>/{valid,invalid,unknown}/*.{json,yaml,yml}`, with a
//! `manifest.tsv` where there is one (its note names the machine's type and what was expected). Prints a table; OUT gets
//! a JSON line a case.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]

mod case;
mod table;

use std::{fs, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from).filter(|a| !a.as_os_str().is_empty());
    let Some(corpus) = arguments.next() else {
        eprintln!("usage: conformance CORPUS [OUT]");
        return ExitCode::FAILURE;
    };
    let nested = corpus.join("asl");
    let corpus = if nested.is_dir() { nested } else { corpus };
    let cases = match case::read(&corpus) {
        Ok(cases) if !cases.is_empty() => cases,
        Ok(_) => {
            eprintln!("{}: no cases", corpus.display());
            return ExitCode::FAILURE;
        }
        Err(e) => {
            eprintln!("{}: {e}", corpus.display());
            return ExitCode::FAILURE;
        }
    };
    let outcomes: Vec<_> = cases.iter().map(case::Case::run).collect();
    if let Some(out) = arguments.next() {
        let lines: String = outcomes.iter().map(|o| o.json().to_string() + "\n").collect();
        if let Err(e) = fs::write(&out, lines) {
            eprintln!("{}: {e}", out.display());
            return ExitCode::FAILURE;
        }
    }
    print!("{}", table::render(&outcomes));
    ExitCode::SUCCESS
}
