use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::net::sockopt::set_socket_linger;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::operation::decode;
use super::{Answer, Credential, Faults, Log, Memory, Next, Reply, Request, control};

/// What all doors of one proxy share.
pub(super) struct Shared {
    pub(super) log: Arc<Log>,
    pub(super) faults: Arc<Faults>,
    pub(super) memory: Arc<Memory>,
    pub(super) next: Next,
}

/// Serves one door until its task is aborted.
pub(super) async fn serve(listener: TcpListener, client: String, shared: Arc<Shared>) {
    // Dropped with the task, which ends the connections.
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // A connection that dies before it is accepted is nobody's loss.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (client, shared) = (client.clone(), shared.clone());
        // A second name of the socket, by which it can be told to close with a reset.
        let socket = stream.as_fd().try_clone_to_owned().map(Arc::new).ok();
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, client.clone(), shared.clone(), socket.clone()));
            // An error here is the client's going away, or a fault that hangs up.
            let _ =
                http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    incoming: http::Request<Incoming>,
    client: String,
    shared: Arc<Shared>,
    socket: Option<Arc<OwnedFd>>,
) -> Result<Response<Body>, std::io::Error> {
    let (parts, body) = incoming.into_parts();
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    if let Some(path) = target.strip_prefix(control::PREFIX) {
        return Ok(response(control::answer(&parts.method, path, &body, &shared)));
    }

    let operation = decode(&parts.method, &target, &parts.headers, &body);
    let credential = Credential::of(&parts.headers).unwrap_or_default();
    let account = shared.memory.account_of(&credential.access_key);
    let request = Request {
        client,
        account,
        region: credential.region,
        method: parts.method,
        target,
        headers: parts.headers,
        body,
        operation,
    };
    // In a task of its own: a client that goes away does not cancel a call that the emulator has begun.
    let handled = tokio::spawn(async move {
        let call = shared.log.begin(&request);
        let reply = shared.next.clone().run(request).await;
        shared.log.end(call, &reply);
        reply
    });
    match handled.await.map_err(std::io::Error::other)? {
        Reply::Answer(answer) => Ok(response(answer)),
        Reply::Truncated(answer) => Ok(truncated(answer)),
        // hyper closes the connection when the service fails.
        Reply::Hangup => Err(std::io::Error::other("hung up")),
        Reply::Reset => {
            if let Some(socket) = socket {
                // A socket that does not linger closes with RST.
                let _ = set_socket_linger(&*socket, Some(Duration::ZERO));
            }
            Err(std::io::Error::other("reset"))
        }
    }
}

/// What a response carries: all of it, or the first half of it and then an error, at which hyper closes the connection.
type Body = BoxBody<Bytes, std::io::Error>;

fn truncated(answer: Answer) -> Response<Body> {
    let whole = answer.body.len();
    let half = answer.body.slice(..whole / 2);
    let mut response = response(answer);
    response.headers_mut().insert(CONTENT_LENGTH, whole.into());
    let frames = [Ok(Frame::data(half)), Err(std::io::Error::other("cut off"))];
    *response.body_mut() = StreamBody::new(futures::stream::iter(frames)).boxed();
    response
}

fn response(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Full::from(answer.body).map_err(|never| match never {}).boxed());
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
