//! Intrinsic functions: `States.Format('Hello, {}', $.name)`.
//!
//! Source: "Intrinsic functions" of the Step Functions guide, and appendix B of the states language specification.

use std::ops::Range;

use super::{Fault, JsonPathExpr, jsonpath::parse_argument};

/// Calls may nest this deep (the guide: "up to 10").
const MAX_DEPTH: usize = 10;

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// The name without `States.`.
    pub(crate) name: &'static str,
    /// What it is given, each with its place.
    pub(crate) arguments: Vec<(Argument, Range<usize>)>,
}

/// What a call is given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Argument {
    String(String),
    Number(f64),
    Bool(bool),
    Null,
    Path(JsonPathExpr),
    Call(Call),
}

/// What an argument must be, as far as the text shows it. A path or a call may give anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    Any,
    String,
    Number,
    Bool,
    /// Only a path or a call gives a list or an object.
    Data,
}

/// Name, fewest and most arguments, what each must be (the last one repeats), whether the result is a string.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    fewest: usize,
    most: usize,
    wants: &'static [Wants],
    /// Whether `ErrorPath` and `CausePath` take it.
    pub(crate) gives_text: bool,
}

const fn function(
    name: &'static str,
    fewest: usize,
    most: usize,
    wants: &'static [Wants],
    gives_text: bool,
) -> Function {
    Function { name, fewest, most, wants, gives_text }
}

/// The eighteen. Which of them give a string: "Fail workflow state" of the guide.
pub(crate) const FUNCTIONS: [Function; 18] = [
    function("Format", 1, usize::MAX, &[Wants::String, Wants::Any], true),
    function("StringToJson", 1, 1, &[Wants::String], false),
    function("JsonToString", 1, 1, &[Wants::Data], true),
    function("Array", 0, usize::MAX, &[Wants::Any], false),
    function("ArrayPartition", 2, 2, &[Wants::Data, Wants::Number], false),
    function("ArrayContains", 2, 2, &[Wants::Data, Wants::Any], false),
    function("ArrayRange", 3, 3, &[Wants::Number], false),
    function("ArrayGetItem", 2, 2, &[Wants::Data, Wants::Number], true),
    function("ArrayLength", 1, 1, &[Wants::Data], false),
    function("ArrayUnique", 1, 1, &[Wants::Data], false),
    function("Base64Encode", 1, 1, &[Wants::String], true),
    function("Base64Decode", 1, 1, &[Wants::String], true),
    function("Hash", 2, 2, &[Wants::Any, Wants::String], true),
    function("JsonMerge", 3, 3, &[Wants::Data, Wants::Data, Wants::Bool], false),
    function("MathRandom", 2, 3, &[Wants::Number], false),
    function("MathAdd", 2, 2, &[Wants::Number], false),
    function("StringSplit", 2, 2, &[Wants::String], false),
    function("UUID", 0, 0, &[], true),
];

/// Parses a whole text as a call: a name that exists, and as many arguments as it takes.
pub(crate) fn parse_call(text: &str) -> Result<Call, Fault> {
    if !text.starts_with("States.") {
        return Err(Fault::new("an intrinsic function starts with `States.`", 0..text.len()));
    }
    let mut parser = Parser { text, at: 0 };
    let call = parser.call(1)?;
    if parser.at < text.len() {
        return Err(Fault::new("nothing may follow the call", parser.at..text.len()));
    }
    Ok(call)
}

