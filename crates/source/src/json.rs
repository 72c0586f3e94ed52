//! JSON to nodes.

use crate::{Parsed, span::FileId};

/// Parses JSON text (RFC 8259).
pub fn parse_json(file: FileId, text: &str) -> Parsed {
    let _ = (file, text);
    Parsed { root: None, diagnostics: Vec::new() }
}
