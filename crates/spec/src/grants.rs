//! `grants: derived` — the least policy for what the machines of a role need and nothing else of the role grants.

use std::collections::BTreeMap;

use statewright_iam::{
    Document,
    derive::{POLICY_NAME, Wanted, derive},
    permissions::{self, Verdict, table},
    quota, size,
};
use statewright_source::{Diagnostic, Severity};

use crate::{Address, Arn, Declared, Identity, MachineNeeds, Resource, codes, kind::role::Role};

/// Gives every role that asks for it its policy. What is wrong with that is among the findings.
pub(crate) fn derived(resources: &mut BTreeMap<Address, Declared>, identity: &Identity) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut policies = Vec::new();
    for (address, declared) in resources.iter() {
        let Resource::Role(role) = &declared.resource else { continue };
        let Some(asks) = declared.body.entry("grants").filter(|e| e.value.as_str() == Some("derived")) else {
            continue;
        };
        if role.inline.contains_key(POLICY_NAME) {
            let place = declared.body.pointer(&format!("/inline/{POLICY_NAME}")).map_or(declared.span, |n| n.span);
            let title = format!("{address} has an inline policy `{POLICY_NAME}`, which `grants: derived` writes");
            let error = Diagnostic::error(codes::GRANTS, title).at(place, "would be overwritten");
            found.push(error.related(asks.value.span, "asked for here").help("give it another name, or take it out"));
            continue;
        }
        let wanted = needs(&declared.arn, resources, identity);
        if wanted.is_empty() {
            let title = format!(
                "nothing is derived for {address}: no state machine of this spec assumes it and needs anything"
            );
            let warning =
                Diagnostic::new(codes::GRANTS, Severity::Warning, title).at(asks.value.span, "asked for here");
            found.push(warning.help("leave `grants` out"));
            continue;
        }
        let Some(policy) = derive(&open(wanted, role, &declared.arn, resources)) else { continue };
        let total: usize = role.inline.values().chain([&policy]).map(size).sum();
        if total > quota::INLINE_TOTAL {
            let most = quota::INLINE_TOTAL;
            let title = format!(
                "the inline policies of {address} have {total} characters with what is derived; IAM takes {most}"
            );
            let error = Diagnostic::error(statewright_iam::codes::SIZE, title).at(asks.value.span, "asked for here");
            found.push(error.help("grant some of it with `policies`: what they grant is not derived"));
        }
        policies.push((address.clone(), policy));
    }
    for (address, policy) in policies {
        if let Some(Resource::Role(role)) = resources.get_mut(&address).map(|declared| &mut declared.resource) {
            role.inline.insert(POLICY_NAME.to_owned(), policy);
        }
    }
    found
}

/// What the machines need that assume a role.
fn needs(arn: &Arn, resources: &BTreeMap<Address, Declared>, identity: &Identity) -> Vec<Wanted> {
    let machines = resources.iter().filter_map(|(address, declared)| match &declared.resource {
        Resource::StateMachine(machine) if machine.role == *arn => {
            Some(MachineNeeds::of_machine(&address.name, machine, declared, identity))
        }
        _ => None,
    });
    machines.flat_map(|needs| needs.needed).map(|needed| (needed.who, needed.need)).collect()
}

/// What the role's own policies do not grant, as far as the spec declares them: what is certain alone counts.
fn open(wanted: Vec<Wanted>, role: &Role, arn: &Arn, resources: &BTreeMap<Address, Declared>) -> Vec<Wanted> {
    let declared = |arn: &Arn| {
        resources.values().find(|d| d.arn == *arn).and_then(|d| match &d.resource {
            Resource::Policy(policy) => Document::of(&policy.document),
            _ => None,
        })
    };
    let inline = role.inline.iter().filter_map(|(name, value)| Some((name.clone(), Document::of(value)?)));
    let attached = role.attachments.iter().filter_map(|arn| Some((arn.name().to_owned(), declared(arn)?)));
    let granting =
        permissions::Role { arn: arn.to_string(), policies: Some(inline.chain(attached).collect()), boundary: None };
    let mut rows = table(&wanted, &granting).rows.into_iter();
    let mut out = Vec::new();
    for (who, mut need) in wanted {
        let (actions, resources) = (std::mem::take(&mut need.actions), need.resources.len());
        for action in actions {
            // One row an action and a resource, in the order of the needs.
            let granted =
                rows.by_ref().take(resources).filter(|r| matches!(r.verdict, Verdict::Granted { .. })).count();
            if granted < resources {
                need.actions.push(action);
            }
        }
        if !need.actions.is_empty() {
            out.push((who, need));
        }
    }
    out
}
