//! The second round of reading: only what a change makes worth asking.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sfn::types::ExecutionStatus;
use futures::future::join_all;
use statewright_planner::{Answer, Question, Refusal, RefusalKind};
use statewright_spec::{Arn, Resource};

use crate::{
    Connection,
    kind::{policy, role, unless_missing},
    pages::{self, Page},
    s3::Place,
};

/// Pages of running executions (1,000 each) that are counted.
const COUNTED_PAGES: usize = 2;

impl Connection {
    /// Answers all questions at the same time, for [`Live::answers`](statewright_planner::Live::answers). Every question has an
    /// answer; what AWS would not say is [`Answer::Unreadable`]. Something that is no longer there has no versions, no
    /// attachments, no executions.
    pub async fn answer(&self, questions: &BTreeSet<Question>) -> BTreeMap<Question, Answer> {
        let answers = questions.iter().map(|question| async move {
            let answer = self.answer_one(question).await;
            (question.clone(), answer.unwrap_or_else(Answer::Unreadable))
        });
        join_all(answers).await.into_iter().collect()
    }

    async fn answer_one(&self, question: &Question) -> Result<Answer, Refusal> {
        match question {
            Question::PolicyVersions(arn) => {
                let versions = unless_missing(self.policy_versions(arn).await)?;
                Ok(Answer::PolicyVersions(versions.unwrap_or_default()))
            }
            Question::PolicyAttachments(arn) => {
                let holders = unless_missing(self.policy_attachments(arn).await)?;
                Ok(Answer::PolicyAttachments(holders.unwrap_or_default()))
            }
            Question::InstanceProfiles(role) => {
                let profiles = unless_missing(self.instance_profiles(role).await)?;
                Ok(Answer::InstanceProfiles(profiles.unwrap_or_default()))
            }
            Question::RunningExecutions(arn) => self.running(arn).await,
            Question::Revisions(arn) => self.revisions(arn).await.map(Answer::Revisions),
            Question::Published(arn) => self.published(arn).await.map(Answer::Published),
            Question::Verdict { machine_type, definition } => {
                crate::kind::state_machine::verdict(self, *machine_type, definition).await.map(Answer::Verdict)
            }
            Question::PolicyVerdict { kind, document } => {
                crate::access_analyzer::verdict(self, *kind, document).await.map(Answer::PolicyVerdict)
            }
            Question::ScriptObject { bucket, key } => {
                Ok(Answer::ScriptObject(self.script_object(Place { bucket, key }).await.object))
            }
            Question::RoleGrants(arn) => {
                self.same_account("iam:GetRole", arn)?;
                let present = role::read(self, arn.name()).await?.filter(|present| present.arn == *arn);
                Ok(Answer::RoleGrants(present.and_then(|present| match present.resource {
                    Resource::Role(role) => Some(Box::new(role)),
                    _ => None,
                })))
            }
            Question::AccountSummary => self.account_summary().await,
            Question::LogPolicies => self.log_policies().await,
            Question::Rights(rights) => self.rights(rights).await,
            Question::RoleAge(arn) => {
                self.same_account("iam:GetRole", arn)?;
                role::age(self, arn.name()).await.map(Answer::RoleAge)
            }
            Question::PolicyDocument(arn) => {
                if !arn.is_aws_managed_policy() {
                    self.same_account("iam:GetPolicy", arn)?;
                }
                Ok(Answer::PolicyDocument(policy::document_of(self, arn).await?))
            }
        }
    }

    async fn policy_versions(&self, arn: &Arn) -> Result<Vec<String>, Refusal> {
        let versions = pages::all("iam:ListPolicyVersions", |marker| async move {
            let request = self.iam.list_policy_versions().policy_arn(arn.as_str()).set_marker(marker);
            let answer = self.send("iam:ListPolicyVersions", request.send()).await?;
            let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
            let ids = answer.versions.unwrap_or_default().into_iter().filter_map(|version| version.version_id);
            Ok(Page::marked(ids.collect(), is_truncated, marker))
        });
        let mut versions: Vec<String> = versions.await?;
        versions.sort_by_key(|id| age(id));
        Ok(versions)
    }

    async fn policy_attachments(&self, arn: &Arn) -> Result<BTreeSet<String>, Refusal> {
        let holders = pages::all("iam:ListEntitiesForPolicy", |marker| async move {
            let request = self.iam.list_entities_for_policy().policy_arn(arn.as_str()).set_marker(marker);
            let answer = self.send("iam:ListEntitiesForPolicy", request.send()).await?;
            let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
            let roles = answer.policy_roles.unwrap_or_default().into_iter().filter_map(|r| r.role_name);
            let users = answer.policy_users.unwrap_or_default().into_iter().filter_map(|u| u.user_name);
            let groups = answer.policy_groups.unwrap_or_default().into_iter().filter_map(|g| g.group_name);
            let roles = roles.map(|name| format!("role/{name}"));
            let users = users.map(|name| format!("user/{name}"));
            let groups = groups.map(|name| format!("group/{name}"));
            Ok(Page::marked(roles.chain(users).chain(groups).collect(), is_truncated, marker))
        });
        Ok(holders.await?.into_iter().collect())
    }

    async fn instance_profiles(&self, role: &str) -> Result<BTreeSet<String>, Refusal> {
        let profiles = pages::all("iam:ListInstanceProfilesForRole", |marker| async move {
            let request = self.iam.list_instance_profiles_for_role().role_name(role).set_marker(marker);
            let answer = self.send("iam:ListInstanceProfilesForRole", request.send()).await?;
            let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
            let names = answer.instance_profiles.into_iter().map(|profile| profile.instance_profile_name);
            Ok(Page::marked(names.collect(), is_truncated, marker))
        });
        Ok(profiles.await?.into_iter().collect())
    }

    async fn running(&self, machine: &Arn) -> Result<Answer, Refusal> {
        let pages = pages::at_most("states:ListExecutions", COUNTED_PAGES, |token| async move {
            let request = self
                .sfn
                .list_executions()
                .state_machine_arn(machine.as_str())
                .status_filter(ExecutionStatus::Running)
                .max_results(1000)
                .set_next_token(token);
            let answer = self.send("states:ListExecutions", request.send()).await?;
            Ok(Page::new(answer.executions, answer.next_token))
        });
        match pages.await {
            Ok((executions, more)) => Ok(Answer::RunningExecutions { count: executions.len(), more }),
            // An EXPRESS machine lists none, and deleting it lets them end by themselves within five minutes.
            Err(refusal) if refusal.kind == RefusalKind::NotFound || refusal.code == "StateMachineTypeNotSupported" => {
                Ok(Answer::RunningExecutions { count: 0, more: false })
            }
            Err(refusal) => Err(refusal),
        }
    }
}

/// The number of `v12`, so that v9 is older.
fn age(id: &str) -> (u64, String) {
    (id.trim_start_matches('v').parse().unwrap_or(u64::MAX), id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_sort_by_number() {
        let mut ids = vec!["v10", "v9", "v11", "v2"];
        ids.sort_by_key(|id| age(id));
        assert_eq!(ids, ["v2", "v9", "v10", "v11"]);
    }
}
