//! The proxy before a stand-in that echoes, so that nothing here hangs on an emulator.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Act, Call, Fault, GapTable, Nth, Proxy, Service, Setup, Upstream, Victim, When, Which};
use crate::emulator::Emulator;
use crate::runtime::{block_on, runtime};
use crate::wire::Aws;

/// Answers each request after `pause` with what it got, as JSON, and counts them.
fn echo(pause: Duration) -> (String, Arc<AtomicUsize>) {
    let listener = block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    runtime().spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let seen = seen.clone();
            let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let seen = seen.clone();
                async move {
                    seen.fetch_add(1, Ordering::SeqCst);
                    let (parts, body) = request.into_parts();
                    let body = body.collect().await?.to_bytes();
                    tokio::time::sleep(pause).await;
                    let head = parts.method == http::Method::HEAD;
                    let headers: serde_json::Map<String, Value> = parts
                        .headers
                        .iter()
                        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
                        .collect();
                    let text =
                        json!({"target": parts.uri.to_string(), "length": body.len(), "headers": headers}).to_string();
                    let response = http::Response::builder().header("x-kept", "yes");
                    Ok::<_, hyper::Error>(if head {
                        response.header("content-length", "12345").body(Full::new(Bytes::new())).unwrap()
                    } else {
                        response.body(Full::from(text)).unwrap()
                    })
                }
            });
            runtime().spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    (endpoint, count)
}

fn proxy(pause: Duration) -> (Proxy, Aws, Arc<AtomicUsize>) {
    let (endpoint, count) = echo(pause);
    let mut setup = Setup::new(Upstream::new(Emulator::Ministack, &endpoint));
    setup.gaps = GapTable::none();
    let proxy = Proxy::start(setup).unwrap();
    let aws = Aws::new(&proxy.endpoint(), "111122223333", "us-east-1");
    (proxy, aws, count)
}

#[test]
fn requests_and_answers_pass_as_they_are() {
    let (proxy, aws, _) = proxy(Duration::ZERO);
    let target = "/b/a%20b%2Bc/%C3%BC?x-id=PutObject&e=";
    let big = Bytes::from(vec![b'x'; 20_000_000]);
    let headers = [("x-amz-tagging", "k=v%20w".to_owned())];
    let answer = block_on(aws.send(&Service::S3, http::Method::PUT, target, &headers, big)).unwrap();
    let echoed = answer.value();
    assert_eq!(answer.headers["x-kept"], "yes");
    assert_eq!(echoed["target"], target);
    assert_eq!(echoed["length"], 20_000_000);
    assert_eq!(echoed["headers"]["x-amz-tagging"], "k=v%20w");

    let head = block_on(aws.send(&Service::S3, http::Method::HEAD, "/b/k", &[], Bytes::new())).unwrap();
    assert_eq!(head.headers["content-length"], "12345");
    let calls = proxy.log().calls();
    assert_eq!(calls.names(), ["s3:PutObject", "s3:HeadObject"]);
    assert_eq!(calls.0[0].parameters["Key"], "a b+c/ü");
}

#[test]
fn calls_are_logged_counted_and_chained() {
    let (proxy, aws, _) = proxy(Duration::from_millis(400));
    block_on(async {
        aws.glue("GetJob", json!({"JobName": "j"})).await.unwrap();
        let together = ["a", "b", "c"].map(|name| aws.glue("CreateJob", json!({"Name": name})));
        futures::future::join_all(together).await;
    });
    let calls = proxy.log().calls();
    assert_eq!((calls.count(), calls.mutating().count(), calls.chain()), (4, 3, 2));
    assert_eq!(calls.0[0].parameters, json!({"JobName": "j"}));
    assert_eq!((calls.0[0].account.as_str(), calls.0[0].region.as_str()), ("111122223333", "us-east-1"));
    assert_eq!((calls.0[0].client.as_str(), calls.0[0].status), (Proxy::MAIN, Some(200)));
    assert_eq!(calls.named("glue:CreateJob").chain(), 1);

    proxy.log().forget();
    let other = Aws::new(&proxy.door("other").unwrap(), "111122223333", "us-east-1");
    block_on(other.glue("GetJob", json!({}))).unwrap();
    let calls = proxy.log().calls();
    assert_eq!((calls.of("other").count(), calls.of(Proxy::MAIN).count(), calls.0[0].number), (1, 0, 1));
}

