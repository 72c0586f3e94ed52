//! Accounts that hold the stack already. The real binary makes it once; its writes are made again, word for word but for the account's
//! number, wherever a point begins with them: the matrices try what comes after.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::HeaderValue;
use serde_json::json;

use super::stack::{SPEC, Stack, Version, differences};
use crate::proxy::{Effect, Layer, Next, Proxy, Reply, Request, Service};
use crate::runtime::block_on;
use crate::{Emulator, World, wire};

/// How long a function may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps what the binary writes, in order of arrival.
#[derive(Default)]
struct Recorder(Mutex<Vec<Request>>);

impl Layer for Recorder {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        if request.client == Proxy::MAIN && request.operation.effect() == Effect::Write {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        }
        next.run(request)
    }
}

/// The writes of the apply that makes the first version in an empty account.
struct Recording {
    account: String,
    requests: Vec<Request>,
}

impl Recording {
    fn of_first() -> &'static Self {
        static FIRST: OnceLock<Recording> = OnceLock::new();
        FIRST.get_or_init(|| {
            let recorder = Arc::new(Recorder::default());
            let layer = recorder.clone();
            let stack = Stack::in_empty(World::with(Emulator::Ministack, |setup| setup.weather.push(layer)));
            stack.write(Version::First);
            let _ = stack.run("apply").expect(0);
            let requests = recorder.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let recording = Self { account: stack.world.account().to_owned(), requests };
            // It is worth nothing if it is not the same.
            let again = Stack::in_empty(World::ministack());
            again.write(Version::First);
            recording.play(&again.world);
            let apart = differences(Version::First.end(), &again.meaning());
            assert!(apart.is_empty(), "what was made again is not what was made: {apart:?}");
            let _ = again.command(SPEC, "plan", &["--detailed-exitcode"]).run().expect(0);
            recording
        })
    }

    fn play(&self, world: &World) {
        for request in &self.requests {
            block_on(self.send(request, world));
        }
        let began = Instant::now();
        let function = json!({ "FunctionName": "nightly-extract" });
        while world.aws().r#do(&Service::Lambda, "GetFunctionConfiguration", function.clone())["State"] != "Active" {
            assert!(began.elapsed() < PATIENCE, "the function is not ready after {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    async fn send(&self, request: &Request, world: &World) {
        let here = |text: &str| text.replace(&self.account, world.account());
        let mut again = http::Request::builder()
            .method(request.method.clone())
            .uri(here(&format!("{}{}", world.by_hand(), request.target)))
            .body(self.body(&request.body, world).into())
            .unwrap_or_else(|error| panic!("{}: {error}", request.operation));
        for (name, value) in &request.headers {
            let value = value.to_str().map(here).ok().and_then(|value| HeaderValue::from_str(&value).ok());
            again.headers_mut().extend(value.map(|value| (name.clone(), value)));
        }
        again.headers_mut().remove(http::header::HOST);
        let answer = wire::exchange(&wire::client(), again).await;
        let done = answer.as_ref().is_ok_and(|answer| answer.status.is_success());
        assert!(done, "{} is not made again: {answer:?}", request.operation);
    }

    /// Numbers of accounts are of one length, so that a text stays as long as it says that it is.
    fn body(&self, body: &Bytes, world: &World) -> Bytes {
        match std::str::from_utf8(body) {
            Ok(text) => text.replace(&self.account, world.account()).into(),
            Err(_) => body.clone(),
        }
    }
}

/// Makes the first version in an account without it.
pub(super) fn first(world: &World) {
    Recording::of_first().play(world);
}
