//! What the tests of this crate share.

use statewright_source::{FileId, Node, parse_json};

/// The tree of a JSON text that is well formed.
pub(crate) fn node(text: &str) -> Node {
    let parsed = parse_json(FileId(0), text);
    assert_eq!(parsed.diagnostics, [], "not JSON: {text}");
    parsed.root.unwrap()
}

/// The codes that a definition gives, each once, in the order of the text; notes are left out.
pub(crate) fn codes(text: &str) -> Vec<&'static str> {
    let root = node(text);
    let mut codes: Vec<&'static str> = Vec::new();
    for found in crate::check(&root, &crate::Options::default()).diagnostics {
        if found.severity < statewright_source::Severity::Note && !codes.contains(&found.code.0) {
            codes.push(found.code.0);
        }
    }
    codes
}
