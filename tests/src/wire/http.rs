use std::sync::OnceLock;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Refusal;
use crate::proxy::Answer;

/// A pooled HTTP/1.1 client; its connections live on the harness's runtime.
pub(crate) type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// The one client of the process.
pub(crate) fn client() -> HttpClient {
    static CLIENT: OnceLock<HttpClient> = OnceLock::new();
    CLIENT
        .get_or_init(|| {
            let mut connector = HttpConnector::new();
            connector.set_nodelay(true);
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(32).build(connector)
        })
        .clone()
}

/// One request, its whole answer.
pub(crate) async fn exchange(client: &HttpClient, request: Request<Full<Bytes>>) -> Result<Answer, Refusal> {
    let response = client.request(request).await.map_err(|error| Refusal::transport(&chain(&error)))?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| Refusal::transport(&chain(&error)))?.to_bytes();
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

/// hyper's errors say what happened only in their sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
