//! What a spec names and does not declare: is it there? One call each.

use statewright_planner::{Found, Refusal, RefusalKind};
use statewright_spec::{Arn, Lookup};

use crate::{
    Connection,
    kind::{function, job, log_group, policy, state_machine, unless_missing},
    refusal,
    s3::Place,
};

impl Connection {
    /// Looks one up.
    pub(crate) async fn look_up(&self, target: &Lookup) -> Found {
        match self.exists(target).await {
            Ok(true) => Found::Yes,
            Ok(false) => Found::No,
            Err(refusal) => Found::Unreadable(refusal),
        }
    }

    async fn exists(&self, target: &Lookup) -> Result<bool, Refusal> {
        match target {
            Lookup::Function(name) => Ok(function::get(self, name).await?.is_some()),
            Lookup::Job(name) => Ok(job::get(self, name).await?.is_some()),
            Lookup::StateMachine(arn) => {
                self.same_region("states:DescribeStateMachine", arn)?;
                Ok(state_machine::describe(self, arn).await?.is_some())
            }
            Lookup::Policy(arn) => {
                if !arn.is_aws_managed_policy() {
                    self.same_account("iam:GetPolicy", arn)?;
                }
                policy::exists(self, arn).await
            }
            Lookup::Role(arn) => {
                self.same_account("iam:GetRole", arn)?;
                let request = self.iam.get_role().role_name(arn.name());
                let found = unless_missing(self.send("iam:GetRole", request.send()).await)?;
                // Under another path it is another ARN, and that one is not there.
                Ok(found.and_then(|answer| answer.role).is_some_and(|role| role.arn() == arn.as_str()))
            }
            Lookup::LogGroup(name) => Ok(log_group::find(self, name).await?.is_some()),
            Lookup::Layer(arn) => {
                self.same_region("lambda:GetLayerVersionByArn", arn)?;
                let request = self.lambda.get_layer_version_by_arn().arn(arn.as_str());
                Ok(unless_missing(self.send("lambda:GetLayerVersionByArn", request.send()).await)?.is_some())
            }
            Lookup::Object { bucket, key, version } => {
                Ok(self.head(Place { bucket, key }, version.as_deref()).await?.is_some())
            }
        }
    }

    fn same_region(&self, call: &str, arn: &Arn) -> Result<(), Refusal> {
        let here = &self.identity.region;
        if arn.region() == here.as_str() {
            return Ok(());
        }
        let words = format!("not looked up: {arn} is in {}, and this plan works in {here}", arn.region());
        Err(refusal::own(RefusalKind::Other, call, words))
    }

    /// IAM is asked by name, in our own account only.
    pub(crate) fn same_account(&self, call: &str, arn: &Arn) -> Result<(), Refusal> {
        let ours = &self.identity.account;
        if arn.account() == ours.as_str() {
            return Ok(());
        }
        let words = format!("not looked up: {arn} is of account {}, and this plan works in {ours}", arn.account());
        Err(refusal::own(RefusalKind::Other, call, words))
    }
}
