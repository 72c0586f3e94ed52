//! A small AWS client of the harness's own, for what a person or another tool does beside the binary under test: it makes, changes
//! and reads resources without the SDK, whose retries and checks would hide what an emulator answers.

mod http;
mod refusal;
mod request;
mod shorthand;
mod xml;

pub(crate) use http::{HttpClient, client, exchange};
pub use refusal::Refusal;
pub(crate) use request::{RESERVED, decode, encode};
pub(crate) use xml::{child_text, element_to_json, members, set_child};

use ::http::Method;
use bytes::Bytes;
use serde_json::Value;

use crate::proxy::{Answer, Protocol, Service};

/// A caller of one account in one region, at one endpoint.
#[derive(Clone)]
pub struct Aws {
    endpoint: String,
    account: String,
    region: String,
    http: HttpClient,
}

impl Aws {
    /// A caller of `account` (12 digits, which the emulators take for the access key) in `region`, at `endpoint` (`http://127.0.0.1:PORT`).
    pub fn new(endpoint: &str, account: &str, region: &str) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Self { endpoint, account: account.to_owned(), region: region.to_owned(), http: client() }
    }

    /// The same caller in another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The account, 12 digits.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The region, such as `us-east-1`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Makes one call. `parameters` and the answer have the shape of AWS's own API reference, whatever the protocol; in answers of
    /// IAM and STS every scalar is a string. Nothing is retried.
    pub async fn call(&self, service: &Service, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        let request = request::encode(service, operation, &parameters)?;
        let answer = self.send(service, request.method, &request.target, &request.headers, request.body).await?;
        request::decode(service, operation, &answer)
    }

    /// Sends one request as it is, with the authorization that names account, region and service (emulators check no signature).
    pub async fn send(
        &self,
        service: &Service,
        method: Method,
        target: &str,
        headers: &[(&str, String)],
        body: Bytes,
    ) -> Result<Answer, Refusal> {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/{}/{}/aws4_request, SignedHeaders=host, Signature=0",
            self.account,
            self.region,
            service.name()
        );
        let mut request = ::http::Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.endpoint))
            .header("authorization", authorization)
            // moto takes the account from here alone; the other emulator ignores it.
            .header("x-moto-account-id", &self.account)
            .header("x-amz-date", "20260101T000000Z");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body.into()).map_err(|error| Refusal::transport(&error))?;
        exchange(&self.http, request).await
    }

    /// Whether the service speaks XML to this caller.
    pub(crate) fn speaks_xml(service: &Service) -> bool {
        matches!(service.protocol(), Protocol::Query | Protocol::RestXml)
    }
}
