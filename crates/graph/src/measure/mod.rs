//! How wide text is, without a font at hand: from a table of widths. What is drawn says its measured width too
//! (`textLength`), so that another font cannot make it longer.

mod metrics;

use unicode_width::UnicodeWidthChar;

/// Which cut of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Font {
    Regular,
    Bold,
}

/// A font at a size, in tenths of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) font: Font,
    pub(crate) size: i32,
}

impl Type {
    /// How wide a text is, in pixels.
    pub(crate) fn width(self, text: &str) -> i32 {
        let thousandths: i32 = text.chars().map(|c| i32::from(advance(c, self.font))).sum();
        (thousandths * self.size + 9_999) / 10_000
    }
}

/// A character's width in thousandths of the size. Of those in no table: a wide one is a square, another as wide as a wide
/// letter.
fn advance(c: char, font: Font) -> u16 {
    let tables = match font {
        Font::Regular => &metrics::REGULAR,
        Font::Bold => &metrics::BOLD,
    };
    let code = u32::from(c);
    let known = tables.iter().find_map(|(first, widths)| {
        let at = usize::try_from(code.checked_sub(*first)?).ok()?;
        widths.get(at).copied()
    });
    match (known, c.width()) {
        (Some(width), _) if width > 0 => width,
        (_, Some(0)) => 0,
        (_, Some(2)) => 1000,
        _ => 800,
    }
}

/// A text in lines of at most `most` wide, by `width`. Where it takes more lines than there may be, its middle is left out:
/// names often differ at their ends.
pub(crate) fn wrap(text: &str, most: i32, lines: usize, width: impl Fn(&str) -> i32) -> Vec<String> {
    let found = broken(text, most, &width);
    if found.len() <= lines {
        return found;
    }
    let chars: Vec<char> = text.chars().collect();
    // The most characters that fit, found by halving: more characters never take less room.
    let (mut fits, mut fails) = (0, chars.len());
    let shortened = |kept: usize| -> Vec<String> {
        let head: String = chars[..kept.div_ceil(2)].iter().collect();
        let tail: String = chars[chars.len() - kept / 2..].iter().collect();
        broken(&format!("{}…{}", head.trim_end(), tail.trim_start()), most, &width)
    };
    while fails - fits > 1 {
        let middle = usize::midpoint(fits, fails);
        if shortened(middle).len() <= lines { fits = middle } else { fails = middle }
    }
    shortened(fits)
}

/// The end of a text left out, so that it fits.
pub(crate) fn cut(text: &str, most: i32, width: impl Fn(&str) -> i32) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&format!("{kept}…")) > most {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// Broken between words. A word that is longer than a line goes on where the line is, and is broken after `-`, `_`, `/`, `:` and
/// `.`, else anywhere.
fn broken(text: &str, most: i32, width: &impl Fn(&str) -> i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in pieces(text, &[' ']) {
        if width(word.trim_end()) <= most {
            add(&mut lines, &mut line, word, most, width);
            continue;
        }
        for piece in pieces(word, &['-', '_', '/', ':', '.']) {
            if width(piece.trim_end()) <= most {
                add(&mut lines, &mut line, piece, most, width);
            } else {
                for c in piece.chars() {
                    add(&mut lines, &mut line, c.encode_utf8(&mut [0; 4]), most, width);
                }
            }
        }
    }
    if !line.trim().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Adds a piece to the line, or begins another with it.
fn add(lines: &mut Vec<String>, line: &mut String, piece: &str, most: i32, width: &impl Fn(&str) -> i32) {
    let longer = format!("{line}{piece}");
    if line.is_empty() || width(longer.trim_end()) <= most {
        *line = longer;
    } else {
        lines.push(line.trim_end().to_owned());
        piece.trim_start().clone_into(line);
    }
}

/// A text in pieces, each up to one of the characters behind which it may end.
fn pieces<'t>(text: &'t str, ends: &[char]) -> Vec<&'t str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if at > start && before.is_some_and(|b| ends.contains(&b)) && !ends.contains(&c) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "short texts")]
    fn cells(text: &str) -> i32 {
        text.chars().count() as i32
    }

    #[test]
    fn widths() {
        let regular = Type { font: Font::Regular, size: 100 };
        // Arial's own: 556 a digit, 278 a space, 833 an m.
        assert_eq!(regular.width("0"), 6);
        assert_eq!(regular.width("0000000000"), 56);
        assert_eq!(regular.width("mmmmmmmmmm"), 84);
        assert_eq!(regular.width("漢字"), 20);
        assert_eq!(regular.width("e\u{301}"), regular.width("e"));
        assert!(Type { font: Font::Bold, size: 100 }.width("iiiiiiiiii") > regular.width("iiiiiiiiii"));
    }

    #[test]
    fn lines() {
        let check = |text, most, lines, expect: &[&str]| assert_eq!(wrap(text, most, lines, cells), expect, "{text}");
        check("Wait for the job", 20, 2, &["Wait for the job"]);
        check("Wait for the job", 9, 2, &["Wait for", "the job"]);
        check("nightly-transform", 10, 2, &["nightly-", "transform"]);
        check("abcdefghijkl", 5, 3, &["abcde", "fghij", "kl"]);
        check("abcdefghijkl", 5, 1, &["ab…kl"]);
        check("one two three four five", 8, 2, &["one tw…r", "five"]);
        check("", 8, 2, &[""]);
        assert_eq!(cut("succeeded", 9, cells), "succeeded");
        assert_eq!(cut("succeeded", 8, cells), "succeed…");
    }
}
