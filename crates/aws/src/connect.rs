//! Who we are, and the clients.

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    future::Future,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_config::{
    AppName, BehaviorVersion, Region as SdkRegion, SdkConfig, identity::IdentityCache,
    profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig, retry::RetryConfig,
    sts::AssumeRoleProvider, timeout::TimeoutConfig,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures::future::BoxFuture;
use statewright_planner::{Refusal, RefusalKind};
use statewright_spec::{AccountId, Arn, Identity, Partition, Region, Secret};
use tokio::sync::Semaphore;

use crate::{credentials, http, kind::policy, refusal};

/// How to connect. Whatever is `None` comes from the SDK's default chain: environment, profile, SSO, `aws login`, a process,
/// web identity, the instance's metadata.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A profile of `~/.aws/config`, instead of `AWS_PROFILE`.
    pub profile: Option<String>,
    /// Instead of `AWS_REGION` and the profile's.
    pub region: Option<String>,
    /// Instead of `AWS_ENDPOINT_URL` and the profile's.
    pub endpoint_url: Option<String>,
    /// A role that is assumed first (`aws.assume_role` of the spec).
    pub assume_role: Option<Arn>,
    /// Calls in flight at the same time, at least 1.
    pub parallelism: usize,
    /// Told every secret of the credentials, whatever they come from, before they are used.
    pub conceal: fn(&[Secret]),
    /// The part of each pause between tries that is made, 1 against AWS.
    pub pace: f64,
}

impl Settings {
    /// Calls in flight where nothing is said.
    pub const PARALLELISM: usize = 16;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            assume_role: None,
            parallelism: Self::PARALLELISM,
            conceal: |_| {},
            pace: 1.0,
        }
    }
}

/// Why no connection was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// What the user or the machine is set to cannot be used, in words; nobody was asked.
    Settings(String),
    /// AWS, or whoever gives the credentials, said no.
    Refused(Refusal),
}

impl From<Refusal> for OpenError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An open door to one account in one region.
pub struct Connection {
    pub(crate) identity: Identity,
    pub(crate) caller: Arn,
    pub(crate) endpoint: Option<String>,
    pub(crate) analyzer: aws_sdk_accessanalyzer::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) sfn: aws_sdk_sfn::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) glue: aws_sdk_glue::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) tagging: aws_sdk_resourcegroupstagging::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) versions: policy::Versions,
    config: SdkConfig,
    gate: Semaphore,
    /// The first pause between two tries.
    pub(crate) pause: Duration,
    /// What executions started with, as far as it was looked at.
    pub(crate) revisions: crate::run::Revisions,
    /// Buckets that live in another region, each with a client of its own.
    buckets: Mutex<HashMap<String, aws_sdk_s3::Client>>,
}

/// Name of ours in the user agent.
const APP_NAME: &str = "statewright";
/// Attempts of a call, the first included. Where AWS throttles a third of all calls, which others in the account bring about, seven
/// would be too few for one call in a thousand.
const ATTEMPTS: u32 = 15;
/// The first pause between them, and the longest; each is up to twice the one before, by chance.
const BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);
/// For the first call, which tells whether anybody is there: two attempts, so that a dead endpoint is told in about ten
/// seconds.
const FIRST_CONNECT: Duration = Duration::from_secs(4);
const FIRST_ATTEMPTS: u32 = 2;
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(30);
/// SSO, a process that asks a vault, a role in another account.
const CREDENTIALS: Duration = Duration::from_mins(1);

impl Connection {
    /// Finds credentials and region, assumes the role where one is asked for, and asks STS who we are: one call.
    ///
    /// Errors: no region, no certificate authorities, an endpoint that is no address ([`OpenError::Settings`]); no or bad
    /// credentials (`Credentials`), nobody at the endpoint (`Unreachable`, within about ten seconds).
    pub async fn open(settings: &Settings) -> Result<Self, OpenError> {
        check_endpoint(settings)?;
        if needs_authorities(settings) {
            http::check_authorities().map_err(OpenError::Settings)?;
        }
        let config = load(settings).await;
        let Some(region) = config.region().map(|r| r.as_ref().to_owned()).filter(|r| !r.is_empty()) else {
            let words =
                "no region is set: give `aws.region` in the spec, --region, AWS_REGION, or a region in the profile";
            return Err(OpenError::Settings(words.to_owned()));
        };
        let config = match &settings.assume_role {
            Some(role) => credentials::told(assume(config, role, &region).await, settings.conceal),
            None => config,
        };
        let caller = who(&config).await.map_err(|refusal| of_profile(settings, refusal))?;
        let identity = Identity {
            partition: Partition::new(caller.partition()),
            account: AccountId::new(caller.account()),
            region: Region::new(region),
        };
        Ok(Self::with(config, identity, caller, settings))
    }

