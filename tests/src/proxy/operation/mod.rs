//! Which operation of which service a request is. Clients of AWS say it in four ways, a file each.

mod json;
mod lambda;
mod query;
mod s3;
mod service;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display};

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;

pub(crate) use lambda::ROUTES as LAMBDA_ROUTES;
pub use service::{Protocol, Service};

/// Whether a call changes anything in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something, or may.
    Write,
}

/// One operation of one service, with what it was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The service.
    pub service: Service,
    /// AWS's own name of the operation, such as `CreateRole`; `METHOD /path` where it is not known.
    pub name: String,
    /// The parameters under AWS's own names. Of the query protocol they are flat (`Tags.member.1.Key`); of REST those of the path are
    /// beside those of the body.
    pub parameters: Value,
}

impl Operation {
    /// Whether it changes anything. Assuming a role changes nothing in the account.
    pub fn effect(&self) -> Effect {
        const READS: [&str; 12] = [
            "Get",
            "Filter",
            "List",
            "Describe",
            "Head",
            "BatchGet",
            "Validate",
            "Simulate",
            "Lookup",
            "Search",
            "Test",
            "AssumeRole",
        ];
        if READS.iter().any(|read| self.name.starts_with(read)) { Effect::Read } else { Effect::Write }
    }

    /// A parameter that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).and_then(Value::as_str)
    }
}

impl Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.name(), self.name)
    }
}

/// Who signed a request, by its `Authorization` header. Signatures are not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential {
    /// The access key.
    pub access_key: String,
    /// The region of the signature.
    pub region: String,
    /// The service's signing name.
    pub signing_name: String,
}

impl Credential {
    /// Reads `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let header = headers.get("authorization")?.to_str().ok()?;
        let scope = header.split_once("Credential=")?.1.split([',', ' ']).next()?;
        let parts: Vec<&str> = scope.split('/').collect();
        // An access key holds no slash, so the scope has five parts.
        let [access_key, _date, region, signing_name, _terminator] = parts[..] else { return None };
        Some(Self { access_key: access_key.into(), region: region.into(), signing_name: signing_name.into() })
    }
}

/// Finds out which operation a request is.
pub(super) fn decode(method: &Method, target: &str, headers: &HeaderMap, body: &Bytes) -> Operation {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let signed = Credential::of(headers).map(|credential| credential.signing_name);
    let decoded = json::decode(headers, body).or_else(|| match signed.as_deref() {
        Some("s3") => Some(s3::decode(method, path, query, headers)),
        Some("lambda") => lambda::decode(method, path, query, body),
        Some("access-analyzer") if *method == Method::POST && path == "/policy/validation" => Some(Operation {
            service: Service::from_signing_name("access-analyzer"),
            name: "ValidatePolicy".to_owned(),
            parameters: serde_json::from_slice(body).unwrap_or_default(),
        }),
        _ => query::decode(signed.as_deref(), query, headers, body),
    });
    decoded.unwrap_or_else(|| Operation {
        service: Service::from_signing_name(signed.as_deref().unwrap_or("unknown")),
        name: format!("{method} {path}"),
        parameters: Value::Null,
    })
}

fn unescape(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
