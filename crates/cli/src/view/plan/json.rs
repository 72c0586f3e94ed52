//! A plan for programs. The shape is part of the product: `docs/schema/plan-1.json` is made from these types.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use statewright_asl::{ChangeKind, EdgeChange};
use statewright_planner::{Action, Change, DefinitionChanges, Plan, Shown, StateChanges, Step};
use statewright_source::{
    Sources,
    render::{self, Finding},
};

use crate::view::{
    FORMAT_VERSION,
    access::{self, AccessDocument},
    permissions::{self, PermissionDocument},
};

/// The plan of one stack, or of several.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum PlanOutput {
    One(Box<PlanDocument>),
    Several {
        /// The version of this shape. Unknown fields are to be ignored; an unknown major is to be refused.
        format_version: &'static str,
        /// A plan a stack.
        stacks: Vec<PlanDocument>,
    },
}

/// What an apply of one stack would do.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PlanDocument {
    /// The version of this shape. Unknown fields are to be ignored; an unknown major is to be refused.
    format_version: &'static str,
    /// The stack's name.
    stack: String,
    /// The value of the tag `statewright:stack` on all that it owns.
    owner: String,
    /// Twelve digits.
    account: String,
    /// The region.
    region: String,
    /// The spec file, as it was named.
    spec: String,
    /// SHA-256 of the spec, its files and its variables that are not sensitive.
    spec_hash: String,
    /// In a saved plan alone: the same, part by part (`the file policies/p.json`), to say which of them changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    spec_parts: Option<BTreeMap<String, String>>,
    /// Counts of addresses, not of steps.
    summary: SummaryDocument,
    /// Steps, each after all that it needs.
    steps: Vec<StepDocument>,
    /// The changes under `definition` of those steps as states and edges, a machine an entry.
    definition_changes: Vec<DefinitionDocument>,
    /// Addresses that are as the spec says.
    unchanged: Vec<String>,
    /// What each state needs of its machine's role, and whether it has it.
    permissions: Vec<PermissionDocument>,
    /// What each role and policy allows after and not before, and the other way round.
    access: Vec<AccessDocument>,
    /// What was noticed.
    findings: Vec<Finding>,
}

/// Counts of addresses by what happens to them.
#[derive(Serialize, JsonSchema)]
struct SummaryDocument {
    create: usize,
    update: usize,
    replace: usize,
    delete: usize,
    adopt: usize,
    forget: usize,
    unchanged: usize,
}

/// One address's share; an address may have several steps.
#[derive(Serialize, JsonSchema)]
struct StepDocument {
    /// From 1, in an order that holds.
    id: u32,
    /// `role.NAME`
    address: String,
    action: ActionWord,
    /// In a few words.
    title: String,
    /// Why it is done.
    why: String,
    /// What may go wrong or be missed by it.
    risk: Option<String>,
    /// Steps that come before.
    needs: BTreeSet<u32>,
    changes: Vec<ChangeDocument>,
    /// What must still be so when it is written.
    expects: BTreeMap<String, String>,
    /// The mutating calls, in order: `iam:CreateRole`.
    calls: Vec<&'static str>,
}

/// What happens to an address.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ActionWord {
    Create,
    Update,
    Replace,
    Delete,
    Adopt,
    Forget,
}

/// One difference.
#[derive(Serialize, JsonSchema)]
struct ChangeDocument {
    /// `memory`, `definition/States/Transform/TimeoutSeconds`
    path: String,
    /// `null` where nothing is there; `(sensitive)` where it may not be shown.
    before: Value,
    /// `null` where nothing shall be; `(sensitive)` where it may not be shown.
    after: Value,
    /// Whether a value may not be shown.
    sensitive: bool,
}

/// What changes in one machine's definition. Formatting and the order of keys are nothing.
#[derive(Serialize, JsonSchema)]
struct DefinitionDocument {
    /// `state_machine.NAME`
    machine: String,
    /// Fields of the machine itself.
    changes: Vec<ChangeDocument>,
    /// States, those of the new definition first.
    states: Vec<StateDocument>,
    /// Edges of states that are in both.
    edges: Vec<EdgeDocument>,
}

/// What happens to one state.
#[derive(Serialize, JsonSchema)]
struct StateDocument {
    /// Its name; the new one if it is renamed.
    name: String,
    change: StateWord,
    /// Its old name, if it is renamed.
    was: Option<String>,
    /// Which of its fields change; `container` where it moved to another one. Edges are not among them.
    fields: Vec<String>,
    /// Its type and what it calls: `Task arn:aws:states:::sns:publish`.
    summary: String,
    /// The same as deep as it goes; paths begin at the state.
    changes: Vec<ChangeDocument>,
}

/// What happens to a state.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum StateWord {
    Added,
    Removed,
    Changed,
    Renamed,
}

