//! What a Task's `Resource` says.

use std::fmt;

/// A Task's `Resource`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource<'a> {
    /// A Lambda function's ARN: the old way to call one.
    Lambda(LambdaArn<'a>),
    /// An activity's ARN.
    Activity {
        /// The whole ARN.
        arn: &'a str,
    },
    /// `arn:aws:states:::service:api[.pattern]`: an optimized integration.
    Optimized(Integration<'a>),
    /// `arn:aws:states:::aws-sdk:service:api[.pattern]`.
    AwsSdk(Integration<'a>),
    /// Anything else.
    Other(&'a str),
}

/// The parts of a Lambda function's ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LambdaArn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    /// The region; may be empty in samples.
    pub region: &'a str,
    /// The account; may be empty in samples.
    pub account: &'a str,
    /// The function's name.
    pub name: &'a str,
    /// An alias, a version or `$LATEST`.
    pub qualifier: Option<&'a str>,
}

/// A service, what is called there, and how it is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integration<'a> {
    /// The ARN's partition.
    pub partition: &'a str,
    /// `lambda`, `dynamodb`; for the SDK its service id (`s3`, `cloudwatchlogs`).
    pub service: &'a str,
    /// `invoke`, `getItem`, without the pattern.
    pub api: &'a str,
    /// How it is waited for.
    pub pattern: Pattern<'a>,
}

/// How a Task waits for what it has called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern<'a> {
    /// No suffix: the answer of the call is the result.
    RequestResponse,
    /// `.sync`: until the job has ended.
    Sync,
    /// `.sync:2`: the same, and the output is JSON.
    Sync2,
    /// `.waitForTaskToken`: until someone sends the token back.
    WaitForTaskToken,
    /// A suffix that does not exist.
    Unknown(&'a str),
}

impl<'a> Resource<'a> {
    /// Takes a `Resource` apart; never fails.
    pub fn of(text: &'a str) -> Self {
        let Some(arn) = Arn::of(text) else { return Self::Other(text) };
        match arn.service {
            "lambda" => LambdaArn::of(text).map_or(Self::Other(text), Self::Lambda),
            "states" if arn.rest.starts_with("activity:") => Self::Activity { arn: text },
            // Region and account are left out as a rule, and AWS takes them.
            "states" if !arn.rest.starts_with("stateMachine:") && !arn.rest.starts_with("execution:") => {
                let Some((service, api)) = arn.rest.split_once(':') else { return Self::Other(text) };
                let integration = |service, api: &'a str| {
                    let (api, pattern) = api.split_once('.').unwrap_or((api, ""));
                    Integration { partition: arn.partition, service, api, pattern: Pattern::of(pattern) }
                };
                if service == "aws-sdk" {
                    let Some((service, api)) = api.split_once(':') else { return Self::Other(text) };
                    Self::AwsSdk(integration(service, api))
                } else {
                    Self::Optimized(integration(service, api))
                }
            }
            _ => Self::Other(text),
        }
    }

    /// The integration, of either kind.
    pub fn integration(&self) -> Option<Integration<'a>> {
        match self {
            Self::Optimized(i) | Self::AwsSdk(i) => Some(*i),
            _ => None,
        }
    }
}

/// An ARN's first five parts and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) rest: &'a str,
}

impl<'a> Arn<'a> {
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            rest: parts.next()?,
        })
    }
}

impl<'a> LambdaArn<'a> {
    /// The parts of `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`.
    pub fn of(text: &'a str) -> Option<Self> {
        let arn = Arn::of(text)?;
        let name = arn.rest.strip_prefix("function:")?;
        if arn.service != "lambda" {
            return None;
        }
        let (name, qualifier) = name.split_once(':').map_or((name, None), |(name, q)| (name, Some(q)));
        Some(Self { partition: arn.partition, region: arn.region, account: arn.account, name, qualifier })
    }
}

impl<'a> Pattern<'a> {
    fn of(suffix: &'a str) -> Self {
        match suffix {
            "" => Self::RequestResponse,
            "sync" => Self::Sync,
            "sync:2" => Self::Sync2,
            "waitForTaskToken" => Self::WaitForTaskToken,
            other => Self::Unknown(other),
        }
    }
}

impl fmt::Display for Pattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RequestResponse => Ok(()),
            Self::Sync => f.write_str(".sync"),
            Self::Sync2 => f.write_str(".sync:2"),
            Self::WaitForTaskToken => f.write_str(".waitForTaskToken"),
            Self::Unknown(suffix) => write!(f, ".{suffix}"),
        }
    }
}

impl fmt::Display for Integration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}", self.service, self.api, self.pattern)
    }
}
