//! YAML to nodes.

use crate::{Parsed, span::FileId};

/// Parses YAML 1.2 text.
pub fn parse_yaml(file: FileId, text: &str) -> Parsed {
    let _ = (file, text);
    Parsed { root: None, diagnostics: Vec::new() }
}
