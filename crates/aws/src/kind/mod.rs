//! One file a kind: how it is read, how it is written, and how AWS's shape becomes ours.

pub(crate) mod function;
pub(crate) mod job;
pub(crate) mod log_group;
pub(crate) mod policy;
pub(crate) mod role;
pub(crate) mod state_machine;

use statewright_planner::{Observed, Present, Refusal, RefusalKind};
use statewright_spec::{Address, Arn, Kind};

use crate::{
    Connection, refusal,
    search::{Tagged, address_of},
};

/// How often a resource is read of which one call shows more than another.
const TORN: usize = 5;

/// What a read of one resource may need beside its name.
#[derive(Clone, Copy, Default)]
pub(crate) struct Hints<'a> {
    /// For a job whose script the spec holds.
    pub(crate) script: Option<&'a job::Upload>,
    /// For a policy that is not at its ARN: look for its name under another path or in another case.
    pub(crate) names: Option<&'a policy::Names>,
    /// For a machine, whose tags may be found beside others'.
    pub(crate) tagged: Option<&'a Tagged<'a>>,
}

impl Connection {
    /// Reads one resource whole; again where one call shows it and another does not, for it was made or deleted just now.
    pub(crate) async fn observe_one(&self, address: &Address, arn: &Arn, hints: Hints<'_>) -> Observed {
        let mut pause = self.pause;
        for _ in 1..TORN {
            match self.observe_once(address, arn, hints).await {
                Observed::Unreadable(refusal) if refusal.kind == RefusalKind::NotFound => {
                    tracing::debug!(%address, %refusal, "a read of parts that do not fit");
                }
                observed => return observed,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.observe_once(address, arn, hints).await
    }

    async fn observe_once(&self, address: &Address, arn: &Arn, hints: Hints<'_>) -> Observed {
        let name = &address.name;
        let read = match address.kind {
            Kind::Policy => policy::read(self, name, arn, hints.names).await,
            Kind::Role => role::read(self, name).await,
            Kind::LogGroup => log_group::read(self, name, arn).await,
            Kind::Function => function::read(self, name).await,
            Kind::Job => job::read(self, name, arn, hints.script).await,
            Kind::StateMachine => state_machine::read(self, address, arn, hints.tagged).await,
        };
        match read {
            Ok(Some(present)) => Observed::Present(Box::new(present)),
            Ok(None) => Observed::Absent,
            Err(refusal) => Observed::Unreadable(refusal),
        }
    }

    /// An ARN from an answer, which must be that of what was asked for, in this account and region.
    pub(crate) fn own_arn(&self, call: &str, kind: Kind, name: &str, text: &str) -> Result<Arn, Refusal> {
        let arn = Arn::parse(text).ok_or_else(|| refusal::malformed(call, format!("`{text}` is not an ARN")))?;
        let other =
            |what: String| Err(refusal::malformed(call, format!("`{text}` is of another {what}, which was asked")));
        let (account, region) = (self.identity.account.as_str(), self.identity.region.as_str());
        if arn.account() != account {
            return other(format!("account than {account}"));
        }
        if ![region, ""].contains(&arn.region()) {
            return other(format!("region than {region}"));
        }
        // IAM's names are one whatever their case, and the answer has them as they were made.
        let same = |found: &str| match kind {
            Kind::Role | Kind::Policy => found.eq_ignore_ascii_case(name),
            Kind::LogGroup | Kind::Function | Kind::Job | Kind::StateMachine => found == name,
        };
        match address_of(&arn) {
            Some(found) if found.kind == kind && same(&found.name) => Ok(arn),
            _ => other(format!("resource than {}", Address::new(kind, name))),
        }
    }
}

/// What a read makes of a resource that is not there.
pub(crate) fn unless_missing<T>(answer: Result<T, Refusal>) -> Result<Option<T>, Refusal> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(refusal) if refusal.kind == RefusalKind::NotFound => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// What a delete makes of it: done.
pub(crate) fn gone(answer: Result<(), Refusal>) -> Result<(), Refusal> {
    unless_missing(answer).map(|_| ())
}

/// A number that the SDK gives with a sign.
pub(crate) fn unsigned(call: &str, what: &str, number: i32) -> Result<u32, Refusal> {
    u32::try_from(number).map_err(|_| refusal::malformed(call, format!("{what} is {number}")))
}

/// A number that the SDK takes with a sign; AWS's limits are far below.
pub(crate) fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A field without which an answer makes no sense.
pub(crate) fn required<T>(call: &str, what: &str, field: Option<T>) -> Result<T, Refusal> {
    field.ok_or_else(|| refusal::malformed(call, format!("the answer holds no {what}")))
}

/// A request that the SDK's own builder refuses for want of a field. It is complete by construction, so this is our fault.
#[allow(clippy::needless_pass_by_value)]
pub(crate) fn built<T>(
    call: &str,
    built: Result<T, aws_smithy_types::error::operation::BuildError>,
) -> Result<T, Refusal> {
    built.map_err(|e| refusal::own(RefusalKind::Invalid, call, e.to_string()))
}

type Read = Result<Option<Present>, Refusal>;
