//! Who may ask. The pages show what an account does and can start executions, so a request must come from the browser that
//! was given the URL with the token, and from a page of ours:
//!
//! - the `Host` header names an address that we listen on, or a page of another name (DNS rebinding) could read ours;
//! - a cookie that the token was traded for, `HttpOnly` and `SameSite=Strict`;
//! - what changes something also carries a word that only our pages know, and an `Origin` that is ours.

use std::{fmt::Write as _, net::SocketAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use sha2::{Digest, Sha256};

use crate::page;

/// What a request is held against.
#[derive(Debug)]
pub(crate) struct Guard {
    /// In the URL that is printed.
    token: String,
    /// In the cookie.
    session: String,
    /// In every form.
    form: String,
    /// `127.0.0.1:7780`, `localhost:7780`
    hosts: Vec<String>,
    cookie: String,
}

/// The policy of every page: nothing from elsewhere, nothing inline, nobody frames it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

impl Guard {
    /// Of a server at this address. Another run of it has other words.
    pub(crate) fn new(address: SocketAddr) -> Result<Self, getrandom::Error> {
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            hosts.extend([format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")]);
        }
        // Cookies do not know ports: two dashboards on one machine must not take each other's.
        let cookie = format!("statewright-{port}");
        Ok(Self { token: word()?, session: word()?, form: word()?, hosts, cookie })
    }

    /// What stands behind `?token=`.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// What every form of ours carries.
    pub(crate) fn form(&self) -> &str {
        &self.form
    }

    /// Whether the form that was sent is one of ours.
    pub(crate) fn is_our_form(&self, word: &str) -> bool {
        is_same(word, &self.form)
    }

    fn knows_host(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
        host.is_some_and(|host| self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host)))
    }

    /// Whether what is sent comes from a page of ours. Browsers send `Origin` with every POST.
    fn is_our_origin(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        let host = origin.and_then(|origin| origin.strip_prefix("http://"));
        let same_site = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin");
        same_site && host.is_some_and(|host| self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host)))
    }

    fn knows_session(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|cookie| cookie.to_str().ok());
        cookies
            .flat_map(|cookie| cookie.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == self.cookie && is_same(value, &self.session))
    }
}

/// Lets through who may ask, and gives every answer the headers that keep it to itself.
pub(crate) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = admit(&guard, request, next).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // With `no-referrer` browsers say `Origin: null` of our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn admit(guard: &Guard, request: Request, next: Next) -> Response {
    if !guard.knows_host(request.headers(), request.uri()) {
        return (StatusCode::MISDIRECTED_REQUEST, "this dashboard is not known by that name\n").into_response();
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if !safe && !guard.is_our_origin(request.headers()) {
        return (StatusCode::FORBIDDEN, "only a page of this dashboard may send that\n").into_response();
    }
    if safe && let Some((token, rest)) = token_of(request.uri()) {
        return if is_same(&token, &guard.token) {
            let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", guard.cookie, guard.session);
            ([(header::SET_COOKIE, cookie)], Redirect::to(&rest)).into_response()
        } else {
            page::no_entry()
        };
    }
    if !guard.knows_session(request.headers()) {
        return page::no_entry();
    }
    next.run(request).await
}

/// The token in a URL, and the URL without it.
fn token_of(uri: &Uri) -> Option<(String, String)> {
    let query = uri.query()?;
    let (mut token, mut rest) = (None, Vec::new());
    for pair in query.split('&') {
        match pair.strip_prefix("token=") {
            Some(value) => token = Some(value.to_owned()),
            None => rest.push(pair),
        }
    }
    // `//host` would lead elsewhere.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let rest = if rest.is_empty() { path } else { format!("{path}?{}", rest.join("&")) };
    Some((token?, rest))
}

/// 128 bits that nobody can guess, in hexadecimal.
fn word() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// Two digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether two words are the same, in a time that does not tell where they differ.
fn is_same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}
