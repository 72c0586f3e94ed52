//! State machines.

use statewright_spec::kind::state_machine::StateMachine;

use super::{LiveMachine, World, exists, missing, refusal};
use crate::{Refusal, RefusalKind, operation::state_machine::StateMachineOperation};

impl World {
    pub(super) fn machine(&mut self, operation: &StateMachineOperation) -> Result<(), Refusal> {
        let call = operation.calls()[0];
        let revision = self.counter;
        if let StateMachineOperation::Create { name, machine, tags } = operation {
            self.accepts(call, machine)?;
            match self.machines.get(name) {
                Some(live) if live.deleting => {
                    return Err(refusal(RefusalKind::Busy, call, "StateMachineDeleting", name));
                }
                // The role and the tags of an identical machine are ignored.
                Some(live) if identical(&live.machine, machine) => return Ok(()),
                Some(_) => return Err(exists(call, name)),
                None => {}
            }
            let machine = (**machine).clone();
            let tags = tags.clone();
            let live = LiveMachine {
                machine,
                executions: 0,
                started_with: None,
                published: Vec::new(),
                deleting: false,
                revision,
                tags,
            };
            self.machines.insert(name.clone(), live);
            return Ok(());
        }
        if let StateMachineOperation::Update { machine, .. } = operation {
            self.accepts(call, machine)?;
        }
        let (StateMachineOperation::Update { arn, .. }
        | StateMachineOperation::Tag { arn, .. }
        | StateMachineOperation::Untag { arn, .. }
        | StateMachineOperation::StopExecutions { arn }
        | StateMachineOperation::Delete { arn }) = operation
        else {
            return Ok(());
        };
        let live = self.machines.get_mut(arn.name()).ok_or_else(|| missing(call, arn.as_str()))?;
        if live.deleting {
            return Err(refusal(RefusalKind::Busy, call, "StateMachineDeleting", arn.as_str()));
        }
        match operation {
            StateMachineOperation::Create { .. } => {}
            StateMachineOperation::Update { machine, .. } => {
                let machine_type = live.machine.machine_type;
                if live.executions > 0 && live.started_with.is_none() {
                    live.started_with = Some((live.machine.role.clone(), live.machine.definition.clone()));
                }
                live.machine = StateMachine { machine_type, ..(**machine).clone() };
                live.revision = revision;
            }
            StateMachineOperation::Tag { tags, .. } => live.tags.extend(tags.clone()),
            StateMachineOperation::Untag { keys, .. } => live.tags.retain(|key, _| !keys.contains(key)),
            StateMachineOperation::StopExecutions { .. } => {
                live.executions = 0;
                live.started_with = None;
            }
            StateMachineOperation::Delete { .. } => {
                live.deleting = true;
                self.ended += live.executions;
            }
        }
        Ok(())
    }

    /// AWS looks at the role and at the log group.
    fn accepts(&self, call: &str, machine: &StateMachine) -> Result<(), Refusal> {
        if !self.role_exists(&machine.role) {
            return Err(refusal(
                RefusalKind::Propagating(crate::Unseen::Trust),
                call,
                "AccessDeniedException",
                "the role cannot be assumed",
            ));
        }
        let group = machine.logging.as_ref().and_then(|l| l.log_group.resource().strip_prefix("log-group:"));
        if group.is_some_and(|group| !self.log_groups.contains_key(group)) {
            return Err(refusal(RefusalKind::Invalid, call, "InvalidLoggingConfiguration", "the log group"));
        }
        Ok(())
    }
}

fn identical(a: &StateMachine, b: &StateMachine) -> bool {
    let other = StateMachine { role: a.role.clone(), tags: a.tags.clone(), ..b.clone() };
    *a == other
}
