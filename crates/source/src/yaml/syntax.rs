//! What is wrong with a text that is not YAML, in words that help: the parser's own name its grammar.

use super::scan::{Kind, Scan};
use crate::{Code, Diagnostic, codes, faults::Faults, nearest, visible};

/// Characters that no YAML text may hold (YAML 1.2.2, section 5.1), which the parser partly takes for the end.
pub(super) fn unprintable(text: &str, faults: &mut Faults) {
    for (at, c) in text.char_indices() {
        let allowed = match c {
            '\t' | '\n' | '\r' | '\u{85}' => true,
            '\u{7f}' | '\u{fffe}' | '\u{ffff}' => false,
            _ => !c.is_control(),
        };
        if !allowed {
            faults.push(
                faults
                    .error(
                        codes::YAML_SYNTAX,
                        format!("the character U+{:04X} may not stand in YAML", u32::from(c)),
                        (at, at + c.len_utf8()),
                        "an unprintable character",
                    )
                    .help("remove it, or write it as an escape inside double quotes (`\"\\x1B\"`)"),
            );
        }
        if faults.is_full() {
            return;
        }
    }
}

/// The finding for an error of the parser.
pub(super) fn explain(text: &str, scan: &Scan<'_>, (at, words): &(usize, String), faults: &Faults) -> Diagnostic {
    let at = *at;
    let here = (at, next_char(text, at));
    let make = |code: Code, title: &str, place: (usize, usize), label: &str, help: &str| {
        faults.error(code, title, place, label).help(help)
    };
    let has = |part: &str| words.contains(part);
    let open = scan.open.iter().rev().find_map(|i| {
        let token = scan.tokens.get(*i)?;
        (token.end > token.start).then_some((token.start, matches!(token.kind, Kind::Map)))
    });
    let flow = |fault: Diagnostic| match open {
        Some((start, map)) => {
            let what = if map { "the map was opened here" } else { "the list was opened here" };
            fault.related(faults.span(start, start + 1), what)
        }
        None => fault,
    };

    if has("unknown anchor") {
        return unknown_anchor(text, scan, at, faults);
    }
    if text[..at].ends_with('{') && text[at..].starts_with('%') {
        return make(
            codes::YAML_SYNTAX,
            "a JSONata expression stands without quotes",
            (at - 1, line_end(text, at)),
            "YAML reads `{` as the start of a map",
            "put the whole expression into quotes: `'{% … %}'`",
        );
    }
    if open.is_some() && text[..at].ends_with('$') && text[at..].starts_with('{') {
        return flow(make(
            codes::YAML_SYNTAX,
            "a reference stands without quotes inside brackets",
            (at - 1, text[at..].find('}').map_or(here.1, |i| at + i + 1)),
            "YAML reads `{` as the start of a map here",
            "put it into quotes: `[\"${…}\"]`, or write a block list with `- ${…}`",
        ));
    }
    if has("tab") {
        let line = line_start(text, at);
        let tab = text[line..].find('\t').map_or(at, |i| line + i);
        return make(
            codes::YAML_TAB,
            "a tab stands where YAML wants spaces",
            (tab, next_char(text, tab)),
            "a tab",
            "indent with spaces: YAML allows no tabs there",
        );
    }
    if has("found unexpected end of stream") || has("invalid indentation in quoted scalar") {
        let (title, help) = if has("end of stream") {
            ("a quoted string is not closed", "end it with the same quote")
        } else {
            (
                "a quoted string goes on in a line that is not indented",
                "end it with the same quote, or indent its next lines deeper than its key",
            )
        };
        return make(codes::YAML_SYNTAX, title, (at, line_end(text, at)), "it begins here", help);
    }
    if has("escape") || has("hexadecimal number") {
        let place = bad_escape(text, at).unwrap_or(here);
        return make(
            codes::YAML_SYNTAX,
            "a double-quoted string has an escape that YAML does not know",
            place,
            "bad escape",
            "write `\\\\` for a backslash, or use single quotes, which know no escapes",
        );
    }
    if has("trailing content after double-quoted") {
        return make(
            codes::YAML_SYNTAX,
            "text follows behind a quoted string",
            (at, line_end(text, at)),
            "the string has ended before",
            "put the whole value into quotes; inside single quotes a quote is doubled (`'it''s'`), inside double quotes it is `\\\"`",
        );
    }
    if has("simple key expect") {
        // The parser notices at the line behind.
        let end = text[..at].trim_end().len();
        let start = line_start(text, end);
        let start = start + text[start..end].len() - text[start..end].trim_start().len();
        return make(
            codes::YAML_SYNTAX,
            "a line has no `key: value`",
            (start, end),
            "no colon with a blank behind it",
            "write `key: value` (with a blank behind the colon), or indent the line if it goes on with the value above",
        );
    }
    if has("mapping values are not allowed") {
        return mapping_value(text, at, faults);
    }
    if has("expected ',' or") || has("illegal placement of ':'") || has("invalid indentation in flow") {
        let (title, help) = match open {
            Some((_, true)) => (
                "a map in braces is not closed or lacks a comma",
                "close it with `}`, or put a comma between its entries",
            ),
            _ => (
                "a list in brackets is not closed or lacks a comma",
                "close it with `]`, or put a comma between its items",
            ),
        };
        let help = if has("invalid indentation") {
            "indent every line inside the brackets deeper than the key before them"
        } else {
            help
        };
        return flow(make(codes::YAML_SYNTAX, title, here, "here something else stands", help));
    }
    let (title, help) = if has("did not find expected '-'") {
        (
            "a list goes on without `- `",
            "begin each item with `- ` in the same column; a key of the map around must stand further left",
        )
    } else if has("did not find expected key") {
        (
            "the line fits no map around it",
            "align it with the other keys of its map: keys of one map begin in the same column",
        )
    } else if has("misplaced bracket") {
        ("a closing bracket is one too many", "remove it, or put the text into quotes")
    } else if has("block sequence entries are not allowed") || has("\"-\" is only valid") {
        ("a list item begins on the line of its key", "begin the list on a line of its own")
    } else if has("unexpected character") {
        ("a plain string cannot begin with this character", "put the string into quotes")
    } else if has("handle wasn't declared") {
        return make(codes::YAML_TAG, "a tag has a prefix that is not declared", here, "this tag", "remove the tag");
    } else if has("byte order mark") {
        ("a byte-order mark stands inside the text", "remove it: it is invisible, and may only stand at the very start")
    } else if has("block scalar") {
        (
            "a block string (`|` or `>`) is not written as YAML wants it",
            "put only an indicator like `|-` behind the key, and indent every line of the text equally, with spaces",
        )
    } else if has("directive") || has("TAG") {
        ("a line that begins with `%` is no directive that YAML knows", "put the text into quotes")
    } else if has("anchor") || has("alias") {
        ("an anchor or alias has no name", "write `&name` or `*name`, or put the text into quotes")
    } else if has("recursion limit") {
        return make(
            codes::TOO_DEEP,
            "maps and lists are nested too deep",
            here,
            "reading stops here",
            "flatten the structure",
        );
    } else {
        return faults.error(codes::YAML_SYNTAX, format!("this is not YAML: {}", visible(words)), here, "here");
    };
    make(codes::YAML_SYNTAX, title, here, "here", help)
}

