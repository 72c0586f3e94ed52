//! One HTTP client for every service, so that connections and the trust store are shared.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_smithy_http_client::{Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};

/// The connect and the read timeout.
type Timeouts = (Option<Duration>, Option<Duration>);

/// Connections are pooled for each pair of timeouts. Proxies come from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as with
/// the SDK's own client.
pub(crate) fn shared_client() -> SharedHttpClient {
    let pools: Mutex<HashMap<Timeouts, SharedHttpConnector>> = Mutex::default();
    http_client_fn(move |settings, components| {
        let timeouts: Timeouts = (settings.connect_timeout(), settings.read_timeout());
        let mut pools = pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = pools.entry(timeouts).or_insert_with(|| {
            let mut builder = Connector::builder()
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
                .connector_settings(settings.clone())
                .proxy_config(ProxyConfig::from_env());
            builder.set_sleep_impl(components.sleep_impl());
            SharedHttpConnector::new(builder.build())
        });
        pool.clone()
    })
}

/// Says what to do on a machine that has no certificates of authorities (many container images): no handshake comes about there, and
/// with debug assertions the SDK's client panics.
pub(crate) fn check_authorities() -> Result<(), String> {
    let found = rustls_native_certs::load_native_certs();
    if !found.certs.is_empty() {
        return Ok(());
    }
    let why = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
    Err(format!(
        "this machine has no certificates of authorities{why}, so that no answer can be proven to be AWS's: install its package of \
         them (`ca-certificates`), or set SSL_CERT_FILE to a bundle"
    ))
}
