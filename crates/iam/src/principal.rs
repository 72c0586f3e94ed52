//! Who is meant: the values of `Principal` and `NotPrincipal`.

use std::fmt;

/// One principal, as IAM understands it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// `"*"` and `{"AWS": "*"}`: everyone.
    Everyone,
    /// An account: its id, or `arn:…:iam::ID:root`, which are one.
    Account(String),
    /// Any other ARN of a user, a role or a session, and the unique id (`AROA…`, `AIDA…`) into which IAM turns a
    /// principal that was deleted.
    Aws(String),
    /// A service: `states.amazonaws.com`.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// An S3 canonical user.
    CanonicalUser(String),
    /// A kind that IAM does not know.
    Other {
        /// Its key.
        kind: String,
        /// Its value.
        value: String,
    },
}

/// The keys of a `Principal` map.
pub(crate) const KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

impl Principal {
    /// Reads a value that stands under `kind` (`AWS`, `Service`, …). A bare string stands under `AWS`.
    pub fn new(kind: &str, value: &str) -> Self {
        match kind {
            "AWS" if value == "*" => Self::Everyone,
            "AWS" => match account_of(value) {
                Some(account) => Self::Account(account.to_owned()),
                None => Self::Aws(value.to_owned()),
            },
            "Service" => Self::Service(value.to_owned()),
            "Federated" => Self::Federated(value.to_owned()),
            "CanonicalUser" => Self::CanonicalUser(value.to_owned()),
            _ => Self::Other { kind: kind.to_owned(), value: value.to_owned() },
        }
    }

    /// The key under which it stands.
    pub fn kind(&self) -> &str {
        match self {
            Self::Everyone | Self::Account(_) | Self::Aws(_) => "AWS",
            Self::Service(_) => "Service",
            Self::Federated(_) => "Federated",
            Self::CanonicalUser(_) => "CanonicalUser",
            Self::Other { kind, .. } => kind,
        }
    }

    /// The value, in the form that two equal principals share.
    pub fn value(&self) -> &str {
        match self {
            Self::Everyone => "*",
            Self::Account(value)
            | Self::Aws(value)
            | Self::Service(value)
            | Self::Federated(value)
            | Self::CanonicalUser(value)
            | Self::Other { value, .. } => value,
        }
    }

    /// Whether IAM put a unique id where a principal was deleted: the trust is dangling.
    pub fn is_dangling(&self) -> bool {
        matches!(self, Self::Aws(id) if is_unique_id(id))
    }

    /// Whether everybody whom `other` names is named by this one. An account names all its users and roles.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Everyone, _) => true,
            (Self::Account(account), Self::Aws(arn)) => arn.split(':').nth(4) == Some(account),
            (Self::Service(a), Self::Service(b)) => a.eq_ignore_ascii_case(b),
            _ => self == other,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone (*)"),
            Self::Account(account) => write!(f, "account {account}"),
            _ => f.write_str(self.value()),
        }
    }
}

/// The account of `123456789012` and of `arn:aws:iam::123456789012:root`.
fn account_of(value: &str) -> Option<&str> {
    let is_id = |s: &str| s.len() == 12 && s.bytes().all(|b| b.is_ascii_digit());
    if is_id(value) {
        return Some(value);
    }
    let (head, account) = value.strip_suffix(":root")?.rsplit_once("::")?;
    (is_id(account) && head.starts_with("arn:") && head.ends_with(":iam")).then_some(account)
}

/// `AIDA…` (user), `AROA…` (role), `AGPA…`, `ASIA…`: 16 to 128 letters and digits.
pub(crate) fn is_unique_id(value: &str) -> bool {
    ["AIDA", "AROA", "AGPA", "AIPA", "ANPA", "ANVA", "ASIA"].iter().any(|p| value.starts_with(p))
        && value.len() >= 16
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
