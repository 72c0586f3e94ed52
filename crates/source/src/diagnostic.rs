//! What is wrong, where, why it matters, what to do.

use std::fmt;

use crate::span::Span;

/// How bad a finding is. The order is from worst to mildest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// AWS refuses it, or the spec is wrong: blocks plan and apply.
    Error,
    /// AWS takes it and an execution must fail: does not block a plan.
    Runtime,
    /// A trap.
    Warning,
    /// Worth knowing.
    Note,
}

/// A stable name of a kind of finding: `SPEC004`, `ASL020`, `IAM201`. Never reused for another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Code(pub &'static str);

/// A place and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// A few words shown beside the place; may be empty.
    pub text: String,
}

/// An edit that certainly mends the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// One sentence that stands alone, without a full stop.
    pub title: String,
    /// The place; `None` only where no text was read (a missing file, an unreachable endpoint).
    pub primary: Option<Label>,
    /// Other places that explain it: the first of two duplicate keys.
    pub related: Vec<Label>,
    /// What to do next.
    pub help: Option<String>,
    /// AWS's own name of it, where AWS has one (`MISSING_TRANSITION_TARGET`).
    pub aws_code: Option<&'static str>,
    /// AWS's own location (`/States/X/Next`), where there is one.
    pub aws_location: Option<String>,
    /// A certain mend.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding without a place.
    pub fn new(code: Code, severity: Severity, title: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            title: title.into(),
            primary: None,
            related: Vec::new(),
            help: None,
            aws_code: None,
            aws_location: None,
            fix: None,
        }
    }

    /// An error.
    pub fn error(code: Code, title: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, title)
    }

    /// Points at `span`, with `text` beside it.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Carries AWS's own code and location.
    #[must_use]
    pub fn aws(mut self, code: &'static str, location: impl Into<String>) -> Self {
        self.aws_code = Some(code);
        let location = location.into();
        self.aws_location = (!location.is_empty()).then_some(location);
        self
    }

    /// Carries an edit that mends it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Severity {
    /// As it is written in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Runtime => "runtime",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
