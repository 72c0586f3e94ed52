//! Which policies hang on which roles, also while a policy is replaced: its own step takes it off them and hangs it on
//! them again, so that the gap is as short as it can be.

use std::collections::BTreeSet;

use statewright_spec::{Address, Arn, Kind, Resource, kind::role::Role};

use crate::survey::{Standing, Survey};

impl<'a> Survey<'a> {
    /// Our roles that hold a policy, as they are.
    pub(crate) fn holders(&self, policy: &Arn) -> Vec<(&'a Address, &'a Role)> {
        self.ours()
            .filter_map(|(address, present)| match &present.resource {
                Resource::Role(role) if role.attachments.contains(policy) => Some((address, role)),
                _ => None,
            })
            .collect()
    }

    /// Our roles whose permissions boundary a policy is, as they are.
    pub(super) fn bound_by(&self, policy: &Arn) -> Vec<&'a Address> {
        self.ours()
            .filter_map(|(address, present)| match &present.resource {
                Resource::Role(role) if role.permissions_boundary.as_ref() == Some(policy) => Some(address),
                _ => None,
            })
            .collect()
    }

    /// Whether the step that replaces a policy hangs it on the role again.
    pub(super) fn hangs_again(&self, role: &Address, policy: &Arn) -> bool {
        match self.standing.get(role) {
            Some(Standing::Kept { declared, .. }) => {
                matches!(&declared.resource, Resource::Role(wanted) if wanted.attachments.contains(policy))
            }
            // Left out of this plan: it keeps what it holds.
            None => true,
            Some(
                Standing::New { .. }
                | Standing::Replaced { .. }
                | Standing::Leaving { .. }
                | Standing::Forgotten { .. }
                | Standing::Blocked,
            ) => false,
        }
    }

    /// A role as it stands once the policies that are replaced have been.
    pub(super) fn rehung(&self, address: &Address, role: &Role) -> Role {
        let mut role = role.clone();
        for standing in self.standing.values() {
            let Standing::Replaced { declared, present, .. } = standing else { continue };
            if matches!(declared.resource, Resource::Policy(_)) && role.attachments.remove(&present.arn) {
                role.attachments.extend(self.hangs_again(address, &declared.arn).then(|| declared.arn.clone()));
            }
        }
        role
    }

    /// What works with the grants of a role or a policy, as it is, and is left out of this plan.
    pub(super) fn left_out_users(&self, address: &Address) -> Vec<String> {
        let users = |of: &Address| {
            let of = of.clone();
            self.ours().filter(move |(user, present)| *user != &of && self.uses(&present.resource).contains(&of))
        };
        let roles: Vec<&Address> = match address.kind {
            Kind::Policy => users(address).map(|(role, _)| role).collect(),
            _ => vec![address],
        };
        let all: BTreeSet<&Address> = roles.into_iter().flat_map(users).map(|(user, _)| user).collect();
        all.into_iter().filter(|user| !self.standing.contains_key(*user)).map(ToString::to_string).collect()
    }
}
