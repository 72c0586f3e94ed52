//! What a request carries beside action and resource.

use std::collections::BTreeMap;

use super::{Request, rule::session_of};
use crate::principal::Principal;

/// The values of condition keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
    unsaid: Unsaid,
}

/// What it means that a key is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsaid {
    /// The request has no such key.
    Absent,
    /// Nobody knows.
    Unknown,
}

/// What is known about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known<'a> {
    Values(&'a [String]),
    One(&'a str),
    Made(String),
    Absent,
    Unknown,
}

impl Context {
    /// Nothing is known.
    pub const fn unknown() -> Self {
        Self { values: BTreeMap::new(), unsaid: Unsaid::Unknown }
    }

    /// What is listed is all there is.
    pub const fn complete() -> Self {
        Self { values: BTreeMap::new(), unsaid: Unsaid::Absent }
    }

    /// Adds a key; case does not count.
    #[must_use]
    pub fn with(mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.values.insert(key.to_lowercase(), values.into_iter().map(Into::into).collect());
        self
    }
}

impl<'a> Request<'a> {
    /// What is known about a key, which is in lower case. A few follow from the request itself.
    pub(super) fn known(&self, key: &str) -> Known<'a> {
        if let Some(values) = self.context.values.get(key) {
            return Known::Values(values);
        }
        let arn = match self.principal {
            Principal::Aws(arn) => Some(arn.as_str()),
            _ => None,
        };
        let of_principal = |value: Option<&'a str>| value.map_or(Known::Absent, Known::One);
        match (key, self.principal) {
            // A session is known by the ARN of its role, which it does not tell where the role has a path.
            ("aws:principalarn", Principal::Aws(arn)) if arn.contains(":assumed-role/") => match session_of(arn) {
                Some(role) => Known::Made(role),
                None => self.unsaid(),
            },
            ("aws:principalarn", _) if arn.is_some() => of_principal(arn),
            ("aws:principaltype", Principal::Account(_)) => Known::One("Account"),
            ("aws:principaltype", Principal::Aws(arn)) if arn.contains(":user/") => Known::One("User"),
            ("aws:principaltype", Principal::Aws(arn)) if arn.contains("role/") => Known::One("AssumedRole"),
            ("aws:principalaccount", Principal::Account(account)) => Known::One(account),
            ("aws:principalaccount", Principal::Aws(arn)) => of_principal(account_of_arn(arn)),
            ("aws:username", Principal::Aws(arn)) => of_principal(user_name(arn)),
            ("aws:principalisawsservice", Principal::Service(_)) => Known::One("true"),
            ("aws:principalisawsservice", Principal::Aws(_)) => Known::One("false"),
            ("aws:resourceaccount", _) => match self.resource_account.or_else(|| account_of_arn(self.resource)) {
                Some(account) => Known::One(account),
                None => self.unsaid(),
            },
            _ => self.unsaid(),
        }
    }

    const fn unsaid(&self) -> Known<'a> {
        match self.context.unsaid {
            Unsaid::Absent => Known::Absent,
            Unsaid::Unknown => Known::Unknown,
        }
    }
}

/// The account in an ARN, if it is one.
pub(super) fn account_of_arn(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account)
}

/// The name of a user, which a role does not have.
fn user_name(arn: &str) -> Option<&str> {
    arn.split_once(":user/").map(|(_, path)| path.rsplit('/').next().unwrap_or(path))
}
