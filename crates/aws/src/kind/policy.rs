//! Customer-managed policies.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_sdk_iam::{
    config::retry::RetryConfig,
    operation::{
        create_policy::builders::CreatePolicyFluentBuilder,
        create_policy_version::builders::CreatePolicyVersionFluentBuilder,
    },
    types::{Policy as Raw, PolicyScopeType, Tag},
};
use serde_json::Value;
use statewright_planner::{Detail, Fingerprint, Present, Refusal, operation::policy::PolicyOperation};
use statewright_spec::{Arn, Kind, Resource, Tags, kind::policy::Policy};
use tokio::sync::OnceCell;

use super::{Read, built, gone, required, unless_missing, unsigned};
use crate::{
    Connection, document,
    pages::{self, Page},
    refusal,
    tagging::Labels,
};

/// Every local policy's name and ARN, listed at most once a round: only a policy that is missing asks for it.
#[derive(Default)]
pub(crate) struct Names(OnceCell<Vec<(String, String)>>);

impl Names {
    /// Names are unique without regard to case, whatever the path.
    async fn find(&self, c: &Connection, name: &str) -> Result<Option<Arn>, Refusal> {
        let all = self.0.get_or_try_init(|| list(c)).await?;
        let found = all.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, arn)| c.own_arn("iam:ListPolicies", Kind::Policy, name, arn)).transpose()
    }
}

async fn list(c: &Connection) -> Result<Vec<(String, String)>, Refusal> {
    pages::all("iam:ListPolicies", |marker| async move {
        let request =
            c.iam.list_policies().scope(PolicyScopeType::Local).only_attached(false).max_items(1000).set_marker(marker);
        let answer = c.send("iam:ListPolicies", request.send()).await?;
        let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
        let named = answer.policies.unwrap_or_default().into_iter().filter_map(|p| Some((p.policy_name?, p.arn?)));
        Ok(Page::marked(named.collect(), is_truncated, marker))
    })
    .await
}

/// `GetPolicy`, then `GetPolicyVersion` of the default.
pub(crate) async fn read(c: &Connection, name: &str, arn: &Arn, names: Option<&Names>) -> Read {
    if let Some(policy) = get(c, arn).await? {
        return present(c, name, policy).await.map(Some);
    }
    let Some(names) = names else { return Ok(None) };
    let Some(elsewhere) = names.find(c, name).await? else { return Ok(None) };
    match get(c, &elsewhere).await? {
        Some(policy) => present(c, name, policy).await.map(Some),
        None => Ok(None),
    }
}

async fn get(c: &Connection, arn: &Arn) -> Result<Option<Raw>, Refusal> {
    let answer = c.send("iam:GetPolicy", c.iam.get_policy().policy_arn(arn.as_str()).send()).await;
    unless_missing(answer)?.map(|found| required("iam:GetPolicy", "policy", found.policy)).transpose()
}

/// Whether a policy that is only named is there. Its default version is kept for who reads the document next.
pub(crate) async fn exists(c: &Connection, arn: &Arn) -> Result<bool, Refusal> {
    let Some(policy) = get(c, arn).await? else { return Ok(false) };
    if let Some(version) = policy.default_version_id {
        c.versions.keep(arn, version);
    }
    Ok(true)
}

/// Default versions that a lookup saw and nobody has used yet: what is taken is gone, so that none grows old.
#[derive(Debug, Default)]
pub(crate) struct Versions(Mutex<HashMap<Arn, String>>);

impl Versions {
    fn keep(&self, arn: &Arn, version: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(arn.clone(), version);
    }

    fn take(&self, arn: &Arn) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(arn)
    }
}

/// The document of the default version of a policy that is only named, AWS's own too; `None` where there is no such policy.
pub(crate) async fn document_of(c: &Connection, arn: &Arn) -> Result<Option<Value>, Refusal> {
    const CALL: &str = "iam:GetPolicyVersion";
    let version = match c.versions.take(arn) {
        Some(version) => version,
        None => match get(c, arn).await? {
            Some(policy) => required("iam:GetPolicy", "default version", policy.default_version_id)?,
            None => return Ok(None),
        },
    };
    let request = c.iam.get_policy_version().policy_arn(arn.as_str()).version_id(&version);
    let Some(answer) = unless_missing(c.send(CALL, request.send()).await)? else { return Ok(None) };
    let text = answer.policy_version.and_then(|v| v.document);
    document::decoded(CALL, "the policy", required(CALL, "document", text.as_deref())?).map(Some)
}

