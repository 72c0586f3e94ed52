//! The one place where AWS's failures become [`Refusal`]s.
//!
//! AWS does not model all that it answers (`AccessDeniedException` on `CreateStateMachine` is in no model), so it is the code
//! and the message that decide, never an enum's variant.

mod classify;
#[cfg(test)]
mod tests;

use std::{error::Error, fmt::Write as _};

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::RequestId as _;
use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{ConnectorError, SdkError},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use statewright_planner::{Refusal, RefusalKind};
use statewright_spec::Arn;

pub(crate) use classify::classify;

/// So begins what is said of an answer that is not in AWS's form.
pub(crate) const HTTP: &str = "HTTP ";
/// Characters of a message that are kept.
const LONGEST: usize = 1_200;

/// A refusal of ours, before or instead of a call.
pub(crate) fn own(kind: RefusalKind, call: &str, message: impl Into<String>) -> Refusal {
    Refusal { kind, call: call.to_owned(), code: String::new(), message: message.into(), request_id: None }
}

/// AWS answered, and the answer does not fit its own model.
pub(crate) fn malformed(call: &str, message: impl Into<String>) -> Refusal {
    own(RefusalKind::Malformed, call, message)
}

/// What the SDK says went wrong. `endpoint` is the one that stands in for AWS's own, if any.
pub(crate) fn from_sdk<E>(call: &str, endpoint: Option<&str>, error: &SdkError<E, HttpResponse>) -> Refusal
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if let Some(credentials) = cause::<CredentialsError>(error) {
        return from_credentials(call, credentials);
    }
    let endpoint = endpoint.map_or_else(|| format!("AWS's endpoint of {}", service(call)), ToOwned::to_owned);
    match error {
        SdkError::ConstructionFailure(_) => own(RefusalKind::Invalid, call, chain(error)),
        SdkError::TimeoutError(_) => own(RefusalKind::Unreachable, call, format!("{endpoint} gave no answer in time")),
        SdkError::DispatchFailure(failure) => {
            let words = match failure.as_connector_error() {
                Some(connector) if connector.is_timeout() => format!("{endpoint} gave no answer in time"),
                Some(connector) => format!("{endpoint} cannot be reached: {}", connection_words(connector)),
                None => format!("{endpoint} cannot be reached: {}", chain(error)),
            };
            own(RefusalKind::Unreachable, call, words)
        }
        SdkError::ResponseError(response) => {
            from_answer(call, "", "", response.raw(), error.request_id().map(str::to_owned))
        }
        SdkError::ServiceError(service) => {
            let code = error.code().unwrap_or_default();
            let message = error.message().unwrap_or_default();
            from_answer(call, code, message, service.raw(), error.request_id().map(str::to_owned))
        }
        _ => own(RefusalKind::Other, call, chain(error)),
    }
}

/// Names who was refused, where AWS does not: some services answer `Access Denied` and no more. The action is the call's,
/// and what it was made for stands beside the refusal.
pub(crate) fn of_caller(refusal: Refusal, caller: &Arn) -> Refusal {
    if refusal.kind != RefusalKind::Denied || refusal.message.contains(caller.as_str()) {
        return refusal;
    }
    // AWS names a session's role as it likes.
    if refusal.message.contains("is not authorized to perform") {
        return refusal;
    }
    Refusal { message: format!("{} (the caller is {caller})", refusal.message), ..refusal }
}

fn from_answer(call: &str, code: &str, message: &str, raw: &HttpResponse, request_id: Option<String>) -> Refusal {
    let status = raw.status().as_u16();
    let message = if message.trim().is_empty() { body_words(status, raw.body().bytes()) } else { tidy(message) };
    Refusal {
        kind: classify(call, code, &message, status),
        call: call.to_owned(),
        code: code.to_owned(),
        message,
        request_id,
    }
}

/// The first error of a type among an error and its causes.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// An error and its causes, each said once.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let words = error.to_string();
        if !words.is_empty() && !text.contains(&words) {
            let _ = write!(text, ": {words}");
        }
        next = error.source();
    }
    tidy(&text)
}

/// Where the credentials come from another service (STS, SSO), that one may be out of reach. That the instance's metadata
/// are is no such case: it only means that there are none.
fn from_credentials(call: &str, error: &CredentialsError) -> Refusal {
    let lost = cause::<ConnectorError>(error).filter(|_| matches!(error, CredentialsError::ProviderError(_)));
    match lost {
        Some(connector) if connector.is_io() || connector.is_timeout() => {
            let words = format!("the source of the credentials cannot be reached: {}", connection_words(connector));
            own(RefusalKind::Unreachable, call, words)
        }
        _ => own(RefusalKind::Credentials, call, credentials_words(error)),
    }
}

fn credentials_words(error: &CredentialsError) -> String {
    const SIGN_IN: &str = "sign in with `aws sso login` or `aws login`, name a profile with --profile or AWS_PROFILE, or export \
                           AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    match error {
        CredentialsError::CredentialsNotLoaded(_) => format!("no credentials were found: {SIGN_IN}"),
        CredentialsError::ProviderTimedOut(details) => {
            format!("the credentials were not there after {} s: {SIGN_IN}", details.timeout_duration().as_secs())
        }
        other => format!("{}; {SIGN_IN}", chain(other)),
    }
}

fn connection_words(error: &ConnectorError) -> String {
    // The causes repeat each other: `client error (Connect): tcp connect error: Connection refused (os error 111)`.
    let mut last: &dyn Error = error;
    while let Some(next) = last.source() {
        last = next;
    }
    let words = tidy(&last.to_string());
    words.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The body of an answer that is not in AWS's form; an HTML page is named and not repeated, nor is what was meant as data.
fn body_words(status: u16, body: Option<&[u8]>) -> String {
    let text = String::from_utf8_lossy(body.unwrap_or_default());
    let text = text.trim();
    let looks_html = text.get(..15).unwrap_or(text).to_ascii_lowercase();
    if text.is_empty() {
        format!("{HTTP}{status}, without a word")
    } else if (200..300).contains(&status) {
        // What is meant as an answer may hold an environment's values.
        format!("{HTTP}{status}, and {} bytes that are no answer of AWS's", text.len())
    } else if looks_html.starts_with("<!doctype") || looks_html.starts_with("<html") {
        format!("{HTTP}{status}, an HTML page instead of an answer of AWS")
    } else {
        format!("{HTTP}{status}: {}", tidy(text))
    }
}

/// One line, not endless.
fn tidy(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn service(call: &str) -> &str {
    match call.split_once(':').map_or(call, |(prefix, _)| prefix) {
        "iam" => "IAM",
        "states" => "Step Functions",
        "lambda" => "Lambda",
        "glue" => "Glue",
        "logs" => "CloudWatch Logs",
        "s3" => "S3",
        "sts" => "STS",
        "tag" => "the tagging API",
        other => other,
    }
}
