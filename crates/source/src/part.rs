//! From a part of a string's value to its place in the text: over quotes, escapes, folded lines and indents.

use std::ops::Range;

use crate::{Node, Sources, Span};

impl Sources {
    /// The place of a part of a string's value, both in bytes: of `$x` in `"{% \"a\" & $x %}"`, or in the third line of
    /// a block. Where the value is not what its text says (a reference was filled in, say), or the node is no string,
    /// it is the whole node.
    pub fn part(&self, node: &Node, part: Range<usize>) -> Span {
        let Some(value) = node.as_str() else { return node.span };
        if part.start > part.end || part.end > value.len() {
            return node.span;
        }
        let raw = self.text(node.span);
        let styles: &[Style] = match raw.as_bytes().first() {
            // The text of a block may begin with a quote as well.
            Some(b'"') => &[Style::Double, Style::Bare],
            Some(b'\'') => &[Style::Single, Style::Bare],
            _ => &[Style::Bare],
        };
        let walked = styles.iter().find_map(|style| walk(raw, value, *style, &part));
        walked.map_or(node.span, |place| node.span.within(place.start, place.end))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Double,
    Single,
    /// A plain scalar, or the lines of a block.
    Bare,
}

/// The bytes of `raw` that gave `part` of `value`; `None` if `raw` does not give `value`.
fn walk(raw: &str, value: &str, style: Style, part: &Range<usize>) -> Option<Range<usize>> {
    let quotes = usize::from(style != Style::Bare);
    let end = raw.len().checked_sub(quotes).filter(|end| *end >= quotes)?;
    if style != Style::Bare && raw.as_bytes()[end] != raw.as_bytes()[0] {
        return None;
    }
    let mut at = quotes;
    // Empty lines before the text of a block are not part of its place.
    let mut seen = if style == Style::Bare { value.len() - value.trim_start_matches('\n').len() } else { 0 };
    let mut place = Range { start: None, end: None };
    while at < end && seen < value.len() {
        let unit = unit(&raw[at..end], &value[seen..], style)?;
        let next = seen + unit.value;
        if place.start.is_none() && part.start < next {
            place.start = Some(if unit.exact { at + part.start.saturating_sub(seen) } else { at });
        }
        if place.end.is_none() && part.end <= next && (part.end > seen || part.end == part.start) {
            let behind = if unit.exact { at + part.end.saturating_sub(seen) } else { at + unit.raw };
            place.end = Some(if part.end == part.start { place.start.unwrap_or(at) } else { behind });
        }
        at += unit.raw;
        seen = next;
    }
    // A block's last line breaks are not part of its place.
    let rest_is_blank = style == Style::Bare && value[seen..].trim().is_empty();
    if at < end || (seen < value.len() && !rest_is_blank) {
        return None;
    }
    let start = place.start.unwrap_or(end);
    Some(start..place.end.unwrap_or(end).max(start))
}

/// A step: so many bytes of text give so many bytes of value.
struct Unit {
    raw: usize,
    value: usize,
    /// Byte for byte.
    exact: bool,
}

fn unit(raw: &str, value: &str, style: Style) -> Option<Unit> {
    let c = raw.chars().next()?;
    match (style, c) {
        (Style::Double, '\\') => escape(raw, value),
        (Style::Single, '\'') => {
            (raw.starts_with("''") && value.starts_with('\'')).then_some(Unit { raw: 2, value: 1, exact: false })
        }
        (_, ' ' | '\t' | '\r' | '\n') => blanks(raw, value),
        _ => value.starts_with(c).then_some(Unit { raw: c.len_utf8(), value: c.len_utf8(), exact: true }),
    }
}

/// Blanks inside a line, or the end of a line with the indent of the next.
fn blanks(raw: &str, value: &str) -> Option<Unit> {
    let blank = |s: &str| s.len() - s.trim_start_matches([' ', '\t']).len();
    let inside = blank(raw);
    let behind = raw[inside..].trim_start_matches('\r');
    let kept = value.get(..inside).is_some_and(|v| v == &raw[..inside]);
    if !behind.starts_with('\n') {
        // `\r` alone is a line break of YAML too; no text of ours has it.
        return (inside > 0 && kept).then_some(Unit { raw: inside, value: inside, exact: true });
    }
    // A block keeps the blanks at the end of a line, the other styles drop them.
    if inside > 0 && kept && value[inside..].starts_with([' ', '\n']) {
        return Some(Unit { raw: inside, value: inside, exact: true });
    }
    let run = raw.len() - raw.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let given = value.len() - value.trim_start_matches([' ', '\t', '\n']).len();
    // Kept line breaks, with what a block keeps of the indents behind them; or one blank for a folded line.
    let used = if value.starts_with('\n') { given } else { given.min(1) };
    (used > 0).then_some(Unit { raw: run, value: used, exact: false })
}

fn escape(raw: &str, value: &str) -> Option<Unit> {
    let kind = raw[1..].chars().next()?;
    if matches!(kind, '\n' | '\r') {
        // The line goes on in the next.
        let rest = raw[1..].trim_start_matches([' ', '\t', '\r', '\n']);
        return Some(Unit { raw: raw.len() - rest.len(), value: 0, exact: false });
    }
    let c = value.chars().next()?;
    let length = match kind {
        'x' => 4,
        'u' if c.len_utf16() == 2 => 12,
        'u' => 6,
        'U' => 10,
        _ => 1 + kind.len_utf8(),
    };
    (length <= raw.len() && raw.is_char_boundary(length)).then_some(Unit {
        raw: length,
        value: c.len_utf8(),
        exact: false,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{Parsed, Sources, parse_json, parse_yaml};

    fn parsed(text: &str) -> (Sources, Parsed) {
        let mut sources = Sources::default();
        let file = sources.add("x", text);
        let parsed = if text.starts_with('"') { parse_json(file, text) } else { parse_yaml(file, text) };
        (sources, parsed)
    }

    /// The text of the place of `needle` in the string at the root, or under the key `a`.
    #[track_caller]
    fn check(text: &str, needle: &str, expect: &str) {
        let (sources, parsed) = parsed(text);
        let root = parsed.root.unwrap();
        let node = root.get("a").unwrap_or(&root);
        let start = node.as_str().unwrap().find(needle).unwrap();
        assert_eq!(sources.text(sources.part(node, start..start + needle.len())), expect, "{needle:?} in {text:?}");
    }

    #[test]
    fn parts() {
        check(r#""{% $x %}""#, "$x", "$x");
        check(r#""{% \"a\" & $x %}""#, "$x", "$x");
        check(r#""{% \"a\" & $x %}""#, "\"a\" &", r#"\"a\" &"#);
        check(r#""{%\n\t\u00e9 \ud83d\ude00 $x %}""#, "$x", "$x");
        check(r#""é\u00e9 x""#, "éé", r"é\u00e9");
        check("a: '{% ''b'' & $x %}'\n", "$x", "$x");
        check("a: '{% ''b'' & $x %}'\n", "'b'", "''b''");
        check("a: \"{% \\\"b\\\" & $x %}\"\n", "$x", "$x");
        check("a: \"one \\\n  two\n  three\\x21 $x\"\n", "$x", "$x");
        check("a: $.plain.path # c\n", "plain", "plain");
        check("a: first\n  second third\n\n  $x\n", "$x", "$x");
        check("a: |\n  {% $x\n     + $y %}\n", "$y", "$y");
        check("a: |\n  {% $x\n     + $y %}\n", "+ $y", "+ $y");
        check("a: |\r\n  x  \r\n\r\n    $y\r\n", "$y", "$y");
        check("a: >-\n  {% $x\n  + $y %}\n", "$y", "$y");
        check("a: >\n  x  \n  b\n    more $y\n\n  z\n", "$y", "$y");
        check("a: >\n  x  \n  b\n    more $y\n\n  z\n", "z", "z");
        check("a: |\n\n\n  \"q\" $x\n", "$x", "$x");
        check("a: |2\n    $x\n", "$x", "$x");
        check("a: &n !!str |-\n  é\n  $x\n", "$x", "$x");
        check("a: ''\n", "", "");
        check("a: x  y\n", "  ", "  ");
        check("a: 'x  y'\n", " y", " y");
    }

    #[test]
    fn what_the_text_does_not_say_is_the_whole() {
        let (sources, parsed) = parsed("a: ${x}\n");
        let mut node = parsed.root.unwrap().get("a").unwrap().clone();
        node.value = crate::Value::String("filled in".to_owned());
        assert_eq!(sources.part(&node, 2..4), node.span);
        assert_eq!(sources.part(&node, 5..400), node.span);
        node.value = crate::Value::Null;
        assert_eq!(sources.part(&node, 0..1), node.span);
    }

    proptest! {
        #[test]
        fn each_character_of_json(value: String) {
            let text = serde_json::to_string(&value).unwrap();
            let (sources, parsed) = parsed(&text);
            let root = parsed.root.unwrap();
            for (i, c) in value.char_indices() {
                let place = sources.text(sources.part(&root, i..i + c.len_utf8())).to_owned();
                let back: String = serde_json::from_str(&format!("\"{place}\"")).unwrap();
                prop_assert_eq!(back, c.to_string());
            }
        }

        #[test]
        fn each_visible_character_of_yaml(
            lines in prop::collection::vec("( {0,3}[a-zé0-9'\"+]{1,3}){0,3} {0,2}", 1..6), style in 0..5usize
        ) {
            let joined = |indent: &str| lines.iter().map(|l| format!("{indent}{l}\n")).collect::<Vec<_>>().concat();
            let text = match style {
                0 => format!("a: |\n  x\n{}b: 1\n", joined("  ")),
                1 => format!("a: >+\n   x\n{}b: 1\n", joined("   ")),
                2 => format!("a: x\n{}b: 1\n", joined("  ")),
                3 => format!("a: 'x\n{}   '\nb: 1\n", joined("  ").replace('\'', "''")),
                _ => format!("a: \"x\n{}   \"\nb: 1\n", joined("  ").replace('"', "\\\"")),
            };
            let (sources, parsed) = parsed(&text);
            prop_assert_eq!(&parsed.diagnostics, &[]);
            let root = parsed.root.unwrap();
            let Some(value) = root.get("a").and_then(|n| n.as_str()) else { return Ok(()) };
            let mut last = 0;
            for (i, c) in value.char_indices().filter(|(_, c)| !c.is_whitespace()) {
                let span = sources.part(root.get("a").unwrap(), i..i + c.len_utf8());
                let place = sources.text(span);
                let fits = place == c.to_string() || (style == 3 && place == "''") || (style == 4 && place == "\\\"");
                prop_assert!(fits, "{:?} is {:?} in {:?}", c, place, text);
                prop_assert!(span.start >= last);
                last = span.end;
            }
        }
    }
}
