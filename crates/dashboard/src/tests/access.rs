//! Who is let in, and with what.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use super::{
    Dashboard, HOST,
    memory::{Memory, OWNER, arn},
};
use crate::link;

fn start_url() -> String {
    link::start(OWNER, "nightly")
}

fn start_form(form: &str, input: &str) -> String {
    format!("form={form}&name=&input={}", link::query(input))
}

#[tokio::test]
async fn without_the_cookie_there_is_no_page() {
    let dashboard = Dashboard::of(Memory::default()).await;
    for url in ["/", "/stream", "/asset/x/y", "/?token=0123", "/nowhere"] {
        let request = Request::get(url).header(header::HOST, HOST).body(Body::empty()).unwrap();
        let answer = dashboard.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{url}");
        assert!(answer.body.contains("Open the URL that statewright serve printed"), "{url}");
    }
}

#[tokio::test]
async fn the_token_is_traded_for_a_cookie_and_leaves_the_url() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let url = format!("//evil.example/?q=a&token={}", dashboard.shared.guard.token());
    let request = Request::get("/").header(header::HOST, HOST);
    let mut request = request.body(Body::empty()).unwrap();
    *request.uri_mut() = format!("http://{HOST}{url}").parse().unwrap();
    let answer = dashboard.send(request).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], "/evil.example/?q=a");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("statewright-7780=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"),
        "{cookie}"
    );
    assert!(!cookie.contains(dashboard.shared.guard.token()), "the cookie is another word");
}

/// DNS rebinding: a page of another name that has our address.
#[tokio::test]
async fn another_name_for_our_address_is_refused() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let cookie = dashboard.cookie().await;
    for (host, status) in [
        ("127.0.0.1:7780", StatusCode::OK),
        ("localhost:7780", StatusCode::OK),
        ("[::1]:7780", StatusCode::OK),
        ("127.0.0.1:80", StatusCode::MISDIRECTED_REQUEST),
        ("evil.example:7780", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1:7780.evil.example", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = Request::get("/").header(header::HOST, host).header(header::COOKIE, &cookie);
        assert_eq!(dashboard.send(request.body(Body::empty()).unwrap()).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn only_a_form_of_ours_starts_anything() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let form = dashboard.shared.guard.form().to_owned();
    let ours = format!("http://{HOST}");
    for (origin, form) in [
        (None, form.as_str()),
        (Some("https://evil.example"), form.as_str()),
        (Some("null"), form.as_str()),
        (Some("http://127.0.0.1:8080"), form.as_str()),
        (Some(ours.as_str()), "guessed"),
        (Some(ours.as_str()), ""),
    ] {
        let answer = dashboard.post(&start_url(), origin, start_form(form, "{}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?} {form}");
    }
    assert!(dashboard.shared.watch.backend().started.lock().unwrap().is_empty());
    let answer = dashboard.post(&start_url(), Some(&ours), start_form(&form, "{\"day\": 1}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION].to_str().unwrap(), link::run(OWNER, "nightly", "made-up"));
    let started = dashboard.shared.watch.backend().started.lock().unwrap().clone();
    assert_eq!(started, [(arn("nightly"), None, "{\"day\": 1}".to_owned())]);
}

#[tokio::test]
async fn an_input_that_is_none_starts_nothing_and_is_given_back() {
    let dashboard = Dashboard::of(Memory::default()).await;
    let form = dashboard.shared.guard.form().to_owned();
    let ours = format!("http://{HOST}");
    for (input, says) in
        [("{\"day\": ", "The input is not JSON"), (&"1".repeat(262_145), "Step Functions takes 262144")]
    {
        let answer = dashboard.post(&start_url(), Some(&ours), start_form(&form, input)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("Nothing was started.") && answer.body.contains(says), "{says}");
    }
    let answer = dashboard.post(&start_url(), Some(&ours), format!("form={form}&name=taken&input=%7B%7D")).await;
    assert!(answer.body.contains("Give it another name, or none."), "{}", answer.body);
    assert!(dashboard.shared.watch.backend().started.lock().unwrap().is_empty());
}

#[tokio::test]
async fn read_only_starts_nothing() {
    let dashboard = Dashboard::with(Memory::default(), true).await;
    let form = dashboard.shared.guard.form().to_owned();
    assert_eq!(dashboard.page(&start_url()).await.status, StatusCode::FORBIDDEN);
    let answer = dashboard.post(&start_url(), Some(&format!("http://{HOST}")), start_form(&form, "{}")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let machine = dashboard.page(&link::machine(OWNER, "nightly")).await;
    assert!(!machine.body.contains("/start/"), "nothing offers it either");
}

#[tokio::test]
async fn every_answer_keeps_itself_to_itself() {
    let dashboard = Dashboard::of(Memory::default()).await;
    for url in ["/", "/nowhere", &link::machine(OWNER, "nightly"), &crate::asset::style().url()] {
        let answer = dashboard.page(url).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{url}: {policy}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin");
        assert_eq!(answer.headers[header::X_FRAME_OPTIONS], "DENY");
        assert!(answer.headers.contains_key(header::CACHE_CONTROL), "{url}");
    }
}
