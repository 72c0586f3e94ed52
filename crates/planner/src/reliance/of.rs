//! Which call relies on what, by what AWS says that it does not see.

use statewright_iam::needs::{Certainty, Conditions, Need};
use statewright_spec::{Address, Arn, Identity, Kind, MachineNeeds, Needed, Part};

use super::{On, Reliance};
use crate::{
    Operation, Refusal, RefusalKind, Unseen,
    operation::{
        function::FunctionOperation, policy::PolicyOperation, role::RoleOperation, state_machine::StateMachineOperation,
    },
};

impl Reliance {
    /// What a refused call relies on; `None` where the refusal has nothing to do with IAM, or names nothing that could be
    /// asked about.
    pub fn of(call: &Operation, refusal: &Refusal, identity: &Identity) -> Option<Self> {
        let RefusalKind::Propagating(unseen) = refusal.kind else { return None };
        let on = match unseen {
            Unseen::Trust => call.passes().map(|(role, service)| On::Trust { role: role.clone(), service })?,
            Unseen::Key => call.passes().map(|(role, _)| On::Key { role: role.clone() })?,
            Unseen::Rights => rights(call, &refusal.message, identity)?,
            Unseen::Entity => On::Entities(entities(call, identity)),
            Unseen::Principal => On::Principals(vec![principal(&refusal.message)?]),
        };
        Some(Self { identity: identity.clone(), on })
    }
}

fn rights(call: &Operation, message: &str, identity: &Identity) -> Option<On> {
    let (role, _) = call.passes()?;
    let (user, needs) = match call {
        Operation::StateMachine(StateMachineOperation::Create { name, machine, .. }) => {
            (Address::new(Kind::StateMachine, name.as_str()), of_machine(name, machine, identity))
        }
        Operation::StateMachine(StateMachineOperation::Update { arn, machine }) => {
            (Address::new(Kind::StateMachine, arn.name()), of_machine(arn.name(), machine, identity))
        }
        Operation::Function(
            FunctionOperation::Create { name, function, .. }
            | FunctionOperation::UpdateConfiguration { name, function },
        ) => {
            let needs = of_function(message, function.dead_letter.as_ref())?;
            (Address::new(Kind::Function, name.as_str()), needs)
        }
        _ => return None,
    };
    Some(On::Rights { role: role.clone(), user, needs: Box::new(needs) })
}

/// What Step Functions looks for when a machine is made: log delivery, and the rules that it manages.
fn of_machine(
    name: &str,
    machine: &statewright_spec::kind::state_machine::StateMachine,
    identity: &Identity,
) -> MachineNeeds {
    let mut needs = MachineNeeds::of_live(name, machine, identity);
    needs.needed.retain(|needed| needed.part == Part::Logging || needed.need.managed_rule);
    needs
}

/// What Lambda says that it looked for: `… does not have permissions to call CreateNetworkInterface on EC2`.
fn of_function(message: &str, dead_letter: Option<&Arn>) -> Option<MachineNeeds> {
    let (_, said) = message.split_once("permissions to call ")?;
    let mut words = said.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let (action, on, service) = (words.next()?, words.next()?, words.next()?);
    if on != "on" {
        return None;
    }
    let service = match service.to_ascii_lowercase().as_str() {
        "efs" => "elasticfilesystem".to_owned(),
        other => other.to_owned(),
    };
    let resource = dead_letter.filter(|arn| arn.service() == service).map_or("*", Arn::as_str);
    let need = Need {
        actions: vec![format!("{service}:{action}")],
        resources: vec![resource.to_owned()],
        also: Vec::new(),
        conditions: Conditions::new(),
        wide: Vec::new(),
        certainty: Certainty::Certain,
        managed_rule: false,
        verified: true,
        sources: Vec::new(),
    };
    let needed = Needed { who: "Lambda".to_owned(), part: Part::State, span: None, need };
    Some(MachineNeeds { needed: vec![needed], ..MachineNeeds::default() })
}

/// What a call of IAM adds to, and what it adds.
fn entities(call: &Operation, identity: &Identity) -> Vec<Arn> {
    // IAM finds a role by its name, whatever its path.
    let role = |name: &str| identity.arn(&Address::new(Kind::Role, name), "/");
    match call {
        Operation::Role(operation) => match operation {
            RoleOperation::Attach { name, policy } | RoleOperation::PutBoundary { name, boundary: policy } => {
                vec![role(name), policy.clone()]
            }
            RoleOperation::Create { role, .. } => role.permissions_boundary.iter().cloned().collect(),
            _ => vec![role(operation.name())],
        },
        Operation::Policy(operation) => match operation {
            PolicyOperation::Create { .. } => Vec::new(),
            PolicyOperation::CreateVersion { arn, .. }
            | PolicyOperation::DeleteVersion { arn, .. }
            | PolicyOperation::Tag { arn, .. }
            | PolicyOperation::Untag { arn, .. }
            | PolicyOperation::Delete { arn } => vec![arn.clone()],
        },
        Operation::LogGroup(_)
        | Operation::Function(_)
        | Operation::Job(_)
        | Operation::StateMachine(_)
        | Operation::Wait(_) => Vec::new(),
    }
}

/// `Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/new"`: the last quoted text.
fn principal(message: &str) -> Option<String> {
    let (_, said) = message.split_once(':')?;
    let last = said.split('"').rfind(|part| !part.trim_matches([' ', ':', '.', ',']).is_empty())?;
    Some(last.to_owned())
}
