//! Credentials, wherever they come from, and their secrets.

use aws_config::SdkConfig;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, future},
};
use statewright_spec::Secret;

/// Tells the secrets of credentials before anybody signs with them: a refusal of a signature shows the headers that were
/// signed, and a session's token from a profile, SSO, a process or a role is among them as one of the environment is.
#[derive(Debug)]
struct Telling {
    given: SharedCredentialsProvider,
    conceal: fn(&[Secret]),
}

impl ProvideCredentials for Telling {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async move {
            let credentials = self.given.provide_credentials().await?;
            self.tell(&credentials);
            Ok(credentials)
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.given.fallback_on_interrupt().inspect(|credentials| self.tell(credentials))
    }
}

impl Telling {
    fn tell(&self, credentials: &Credentials) {
        let secrets = [Some(credentials.secret_access_key()), credentials.session_token()];
        (self.conceal)(&secrets.into_iter().flatten().map(Secret::new).collect::<Vec<_>>());
    }
}

/// The same configuration, whose credentials are told as they are given out, those that take the place of expired ones too.
pub(crate) fn told(config: SdkConfig, conceal: fn(&[Secret])) -> SdkConfig {
    let Some(given) = config.credentials_provider() else { return config };
    let telling = SharedCredentialsProvider::new(Telling { given, conceal });
    config.into_builder().credentials_provider(telling).build()
}
