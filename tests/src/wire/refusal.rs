use std::fmt::{self, Display};

use crate::proxy::{Answer, Service};

/// A call that was not done: AWS's code and message, or what went wrong on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status; 0 when no answer came.
    pub status: u16,
    /// AWS's error code, such as `NoSuchEntity`; `Transport` when no answer came, `Unreadable` for an answer that is no AWS error.
    pub code: String,
    /// AWS's message.
    pub message: String,
}

impl Refusal {
    pub(crate) fn transport(error: &dyn Display) -> Self {
        Self { status: 0, code: "Transport".to_owned(), message: error.to_string() }
    }

    pub(crate) fn unreadable(status: u16, message: impl Into<String>) -> Self {
        Self { status, code: "Unreadable".to_owned(), message: message.into() }
    }

    pub(crate) fn of(service: &Service, answer: &Answer) -> Self {
        let status = answer.status.as_u16();
        match answer.error_code(service) {
            Some(code) => Self { status, code, message: answer.error_message(service).unwrap_or_default() },
            None => {
                Self::unreadable(status, String::from_utf8_lossy(&answer.body).chars().take(200).collect::<String>())
            }
        }
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code, self.status, self.message)
    }
}

impl std::error::Error for Refusal {}
