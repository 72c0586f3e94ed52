//! Over the wire, against a server of a few lines that answers what it is told to.

use std::sync::Arc;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Mutex as AsyncMutex,
};

use statewright_planner::{Observed, Reading};
use statewright_spec::{Address, Kind};

use super::*;
use crate::s3::Place;

fn config(endpoint: Option<&str>) -> SdkConfig {
    let credentials = Credentials::new("123456789012", "secret", None, None, "test");
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(SdkRegion::new("us-east-1"))
        .http_client(crate::http::shared_client())
        .retry_config(RetryConfig::disabled())
        .credentials_provider(SharedCredentialsProvider::new(credentials));
    builder.set_endpoint_url(endpoint.map(str::to_owned));
    builder.build()
}

pub(super) fn connection(endpoint: Option<&str>) -> Connection {
    let identity = Identity {
        partition: Partition::new("aws"),
        account: AccountId::new("123456789012"),
        region: Region::new("us-east-1"),
    };
    let caller = Arn::parse("arn:aws:iam::123456789012:user/u").unwrap();
    Connection::with(config(endpoint), identity, caller, &Settings { pace: 0.001, ..Settings::default() })
}

/// An answer; `headers` each with their line end.
fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// Answers the first request with the first answer, and so on; the last one for all that follow.
struct Server {
    endpoint: String,
    /// The heads of the requests.
    asked: Arc<AsyncMutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::default();
        let heads = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answers.clone(), Arc::clone(&heads)));
            }
        });
        Self { endpoint, asked }
    }

    async fn asked(&self) -> Vec<String> {
        self.asked.lock().await.clone()
    }
}

