use std::sync::Arc;

use futures::future::BoxFuture;

use serde_json::Value;

use super::{Reply, Request, Service, Upstream};
use crate::wire::{Refusal, decode};

/// One thing that the proxy does with a request on its way, or with the reply on its way back.
pub trait Layer: Send + Sync {
    /// Handles a request: it may answer itself, hang up, change it, hand it on with [`Next::run`] and change the reply, or wait.
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply>;
}

/// The layers that are still to come, and the emulator behind them.
#[derive(Clone)]
pub struct Next {
    layers: Arc<[Arc<dyn Layer>]>,
    upstream: Arc<Upstream>,
    at: usize,
}

impl Next {
    pub(super) fn new(layers: Vec<Arc<dyn Layer>>, upstream: Upstream) -> Self {
        Self { layers: layers.into(), upstream: Arc::new(upstream), at: 0 }
    }

    /// Asks something else in the caller's name, for a layer that has to look something up or do something beside.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn ask(
        &self,
        caller: &Request,
        service: &Service,
        operation: &str,
        parameters: Value,
    ) -> Result<Value, Refusal> {
        let request = caller.asking(service, operation, &parameters)?;
        match self.clone().run(request).await {
            Reply::Answer(answer) => decode(service, operation, &answer),
            Reply::Truncated(_) | Reply::Hangup | Reply::Reset => Err(Refusal::transport(&"no answer")),
        }
    }

    /// Hands the request on.
    pub fn run(mut self, request: Request) -> BoxFuture<'static, Reply> {
        match self.layers.get(self.at).cloned() {
            Some(layer) => {
                self.at += 1;
                layer.handle(request, self)
            }
            None => Box::pin(async move { self.upstream.forward(request).await }),
        }
    }
}