/// An edge that leads elsewhere.
#[derive(Serialize, JsonSchema)]
struct EdgeDocument {
    /// The state that it leaves (its new name); for a start the container, empty for the machine.
    from: String,
    /// `next`, `default`, `choice[0]`, `catch[0]`, `start`, `start[0]`
    kind: String,
    /// Where it led; `End` for a terminal state, `null` where there was none.
    before: Option<String>,
    /// Where it leads; `null` where there is none any more.
    after: Option<String>,
}

/// The same as it is saved.
pub(crate) fn for_saving(plans: &[Plan], sources: &Sources) -> PlanOutput {
    let mut output = json(plans, sources);
    let documents = match &mut output {
        PlanOutput::One(document) => std::slice::from_mut(&mut **document),
        PlanOutput::Several { stacks, .. } => stacks.as_mut_slice(),
    };
    for (document, plan) in documents.iter_mut().zip(plans) {
        document.spec_parts = Some(plan.spec_parts.clone());
    }
    output
}

/// The plans of one run.
pub(crate) fn json(plans: &[Plan], sources: &Sources) -> PlanOutput {
    match plans {
        [plan] => PlanOutput::One(Box::new(one(plan, sources))),
        plans => PlanOutput::Several {
            format_version: FORMAT_VERSION,
            stacks: plans.iter().map(|plan| one(plan, sources)).collect(),
        },
    }
}

fn one(plan: &Plan, sources: &Sources) -> PlanDocument {
    let summary = plan.summary();
    PlanDocument {
        format_version: FORMAT_VERSION,
        stack: plan.stack.clone(),
        owner: plan.owner.to_string(),
        account: plan.identity.account.to_string(),
        region: plan.identity.region.to_string(),
        spec: plan.spec_name.clone(),
        spec_hash: plan.spec_hash.clone(),
        spec_parts: None,
        summary: SummaryDocument {
            create: summary.create,
            update: summary.update,
            replace: summary.replace,
            delete: summary.delete,
            adopt: summary.adopt,
            forget: summary.forget,
            unchanged: summary.unchanged,
        },
        steps: plan.steps.iter().map(step).collect(),
        definition_changes: plan.definitions.iter().map(definition).collect(),
        unchanged: plan.unchanged.iter().map(ToString::to_string).collect(),
        permissions: permissions::documents(&plan.permissions),
        access: access::documents(plan),
        findings: render::findings(sources, &plan.findings),
    }
}

fn step(step: &Step) -> StepDocument {
    StepDocument {
        id: step.id.0,
        address: step.address.to_string(),
        action: match step.action {
            Action::Create => ActionWord::Create,
            Action::Update => ActionWord::Update,
            Action::Replace => ActionWord::Replace,
            Action::Delete => ActionWord::Delete,
            Action::Adopt => ActionWord::Adopt,
            Action::Forget => ActionWord::Forget,
        },
        title: step.title.clone(),
        why: step.why.clone(),
        risk: step.risk.clone(),
        needs: step.needs.iter().map(|id| id.0).collect(),
        changes: step.changes.iter().map(change).collect(),
        expects: step.expects.0.clone(),
        calls: step.operations.iter().filter_map(|operation| operation.calls().first().copied()).collect(),
    }
}

fn definition(changes: &DefinitionChanges) -> DefinitionDocument {
    let DefinitionChanges { machine, fields, states, edges } = changes;
    DefinitionDocument {
        machine: machine.to_string(),
        changes: fields.iter().map(change).collect(),
        states: states.iter().map(state).collect(),
        edges: edges.iter().map(edge).collect(),
    }
}

fn state(state: &StateChanges) -> StateDocument {
    StateDocument {
        name: state.name.clone(),
        change: match state.change {
            ChangeKind::Added => StateWord::Added,
            ChangeKind::Removed => StateWord::Removed,
            ChangeKind::Changed => StateWord::Changed,
            ChangeKind::Renamed => StateWord::Renamed,
        },
        was: state.was.clone(),
        fields: state.fields.clone(),
        summary: state.summary.clone(),
        changes: state.changes.iter().map(change).collect(),
    }
}

fn edge(EdgeChange { from, kind, before, after }: &EdgeChange) -> EdgeDocument {
    EdgeDocument { from: from.clone(), kind: kind.clone(), before: before.clone(), after: after.clone() }
}

fn change(change: &Change) -> ChangeDocument {
    ChangeDocument {
        path: change.path.clone(),
        before: shown(&change.before),
        after: shown(&change.after),
        sensitive: change.before == Shown::Sensitive || change.after == Shown::Sensitive,
    }
}

fn shown(shown: &Shown) -> Value {
    match shown {
        Shown::Absent => Value::Null,
        Shown::Default(value) | Shown::Value(value) => value.clone(),
        Shown::Sensitive => "(sensitive)".into(),
    }
}
