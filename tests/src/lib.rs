//! The real binary against real emulators, behind a proxy that counts, mends and breaks. See `tests/README.md`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod account;
pub mod binary;
pub mod browser;
pub mod emulator;
pub mod matrix;
pub mod proxy;
pub mod runtime;
pub mod wire;
pub mod world;

pub use binary::{Outcome, Started, Statewright};
pub use browser::Browser;
pub use emulator::Emulator;
pub use wire::{Aws, Refusal};
pub use world::World;
