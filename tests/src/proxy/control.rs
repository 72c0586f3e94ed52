use bytes::Bytes;
use http::Method;
use serde_json::{Map, Value, json};

use super::listen::Shared;
use super::{Answer, Calls, Fault, Outage, Service, Victim};

/// What begins a path for the proxy itself; no bucket's name and no path of AWS does.
pub(super) const PREFIX: &str = "/_proxy/";

/// The proxy by hand: `GET calls`, `GET summary`, `POST forget`, `POST faults` (a [`Fault`]), `POST victim?PID`, `POST mend`.
pub(super) fn answer(method: &Method, path: &str, body: &Bytes, shared: &Shared) -> Answer {
    let other = Service::Other("proxy".to_owned());
    let done = |value: Value| Answer::json(&other, &value);
    let refused = |status, why: &str| Answer::refusal(&other, status, "ProxyControl", why);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    match (method.as_str(), path) {
        ("GET", "calls") => done(json!(shared.log.calls().0)),
        ("GET", "summary") => done(summary(&shared.log.calls())),
        ("POST", "forget") => {
            shared.log.forget();
            done(json!({}))
        }
        ("POST", "mend") => {
            shared.faults.clear();
            done(json!({}))
        }
        ("POST", "victim") => match query.parse().ok().and_then(Victim::new) {
            Some(victim) => {
                shared.faults.set_victim(victim);
                done(json!({}))
            }
            None => refused(400, "victim?PID: the process that faults kill"),
        },
        ("POST", "faults") => match serde_json::from_slice::<Outage>(body) {
            Ok(outage) => {
                shared.faults.add(Fault::from(outage));
                done(json!({}))
            }
            Err(error) => refused(400, &error.to_string()),
        },
        _ => refused(404, "GET calls, GET summary, POST forget, POST faults, POST victim?PID, POST mend"),
    }
}

fn summary(calls: &Calls) -> Value {
    let mut operations = Map::new();
    for name in calls.names() {
        let count = operations.get(&name).and_then(Value::as_u64).unwrap_or(0) + 1;
        operations.insert(name, count.into());
    }
    operations.sort_keys();
    json!({
        "calls": calls.count(),
        "mutating": calls.mutating().count(),
        "chain": calls.chain(),
        "operations": operations,
    })
}
