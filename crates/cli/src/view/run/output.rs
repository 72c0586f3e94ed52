//! The result: on stdout, or in a file.

use std::{io::Write as _, path::Path};

use statewright_execution::{Execution, ExecutionStatus};
use statewright_source::visible;

use super::json::parsed;
use crate::{
    args::EventFormat,
    error::{CliError, Result},
    output,
};

/// Whether the file can be written, asked before anything starts.
pub(crate) fn check(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() || !folder.is_dir() {
        return Err(CliError::user(format!("cannot write the output to {}", path.display()))
            .hint("--output takes a file, in a folder that is there"));
    }
    Ok(())
}

/// Writes what a successful execution gave: to the file, byte for byte; else laid out on stdout, unless lines of JSON say it.
pub(crate) fn write(execution: &Execution, to: Option<&Path>, format: EventFormat) -> Result<()> {
    let Some(text) = execution.output().filter(|_| execution.status() == ExecutionStatus::Succeeded) else {
        return Ok(());
    };
    match (to, format) {
        (Some(path), _) => {
            let failed = |error: std::io::Error| {
                CliError::user(format!("cannot write the output to {}: {error}", path.display()))
                    .hint("the execution succeeded; its output is in its history")
            };
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
            file.write_all(text.text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failed)?;
            file.persist(path).map_err(|error| failed(error.error))?;
            Ok(())
        }
        (None, EventFormat::Text) => {
            let shown = format!("{:#}", parsed(text));
            let lines: Vec<_> = shown.lines().map(visible).collect();
            output::data(&format!("{}\n", lines.join("\n")));
            Ok(())
        }
        (None, EventFormat::Json) => Ok(()),
    }
}
