//! `${…}` in a text, nested, and `$${` for itself.

use std::ops::Range;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it stands (`$${` already made `${`).
    Text(String),
    /// `${…}`: what is between the braces, and the whole of it in the text.
    Reference {
        /// Between the braces; may hold further references.
        inner: Vec<Piece>,
        /// From `$` to behind `}`.
        range: Range<usize>,
    },
}

/// A `${` without its `}`: where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclosed(pub(super) usize);

/// Deeper than anybody writes, and shallow enough for the stack.
const MAX_NESTING: usize = 16;

/// Whether there is anything to do in a text.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains("${")
}

/// Takes a text apart.
pub(super) fn parse(text: &str) -> Result<Vec<Piece>, Unclosed> {
    let mut at = 0;
    pieces(text, &mut at, None, 0)
}

fn pieces(text: &str, at: &mut usize, open: Option<usize>, depth: usize) -> Result<Vec<Piece>, Unclosed> {
    let mut out = Vec::new();
    let mut plain = String::new();
    while let Some(rest) = text.get(*at..).filter(|r| !r.is_empty()) {
        if rest.starts_with("$${") {
            plain.push_str("${");
            *at += 3;
        } else if rest.starts_with("${") {
            let start = *at;
            if depth == MAX_NESTING {
                return Err(Unclosed(start));
            }
            *at += 2;
            let inner = pieces(text, at, Some(start), depth + 1)?;
            if !plain.is_empty() {
                out.push(Piece::Text(std::mem::take(&mut plain)));
            }
            out.push(Piece::Reference { inner, range: start..*at });
        } else if open.is_some() && rest.starts_with('}') {
            *at += 1;
            if !plain.is_empty() {
                out.push(Piece::Text(plain));
            }
            return Ok(out);
        } else {
            let next = rest.chars().next().map_or(1, char::len_utf8);
            plain.push_str(rest.get(..next).unwrap_or_default());
            *at += next;
        }
    }
    if let Some(start) = open {
        return Err(Unclosed(start));
    }
    if !plain.is_empty() {
        out.push(Piece::Text(plain));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(
            match parse(text) {
                Ok(pieces) => show(&pieces),
                Err(Unclosed(at)) => format!("unclosed at {at}"),
            },
            expect
        );
    }

    fn show(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|p| match p {
                Piece::Text(t) => t.clone(),
                Piece::Reference { inner, range } => format!("<{}:{}:{}>", range.start, show(inner), range.end),
            })
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn texts_are_taken_apart() {
        check("plain", "plain");
        check("", "");
        check("${var.a}", "<0:var.a:8>");
        check("a-${var.a}-b", "a-|<2:var.a:10>|-b");
        check("${roles.x-${var.e}.arn}", "<0:roles.x-|<10:var.e:18>|.arn:23>");
        check("$${var.a}", "${var.a}");
        check("$$${var.a}", "$${var.a}");
        check("$5 and {x}", "$5 and {x}");
        check("${", "unclosed at 0");
        check("ä${var.a", "unclosed at 2");
        check("${a}}", "<0:a:4>|}");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[$\\{\\}aä.]{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_text_without_references_stays(text in "[^$]{0,40}") {
            prop_assert_eq!(parse(&text), Ok(if text.is_empty() { vec![] } else { vec![Piece::Text(text.clone())] }));
        }
    }
}
