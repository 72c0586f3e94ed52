//! What each state needs of its machine's role, whether the role grants it, and what it grants beside.
//!
//! The role is taken as the spec wants it. A role or a policy that the spec only names is read from AWS where a machine
//! depends on it; what was not read stays unknown, and nothing is said of it but that.

mod assumes;
mod findings;
mod known;
mod role;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use statewright_iam::{
    derive::derive,
    needs::Need,
    permissions::{Granted, Row, Verdict, table},
};
use statewright_source::{Diagnostic, Span};
use statewright_spec::{Address, Arn, Desired, Kind, MachineNeeds, Part, Resource, kind::state_machine::StateMachine};

pub(crate) use self::findings::hide;
use self::known::{known_need, known_policy, known_text};
pub use self::role::{Grants, Origin, Source};
pub(crate) use self::{assumes::service_can_assume, findings::actions_on};
use crate::{Live, Plan, Question, custody::LeftAlone, notes::silenced};

/// The permission tables of a stack, role by role, and what is to be said of them.
#[derive(Debug, Clone, Default)]
pub struct Permissions {
    /// Every role that a machine assumes, in the order of their ARNs.
    pub roles: Vec<RolePermissions>,
    /// `IAM201` to `IAM205`, those left out that a resource allows.
    pub findings: Vec<Diagnostic>,
}

/// One role's table.
#[derive(Debug, Clone)]
pub struct RolePermissions {
    /// The role's ARN, which need not exist yet.
    pub arn: Arn,
    /// Its address, where the spec declares it.
    pub address: Option<Address>,
    /// The machines that assume it.
    pub machines: Vec<Address>,
    /// What is needed, in the order of the machines and their texts: one row an action and a resource.
    pub rows: Vec<MachineRow>,
    /// What is granted: each `Allow` statement that is known.
    pub statements: Vec<Granted>,
    /// What of the role was not read, in words.
    pub unread: Vec<String>,
    /// What no policy can give: the state, and a sentence.
    pub notes: Vec<(String, String)>,
    /// The least policy that grants all of it; `None` where nothing is needed.
    pub derived: Option<Value>,
}

/// A row, and which machine it is about.
#[derive(Debug, Clone)]
pub struct MachineRow {
    /// The machine.
    pub machine: Address,
    /// What part of it.
    pub part: Part,
    /// The need and the answer.
    pub row: Row,
    /// The place of the state, where the definition is in a file.
    span: Option<Span>,
}

/// The tables of a spec. Without `live`, offline, only what the spec itself declares is known.
pub fn permissions(desired: &Desired, live: Option<&Live>) -> Permissions {
    let left_alone = live.map(|live| LeftAlone::of(desired, live));
    let desired = left_alone.as_ref().map_or(desired, |left| &left.desired);
    let mut out = Permissions::default();
    let mut findings: Vec<(Vec<Address>, Diagnostic)> = Vec::new();
    for (arn, machines) in by_role(desired) {
        let grants = Grants::of(&arn, desired, live);
        let names: Vec<Address> = machines.iter().map(|(address, _)| (*address).clone()).collect();
        let needs = machines.iter().filter_map(|(address, machine)| {
            let declared = desired.resources.get(*address)?;
            Some(((*address).clone(), MachineNeeds::of_machine(&address.name, machine, declared, &desired.identity)))
        });
        let found = of_role(&grants, needs.collect());
        let mut role = RolePermissions { machines: names, ..found.role };
        findings::of_role(desired, &role, &grants, found.uncertain, &mut findings);
        role.conceal(&desired.secrets);
        out.roles.push(role);
    }
    findings::shared(&mut findings);
    findings::trust(desired, live, &mut findings);
    let told = findings.into_iter().filter(|(about, d)| !about.iter().any(|a| silenced(desired, a, d)));
    out.findings = told.map(|(_, diagnostic)| findings::concealed(diagnostic, &desired.secrets)).collect();
    out
}

impl Plan {
    /// The plan with the tables of its spec, and what is to be said of them. Where `live` lacks the answers to
    /// [`questions`], what depends on them is unknown.
    #[must_use]
    pub fn with_permissions(mut self, desired: &Desired, live: &Live) -> Self {
        let found = permissions(desired, Some(live));
        self.permissions = found.roles;
        self.findings.extend(found.findings);
        self.findings.sort_by_key(|d| d.severity);
        self
    }
}

/// What must be read beside the first round: roles that machines assume and the spec does not declare, and policies that
/// hang on roles of machines and are not declared either. Answers may lead to further questions.
pub fn questions(desired: &Desired, live: &Live) -> BTreeSet<Question> {
    let left_alone = LeftAlone::of(desired, live);
    let desired = &*left_alone.desired;
    let mut asked = BTreeSet::new();
    for arn in by_role(desired).into_keys() {
        asked.extend(Grants::of(&arn, desired, Some(live)).questions().cloned());
    }
    asked
}

/// A role's table for needs that come from anywhere.
pub fn of_needs(grants: &Grants, needs: Vec<(Address, MachineNeeds)>) -> RolePermissions {
    of_role(grants, needs).role
}

