//! The input of an execution, checked before anything starts.

use std::io::Read;

use crate::error::{CliError, Result};

/// The largest input that Step Functions takes, in bytes (256 KiB).
const MAX_INPUT: usize = 262_144;

/// The input as text: JSON, `@FILE`, or `-` for stdin.
pub(crate) fn input(given: &str) -> Result<String> {
    let (text, from) = if given == "-" {
        (bounded(std::io::stdin(), "stdin")?, "stdin".to_owned())
    } else if let Some(path) = given.strip_prefix('@') {
        let file = std::fs::File::open(path);
        let file = file.map_err(|error| CliError::user(format!("cannot read the input {path}: {error}")))?;
        if let Some(size) = file.metadata().ok().map(|of| of.len()).filter(|size| *size > MAX_INPUT as u64) {
            return Err(too_large(size));
        }
        (bounded(file, path)?, path.to_owned())
    } else {
        (given.to_owned(), "--input".to_owned())
    };
    if text.len() > MAX_INPUT {
        return Err(too_large(text.len() as u64));
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(CliError::user(format!("the input ({from}) is not JSON: {error}"))),
    }
}

fn bounded(from: impl Read, name: &str) -> Result<String> {
    let mut text = String::new();
    let read = from.take(MAX_INPUT as u64 + 1).read_to_string(&mut text);
    read.map_err(|error| CliError::user(format!("cannot read the input {name}: {error}")))?;
    Ok(text)
}

fn too_large(bytes: u64) -> CliError {
    CliError::user(format!("the input has {bytes} bytes; Step Functions takes {MAX_INPUT}"))
        .hint("put it into S3 and give the execution its place")
}
