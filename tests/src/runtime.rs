//! One runtime for all that the harness does, so that tests stay plain functions and pooled connections outlive each of them.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// The runtime on which proxies listen and clients talk. It lives as long as the process.
///
/// # Panics
/// When the system gives no threads.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("statewright-tests")
            .enable_all()
            .build()
            .unwrap_or_else(|error| panic!("no runtime for the tests: {error}"))
    })
}

/// Waits for `future` from a plain test function.
///
/// # Panics
/// When called from within the runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    runtime().block_on(future)
}
