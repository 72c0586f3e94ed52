//! A function's code as a zip archive: from a file or a directory, and a pure function of what they hold.
//!
//! The same names, bytes and exec bits give the same archive, whatever the order in which the files were made, their
//! times, their owners or the machine: entries are sorted by name, carry 1980-01-01 and the mode 0644 or 0755, and are
//! deflated at a fixed level. So `CodeSha256` differs only where the code does.
//!
//! Left out of a directory, wherever they stand, since they are never code: `__pycache__`, `*.pyc`, `.git`,
//! `.DS_Store`. Directories have no entries of their own. A file that is a zip archive already (`function.zip`, a jar)
//! is taken as it is.

mod fault;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs, io,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::Engine as _;
use sha2::Digest as _;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter, write::SimpleFileOptions};

pub(crate) use fault::{ArchiveFault, FaultKind};

use crate::kind::function::Archive;

/// The largest archive that Lambda takes in a call, in bytes: "50 MB (zipped, for direct upload)".
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub(crate) const MAX_ZIPPED: u64 = 50 * 1024 * 1024;
/// What the code must stay below when unpacked, in bytes: Lambda says "Unzipped size must be smaller than 262144000
/// bytes". Layers count as well, so less may be too much.
pub(crate) const MAX_UNZIPPED: u64 = 250 * 1024 * 1024;
/// The most files and directories that are visited: links may make a small tree endless.
pub(crate) const MAX_ENTRIES: usize = 100_000;

/// zlib's default: a higher one gains a per cent and costs seconds.
const LEVEL: i64 = 6;

/// An archive, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packed {
    /// The archive.
    pub(crate) archive: Archive,
    /// The names of its files, sorted, with `/` between their parts.
    pub(crate) names: Vec<String>,
}

/// Packs a file or a directory. All that is wrong with it is reported at once.
pub(crate) fn pack(path: &Path) -> Result<Packed, Vec<ArchiveFault>> {
    let fault = |kind| vec![ArchiveFault { path: PathBuf::new(), kind }];
    let root = fs::canonicalize(path).map_err(|e| fault(FaultKind::Unreadable(e)))?;
    let metadata = fs::metadata(&root).map_err(|e| fault(FaultKind::Unreadable(e)))?;
    if metadata.is_dir() {
        return pack_directory(&root);
    }
    if !metadata.is_file() {
        return Err(fault(FaultKind::Special));
    }
    // Checked before it is read: nothing larger than the limit is held in memory.
    if metadata.len() >= MAX_UNZIPPED {
        return Err(fault(FaultKind::TooLargeUnzipped(metadata.len())));
    }
    let bytes = fs::read(&root).map_err(|e| fault(FaultKind::Unreadable(e)))?;
    if bytes.starts_with(b"PK\x03\x04") {
        return take_archive(bytes).map_err(fault);
    }
    // The name as the user wrote it, not what a link leads to.
    let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(|| fault(FaultKind::Name))?;
    if Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("zip") || e.eq_ignore_ascii_case("jar")) {
        return Err(fault(FaultKind::BadArchive("it does not begin like one".to_owned())));
    }
    zip(BTreeMap::from([(name.to_owned(), File { bytes, executable: is_executable(&metadata) })])).map_err(fault)
}

/// A file on its way into an archive.
struct File {
    bytes: Vec<u8>,
    executable: bool,
}

