//! Paths: `$.a['b'][0]`, `$$.Execution.Id`, `$variable.a`.
//!
//! As tolerant as Jayway's compiler, which AWS uses: a name after a dot may hold nearly anything.

use std::ops::Range;

use super::Fault;

/// A parsed path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonPathExpr {
    /// What it starts from.
    pub(crate) root: Root,
    /// What it does then, each with its place.
    pub(crate) steps: Vec<(Step, Range<usize>)>,
    /// All of it.
    pub(crate) at: Range<usize>,
}

/// What a path starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Root {
    /// `$`: the state's input or result.
    Data,
    /// `$$`: the context object.
    Context,
    /// `$name`: a workflow variable.
    Variable(String),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// `.name`, `['name']`
    Child(String),
    /// `[0]`
    Index,
    /// `[*]`, `.*`
    Wildcard,
    /// `..`
    Descend,
    /// `[1:3]`
    Slice,
    /// `[0,1]`, `['a','b']`
    Union,
    /// `[?(…)]`
    Filter,
    /// `.length()`
    Function,
}

impl JsonPathExpr {
    /// The first step that keeps it from being a reference path: one that may name more than one place.
    pub(crate) fn indefinite(&self) -> Option<&(Step, Range<usize>)> {
        self.steps.iter().find(|(step, _)| !matches!(step, Step::Child(_) | Step::Index))
    }

    /// The names of its leading children.
    pub(crate) fn names(&self) -> Vec<&str> {
        let children = self.steps.iter().map_while(|(step, _)| match step {
            Step::Child(name) => Some(name.as_str()),
            _ => None,
        });
        children.collect()
    }
}

/// Parses a whole text as a path; blanks behind it are no fault.
pub(crate) fn parse_path(text: &str) -> Result<JsonPathExpr, Fault> {
    let text = text.trim_end();
    let mut parser = Parser { text, at: 0, end: text.len() };
    parser.path()
}

/// Parses the path that begins at `start` and ends where an argument of a call ends.
pub(super) fn parse_argument(text: &str, start: usize) -> Result<JsonPathExpr, Fault> {
    let end = argument_end(text, start);
    let mut parser = Parser { text, at: start, end };
    parser.path()
}

