//! The server: from an address to answers, until it is told to stop.

use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router, middleware,
    routing::{get, post},
};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    asset,
    backend::Backend,
    guard::{self, Guard},
    route,
    watch::Watch,
};

/// How long connections have to end once it is told to stop.
const FAREWELL: Duration = Duration::from_millis(700);

/// How to serve.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where to listen.
    pub host: IpAddr,
    /// On which port; 0 for any that is free.
    pub port: u16,
    /// Whether nothing can be started.
    pub read_only: bool,
}

/// A dashboard that listens.
pub struct Server<B> {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared<B>>,
}

/// What every request shares.
pub(crate) struct Shared<B> {
    pub(crate) watch: Arc<Watch<B>>,
    pub(crate) guard: Arc<Guard>,
    pub(crate) read_only: bool,
    pub(crate) closing: watch::Receiver<bool>,
    close: watch::Sender<bool>,
}

impl<B: Backend> Server<B> {
    /// Listens, and answers nobody yet. Errors are those of the socket: the port is in use, the address is not ours.
    pub async fn bind(backend: B, options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind((options.host, options.port)).await?;
        let address = listener.local_addr()?;
        let guard = Guard::new(address).map_err(std::io::Error::other)?;
        let (close, closing) = watch::channel(false);
        let shared = Shared {
            watch: Arc::new(Watch::new(backend)),
            guard: Arc::new(guard),
            read_only: options.read_only,
            closing,
            close,
        };
        Ok(Self { listener, address, shared: Arc::new(shared) })
    }

    /// What to open in a browser. It holds the token that lets it in: for whoever started this alone.
    pub fn url(&self) -> String {
        let host = match self.address.ip() {
            ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        };
        format!("http://{host}:{}/?token={}", self.address.port(), self.shared.guard.token())
    }

    /// Serves until `stop` is done; then streams end, and what is left of connections is cut after less than a second.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let keeper = tokio::spawn(Arc::clone(&self.shared.watch).keep());
        self.shared.watch.survey_soon();
        let shared = Arc::clone(&self.shared);
        let told = async move {
            stop.await;
            let _ = shared.close.send(true);
        };
        let mut closing = self.shared.closing.clone();
        let serving = axum::serve(self.listener, router(self.shared)).with_graceful_shutdown(told).into_future();
        let ended = tokio::select! {
            ended = serving => ended,
            () = async {
                let _ = closing.wait_for(|closing| *closing).await;
                tokio::time::sleep(FAREWELL).await;
            } => Ok(()),
        };
        keeper.abort();
        ended
    }
}

/// Every page, behind the guard.
pub(crate) fn router<B: Backend>(shared: Arc<Shared<B>>) -> Router {
    let guard = Arc::clone(&shared.guard);
    Router::new()
        .route("/", get(route::stacks::<B>))
        .route("/refresh", post(route::refresh::<B>))
        .route("/stream", get(route::changes::<B>))
        .route("/stack/{owner}", get(route::stack::<B>))
        .route("/machine/{owner}/{name}", get(route::machine::<B>))
        .route("/start/{owner}/{name}", get(route::start_form::<B>).post(route::start::<B>))
        .route("/run/{owner}/{machine}/{execution}", get(route::run::<B>))
        .route("/run/{owner}/{machine}/{execution}/stream", get(route::run_changes::<B>))
        .route("/asset/{hash}/{name}", get(asset::serve))
        .fallback(route::nowhere)
        .with_state(shared)
        .layer(middleware::from_fn_with_state(guard, guard::guard))
}

#[cfg(test)]
pub(crate) fn shared_for_tests<B: Backend>(backend: B, read_only: bool) -> Arc<Shared<B>> {
    let (close, closing) = watch::channel(false);
    let address = SocketAddr::from(([127, 0, 0, 1], 7780));
    Arc::new(Shared {
        watch: Arc::new(Watch::new(backend)),
        guard: Arc::new(Guard::new(address).unwrap()),
        read_only,
        closing,
        close,
    })
}
