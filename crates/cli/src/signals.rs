//! Ctrl-C and SIGTERM: the first lets calls in flight end, the second goes at once.

use std::{
    future::Future,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use statewright_applier::Interrupt;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
};

use crate::{
    error::{CliError, Result},
    output,
};

/// What the first signal says of work that finishes what it began.
const FINISHES: &str = "\nInterrupted: calls in flight end, no other begins. Once more to leave at once.\n";

/// Listens from the moment it is made; until then the signals do what they always do.
pub(crate) struct Signals {
    interrupt: Interrupt,
    /// Whether there is work that finishes what it began, which the first signal then says.
    finishes: Arc<AtomicBool>,
    insisted: Arc<Notify>,
    /// 128 + the signal's number, or 0.
    code: Arc<AtomicU8>,
}

impl Signals {
    /// For work that can be left at any moment.
    pub(crate) fn listen() -> Result<Self> {
        let bug = |error: std::io::Error| CliError::bug(format!("cannot listen for signals: {error}"));
        let mut ctrl_c = signal(SignalKind::interrupt()).map_err(bug)?;
        let mut term = signal(SignalKind::terminate()).map_err(bug)?;
        let (raise, interrupt) = Interrupt::new();
        let signals =
            Self { interrupt, finishes: Arc::default(), insisted: Arc::new(Notify::new()), code: Arc::default() };
        let (insisted, code) = (Arc::clone(&signals.insisted), Arc::clone(&signals.code));
        let finishes = Arc::clone(&signals.finishes);
        tokio::spawn(async move {
            loop {
                let number = tokio::select! {
                    _ = ctrl_c.recv() => 130,
                    _ = term.recv() => 143,
                };
                if code.swap(number, Ordering::SeqCst) == 0 {
                    if finishes.load(Ordering::SeqCst) {
                        output::say(FINISHES);
                    }
                    let _ = raise.send(true);
                } else {
                    insisted.notify_one();
                }
            }
        });
        Ok(signals)
    }

    /// From now on there is work that finishes what it began.
    pub(crate) fn finish_what_begins(&self) {
        self.finishes.store(true, Ordering::SeqCst);
    }

    /// Does work that can be left at any moment, and leaves it at the first signal.
    pub(crate) async fn or_leave<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            done = work => done,
            () = self.raised() => Err(CliError::said(self.code.load(Ordering::SeqCst))),
        }
    }

    /// Whether there was a signal.
    pub(crate) fn is_raised(&self) -> bool {
        self.interrupt.is_raised()
    }

    /// What the applier looks at.
    pub(crate) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Runs `work` to its end, unless a second signal comes: then `None`.
    pub(crate) async fn unless_insisted<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.insisted.notified() => None,
        }
    }

    /// Waits for the first signal.
    pub(crate) async fn raised(&self) {
        self.interrupt.raised().await;
    }

    /// Whether it was SIGTERM.
    pub(crate) fn is_termination(&self) -> bool {
        self.code.load(Ordering::SeqCst) == 143
    }

    /// 130 after Ctrl-C, 143 after SIGTERM.
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.code.load(Ordering::SeqCst).into()
    }
}
