use bytes::Bytes;
use http::{HeaderMap, Method};

use super::Operation;

/// A request on its way to the emulator.
#[derive(Clone, Debug)]
pub struct Request {
    /// The door that it came through.
    pub client: String,
    /// The account that signed it, 12 digits; whatever the access key is where no account is known for it.
    pub account: String,
    /// The region of the signature.
    pub region: String,
    /// The method.
    pub method: Method,
    /// Path and query as they were sent, percent-encoding included.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// What it asks. A layer that changes `body` need not change this, and the other way round.
    pub operation: Operation,
}

impl Request {
    /// A text parameter of the operation.
    pub fn text(&self, name: &str) -> &str {
        self.operation.text(name).unwrap_or_default()
    }

    /// The tags of a query request (`Tags.member.N.Key`), or any other list of one field.
    pub fn listed(&self, list: &str, field: &str) -> Vec<&str> {
        (1..).map_while(|n| self.operation.text(&format!("{list}.member.{n}.{field}"))).collect()
    }
}
