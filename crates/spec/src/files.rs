//! Every file that a spec names is read here, once, and never from outside the repository that holds the spec.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use statewright_source::{Diagnostic, Span, nearest, visible};

use crate::codes;

/// What Lambda takes, unpacked: 262,144,000 bytes
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub(crate) const MAX_CODE_BYTES: u64 = 262_144_000;

/// The files around one spec.
#[derive(Debug)]
pub(crate) struct Files {
    /// The spec's directory, as the user named it.
    base: PathBuf,
    /// The repository that holds the spec: the nearest directory upwards with a `.git`, else the spec's own. Canonical.
    root: PathBuf,
    /// What was read, by its path below `root`.
    read: Mutex<BTreeMap<String, Arc<[u8]>>>,
}

/// Code: one file, or all files of a directory.
#[derive(Debug, Clone)]
pub(crate) enum SourceFiles {
    /// One file.
    File(SourceFile),
    /// At least one, sorted by path.
    Directory(Vec<SourceFile>),
}

/// One file of code.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// The file's name, or its path within the directory, with `/`.
    pub(crate) path: String,
    /// Its content.
    pub(crate) bytes: Arc<[u8]>,
    /// Whether its owner may execute it.
    pub(crate) executable: bool,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileFault {
    /// The path begins at the root of the file system.
    Absolute,
    /// It, or a link in the directory (named), leads out of the repository.
    Outside(Option<String>),
    /// There is none; the name of a neighbour that may have been meant.
    Missing(Option<String>),
    /// A directory where a file must stand.
    Directory,
    /// A device, a pipe, a socket (named when it lies in a directory).
    Special(Option<String>),
    /// A link that leads back to a directory around it.
    Loop(String),
    /// A name that is not UTF-8.
    Name(String),
    /// No file in it.
    Empty,
    /// More bytes than are taken.
    TooLarge(u64),
    /// The system said no.
    System(String),
}

impl Files {
    /// The files around the spec at `spec`.
    pub(crate) fn around(spec: &Path) -> io::Result<Self> {
        let base = match spec.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let real = fs::canonicalize(&base)?;
        let root = real.ancestors().find(|d| d.join(".git").exists()).unwrap_or(&real).to_owned();
        Ok(Self { base, root, read: Mutex::default() })
    }

    /// As a message names the file: the spec's own directory joined with the path.
    pub(crate) fn shown(&self, path: &str) -> String {
        let joined = if self.base == Path::new(".") { PathBuf::from(path) } else { self.base.join(path) };
        let mut out = PathBuf::new();
        for part in joined.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                    out.pop();
                }
                part => out.push(part),
            }
        }
        out.to_string_lossy().into_owned()
    }

    /// The bytes of a file, at most `limit` of them.
    pub(crate) fn bytes(&self, path: &str, limit: u64) -> Result<Arc<[u8]>, FileFault> {
        let real = self.locate(path)?;
        let meta = fs::metadata(&real).map_err(|e| system(&e))?;
        if meta.is_dir() {
            return Err(FileFault::Directory);
        }
        self.read(&real, &meta, limit, None)
    }

    /// A file, or every file of a directory.
    pub(crate) fn source(&self, path: &str) -> Result<SourceFiles, FileFault> {
        let real = self.locate(path)?;
        let meta = fs::metadata(&real).map_err(|e| system(&e))?;
        if !meta.is_dir() {
            let bytes = self.read(&real, &meta, MAX_CODE_BYTES, None)?;
            let name = Path::new(path).file_name().and_then(|n| n.to_str()).unwrap_or("code").to_owned();
            return Ok(SourceFiles::File(SourceFile { path: name, bytes, executable: executable(&meta) }));
        }
        let mut walk = Walk { files: self, around: Vec::new(), left: MAX_CODE_BYTES, found: Vec::new() };
        walk.directory(&real, "")?;
        let mut found = walk.found;
        if found.is_empty() {
            return Err(FileFault::Empty);
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(SourceFiles::Directory(found))
    }

    /// SHA-256 of everything that was read, by path.
    pub(crate) fn hash_into(&self, hash: &mut impl sha2::Digest) {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, bytes) in read.iter() {
            hash.update((path.len() as u64).to_le_bytes());
            hash.update(path.as_bytes());
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
    }

    fn locate(&self, path: &str) -> Result<PathBuf, FileFault> {
        let wanted = Path::new(path);
        if wanted.is_absolute() || wanted.has_root() {
            return Err(FileFault::Absolute);
        }
        let joined = self.base.join(wanted);
        let real = fs::canonicalize(&joined).map_err(|e| match e.kind() {
            // Whether something lies outside is nobody's business: an outside path is refused before it is looked for.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if self.climbs_out(wanted) => {
                FileFault::Outside(None)
            }
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileFault::Missing(neighbour(&joined)),
            _ => system(&e),
        })?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(FileFault::Outside(None)) }
    }

    /// Whether the path, read as text, leaves the repository.
    fn climbs_out(&self, path: &Path) -> bool {
        let Ok(mut at) = fs::canonicalize(&self.base) else { return false };
        for part in path.components() {
            match part {
                Component::ParentDir => {
                    at.pop();
                }
                Component::Normal(name) => at.push(name),
                _ => {}
            }
        }
        !at.starts_with(&self.root)
    }

    fn read(&self, real: &Path, meta: &fs::Metadata, limit: u64, within: Option<&str>) -> Result<Arc<[u8]>, FileFault> {
        // A pipe or a device would be waited for.
        if !meta.is_file() {
            return Err(FileFault::Special(within.map(str::to_owned)));
        }
        if meta.len() > limit {
            return Err(FileFault::TooLarge(limit));
        }
        let below = real.strip_prefix(&self.root).unwrap_or(real);
        let key = below.to_str().ok_or_else(|| FileFault::Name(below.to_string_lossy().into_owned()))?.to_owned();
        if let Some(bytes) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(bytes));
        }
        let bytes: Arc<[u8]> = fs::read(real).map_err(|e| system(&e))?.into();
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&bytes));
        Ok(bytes)
    }
}

