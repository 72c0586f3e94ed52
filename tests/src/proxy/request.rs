use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use super::{Operation, Service, operation::decode};
use crate::wire::{Refusal, encode};

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

    /// The same caller's request for something else.
    ///
    /// # Errors
    /// When the harness does not know how that is asked.
    pub fn asking(&self, service: &Service, operation: &str, parameters: &Value) -> Result<Self, Refusal> {
        let encoded = encode(service, operation, parameters)?;
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/{}/{}/aws4_request, SignedHeaders=host, Signature=0",
            self.account,
            self.region,
            service.name()
        );
        let mut headers = HeaderMap::new();
        for (name, value) in
            encoded.headers.iter().map(|(name, value)| (*name, value)).chain([("authorization", &authorization)])
        {
            headers.insert(name, HeaderValue::from_str(value).map_err(|error| Refusal::transport(&error))?);
        }
        let operation = decode(&encoded.method, &encoded.target, &headers, &encoded.body);
        Ok(Self {
            method: encoded.method,
            target: encoded.target,
            headers,
            body: encoded.body,
            operation,
            ..self.clone()
        })
    }

    /// The same operation with other parameters. Null takes one away.
    ///
    /// # Errors
    /// When the harness does not know how that is asked.
    pub fn asking_the_same(&self, parameters: &Value) -> Result<Self, Refusal> {
        self.asking(&self.operation.service, &self.operation.name, &without_nulls(parameters))
    }

    /// The tags of a query request (`Tags.member.N.Key`), or any other list of one field.
    pub fn listed(&self, list: &str, field: &str) -> Vec<&str> {
        (1..).map_while(|n| self.operation.text(&format!("{list}.member.{n}.{field}"))).collect()
    }
}

fn without_nulls(parameters: &Value) -> Value {
    let given = parameters.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    given.map(|(name, value)| (name.clone(), value.clone())).collect()
}
