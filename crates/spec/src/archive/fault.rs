//! Why code cannot be packed.

use std::{fmt, io, path::PathBuf};

use super::{MAX_ENTRIES, MAX_UNZIPPED, MAX_ZIPPED};

/// One thing that is wrong with a file or a directory of code.
#[derive(Debug)]
pub(crate) struct ArchiveFault {
    /// Below the directory; empty for the whole of it.
    pub(crate) path: PathBuf,
    /// What.
    pub(crate) kind: FaultKind,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum FaultKind {
    /// It cannot be read.
    Unreadable(io::Error),
    /// There is no file in it.
    Empty,
    /// A link leads out of the directory, to this place.
    LinkOut(PathBuf),
    /// A link leads to a directory that it stands in.
    LinkLoop,
    /// A link leads nowhere.
    DanglingLink,
    /// A socket, a pipe, a device.
    Special,
    /// Its name is not UTF-8.
    Name,
    /// More files than are packed.
    TooMany,
    /// Bytes, zipped.
    TooLargeZipped(u64),
    /// Bytes, unzipped.
    TooLargeUnzipped(u64),
    /// It ends in `.zip` or `.jar`, or begins like an archive, and is none.
    BadArchive(String),
}

impl fmt::Display for ArchiveFault {
    /// A sentence's second half: `app.py is a link that leads nowhere`, `has no file in it`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.as_os_str().is_empty() {
            write!(f, "`{}` ", self.path.display())?;
        }
        match &self.kind {
            FaultKind::Unreadable(e) => write!(f, "cannot be read: {e}"),
            FaultKind::Empty => f.write_str("has no file in it"),
            FaultKind::LinkOut(to) => write!(f, "is a link out of the directory, to `{}`", to.display()),
            FaultKind::LinkLoop => f.write_str("is a link to a directory that it stands in"),
            FaultKind::DanglingLink => f.write_str("is a link that leads nowhere"),
            FaultKind::Special => f.write_str("is neither a file nor a directory"),
            FaultKind::Name => f.write_str("has a name that is not UTF-8"),
            FaultKind::TooMany => write!(f, "has more than {MAX_ENTRIES} files"),
            FaultKind::TooLargeZipped(bytes) => {
                write!(f, "has {bytes} bytes when zipped; Lambda takes {MAX_ZIPPED} in a call")
            }
            FaultKind::TooLargeUnzipped(bytes) => {
                write!(f, "has {bytes} bytes when unzipped; Lambda takes less than {MAX_UNZIPPED}")
            }
            FaultKind::BadArchive(why) => write!(f, "is no zip archive: {why}"),
        }
    }
}

impl FaultKind {
    /// What to do about it.
    pub(crate) const fn help(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "check the path, and that you may read it",
            Self::Empty => "put the function's code there, or point `code` to where it is built",
            Self::LinkOut(_) => "copy the file into the directory: what is packed must stand in it",
            Self::LinkLoop => "remove the link",
            Self::DanglingLink => "remove the link, or make what it points to",
            Self::Special => "only files and directories are packed",
            Self::Name => "rename it",
            Self::TooMany => "point `code` to the directory that holds the built code and nothing else",
            Self::TooLargeZipped(_) => "upload the archive to S3 and write `code: { s3: { bucket: …, key: … } }`",
            Self::TooLargeUnzipped(_) => "move libraries to a layer, or leave out what is not needed when it runs",
            Self::BadArchive(_) => "build it anew, or point `code` to the directory that it was made of",
        }
    }
}
