//! One file a kind: what the spec may say of it, what AWS makes of that, and how the one becomes the other.

pub mod function;
pub mod job;
pub mod log_group;
pub mod policy;
pub mod role;
pub mod state_machine;
