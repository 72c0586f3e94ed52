//! Every file that a spec names is found here, and none outside the repository that holds the spec.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use statewright_source::{Diagnostic, Span, nearest, visible};

use crate::codes;

/// The files around one spec.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// The spec's directory, as the user named it.
    base: PathBuf,
    /// The repository that holds the spec: the nearest directory upwards with a `.git`, else the spec's own. Canonical.
    root: PathBuf,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileFault {
    /// The path begins at the root of the file system.
    Absolute,
    /// It, or a link on the way, leads out of the repository.
    Outside,
    /// There is none; the name of a neighbour that may have been meant.
    Missing(Option<String>),
    /// A directory where a file must stand.
    Directory,
    /// A device, a pipe, a socket.
    Special,
    /// More bytes than this are not taken.
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
        Ok(Self { base, root })
    }

    /// As a message names the file: the spec's own directory joined with the path.
    pub(crate) fn shown(&self, path: &str) -> String {
        let mut out = PathBuf::new();
        for part in self.base.join(path).components() {
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
        read(&self.locate(path)?, limit)
    }

    /// Where a file or a directory really is: in the repository that holds the spec.
    pub(crate) fn locate(&self, path: &str) -> Result<PathBuf, FileFault> {
        let wanted = Path::new(path);
        if wanted.is_absolute() || wanted.has_root() {
            return Err(FileFault::Absolute);
        }
        let joined = self.base.join(wanted);
        let real = fs::canonicalize(&joined).map_err(|e| match e.kind() {
            // Whether something lies outside is nobody's business: it is refused whether it exists or not.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if self.climbs_out(wanted) => FileFault::Outside,
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileFault::Missing(neighbour(&joined)),
            _ => system(&e),
        })?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(FileFault::Outside) }
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
}

/// The bytes of a plain file, at most `limit` of them.
pub(crate) fn read(real: &Path, limit: u64) -> Result<Arc<[u8]>, FileFault> {
    let meta = fs::metadata(real).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileFault::Missing(neighbour(real)),
        _ => system(&e),
    })?;
    if meta.is_dir() {
        return Err(FileFault::Directory);
    }
    // A pipe or a device would be waited for.
    if !meta.is_file() {
        return Err(FileFault::Special);
    }
    if meta.len() > limit {
        return Err(FileFault::TooLarge(limit));
    }
    fs::read(real).map(Into::into).map_err(|e| system(&e))
}

fn system(error: &io::Error) -> FileFault {
    FileFault::System(error.kind().to_string())
}

/// A file beside the missing one whose name is near.
fn neighbour(missing: &Path) -> Option<String> {
    let wanted = missing.file_name()?.to_str()?;
    let parent = missing.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> =
        fs::read_dir(parent).ok()?.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

impl FileFault {
    /// The finding without a place; `shown` is the file as messages call it.
    pub(crate) fn finding(&self, shown: &str) -> Diagnostic {
        let shown = visible(shown);
        match self {
            Self::Absolute => Diagnostic::error(codes::BAD_PATH, format!("`{shown}` is an absolute path"))
                .help("write the path relative to the spec, so that it holds on every machine"),
            Self::Outside => {
                Diagnostic::error(codes::OUTSIDE, format!("`{shown}` lies outside the repository that holds the spec"))
                    .help("copy the file into the repository: what is deployed is what is under version control")
            }
            Self::Missing(near) => {
                let found = Diagnostic::error(codes::UNREADABLE, format!("there is no file `{shown}`"));
                match near {
                    Some(near) => found.help(format!("beside it there is `{}`", visible(near))),
                    None => found,
                }
            }
            Self::Directory => Diagnostic::error(codes::UNREADABLE, format!("`{shown}` is a directory, not a file")),
            Self::Special => Diagnostic::error(codes::UNREADABLE, format!("`{shown}` is not a plain file"))
                .help("a device, a pipe or a socket is not read"),
            Self::TooLarge(limit) => {
                Diagnostic::error(codes::TOO_LARGE, format!("`{shown}` is larger than {limit} bytes"))
            }
            Self::System(why) => {
                Diagnostic::error(codes::UNREADABLE, format!("`{shown}` cannot be read: {}", visible(why)))
            }
        }
    }

    /// The finding, at the place that names the file; `path` is the file as the spec names it.
    pub(crate) fn diagnostic(&self, shown: &str, path: &str, span: Span) -> Diagnostic {
        let label = match self {
            Self::Absolute => "starts at the root of this machine",
            Self::Outside => "leads out of the repository",
            Self::Missing(_) => "not found; the path is relative to the spec",
            Self::Directory => "a file must stand here",
            Self::TooLarge(_) => "too large",
            Self::Special | Self::System(_) => "named here",
        };
        // Where a path leads outside is not for a message to tell.
        let shown = if matches!(self, Self::Absolute | Self::Outside) { path } else { shown };
        self.finding(shown).at(span, label)
    }
}
