//! The texts that were read, so that a span can be shown.

use crate::span::{FileId, Position, Span};

/// One text and how it is called in messages.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// As the user would name it: relative to the current directory where that is shorter.
    pub name: String,
    /// The whole text, without a byte-order mark.
    pub text: String,
    line_starts: Vec<usize>,
    /// Then columns need no counting: a minified definition is one line of up to a mebibyte.
    ascii: bool,
}

/// Every text of one run.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Keeps a text and gives it an id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1))
            .collect();
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let ascii = text.is_ascii();
        self.files.push(SourceFile { name: name.into(), text, line_starts, ascii });
        id
    }

    /// The file behind an id.
    ///
    /// # Panics
    /// When the id comes from another `Sources`: a bug of ours, never a user's.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file with its id, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(u32::try_from(i).unwrap_or(u32::MAX)), f))
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start..span.end).unwrap_or("")
    }

    /// Where a span begins.
    pub fn start(&self, span: Span) -> Position {
        self.file(span.file).position(span.start)
    }

    /// Where a span ends (the position just behind it).
    pub fn end(&self, span: Span) -> Position {
        self.file(span.file).position(span.end)
    }
}

impl SourceFile {
    /// A line by its number from 1: the byte where it begins, and its text without the line break. Past the end it is
    /// the empty line at the end.
    pub fn line(&self, number: usize) -> (usize, &str) {
        let start = self.line_starts.get(number.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let line = self.text[start..].split('\n').next().unwrap_or_default();
        (start, line.strip_suffix('\r').unwrap_or(line))
    }

    /// Line and column of a byte offset; past the end it is the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let before = self.text.get(start..offset).filter(|_| !self.ascii);
        Position { line, column: before.map_or(offset - start, |s| s.chars().count()) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Position, Sources, Span, nearest};

    #[test]
    fn positions_count_characters() {
        let mut sources = Sources::default();
        sources.add("other", "x");
        let file = sources.add("f", "é: 1\r\n😀b\n");
        let at = |start: usize| sources.start(Span::new(file, start, start));
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(2), Position { line: 1, column: 2 });
        assert_eq!(at(7), Position { line: 2, column: 1 });
        assert_eq!(at(11), Position { line: 2, column: 2 });
        assert_eq!(at(13), Position { line: 3, column: 1 });
        assert_eq!(at(1000), Position { line: 3, column: 1 });
        assert_eq!(sources.file(file).line(1), (0, "é: 1"));
        assert_eq!(sources.file(file).line(2), (7, "😀b"));
        assert_eq!(sources.file(file).line(9), (13, ""));
        assert_eq!(sources.text(Span::new(file, 1, 3)), "");
    }

    #[test]
    fn parts_of_spans() {
        let mut sources = Sources::default();
        let file = sources.add("f", "0123456789");
        let span = Span::new(file, 2, 8);
        assert_eq!(sources.text(span.within(1, 3)), "34");
        assert_eq!(sources.text(span.within(4, 99)), "67");
    }

    #[test]
    fn near_words() {
        let words = ["Resource", "ResultPath", "Retry"];
        assert_eq!(nearest("Resuorce", words), Some("Resource"));
        assert_eq!(nearest("resource", words), Some("Resource"));
        assert_eq!(nearest("Rety", words), Some("Retry"));
        assert_eq!(nearest("Timeout", words), None);
        assert_eq!(nearest("x", []), None);
    }
}
