//! Packs the action reference (`iam-actions.json.gz`, see `data/NOTICE.md`) into `data/actions.txt.gz`:
//! `pack_actions INPUT.json.gz OUTPUT.txt.gz`.
//!
//! One line a fact: `>prefix`, `=type<TAB>ARN pattern`, `levels<TAB>Action<TAB>types<TAB>dependent actions`, and at the
//! end `?condition key<TAB>type`.
#![expect(clippy::print_stderr, reason = "a program")]

use std::{
    fmt::Write as _,
    io::{Read, Write as _},
    process::ExitCode,
};

use serde_json::Value;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(input), Some(output)) = (args.next(), args.next()) else {
        eprintln!("usage: pack_actions INPUT.json.gz OUTPUT.txt.gz");
        return ExitCode::from(2);
    };
    match pack(&input, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn pack(input: &str, output: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(input)?).read_to_string(&mut text)?;
    let data: Value = serde_json::from_str(&text)?;
    let mut out = String::new();
    for (prefix, service) in data["services"].as_object().into_iter().flatten() {
        writeln!(out, ">{prefix}")?;
        for (name, pattern) in service["r"].as_object().into_iter().flatten() {
            writeln!(out, "={name}\t{}", pattern.as_str().unwrap_or_default())?;
        }
        for (action, what) in service["a"].as_object().into_iter().flatten() {
            let (level, types, dependents) = match what {
                Value::Array(parts) => (&parts[0], parts.get(1), parts.get(2)),
                level => (level, None, None),
            };
            let list = |v: Option<&Value>| {
                let items = v.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
                items.collect::<Vec<_>>().join(",")
            };
            let line =
                format!("{}\t{action}\t{}\t{}", levels(level.as_str().unwrap_or("")), list(types), list(dependents));
            writeln!(out, "{}", line.trim_end_matches('\t'))?;
        }
    }
    for (key, kind) in data["condition_keys"].as_object().into_iter().flatten() {
        writeln!(out, "?{key}\t{}", kind.as_str().unwrap_or_default())?;
    }
    let mut packer = flate2::write::GzEncoder::new(std::fs::File::create(output)?, flate2::Compression::best());
    packer.write_all(out.as_bytes())?;
    packer.finish()?;
    Ok(())
}

/// `r`, or letters for `Permissions management, Write`.
fn levels(text: &str) -> String {
    if text.len() == 1 {
        return text.to_owned();
    }
    text.split(", ")
        .map(|word| if word.starts_with("List") { "l".to_owned() } else { word[..1].to_lowercase() })
        .collect()
}
