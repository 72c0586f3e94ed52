use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::{Credential, Operation, Service};

/// JSON 1.0 and 1.1: `X-Amz-Target: AWSGlue.CreateJob`.
pub(super) fn decode(headers: &HeaderMap, body: &Bytes) -> Option<Operation> {
    let (target, name) = headers.get("x-amz-target")?.to_str().ok()?.rsplit_once('.')?;
    let service = Service::from_target(target).unwrap_or_else(|| {
        let signed = Credential::of(headers).map(|credential| credential.signing_name);
        Service::from_signing_name(signed.as_deref().unwrap_or(target))
    });
    let parameters = serde_json::from_slice(body).unwrap_or(Value::Null);
    Some(Operation { service, name: name.to_owned(), parameters })
}
