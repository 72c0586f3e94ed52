//! Following one execution: reads on one side, a view on the other, keys and signals between.

pub(crate) mod beside;
mod input;
mod keys;
mod session;
mod target;
mod watch;

pub(crate) use input::input;
pub(crate) use session::{Ending, Leaving, Session};
pub(crate) use target::{Target, execution_arn, target};
