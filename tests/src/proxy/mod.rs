//! The proxy between the binary under test and an emulator: it logs every call, breaks what a test asks it to break, and repairs what
//! the emulator drops or answers wrongly.
//!
//! ```text
//! client ─▶ door ─▶ log ─▶ faults ─▶ weather ─▶ gaps ─▶ forward ─▶ emulator
//! ```
//! Everything between the door and the emulator is a [`Layer`]. [`Weather`] makes those that do what AWS does to its callers
//! (throttling, stale reads, propagation); [`Setup::weather`] puts them between the faults and the gaps.

mod answer;
mod chain;
mod control;
mod faults;
mod forward;
mod gaps;
mod layer;
mod listen;
mod log;
mod memory;
mod operation;
mod request;
#[cfg(test)]
mod tests;
mod weather;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use answer::{Answer, Reply};
pub use faults::{Act, ByHand, Fault, Faults, Fired, Nth, Outage, Victim, When, Which};
pub use forward::Upstream;
pub use gaps::{Gap, GapTable, GapTableError, Probe, Verdict, probe, probes};
pub use layer::{Layer, Next};
pub use log::{Call, Calls, Log};
pub use memory::Memory;
pub(crate) use operation::LAMBDA_ROUTES;
pub use operation::{Credential, Effect, Operation, Protocol, Service};
pub use request::Request;
pub use weather::{
    Break, Breakage, Clock, Credentials, Delay, Deleting, Documents, Functions, Pages, Permissions, Propagation, Stale,
    Throttle, Weather, WeatherError,
};

use forward::{is_account, is_global};
use gaps::{each_configuration, function_name};

use crate::runtime::runtime;

/// What a proxy is made of.
pub struct Setup {
    /// The emulator.
    pub upstream: Upstream,
    /// Which gaps of the emulator are mended; [`GapTable::none`] passes everything through as it is.
    pub gaps: GapTable,
    /// Layers between the faults and the gaps, outermost first.
    pub weather: Vec<Arc<dyn Layer>>,
    /// The port of the first door; 0 for a free one.
    pub port: u16,
    /// Where each call is written as a line of JSON when it has ended.
    pub log_file: Option<PathBuf>,
}

impl Setup {
    /// A proxy before `upstream` with the gaps of that emulator mended, on a free port.
    pub fn new(upstream: Upstream) -> Self {
        let gaps = GapTable::of(upstream.emulator);
        Self { upstream, gaps, weather: Vec::new(), port: 0, log_file: None }
    }
}

/// A proxy that runs until it is dropped.
pub struct Proxy {
    shared: Arc<listen::Shared>,
    address: SocketAddr,
    doors: Mutex<Vec<JoinHandle<()>>>,
}

impl Proxy {
    /// The name that the calls through the first door carry.
    pub const MAIN: &'static str = "main";
    /// The name of the door for a person or another tool beside the client under test: the weather spares it.
    pub const BY_HAND: &'static str = "by hand";

    /// Starts a proxy on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken or the log file cannot be written.
    pub fn start(setup: Setup) -> std::io::Result<Self> {
        let log = Arc::new(Log::new(setup.log_file.as_deref())?);
        let faults = Arc::new(Faults::default());
        let memory = Arc::new(Memory::default());
        let mut layers: Vec<Arc<dyn Layer>> = vec![faults.clone()];
        layers.extend(setup.weather);
        layers.extend(gaps::layers(&setup.gaps, &setup.upstream, &memory));
        let next = Next::new(layers, setup.upstream);
        let shared = Arc::new(listen::Shared { log, faults, memory, next });
        let mut proxy = Self { shared, address: SocketAddr::from(([127, 0, 0, 1], 0)), doors: Mutex::default() };
        proxy.address = proxy.open(setup.port, Self::MAIN)?;
        Ok(proxy)
    }

    /// The endpoint of the first door, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Opens another door, whose calls carry the name `client`; gives its endpoint.
    ///
    /// # Errors
    /// When no port is free.
    pub fn door(&self, client: &str) -> std::io::Result<String> {
        Ok(format!("http://{}", self.open(0, client)?))
    }

    /// What was called.
    pub fn log(&self) -> &Log {
        &self.shared.log
    }

    /// What is to break.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    fn open(&self, port: u16, client: &str) -> std::io::Result<SocketAddr> {
        let listener = runtime().block_on(TcpListener::bind(("127.0.0.1", port)))?;
        let address = listener.local_addr()?;
        let task = runtime().spawn(listen::serve(listener, client.to_owned(), self.shared.clone()));
        self.doors.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        Ok(address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        for door in self.doors.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            door.abort();
        }
    }
}
