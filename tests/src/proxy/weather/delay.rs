use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Deserialize;

use super::{Chance, Clock, is_by_hand};
use crate::proxy::{Layer, Next, Reply, Request, Which};

/// Calls that take their time, before AWS sees them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// Which.
    #[serde(default)]
    pub calls: Which,
    /// At least so many seconds, and at most.
    pub seconds: [f64; 2],
}

pub(super) struct Delaying {
    pub(super) delay: Delay,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
}

impl Layer for Delaying {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            if !is_by_hand(&request) && self.delay.calls.covers(&request.operation) {
                let [least, most] = self.delay.seconds;
                let seconds = least + self.chance.dice(&request).f64() * (most - least);
                self.clock.sleep(seconds).await;
            }
            next.run(request).await
        })
    }
}
