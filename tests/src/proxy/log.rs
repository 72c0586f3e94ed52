use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::chain::longest_chain;
use super::{Effect, Reply, Request, Service};

/// One call, from its last byte's arrival to its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Its place in the order of arrival, from 1.
    pub number: usize,
    /// The door that it came through.
    pub client: String,
    /// The service.
    pub service: Service,
    /// The operation, by AWS's name.
    pub operation: String,
    /// Whether it changes anything.
    pub effect: Effect,
    /// The account that signed it.
    pub account: String,
    /// The region of its signature.
    pub region: String,
    /// What was asked; a file in it (`ZipFile`) is there by its length only.
    pub parameters: Value,
    /// When it began, since the proxy started.
    #[serde(serialize_with = "milliseconds")]
    pub start: Duration,
    /// When it ended.
    #[serde(serialize_with = "milliseconds")]
    pub end: Duration,
    /// The status of the answer; none where the connection was closed instead, or in the midst of it.
    pub status: Option<u16>,
    /// AWS's error code in the answer.
    pub error: Option<String>,
}

impl Call {
    /// `service:Operation`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service.name(), self.operation)
    }

    /// Whether it may have changed anything.
    pub fn mutates(&self) -> bool {
        self.effect == Effect::Write
    }
}

fn milliseconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((time.as_secs_f64() * 1e6).round() / 1e3)
}

/// The calls of some clients over some time.
#[derive(Clone, Debug, Default)]
pub struct Calls(pub Vec<Call>);

impl Calls {
    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Those that may have changed something.
    #[must_use]
    pub fn mutating(&self) -> Self {
        self.only(Call::mutates)
    }

    /// Those of one client.
    #[must_use]
    pub fn of(&self, client: &str) -> Self {
        self.only(|call| call.client == client)
    }

    /// Those of one operation, `service:Operation`.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        self.only(|call| call.name() == name)
    }

    /// Those for which `keep` holds.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Call) -> bool) -> Self {
        Self(self.0.iter().filter(|call| keep(call)).cloned().collect())
    }

    /// The most calls of which no two overlap in time: those that really ran one after another.
    pub fn chain(&self) -> usize {
        longest_chain(self.0.iter().map(|call| (call.start, call.end)).collect())
    }

    /// `service:Operation` of each, in order of arrival.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(Call::name).collect()
    }
}

/// What was called so far.
pub struct Log {
    began: Instant,
    state: Mutex<State>,
    in_flight: watch::Sender<usize>,
}

struct State {
    arrived: usize,
    ended: Vec<Call>,
    file: Option<File>,
}

impl Log {
    pub(super) fn new(file: Option<&Path>) -> std::io::Result<Self> {
        let file = file.map(File::create).transpose()?;
        let state = Mutex::new(State { arrived: 0, ended: Vec::new(), file });
        Ok(Self { began: Instant::now(), state, in_flight: watch::Sender::new(0) })
    }

    /// The calls that have ended, in order of arrival.
    pub fn calls(&self) -> Calls {
        let mut calls = self.state().ended.clone();
        calls.sort_by_key(|call| call.number);
        Calls(calls)
    }

    /// Forgets the calls so far; numbers begin at 1 again.
    pub fn forget(&self) {
        let mut state = self.state();
        state.arrived = 0;
        state.ended.clear();
    }

    /// Waits until no call is under way: a killed client leaves calls behind that the emulator still carries out.
    pub async fn settled(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.in_flight.subscribe().wait_for(|count| *count == 0).await;
    }

    pub(super) fn begin(&self, request: &Request) -> Call {
        let number = {
            let mut state = self.state();
            state.arrived += 1;
            state.arrived
        };
        self.in_flight.send_modify(|count| *count += 1);
        let now = self.began.elapsed();
        Call {
            number,
            client: request.client.clone(),
            service: request.operation.service.clone(),
            operation: request.operation.name.clone(),
            effect: request.operation.effect(),
            account: request.account.clone(),
            region: request.region.clone(),
            parameters: without_files(&request.operation.parameters),
            start: now,
            end: now,
            status: None,
            error: None,
        }
    }

    pub(super) fn end(&self, mut call: Call, reply: &Reply) {
        call.end = self.began.elapsed();
        match reply {
            Reply::Answer(answer) => {
                call.status = Some(answer.status.as_u16());
                call.error = answer.error_code(&call.service);
            }
            Reply::Truncated(_) | Reply::Hangup | Reply::Reset => {}
        }
        {
            let mut state = self.state();
            let line = serde_json::to_string(&call);
            if let (Some(file), Ok(line)) = (&mut state.file, line) {
                // A log that cannot be written must not change what the client sees.
                let _ = writeln!(file, "{line}");
            }
            state.ended.push(call);
        }
        self.in_flight.send_modify(|count| *count -= 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn without_files(parameters: &Value) -> Value {
    match parameters {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("ZipFile", Value::String(file)) => {
                    (name.clone(), json!(format!("{} characters of base64", file.len())))
                }
                _ => (name.clone(), without_files(value)),
            })
            .collect(),
        other => other.clone(),
    }
}
