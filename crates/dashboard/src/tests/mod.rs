//! Requests against pages whose specs and AWS are in memory.

mod access;
mod memory;
mod pages;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::server::{Shared, router, shared_for_tests};
use memory::Memory;

/// A dashboard that was asked for its survey already.
struct Dashboard {
    shared: Arc<Shared<Memory>>,
    router: Router,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

const HOST: &str = "127.0.0.1:7780";

impl Dashboard {
    async fn of(memory: Memory) -> Self {
        Self::with(memory, false).await
    }

    async fn with(memory: Memory, read_only: bool) -> Self {
        let shared = shared_for_tests(memory, read_only);
        let mut changes = shared.watch.changes();
        shared.watch.survey_soon();
        changes.changed().await.unwrap();
        for machine in ["nightly", "broken"] {
            shared.watch.list_soon(&memory::arn(machine));
            changes.changed().await.unwrap();
        }
        Self { router: router(Arc::clone(&shared)), shared }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// The cookie that the token is traded for.
    async fn cookie(&self) -> String {
        let url = format!("/?token={}", self.shared.guard.token());
        let answer = self.send(Request::get(url).header(header::HOST, HOST).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// The first piece of an answer that has no end.
    async fn first_of(&self, url: &str) -> String {
        let cookie = self.cookie().await;
        let request = Request::get(url).header(header::HOST, HOST).header(header::COOKIE, cookie);
        let mut body = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_body();
        let frame = body.frame().await.unwrap().unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    }

    /// A page, as the browser that was let in sees it.
    async fn page(&self, url: &str) -> Answer {
        let cookie = self.cookie().await;
        let request = Request::get(url).header(header::HOST, HOST).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, url: &str, origin: Option<&str>, body: String) -> Answer {
        let cookie = self.cookie().await;
        let mut request = Request::post(url)
            .header(header::HOST, HOST)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}
