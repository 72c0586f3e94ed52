//! Answers every case of a corpus and prints how many are right: `conformance CORPUS [OUT]`.
//!
//! CORPUS is a folder with `iam/*.jsonl`; OUT takes a JSON line a case.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::{fmt::Write as _, path::Path, process::ExitCode};

use statewright_iam::conformance::{FILES, answer, score};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(corpus) = args.next() else {
        eprintln!("usage: conformance CORPUS [OUT]");
        return ExitCode::from(2);
    };
    let mut lines = String::new();
    for file in FILES {
        let path = Path::new(&corpus).join("iam").join(file);
        let Some(text) = read(&path) else {
            println!("{file:<24} absent");
            continue;
        };
        let start = std::time::Instant::now();
        let cases = answer(file, &text);
        let took = start.elapsed();
        let (right, scored) = score(&cases);
        println!("{file:<24} {right} of {scored} right, {} not scored, {took:.1?}", cases.len() - scored);
        for case in cases.iter().filter(|c| c.right == Some(false)) {
            println!("    row {} {}: {} (expected: {})", case.row, case.name, case.verdict, case.note);
        }
        for case in &cases {
            if let Ok(line) = serde_json::to_string(case) {
                let _ = writeln!(lines, "{line}");
            }
        }
    }
    if let Some(out) = args.next()
        && let Err(error) = std::fs::write(&out, lines)
    {
        eprintln!("cannot write {out}: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The text of a file, or of the same with `.gz`.
fn read(path: &Path) -> Option<String> {
    if let Ok(text) = std::fs::read_to_string(path) {
        return Some(text);
    }
    let packed = std::fs::read(path.with_extension("jsonl.gz")).ok()?;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut text).ok()?;
    Some(text)
}
