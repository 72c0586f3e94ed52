//! What will be done, and why.

use std::collections::{BTreeMap, BTreeSet};

use statewright_asl::{ChangeKind, EdgeChange};
use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Address, Guard, Identity, Owner, Resource, Tags};

use crate::{AccessChanges, Believed, Fingerprint, Operation, permissions::RolePermissions};

/// Everything that an apply will do, in an order that holds. The same spec and the same live state give the same plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The stack.
    pub stack: String,
    /// Who owns what it makes.
    pub owner: Owner,
    /// Where.
    pub identity: Identity,
    /// The spec, as the user named it.
    pub spec_name: String,
    /// See [`statewright_spec::Desired::spec_hash`].
    pub spec_hash: String,
    /// See [`statewright_spec::Desired::spec_parts`].
    pub spec_parts: BTreeMap<String, String>,
    /// What changes in the definitions of machines, as states and edges: the same as the changes of their steps under
    /// `definition`, for people.
    pub definitions: Vec<DefinitionChanges>,
    /// Steps, each after all that it needs.
    pub steps: Vec<Step>,
    /// Addresses that are as they should be.
    pub unchanged: BTreeSet<Address>,
    /// What each state needs, and what grants it, role by role: empty until [`Plan::with_permissions`].
    pub permissions: Vec<RolePermissions>,
    /// What it gives and takes, role by role and policy by policy.
    pub access: Vec<(Address, AccessChanges)>,
    /// What the spec guards against.
    pub guard: Option<Guard>,
    /// What was noticed; an error blocks an apply.
    pub findings: Vec<Diagnostic>,
}

/// A number from 1, in the plan's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct StepId(pub u32);

/// One address's share of a plan; an address may have several steps (grow before, shrink after).
#[derive(Debug, Clone)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// What it changes.
    pub address: Address,
    /// How.
    pub action: Action,
    /// In a few words: `attach 1 policy`.
    pub title: String,
    /// What differs.
    pub changes: Vec<Change>,
    /// Steps that must be done before.
    pub needs: BTreeSet<StepId>,
    /// What must still be so before the first write, as far as it may be shown and kept.
    pub expects: Fingerprint,
    /// What was read, where it is there and this is its first step: held against a read just before the step's first
    /// write. It is neither shown nor kept.
    pub before: Option<Box<Believed>>,
    /// Why it is done, in a sentence.
    pub why: String,
    /// What may go wrong or be missed by it, in a sentence.
    pub risk: Option<String>,
    /// The calls, in order; each is one mutating call or one wait.
    pub operations: Vec<Operation>,
    /// What a create must have made: it is read back, and what the create dropped is mended.
    pub read_back: Option<Box<Resource>>,
    /// Our tags that the create sets: the owner's, and what may become of the resource.
    pub ours: Tags,
}

/// What happens to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// `+`
    Create,
    /// `~`
    Update,
    /// `±`
    Replace,
    /// `-`
    Delete,
    /// `&`
    Adopt,
    /// `.`
    Forget,
}

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// `memory`, `environment.DAY`, `definition/States/Transform/TimeoutSeconds`, `inline.ReadParameters`.
    pub path: String,
    /// What is there.
    pub before: Shown,
    /// What shall be there.
    pub after: Shown,
}

/// What changes in the definition of one machine. Formatting and the order of keys are nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct DefinitionChanges {
    /// The machine.
    pub machine: Address,
    /// Fields of the machine itself: `TimeoutSeconds`.
    pub fields: Vec<Change>,
    /// States, those of the new definition first.
    pub states: Vec<StateChanges>,
    /// Edges of states that are in both.
    pub edges: Vec<EdgeChange>,
}

