//! How a call of each protocol is put on the wire, and its answer read.

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use xmltree::Element;

use super::{Aws, Refusal, element_to_json};
use crate::proxy::{Answer, LAMBDA_ROUTES, Protocol, Service};

/// What RFC 3986 leaves unreserved.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(crate) struct Encoded {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

pub(crate) fn encode(service: &Service, operation: &str, parameters: &Value) -> Result<Encoded, Refusal> {
    match service.protocol() {
        Protocol::Query => Ok(query(service, operation, parameters)),
        Protocol::Json { version, target } => Ok(Encoded {
            method: Method::POST,
            target: "/".to_owned(),
            headers: vec![
                ("content-type", format!("application/x-amz-json-{version}")),
                ("x-amz-target", format!("{target}.{operation}")),
            ],
            body: parameters.to_string().into(),
        }),
        Protocol::RestJson => lambda(operation, parameters),
        Protocol::RestXml => s3(operation, parameters),
    }
}

pub(crate) fn decode(service: &Service, operation: &str, answer: &Answer) -> Result<Value, Refusal> {
    if !answer.status.is_success() {
        return Err(Refusal::of(service, answer));
    }
    let status = answer.status.as_u16();
    if answer.body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    if !Aws::speaks_xml(service) {
        return serde_json::from_slice(&answer.body).map_err(|error| Refusal::unreadable(status, error.to_string()));
    }
    if operation == "GetObject" {
        return Ok(Value::String(String::from_utf8_lossy(&answer.body).into_owned()));
    }
    let root = Element::parse(&answer.body[..]).map_err(|error| Refusal::unreadable(status, error.to_string()))?;
    let result = root.get_child(format!("{operation}Result")).unwrap_or(&root);
    Ok(match element_to_json(result) {
        Value::String(_) => Value::Object(Map::new()),
        value => value,
    })
}

fn query(service: &Service, operation: &str, parameters: &Value) -> Encoded {
    let version = if *service == Service::Sts { "2011-06-15" } else { "2010-05-08" };
    let mut pairs = vec![("Action".to_owned(), operation.to_owned()), ("Version".to_owned(), version.to_owned())];
    flatten("", parameters, &mut pairs);
    let form: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{}={}", utf8_percent_encode(key, RESERVED), utf8_percent_encode(value, RESERVED)))
        .collect();
    Encoded {
        method: Method::POST,
        target: "/".to_owned(),
        headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: form.join("&").into(),
    }
}

/// `{"Tags": [{"Key": "a"}]}` becomes `Tags.member.1.Key=a`.
fn flatten(prefix: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    let joined = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(object) => object.iter().for_each(|(name, value)| flatten(&joined(name), value, pairs)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&joined(&format!("member.{}", index + 1)), item, pairs);
            }
        }
        Value::String(text) => pairs.push((prefix.to_owned(), text.clone())),
        other => pairs.push((prefix.to_owned(), other.to_string())),
    }
}

fn lambda(operation: &str, parameters: &Value) -> Result<Encoded, Refusal> {
    let route = LAMBDA_ROUTES
        .iter()
        .find(|route| route.operation == operation)
        .ok_or_else(|| Refusal::transport(&format!("the harness has no route for lambda:{operation}")))?;
    let mut rest = parameters.as_object().cloned().unwrap_or_default();
    let mut segments = Vec::new();
    for segment in route.path.split('/') {
        segments.push(match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                let value = rest
                    .shift_remove(name)
                    .ok_or_else(|| Refusal::transport(&format!("lambda:{operation} needs the parameter {name}")))?;
                utf8_percent_encode(&plain(&value), RESERVED).to_string()
            }
            None => segment.to_owned(),
        });
    }
    let mut target = segments.join("/");
    let mut query: Vec<String> = route.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let body = if matches!(route.method, "GET" | "DELETE") {
        for (key, value) in &rest {
            let key = if key == "TagKeys" { "tagKeys" } else { key };
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            query.extend(values.iter().map(|value| format!("{key}={}", utf8_percent_encode(&plain(value), RESERVED))));
        }
        Bytes::new()
    } else {
        Value::Object(rest).to_string().into()
    };
    if !query.is_empty() {
        target = format!("{target}?{}", query.join("&"));
    }
    let method = Method::from_bytes(route.method.as_bytes()).map_err(|error| Refusal::transport(&error))?;
    Ok(Encoded { method, target, headers: vec![("content-type", "application/json".to_owned())], body })
}

/// The object calls that the harness makes: Bucket, Key, Body and Tagging, nothing else.
fn s3(operation: &str, parameters: &Value) -> Result<Encoded, Refusal> {
    let text = |name: &str| parameters.get(name).map(plain).unwrap_or_default();
    let (bucket, key) = (text("Bucket"), text("Key"));
    let segments: Vec<String> = key.split('/').map(|part| utf8_percent_encode(part, RESERVED).to_string()).collect();
    let object = format!("/{bucket}/{}", segments.join("/"));
    let (method, target) = match operation {
        "CreateBucket" => (Method::PUT, format!("/{bucket}")),
        "ListObjectsV2" => (Method::GET, format!("/{bucket}?list-type=2")),
        "PutObject" => (Method::PUT, object),
        "GetObject" => (Method::GET, object),
        "HeadObject" => (Method::HEAD, object),
        "DeleteObject" => (Method::DELETE, object),
        "GetObjectTagging" => (Method::GET, format!("{object}?tagging")),
        "DeleteObjectTagging" => (Method::DELETE, format!("{object}?tagging")),
        other => return Err(Refusal::transport(&format!("the harness does not make s3:{other}"))),
    };
    let mut headers = Vec::new();
    if let Some(tagging) = parameters.get("Tagging") {
        headers.push(("x-amz-tagging", plain(tagging)));
    }
    Ok(Encoded { method, target, headers, body: text("Body").into() })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
