//! Amazon Resource Names.

use std::fmt;

/// An ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Holds what was written; its parts are read on demand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Arn(String);

impl Arn {
    /// Takes a text that has the six parts of an ARN.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", partition, service, _region, _account, resource]
                if ![partition, service, resource].iter().any(|p| p.is_empty()) =>
            {
                Some(Self(text.to_owned()))
            }
            _ => None,
        }
    }

    fn part(&self, index: usize) -> &str {
        self.0.split(':').nth(index).unwrap_or_default()
    }

    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// `iam`, `lambda`, `states`.
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// Empty for IAM.
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// Twelve digits, `aws` for AWS-managed policies, or empty.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// All that follows the account: `role/path/NAME`, `function:NAME`.
    pub fn resource(&self) -> &str {
        self.0.splitn(6, ':').nth(5).unwrap_or_default()
    }

    /// The last part of the resource: the NAME of `role/path/NAME` and of `stateMachine:NAME`.
    pub fn name(&self) -> &str {
        self.resource().rsplit(['/', ':']).next().unwrap_or_default()
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a policy that AWS itself keeps (`arn:*:iam::aws:policy/…`): never ours to change.
    pub fn is_aws_managed_policy(&self) -> bool {
        self.service() == "iam" && self.account() == "aws" && self.resource().starts_with("policy/")
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