impl Call {
    pub(crate) fn function(&self) -> Option<&'static Function> {
        FUNCTIONS.iter().find(|f| f.name == self.name)
    }

    /// The first argument that is of a kind that the function cannot work with.
    pub(crate) fn misfit(&self) -> Option<(usize, String)> {
        let wants = self.function()?.wants;
        self.arguments.iter().enumerate().find_map(|(i, (argument, _))| {
            let wants = wants.get(i).or(wants.last())?;
            let fits = match argument {
                Argument::Path(_) | Argument::Call(_) => true,
                Argument::String(_) => matches!(wants, Wants::Any | Wants::String),
                Argument::Number(_) => matches!(wants, Wants::Any | Wants::Number),
                Argument::Bool(_) => matches!(wants, Wants::Any | Wants::Bool),
                Argument::Null => matches!(wants, Wants::Any),
            };
            let needs = match wants {
                Wants::Any => "a value",
                Wants::String => "a string",
                Wants::Number => "a number",
                Wants::Bool => "a boolean",
                Wants::Data => "a path or a call",
            };
            (!fits).then(|| (i, format!("argument {} of `States.{}` must be {needs}", i + 1, self.name)))
        })
    }

    pub(super) fn paths(&self) -> Vec<&JsonPathExpr> {
        let each = self.arguments.iter().flat_map(|(argument, _)| match argument {
            Argument::Path(path) => vec![path],
            Argument::Call(call) => call.paths(),
            _ => Vec::new(),
        });
        each.collect()
    }

    /// Every call in it, itself first.
    pub(crate) fn calls(&self) -> Vec<&Call> {
        let inner = self.arguments.iter().filter_map(|(argument, _)| match argument {
            Argument::Call(call) => Some(call),
            _ => None,
        });
        std::iter::once(self).chain(inner.flat_map(Call::calls)).collect()
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn call(&mut self, depth: usize) -> Result<Call, Fault> {
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(Fault::new(format!("calls nest at most {MAX_DEPTH} deep"), start..self.text.len()));
        }
        self.at += "States.".len();
        let length = self.rest().find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest().len());
        let name = &self.rest()[..length];
        let name_at = start..self.at + length;
        self.at += length;
        let Some(function) = FUNCTIONS.iter().find(|f| f.name == name) else {
            let near = statewright_source::nearest(name, FUNCTIONS.iter().map(|f| f.name));
            let hint = near.map(|n| format!("; did you mean `States.{n}`?")).unwrap_or_default();
            return Err(Fault::new(format!("there is no function `States.{name}`{hint}"), name_at));
        };
        if !self.rest().starts_with('(') {
            return Err(Fault::new(format!("expected `(` behind `States.{name}`"), self.at..self.text.len()));
        }
        self.at += 1;
        let arguments = self.arguments(depth)?;
        count(function, arguments.len(), name_at.start..self.at)?;
        Ok(Call { name: function.name, arguments })
    }

    fn arguments(&mut self, depth: usize) -> Result<Vec<(Argument, Range<usize>)>, Fault> {
        let open = self.at - 1;
        let mut arguments = Vec::new();
        self.blank();
        if self.rest().starts_with(')') {
            self.at += 1;
            return Ok(arguments);
        }
        loop {
            self.blank();
            let start = self.at;
            let argument = self.argument(depth)?;
            arguments.push((argument, start..self.at));
            self.blank();
            match self.rest().chars().next() {
                Some(',') => self.at += 1,
                Some(')') => {
                    self.at += 1;
                    return Ok(arguments);
                }
                Some(_) => return Err(Fault::new("expected `,` or `)`", self.at..self.text.len())),
                None => return Err(Fault::new("`(` is not closed", open..self.text.len())),
            }
        }
    }

    fn argument(&mut self, depth: usize) -> Result<Argument, Fault> {
        let start = self.at;
        if self.rest().starts_with('\'') {
            return self.string().map(Argument::String);
        }
        if self.rest().starts_with('$') {
            let path = parse_argument(self.text, start)?;
            self.at = path.at.end;
            return Ok(Argument::Path(path));
        }
        if self.rest().starts_with("States.") {
            return self.call(depth + 1).map(Argument::Call);
        }
        let length = self.rest().find([',', ')', ' ', '\t', '\n', '\r']).unwrap_or(self.rest().len());
        let word = &self.rest()[..length];
        self.at += length;
        match word {
            "null" => Ok(Argument::Null),
            "true" => Ok(Argument::Bool(true)),
            "false" => Ok(Argument::Bool(false)),
            "" => Err(Fault::new("expected an argument", start..(start + 1).min(self.text.len()))),
            _ => match word.parse::<f64>() {
                Ok(number) if number.is_finite() && word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                    Ok(Argument::Number(number))
                }
                _ => {
                    let message = format!("`{word}` is no argument: texts are written in single quotes");
                    Err(Fault::new(message, start..self.at))
                }
            },
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let mut value = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                '\'' => {
                    self.at += i + 1;
                    return Ok(value);
                }
                '\\' => {
                    let Some((_, escaped)) = chars.next() else { break };
                    // Kept with its backslash, so that an escaped brace does not count as a place of `Format`.
                    if matches!(escaped, '{' | '}') {
                        value.push('\\');
                    }
                    value.push(escaped);
                }
                _ => value.push(c),
            }
        }
        Err(Fault::new("the quotes are not closed", start..self.text.len()))
    }
}

/// Whether the number of arguments fits.
fn count(function: &Function, given: usize, at: Range<usize>) -> Result<(), Fault> {
    let name = function.name;
    if given >= function.fewest && given <= function.most {
        return Ok(());
    }
    let takes = match (function.fewest, function.most) {
        (fewest, usize::MAX) => format!("at least {fewest}"),
        (fewest, most) if fewest == most => fewest.to_string(),
        (fewest, most) => format!("{fewest} to {most}"),
    };
    Err(Fault::new(format!("`States.{name}` takes {takes} arguments and is given {given}"), at))
}
