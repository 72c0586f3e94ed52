//! The wildcard language of actions, resources and `Like` conditions: `*` is any run of characters, `?` is one.
//!
//! Three questions are asked of it: does a pattern match a text, does one pattern cover another, can two patterns meet.
//! All take at most the product of the two lengths, whatever the pattern (`a*a*a*…` included).

/// Whether letters are told apart by case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Resources, condition values.
    Sensitive,
    /// Actions, condition keys.
    Insensitive,
}

/// One element of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Exactly this character.
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// `${key}` or `${key, 'default'}`: a text that only the request knows.
    Variable(String),
}

/// The most steps that a comparison of two patterns takes; beyond it the careful answer is given.
const BUDGET: usize = 4_000_000;

/// Whether `pattern` matches all of `text`. There are no variables here: they are resolved before.
pub fn matches(pattern: &str, text: &str, case: Case) -> bool {
    if pattern == "*" {
        return true;
    }
    let fold = case == Case::Insensitive;
    if !is_wild(pattern) && (!fold || pattern.is_ascii()) {
        return if fold { pattern.eq_ignore_ascii_case(text) } else { pattern == text };
    }
    if pattern.is_ascii() && text.is_ascii() {
        let same = |p: u8, t: u8| p == t || (fold && p.eq_ignore_ascii_case(&t));
        greedy(pattern.as_bytes(), text.as_bytes(), |p| *p == b'*', |p, t| *p == b'?' || same(*p, *t))
    } else {
        let pattern: Vec<char> = pattern.chars().collect();
        let text: Vec<char> = text.chars().collect();
        let same = |p: char, t: char| p == t || (fold && p.to_lowercase().eq(t.to_lowercase()));
        greedy(&pattern, &text, |p| *p == '*', |p, t| *p == '?' || same(*p, *t))
    }
}

/// Matches with one level of backtracking: only the last star ever needs to take more.
fn greedy<P, T>(pattern: &[P], text: &[T], star: impl Fn(&P) -> bool, one: impl Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && star(&pattern[p]) {
            retry = Some((p, t));
            p += 1;
        } else if p < pattern.len() && one(&pattern[p], &text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star_at, taken)) = retry {
            p = star_at + 1;
            t = taken + 1;
            retry = Some((star_at, taken + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(star)
}

/// Splits a pattern. With `variables`, `${…}` is a variable and `${*}`, `${?}`, `${$}` are the characters themselves
/// (policy version 2012-10-17); without, it is plain text (2008-10-17). Runs of wildcards come in one order (`?` before
/// `*`, one `*`), so that `*?` and `?*` are one pattern.
pub(crate) fn tokens(text: &str, case: Case, variables: bool) -> Vec<Token> {
    split(text, case, variables, true)
}

/// Splits a text in which `*` and `?` are plain characters and `${…}` is a variable.
pub(crate) fn literals(text: &str) -> Vec<Token> {
    split(text, Case::Sensitive, true, false)
}

fn split(text: &str, case: Case, variables: bool, wild: bool) -> Vec<Token> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if variables
            && let Some(body) = rest.strip_prefix("${")
            && let Some(end) = body.find('}')
        {
            let name = &body[..end];
            out.push(match name {
                "*" | "?" | "$" => Token::Char(name.chars().next().unwrap_or('$')),
                _ => Token::Variable(variable_name(name)),
            });
            rest = &body[end + 1..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '*' if wild && out.last() == Some(&Token::Many) => {}
            '*' if wild => out.push(Token::Many),
            '?' if wild => {
                let at = if out.last() == Some(&Token::Many) { out.len() - 1 } else { out.len() };
                out.insert(at, Token::One);
            }
            _ if case == Case::Insensitive => out.extend(c.to_lowercase().map(Token::Char)),
            _ => out.push(Token::Char(c)),
        }
    }
    out
}

/// A variable's key does not mind case, its default does.
fn variable_name(inside: &str) -> String {
    match inside.split_once(',') {
        Some((key, default)) => format!("{},{}", key.trim().to_lowercase(), default.trim()),
        None => inside.trim().to_lowercase(),
    }
}

/// Whether every text that `narrow` matches is matched by `wide`. `false` also means "not sure": it is sound, not
/// complete (`?*a` and `*ba`, patterns beyond the budget).
pub fn covers(wide: &str, narrow: &str, case: Case) -> bool {
    wide == narrow || wide == "*" || covers_tokens(&tokens(wide, case, true), &tokens(narrow, case, true))
}

pub(crate) fn covers_tokens(wide: &[Token], narrow: &[Token]) -> bool {
    if wide.len().saturating_mul(narrow.len()) > BUDGET {
        return wide == narrow;
    }
    greedy(
        wide,
        narrow,
        |w| *w == Token::Many,
        |w, n| match (w, n) {
            (Token::One, Token::One | Token::Char(_)) => true,
            (Token::Char(a), Token::Char(b)) => a == b,
            (Token::Variable(a), Token::Variable(b)) => a == b,
            _ => false,
        },
    )
}

/// Whether some text could match both patterns. A variable may stand for any text. `true` also means "not sure".
pub fn meets(a: &str, b: &str, case: Case) -> bool {
    if a == "*" || b == "*" {
        return true;
    }
    meets_tokens(&tokens(a, case, true), &tokens(b, case, true))
}

pub(crate) fn meets_tokens(a: &[Token], b: &[Token]) -> bool {
    if a.len().saturating_mul(b.len()) > BUDGET {
        return true;
    }
    let open = |t: &Token| matches!(t, Token::Many | Token::Variable(_));
    // row[j]: a[..i] and b[..j] can be completed to one text.
    let mut row = vec![false; b.len() + 1];
    row[0] = true;
    for (j, token) in b.iter().enumerate() {
        row[j + 1] = row[j] && open(token);
    }
    for left in a {
        let mut next = vec![false; b.len() + 1];
        next[0] = row[0] && open(left);
        for (j, right) in b.iter().enumerate() {
            next[j + 1] = if open(left) || open(right) {
                // The open one is empty, or it takes what the other stands for.
                row[j + 1] || next[j]
            } else {
                row[j] && one_text(left, right)
            };
        }
        row = next;
    }
    row[b.len()]
}

fn one_text(a: &Token, b: &Token) -> bool {
    match (a, b) {
        (Token::Char(a), Token::Char(b)) => a == b,
        _ => true,
    }
}

/// Whether the text has a wildcard.
pub fn is_wild(text: &str) -> bool {
    text.contains(['*', '?'])
}