#[test]
fn a_call_is_refused_in_the_words_of_its_service() {
    let (proxy, aws, count) = proxy(Duration::ZERO);
    for (service, operation) in [
        (Service::Iam, "GetRole"),
        (Service::States, "ListStateMachines"),
        (Service::Lambda, "ListFunctions"),
        (Service::S3, "ListObjectsV2"),
    ] {
        let name = format!("{service}:{operation}");
        let fired = proxy.faults().add(Fault::refuse(&name, Nth::Only(2), 400, "Throttling", "Rate exceeded <&>"));
        for call in 1..=3 {
            let outcome = aws.try_do(&service, operation, json!({"RoleName": "r", "Bucket": "b"}));
            if call == 2 {
                let refusal = outcome.unwrap_err();
                assert_eq!((refusal.status, refusal.code.as_str()), (400, "Throttling"), "{name}");
                assert_eq!(refusal.message, "Rate exceeded <&>", "{name}");
            } else if !matches!(service, Service::Iam | Service::S3) {
                // The stand-in speaks no XML.
                outcome.unwrap();
            }
        }
        assert_eq!(fired.times(), 1);
    }
    assert_eq!(count.load(Ordering::SeqCst), 8, "a refused call does not reach the emulator");
    let refused = proxy.log().calls().only(|call| call.error.as_deref() == Some("Throttling"));
    assert_eq!(refused.count(), 4);
}

#[test]
fn a_delay_is_before_the_call() {
    let (proxy, aws, _) = proxy(Duration::ZERO);
    proxy.faults().add(Fault::new(Which::Reading, Nth::First(1), Act::Delay(Duration::from_millis(800))));
    for _ in 0..2 {
        aws.r#do(&Service::Glue, "GetJob", json!({}));
    }
    let calls = proxy.log().calls();
    let took = |call: &Call| call.end.saturating_sub(call.start);
    assert!(took(&calls.0[0]) >= Duration::from_millis(800));
    assert!(took(&calls.0[1]) < Duration::from_millis(800));
}

/// A client that makes one mutating call after another and prints what it got, in Python, so that it can be killed.
fn client(endpoint: &str) -> Command {
    let script = r"
import sys, urllib.request
for n in range(5):
    request = urllib.request.Request(sys.argv[1], data=b'{}', headers={'X-Amz-Target': 'AWSGlue.CreateJob'})
    urllib.request.urlopen(request).read()
    print(n, flush=True)
";
    let mut command = Command::new("python3");
    command.args(["-c", script, endpoint]).env_remove("http_proxy").stdout(std::process::Stdio::piped());
    command
}

#[test]
fn the_client_is_killed_at_the_kth_mutating_call() {
    // After the k-th call the client has heard of k - 1; the emulator has seen one more when it was killed after forwarding.
    for (when, expect) in [(When::Before, 2), (When::After, 3)] {
        let (proxy, _, count) = proxy(Duration::ZERO);
        let fired = proxy.faults().add(Fault::kill_at_mutation(3, when));
        let child = client(&proxy.endpoint()).spawn().unwrap();
        proxy.faults().set_victim(Victim::new(child.id()).unwrap());
        let output = child.wait_with_output().unwrap();
        block_on(proxy.log().settled());
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(9), "{when:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n1\n", "{when:?}");
        assert_eq!(count.load(Ordering::SeqCst), expect, "{when:?}");
        assert_eq!(fired.times(), 1);
        let calls = proxy.log().calls();
        assert_eq!(calls.0.iter().map(|call| call.status).collect::<Vec<_>>(), [Some(200), Some(200), None]);
    }
}

