//! What every rule is given.

use std::cell::Cell;

use statewright_source::{Diagnostic, Node, Span, nearest};

use super::{
    Options, Tokens, place,
    place::{Cursor, Place},
};
use crate::model::{Definition, MachineType, StateId, StateType};

/// The definition, what was asked, what was found.
pub(super) struct Context<'c, 'n> {
    pub(super) definition: &'c Definition<'n>,
    options: &'c Options<'c>,
    diagnostics: Vec<Diagnostic>,
    /// Where variables are read, collected on the way.
    pub(super) reads: Vec<Read>,
    /// Tasks that were seen to pass their token on.
    pub(super) tokens_passed: Vec<bool>,
    /// How many more names may be compared for "did you mean": a definition full of wrong names must not take
    /// quadratic time.
    comparisons: usize,
    cursor: Cell<Cursor>,
}

/// Enough for every name that people mistype in one definition.
const COMPARISONS: usize = 20_000;

/// A variable is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) state: StateId,
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) location: String,
}

impl<'c, 'n> Context<'c, 'n> {
    pub(super) fn new(definition: &'c Definition<'n>, options: &'c Options<'c>) -> Self {
        Self {
            definition,
            options,
            diagnostics: Vec::new(),
            reads: Vec::new(),
            tokens_passed: vec![false; definition.states().len()],
            comparisons: COMPARISONS,
            cursor: Cell::default(),
        }
    }

    /// The candidate that `word` most likely meant.
    pub(super) fn nearest<'a>(&mut self, word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        // A long word is no typing error, and comparing costs the product of the lengths.
        if word.len() > 200 || self.comparisons == 0 {
            return None;
        }
        let list: Vec<&str> = candidates.filter(|c| c.len() <= 200).take(self.comparisons).collect();
        self.comparisons -= list.len();
        nearest(word, list)
    }

    pub(super) fn push(&mut self, found: Diagnostic) {
        self.diagnostics.push(found);
    }

    /// Every finding once, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        let key = |d: &Diagnostic| d.primary.as_ref().map(|l| (l.span.file, l.span.start, l.span.end));
        self.diagnostics.sort_by(|a, b| key(a).cmp(&key(b)).then(a.code.cmp(&b.code)));
        self.diagnostics.dedup();
        self.diagnostics
    }

    pub(super) fn express(&self) -> bool {
        self.options.machine_type == Some(MachineType::Express)
    }

    /// Whether a text may become anything before AWS sees it.
    pub(super) fn opaque_text(&self, text: &str) -> bool {
        // Most texts have no `$`, and a search for one character costs least.
        self.options.tokens == Tokens::Wildcard
            && text.contains('$')
            && text.find("${").is_some_and(|i| text[i..].contains('}'))
    }

    /// Whether a value may become anything: a token, or a function of CloudFormation that stands in a value's place.
    pub(super) fn opaque(&self, node: &Node) -> bool {
        if self.options.tokens == Tokens::Resolved {
            return false;
        }
        match node.as_map() {
            Some([only]) => only.key == "Ref" || only.key.starts_with("Fn::"),
            _ => node.as_str().is_some_and(|text| self.opaque_text(text)),
        }
    }

    pub(super) fn location(&self, place: &Place<'_>) -> String {
        place.location(self.definition)
    }

    /// The span of a part of a string.
    pub(super) fn within(&self, node: &Node, part: std::ops::Range<usize>) -> Span {
        place::within(node, part, self.options.sources, &self.cursor)
    }

    pub(super) fn read(&mut self, state: StateId, name: &str, span: Span, place: &Place<'_>) {
        let location = self.location(place);
        self.reads.push(Read { state, name: name.to_owned(), span, location });
    }

    /// Whether a state runs within a Map, itself included: there `Map.Item` means something.
    pub(super) fn in_map(&self, state: StateId) -> bool {
        let mut at = Some(self.definition.state(state));
        while let Some(state) = at {
            if state.kind == Some(StateType::Map) {
                return true;
            }
            at = self.definition.owner(state.body);
        }
        false
    }
}