fn pack_directory(root: &Path) -> Result<Packed, Vec<ArchiveFault>> {
    let mut walk =
        Walk { root, found: BTreeMap::new(), faults: Vec::new(), inside: vec![root.to_owned()], visited: 0, size: 0 };
    walk.directory(root, Path::new(""));
    let Walk { found, mut faults, size, .. } = walk;
    if faults.is_empty() && found.is_empty() {
        faults.push(ArchiveFault { path: PathBuf::new(), kind: FaultKind::Empty });
    }
    if size >= MAX_UNZIPPED {
        faults.push(ArchiveFault { path: PathBuf::new(), kind: FaultKind::TooLargeUnzipped(size) });
    }
    if !faults.is_empty() {
        faults.sort_by(|a, b| a.path.cmp(&b.path));
        return Err(faults);
    }
    let mut files = BTreeMap::new();
    for (name, (path, executable)) in found {
        match fs::read(&path) {
            Ok(bytes) => {
                files.insert(name, File { bytes, executable });
            }
            Err(e) => faults.push(ArchiveFault { path: name.into(), kind: FaultKind::Unreadable(e) }),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    zip(files).map_err(|kind| vec![ArchiveFault { path: PathBuf::new(), kind }])
}

/// The state of a walk through a directory.
struct Walk<'a> {
    /// Canonical: links may not lead out of it.
    root: &'a Path,
    /// Name in the archive → where to read it, and whether it is executable.
    found: BTreeMap<String, (PathBuf, bool)>,
    faults: Vec<ArchiveFault>,
    /// The canonical paths of the directories that are being walked, outermost first: a link to one of them is a loop.
    inside: Vec<PathBuf>,
    visited: usize,
    size: u64,
}

impl Walk<'_> {
    fn fault(&mut self, path: &Path, kind: FaultKind) {
        self.faults.push(ArchiveFault { path: path.to_owned(), kind });
    }

    /// Walks `real`, which is called `shown` in the archive.
    fn directory(&mut self, real: &Path, shown: &Path) {
        let entries = fs::read_dir(real).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(e) => return self.fault(shown, FaultKind::Unreadable(e)),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            self.visited += 1;
            if self.visited > MAX_ENTRIES {
                if self.visited == MAX_ENTRIES + 1 {
                    self.fault(Path::new(""), FaultKind::TooMany);
                }
                return;
            }
            let shown = shown.join(entry.file_name());
            if !is_left_out(&entry.file_name().to_string_lossy()) {
                self.entry(&entry.path(), &shown);
            }
        }
    }

    fn entry(&mut self, path: &Path, shown: &Path) {
        let unreadable = |e: io::Error| {
            if e.kind() == io::ErrorKind::NotFound { FaultKind::DanglingLink } else { FaultKind::Unreadable(e) }
        };
        let is_link = fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink());
        let (real, metadata) = match fs::canonicalize(path).and_then(|p| fs::metadata(&p).map(|m| (p, m))) {
            Ok(found) => found,
            Err(e) => return self.fault(shown, unreadable(e)),
        };
        if is_link && !real.starts_with(self.root) {
            self.fault(shown, FaultKind::LinkOut(real));
        } else if metadata.is_dir() {
            if self.inside.contains(&real) {
                return self.fault(shown, FaultKind::LinkLoop);
            }
            self.inside.push(real.clone());
            self.directory(&real, shown);
            self.inside.pop();
        } else if metadata.is_file() {
            let Some(name) = archive_name(shown) else { return self.fault(shown, FaultKind::Name) };
            self.size = self.size.saturating_add(metadata.len());
            self.found.insert(name, (real, is_executable(&metadata)));
        } else {
            self.fault(shown, FaultKind::Special);
        }
    }
}

fn is_left_out(name: &str) -> bool {
    matches!(name, "__pycache__" | ".git" | ".DS_Store")
        || name.strip_suffix(".pyc").is_some_and(|stem| !stem.is_empty())
}

/// The path with `/` between its parts, if it is text.
fn archive_name(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

fn zip(files: BTreeMap<String, File>) -> Result<Packed, FaultKind> {
    let write = |e: zip::result::ZipError| FaultKind::Unreadable(io::Error::other(e));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut names = Vec::with_capacity(files.len());
    for (name, File { bytes, executable }) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(DateTime::default())
            .system(System::Unix)
            .unix_permissions(if executable { 0o755 } else { 0o644 });
        writer.start_file(name.as_str(), options).map_err(write)?;
        writer.write_all(&bytes).map_err(FaultKind::Unreadable)?;
        names.push(name);
    }
    let bytes = writer.finish().map_err(write)?.into_inner();
    finish(bytes, names)
}

/// An archive that somebody else made, checked for being one.
fn take_archive(bytes: Vec<u8>) -> Result<Packed, FaultKind> {
    let bad = |e: zip::result::ZipError| FaultKind::BadArchive(e.to_string());
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).map_err(bad)?;
    let mut names = Vec::with_capacity(archive.len());
    let mut size = 0_u64;
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(bad)?;
        size = size.saturating_add(file.size());
        if !file.is_dir() {
            names.push(file.name().to_owned());
        }
    }
    if names.is_empty() {
        return Err(FaultKind::Empty);
    }
    if size >= MAX_UNZIPPED {
        return Err(FaultKind::TooLargeUnzipped(size));
    }
    names.sort();
    finish(bytes, names)
}

fn finish(bytes: Vec<u8>, names: Vec<String>) -> Result<Packed, FaultKind> {
    let size = bytes.len() as u64;
    if size > MAX_ZIPPED {
        return Err(FaultKind::TooLargeZipped(size));
    }
    let sha256 = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&bytes));
    Ok(Packed { archive: Archive { sha256, bytes: Arc::from(bytes) }, names })
}