    fn with(config: SdkConfig, identity: Identity, caller: Arn, settings: &Settings) -> Self {
        Self {
            identity,
            caller,
            endpoint: config.endpoint_url().map(str::to_owned),
            analyzer: aws_sdk_accessanalyzer::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            sfn: aws_sdk_sfn::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            glue: aws_sdk_glue::Client::new(&config),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            tagging: aws_sdk_resourcegroupstagging::Client::new(&config),
            s3: s3_client(&config, None),
            gate: Semaphore::new(settings.parallelism.max(1)),
            pause: BACKOFF.mul_f64(settings.pace),
            revisions: crate::run::Revisions::default(),
            buckets: Mutex::default(),
            versions: policy::Versions::default(),
            config,
        }
    }

    /// Partition, account and region. Read once, when the connection was opened.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The ARN of the user or session that calls.
    pub fn caller(&self) -> &Arn {
        &self.caller
    }

    /// The endpoint that stands in for AWS's own, where one is set.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Sends one request when its turn comes. `call` is `service:Operation`, as [`crate::permissions::ACTIONS`] lists it.
    /// Boxed, for the SDK's futures are large.
    pub(crate) fn send<'a, T, E>(
        &'a self,
        call: &'static str,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Refusal>>
    where
        T: Send + 'a,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let attempt = self.attempt(call, request);
        Box::pin(async move { attempt.await.map_err(|(_, refusal)| refusal) })
    }

    /// As [`send`](Self::send); beside a refusal stands the region that S3 says a bucket lives in.
    pub(crate) fn attempt<'a, T, E>(
        &'a self,
        call: &'static str,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, (Option<String>, Refusal)>>
    where
        T: Send + 'a,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let request = Box::pin(request);
        Box::pin(async move {
            let _turn = self.gate.acquire().await;
            tracing::debug!(call, "call");
            request.await.map_err(|error| {
                let refusal = refusal::of_caller(refusal::from_sdk(call, self.endpoint(), &error), &self.caller);
                tracing::debug!(call, kind = ?refusal.kind, code = refusal.code, "refused");
                (self.elsewhere(&error), refusal)
            })
        })
    }

    /// Another region than ours in S3's `x-amz-bucket-region`.
    fn elsewhere<E>(&self, error: &SdkError<E, HttpResponse>) -> Option<String> {
        let answer = error.raw_response()?;
        let moved = matches!(answer.status().as_u16(), 301 | 307 | 400);
        let region = answer.headers().get("x-amz-bucket-region").filter(|_| moved)?;
        (region != self.identity.region.as_str()).then(|| region.to_owned())
    }

    /// The client for a bucket, as far as is known.
    pub(crate) fn s3_of(&self, bucket: &str) -> aws_sdk_s3::Client {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.get(bucket).unwrap_or(&self.s3).clone()
    }

    pub(crate) fn remember_bucket(&self, bucket: &str, region: &str) {
        let client = s3_client(&self.config, Some(region));
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).insert(bucket.to_owned(), client);
    }

    /// A client of the tagging API in another region.
    pub(crate) fn tagging_in(&self, region: &str) -> aws_sdk_resourcegroupstagging::Client {
        let config = aws_sdk_resourcegroupstagging::config::Builder::from(&self.config)
            .region(SdkRegion::new(region.to_owned()))
            .build();
        aws_sdk_resourcegroupstagging::Client::from_conf(config)
    }

    /// No network: for tests of what is made of an answer.
    #[cfg(test)]
    pub(crate) fn offline() -> Self {
        tests::connection(None)
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("identity", &self.identity)
            .field("caller", &self.caller)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

async fn load(settings: &Settings) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http::shared_client())
        // Not adaptive: that slows a whole service down to a call every two seconds when others in the account are throttled.
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(ATTEMPTS)
                .with_initial_backoff(BACKOFF.mul_f64(settings.pace))
                .with_max_backoff(LONGEST_BACKOFF.mul_f64(settings.pace)),
        )
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build())
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS).build());
    if let Ok(name) = AppName::new(APP_NAME) {
        loader = loader.app_name(name);
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(SdkRegion::new(region.clone()));
    }
    if let Some(endpoint) = &settings.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    let config = loader.load().await;
    let config = match &settings.profile {
        Some(profile) => with_profile(config, profile),
        None => config,
    };
    credentials::told(config, settings.conceal)
}

/// A profile that was named on the command line wins over credentials in the environment, as with AWS's own command line: the
/// SDK's chain would take the environment's, silently for another account.
fn with_profile(config: SdkConfig, profile: &str) -> SdkConfig {
    let surroundings =
        ProviderConfig::without_region().with_region(config.region().cloned()).with_http_client(http::shared_client());
    let provider = ProfileFileCredentialsProvider::builder().profile_name(profile).configure(&surroundings).build();
    config.into_builder().credentials_provider(aws_sdk_sts::config::SharedCredentialsProvider::new(provider)).build()
}

async fn assume(config: SdkConfig, role: &Arn, region: &str) -> SdkConfig {
    let provider = AssumeRoleProvider::builder(role.as_str())
        .session_name(APP_NAME)
        .region(SdkRegion::new(region.to_owned()))
        .configure(&impatient(&config))
        .build()
        .await;
    config.into_builder().credentials_provider(aws_sdk_sts::config::SharedCredentialsProvider::new(provider)).build()
}

