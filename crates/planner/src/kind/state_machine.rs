//! State machines: one call updates all of it, tags have their own.

use statewright_asl::json_changes;
use statewright_spec::{
    Arn, Tags,
    kind::state_machine::{Encryption, LogLevel, Logging, MachineType, StateMachine},
};

use super::{Part, Update, Use, owned};
use crate::{
    Condition, Executions, Operation,
    compare::{Differences, Json},
    operation::state_machine::StateMachineOperation,
};

/// `UpdateStateMachine` does not take it.
pub(crate) const IMMUTABLE: &[&str] = &["type"];

pub(crate) fn differences(before: Option<&StateMachine>, after: &StateMachine) -> Differences {
    let StateMachine { machine_type, role, definition, logging, tracing, encryption, tags } = after;
    let mut d = Differences::default();
    d.value("type", before.map(|b| &b.machine_type), machine_type, &MachineType::Standard);
    d.value("role", before.map(|b| Some(&b.role)).as_ref(), &Some(role), &None);
    if before.is_none_or(|before| !json_changes(&before.definition, definition).is_empty()) {
        d.document("definition", None, before.map(|b| &b.definition), Some(definition));
    }
    let level = |l: Option<&Logging>| l.map(|l| l.level);
    let data = |l: Option<&Logging>| l.is_some_and(|l| l.include_execution_data);
    let group = |l: Option<&Logging>| l.map(|l| l.log_group.clone());
    let was = before.map(|b| b.logging.as_ref());
    d.value("logging.level", was.map(level).as_ref(), &level(logging.as_ref()), &None);
    d.value("logging.include_execution_data", was.map(data).as_ref(), &data(logging.as_ref()), &false);
    d.value("logging.log_group", was.map(group).as_ref(), &group(logging.as_ref()), &None);
    d.value("tracing", before.map(|b| &b.tracing), tracing, &false);
    let key = |e: Option<&Encryption>| e.map(|e| e.kms_key.clone());
    let reuse = |e: Option<&Encryption>| e.map(|e| e.reuse_seconds);
    let (was, encryption) = (before.map(|b| b.encryption.as_ref()), encryption.as_ref());
    if !was.is_some_and(|was| same_key(was, encryption)) {
        d.value("encryption.kms_key", was.map(key).as_ref(), &key(encryption), &None);
    }
    d.value("encryption.reuse_seconds", was.map(reuse).as_ref(), &reuse(encryption), &None);
    d.map("tags", before.map(|b| &b.tags), tags);
    d
}

/// A key may be written as its id and be given back as its ARN, which ends in the id.
fn same_key(before: Option<&Encryption>, after: Option<&Encryption>) -> bool {
    match (before, after) {
        (Some(b), Some(a)) => {
            let ends = |arn: &str, id: &str| {
                arn.starts_with("arn:")
                    && arn.strip_suffix(id).is_some_and(|rest| rest.ends_with(":key/") || rest.ends_with(':'))
            };
            b.kms_key == a.kms_key || ends(&b.kms_key, &a.kms_key) || ends(&a.kms_key, &b.kms_key)
        }
        (None, None) => true,
        _ => false,
    }
}

pub(crate) fn create(name: &str, machine: &StateMachine, ours: &Tags) -> Vec<Operation> {
    let tags = owned(&machine.tags, ours);
    vec![call(StateMachineOperation::Create { name: name.to_owned(), machine: Box::new(machine.clone()), tags })]
}

pub(crate) fn update(
    arn: &Arn,
    before: &StateMachine,
    after: &StateMachine,
    (set, gone): (Tags, Vec<String>),
) -> Update {
    let differences = differences(Some(before), after);
    let mut operations = Vec::new();
    if differences.beyond(&["tags"]) {
        operations.push(call(StateMachineOperation::Update { arn: arn.clone(), machine: Box::new(after.clone()) }));
    }
    if !set.is_empty() {
        operations.push(call(StateMachineOperation::Tag { arn: arn.clone(), tags: set }));
    }
    if !gone.is_empty() {
        operations.push(call(StateMachineOperation::Untag { arn: arn.clone(), keys: gone }));
    }
    let title = differences.parts();
    Update { grow: Part { differences, operations, title }, ..Update::default() }
}

/// The wait for an update to be seen.
pub(crate) fn settled(arn: &Arn, machine: &StateMachine) -> Operation {
    Operation::Wait(Condition::MachineSettled {
        arn: arn.clone(),
        role: machine.role.clone(),
        definition: Box::new(machine.definition.clone()),
    })
}

/// The calls that take a machine away. A delete ends running executions, so they are waited for or stopped before, or there
/// must be none: a schedule may have started one since they were counted.
pub(crate) fn delete(arn: &Arn, machine: &StateMachine, executions: Executions) -> Vec<Operation> {
    let mut operations = Vec::new();
    if machine.machine_type == MachineType::Standard {
        if executions == Executions::Stop {
            operations.push(call(StateMachineOperation::StopExecutions { arn: arn.clone() }));
        }
        operations.push(Operation::Wait(match executions {
            Executions::Fail => Condition::Idle { arn: arn.clone() },
            Executions::Wait | Executions::Stop => Condition::NoExecutions { arn: arn.clone() },
        }));
    }
    operations.push(call(StateMachineOperation::Delete { arn: arn.clone() }));
    operations.push(gone(arn));
    operations
}

/// The wait for a machine that is being deleted: until then it holds its name, and its role is in use.
pub(crate) fn gone(arn: &Arn) -> Operation {
    Operation::Wait(Condition::MachineGone { arn: arn.clone() })
}

pub(crate) fn uses(machine: &StateMachine) -> Vec<Use> {
    let group = machine.logging.as_ref().and_then(|l| l.log_group.resource().strip_prefix("log-group:"));
    std::iter::once(Use::Arn(machine.role.clone())).chain(group.map(|name| Use::LogGroup(name.to_owned()))).collect()
}

const fn call(operation: StateMachineOperation) -> Operation {
    Operation::StateMachine(operation)
}

impl Json for MachineType {
    fn json(&self) -> Option<serde_json::Value> {
        Some(self.as_str().into())
    }
}

impl Json for LogLevel {
    fn json(&self) -> Option<serde_json::Value> {
        Some(self.as_str().into())
    }
}

/// What a write makes of it.
pub(crate) fn written(live: &mut StateMachine, operation: &StateMachineOperation) -> bool {
    match operation {
        StateMachineOperation::Update { machine, .. } => {
            *live = StateMachine {
                machine_type: live.machine_type,
                tags: std::mem::take(&mut live.tags),
                ..StateMachine::clone(machine)
            };
        }
        StateMachineOperation::Tag { .. }
        | StateMachineOperation::Untag { .. }
        | StateMachineOperation::StopExecutions { .. } => {}
        StateMachineOperation::Create { .. } | StateMachineOperation::Delete { .. } => return false,
    }
    true
}
