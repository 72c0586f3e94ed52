//! Text of others, made safe to show.

use std::borrow::Cow;

/// The text with every character that a terminal would act on, or that nobody can see, written as an escape
/// (`\n`, `\u{1b}`): what comes from a file or from AWS never moves a cursor, changes a colour or turns text around.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// The same, but the line breaks of the text stay.
pub(crate) fn visible_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(visible).collect();
    lines.join("\n")
}

/// Controls (C0, DEL, C1), line and paragraph separators, direction marks and overrides, zero-width characters and
/// tags. Direction overrides are those of the "Trojan Source" attack, CVE-2021-42574.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
