//! What running executions started with: they keep their definition and role until they end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use statewright_planner::{Refusal, RefusalKind, Revision, Running};
use statewright_spec::Arn;

use super::{ExecutionStatus, arn};
use crate::{Connection, document, kind::unless_missing};

/// Executions that are looked at anew in one look: a bucket of `DescribeStateMachineForExecution` holds about twice as many.
/// Source: the quotas of the Step Functions developer guide.
const LOOKED_AT: usize = 100;
/// Of them, at the same time.
const AT_ONCE: usize = 8;
/// Executions that are counted.
const COUNTED: usize = 10_000;

/// What each execution started with. It never changes, so it is asked for once.
#[derive(Default)]
pub(crate) struct Revisions(Mutex<HashMap<Arn, Arc<(Arn, Value)>>>);

impl Revisions {
    fn of(&self, execution: &Arn) -> Option<Arc<(Arn, Value)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(execution).cloned()
    }

    fn keep(&self, execution: &Arn, revision: (Arn, Value)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(execution.clone(), Arc::new(revision));
    }
}

impl Connection {
    /// The executions that run on a machine, by what they started with. Those that are not known yet and too many for one
    /// look are counted as unseen; look again for them. EXPRESS machines list none.
    pub(crate) async fn revisions(&self, machine: &Arn) -> Result<Running, Refusal> {
        let running = match self.list_executions(machine, Some(ExecutionStatus::Running), COUNTED).await {
            Ok(running) => running,
            Err(refusal) if refusal.kind == RefusalKind::NotFound || refusal.code == "StateMachineTypeNotSupported" => {
                return Ok(Running::default());
            }
            Err(refusal) => return Err(refusal),
        };
        let new = running.iter().map(|e| e.arn.clone()).filter(|e| self.revisions.of(e).is_none());
        stream::iter(new.take(LOOKED_AT).collect::<Vec<_>>())
            .map(|execution| async move { self.look_at(&execution).await })
            .buffer_unordered(AT_ONCE)
            .try_for_each(|()| async { Ok(()) })
            .await?;
        let mut found = Running::default();
        for execution in &running {
            let Some(known) = self.revisions.of(&execution.arn) else {
                found.unseen += 1;
                continue;
            };
            let (role, definition) = &*known;
            match found.revisions.iter_mut().find(|r| r.role == *role && r.definition == *definition) {
                Some(revision) => revision.count += 1,
                None => found.revisions.push(Revision { role: role.clone(), definition: definition.clone(), count: 1 }),
            }
        }
        Ok(found)
    }

    async fn look_at(&self, execution: &Arn) -> Result<(), Refusal> {
        const CALL: &str = "states:DescribeStateMachineForExecution";
        let request = self.sfn.describe_state_machine_for_execution().execution_arn(execution.as_str());
        // One that has ended and is forgotten needs nothing.
        let Some(answer) = unless_missing(self.send(CALL, request.send()).await)? else { return Ok(()) };
        let role = arn(CALL, &answer.role_arn)?;
        self.revisions.keep(execution, (role, document::parsed(CALL, "the definition", &answer.definition)?));
        Ok(())
    }
}
