//! What the tests of this crate share.

use statewright_source::{FileId, Node, parse_json};

/// The tree of a JSON text that is well formed.
pub(crate) fn node(text: &str) -> Node {
    let parsed = parse_json(FileId(0), text);
    assert_eq!(parsed.diagnostics, [], "not JSON: {text}");
    parsed.root.unwrap()
}
