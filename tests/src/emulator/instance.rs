use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, PoisonError};

use super::process::Running;
use super::{Emulator, StartError};

/// An emulator that answers. One of this process's own runs as long as somebody holds it.
#[derive(Clone)]
pub struct Instance {
    endpoint: String,
    _running: Option<Arc<Running>>,
}

impl Instance {
    /// Where it answers, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn at(endpoint: &str) -> Self {
        Self { endpoint: endpoint.trim_end_matches('/').to_owned(), _running: None }
    }
}

impl Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.endpoint)
    }
}

impl From<Arc<Running>> for Instance {
    fn from(running: Arc<Running>) -> Self {
        Self { endpoint: running.endpoint().to_owned(), _running: Some(running) }
    }
}

/// How many worlds share an instance. `MiniStack` goes through what all accounts hold for many an answer: with some thousand
/// accounts it takes three times as long as with a few.
const SHARED: usize = 100;

/// The instances that this process's worlds share, one after the other.
pub(super) struct Shared {
    emulator: Emulator,
    now: Mutex<Option<(Arc<Running>, usize)>>,
}

impl Shared {
    pub(super) const fn new(emulator: Emulator) -> Self {
        Self { emulator, now: Mutex::new(None) }
    }

    /// The instance for one more world: an outside one where the environment names it, else one of this process's own.
    pub(super) fn next(&self) -> Result<Instance, StartError> {
        let variable = format!("STATEWRIGHT_{}", self.emulator.name().to_uppercase());
        if let Ok(endpoint) = std::env::var(&variable) {
            return Ok(Instance::at(&endpoint));
        }
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let (running, worlds) = match now.take() {
            Some((running, worlds)) if worlds < SHARED => (running, worlds),
            _ => (Arc::new(self.emulator.start()?), 0),
        };
        *now = Some((Arc::clone(&running), worlds + 1));
        Ok(running.into())
    }
}
