//! What the account may have, and has, where one call tells.

use statewright_planner::{Answer, Refusal};

use crate::{
    Connection,
    pages::{self, Page},
};

impl Connection {
    /// IAM's counts and quotas, by AWS's own names: `Roles`, `RolesQuota`.
    pub(crate) async fn account_summary(&self) -> Result<Answer, Refusal> {
        let answer = self.send("iam:GetAccountSummary", self.iam.get_account_summary().send()).await?;
        let counts = answer.summary_map.unwrap_or_default().into_iter();
        let counted = counts.filter_map(|(key, n)| Some((key.as_str().to_owned(), u64::try_from(n).ok()?)));
        Ok(Answer::AccountSummary(counted.collect()))
    }

    /// The resource policies of `CloudWatch` Logs; an account has ten at most.
    pub(crate) async fn log_policies(&self) -> Result<Answer, Refusal> {
        let policies = pages::all("logs:DescribeResourcePolicies", |token| async move {
            let request = self.logs.describe_resource_policies().set_next_token(token);
            let answer = self.send("logs:DescribeResourcePolicies", request.send()).await?;
            let documents = answer.resource_policies.unwrap_or_default().into_iter().filter_map(|p| p.policy_document);
            Ok(Page::new(documents.collect(), answer.next_token))
        });
        Ok(Answer::LogPolicies(policies.await?))
    }
}
