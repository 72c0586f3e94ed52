//! Why a command stopped. A user's mistake, AWS's refusal and a bug of ours read differently.

use std::{fmt::Write as _, process::ExitCode};

use statewright_aws::OpenError;
use statewright_planner::{Refusal, RefusalKind};
use statewright_source::{Diagnostic, Sources, visible};

use crate::view::{
    finding,
    style::{self, paint},
};

/// Why a command stopped, and what to do.
#[derive(Debug)]
pub(crate) struct CliError {
    kind: ErrorKind,
    hints: Vec<String>,
}

/// Whose fault it is.
#[derive(Debug)]
enum ErrorKind {
    /// The user's, on the command line or in the surroundings.
    User(String),
    /// The same, with an exit code of its own.
    Ending(u8, String),
    /// The user's, in files, each fault with its place.
    Findings(Box<Sources>, Vec<Diagnostic>),
    /// AWS said no.
    Aws(Box<Refusal>),
    /// A plan no longer fits; which one, and each reason in words.
    Stale(String, Vec<String>),
    /// Everything was said already; only the exit code is left.
    Said(u8),
    /// Ours.
    Bug(String),
}

/// What a command gives.
pub(crate) type Result<T> = std::result::Result<T, CliError>;

impl CliError {
    pub(crate) fn user(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::User(message.into()), hints: Vec::new() }
    }

    pub(crate) fn findings(sources: Sources, findings: Vec<Diagnostic>) -> Self {
        Self { kind: ErrorKind::Findings(Box::new(sources), findings), hints: Vec::new() }
    }

    /// A plan that no longer fits, saved or shown.
    pub(crate) fn stale(plan: impl Into<String>, reasons: Vec<String>) -> Self {
        Self { kind: ErrorKind::Stale(plan.into(), reasons), hints: Vec::new() }
    }

    pub(crate) fn bug(message: impl Into<String>) -> Self {
        let hint = "this is a bug of Statewright; please report it with the command and -vv's output".to_owned();
        Self { kind: ErrorKind::Bug(message.into()), hints: vec![hint] }
    }

    /// Ends with an exit code after everything was shown.
    pub(crate) fn said(code: u8) -> Self {
        Self { kind: ErrorKind::Said(code), hints: Vec::new() }
    }

    /// A user's mistake that ends with another exit code than 1.
    pub(crate) fn ending(code: u8, message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Ending(code, message.into()), hints: Vec::new() }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.kind {
            ErrorKind::Said(code) | ErrorKind::Ending(code, _) => code.into(),
            ErrorKind::User(_)
            | ErrorKind::Findings(..)
            | ErrorKind::Aws(_)
            | ErrorKind::Stale(..)
            | ErrorKind::Bug(_) => 1.into(),
        }
    }

    /// What stands on stderr.
    pub(crate) fn render(&self) -> String {
        let mut out = String::new();
        let title = |word: &str| paint(style::REMOVED.bold(), word);
        match &self.kind {
            ErrorKind::User(message) | ErrorKind::Ending(_, message) => {
                let _ = writeln!(out, "{} {}", title("error:"), visible(message));
            }
            ErrorKind::Findings(sources, findings) => {
                out.push_str(&finding::text(sources, findings));
            }
            ErrorKind::Aws(refusal) => {
                let _ = writeln!(out, "{} {}", title("AWS refused:"), visible(&refusal.to_string()));
                if let Some(id) = &refusal.request_id {
                    let _ = writeln!(out, "  request id: {}", visible(id));
                }
            }
            ErrorKind::Stale(plan, reasons) => {
                let word = title("error:");
                let _ = writeln!(out, "{word} {} is no longer what would be done; nothing was written", visible(plan));
                for reason in reasons {
                    let _ = writeln!(out, "  - {}", visible(reason));
                }
            }
            ErrorKind::Said(_) => return out,
            ErrorKind::Bug(message) => {
                let _ = writeln!(out, "{} {}", title("internal error:"), visible(message));
            }
        }
        for hint in &self.hints {
            let _ = writeln!(out, "{} {}", paint(style::STRONG, "help:"), visible(hint));
        }
        out
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Settings(message) => Self::user(message),
            OpenError::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let hint = match refusal.kind {
            RefusalKind::Credentials => Some(
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a profile (--profile, AWS_PROFILE), or log in again \
                 (`aws sso login`, `aws login`)",
            ),
            RefusalKind::Unreachable => Some(
                "is the endpoint right (--endpoint-url, AWS_ENDPOINT_URL), and is there a network and a proxy to it?",
            ),
            RefusalKind::Denied => {
                Some("the caller lacks the permission; the book's page on permissions lists what each command needs")
            }
            _ => None,
        };
        Self { kind: ErrorKind::Aws(Box::new(refusal)), hints: hint.map(str::to_owned).into_iter().collect() }
    }
}
