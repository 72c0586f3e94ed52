use std::sync::Arc;

use serde_json::Value;

use crate::proxy::{Memory, Next, Reply, Request};
use crate::wire::Aws;

/// A call in the hands of a repair.
pub(crate) struct Intercepted {
    pub(super) request: Request,
    /// A caller of the bare emulator, as the same account in the same region.
    pub(super) emulator: Aws,
    memory: Arc<Memory>,
    next: Next,
}

impl Intercepted {
    pub(super) fn new(request: Request, next: Next, emulator: Aws, memory: Arc<Memory>) -> Self {
        Self { request, emulator, memory, next }
    }

    /// Sends the call on to the emulator.
    pub(super) async fn forward(&self) -> Reply {
        self.next.clone().run(self.request.clone()).await
    }

    /// Sends another body on; parameters of a JSON service.
    pub(super) async fn forward_json(&self, parameters: &Value) -> Reply {
        let mut request = self.request.clone();
        request.body = parameters.to_string().into();
        self.next.clone().run(request).await
    }

    /// The operation's name.
    pub(super) fn operation(&self) -> &str {
        &self.request.operation.name
    }

    /// A text parameter, empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.request.text(name)
    }

    /// A parameter that was given and is not null.
    pub(super) fn given(&self, name: &str) -> Option<&Value> {
        self.request.operation.parameters.get(name).filter(|value| !value.is_null())
    }

    /// The refusal that AWS gives.
    pub(super) fn refuse(&self, status: u16, code: &str, message: &str) -> Reply {
        Reply::refusal(&self.request.operation.service, status, code, message)
    }

    /// A success in JSON.
    pub(super) fn succeed(&self, value: &Value) -> Reply {
        Reply::json(&self.request.operation.service, value)
    }

    pub(super) fn remember(&self, kind: &'static str, name: &str, value: Value) {
        self.memory.remember(&self.request, kind, name, value);
    }

    pub(super) fn recall(&self, kind: &'static str, name: &str) -> Option<Value> {
        self.memory.recall(&self.request, kind, name)
    }

    pub(super) fn forget(&self, kind: &'static str, name: &str) -> Option<Value> {
        self.memory.forget(&self.request, kind, name)
    }

    pub(super) fn remember_session(&self, access_key: &str, account: &str) {
        self.memory.remember_session(access_key, account);
    }
}
