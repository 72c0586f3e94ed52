//! Findings about texts that hold a secret.
//!
//! [`Context::report`] takes the values of secrets out of every finding. A checker may also show what it made of a value
//! (its lower case, a part of it, a mend): about a document's text that holds a secret, only the rule is told.

use statewright_source::{Diagnostic, Node, Span};

use crate::context::Context;

/// The strings of the document in `field` that a sensitive variable flows into.
pub(super) fn secret_places(ctx: &Context<'_>, field: &str, tree: &Node) -> Vec<Span> {
    let prefix = format!("/{field}");
    let pointers = ctx.gathered.sensitive.iter().filter_map(|p| p.strip_prefix(&prefix));
    pointers.filter_map(|pointer| Some(tree.pointer(pointer)?.span)).collect()
}

/// The finding without what it says of a text that holds a secret; `rule` is what is wrong in general.
pub(super) fn discreet(mut found: Diagnostic, rule: &str, secret: &[Span]) -> Diagnostic {
    let within =
        |inner: Span| secret.iter().any(|s| s.file == inner.file && s.start <= inner.start && inner.end <= s.end);
    if found.primary.as_ref().is_some_and(|label| within(label.span)) {
        found.title = format!("{rule}, in a text that a sensitive variable is a part of");
        found.primary.iter_mut().for_each(|label| label.text.clear());
        (found.help, found.fix) = (None, None);
    }
    found
}
