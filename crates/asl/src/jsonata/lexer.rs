//! From text to tokens.

use std::ops::Range;

use super::SyntaxError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    End,
    /// A sign, or one of `and`, `or`, `in`.
    Operator(&'static str),
    Name(String),
    Variable(String),
    String(String),
    Number(f64),
    Bool(bool),
    Null,
    Regex,
}

/// The operator that a text begins with; of two the longer one. `!` and `~` begin operators and are none alone.
fn operator(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let next = bytes.get(1).copied().unwrap_or(0);
    Some(match (*bytes.first()?, next) {
        (b'.', b'.') => "..",
        (b':', b'=') => ":=",
        (b'!', b'=') => "!=",
        (b'>', b'=') => ">=",
        (b'<', b'=') => "<=",
        (b'*', b'*') => "**",
        (b'~', b'>') => "~>",
        (b'.', _) => ".",
        (b'[', _) => "[",
        (b']', _) => "]",
        (b'{', _) => "{",
        (b'}', _) => "}",
        (b'(', _) => "(",
        (b')', _) => ")",
        (b',', _) => ",",
        (b'@', _) => "@",
        (b'#', _) => "#",
        (b';', _) => ";",
        (b':', _) => ":",
        (b'?', _) => "?",
        (b'+', _) => "+",
        (b'-', _) => "-",
        (b'*', _) => "*",
        (b'/', _) => "/",
        (b'%', _) => "%",
        (b'|', _) => "|",
        (b'=', _) => "=",
        (b'<', _) => "<",
        (b'>', _) => ">",
        (b'^', _) => "^",
        (b'&', _) => "&",
        _ => return None,
    })
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next token. Where a value may stand, `/` begins a regular expression; where an operator may stand, it divides.
    pub(super) fn next(&mut self, operator_expected: bool) -> Result<(Token, Range<usize>), SyntaxError> {
        self.blank()?;
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok((Token::End, start..start)) };
        let token = if first == '/' && !operator_expected {
            self.regex()?
        } else if let Some(sign) = operator(self.rest()) {
            self.at += sign.len();
            Token::Operator(sign)
        } else if matches!(first, '!' | '~') {
            self.at += 1;
            return Err(error(format!("Unknown operator: \"{first}\""), start..self.at));
        } else if first == '"' || first == '\'' {
            self.string(first)?
        } else if first == '`' {
            let Some(end) = self.rest()[1..].find('`') else {
                return Err(error(
                    "Quoted property name must be terminated with a backquote (`)",
                    start..self.text.len(),
                ));
            };
            let name = self.rest()[1..=end].to_owned();
            self.at += end + 2;
            Token::Name(name)
        } else if first.is_ascii_digit() {
            self.number()?
        } else {
            self.word()
        };
        Ok((token, start..self.at))
    }

    fn blank(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.at += self.rest().len() - self.rest().trim_start_matches(is_blank).len();
            if !self.rest().starts_with("/*") {
                return Ok(());
            }
            let Some(end) = self.rest().find("*/") else {
                return Err(error("Comment has no closing tag", self.at..self.text.len()));
            };
            self.at += end + 2;
        }
    }

    fn regex(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        let mut depth = 0_usize;
        let mut escaped = false;
        for (i, c) in self.rest().char_indices().skip(1) {
            match c {
                '/' if !escaped && depth == 0 => {
                    if i == 1 {
                        return Err(error("Empty regular expressions are not allowed", start..start + 2));
                    }
                    let flags = self.rest()[i + 1..].chars().take_while(|c| matches!(c, 'i' | 'm')).count();
                    self.at += i + 1 + flags;
                    return Ok(Token::Regex);
                }
                '(' | '[' | '{' if !escaped => depth += 1,
                ')' | ']' | '}' if !escaped => depth = depth.saturating_sub(1),
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
        Err(error("No terminating / in regular expression", start..self.text.len()))
    }

    fn string(&mut self, quote: char) -> Result<Token, SyntaxError> {
        let start = self.at;
        let mut value = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            if c == quote {
                self.at += i + 1;
                return Ok(Token::String(value));
            }
            if c != '\\' {
                value.push(c);
                continue;
            }
            let Some((j, escape)) = chars.next() else { break };
            match escape {
                '"' | '\'' | '\\' | '/' => value.push(escape),
                'b' => value.push('\u{8}'),
                'f' => value.push('\u{c}'),
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'u' => {
                    let digits: String = chars.clone().take(4).map(|(_, c)| c).collect();
                    let Some(code) = (digits.len() == 4).then(|| u32::from_str_radix(&digits, 16).ok()).flatten()
                    else {
                        let at = start + i..start + j + 1;
                        return Err(error("The escape sequence \\u must be followed by 4 hex digits", at));
                    };
                    value.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    chars.nth(3);
                }
                other => {
                    let at = start + i..start + j + other.len_utf8();
                    return Err(error(format!("Unsupported escape sequence: \\{other}"), at));
                }
            }
        }
        Err(error("String literal must be terminated by a matching quote", start..self.text.len()))
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut end = if bytes[0] == b'0' { 1 } else { digits(0) };
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if bytes.len() > end + 1 + sign && digits(end + 1 + sign) > 0 {
                end += 1 + sign + digits(end + 1 + sign);
            }
        }
        let text = &self.rest()[..end];
        let start = self.at;
        self.at += end;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Token::Number(number)),
            _ => Err(error(format!("Number out of range: {text}"), start..self.at)),
        }
    }

    fn word(&mut self) -> Token {
        let end = self.rest().find(ends_word).unwrap_or(self.rest().len());
        let word = &self.rest()[..end];
        self.at += end;
        match word {
            "and" => Token::Operator("and"),
            "or" => Token::Operator("or"),
            "in" => Token::Operator("in"),
            "true" => Token::Bool(true),
            "false" => Token::Bool(false),
            "null" => Token::Null,
            _ => word.strip_prefix('$').map_or_else(|| Token::Name(word.to_owned()), |v| Token::Variable(v.to_owned())),
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}')
}

/// A word ends at a blank and at whatever begins an operator.
fn ends_word(c: char) -> bool {
    is_blank(c)
        || matches!(
            c,
            '.' | '['
                | ']'
                | '{'
                | '}'
                | '('
                | ')'
                | ','
                | '@'
                | '#'
                | ';'
                | ':'
                | '?'
                | '+'
                | '-'
                | '*'
                | '/'
                | '%'
                | '|'
                | '='
                | '<'
                | '>'
                | '^'
                | '&'
                | '!'
                | '~'
        )
}

pub(super) fn error(message: impl Into<String>, at: Range<usize>) -> SyntaxError {
    SyntaxError { message: message.into(), at }
}