/// A colon where no key may stand: mostly `key: a: b`, or a line indented deeper than the value before it.
fn mapping_value(text: &str, at: usize, faults: &Faults) -> Diagnostic {
    let line = line_start(text, at);
    let head = &text[line..at];
    if head.contains(": ") || head.trim_start().starts_with("--- ") {
        return faults
            .error(codes::YAML_SYNTAX, "a plain value holds a colon", (at, at + 1), "YAML reads this as another key")
            .help("put the value into quotes if the colon belongs to it");
    }
    let start = line + head.len() - head.trim_start().len();
    let above = text[..line].trim_end();
    let fault = faults.error(codes::YAML_SYNTAX, "a key stands where the value above goes on", (start, at), "this key");
    let fault = if above.is_empty() {
        fault
    } else {
        let from = line_start(text, above.len());
        let from = from + text[from..above.len()].len() - text[from..above.len()].trim_start().len();
        fault.related(faults.span(from, above.len()), "this value goes on in the next line")
    };
    fault.help("indent the key like the other keys of its map, and put a blank behind each colon")
}

fn unknown_anchor(text: &str, scan: &Scan<'_>, at: usize, faults: &Faults) -> Diagnostic {
    let word = |from: usize| {
        let rest = &text[from..];
        &rest
            [..rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}')).unwrap_or(rest.len())]
    };
    let alias = word(at);
    let anchors = scan.tokens.iter().filter(|t| t.anchor.is_some()).filter_map(|t| {
        let properties = &text[t.outer..t.start.max(t.outer)];
        properties.split_whitespace().find_map(|p| p.strip_prefix('&'))
    });
    let name = alias.strip_prefix('*').unwrap_or(alias);
    let help = match nearest(name, anchors) {
        Some(near) => format!("did you mean `*{near}`?"),
        None => format!(
            "put `&{name}` before the value that it should repeat, above this line; or put the text into quotes"
        ),
    };
    let title = format!("no anchor `&{}` stands before this alias", visible(name));
    faults.error(codes::YAML_ALIAS, title, (at, at + alias.len()), "this alias").help(visible(&help))
}

/// The first escape that YAML 1.2.2, section 5.7, does not list, in the double-quoted string that begins at `start`.
fn bad_escape(text: &str, start: usize) -> Option<(usize, usize)> {
    let mut chars = text[start..].char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return None,
            '\\' => {
                let (_, escape) = chars.next()?;
                let digits = match escape {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    '0' | 'a' | 'b' | 't' | '\t' | 'n' | 'v' | 'f' | 'r' | 'e' | ' ' | '"' | '/' | '\\' | 'N' | '_'
                    | 'L' | 'P' | '\n' | '\r' => continue,
                    _ => return Some((start + i, start + i + 1 + escape.len_utf8())),
                };
                let hex = text[start + i + 2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
                let code = text.get(start + i + 2..start + i + 2 + hex);
                let scalar = code.and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32);
                if hex < digits || scalar.is_none() {
                    return Some((start + i, start + i + 2 + hex));
                }
            }
            _ => {}
        }
    }
    None
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |i| i + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + rest[..rest.find('\n').unwrap_or(rest.len())].trim_end().len()
}

fn next_char(text: &str, at: usize) -> usize {
    text[at..].chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(at, |c| at + c.len_utf8())
}
