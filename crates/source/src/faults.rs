//! The findings of one parse: bounded, so that hopeless input gives a short answer.

use crate::{Code, Diagnostic, Entry, FileId, Span, codes};

/// How many findings one text gives before its parser stops.
pub(crate) const MAX_FAULTS: usize = 100;

/// Findings of one text, in the order in which they were met.
#[derive(Debug)]
pub(crate) struct Faults {
    file: FileId,
    list: Vec<Diagnostic>,
}

impl Faults {
    pub(crate) const fn new(file: FileId) -> Self {
        Self { file, list: Vec::new() }
    }

    /// A place in this text.
    pub(crate) const fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// An error at a place of this text, not yet recorded.
    pub(crate) fn error(
        &self,
        code: Code,
        title: impl Into<String>,
        (start, end): (usize, usize),
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(code, title).at(self.span(start, end), label)
    }

    /// Keeps a finding while there is room.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(diagnostic);
        } else if self.list.len() == MAX_FAULTS {
            let mut last = Diagnostic::error(
                codes::TOO_MANY_FAULTS,
                format!("the text has more faults: the first {MAX_FAULTS} are shown"),
            );
            last.primary = diagnostic.primary;
            self.list.push(last);
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether nothing more is kept.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() > MAX_FAULTS
    }

    /// Removes every entry whose key stood before, and says so with both places.
    pub(crate) fn unique_keys(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut first: std::collections::HashMap<&str, usize> = std::collections::HashMap::with_capacity(entries.len());
        let mut again = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            match first.entry(&entry.key) {
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(i);
                }
                std::collections::hash_map::Entry::Occupied(place) => again.push((i, *place.get())),
            }
        }
        if again.is_empty() {
            return entries;
        }
        for &(i, earlier) in &again {
            let key = &entries[i].key;
            self.push(
                Diagnostic::error(codes::DUPLICATE_KEY, format!("the key `{}` is there twice", crate::visible(key)))
                    .at(entries[i].key_span, "again here")
                    .related(entries[earlier].key_span, "first here")
                    .help("keep one of the two: most readers would silently take the last"),
            );
        }
        let mut again = again.into_iter().map(|(i, _)| i).peekable();
        entries
            .into_iter()
            .enumerate()
            .filter_map(|(i, entry)| if again.next_if_eq(&i).is_some() { None } else { Some(entry) })
            .collect()
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.list
    }
}