async fn present(c: &Connection, name: &str, policy: Raw) -> Result<Present, Refusal> {
    const CALL: &str = "iam:GetPolicy";
    let arn = c.own_arn(CALL, Kind::Policy, name, policy.arn().unwrap_or_default())?;
    let version = required(CALL, "default version", policy.default_version_id.clone())?;
    let request = c.iam.get_policy_version().policy_arn(arn.as_str()).version_id(&version);
    let answer = c.send("iam:GetPolicyVersion", request.send()).await?;
    let text = answer.policy_version.and_then(|v| v.document);
    map(arn, version, policy, text.as_deref())
}

fn map(arn: Arn, version: String, policy: Raw, encoded: Option<&str>) -> Result<Present, Refusal> {
    const CALL: &str = "iam:GetPolicyVersion";
    let document = document::decoded(CALL, "the policy", required(CALL, "document", encoded)?)?;
    let Labels { tags, owner, markers } = labels(policy.tags.unwrap_or_default());
    let mut fingerprint = Fingerprint::default();
    fingerprint.0.insert("version".to_owned(), version.clone());
    // Another policy of the same name has another id, and begins with v1 as well.
    fingerprint.0.extend(policy.policy_id.clone().map(|id| ("id".to_owned(), id)));
    if let Some(updated) = policy.update_date {
        fingerprint.0.insert("updated".to_owned(), updated.to_string());
    }
    let count = |what: &str, number: Option<i32>| unsigned("iam:GetPolicy", what, number.unwrap_or_default());
    let attachments = count("attachment count", policy.attachment_count)?
        .saturating_add(count("boundary usage count", policy.permissions_boundary_usage_count)?);
    let resource = Policy {
        document,
        path: policy.path.unwrap_or_else(|| "/".to_owned()),
        description: policy.description.unwrap_or_default(),
        tags,
    };
    Ok(Present {
        resource: Resource::Policy(resource),
        arn,
        owner,
        markers,
        fingerprint,
        detail: Detail::Policy { default_version: version, attachments },
    })
}

/// IAM's tags.
pub(crate) fn labels(tags: Vec<Tag>) -> Labels {
    Labels::of(tags.into_iter().map(|tag| (tag.key, tag.value)))
}

/// For IAM.
pub(crate) fn tag_list(call: &str, tags: &Tags) -> Result<Vec<Tag>, Refusal> {
    tags.iter().map(|(key, value)| built(call, Tag::builder().key(key).value(value).build())).collect()
}

pub(crate) fn create(
    c: &Connection,
    name: &str,
    policy: &Policy,
    tags: &Tags,
) -> Result<CreatePolicyFluentBuilder, Refusal> {
    Ok(c.iam
        .create_policy()
        .policy_name(name)
        .path(&policy.path)
        .set_description((!policy.description.is_empty()).then(|| policy.description.clone()))
        .policy_document(document::compact(&policy.document))
        .set_tags(Some(tag_list("iam:CreatePolicy", tags)?)))
}

pub(crate) fn create_version(c: &Connection, arn: &Arn, document: &Value) -> CreatePolicyVersionFluentBuilder {
    let request = c.iam.create_policy_version().policy_arn(arn.as_str()).set_as_default(true);
    request.policy_document(document::compact(document))
}

/// Makes one call.
pub(crate) async fn perform(c: &Connection, operation: &PolicyOperation) -> Result<(), Refusal> {
    refuse_aws_managed(operation)?;
    match operation {
        PolicyOperation::Create { name, policy, tags } => {
            c.send("iam:CreatePolicy", create(c, name, policy, tags)?.send()).await.map(drop)
        }
        PolicyOperation::CreateVersion { arn, document } => {
            // Each try makes a version: whether one was made whose answer was lost, the applier finds out before the next.
            let once = aws_sdk_iam::config::Builder::new().retry_config(RetryConfig::disabled());
            let request = create_version(c, arn, document).customize().config_override(once);
            c.send("iam:CreatePolicyVersion", request.send()).await.map(drop)
        }
        PolicyOperation::DeleteVersion { arn, version } => {
            let request = c.iam.delete_policy_version().policy_arn(arn.as_str()).version_id(version);
            gone(c.send("iam:DeletePolicyVersion", request.send()).await.map(drop))
        }
        PolicyOperation::Tag { arn, tags } => {
            const CALL: &str = "iam:TagPolicy";
            let request = c.iam.tag_policy().policy_arn(arn.as_str()).set_tags(Some(tag_list(CALL, tags)?));
            c.send(CALL, request.send()).await.map(drop)
        }
        PolicyOperation::Untag { arn, keys } => {
            let request = c.iam.untag_policy().policy_arn(arn.as_str()).set_tag_keys(Some(keys.clone()));
            gone(c.send("iam:UntagPolicy", request.send()).await.map(drop))
        }
        PolicyOperation::Delete { arn } => {
            gone(c.send("iam:DeletePolicy", c.iam.delete_policy().policy_arn(arn.as_str()).send()).await.map(drop))
        }
    }
}

