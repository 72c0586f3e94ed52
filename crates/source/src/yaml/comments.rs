//! Comments.

use super::scan::{Kind, scan};

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its line, from 1.
    pub line: usize,
    /// Its first byte, the `#`.
    pub start: usize,
    /// The text behind the `#`, without blanks around it.
    pub text: String,
    /// Whether nothing else stands on its line.
    pub alone: bool,
}

/// The comments of a YAML text, in their order. A `#` inside a string is none, however the string is written. Of a text
/// that is not YAML: the comments before the fault, and those behind it that look like one.
pub fn comments(text: &str) -> Vec<Comment> {
    let scan = scan(text);
    let scalars = scan.tokens.iter().filter(|t| matches!(t.kind, Kind::Scalar(..))).map(|t| (t.start, t.end));
    let mut comments = Vec::new();
    let mut line = 1;
    let mut at = 0;
    for (start, end) in scalars.chain([(text.len(), text.len())]) {
        // Events of an unfinished text may overlap.
        let gap = at..start.max(at);
        find(text, gap.clone(), &mut line, &mut comments);
        let end = end.max(gap.end);
        line += text[gap.end..end].bytes().filter(|b| *b == b'\n').count();
        at = end;
    }
    comments
}

fn find(text: &str, gap: std::ops::Range<usize>, line: &mut usize, comments: &mut Vec<Comment>) {
    let mut at = gap.start;
    while at < gap.end {
        let byte = text.as_bytes()[at];
        if byte == b'\n' {
            *line += 1;
        }
        if byte == b'#' && text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '\u{feff}') {
            let length = text[at..gap.end].find('\n').unwrap_or(gap.end - at);
            let head = text[..at].rsplit('\n').next().unwrap_or_default();
            comments.push(Comment {
                line: *line,
                start: at,
                text: text[at + 1..at + length].trim().to_owned(),
                alone: head.trim_start_matches('\u{feff}').trim().is_empty(),
            });
            at += length;
        } else {
            at += 1;
        }
    }
}