struct Found {
    role: RolePermissions,
    /// Nobody knows what some state needs: what is not used cannot be told.
    uncertain: bool,
}

fn of_role(grants: &Grants, needs: Vec<(Address, MachineNeeds)>) -> Found {
    let mut wanted: Vec<(String, Need)> = Vec::new();
    let mut all: Vec<(String, Need)> = Vec::new();
    let mut owners: Vec<(Address, Part, Option<Span>)> = Vec::new();
    let (mut notes, mut uncertain) = (Vec::new(), false);
    for (machine, needs) in needs {
        uncertain |= !needs.unknown.is_empty();
        notes.extend(needs.notes);
        for needed in needs.needed {
            let rows = needed.need.actions.len() * needed.need.resources.len();
            owners.extend(std::iter::repeat_n((machine.clone(), needed.part, needed.span), rows));
            wanted.push((needed.who.clone(), known_need(&needed.need)));
            all.push((needed.who, needed.need));
        }
    }
    let role = statewright_iam::permissions::Role {
        arn: known_text(grants.arn.as_str()),
        policies: Some(grants.policies.iter().map(|source| (source.name.clone(), source.document.clone())).collect()),
        boundary: grants.boundary.clone(),
    };
    let table = table(&wanted, &role);
    let rows = table.rows.into_iter().zip(owners).map(|(mut row, (machine, part, span))| {
        row.verdict = grants.softened(row.verdict);
        MachineRow { machine, part, row, span }
    });
    let role = RolePermissions {
        arn: grants.arn.clone(),
        address: grants.address.clone(),
        machines: Vec::new(),
        rows: rows.collect(),
        statements: table.grants,
        unread: grants.unread.clone(),
        notes,
        derived: derive(&all).map(|policy| known_policy(&policy)),
    };
    Found { role, uncertain }
}

/// The machines of a spec by the role that they assume.
fn by_role(desired: &Desired) -> BTreeMap<Arn, Vec<(&Address, &StateMachine)>> {
    let mut out: BTreeMap<Arn, Vec<(&Address, &StateMachine)>> = BTreeMap::new();
    for (address, declared) in &desired.resources {
        if let Resource::StateMachine(machine) = &declared.resource {
            out.entry(machine.role.clone()).or_default().push((address, machine));
        }
    }
    out
}

/// The declared role or policy of an ARN.
fn declared<'d>(desired: &'d Desired, kind: Kind, arn: &Arn) -> Option<(&'d Address, &'d statewright_spec::Declared)> {
    desired.resources.iter().find(|(address, declared)| address.kind == kind && declared.arn == *arn)
}

impl RolePermissions {
    /// What is certainly needed and not granted.
    pub fn missing(&self) -> impl Iterator<Item = &MachineRow> {
        self.rows.iter().filter(|r| matches!(r.row.verdict, Verdict::Missing { .. }))
    }

    /// Statements that grant more than is used, in words.
    pub fn excess(&self) -> impl Iterator<Item = (&Granted, &str)> {
        self.statements.iter().filter_map(|s| Some((s, s.excess.as_deref()?)))
    }

    /// What of a statement would do: the actions that are used, on the resources on which they are.
    pub fn enough(&self, statement: &Granted) -> String {
        let mut on: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
        for action in &statement.used {
            let of = |r: &&MachineRow| r.row.action == *action && statement.states.contains(&r.row.state);
            let resources = self.rows.iter().filter(of).map(|r| r.row.resource.as_str()).collect();
            on.entry(resources).or_default().push(action);
        }
        let parts = on.into_iter().map(|(resources, actions)| {
            format!("{} on {}", actions.join(", "), resources.into_iter().collect::<Vec<_>>().join(", "))
        });
        parts.collect::<Vec<_>>().join("; ")
    }

    /// Nothing in it shows what a sensitive variable holds.
    fn conceal(&mut self, secrets: &[statewright_spec::Secret]) {
        if secrets.is_empty() {
            return;
        }
        let hide = |text: &mut String| findings::hide(text, secrets);
        for MachineRow { row, .. } in &mut self.rows {
            hide(&mut row.resource);
            hide(&mut row.action);
            row.wide.iter_mut().chain(&mut row.when).for_each(hide);
            match &mut row.verdict {
                Verdict::Granted { by } => hide(by),
                Verdict::Missing { why, .. } => hide(why),
                Verdict::Depends { on } => on.iter_mut().for_each(hide),
            }
        }
        for statement in &mut self.statements {
            statement.used.iter_mut().chain(&mut statement.excess).chain(&mut statement.sid).for_each(hide);
        }
        if let Some(derived) = &mut self.derived {
            hide_in(derived, secrets);
        }
    }
}

fn hide_in(value: &mut Value, secrets: &[statewright_spec::Secret]) {
    match value {
        Value::String(text) => findings::hide(text, secrets),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_in(item, secrets)),
        Value::Object(entries) => entries.values_mut().for_each(|item| hide_in(item, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a need is one for certain.
fn is_certain(row: &Row) -> bool {
    row.when.is_none()
}
