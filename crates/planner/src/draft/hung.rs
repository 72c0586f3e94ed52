//! Which policies hang on which roles, also while a policy is replaced: its own step takes it off them and hangs it on
//! them again, so that the gap is as short as it can be.

use statewright_spec::{Address, Arn, Resource, kind::role::Role};

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

    /// Whether the step that replaces a policy hangs it on the role again.
    pub(super) fn hangs_again(&self, role: &Address, policy: &Arn) -> bool {
        match self.standing.get(role) {
            Some(Standing::Kept { declared, .. }) => {
                matches!(&declared.resource, Resource::Role(wanted) if wanted.attachments.contains(policy))
            }
            // Left out of this plan: it keeps what it holds.
            None => true,
            Some(Standing::New { .. } | Standing::Replaced { .. } | Standing::Leaving { .. } | Standing::Blocked) => {
                false
            }
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
}
