//! IAM's simulation of what the caller may do.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::{
    config::retry::RetryConfig,
    types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType as Decision},
};
use futures::future::try_join_all;
use statewright_planner::{Answer, Denied, Refusal, RefusalKind, Right};
use statewright_spec::{Arn, Kind};

use crate::{
    Connection,
    kind::required,
    pages::{self, Page},
    refusal,
};

const CALL: &str = "iam:SimulatePrincipalPolicy";

impl Connection {
    /// Which of these rights the caller lacks: one call a resource, as the actions and the resources of one call are
    /// multiplied. A result that hangs on a condition's key that is not known is none.
    pub(crate) async fn rights(&self, rights: &BTreeSet<Right>) -> Result<Answer, Refusal> {
        let caller = self.principal().await?;
        let mut asked: BTreeMap<(&str, Option<&str>), Vec<&Right>> = BTreeMap::new();
        for right in rights {
            asked.entry((&right.resource, right.passed_to)).or_default().push(right);
        }
        let caller = &caller;
        let calls = asked.into_iter().map(|((resource, passed_to), rights)| async move {
            let results = self.simulate(caller, resource, passed_to, &rights).await?;
            Ok(rights.into_iter().filter_map(|right| denied(right, &results)).collect::<Vec<_>>())
        });
        let denied = try_join_all(calls).await?.concat();
        Ok(Answer::Rights { caller: caller.clone(), denied })
    }

    /// Nothing hangs on it: a service that does not answer at once is not asked again.
    async fn simulate(
        &self,
        caller: &Arn,
        resource: &str,
        passed_to: Option<&str>,
        rights: &[&Right],
    ) -> Result<Vec<EvaluationResult>, Refusal> {
        let actions: Vec<String> = rights.iter().map(|right| right.action.to_owned()).collect();
        let service = passed_to.map(|service| {
            ContextEntry::builder()
                .context_key_name("iam:PassedToService")
                .context_key_type(ContextKeyTypeEnum::String)
                .context_key_values(service)
                .build()
        });
        let entries: Option<Vec<ContextEntry>> = service.map(|entry| vec![entry]);
        pages::all(CALL, |marker| {
            let (actions, entries) = (actions.clone(), entries.clone());
            async move {
                let once = aws_sdk_iam::config::Builder::new().retry_config(RetryConfig::disabled());
                let request = self
                    .iam
                    .simulate_principal_policy()
                    .policy_source_arn(caller.as_str())
                    .set_action_names(Some(actions))
                    .resource_arns(resource)
                    .set_context_entries(entries)
                    .set_marker(marker)
                    .customize()
                    .config_override(once);
                let answer = self.send(CALL, request.send()).await?;
                let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
                Ok(Page::marked(answer.evaluation_results.unwrap_or_default(), is_truncated, marker))
            }
        })
        .await
    }

    /// The user or the role behind the caller. A session's ARN holds the name of its role and not the path.
    async fn principal(&self) -> Result<Arn, Refusal> {
        let caller = &self.caller;
        let session = caller.resource().strip_prefix("assumed-role/").filter(|_| caller.service() == "sts");
        if let Some(session) = session {
            let name = session.split('/').next().unwrap_or_default();
            let answer = self.send("iam:GetRole", self.iam.get_role().role_name(name).send()).await?;
            let role = required("iam:GetRole", "role", answer.role)?;
            return self.own_arn("iam:GetRole", Kind::Role, name, role.arn());
        }
        match (caller.service(), caller.resource()) {
            ("iam", resource) if resource.starts_with("user/") || resource.starts_with("role/") => Ok(caller.clone()),
            ("iam", "root") => Err(not_simulated(format!("{caller} is the account's root user, and has no policies"))),
            _ => Err(not_simulated(format!("{caller} is neither a user nor a role"))),
        }
    }
}

fn not_simulated(words: String) -> Refusal {
    refusal::own(RefusalKind::Other, CALL, words)
}

fn denied(right: &Right, results: &[EvaluationResult]) -> Option<Denied> {
    let result = results.iter().find(|result| result.eval_action_name().eq_ignore_ascii_case(right.action))?;
    let explicit = match result.eval_decision() {
        Decision::ExplicitDeny => true,
        Decision::ImplicitDeny if result.missing_context_values().is_empty() => false,
        _ => return None,
    };
    Some(Denied { right: right.clone(), explicit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_on_an_unknown_key_is_no_denial() {
        let right = Right { action: "iam:CreateRole", resource: "arn:aws:iam::1:role/R".to_owned(), passed_to: None };
        let result = |decision: Decision, missing: Option<&str>| {
            let result = EvaluationResult::builder().eval_action_name("iam:createrole").eval_decision(decision);
            result.set_missing_context_values(missing.map(|key| vec![key.to_owned()])).build().unwrap()
        };
        let check = |result: EvaluationResult| denied(&right, &[result]).map(|denied| denied.explicit);
        assert_eq!(check(result(Decision::Allowed, None)), None);
        assert_eq!(check(result(Decision::ImplicitDeny, None)), Some(false));
        assert_eq!(check(result(Decision::ImplicitDeny, Some("aws:RequestTag/x"))), None);
        assert_eq!(check(result(Decision::ExplicitDeny, Some("aws:RequestTag/x"))), Some(true));
        assert_eq!(denied(&right, &[]), None);
    }
}
