//! Where a plan works: partition, account, region.

use crate::{Address, Arn, Kind};

/// Stands in a text for an account that is not known offline (Unicode private use: no AWS name or document may hold it).
pub const UNKNOWN_ACCOUNT: char = '\u{E000}';
/// Stands in a text for a region that is not known offline.
pub const UNKNOWN_REGION: char = '\u{E001}';
/// Stands in a text for a partition that is not known offline.
pub const UNKNOWN_PARTITION: char = '\u{E002}';

macro_rules! part {
    ($(#[$doc:meta])* $name:ident, $unknown:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A part that is known.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The wildcard that stands for it offline.
            pub fn unknown() -> Self {
                Self($unknown.to_string())
            }

            /// The text, or the wildcard.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it is known.
            pub fn is_known(&self) -> bool {
                self.0 != $unknown.to_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

part!(
    /// Twelve digits.
    AccountId,
    UNKNOWN_ACCOUNT
);
part!(
    /// `us-east-1`.
    Region,
    UNKNOWN_REGION
);
part!(
    /// `aws`, `aws-cn`, `aws-us-gov`.
    Partition,
    UNKNOWN_PARTITION
);

/// The account, region and partition in which names become ARNs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The partition.
    pub partition: Partition,
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl Identity {
    /// Offline: nothing is known.
    pub fn unknown() -> Self {
        Self { partition: Partition::unknown(), account: AccountId::unknown(), region: Region::unknown() }
    }

    /// The ARN that AWS gives to `address`; `path` is IAM's (`/` or `/team/`), and is ignored by the other kinds.
    /// A log group's has no `:*`.
    pub fn arn(&self, address: &Address, path: &str) -> Arn {
        let Self { partition, account, region } = self;
        let name = &address.name;
        let text = match address.kind {
            Kind::Policy => format!("arn:{partition}:iam::{account}:policy{path}{name}"),
            Kind::Role => format!("arn:{partition}:iam::{account}:role{path}{name}"),
            Kind::LogGroup => format!("arn:{partition}:logs:{region}:{account}:log-group:{name}"),
            Kind::Function => format!("arn:{partition}:lambda:{region}:{account}:function:{name}"),
            Kind::Job => format!("arn:{partition}:glue:{region}:{account}:job/{name}"),
            Kind::StateMachine => format!("arn:{partition}:states:{region}:{account}:stateMachine:{name}"),
        };
        Arn::parse(&text).unwrap_or_else(|| unreachable!("every part of {text} is non-empty"))
    }
}
