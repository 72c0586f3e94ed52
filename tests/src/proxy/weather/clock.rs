use std::time::{Duration, Instant};

use serde::Deserialize;

/// How fast AWS's time runs here: with `0.02`, what AWS does for 30 seconds lasts 0.6.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Clock {
    scale: f64,
}

impl Clock {
    /// One second of AWS's lasts `scale` seconds here.
    pub fn new(scale: f64) -> Self {
        Self { scale }
    }

    /// How long so many seconds of AWS's last here.
    pub fn real(self, seconds: f64) -> Duration {
        Duration::try_from_secs_f64(seconds * self.scale).unwrap_or(Duration::ZERO)
    }

    /// Seconds of AWS's since `then`.
    pub fn seconds_since(self, then: Instant) -> f64 {
        then.elapsed().as_secs_f64() / self.scale
    }

    /// Waits so many seconds of AWS's.
    pub(super) async fn sleep(self, seconds: f64) {
        tokio::time::sleep(self.real(seconds)).await;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self { scale: 1.0 }
    }
}
