//! What a call relies on in IAM, and whether AWS will come to see it.
//!
//! AWS says the same of a role that was made a second ago and of one that will never do, so the words alone decide nothing:
//! IAM is asked. Does the role exist, does its trust name the service, does it grant what the service looks for, how old is
//! it; and what this apply wrote itself outranks what IAM shows, for its reads lag too. A peer that only waits hangs on what
//! cannot pass (terraform-provider-aws#47447) or gives up on what can (terraform-provider-aws#7893, #14008).

mod of;
mod prospect;
#[cfg(test)]
mod tests;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use statewright_spec::{Address, Arn, Desired, Identity, Kind, MachineNeeds};

use crate::{Answer, Live, Operation, Question, Search, permissions::Grants};

/// What a refused call relies on in IAM.
#[derive(Debug, Clone)]
pub struct Reliance {
    identity: Identity,
    on: On,
}

#[derive(Debug, Clone)]
enum On {
    /// A service assumes a role.
    Trust { role: Arn, service: &'static str },
    /// A role allows what its service looks for at once.
    Rights { role: Arn, user: Address, needs: Box<MachineNeeds> },
    /// A role uses a key.
    Key { role: Arn },
    /// Roles and policies are there.
    Entities(Vec<Arn>),
    /// Principals that a trust names are there: ARNs, ids, services.
    Principals(Vec<String>),
}

/// A call that this apply made.
#[derive(Debug, Clone)]
pub struct Written {
    /// The call.
    pub operation: Operation,
    /// How many seconds ago.
    pub seconds: u64,
    /// IAM's own reads lag behind it no longer: what they show is what is there.
    pub is_shown: bool,
}

/// What IAM says of a reliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prospect {
    /// AWS will see it; why, in words.
    Passing(String),
    /// IAM has all of it, and has had it for long: what AWS says has another cause, or none that lasts; in words.
    Doubtful(String),
    /// AWS never will.
    Never {
        /// What is missing.
        why: String,
        /// What to do.
        help: String,
    },
}

impl Reliance {
    /// What it is about: `states.amazonaws.com to be able to assume the role Nightly`.
    pub fn subject(&self) -> String {
        match &self.on {
            On::Trust { role, service } => format!("{service} to be able to assume {}", named(role)),
            On::Rights { role, .. } => format!("the rights of {} to be seen", named(role)),
            On::Key { role } => format!("{} to be known to the key", named(role)),
            On::Entities(entities) => format!("IAM to see {}", listed(entities.iter().map(named))),
            On::Principals(principals) => format!("IAM to see the principal {}", listed(principals.iter().cloned())),
        }
    }

    /// What IAM has to be asked before [`Reliance::prospect`] can tell; answers may lead to further questions, so ask until
    /// there are none.
    pub fn questions(&self, answers: &BTreeMap<Question, Answer>, written: &[Written]) -> BTreeSet<Question> {
        let role = |arn: &Arn| [Question::RoleGrants(arn.clone()), Question::RoleAge(arn.clone())];
        let mut asked: BTreeSet<Question> = match &self.on {
            On::Trust { role: arn, .. } | On::Rights { role: arn, .. } | On::Key { role: arn } => role(arn).into(),
            On::Entities(entities) => entities.iter().filter_map(Self::entity).collect(),
            On::Principals(principals) => {
                principals.iter().filter_map(|text| self.own_role(text)).flat_map(|arn| role(&arn)).collect()
            }
        };
        asked.retain(|question| !answers.contains_key(question));
        if let (On::Rights { role, .. }, true) = (&self.on, asked.is_empty()) {
            asked.extend(self.grants(role, &self.overlaid(answers, written)).questions().cloned());
        }
        asked
    }

    fn entity(arn: &Arn) -> Option<Question> {
        match Self::kind(arn)? {
            // By its name alone: what adds to a role does not know its path.
            Kind::Role => Some(Question::RoleAge(arn.clone())),
            _ => Some(Question::PolicyDocument(arn.clone())),
        }
    }

    /// Whether an ARN of IAM is a role's or a policy's.
    fn kind(arn: &Arn) -> Option<Kind> {
        match arn.resource().split_once('/')?.0 {
            "role" => Some(Kind::Role),
            "policy" => Some(Kind::Policy),
            _ => None,
        }
    }

    /// A principal that is a role of this account.
    fn own_role(&self, principal: &str) -> Option<Arn> {
        let arn = Arn::parse(principal)?;
        let own = arn.account() == self.identity.account.as_str() && Self::kind(&arn) == Some(Kind::Role);
        own.then_some(arn)
    }

    /// What a role grants, by what IAM said and what was written.
    fn grants(&self, role: &Arn, live: &Live) -> Grants {
        Grants::of(role, &Desired::nothing(&self.identity), Some(live))
    }

    fn overlaid(&self, answers: &BTreeMap<Question, Answer>, written: &[Written]) -> Live {
        Live {
            identity: self.identity.clone(),
            observed: BTreeMap::new(),
            lookups: BTreeMap::new(),
            answers: written::overlaid(&self.identity, answers, written),
            search: Search::default(),
        }
    }
}

/// `the role Nightly`
fn named(arn: &Arn) -> String {
    let kind = arn.resource().split_once('/').map_or("", |(kind, _)| kind);
    format!("the {kind} {}", arn.name())
}

/// `a, b and c`
fn listed(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
