use http::HeaderName;
use http::HeaderValue;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};

use super::{Answer, Reply, Request, Service};
use crate::emulator::Emulator;
use crate::wire::{self, HttpClient};

/// The emulator that a proxy stands before.
#[derive(Clone)]
pub struct Upstream {
    /// Which emulator it is.
    pub emulator: Emulator,
    /// Its endpoint, `http://127.0.0.1:PORT`.
    pub endpoint: String,
    http: HttpClient,
}

/// What concerns one connection only and is not passed on.
const HOP_BY_HOP: [HeaderName; 6] = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, EXPECT];

impl Upstream {
    /// The emulator at `endpoint`.
    pub fn new(emulator: Emulator, endpoint: &str) -> Self {
        Self { emulator, endpoint: endpoint.trim_end_matches('/').to_owned(), http: wire::client() }
    }

    /// Sends the request as it came, bar the host; an emulator that cannot be reached is a 502.
    pub(super) async fn forward(&self, request: Request) -> Reply {
        let service = request.operation.service.clone();
        let head = request.method == http::Method::HEAD;
        match self.exchange(request).await {
            Ok(mut answer) => {
                for name in &HOP_BY_HOP {
                    answer.headers.remove(name);
                }
                // Of HEAD the length is the answer; of the rest it is computed anew.
                if !head {
                    answer.headers.remove(CONTENT_LENGTH);
                }
                Reply::Answer(answer)
            }
            Err(why) => Reply::Answer(Answer::refusal(&service, 502, "EmulatorUnreachable", &why)),
        }
    }

    async fn exchange(&self, request: Request) -> Result<Answer, String> {
        let mut outgoing = http::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", self.endpoint, request.target))
            .body(request.body.into())
            .map_err(|error| error.to_string())?;
        *outgoing.headers_mut() = request.headers;
        let headers = outgoing.headers_mut();
        for name in HOP_BY_HOP.iter().chain([&HOST, &CONTENT_LENGTH]) {
            headers.remove(name);
        }
        // moto knows an account by this header alone.
        if self.emulator == Emulator::Moto
            && let Ok(account) = HeaderValue::from_str(&request.account)
            && is_account(&request.account)
        {
            headers.insert("x-moto-account-id", account);
        }
        wire::exchange(&self.http, outgoing).await.map_err(|refusal| refusal.message)
    }

    /// A caller of the bare emulator, for a layer that has to look something up.
    pub(super) fn caller(&self, account: &str, region: &str) -> wire::Aws {
        wire::Aws::new(&self.endpoint, account, region)
    }
}

/// Whether `text` is an account: 12 digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the service is one and the same in all regions.
pub(super) fn is_global(service: &Service) -> bool {
    matches!(service, Service::Iam | Service::Sts)
}
