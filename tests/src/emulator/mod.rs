//! The emulators: started when a test first asks, on a free port of 127.0.0.1, and gone with the process at the latest.

mod instance;
mod listening;
mod ministack;
mod moto;
mod process;
mod sandbox;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use instance::Shared;

pub use instance::Instance;
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

    /// The instance for one more world, which is started where there is none yet or many worlds had the last. One that runs already
    /// is taken instead where `STATEWRIGHT_MINISTACK` or `STATEWRIGHT_MOTO` names its endpoint.
    ///
    /// # Errors
    /// When it cannot be started; the error says why and where its log is.
    pub fn instance(self) -> Result<Instance, StartError> {
        // Never dropped: the leash ends the last instance when the process ends, however it does.
        static SHARED: [Shared; 2] = [Shared::new(Emulator::Ministack), Shared::new(Emulator::Moto)];
        match self {
            Self::Ministack => SHARED[0].next(),
            Self::Moto => SHARED[1].next(),
        }
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
