//! The file: written whole or not at all, for its owner alone; read within bounds.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use serde::Deserialize as _;
use serde_json::Value;
use sha2::{Digest, Sha256};
use statewright_source::visible;

use super::{Made, Saved, SavedOutput};
use crate::{
    error::{CliError, Result},
    output,
    view::FORMAT_VERSION,
};

/// The largest file that is read or written: hundreds of machines with full definitions stay far below.
const MOST: u64 = 16 * 1024 * 1024;

/// Refuses a place where no plan may be saved, before anything is planned: a device, a directory, a file that is something
/// else. A mistyped `--out` must not cost a spec.
pub(crate) fn check_target(path: &Path) -> Result<()> {
    let shown = path.display();
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => match fs::metadata(folder(path)) {
            Ok(folder) if folder.is_dir() => Ok(()),
            _ => Err(CliError::user(format!("there is no directory for {shown}")).hint("make it first")),
        },
        Err(error) => Err(CliError::user(format!("{shown} cannot be looked at: {error}"))),
        Ok(found) if found.is_dir() => {
            Err(CliError::user(format!("{shown} is a directory")).hint("--out takes the name of a file"))
        }
        Ok(found) if found.is_symlink() => Err(CliError::user(format!("{shown} is a link"))
            .hint("--out replaces the file: name the one that the link leads to")),
        Ok(found) if !found.is_file() => Err(CliError::user(format!("{shown} is not a file"))
            .hint("--out writes a file; --format json prints the plan to stdout")),
        Ok(found) if found.len() == 0 => Ok(()),
        Ok(_) => match read(path) {
            Err(Unread::NotSaved(_) | Unread::Cut(_) | Unread::TooLarge(_)) => {
                Err(CliError::user(format!("{shown} is there and is not a saved plan; it was left as it is"))
                    .hint("remove it first, or save the plan under another name"))
            }
            Err(Unread::Io(error)) => Err(CliError::user(format!("{shown} cannot be read: {error}"))),
            // One of another version, or edited, is still one.
            Ok(_) | Err(Unread::Edited | Unread::Version(_)) => Ok(()),
        },
    }
}

/// Writes a plan: to a file beside it first (mode 0600), then in its place.
pub(crate) fn write(path: &Path, plan: &SavedOutput) -> Result<()> {
    let bug = |error: serde_json::Error| CliError::bug(format!("the plan cannot be written as JSON: {error}"));
    let text = serde_json::to_string_pretty(plan).map_err(bug)?;
    // What a reader will see, for the checksum.
    let mut value: Value = serde_json::from_str(&text).map_err(bug)?;
    output::conceal_values(&mut value);
    let sum = checksum(&value);
    if let Some(place) = value.pointer_mut(CHECKSUM) {
        *place = sum.into();
    }
    let text = serde_json::to_string_pretty(&value).map_err(bug)? + "\n";
    if text.len() as u64 > MOST {
        let most = MOST / 1024 / 1024;
        return Err(CliError::user(format!(
            "the plan has {} bytes and cannot be saved: the most is {most} MiB",
            text.len()
        ))
        .hint("plan fewer specs at a time"));
    }
    let failed =
        |error: &std::io::Error| CliError::user(format!("the plan cannot be saved as {}: {error}", path.display()));
    let mut file =
        tempfile::Builder::new().prefix(".statewright-plan-").tempfile_in(folder(path)).map_err(|e| failed(&e))?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|e| failed(&e))?;
    file.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Why a file is not taken for a saved plan.
#[derive(Debug)]
pub(crate) enum Unread {
    Io(std::io::Error),
    TooLarge(u64),
    /// Its JSON ends too soon.
    Cut(serde_json::Error),
    /// Something else; in words.
    NotSaved(String),
    /// Another major version.
    Version(String),
    /// Its checksum is another's.
    Edited,
}

impl Unread {
    /// For whoever named the file.
    pub(crate) fn of(self, path: &Path) -> CliError {
        let shown = path.display();
        let (what, hint) = match self {
            Self::Io(error) => (format!("the saved plan {shown} cannot be read: {error}"), ""),
            Self::TooLarge(bytes) => {
                let most = MOST / 1024 / 1024;
                (format!("{shown} has {bytes} bytes; a saved plan has at most {most} MiB"), "is it the right file?")
            }
            Self::Cut(error) => (
                format!("the saved plan {shown} is cut short: its JSON ends at line {}", error.line()),
                "copy it again, whole, or plan again with --out",
            ),
            Self::NotSaved(why) => (format!("{shown} is not a saved plan: {why}"), "`plan --out FILE` saves one"),
            Self::Version(version) => (
                format!("{shown} is of version {}; this program reads {FORMAT_VERSION}", visible(&version)),
                "apply it with the Statewright that made it, or plan again",
            ),
            Self::Edited => (
                format!("the saved plan {shown} was changed after it was saved; nothing was done"),
                "change the spec, then plan again with --out",
            ),
        };
        let error = CliError::user(what);
        if hint.is_empty() { error } else { error.hint(hint) }
    }
}

/// Reads a saved plan.
pub(crate) fn read(path: &Path) -> std::result::Result<Saved, Unread> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Unread::Io)?;
    let length = file.metadata().map_err(Unread::Io)?.len();
    if length > MOST {
        return Err(Unread::TooLarge(length));
    }
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(Unread::Io)?;
    if bytes.len() as u64 > MOST {
        return Err(Unread::TooLarge(bytes.len() as u64));
    }
    parse(&bytes)
}

const CHECKSUM: &str = "/saved/checksum";

pub(super) fn parse(bytes: &[u8]) -> std::result::Result<Saved, Unread> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unread::NotSaved("it is empty".to_owned()));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => Unread::Cut(error),
        _ => Unread::NotSaved(format!("it is not JSON ({error})")),
    })?;
    let version = value.get("format_version").and_then(Value::as_str);
    let Some(made) = value.get("saved") else {
        let why = if version.is_some() && (value.get("steps").is_some() || value.get("stacks").is_some()) {
            "it is what --format json prints"
        } else {
            "it is some other JSON"
        };
        return Err(Unread::NotSaved(why.to_owned()));
    };
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    match version {
        Some(version) if major(version) == major(FORMAT_VERSION) => {}
        Some(version) => return Err(Unread::Version(version.to_owned())),
        None => return Err(Unread::NotSaved("it has no `format_version`".to_owned())),
    }
    if value.pointer(CHECKSUM).and_then(Value::as_str) != Some(&checksum(&value)) {
        return Err(Unread::Edited);
    }
    let misfit = |error: serde_json::Error| Unread::NotSaved(visible(&error.to_string()).into_owned());
    let made = Made::deserialize(made).map_err(misfit)?;
    let stacks = match value.get("stacks") {
        Some(stacks) => Vec::deserialize(stacks).map_err(misfit)?,
        None => vec![super::SavedStack::deserialize(&value).map_err(misfit)?],
    };
    Ok(Saved { made, stacks })
}

/// SHA-256 of a document without its checksum, keys sorted and without layout.
fn checksum(document: &Value) -> String {
    let mut document = document.clone();
    if let Some(Value::Object(made)) = document.get_mut("saved") {
        made.shift_remove("checksum");
    }
    document.sort_all_objects();
    Sha256::digest(document.to_string()).iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