/// The last guard of a law: no plan may hold such an operation, and AWS would refuse it too.
fn refuse_aws_managed(operation: &PolicyOperation) -> Result<(), Refusal> {
    let (PolicyOperation::CreateVersion { arn, .. }
    | PolicyOperation::DeleteVersion { arn, .. }
    | PolicyOperation::Tag { arn, .. }
    | PolicyOperation::Untag { arn, .. }
    | PolicyOperation::Delete { arn }) = operation
    else {
        return Ok(());
    };
    if !arn.is_aws_managed_policy() {
        return Ok(());
    }
    let words = format!("{arn} is AWS's own policy and is never changed");
    Err(refusal::own(
        statewright_planner::RefusalKind::Denied,
        operation.calls().first().copied().unwrap_or_default(),
        words,
    ))
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;
    use serde_json::json;
    use statewright_spec::Owner;

    use super::*;

    fn raw() -> Raw {
        counted(2, 1)
    }

    fn counted(attachments: i32, bounded: i32) -> Raw {
        Raw::builder()
            .policy_name("P")
            .policy_id("ANPA1")
            .arn("arn:aws:iam::123456789012:policy/team/P")
            .path("/team/")
            .default_version_id("v3")
            .attachment_count(attachments)
            .permissions_boundary_usage_count(bounded)
            .update_date(DateTime::from_secs(0))
            .tags(Tag::builder().key("statewright:stack").value("s@r").build().unwrap())
            .tags(Tag::builder().key("team").value("data").build().unwrap())
            .build()
    }

    #[test]
    fn a_policy_becomes_ours() {
        let arn = Arn::parse("arn:aws:iam::123456789012:policy/team/P").unwrap();
        let present = map(arn, "v3".to_owned(), raw(), Some("%7B%22Statement%22%3A%5B%5D%7D")).unwrap();
        let tags = Tags::from([("team".to_owned(), "data".to_owned())]);
        let expect =
            Policy { document: json!({"Statement": []}), path: "/team/".into(), description: String::new(), tags };
        assert_eq!(present.resource, Resource::Policy(expect));
        assert_eq!(present.owner, Some(Owner::from_tag("s@r")));
        assert_eq!(present.detail, Detail::Policy { default_version: "v3".into(), attachments: 3 });
        assert_eq!(present.fingerprint.0["updated"], "1970-01-01T00:00:00Z");
        assert_eq!(present.fingerprint.0["id"], "ANPA1");
    }

    #[test]
    fn a_version_without_a_document_is_no_policy() {
        let arn = Arn::parse("arn:aws:iam::123456789012:policy/team/P").unwrap();
        let refusal = map(arn, "v3".to_owned(), raw(), None).unwrap_err();
        assert_eq!(refusal.to_string(), "iam:GetPolicyVersion: the answer holds no document");
    }

    #[test]
    fn counts_out_of_all_bounds_are_no_panic() {
        let arn = Arn::parse("arn:aws:iam::123456789012:policy/team/P").unwrap();
        let read = |raw| map(arn.clone(), "v3".to_owned(), raw, Some("%7B%22Statement%22%3A%5B%5D%7D"));
        let present = read(counted(i32::MAX, i32::MAX)).unwrap();
        let Detail::Policy { attachments, .. } = present.detail else { panic!("{:?}", present.detail) };
        assert_eq!(attachments, u32::MAX - 1);
        let refusal = read(counted(-1, 0)).unwrap_err();
        assert_eq!(refusal.kind, statewright_planner::RefusalKind::Malformed);
    }

    /// The guard stands in the call itself: without it the request would go out.
    #[tokio::test]
    async fn perform_refuses_aws_own_policies() {
        let arn = Arn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
        let refusal = perform(&Connection::offline(), &PolicyOperation::Delete { arn }).await.unwrap_err();
        assert_eq!(refusal.kind, statewright_planner::RefusalKind::Denied);
        assert!(refusal.message.contains("is AWS's own policy and is never changed"), "{refusal}");
    }

    #[test]
    fn aws_own_policies_are_never_changed() {
        let arn = Arn::parse("arn:aws-cn:iam::aws:policy/ReadOnlyAccess").unwrap();
        assert!(refuse_aws_managed(&PolicyOperation::Delete { arn }).is_err());
    }
}
