//! Waits: one look each. The applier polls.

use statewright_applier::Readiness;
use statewright_planner::{Answer, Condition, Question, Refusal, Revision};
use statewright_spec::Arn;

use crate::{
    Connection,
    document::parsed,
    kind::{function, log_group, state_machine},
};

impl Connection {
    pub(crate) async fn look(&self, condition: &Condition) -> Result<Readiness, Refusal> {
        match condition {
            // The applier knows when they were given; AWS shows nothing.
            // Time alone makes it so.
            Condition::GrantsInForce { .. } | Condition::ExpressEnded { .. } => Ok(Readiness::Ready),
            Condition::FunctionReady { name } => function::readiness(self, name).await,
            Condition::MachineSettled { arn, role, definition } => self.settled(arn, role, definition).await,
            Condition::MachineGone { arn } => Ok(match state_machine::describe(self, arn).await? {
                None => Readiness::Ready,
                Some(machine) => {
                    let status = machine.status().map_or("ACTIVE", |status| status.as_str());
                    Readiness::NotYet(format!("it is {status}"))
                }
            }),
            Condition::NoExecutions { arn } => self.idle(arn).await,
            Condition::Idle { arn } => Ok(match self.idle(arn).await? {
                Readiness::NotYet(running) => Readiness::Never(format!(
                    "{running} on {} now, though none did when the plan was made, and the delete would end what runs. \
                     Nothing was deleted: apply again when nothing runs, or with --executions wait or --executions stop",
                    arn.name()
                )),
                ready @ (Readiness::Ready | Readiness::Never(_)) => ready,
            }),
            Condition::Drained { machine, role, stays, .. } => self.drained(machine, role, stays.as_deref()).await,
            Condition::LogGroupGone { name } => Ok(match log_group::find(self, name).await? {
                None => Readiness::Ready,
                Some(_) => Readiness::NotYet("it is there (again)".to_owned()),
            }),
        }
    }

    async fn settled(&self, arn: &Arn, role: &Arn, definition: &serde_json::Value) -> Result<Readiness, Refusal> {
        let Some(machine) = state_machine::describe(self, arn).await? else {
            return Ok(Readiness::NotYet("it is not visible yet".to_owned()));
        };
        let shown = parsed("states:DescribeStateMachine", "the definition", machine.definition())?;
        Ok(if machine.role_arn() != role.as_str() {
            Readiness::NotYet("it still shows its old role".to_owned())
        } else if shown != *definition {
            Readiness::NotYet("it still shows its old definition".to_owned())
        } else {
            Readiness::Ready
        })
    }

    async fn drained(
        &self,
        machine: &Arn,
        role: &Arn,
        stays: Option<&serde_json::Value>,
    ) -> Result<Readiness, Refusal> {
        let running = self.revisions(machine).await?;
        let needs = |revision: &&Revision| revision.role == *role && stays != Some(&revision.definition);
        let old: usize = running.revisions.iter().filter(needs).map(|revision| revision.count).sum();
        Ok(match (old, running.unseen) {
            (0, 0) => Readiness::Ready,
            (0, unseen) => Readiness::NotYet(format!("{unseen} that run were not looked at yet")),
            (1, 0) => Readiness::NotYet("1 execution runs".to_owned()),
            (old, 0) => Readiness::NotYet(format!("{old} executions run")),
            (old, unseen) => {
                Readiness::NotYet(format!("{old} executions run, and {unseen} more were not looked at yet"))
            }
        })
    }

    async fn idle(&self, arn: &Arn) -> Result<Readiness, Refusal> {
        let question = Question::RunningExecutions(arn.clone());
        let answer = self.answer(&[question].into()).await.into_values().next();
        match answer {
            Some(Answer::RunningExecutions { count: 0, .. }) => Ok(Readiness::Ready),
            Some(Answer::RunningExecutions { count, more }) => {
                let noun = if count == 1 { "execution runs" } else { "executions run" };
                Ok(Readiness::NotYet(format!("{}{count} {noun}", if more { "more than " } else { "" })))
            }
            Some(Answer::Unreadable(refusal)) => Err(refusal),
            Some(
                Answer::PolicyVersions(_)
                | Answer::Verdict(_)
                | Answer::PolicyVerdict(_)
                | Answer::PolicyAttachments(_)
                | Answer::InstanceProfiles(_)
                | Answer::ScriptObject(_)
                | Answer::RoleGrants(_)
                | Answer::PolicyDocument(_)
                | Answer::RoleAge(_)
                | Answer::AccountSummary(_)
                | Answer::LogPolicies(_)
                | Answer::Rights { .. }
                | Answer::Revisions(_)
                | Answer::Published(_),
            )
            | None => Ok(Readiness::NotYet("AWS has not said yet".to_owned())),
        }
    }
}
