use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::{Operation, Service, unescape};

/// The query protocol: a form with `Action` and `Version`, in the body or the query of the URL.
pub(super) fn decode(signed: Option<&str>, query: &str, headers: &HeaderMap, body: &Bytes) -> Option<Operation> {
    let form = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let body = if form { std::str::from_utf8(body).unwrap_or_default() } else { "" };
    let mut parameters = Map::new();
    for pair in query.split('&').chain(body.split('&')).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        parameters.insert(unplus(key), Value::String(unplus(value)));
    }
    let action = parameters.shift_remove("Action")?;
    let version = parameters.shift_remove("Version");
    let service = match (signed, version.as_ref().and_then(Value::as_str)) {
        (Some(name), _) => Service::from_signing_name(name),
        // Some calls of STS are not signed.
        (None, Some("2011-06-15")) => Service::Sts,
        (None, Some("2010-05-08")) => Service::Iam,
        (None, _) => Service::from_signing_name("unknown"),
    };
    Some(Operation { service, name: action.as_str()?.to_owned(), parameters: Value::Object(parameters) })
}

fn unplus(text: &str) -> String {
    unescape(&text.replace('+', " "))
}