/// The first `,` or `)` or blank outside brackets, quotes and a function's parentheses.
fn argument_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut square, mut round) = (0_usize, 0_usize);
    let mut quote = None;
    let mut i = start;
    while i < bytes.len() {
        match (quote, bytes[i]) {
            (Some(_), b'\\') => i += 1,
            (Some(q), b) => quote = quote.filter(|_| b != q),
            (None, b @ (b'\'' | b'"')) if square > 0 => quote = Some(b),
            (None, b'[') => square += 1,
            (None, b']') => square = square.saturating_sub(1),
            (None, b'(') => round += 1,
            (None, b')') if round > 0 => round -= 1,
            (None, b',' | b')') if square == 0 && round == 0 => return i,
            (None, b) if b.is_ascii_whitespace() && square == 0 && round == 0 => return i,
            _ => {}
        }
        i += 1;
    }
    text.len()
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    fn fault(&self, message: impl Into<String>, start: usize) -> Fault {
        Fault::new(message, start..self.end.max(start))
    }

    fn path(&mut self) -> Result<JsonPathExpr, Fault> {
        let start = self.at;
        if !self.rest().starts_with('$') {
            return Err(self.fault("a path starts with `$`", start));
        }
        self.at += 1;
        let root = if self.rest().starts_with('$') {
            self.at += 1;
            Root::Context
        } else {
            let name = self.rest().split(['.', '[']).next().unwrap_or("");
            if name.is_empty() {
                Root::Data
            } else if is_variable_name(name) {
                self.at += name.len();
                Root::Variable(name.to_owned())
            } else {
                return Err(self.fault(format!("`${name}` is no name of a variable"), start));
            }
        };
        let mut steps = Vec::new();
        while self.at < self.end {
            let begin = self.at;
            let step = self.step()?;
            steps.push((step, begin..self.at));
        }
        Ok(JsonPathExpr { root, steps, at: start..self.at })
    }

    fn step(&mut self) -> Result<Step, Fault> {
        let begin = self.at;
        if self.rest().starts_with("..") {
            self.at += 2;
            if self.rest().is_empty() || self.rest().starts_with('.') {
                return Err(self.fault("`..` needs a name behind it", begin));
            }
            if !self.rest().starts_with('[') {
                self.name()?;
            }
            return Ok(Step::Descend);
        }
        if self.rest().starts_with('.') {
            self.at += 1;
            if self.rest().starts_with('[') {
                return self.bracket();
            }
            if self.rest().is_empty() {
                return Err(self.fault("a path must not end with `.`", begin));
            }
            return self.name();
        }
        if self.rest().starts_with('[') {
            return self.bracket();
        }
        if begin > 0 && self.text[..begin].ends_with(']') {
            return self.name();
        }
        Err(self.fault("expected `.` or `[`", begin))
    }

    fn name(&mut self) -> Result<Step, Fault> {
        let begin = self.at;
        let length = self.rest().find(['.', '[', '(', ' ', '\t', '\n', '\r', ']', ')']).unwrap_or(self.rest().len());
        let name = &self.rest()[..length];
        self.at += length;
        match self.rest().chars().next() {
            Some('(') => {
                let Some(close) = balanced(self.rest(), '(', ')') else {
                    return Err(self.fault("`(` is not closed", self.at));
                };
                self.at += close + 1;
                Ok(Step::Function)
            }
            Some(c @ (' ' | '\t' | '\n' | '\r')) => {
                let what = if c == ' ' { "a blank" } else { "white space" };
                Err(self.fault(format!("a name with {what} in it is written in brackets: `['my name']`"), begin))
            }
            Some(c @ (']' | ')')) => Err(self.fault(format!("`{c}` closes nothing"), self.at)),
            _ if name.is_empty() => Err(self.fault("expected a name", begin)),
            _ if name == "*" => Ok(Step::Wildcard),
            _ => Ok(Step::Child(name.to_owned())),
        }
    }

    fn bracket(&mut self) -> Result<Step, Fault> {
        let begin = self.at;
        let Some(close) = balanced(self.rest(), '[', ']') else {
            return Err(self.fault("`[` is not closed", begin));
        };
        let inner = self.rest()[1..close].trim();
        self.at += close + 1;
        let at = begin..self.at;
        match inner.chars().next() {
            None => Err(Fault::new("nothing in the brackets", at)),
            Some('\'' | '"') => quoted(inner).map_err(|message| Fault::new(message, at)),
            Some('?') => {
                let filter = inner[1..].trim();
                // `[?]` is a filter that is filled in later; in a definition nothing ever does.
                if filter.len() > 2 && filter.starts_with('(') && filter.ends_with(')') {
                    Ok(Step::Filter)
                } else {
                    Err(Fault::new("a filter is written `[?(@.name == 'x')]`", at))
                }
            }
            Some('*') if inner == "*" => Ok(Step::Wildcard),
            Some('-' | ':' | '0'..='9') => numbers(inner).ok_or_else(|| Fault::new("not an index", at)),
            Some(_) => Err(Fault::new("brackets hold an index, a quoted name, `*` or a filter", at)),
        }
    }
}

/// The index of the bracket that closes the one at the start, quotes respected.
fn balanced(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) => quote = quote.filter(|_| c != q),
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == open => depth += 1,
            None if c == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(i);
                }
            }
            None => {}
        }
    }
    None
}

/// `'a'` or `'a', 'b'`.
fn quoted(inner: &str) -> Result<Step, &'static str> {
    let mut names = Vec::new();
    let mut rest = inner;
    loop {
        let Some(quote @ ('\'' | '"')) = rest.chars().next() else { return Err("expected a quoted name") };
        let mut name = String::new();
        let mut chars = rest.char_indices().skip(1);
        let end = loop {
            match chars.next() {
                None => return Err("the quotes are not closed"),
                Some((i, c)) if c == quote => break i,
                Some((_, '\\')) => name.extend(chars.next().map(|(_, c)| c)),
                Some((_, c)) => name.push(c),
            }
        };
        names.push(name);
        rest = rest[end + 1..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => break,
            None => return Err("expected `,` or `]` behind the name"),
        }
    }
    match names.pop() {
        Some(name) if names.is_empty() => Ok(Step::Child(name)),
        _ => Ok(Step::Union),
    }
}

/// `0`, `-1`, `0,1`, `1:3`.
fn numbers(inner: &str) -> Option<Step> {
    let is_number = |s: &str| s.trim().parse::<i64>().is_ok();
    if inner.contains(':') {
        let parts: Vec<&str> = inner.split(':').collect();
        let all = parts.iter().all(|p| p.trim().is_empty() || is_number(p));
        return (all && inner.trim() != ":").then_some(Step::Slice);
    }
    if inner.contains(',') {
        return inner.split(',').all(is_number).then_some(Step::Union);
    }
    is_number(inner).then_some(Step::Index)
}

/// Names of variables follow Unicode's rules for identifiers (workflow variables, AWS's guide).
pub(crate) fn is_variable_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_')
}