/// What happens to one state.
#[derive(Debug, Clone, PartialEq)]
pub struct StateChanges {
    /// Its name; the new one if it is renamed.
    pub name: String,
    /// What happens to it.
    pub change: ChangeKind,
    /// Its old name, if it is renamed.
    pub was: Option<String>,
    /// Which of its fields change.
    pub fields: Vec<String>,
    /// Its type and what it calls: `Task arn:aws:states:::sns:publish`.
    pub summary: String,
    /// The same as deep as it goes; paths begin at the state: `Retry[0]/MaxAttempts`.
    pub changes: Vec<Change>,
}

/// A value as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Nothing there.
    Absent,
    /// The service's default, which nobody wrote.
    Default(serde_json::Value),
    /// A value.
    Value(serde_json::Value),
    /// A value that may not be shown.
    Sensitive,
}

/// Counts of addresses, not of steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// `+`
    pub create: usize,
    /// `~`
    pub update: usize,
    /// `±`
    pub replace: usize,
    /// `-`
    pub delete: usize,
    /// `&`
    pub adopt: usize,
    /// `.`
    pub forget: usize,
    /// `=`
    pub unchanged: usize,
}

impl Action {
    /// The sign before it in a plan.
    pub const fn glyph(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Replace => "±",
            Self::Delete => "-",
            Self::Adopt => "&",
            Self::Forget => ".",
        }
    }

    /// As it stands in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Forget => "forget",
        }
    }
}

impl Plan {
    /// Whether an apply would write nothing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Counts by address. An address with several steps counts once, by its gravest action.
    pub fn summary(&self) -> Summary {
        let mut actions: BTreeMap<&Address, Action> = BTreeMap::new();
        for step in &self.steps {
            let action = actions.entry(&step.address).or_insert(step.action);
            if step.action != Action::Update {
                *action = step.action;
            }
        }
        let count = |wanted| actions.values().filter(|a| **a == wanted).count();
        Summary {
            create: count(Action::Create),
            update: count(Action::Update),
            replace: count(Action::Replace),
            delete: count(Action::Delete),
            adopt: count(Action::Adopt),
            forget: count(Action::Forget),
            unchanged: self.unchanged.len(),
        }
    }
}

impl Plan {
    /// The roles and policies that allow more after it, or may. A policy whose roles are among them is not named itself.
    pub fn broadened(&self) -> impl Iterator<Item = &Address> {
        self.access.iter().filter(|(_, c)| c.broadens() && c.through.is_empty()).map(|(address, _)| address)
    }

    /// Whether it does what its spec guards against.
    pub fn is_guarded(&self) -> bool {
        matches!(self.guard, Some(Guard::NoBroadening { .. })) && self.broadened().next().is_some()
    }

    /// Whether a finding forbids an apply.
    pub fn is_blocked(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The steps of each address, in the order of the plan's first step of it: what is shown of an address is the changes
    /// of all its steps, one after the other.
    pub fn by_address(&self) -> Vec<(&Address, Vec<&Step>)> {
        let mut all: Vec<(&Address, Vec<&Step>)> = Vec::new();
        for step in &self.steps {
            match all.iter_mut().find(|(address, _)| *address == &step.address) {
                Some((_, steps)) => steps.push(step),
                None => all.push((&step.address, vec![step])),
            }
        }
        all
    }

    /// The gravest of an address's actions: a delete or a replace outweighs an update.
    pub fn action(steps: &[&Step]) -> Option<Action> {
        steps.iter().map(|step| step.action).max_by_key(|action| *action != Action::Update)
    }

    /// The calls that an apply makes, in order, with the step that makes each: `iam:CreatePolicy`. Waits make none.
    pub fn calls(&self) -> Vec<(StepId, &'static str)> {
        let calls = |step: &Step| -> Vec<(StepId, &'static str)> {
            step.operations.iter().filter_map(|o| Some((step.id, *o.calls().first()?))).collect()
        };
        self.steps.iter().flat_map(calls).collect()
    }

    /// Every IAM action that an apply needs, those that its calls depend on included.
    pub fn actions_needed(&self) -> BTreeSet<&'static str> {
        self.steps.iter().flat_map(|step| &step.operations).flat_map(Operation::calls).collect()
    }
}