/// One walk through a directory of code.
struct Walk<'f> {
    files: &'f Files,
    /// The directories around the present one, canonical: a link to one of them would never end.
    around: Vec<PathBuf>,
    left: u64,
    found: Vec<SourceFile>,
}

impl Walk<'_> {
    fn directory(&mut self, real: &Path, prefix: &str) -> Result<(), FileFault> {
        if self.around.iter().any(|d| d == real) {
            return Err(FileFault::Loop(prefix.trim_end_matches('/').to_owned()));
        }
        self.around.push(real.to_owned());
        let mut entries = Vec::new();
        for entry in fs::read_dir(real).map_err(|e| system(&e))? {
            let entry = entry.map_err(|e| system(&e))?;
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| FileFault::Name(format!("{prefix}{}", name.to_string_lossy())))?;
            entries.push((format!("{prefix}{name}"), entry.path()));
        }
        entries.sort();
        for (path, entry) in entries {
            let real = fs::canonicalize(&entry).map_err(|e| match e.kind() {
                io::ErrorKind::NotFound => FileFault::Outside(Some(path.clone())),
                _ => system(&e),
            })?;
            if !real.starts_with(&self.files.root) {
                return Err(FileFault::Outside(Some(path)));
            }
            let meta = fs::metadata(&real).map_err(|e| system(&e))?;
            if meta.is_dir() {
                self.directory(&real, &format!("{path}/"))?;
                continue;
            }
            if meta.len() > self.left {
                return Err(FileFault::TooLarge(MAX_CODE_BYTES));
            }
            let bytes = self.files.read(&real, &meta, self.left, Some(&path))?;
            self.left -= meta.len().min(self.left);
            self.found.push(SourceFile { path, bytes, executable: executable(&meta) });
        }
        self.around.pop();
        Ok(())
    }
}

#[cfg(unix)]
fn executable(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_: &fs::Metadata) -> bool {
    false
}

fn system(error: &io::Error) -> FileFault {
    FileFault::System(error.kind().to_string())
}

/// A file beside the missing one whose name is near.
fn neighbour(missing: &Path) -> Option<String> {
    let wanted = missing.file_name()?.to_str()?;
    let names: Vec<String> = fs::read_dir(missing.parent()?)
        .ok()?
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

impl FileFault {
    /// The finding, at the place that names the file; `shown` is the file as messages call it.
    pub(crate) fn diagnostic(&self, shown: &str, span: Span) -> Diagnostic {
        let shown = visible(shown);
        let inner = |path: &str| visible(path).into_owned();
        match self {
            Self::Absolute => Diagnostic::error(codes::BAD_PATH, format!("`{shown}` is an absolute path"))
                .at(span, "starts at the root of this machine")
                .help("write the path relative to the spec, so that it holds on every machine"),
            Self::Outside(None) => {
                Diagnostic::error(codes::OUTSIDE, format!("`{shown}` lies outside the repository that holds the spec"))
                    .at(span, "leads out of the repository")
                    .help("copy the file into the repository; what is deployed is what is under version control")
            }
            Self::Outside(Some(path)) => Diagnostic::error(
                codes::OUTSIDE,
                format!("`{}` in `{shown}` is a link out of the repository, or to nothing", inner(path)),
            )
            .at(span, "this directory")
            .help("replace the link by the file itself"),
            Self::Missing(near) => {
                let found = Diagnostic::error(codes::UNREADABLE, format!("there is no file `{shown}`"))
                    .at(span, "not found; the path is relative to the spec");
                match near {
                    Some(near) => found.help(format!("beside it there is `{}`", visible(near))),
                    None => found,
                }
            }
            Self::Directory => Diagnostic::error(codes::UNREADABLE, format!("`{shown}` is a directory, not a file"))
                .at(span, "a file must stand here"),
            Self::Special(path) => {
                let what = path.as_deref().map_or_else(String::new, |p| format!("`{}` in ", inner(p)));
                Diagnostic::error(codes::UNREADABLE, format!("{what}`{shown}` is not a plain file"))
                    .at(span, "a device, a pipe or a socket is not read")
            }
            Self::Loop(path) => Diagnostic::error(
                codes::UNREADABLE,
                format!("`{}` in `{shown}` is a link to a directory around it", inner(path)),
            )
            .at(span, "would never end")
            .help("remove the link"),
            Self::Name(path) => {
                Diagnostic::error(codes::UNREADABLE, format!("the name of `{}` in `{shown}` is not UTF-8", inner(path)))
                    .at(span, "this directory")
                    .help("rename the file")
            }
            Self::Empty => Diagnostic::error(codes::NO_FILES, format!("there is no file in `{shown}`"))
                .at(span, "an empty directory")
                .help("name a directory that holds the code"),
            Self::TooLarge(limit) => {
                Diagnostic::error(codes::TOO_MUCH_CODE, format!("`{shown}` is larger than {limit} bytes"))
                    .at(span, "too large")
                    .help("leave out what does not run: tests, caches, virtual environments; or use a layer")
            }
            Self::System(why) => {
                Diagnostic::error(codes::UNREADABLE, format!("`{shown}` cannot be read: {}", visible(why)))
                    .at(span, "named here")
            }
        }
    }
}
