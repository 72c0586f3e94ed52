use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use serde::Deserialize;

use super::is_by_hand;
use crate::proxy::{Layer, Next, Reply, Request, Service};

/// Credentials that expire in the midst of a run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// How many calls they are good for.
    pub calls: usize,
}

pub(super) struct Expiring {
    credentials: Credentials,
    made: AtomicUsize,
}

impl Expiring {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self { credentials, made: AtomicUsize::new(0) }
    }
}

/// What each service says of a session that is over.
fn refusal(service: &Service) -> Reply {
    let (status, code, message) = match service {
        Service::Iam | Service::Sts => (403, "ExpiredToken", "The security token included in the request is expired"),
        Service::S3 => (400, "ExpiredToken", "The provided token has expired."),
        Service::Lambda => (403, "ExpiredTokenException", "The security token included in the request is expired"),
        Service::States | Service::Glue | Service::Logs | Service::Tagging | Service::Other(_) => {
            (400, "ExpiredTokenException", "The security token included in the request is expired")
        }
    };
    Reply::refusal(service, status, code, message)
}

impl Layer for Expiring {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            if !is_by_hand(&request) && self.made.fetch_add(1, Ordering::SeqCst) >= self.credentials.calls {
                return refusal(&request.operation.service);
            }
            next.run(request).await
        })
    }
}