/// For the first calls: whether anybody is there is told in about ten seconds.
fn impatient(config: &SdkConfig) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(FIRST_CONNECT)
        .read_timeout(FIRST_CONNECT)
        .operation_attempt_timeout(CREDENTIALS)
        .build();
    config
        .to_builder()
        .retry_config(RetryConfig::standard().with_max_attempts(FIRST_ATTEMPTS))
        .timeout_config(timeouts)
        .build()
}

async fn who(config: &SdkConfig) -> Result<Arn, Refusal> {
    const CALL: &str = "sts:GetCallerIdentity";
    let sts = aws_sdk_sts::Client::new(&impatient(config));
    let mut pause = BACKOFF;
    let (mut attempts, since) = (ATTEMPTS, Instant::now());
    let answer = loop {
        let answer = sts.get_caller_identity().send().await;
        let refusal = match answer.map_err(|e| refusal::from_sdk(CALL, config.endpoint_url(), &e)) {
            Ok(answer) => break answer,
            Err(refusal) => refusal,
        };
        attempts = attempts.saturating_sub(FIRST_ATTEMPTS);
        let page = refusal.message.starts_with(refusal::HTTP) && since.elapsed() < FIRST_CONNECT;
        if attempts == 0 || !(is_busy(&refusal) || (page && refusal.kind == RefusalKind::Unreachable)) {
            return Err(not_aws(config.endpoint_url(), refusal));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_BACKOFF);
    };
    answer
        .arn()
        .and_then(Arn::parse)
        .filter(|arn| !arn.account().is_empty())
        .ok_or_else(|| refusal::malformed(CALL, "the answer holds no ARN"))
}

/// Whether somebody is there and says so in AWS's form, and is only too busy.
fn is_busy(refusal: &Refusal) -> bool {
    let breaks = refusal.kind == RefusalKind::Unreachable && !refusal.code.is_empty();
    breaks || refusal.kind == RefusalKind::Throttled
}

/// What stands in for AWS's endpoints by the settings and the environment; a profile may name another.
fn endpoint(settings: &Settings) -> Option<String> {
    let variable = || std::env::var("AWS_ENDPOINT_URL").ok().filter(|text| !text.is_empty());
    settings.endpoint_url.clone().or_else(variable)
}

/// The SDK takes any text and says something odd much later.
fn check_endpoint(settings: &Settings) -> Result<(), OpenError> {
    let Some(endpoint) = endpoint(settings) else { return Ok(()) };
    if endpoint.starts_with("http://") || endpoint.starts_with("https://") {
        return Ok(());
    }
    let words = format!("`{endpoint}` is not the address of an endpoint; one looks like http://127.0.0.1:4566");
    Err(OpenError::Settings(words))
}

/// The endpoint that stands in for AWS's may need none; then only a build with debug assertions fails without, in the SDK's client.
fn needs_authorities(settings: &Settings) -> bool {
    cfg!(debug_assertions) || !endpoint(settings).is_some_and(|endpoint| endpoint.starts_with("http://"))
}

/// An answer without an error of AWS's comes from something else.
fn not_aws(endpoint: Option<&str>, refusal: Refusal) -> Refusal {
    match endpoint {
        Some(endpoint) if refusal.code.is_empty() && refusal.message.starts_with(refusal::HTTP) => {
            let message = format!("{endpoint} does not answer as AWS does: {}", refusal.message);
            Refusal { kind: RefusalKind::Unreachable, message, ..refusal }
        }
        _ => refusal,
    }
}

/// Names the role or the profile that gives no credentials: it may be misspelt.
fn of_profile(settings: &Settings, refusal: Refusal) -> Refusal {
    if let Some(role) = settings.assume_role.as_ref().filter(|_| refusal.kind == RefusalKind::Credentials) {
        return Refusal { message: format!("role {role}: {}", refusal.message), ..refusal };
    }
    let variable = || std::env::var("AWS_PROFILE").ok().filter(|text| !text.is_empty());
    match settings.profile.clone().or_else(variable) {
        Some(profile) if refusal.kind == RefusalKind::Credentials => {
            Refusal { message: format!("profile `{profile}`: {}", refusal.message), ..refusal }
        }
        _ => refusal,
    }
}

fn s3_client(config: &SdkConfig, region: Option<&str>) -> aws_sdk_s3::Client {
    // An emulator has one host name: the bucket can only stand in the path.
    let custom = config.endpoint_url().is_some() || std::env::var_os("AWS_ENDPOINT_URL_S3").is_some();
    let mut builder = aws_sdk_s3::config::Builder::from(config).force_path_style(custom);
    if let Some(region) = region {
        builder = builder.region(SdkRegion::new(region.to_owned()));
    }
    aws_sdk_s3::Client::from_conf(builder.build())
}
