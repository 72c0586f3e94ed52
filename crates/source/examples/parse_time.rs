//! How long both parsers take for the largest file that is read: `cargo run --release --example parse_time`.
#![allow(clippy::print_stdout)]

use std::{fmt::Write as _, time::Instant};

use statewright_source::{MAX_FILE_BYTES, Sources, parse_json, parse_yaml};

/// The best of ten runs, in milliseconds, and how many findings there were.
fn best(mut run: impl FnMut() -> usize) -> (f64, usize) {
    let mut findings = 0;
    let mut best = f64::INFINITY;
    for _ in 0..10 {
        let start = Instant::now();
        findings = run();
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    (best, findings)
}

fn main() {
    let state = |i: usize| {
        format!(
            "\"State{i}\": {{\"Type\": \"Task\", \"Resource\": \"arn:aws:states:::lambda:invoke\", \"Parameters\": \
             {{\"FunctionName\": \"f{i}\", \"Payload.$\": \"$.a[{i}]\"}}, \"TimeoutSeconds\": {i}, \"Next\": \"State{}\"}}",
            i + 1
        )
    };
    let states = (0..).map(state).scan(0, |bytes, s| {
        *bytes += s.len() + 2;
        (*bytes < MAX_FILE_BYTES - 64).then_some(s)
    });
    let json = format!("{{\"StartAt\": \"State0\", \"States\": {{{}}}}}", states.collect::<Vec<_>>().join(",\n"));
    let mut sources = Sources::default();
    let file = sources.add("machine.asl.json", json.as_str());
    let root = parse_json(file, &json).root;
    // The same in block style: an entry a line.
    let mut yaml = String::from("StartAt: State0\nStates:\n");
    for (name, state) in root.iter().filter_map(|r| r.get("States")?.as_map()).flatten().map(|e| (&e.key, &e.value)) {
        let _ = writeln!(yaml, "  {name}:");
        for entry in state.as_map().unwrap_or_default() {
            let _ = writeln!(yaml, "    {}: {}", entry.key, entry.value.to_json());
        }
    }
    let value = best(|| usize::from(serde_json::from_str::<serde_json::Value>(&json).is_err()));
    println!("serde_json, no places  {:7} bytes  {:6.2} ms  {} findings", json.len(), value.0, value.1);
    let ours = best(|| parse_json(file, &json).diagnostics.len());
    println!("parse_json             {:7} bytes  {:6.2} ms  {} findings", json.len(), ours.0, ours.1);
    let block = best(|| parse_yaml(file, &yaml).diagnostics.len());
    println!("parse_yaml             {:7} bytes  {:6.2} ms  {} findings", yaml.len(), block.0, block.1);
}
