//! What an expression refers to.

use std::{collections::HashSet, ops::Range};

use super::{Binary, Expr, Kind};

/// What an expression refers to outside itself, each with its place.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct References {
    /// Fields of a context that there is not: `phone`, and `$`. AWS refuses them.
    pub(crate) top_level: Vec<(String, Range<usize>)>,
    /// `$$`, which AWS refuses wherever it stands.
    pub(crate) roots: Vec<Range<usize>>,
    /// Members of `$states`: `input`, `result`.
    pub(crate) states: Vec<(String, Range<usize>)>,
    /// What is read of the context object: `["Task", "Token"]`.
    pub(crate) context: Vec<(Vec<String>, Range<usize>)>,
    /// `$states` as a whole.
    pub(crate) whole_states: bool,
    /// Variables that the expression does not bind itself.
    pub(crate) variables: Vec<(String, Range<usize>)>,
    /// Calls of functions that the expression does not bind itself.
    pub(crate) calls: Vec<Called>,
}

/// A call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Called {
    pub(crate) name: String,
    /// How many arguments, one piped in by `~>` included.
    pub(crate) arguments: usize,
    pub(crate) partial: bool,
    /// The place of the name.
    pub(crate) at: Range<usize>,
}

/// Collects them.
pub(crate) fn references(expression: &Expr) -> References {
    let mut walk = Walk { found: References::default(), scopes: vec![Names::default()], lambdas: 0 };
    walk.expr(expression, true);
    walk.found
}

struct Walk<'e> {
    found: References,
    scopes: Vec<Names<'e>>,
    /// How many functions are around.
    lambdas: usize,
}

/// The names of a block.
#[derive(Default)]
struct Names<'e> {
    /// Bound so far.
    now: HashSet<&'e str>,
    /// Bound somewhere in the block: a function sees them, since it runs later than it is defined.
    later: HashSet<&'e str>,
}

impl<'e> Walk<'e> {
    fn bound(&self, name: &str) -> bool {
        self.scopes.iter().any(|s| s.now.contains(name) || (self.lambdas > 0 && s.later.contains(name)))
    }

