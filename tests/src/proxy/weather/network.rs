use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use serde::Deserialize;

use super::{Chance, Clock, chance::falls, is_by_hand};
use crate::proxy::{Answer, Layer, Next, Reply, Request, Service, Which};

/// Calls that break by chance.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breakage {
    /// Which.
    #[serde(default)]
    pub calls: Which,
    /// How many of them, from 0 to 1.
    pub rate: f64,
    /// How: one of these, by chance.
    pub how: Vec<Break>,
    /// How many seconds of AWS's a connection hangs before it closes.
    #[serde(default = "Breakage::long")]
    pub hang_seconds: f64,
}

impl Breakage {
    /// A minute: longer than any client waits.
    const fn long() -> f64 {
        60.0
    }
}

/// How a call breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Break {
    /// AWS answers 500 in its service's words; nothing was done.
    #[serde(rename = "500")]
    Internal,
    /// AWS answers 503 in its service's words; nothing was done.
    #[serde(rename = "503")]
    Unavailable,
    /// What stands before AWS answers 503 with a page of its own; nothing was done.
    Page,
    /// It is done, and the answer is a 500.
    InternalAfter,
    /// It is done, and the connection closes without an answer.
    Lost,
    /// It is done, and the answer ends half-way.
    Truncated,
    /// The connection is reset; nothing was done.
    Reset,
    /// Nothing comes, and then the connection closes; nothing was done.
    Hang,
}

impl Break {
    /// Breaks a call.
    pub(crate) async fn strike(self, request: Request, next: Next, hang: std::time::Duration) -> Reply {
        let service = request.operation.service.clone();
        match self {
            Self::Internal => internal(&service),
            Self::Unavailable => unavailable(&service),
            Self::Page => {
                let page =
                    Bytes::from_static(b"<html><head><title>503 Service Temporarily Unavailable</title></head></html>");
                Reply::Answer(Answer::page(503, page))
            }
            Self::InternalAfter => {
                next.run(request).await;
                internal(&service)
            }
            Self::Lost => {
                next.run(request).await;
                Reply::Hangup
            }
            Self::Truncated => match next.run(request).await {
                Reply::Answer(answer) if answer.body.len() > 1 => Reply::Truncated(answer),
                // There is nothing to cut in two.
                Reply::Answer(_) | Reply::Truncated(_) | Reply::Hangup | Reply::Reset => Reply::Hangup,
            },
            Self::Reset => Reply::Reset,
            Self::Hang => {
                tokio::time::sleep(hang).await;
                Reply::Hangup
            }
        }
    }
}

/// What each service says when it broke (the errors of their API references, "Common Errors").
fn internal(service: &Service) -> Reply {
    let (code, message) = match service {
        Service::Iam => ("ServiceFailure", "The request processing has failed because of an unknown error."),
        Service::Sts | Service::States | Service::Other(_) => {
            ("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.")
        }
        Service::Lambda => ("ServiceException", "An error occurred and the request cannot be processed."),
        Service::Glue | Service::Tagging => ("InternalServiceException", "An internal service error occurred."),
        Service::Logs => ("InternalFailure", "The request processing has failed because of an unknown error."),
        Service::S3 => ("InternalError", "We encountered an internal error. Please try again."),
    };
    Reply::refusal(service, 500, code, message)
}

fn unavailable(service: &Service) -> Reply {
    let (code, message) = match service {
        Service::Logs => ("ServiceUnavailableException", "The service cannot complete the request."),
        Service::S3 => ("ServiceUnavailable", "Service is unable to handle request."),
        Service::Iam
        | Service::Sts
        | Service::States
        | Service::Lambda
        | Service::Glue
        | Service::Tagging
        | Service::Other(_) => {
            ("ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
        }
    };
    Reply::refusal(service, 503, code, message)
}

pub(super) struct Breaking {
    pub(super) breakage: Breakage,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
}

impl Layer for Breaking {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            if is_by_hand(&request) || !self.breakage.calls.covers(&request.operation) {
                return next.run(request).await;
            }
            let mut dice = self.chance.dice(&request);
            if !falls(&mut dice, self.breakage.rate) {
                return next.run(request).await;
            }
            match dice.choice(&self.breakage.how) {
                Some(how) => how.strike(request, next, self.clock.real(self.breakage.hang_seconds)).await,
                None => next.run(request).await,
            }
        })
    }
}
