//! JSONPath in the dialect of Step Functions (Jayway's), reference paths, and intrinsic functions, with places.

mod intrinsic;
mod jsonpath;
#[cfg(test)]
mod tests;

pub(crate) use intrinsic::{Argument, Call, parse_call};
pub(crate) use jsonpath::{JsonPathExpr, Root, Step, is_variable_name, parse_path};

use std::ops::Range;

/// Why a text is no path or no call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// One sentence.
    pub(crate) message: String,
    /// Bytes of the text.
    pub(crate) at: Range<usize>,
}

impl Fault {
    fn new(message: impl Into<String>, at: Range<usize>) -> Self {
        Self { message: message.into(), at }
    }
}

/// What the value of a `.$` field may be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Dynamic {
    /// `$.a`, `$$.State.Name`, `$variable`
    Path(JsonPathExpr),
    /// `States.Format('{}', $.a)`
    Call(Call),
}

/// Parses a path or an intrinsic call. Blanks behind it are no fault (AWS takes them), blanks before it are.
pub(crate) fn parse_dynamic(text: &str) -> Result<Dynamic, Fault> {
    let text = text.trim_end();
    if text.starts_with("States.") { parse_call(text).map(Dynamic::Call) } else { parse_path(text).map(Dynamic::Path) }
}

impl Dynamic {
    /// Every path in it.
    pub(crate) fn paths(&self) -> Vec<&JsonPathExpr> {
        match self {
            Self::Path(path) => vec![path],
            Self::Call(call) => call.paths(),
        }
    }
}