async fn serve(mut stream: TcpStream, answers: Vec<String>, asked: Arc<AsyncMutex<Vec<String>>>) {
    let mut received = Vec::new();
    let mut chunk = [0; 4_096];
    while let Ok(read @ 1..) = stream.read(&mut chunk).await {
        received.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&received).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() < length.unwrap_or(0) {
            continue;
        }
        let answer = {
            let mut asked = asked.lock().await;
            asked.push(head.to_owned());
            answers[(asked.len() - 1).min(answers.len() - 1)].clone()
        };
        received.clear();
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

#[tokio::test]
async fn a_bucket_of_another_region_is_asked_there_and_remembered() {
    let moved = http("301 Moved Permanently", "x-amz-bucket-region: eu-west-1\r\n", "");
    let found = http("200 OK", "x-amz-meta-sha256: 00ff\r\n", "");
    let server = Server::start(vec![moved, found]).await;
    let connection = connection(Some(&server.endpoint));
    let place = Place { bucket: "b", key: "jobs/k.py" };
    assert_eq!(connection.head(place, None).await.unwrap(), Some(Some("00ff".to_owned())));
    assert_eq!(connection.head(place, None).await.unwrap(), Some(Some("00ff".to_owned())));
    let asked = server.asked().await;
    let region = |head: &String| if head.contains("/eu-west-1/s3/") { "eu-west-1" } else { "us-east-1" };
    assert_eq!(asked.iter().map(region).collect::<Vec<_>>(), ["us-east-1", "eu-west-1", "eu-west-1"]);
    assert!(asked.iter().all(|head| head.starts_with("HEAD /b/jobs/k.py ")), "{asked:?}");
}

#[tokio::test]
async fn who_we_are_is_one_call() {
    let caller = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
        <Arn>arn:aws-us-gov:iam::123456789012:user/u</Arn><UserId>U</UserId><Account>123456789012</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let server = Server::start(vec![http("200 OK", "content-type: text/xml\r\n", caller)]).await;
    let caller = who(&config(Some(&server.endpoint))).await.unwrap();
    assert_eq!((caller.partition(), caller.account()), ("aws-us-gov", "123456789012"));
    assert_eq!(server.asked().await.len(), 1);
}

/// STS throttles when others in the account ask it too, and its load balancer answers for it while it restarts.
#[tokio::test]
async fn sts_that_throttles_or_is_away_for_a_moment_is_asked_again() {
    let caller = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
        <Arn>arn:aws:iam::123456789012:user/u</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let throttled = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";
    let throttled = http("400 Bad Request", "content-type: text/xml\r\n", throttled);
    let away = http("503 Service Unavailable", "content-type: text/html\r\n", "<html>503</html>");
    let well = http("200 OK", "content-type: text/xml\r\n", caller);
    let server = Server::start(vec![throttled.clone(), throttled, away.clone(), away, well]).await;
    let caller = who(&config(Some(&server.endpoint))).await.unwrap();
    assert_eq!(caller.account(), "123456789012");
    assert_eq!(server.asked().await.len(), 5);
}

#[tokio::test]
async fn what_is_not_aws_is_named() {
    async fn check(answer: String, kind: RefusalKind, expect: &str) {
        let server = Server::start(vec![answer]).await;
        let refusal = who(&config(Some(&server.endpoint))).await.unwrap_err();
        assert_eq!(refusal.to_string().replace(&server.endpoint, "ENDPOINT"), expect);
        assert_eq!(refusal.kind, kind);
    }
    check(
        http("404 Not Found", "", "<!DOCTYPE html><p>nope"),
        RefusalKind::Unreachable,
        "sts:GetCallerIdentity: ENDPOINT does not answer as AWS does: HTTP 404, an HTML page instead of an answer of AWS",
    )
    .await;
    check(
        http("200 OK", "", "hi"),
        RefusalKind::Unreachable,
        "sts:GetCallerIdentity: ENDPOINT does not answer as AWS does: HTTP 200, and 2 bytes that are no answer of AWS's",
    )
    .await;
    let expired = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
        <Code>ExpiredToken</Code><Message>The token is expired</Message></Error></ErrorResponse>";
    check(
        http("403 Forbidden", "", expired),
        RefusalKind::Credentials,
        "sts:GetCallerIdentity: ExpiredToken: The token is expired",
    )
    .await;
}

/// What a caller may not read is told as that, and keeps AWS's words and request.
#[tokio::test]
async fn a_role_that_may_not_be_read_is_unreadable() {
    let denied = "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
        <Code>AccessDenied</Code><Message>not authorized to perform: iam:GetRole</Message></Error></ErrorResponse>";
    let server = Server::start(vec![http("403 Forbidden", "x-amzn-requestid: r-1\r\n", denied)]).await;
    let connection = connection(Some(&server.endpoint));
    let address = Address::new(Kind::Role, "R");
    let arn = connection.identity().arn(&address, "/");
    let reading = Reading { resources: [(address.clone(), arn)].into(), ..Reading::default() };
    let live = connection.observe(&reading).await;
    let Observed::Unreadable(refusal) = &live.observed[&address] else { panic!("{live:?}") };
    assert_eq!((refusal.kind, refusal.request_id.as_deref()), (RefusalKind::Denied, Some("r-1")));
    assert_eq!(
        refusal.to_string(),
        "iam:GetRole: AccessDenied: not authorized to perform: iam:GetRole (the caller is arn:aws:iam::123456789012:user/u)"
    );
    // GetRole, ListAttachedRolePolicies and ListRolePolicies: no more.
    assert_eq!(server.asked().await.len(), 3);
}

#[test]
fn an_address_is_checked_before_it_is_used() {
    let settings = |endpoint: &str| Settings { endpoint_url: Some(endpoint.to_owned()), ..Settings::default() };
    assert!(check_endpoint(&settings("http://127.0.0.1:4566")).is_ok());
    assert_eq!(
        check_endpoint(&settings("127.0.0.1:4566")),
        Err(OpenError::Settings(
            "`127.0.0.1:4566` is not the address of an endpoint; one looks like http://127.0.0.1:4566".to_owned()
        ))
    );
}

#[test]
fn a_profile_without_credentials_is_named() {
    let settings = Settings { profile: Some("staging".to_owned()), ..Settings::default() };
    let refusal = refusal::own(RefusalKind::Credentials, "sts:GetCallerIdentity", "no credentials were found");
    assert_eq!(of_profile(&settings, refusal).message, "profile `staging`: no credentials were found");
    let other = refusal::own(RefusalKind::Denied, "sts:AssumeRole", "no");
    assert_eq!(of_profile(&settings, other).message, "no");
}

/// IAM showed a policy that was made just now, and not yet its version.
#[tokio::test]
async fn what_one_call_shows_and_another_does_not_is_read_again() {
    let policy = "<GetPolicyResponse><GetPolicyResult><Policy><PolicyName>P</PolicyName><DefaultVersionId>v1</DefaultVersionId>\
        <Arn>arn:aws:iam::123456789012:policy/P</Arn><Path>/</Path></Policy></GetPolicyResult></GetPolicyResponse>";
    let version = "<GetPolicyVersionResponse><GetPolicyVersionResult><PolicyVersion><Document>%7B%7D</Document>\
        </PolicyVersion></GetPolicyVersionResult></GetPolicyVersionResponse>";
    let missing = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no such version</Message></Error>\
        </ErrorResponse>";
    let (policy, version) = (http("200 OK", "", policy), http("200 OK", "", version));
    let missing = http("404 Not Found", "", missing);
    let address = Address::new(Kind::Policy, "P");
    let observe = async |answers: Vec<String>| {
        let server = Server::start(answers).await;
        let connection = connection(Some(&server.endpoint));
        let arn = connection.identity().arn(&address, "/");
        let observed = connection.observe_one(&address, &arn, crate::kind::Hints::default()).await;
        (observed, server.asked().await.len())
    };
    let (observed, asked) = observe(vec![policy.clone(), missing.clone(), policy.clone(), version]).await;
    assert!(matches!(&observed, Observed::Present(_)), "{observed:?}");
    assert_eq!(asked, 4);
    let (observed, asked) = observe(std::iter::repeat_n([policy, missing], 9).flatten().collect()).await;
    assert!(
        matches!(&observed, Observed::Unreadable(refusal) if refusal.kind == RefusalKind::NotFound),
        "{observed:?}"
    );
    assert_eq!(asked, 10);
}
