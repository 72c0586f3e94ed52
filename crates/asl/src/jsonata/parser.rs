//! From tokens to a tree: precedence climbing with the binding powers of the reference implementation, so that what it
//! refuses is refused here in the same words.

use std::ops::Range;

use super::{
    MAX_DEPTH, MAX_HEIGHT, SyntaxError,
    ast::{Binary, Expr, Kind},
    lexer::{Lexer, Token, error},
};

/// Parses an expression: the text between `{%` and `%}`.
pub(crate) fn parse(text: &str) -> Result<Expr, SyntaxError> {
    let mut parser = Parser { lexer: Lexer::new(text), token: Token::End, at: 0..0, last: 0, depth: 0 };
    parser.advance(false)?;
    let tree = parser.expression(0)?;
    match parser.token {
        Token::End => Ok(tree),
        _ => Err(error(format!("Syntax error: {}", parser.shown()), parser.at)),
    }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    token: Token,
    at: Range<usize>,
    /// Where the token before ended.
    last: usize,
    depth: usize,
}

/// How strongly an operator binds what is left of it.
fn power(token: &Token) -> u8 {
    let Token::Operator(sign) = token else { return 0 };
    match *sign {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "<" | ">" | "^" | "!=" | "<=" | ">=" | "~>" | "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

impl Parser<'_> {
    fn advance(&mut self, operator_expected: bool) -> Result<(), SyntaxError> {
        self.last = self.at.end;
        (self.token, self.at) = self.lexer.next(operator_expected)?;
        Ok(())
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token, Token::Operator(s) if s == sign)
    }

    /// The token as the reference implementation shows it.
    fn shown(&self) -> String {
        match &self.token {
            Token::End => "\"(end)\"".to_owned(),
            Token::Operator(s) => format!("\"{s}\""),
            Token::Name(s) | Token::Variable(s) | Token::String(s) => format!("{s:?}"),
            Token::Number(n) => n.to_string(),
            Token::Bool(b) => b.to_string(),
            Token::Null => "null".to_owned(),
            Token::Regex => "{}".to_owned(),
        }
    }

    fn expect(&mut self, sign: &str, operator_expected: bool) -> Result<(), SyntaxError> {
        if self.is(sign) {
            return self.advance(operator_expected);
        }
        let message = match self.token {
            Token::End => format!("Expected \"{sign}\" before end of expression"),
            _ => format!("Expected \"{sign}\", got {}", self.shown()),
        };
        Err(error(message, self.at.clone()))
    }

    fn expression(&mut self, bound: u8) -> Result<Expr, SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(error(format!("nested more than {MAX_DEPTH} deep"), self.at.clone()));
        }
        let mut left = self.prefix()?;
        while bound < power(&self.token) {
            left = self.infix(left)?;
            if left.height > MAX_HEIGHT {
                return Err(error(format!("more than {MAX_HEIGHT} steps deep"), left.at));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn boxed(&mut self, bound: u8) -> Result<Box<Expr>, SyntaxError> {
        self.expression(bound).map(Box::new)
    }

    /// What stands where a value may stand.
    fn prefix(&mut self) -> Result<Expr, SyntaxError> {
        let start = self.at.start;
        let at = self.at.clone();
        let token = std::mem::replace(&mut self.token, Token::End);
        // After a value comes an operator, after a sign a value.
        let value = !matches!(token, Token::Operator(s) if !matches!(s, "*" | "**" | "%" | "and" | "or" | "in"));
        if matches!(token, Token::End) {
            return Err(error("Unexpected end of expression", at));
        }
        if let Token::Operator(sign) = token
            && !matches!(sign, "*" | "**" | "%" | "and" | "or" | "in" | "-" | "(" | "[" | "{" | "|")
        {
            return Err(error(format!("The symbol \"{sign}\" cannot be used as a unary operator"), at));
        }
        self.advance(value)?;
        let kind = match token {
            Token::Name(name) => Kind::Name(name),
            Token::Variable(name) => Kind::Variable(name),
            Token::String(text) => Kind::String(text),
            Token::Number(number) => Kind::Number(number),
            Token::Bool(value) => Kind::Bool(value),
            Token::Null | Token::End => Kind::Null,
            Token::Regex => Kind::Regex,
            Token::Operator(sign) => match sign {
                "*" => Kind::Wildcard,
                "**" => Kind::Descendants,
                "%" => Kind::Parent,
                "-" => Kind::Negate(self.boxed(70)?),
                "(" => self.block()?,
                "[" => self.list()?,
                "{" => Kind::Object(self.pairs()?),
                "|" => self.transform()?,
                word => Kind::Name(word.to_owned()),
            },
        };
        Ok(Expr::new(kind, start..self.last.max(at.end)))
    }

    fn block(&mut self) -> Result<Kind, SyntaxError> {
        let mut expressions = Vec::new();
        while !self.is(")") {
            expressions.push(self.expression(0)?);
            if !self.is(";") {
                break;
            }
            self.advance(false)?;
        }
        self.expect(")", true)?;
        Ok(Kind::Block(expressions))
    }

    fn list(&mut self) -> Result<Kind, SyntaxError> {
        let mut items = Vec::new();
        if !self.is("]") {
            loop {
                let item = self.expression(0)?;
                if self.is("..") {
                    self.advance(false)?;
                    let end = self.boxed(0)?;
                    let at = item.at.start..end.at.end;
                    items.push(Expr::new(Kind::Binary(Binary::Range, Box::new(item), end), at));
                } else {
                    items.push(item);
                }
                if !self.is(",") {
                    break;
                }
                self.advance(false)?;
            }
        }
        self.expect("]", true)?;
        Ok(Kind::Array(items))
    }

    fn pairs(&mut self) -> Result<Vec<(Expr, Expr)>, SyntaxError> {
        let mut pairs = Vec::new();
        if !self.is("}") {
            loop {
                let key = self.expression(0)?;
                self.expect(":", false)?;
                pairs.push((key, self.expression(0)?));
                if !self.is(",") {
                    break;
                }
                self.advance(false)?;
            }
        }
        self.expect("}", true)?;
        Ok(pairs)
    }

    fn transform(&mut self) -> Result<Kind, SyntaxError> {
        let pattern = self.boxed(0)?;
        self.expect("|", false)?;
        let update = self.boxed(0)?;
        let delete = if self.is(",") {
            self.advance(false)?;
            Some(self.boxed(0)?)
        } else {
            None
        };
        self.expect("|", true)?;
        Ok(Kind::Transform(pattern, update, delete))
    }

    /// What follows a value.
    fn infix(&mut self, left: Expr) -> Result<Expr, SyntaxError> {
        let Token::Operator(sign) = self.token else { return Ok(left) };
        let start = left.at.start;
        let bound = power(&self.token);
        let sign_at = self.at.clone();
        self.advance(false)?;
        let left = Box::new(left);
        let kind = match sign {
            "." => {
                let right = self.boxed(bound)?;
                for step in [&left, &right] {
                    if let Kind::Number(_) | Kind::Bool(_) | Kind::Null = step.kind {
                        return Err(literal_step(step));
                    }
                }
                Kind::Path(left, right)
            }
            "[" if self.is("]") => {
                self.advance(true)?;
                Kind::Filter(left, None)
            }
            "[" => {
                if let Kind::Group(..) = left.kind {
                    return Err(error("A predicate cannot follow a grouping expression in a step", sign_at));
                }
                let predicate = self.boxed(0)?;
                self.expect("]", true)?;
                Kind::Filter(left, Some(predicate))
            }
            "{" => {
                if let Kind::Group(..) = left.kind {
                    return Err(error("Each step can only have one grouping expression", sign_at));
                }
                Kind::Group(left, self.pairs()?)
            }
            "(" => self.call(left)?,
            "^" => self.sort(left)?,
            "@" | "#" => match self.expression(bound)? {
                Expr { kind: Kind::Variable(name), .. } => {
                    if sign == "@"
                        && let Some(before) = bound_too_late(&left)
                    {
                        let message = format!("A context variable binding must precede {before} on a step");
                        return Err(error(message, sign_at));
                    }
                    Kind::Focus(left, name)
                }
                other => {
                    let message = format!("The right side of \"{sign}\" must be a variable name (start with $)");
                    return Err(error(message, other.at));
                }
            },
            ":=" => match left.kind {
                Kind::Variable(name) => Kind::Bind(name, self.boxed(bound - 1)?),
                _ => return Err(error("The left side of := must be a variable name (start with $)", left.at)),
            },
            "?" => {
                let then = self.boxed(0)?;
                let otherwise = if self.is(":") {
                    self.advance(false)?;
                    Some(self.boxed(0)?)
                } else {
                    None
                };
                Kind::Condition(left, then, otherwise)
            }
            "and" | "or" => Kind::Binary(Binary::Boolean, left, self.boxed(bound)?),
            "&" => Kind::Binary(Binary::Concatenate, left, self.boxed(bound)?),
            "~>" => Kind::Binary(Binary::Chain, left, self.boxed(bound)?),
            "+" | "-" | "*" | "/" | "%" => Kind::Binary(Binary::Arithmetic, left, self.boxed(bound)?),
            _ => Kind::Binary(Binary::Comparison, left, self.boxed(bound)?),
        };
        Ok(Expr::new(kind, start..self.last))
    }

    fn call(&mut self, function: Box<Expr>) -> Result<Kind, SyntaxError> {
        let mut arguments = Vec::new();
        let mut partial = false;
        if !self.is(")") {
            loop {
                if self.is("?") {
                    partial = true;
                    arguments.push(Expr::new(Kind::Placeholder, self.at.clone()));
                    self.advance(true)?;
                } else {
                    arguments.push(self.expression(0)?);
                }
                if !self.is(",") {
                    break;
                }
                self.advance(false)?;
            }
        }
        self.expect(")", true)?;
        match &function.kind {
            Kind::Name(name) if name == "function" || name == "λ" => self.lambda(&arguments),
            _ => Ok(Kind::Call { function, arguments, partial }),
        }
    }

    fn lambda(&mut self, arguments: &[Expr]) -> Result<Kind, SyntaxError> {
        let mut parameters = Vec::new();
        for (i, argument) in arguments.iter().enumerate() {
            let Kind::Variable(name) = &argument.kind else {
                let n = i + 1;
                let message = format!("Parameter {n} of function definition must be a variable name (start with $)");
                return Err(error(message, argument.at.clone()));
            };
            parameters.push(name.clone());
        }
        if self.is("<") {
            // A signature: its letters are names and signs to the lexer; only the brackets matter here.
            let mut open = 0_usize;
            loop {
                match self.token {
                    Token::Operator("<") => open += 1,
                    Token::Operator(">") => open -= 1,
                    Token::Operator("{") | Token::End => break,
                    _ => {}
                }
                self.advance(true)?;
                if open == 0 {
                    break;
                }
            }
        }
        self.expect("{", false)?;
        let body = self.boxed(0)?;
        self.expect("}", true)?;
        Ok(Kind::Lambda(parameters, body))
    }

    fn sort(&mut self, base: Box<Expr>) -> Result<Kind, SyntaxError> {
        self.expect("(", false)?;
        let mut terms = Vec::new();
        loop {
            if self.is("<") || self.is(">") {
                self.advance(false)?;
            }
            terms.push(self.expression(0)?);
            if !self.is(",") {
                break;
            }
            self.advance(false)?;
        }
        self.expect(")", true)?;
        Ok(Kind::Sort(base, terms))
    }
}

/// What of a step must not stand before `@`.
fn bound_too_late(step: &Expr) -> Option<&'static str> {
    match &step.kind {
        Kind::Filter(_, Some(_)) => Some("any predicates"),
        Kind::Sort(..) => Some("the 'order-by' clause"),
        Kind::Path(_, last) => bound_too_late(last),
        _ => None,
    }
}

fn literal_step(step: &Expr) -> SyntaxError {
    let value = match &step.kind {
        Kind::Number(n) => n.to_string(),
        Kind::Bool(b) => b.to_string(),
        _ => "null".to_owned(),
    };
    error(format!("The literal value {value} cannot be used as a step within a path expression"), step.at.clone())
}
