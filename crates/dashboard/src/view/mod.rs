//! Parts of pages: a file each.

pub(crate) mod note;
pub(crate) mod runs;
pub(crate) mod status;
pub(crate) mod terminal;
pub(crate) mod text;
pub(crate) mod time;
