//! JSON strings.

use super::Parser;
use crate::codes;

/// Quotes that people and word processors write instead of `"`.
pub(super) const fn is_odd_quote(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}')
}

impl Parser<'_> {
    /// At `"`: the string's value.
    pub(super) fn quoted(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        self.string(start, &['"'])
    }

    /// A string in quotes that JSON does not know; `None` if there is none here.
    pub(super) fn odd_quotes(&mut self) -> Option<String> {
        let start = self.at;
        let quote = self.char_at().filter(|c| is_odd_quote(*c))?;
        let close: &[char] = match quote {
            '\'' => &['\''],
            '`' => &['`'],
            '\u{2018}' | '\u{2019}' => &['\u{2018}', '\u{2019}'],
            _ => &['\u{201c}', '\u{201d}'],
        };
        self.at += quote.len_utf8();
        let doubtful = self.doubtful;
        let value = self.string(start, close);
        if self.doubtful == doubtful {
            let replacement = serde_json::Value::from(value.as_str()).to_string();
            self.fault(
                self.faults
                    .error(
                        codes::JSON_QUOTES,
                        format!("`{quote}` is not a quote of JSON"),
                        (start, self.at),
                        "a string in other quotes",
                    )
                    .help("JSON strings stand in double quotes")
                    .fix(self.span(start, self.at), replacement),
            );
        }
        Some(value)
    }

    /// Behind the opening quote: reads up to one of `close`, which all have the same length.
    fn string(&mut self, start: usize, close: &[char]) -> String {
        let mut value = String::new();
        let mut from = self.at;
        let plain_quote = close == ['"'];
        loop {
            let Some(byte) = self.peek() else {
                value.push_str(&self.text[from..]);
                self.unclosed(start);
                return value;
            };
            match byte {
                b'"' if plain_quote => {
                    value.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    return value;
                }
                b'\\' => {
                    value.push_str(&self.text[from..self.at]);
                    self.escape(&mut value);
                    from = self.at;
                }
                b'\n' | b'\r' => {
                    value.push_str(&self.text[from..self.at]);
                    self.unclosed(start);
                    return value;
                }
                0..0x20 => {
                    self.control(byte);
                    self.at += 1;
                }
                _ if plain_quote => self.at += 1,
                _ => {
                    let c = self.char_at().unwrap_or_default();
                    if close.contains(&c) {
                        value.push_str(&self.text[from..self.at]);
                        self.at += c.len_utf8();
                        return value;
                    }
                    self.at += c.len_utf8().max(1);
                }
            }
        }
    }

    fn unclosed(&mut self, start: usize) {
        self.fault(
            self.faults
                .error(codes::JSON_UNCLOSED, "a string is not closed", (start, self.at), "no quote ends it on its line")
                .help("end it with `\"`; a line break inside a string is written `\\n`, a quote `\\\"`"),
        );
        self.doubtful = true;
    }

    fn control(&mut self, byte: u8) {
        let escape = match byte {
            b'\t' => "\\t".to_owned(),
            0x08 => "\\b".to_owned(),
            0x0c => "\\f".to_owned(),
            _ => format!("\\u{byte:04x}"),
        };
        let name = if byte == b'\t' { "a tab".to_owned() } else { format!("the control character U+{byte:04X}") };
        self.fault(
            self.faults
                .error(
                    codes::JSON_STRING,
                    format!("{name} stands in a string"),
                    (self.at, self.at + 1),
                    format!("write `{escape}`"),
                )
                .fix(self.span(self.at, self.at + 1), escape),
        );
    }

    /// At a backslash.
    fn escape(&mut self, value: &mut String) {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.char_at() else { return };
        if matches!(c, '\n' | '\r') {
            // The string is not closed: its own finding says so.
            return;
        }
        self.at += c.len_utf8();
        match c {
            '"' | '\\' | '/' => value.push(c),
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'u' => self.unicode(start, value),
            _ => {
                value.push(c);
                let help = match c {
                    '\'' | '`' => "write the quote without a backslash".to_owned(),
                    _ => format!("write `\\\\{c}` for a backslash before `{c}`").replace(char::is_control, "?"),
                };
                self.fault(
                    self.faults
                        .error(
                            codes::JSON_STRING,
                            format!("`\\{}` is not an escape of JSON", crate::visible(c.encode_utf8(&mut [0; 4]))),
                            (start, self.at),
                            "bad escape",
                        )
                        .help(help),
                );
            }
        }
    }

    /// Behind `\u`; `start` is the place of the backslash.
    fn unicode(&mut self, start: usize, value: &mut String) {
        let Some(unit) = self.hex() else {
            value.push(char::REPLACEMENT_CHARACTER);
            self.fault(
                self.faults
                    .error(codes::JSON_STRING, "`\\u` wants four hex digits", (start, self.at), "not four hex digits")
                    .help("write the character itself, or `\\u00e9` with four digits"),
            );
            return;
        };
        if let Some(c) = char::from_u32(unit) {
            value.push(c);
            return;
        }
        let after = self.at;
        if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            if let Some(low) = self.hex().filter(|low| (0xdc00..0xe000).contains(low)) {
                let c = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                value.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
                return;
            }
            self.at = after;
        }
        value.push(char::REPLACEMENT_CHARACTER);
        self.fault(
            self.faults
                .error(
                    codes::JSON_STRING,
                    format!("`\\u{unit:04x}` is half a character"),
                    (start, after),
                    "a surrogate without its other half",
                )
                .help("write the character itself, or both halves (`\\ud83d\\ude00`)"),
        );
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes()[self.at..].iter().take(4).take_while(|b| b.is_ascii_hexdigit()).count();
        let unit = self.text.get(self.at..self.at + digits).filter(|d| d.len() == 4)?;
        let unit = u32::from_str_radix(unit, 16).ok()?;
        self.at += 4;
        Some(unit)
    }
}