    fn bind(&mut self, name: &'e str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.now.insert(name);
        }
    }

    /// `top`: no value is the context here.
    fn expr(&mut self, e: &'e Expr, top: bool) {
        match &e.kind {
            Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Regex
            | Kind::Wildcard
            | Kind::Descendants
            | Kind::Parent
            | Kind::Placeholder => {}
            Kind::Name(name) => {
                if top {
                    self.found.top_level.push((name.clone(), e.at.clone()));
                }
            }
            Kind::Variable(name) => self.variable(name, e, top),
            Kind::Path(..) => self.path(e, top),
            Kind::Filter(base, predicate) => {
                self.expr(base, top);
                if let Some(predicate) = predicate {
                    self.expr(predicate, false);
                }
            }
            Kind::Group(base, pairs) => {
                self.expr(base, top);
                self.pairs(pairs, false);
            }
            Kind::Sort(base, terms) => {
                self.expr(base, top);
                self.all(terms, false);
            }
            Kind::Focus(base, name) => {
                self.expr(base, top);
                self.bind(name);
            }
            Kind::Bind(name, value) => {
                // A function may call itself.
                if matches!(value.kind, Kind::Lambda(..)) {
                    self.bind(name);
                }
                self.expr(value, top);
                self.bind(name);
            }
            Kind::Lambda(parameters, body) => {
                let now = parameters.iter().map(String::as_str).collect();
                self.scopes.push(Names { now, later: HashSet::new() });
                self.lambdas += 1;
                self.expr(body, top);
                self.lambdas -= 1;
                self.scopes.pop();
            }
            Kind::Call { function, arguments, partial } => self.call(function, arguments, *partial, 0, top),
            Kind::Condition(test, then, otherwise) => {
                self.expr(test, top);
                self.expr(then, top);
                if let Some(otherwise) = otherwise {
                    self.expr(otherwise, top);
                }
            }
            Kind::Block(expressions) => {
                let binds = expressions.iter().filter_map(|e| match &e.kind {
                    Kind::Bind(name, _) => Some(name.as_str()),
                    _ => None,
                });
                self.scopes.push(Names { now: HashSet::new(), later: binds.collect() });
                self.all(expressions, top);
                self.scopes.pop();
            }
            Kind::Array(items) => self.all(items, top),
            Kind::Object(pairs) => self.pairs(pairs, top),
            Kind::Transform(pattern, update, delete) => {
                self.expr(pattern, false);
                self.expr(update, false);
                if let Some(delete) = delete {
                    self.expr(delete, false);
                }
            }
            Kind::Negate(value) => self.expr(value, top),
            Kind::Binary(Binary::Chain, left, right) => {
                self.expr(left, top);
                match &right.kind {
                    Kind::Call { function, arguments, partial } => self.call(function, arguments, *partial, 1, top),
                    _ => self.expr(right, top),
                }
            }
            Kind::Binary(_, left, right) => {
                self.expr(left, top);
                self.expr(right, top);
            }
        }
    }

    fn all(&mut self, expressions: &'e [Expr], top: bool) {
        for e in expressions {
            self.expr(e, top);
        }
    }

    fn pairs(&mut self, pairs: &'e [(Expr, Expr)], top: bool) {
        for (key, value) in pairs {
            self.expr(key, top);
            self.expr(value, top);
        }
    }

    fn variable(&mut self, name: &str, e: &Expr, top: bool) {
        match name {
            "" if top => self.found.top_level.push(("$".to_owned(), e.at.clone())),
            "" => {}
            "$" => self.found.roots.push(e.at.clone()),
            "states" => self.found.whole_states = true,
            _ if self.bound(name) || super::arity(name).is_some() => {}
            _ => self.found.variables.push((name.to_owned(), e.at.clone())),
        }
    }

    /// The steps of a path: the first sees what is around it, each other one the values of the one before.
    fn path(&mut self, path: &'e Expr, top: bool) {
        let mut steps = Vec::new();
        let mut first = path;
        while let Kind::Path(left, right) = &first.kind {
            steps.push(right.as_ref());
            first = left;
        }
        steps.reverse();
        match &first.kind {
            // A literal string as the first step is a quoted field name.
            Kind::String(name) if top => self.found.top_level.push((name.clone(), first.at.clone())),
            Kind::Variable(name) if name == "states" => match steps.first().and_then(|s| step(s)) {
                Some((member, at)) => {
                    self.found.states.push((member.to_owned(), at));
                    self.context(&steps);
                }
                None => self.found.whole_states = true,
            },
            _ => self.expr(first, top),
        }
        self.all_steps(&steps);
    }

    fn all_steps(&mut self, steps: &[&'e Expr]) {
        for step in steps {
            self.expr(step, false);
        }
    }

    /// `$states.context.A.B`
    fn context(&mut self, steps: &[&'e Expr]) {
        let mut names = steps.iter().map_while(|s| step(s));
        if names.next().is_none_or(|(name, _)| name != "context") {
            return;
        }
        let names: Vec<_> = names.collect();
        if let Some((_, at)) = names.last() {
            let at = at.clone();
            self.found.context.push((names.into_iter().map(|(name, _)| name.to_owned()).collect(), at));
        }
    }

    fn call(&mut self, function: &'e Expr, arguments: &'e [Expr], partial: bool, piped: usize, top: bool) {
        match &function.kind {
            Kind::Variable(name) if name.is_empty() || name == "$" => self.expr(function, top),
            Kind::Variable(name) if !self.bound(name) => self.found.calls.push(Called {
                name: name.clone(),
                arguments: arguments.len() + piped,
                partial,
                at: function.at.clone(),
            }),
            Kind::Variable(_) => {}
            _ => self.expr(function, top),
        }
        self.all(arguments, top);
    }
}

/// What a step is before its predicates.
fn base(e: &Expr) -> &Expr {
    match &e.kind {
        Kind::Filter(inner, _) | Kind::Group(inner, _) | Kind::Sort(inner, _) | Kind::Focus(inner, _) => base(inner),
        _ => e,
    }
}

/// The field that a step reads.
fn step(e: &Expr) -> Option<(&str, Range<usize>)> {
    let first = base(e);
    match &first.kind {
        Kind::Name(name) | Kind::String(name) => Some((name, first.at.clone())),
        _ => None,
    }
}

/// The kinds of values that an expression can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    Null,
    Bool,
    Number,
    String,
    List,
    Object,
    Function,
}

impl Gives {
    /// In a reader's words.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Function => "a function",
        }
    }
}

/// What an expression certainly gives, whatever it is evaluated on; `None` where that depends.
pub(crate) fn gives(e: &Expr) -> Option<Gives> {
    match &e.kind {
        Kind::Null => Some(Gives::Null),
        Kind::Bool(_) | Kind::Binary(Binary::Comparison | Binary::Boolean, ..) => Some(Gives::Bool),
        Kind::Number(_) => Some(Gives::Number),
        Kind::String(_) | Kind::Binary(Binary::Concatenate, ..) => Some(Gives::String),
        Kind::Array(_) => Some(Gives::List),
        Kind::Object(_) => Some(Gives::Object),
        Kind::Lambda(..) | Kind::Transform(..) | Kind::Regex => Some(Gives::Function),
        Kind::Bind(_, value) => gives(value),
        Kind::Block(expressions) => gives(expressions.last()?),
        Kind::Condition(_, then, Some(otherwise)) => gives(then).filter(|g| gives(otherwise) == Some(*g)),
        Kind::Call { function, partial: false, .. } => match &function.kind {
            Kind::Variable(name) => result(name),
            _ => None,
        },
        _ => None,
    }
}

/// What a function gives whatever it is given.
fn result(function: &str) -> Option<Gives> {
    match function {
        "exists" | "not" | "contains" => Some(Gives::Bool),
        "count" | "millis" | "random" => Some(Gives::Number),
        "now" | "uuid" | "type" => Some(Gives::String),
        _ => None,
    }
}