#[test]
fn the_client_gets_a_signal_and_the_call_goes_on() {
    let (proxy, _, count) = proxy(Duration::ZERO);
    // SIGTERM, which ends Python at once.
    proxy.faults().add(Fault::new(Which::Operation("glue:CreateJob".to_owned()), Nth::Only(2), Act::Signal(15)));
    let child = client(&proxy.endpoint()).spawn().unwrap();
    proxy.faults().set_victim(Victim::new(child.id()).unwrap());
    let output = child.wait_with_output().unwrap();
    block_on(proxy.log().settled());
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&output.status), Some(15));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn many_clients_at_once_lose_nothing() {
    let (proxy, aws, count) = proxy(Duration::from_millis(20));
    block_on(async {
        let calls =
            (0..300).map(|n| {
                let aws = aws.clone();
                async move {
                    aws.glue("CreateJob", json!({"Name": n.to_string()})).await.unwrap()["length"].as_u64().unwrap()
                }
            });
        let lengths = futures::future::join_all(calls).await;
        assert!(
            lengths
                .iter()
                .enumerate()
                .all(|(n, length)| *length == json!({"Name": n.to_string()}).to_string().len() as u64)
        );
    });
    let calls = proxy.log().calls();
    assert_eq!((count.load(Ordering::SeqCst), calls.count()), (300, 300));
    assert_eq!(calls.0.iter().map(|call| call.number).collect::<Vec<_>>(), (1..=300).collect::<Vec<_>>());
}

#[test]
fn a_kill_beyond_the_last_call_does_not_strike() {
    let (proxy, _, _) = proxy(Duration::ZERO);
    let fired = proxy.faults().add(Fault::kill_at_mutation(6, When::Before));
    let child = client(&proxy.endpoint()).spawn().unwrap();
    proxy.faults().set_victim(Victim::new(child.id()).unwrap());
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(!fired.fired());
}

#[test]
fn the_control_path_is_not_a_call() {
    let (proxy, aws, _) = proxy(Duration::ZERO);
    let control = |method: http::Method, path: &str, body: &'static str| {
        let target = format!("/_proxy/{path}");
        block_on(aws.send(&Service::S3, method, &target, &[], Bytes::from_static(body.as_bytes()))).unwrap()
    };
    let fault = r#"{"which": {"operation": "glue:GetJob"}, "nth": {"first": 1},
                    "act": {"refuse": {"status": 500, "code": "InternalServiceException", "message": "by hand"}}}"#;
    assert!(control(http::Method::POST, "faults", fault).status.is_success());
    assert_eq!(aws.try_do(&Service::Glue, "GetJob", json!({})).unwrap_err().message, "by hand");
    aws.r#do(&Service::Glue, "CreateJob", json!({}));
    let summary = control(http::Method::GET, "summary", "").value();
    let expect = json!({"calls": 2, "mutating": 1, "chain": 2, "operations": {"glue:CreateJob": 1, "glue:GetJob": 1}});
    assert_eq!(summary, expect);
    assert_eq!(control(http::Method::GET, "calls", "").value()[0]["error"], "InternalServiceException");
    assert!(control(http::Method::POST, "forget", "").status.is_success());
    assert_eq!(control(http::Method::GET, "summary", "").value()["calls"], 0);
    assert_eq!(control(http::Method::POST, "faults", r#"{"which": "never"}"#).status, 400);
    assert_eq!(control(http::Method::POST, "victim?0", "").status, 400);
    assert_eq!(control(http::Method::GET, "nothing", "").status, 404);
    assert_eq!(proxy.log().calls().count(), 0);
}

#[test]
fn an_emulator_that_is_gone_is_a_502() {
    let mut setup = Setup::new(Upstream::new(Emulator::Ministack, "http://127.0.0.1:1"));
    setup.gaps = GapTable::none();
    let proxy = Proxy::start(setup).unwrap();
    let refusal = Aws::new(&proxy.endpoint(), "111122223333", "us-east-1").try_do(&Service::Glue, "GetJob", json!({}));
    let refusal = refusal.unwrap_err();
    assert_eq!((refusal.status, refusal.code.as_str()), (502, "EmulatorUnreachable"));
}
