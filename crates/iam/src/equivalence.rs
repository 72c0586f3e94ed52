//! Equal by meaning, and what a change gives and takes.

use serde_json::Value;

use crate::{
    canonical::canonical,
    cover,
    document::{Document, Version},
};

/// Whether two documents mean the same to IAM: order, a string or a list of one, the case of actions and condition keys,
/// an account or its `:root` ARN, percent-encoding, a default version, a missing or an empty principal do not count;
/// neither do `Sid`, `Id` and how grants are spread over statements (what is granted twice is granted once).
///
/// Total: what is no document is compared as JSON. Proved and never guessed: `false` also means "not sure". To ask
/// whether the two differ in anything at all, `Sid`s included, compare their [`canonical`] forms.
pub fn equivalent(a: &Value, b: &Value) -> bool {
    let (canonical_a, canonical_b) = (canonical(a), canonical(b));
    if canonical_a == canonical_b {
        return true;
    }
    match (Document::of(a), Document::of(b)) {
        (Some(a), Some(b)) => a.is_sound() && b.is_sound() && a.version == b.version && cover::same(&a, &b),
        _ => false,
    }
}

/// Whether `after` allows something that `before` does not. `true` also means "not sure". `null` stands for no document,
/// which allows nothing.
pub fn broadens(before: &Value, after: &Value) -> bool {
    !allows_all(before, after)
}

/// Whether `before` allows something that `after` does not. `true` also means "not sure".
pub fn narrows(before: &Value, after: &Value) -> bool {
    !allows_all(after, before)
}

fn allows_all(wide: &Value, narrow: &Value) -> bool {
    if canonical(wide) == canonical(narrow) {
        return true;
    }
    let (Some(wide), Some(narrow)) = (read(wide), read(narrow)) else { return false };
    let one_language =
        wide.version == narrow.version || !(cover::has_variables(&wide) || cover::has_variables(&narrow));
    one_language && wide.is_sound() && narrow.is_sound() && cover::allows_all(&wide, &narrow)
}

/// A document, or for `null` one that allows nothing.
fn read(value: &Value) -> Option<Document> {
    if value.is_null() {
        return Some(Document {
            span: None,
            version: Version::V2012,
            version_given: true,
            id: None,
            statements: Vec::new(),
            extra: Vec::new(),
        });
    }
    Document::of(value)
}
