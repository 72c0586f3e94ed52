//! Keys of the language that are not available yet: refused by name, so that nobody believes they work.

use statewright_source::{Diagnostic, Entry, Node, Value, visible};

use crate::{Kind, codes};

/// A key, who has it, and the one word that says what is done anyway.
struct Later {
    key: &'static str,
    kind: Option<Kind>,
    word: Option<&'static str>,
    what: &'static str,
}

const LATER: [Later; 6] = [
    Later {
        key: "attachments",
        kind: Some(Kind::Role),
        word: Some("exclusive"),
        what: "attachments that are reported and left alone",
    },
    Later { key: "adopt", kind: None, word: None, what: "taking over what exists" },
    Later { key: "protect", kind: None, word: None, what: "protection from deletion" },
    Later { key: "retain", kind: None, word: None, what: "leaving a resource behind" },
    Later { key: "was", kind: None, word: None, what: "renames" },
    Later { key: "ignore_tags", kind: None, word: None, what: "tags that are left alone" },
];

/// The map without those keys; what they ask for is said not to be there yet. `kind` is `None` for the spec itself.
pub(crate) fn refuse(node: &Node, kind: Option<Kind>, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let Value::Map(entries) = &node.value else { return node.clone() };
    let keep = |entry: &Entry| match LATER.iter().find(|l| l.key == entry.key && (l.kind.is_none() || l.kind == kind)) {
        None => true,
        Some(later) => {
            let word = entry.value.as_str();
            if word.is_none() || word != later.word {
                diagnostics.push(later.finding(entry));
            }
            false
        }
    };
    // The closure borrows what it reports to.
    let mut keep = keep;
    let kept = entries.iter().filter(|e| keep(e)).cloned().collect();
    Node { span: node.span, value: Value::Map(kept) }
}

impl Later {
    fn finding(&self, entry: &Entry) -> Diagnostic {
        let found = match (self.word, entry.value.as_str()) {
            (Some(_), Some(text)) => {
                let title = format!("`{}: {}` is not available yet", self.key, visible(text));
                Diagnostic::error(codes::NOT_YET, title).at(entry.value.span, self.what)
            }
            _ => Diagnostic::error(codes::NOT_YET, format!("`{}` is not available yet", self.key))
                .at(entry.key_span, self.what),
        };
        match self.word {
            Some(word) => found.help(format!("leave it out, or write `{}: {word}`: that is what is done", self.key)),
            None => found.help("leave it out"),
        }
    }
}
