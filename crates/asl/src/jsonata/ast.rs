//! The tree of an expression.

use std::ops::Range;

/// A part of an expression and its place, in bytes from the expression's start.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expr {
    pub(crate) kind: Kind,
    pub(crate) at: Range<usize>,
    /// How many levels there are below it: what walks and drops a tree does so by recursion.
    pub(super) height: usize,
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

impl Expr {
    pub(super) fn new(kind: Kind, at: Range<usize>) -> Self {
        let height = 1 + kind.below();
        Self { kind, at, height }
    }
}

impl Kind {
    /// The height of the highest part.
    fn below(&self) -> usize {
        let all = |list: &[Expr]| list.iter().map(|e| e.height).max().unwrap_or(0);
        let pairs = |list: &[(Expr, Expr)]| list.iter().map(|(k, v)| k.height.max(v.height)).max().unwrap_or(0);
        let some = |e: &Option<Box<Expr>>| e.as_ref().map_or(0, |e| e.height);
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::Regex
            | Self::Name(_)
            | Self::Wildcard
            | Self::Descendants
            | Self::Parent
            | Self::Variable(_)
            | Self::Placeholder => 0,
            Self::Path(a, b) | Self::Binary(_, a, b) => a.height.max(b.height),
            Self::Filter(a, b) => a.height.max(some(b)),
            Self::Group(a, list) => a.height.max(pairs(list)),
            Self::Sort(a, list) => a.height.max(all(list)),
            Self::Focus(a, _) | Self::Bind(_, a) | Self::Lambda(_, a) | Self::Negate(a) => a.height,
            Self::Call { function, arguments, .. } => function.height.max(all(arguments)),
            Self::Condition(a, b, c) | Self::Transform(a, b, c) => a.height.max(b.height).max(some(c)),
            Self::Block(list) | Self::Array(list) => all(list),
            Self::Object(list) => pairs(list),
        }
    }
}
