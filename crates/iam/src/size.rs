//! Sizes and characters, as IAM counts them.

use serde_json::Value;

/// Quotas of IAM in characters. All but the inline one can be raised for an account.
pub mod quota {
    /// A managed policy.
    pub const MANAGED: usize = 6_144;
    /// A trust policy (up to 4,096 on request).
    pub const TRUST: usize = 2_048;
    /// All inline policies of one role together.
    pub const INLINE_TOTAL: usize = 10_240;
    /// Managed policies attached to a role.
    pub const ATTACHMENTS: usize = 10;
    /// Versions of a managed policy.
    pub const VERSIONS: usize = 5;
}

/// The characters that IAM counts against a quota: those of the document written without white space between its
/// elements. White space inside a string is counted by us as well: IAM's documentation says that white space is not
/// counted and does not say which, so this is the larger of the two readings, off by the few blanks that a `Sid` or a
/// condition value may hold.
pub fn size(document: &Value) -> usize {
    match document {
        Value::String(text) => crate::read::decode(text).map_or(text.chars().count(), |v| size(&v)),
        other => other.to_string().chars().count(),
    }
}

/// The first character that IAM refuses in a document or a description, with its byte offset: anything but U+0020 to
/// U+00FF, tab, line feed and carriage return.
pub fn refused_character(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| !matches!(c, '\u{20}'..='\u{ff}' | '\t' | '\n' | '\r'))
}
