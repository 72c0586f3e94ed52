use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use xmltree::Element;

use super::{Protocol, Service};
use crate::wire::child_text;

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What the client gets.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An answer.
    Answer(Answer),
    /// An answer that ends half-way: the connection closes in the middle of its body.
    Truncated(Answer),
    /// The connection closes without one.
    Hangup,
    /// The connection is reset.
    Reset,
}

impl Answer {
    /// A successful answer of `service` with `value` as its body, in JSON.
    pub fn json(service: &Service, value: &Value) -> Self {
        let kind = match service.protocol() {
            Protocol::Json { version, .. } => format!("application/x-amz-json-{version}"),
            _ => "application/json".to_owned(),
        };
        Self::new(StatusCode::OK, &kind, value.to_string())
    }

    /// A successful answer of IAM or STS without a result.
    pub fn empty_xml(operation: &str, namespace: &str) -> Self {
        let body = format!(
            "<{operation}Response xmlns=\"{namespace}\"><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000\
             </RequestId></ResponseMetadata></{operation}Response>"
        );
        Self::new(StatusCode::OK, "text/xml", body)
    }

    /// A refusal as `service` words it.
    pub fn refusal(service: &Service, status: u16, code: &str, message: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let fault = if status.is_server_error() { "Receiver" } else { "Sender" };
        match service.protocol() {
            Protocol::Query => {
                let body = format!(
                    "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{}</Message></Error>\
                     <RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>",
                    escape(message)
                );
                Self::new(status, "text/xml", body)
            }
            Protocol::RestXml => {
                let body = format!("<Error><Code>{code}</Code><Message>{}</Message></Error>", escape(message));
                Self::new(status, "application/xml", body)
            }
            Protocol::Json { version, .. } => {
                let body = json!({"__type": code, "message": message}).to_string();
                Self::new(status, &format!("application/x-amz-json-{version}"), body).with_error_type(code)
            }
            Protocol::RestJson => {
                let body = json!({"Type": "User", "message": message, "Message": message}).to_string();
                Self::new(status, "application/json", body).with_error_type(code)
            }
        }
    }

    /// A page of HTML, from what stands before a service.
    pub fn page(status: u16, body: impl Into<Bytes>) -> Self {
        let mut answer =
            Self::new(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY), "text/html", String::new());
        answer.set_body(body);
        answer
    }

    fn new(status: StatusCode, kind: &str, body: String) -> Self {
        let mut headers = HeaderMap::new();
        if let Ok(kind) = HeaderValue::from_str(kind) {
            headers.insert(CONTENT_TYPE, kind);
        }
        Self { status, headers, body: body.into() }
    }

    fn with_error_type(mut self, code: &str) -> Self {
        if let Ok(code) = HeaderValue::from_str(code) {
            self.headers.insert("x-amzn-errortype", code);
        }
        self
    }

    /// The body as JSON; null where it is none.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Puts another body in; its length is computed when it is sent.
    pub fn set_body(&mut self, body: impl Into<Bytes>) {
        self.body = body.into();
        self.headers.remove(CONTENT_LENGTH);
    }

    /// AWS's error code; nothing in a success, and where the body is no AWS error.
    pub fn error_code(&self, service: &Service) -> Option<String> {
        if self.status.is_success() {
            return None;
        }
        let named = self.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let code = match service.protocol() {
            Protocol::Query | Protocol::RestXml => self.error_field("Code"),
            Protocol::Json { .. } | Protocol::RestJson => named.or_else(|| {
                let body = self.value();
                ["__type", "code", "Code"].iter().find_map(|field| body.get(field)?.as_str().map(str::to_owned))
            }),
        }?;
        // `com.amazonaws.x#Code`, `Code:http://…`
        let code = code.rsplit('#').next()?.split(':').next()?.trim();
        (!code.is_empty()).then(|| code.to_owned())
    }

    /// AWS's message of a refusal.
    pub fn error_message(&self, service: &Service) -> Option<String> {
        match service.protocol() {
            Protocol::Query | Protocol::RestXml => self.error_field("Message"),
            Protocol::Json { .. } | Protocol::RestJson => {
                let body = self.value();
                ["message", "Message"].iter().find_map(|field| body.get(field)?.as_str().map(str::to_owned))
            }
        }
    }

    fn error_field(&self, field: &str) -> Option<String> {
        let root = Element::parse(&self.body[..]).ok()?;
        child_text(root.get_child("Error").unwrap_or(&root), field)
    }
}

impl Reply {
    /// A refusal as `service` words it.
    pub fn refusal(service: &Service, status: u16, code: &str, message: &str) -> Self {
        Self::Answer(Answer::refusal(service, status, code, message))
    }

    /// A successful answer in JSON.
    pub fn json(service: &Service, value: &Value) -> Self {
        Self::Answer(Answer::json(service, value))
    }

    /// Whether it is an answer with a status of 2xx.
    pub fn succeeded(&self) -> bool {
        matches!(self, Self::Answer(answer) if answer.status.is_success())
    }

    /// The JSON body of a success, null otherwise.
    pub fn value(&self) -> Value {
        match self {
            Self::Answer(answer) if answer.status.is_success() => answer.value(),
            Self::Answer(_) | Self::Truncated(_) | Self::Hangup | Self::Reset => Value::Null,
        }
    }

    /// Edits the JSON body of a success; anything else stays as it is.
    #[must_use]
    pub fn edit_json(mut self, edit: impl FnOnce(&mut Value)) -> Self {
        if let Self::Answer(answer) = &mut self
            && answer.status.is_success()
        {
            let mut value = answer.value();
            if !value.is_null() {
                edit(&mut value);
                answer.set_body(value.to_string());
            }
        }
        self
    }

    /// Edits the XML body of a success, at its `<…Result>`; anything else stays as it is.
    #[must_use]
    pub fn edit_xml(mut self, edit: impl FnOnce(&mut Element)) -> Self {
        if let Self::Answer(answer) = &mut self
            && answer.status.is_success()
            && let Ok(mut root) = Element::parse(&answer.body[..])
        {
            let result =
                root.children.iter_mut().filter_map(|node| node.as_mut_element()).find(|e| e.name.ends_with("Result"));
            if let Some(result) = result {
                edit(result);
                let mut body = Vec::new();
                if root.write(&mut body).is_ok() {
                    answer.set_body(body);
                }
            }
        }
        self
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
