//! The emulators: started once a test process, on a free port of 127.0.0.1, and gone with it.

mod listening;
mod ministack;
mod moto;
mod process;
mod sandbox;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use process::{Launch, Running, StartError};
pub use sandbox::repository;
pub use sandbox::{Sandbox, SandboxError};

/// Which emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Emulator {
    /// `MiniStack`, which runs Lambda functions and machines for real.
    Ministack,
    /// moto, the second opinion.
    Moto,
}

impl Emulator {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ministack, Self::Moto];

    /// Its name on command lines and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ministack => "ministack",
            Self::Moto => "moto",
        }
    }

    /// The endpoint of this process's instance, `http://127.0.0.1:PORT`, which is started when it is first asked for. An instance that
    /// runs already is taken instead where `STATEWRIGHT_MINISTACK` or `STATEWRIGHT_MOTO` names its endpoint.
    ///
    /// # Panics
    /// When it cannot be started; the message says why and where its log is.
    pub fn endpoint(self) -> String {
        static STARTED: OnceLock<[Mutex<Option<Running>>; 2]> = OnceLock::new();
        let variable = format!("STATEWRIGHT_{}", self.name().to_uppercase());
        if let Ok(endpoint) = std::env::var(&variable) {
            return endpoint.trim_end_matches('/').to_owned();
        }
        // Never dropped: the leash ends the emulator when the process ends, however it does.
        let slots = STARTED.get_or_init(Default::default);
        let slot = match self {
            Self::Ministack => &slots[0],
            Self::Moto => &slots[1],
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*slot {
            return running.endpoint().to_owned();
        }
        let running = self.start().unwrap_or_else(|error| panic!("{self} does not start: {error}"));
        let endpoint = running.endpoint().to_owned();
        *slot = Some(running);
        endpoint
    }

    /// Starts an instance of its own, which ends when it is dropped.
    ///
    /// # Errors
    /// When the sandbox is missing, or the emulator ends or does not answer within a minute, or listens beyond this machine.
    pub fn start(self) -> Result<Running, StartError> {
        let sandbox = Sandbox::find()?;
        // A port is free when it is looked for and may be taken when it is used: then another is tried.
        let mut last = None;
        for _ in 0..5 {
            let launch = match self {
                Self::Ministack => ministack::launch(&sandbox),
                Self::Moto => moto::launch(&sandbox),
            }?;
            match Running::start(&sandbox, launch, Duration::from_mins(1)) {
                Ok(running) => {
                    if self == Self::Moto {
                        moto::configure(running.endpoint())?;
                    }
                    return Ok(running);
                }
                Err(error @ (StartError::Ended { .. } | StartError::PortTaken(_))) => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or(StartError::NoPort))
    }
}

impl Display for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
