//! Policies and roles.

use statewright_iam::{quota, size};
use statewright_spec::Arn;

use super::{LivePolicy, LiveRole, World, conflict, exists, missing, refusal};
use crate::{
    Refusal, RefusalKind,
    operation::{policy::PolicyOperation, role::RoleOperation},
};

impl World {
    pub(super) fn policy(&mut self, operation: &PolicyOperation) -> Result<(), Refusal> {
        let call = operation.calls()[0];
        if let PolicyOperation::Create { name, policy, tags } = operation {
            if self.policies.keys().any(|there| there.eq_ignore_ascii_case(name)) {
                return Err(exists(call, name));
            }
            if size(&policy.document) > quota::MANAGED {
                return Err(refusal(RefusalKind::Limit, call, "LimitExceeded", "the document is too large"));
            }
            let address = statewright_spec::Address::new(statewright_spec::Kind::Policy, name.as_str());
            let live = LivePolicy {
                arn: self.identity.arn(&address, &policy.path),
                path: policy.path.clone(),
                description: policy.description.clone(),
                versions: vec![(1, policy.document.clone())],
                default: 1,
                next: 2,
                tags: tags.clone(),
            };
            self.policies.insert(name.clone(), live);
            return Ok(());
        }
        let (PolicyOperation::CreateVersion { arn, .. }
        | PolicyOperation::DeleteVersion { arn, .. }
        | PolicyOperation::Tag { arn, .. }
        | PolicyOperation::Untag { arn, .. }
        | PolicyOperation::Delete { arn }) = operation
        else {
            return Ok(());
        };
        let held = self.holders(arn);
        let there = self.policies.get_mut(arn.name()).filter(|p| p.arn == *arn);
        let policy = there.ok_or_else(|| missing(call, arn.as_str()))?;
        match operation {
            PolicyOperation::Create { .. } => {}
            PolicyOperation::CreateVersion { document, .. } => {
                if policy.versions.len() >= quota::VERSIONS {
                    return Err(refusal(RefusalKind::Limit, call, "LimitExceeded", "a sixth version"));
                }
                if size(document) > quota::MANAGED {
                    return Err(refusal(RefusalKind::Limit, call, "LimitExceeded", "the document is too large"));
                }
                policy.versions.push((policy.next, document.clone()));
                policy.default = policy.next;
                policy.next += 1;
            }
            PolicyOperation::DeleteVersion { version, .. } => {
                let number = version.trim_start_matches('v').parse::<u32>().unwrap_or_default();
                if number == policy.default {
                    return Err(conflict(call, "the default version"));
                }
                let at = policy.versions.iter().position(|(n, _)| *n == number);
                policy.versions.remove(at.ok_or_else(|| missing(call, version))?);
            }
            PolicyOperation::Tag { tags, .. } => policy.tags.extend(tags.clone()),
            PolicyOperation::Untag { keys, .. } => policy.tags.retain(|key, _| !keys.contains(key)),
            PolicyOperation::Delete { .. } => {
                if policy.versions.len() > 1 {
                    return Err(conflict(call, "it has more than one version"));
                }
                if held {
                    return Err(conflict(call, "it is attached or a boundary"));
                }
                self.policies.remove(arn.name());
            }
        }
        Ok(())
    }

    fn holders(&self, policy: &Arn) -> bool {
        let by_role = self.roles.values().any(|live| {
            live.role.attachments.contains(policy) || live.role.permissions_boundary.as_ref() == Some(policy)
        });
        by_role || self.other_holders.iter().any(|(name, _)| name == policy.name())
    }

    fn policy_exists(&self, arn: &Arn) -> bool {
        arn.is_aws_managed_policy() || self.policies.get(arn.name()).is_some_and(|p| p.arn == *arn)
    }

    pub(super) fn role(&mut self, operation: &RoleOperation) -> Result<(), Refusal> {
        let call = operation.calls()[0];
        let name = operation.name();
        if let RoleOperation::Create { role, tags, .. } = operation {
            if self.roles.keys().any(|there| there.eq_ignore_ascii_case(name)) {
                return Err(exists(call, name));
            }
            if role.permissions_boundary.as_ref().is_some_and(|boundary| !self.policy_exists(boundary)) {
                return Err(missing(call, "the boundary"));
            }
            let address = statewright_spec::Address::new(statewright_spec::Kind::Role, name);
            let mut role = (**role).clone();
            // They are calls of their own.
            role.attachments.clear();
            role.inline.clear();
            let arn = self.identity.arn(&address, &role.path);
            let live = LiveRole { arn, role, id: format!("AROA{}", self.counter), tags: tags.clone() };
            self.roles.insert(name.to_owned(), live);
            return Ok(());
        }
        let known = match operation {
            RoleOperation::Attach { policy, .. } | RoleOperation::PutBoundary { boundary: policy, .. } => {
                self.policy_exists(policy)
            }
            _ => true,
        };
        let in_profile = self.instance_profiles.iter().any(|(_, role)| role == name);
        let live = self.roles.get_mut(name).ok_or_else(|| missing(call, name))?;
        if !known {
            return Err(missing(call, "the policy"));
        }
        let role = &mut live.role;
        match operation {
            RoleOperation::Create { .. } => {}
            RoleOperation::UpdateTrust { document, .. } => {
                if size(document) > quota::TRUST {
                    return Err(refusal(RefusalKind::Limit, call, "LimitExceeded", "the trust is too large"));
                }
                role.trust = document.clone();
            }
            RoleOperation::UpdateSettings { description, max_session_seconds, .. } => {
                role.description.clone_from(description);
                role.max_session_seconds = *max_session_seconds;
            }
            RoleOperation::PutBoundary { boundary, .. } => role.permissions_boundary = Some(boundary.clone()),
            RoleOperation::DeleteBoundary { .. } => {
                role.permissions_boundary.take().ok_or_else(|| missing(call, "no boundary"))?;
            }
            RoleOperation::Attach { policy, .. } => {
                if !role.attachments.contains(policy) && role.attachments.len() >= quota::ATTACHMENTS {
                    return Err(refusal(RefusalKind::Limit, call, "LimitExceeded", "an eleventh policy"));
                }
                role.attachments.insert(policy.clone());
            }
            RoleOperation::Detach { policy, .. } => {
                role.attachments.take(policy).ok_or_else(|| missing(call, policy.as_str()))?;
            }
            RoleOperation::PutInline { policy, document, .. } => {
                let others = role.inline.iter().filter(|(name, _)| *name != policy).map(|(_, d)| size(d));
                if others.sum::<usize>() + size(document) > quota::INLINE_TOTAL {
                    return Err(refusal(RefusalKind::Limit, call, "LimitExceeded", "inline policies are too large"));
                }
                role.inline.insert(policy.clone(), document.clone());
            }
            RoleOperation::DeleteInline { policy, .. } => {
                role.inline.remove(policy).ok_or_else(|| missing(call, policy))?;
            }
            RoleOperation::Tag { tags, .. } => live.tags.extend(tags.clone()),
            RoleOperation::Untag { keys, .. } => live.tags.retain(|key, _| !keys.contains(key)),
            RoleOperation::Delete { .. } => {
                if !role.attachments.is_empty() || !role.inline.is_empty() || in_profile {
                    return Err(conflict(call, "something still hangs on it"));
                }
                self.roles.remove(name);
            }
        }
        Ok(())
    }
}
