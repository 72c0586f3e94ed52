//! The tree of an expression.

use std::ops::Range;

/// A part of an expression and its place, in bytes from the expression's start.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expr {
    pub(crate) kind: Kind,
    pub(crate) at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Regex,
    /// A field of the context.
    Name(String),
    /// `*`
    Wildcard,
    /// `**`
    Descendants,
    /// `%`
    Parent,
    /// `$name`; the name of `$` is empty, that of `$$` is `$`.
    Variable(String),
    /// `left . right`: the right side sees each value of the left one.
    Path(Box<Expr>, Box<Expr>),
    /// `base[predicate]`; `base[]` has none.
    Filter(Box<Expr>, Option<Box<Expr>>),
    /// `base{key: value}`
    Group(Box<Expr>, Vec<(Expr, Expr)>),
    /// `base^(>term, term)`
    Sort(Box<Expr>, Vec<Expr>),
    /// `base@$name` and `base#$name`
    Focus(Box<Expr>, String),
    /// `$name := value`
    Bind(String, Box<Expr>),
    /// `function($a, $b) { body }`
    Lambda(Vec<String>, Box<Expr>),
    /// `function(arguments)`; a `?` among them makes a partial application.
    Call {
        function: Box<Expr>,
        arguments: Vec<Expr>,
        partial: bool,
    },
    /// `test ? then : otherwise`
    Condition(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// `( a; b; c )`
    Block(Vec<Expr>),
    Array(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    /// `| pattern | update, delete |`
    Transform(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    Negate(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `?` in the place of an argument.
    Placeholder,
}

/// Operators that take two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    /// `+ - * / %`
    Arithmetic,
    /// `= != < > <= >= in`
    Comparison,
    /// `and or`
    Boolean,
    /// `&`
    Concatenate,
    /// `..`, only within a list
    Range,
    /// `~>`
    Chain,
}
