//! What AWS does to its callers and emulators do not: it throttles, breaks, lags and refuses for a while. A [`Weather`] says how much of
//! it there is, in code or in a scenario file; each kind is a [`Layer`] of its own, a file each.
//!
//! ```text
//! faults ─▶ credentials ─▶ delay ─▶ network ─▶ throttle ─▶ permissions ─▶ pages ─▶ documents
//!        ─▶ stale ─▶ propagation ─▶ deleting ─▶ functions ─▶ gaps
//! ```
//! What is done by hand ([`Proxy::BY_HAND`](super::Proxy::BY_HAND)) changes the account as any call does, and is spared the weather.

mod chance;
mod clock;
mod credentials;
mod delay;
mod deleting;
mod documents;
mod functions;
mod network;
mod old;
mod pages;
mod permissions;
mod propagation;
mod stale;
#[cfg(test)]
mod tests;
mod throttle;

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use chance::Chance;
pub use clock::Clock;
pub use credentials::Credentials;
pub use delay::Delay;
pub use deleting::Deleting;
pub use documents::Documents;
pub use functions::Functions;
pub use network::{Break, Breakage};
pub use pages::Pages;
pub use permissions::Permissions;
pub use propagation::Propagation;
pub use stale::Stale;
pub use throttle::Throttle;

use super::{Fault, Layer, Outage, Proxy, Request};

/// All that may happen to a call. In a scenario file each field is a table of that name; what is not named does not happen.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weather {
    /// Decides what chance decides. The same seed brings the same.
    pub seed: u64,
    /// How fast AWS's time runs: every `seconds` here is multiplied by it.
    #[serde(rename = "scale")]
    pub clock: Clock,
    /// Calls that take their time.
    pub delay: Vec<Delay>,
    /// Calls that break.
    #[serde(rename = "break")]
    pub breakage: Vec<Breakage>,
    /// Calls that are throttled.
    pub throttle: Option<Throttle>,
    /// Credentials that expire.
    pub credentials: Option<Credentials>,
    /// What the caller may do.
    pub permissions: Option<Permissions>,
    /// Lists in small pages.
    pub pages: Option<Pages>,
    /// Documents that come back in other words.
    pub documents: Option<Documents>,
    /// Reads that lag behind.
    pub stale: Option<Stale>,
    /// Roles that are not seen yet.
    pub propagation: Option<Propagation>,
    /// Machines that are being deleted.
    pub deleting: Option<Deleting>,
    /// Functions that are being made or changed.
    pub functions: Option<Functions>,
    /// Single calls to which something happens, in the form of the control path's `faults`.
    #[serde(rename = "fault")]
    pub faults: Vec<Outage>,
}

/// A scenario that is none.
#[derive(Debug, thiserror::Error)]
pub enum WeatherError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(String, std::io::Error),
    /// It does not say what a scenario says.
    #[error("{0}: {1}")]
    Parse(String, Box<toml::de::Error>),
}

impl Weather {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// When it cannot be read, or holds what no weather has.
    pub fn read(path: &Path) -> Result<Self, WeatherError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| WeatherError::Read(name.clone(), error))?;
        toml::from_str(&text).map_err(|error| WeatherError::Parse(name, Box::new(error)))
    }

    /// The faults to be added to the proxy's own.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        self.faults.iter().cloned().map(Fault::from)
    }

    /// The layers, outermost first, for [`Setup::weather`](super::Setup::weather).
    pub fn layers(&self) -> Vec<Arc<dyn Layer>> {
        let (clock, chance) = (self.clock, |what: &str| Chance::new(self.seed, what));
        let mut layers: Vec<Arc<dyn Layer>> = Vec::new();
        if let Some(credentials) = &self.credentials {
            layers.push(Arc::new(credentials::Expiring::new(credentials.clone())));
        }
        for (at, delay) in self.delay.iter().enumerate() {
            let chance = chance(&format!("delay {at}"));
            layers.push(Arc::new(delay::Delaying { delay: delay.clone(), clock, chance }));
        }
        for (at, breakage) in self.breakage.iter().enumerate() {
            let chance = chance(&format!("break {at}"));
            layers.push(Arc::new(network::Breaking { breakage: breakage.clone(), clock, chance }));
        }
        if let Some(throttle) = &self.throttle {
            layers.push(Arc::new(throttle::Throttling::new(throttle.clone(), clock, chance("throttle"))));
        }
        if let Some(permissions) = &self.permissions {
            layers.push(Arc::new(permissions::Guarding::new(permissions)));
        }
        if let Some(pages) = &self.pages {
            layers.push(Arc::new(pages::Paging { pages: pages.clone() }));
        }
        if let Some(documents) = &self.documents {
            layers.push(Arc::new(documents::Rewriting { documents: documents.clone(), chance: chance("documents") }));
        }
        if let Some(stale) = &self.stale {
            layers.push(Arc::new(stale::Staling::new(stale.clone(), clock, chance("stale"))));
        }
        if let Some(propagation) = &self.propagation {
            let chance = chance("propagation");
            layers.push(Arc::new(propagation::Propagating::new(propagation.clone(), clock, chance)));
        }
        if let Some(deleting) = &self.deleting {
            layers.push(Arc::new(deleting::Dying::new(deleting.clone(), clock)));
        }
        if let Some(functions) = &self.functions {
            layers.push(Arc::new(functions::Changing::new(functions.clone(), clock)));
        }
        layers
    }
}

/// Whether a person or another tool makes the call, beside the client under test.
fn is_by_hand(request: &Request) -> bool {
    request.client == Proxy::BY_HAND
}
