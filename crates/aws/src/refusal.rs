//! The one place where AWS's failures become [`Refusal`]s.

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use statewright_planner::{Refusal, RefusalKind};

/// A refusal of ours, before or instead of a call.
pub(crate) fn own(kind: RefusalKind, call: &str, message: impl Into<String>) -> Refusal {
    Refusal { kind, call: call.to_owned(), code: String::new(), message: message.into(), request_id: None }
}

/// AWS answered, and the answer does not fit its own model.
pub(crate) fn malformed(call: &str, message: impl Into<String>) -> Refusal {
    own(RefusalKind::Malformed, call, message)
}

/// What the SDK says went wrong.
pub(crate) fn from_sdk<E>(call: &str, _endpoint: Option<&str>, error: &SdkError<E, HttpResponse>) -> Refusal
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    own(RefusalKind::Other, call, error.message().unwrap_or_default())
}
