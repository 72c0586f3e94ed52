//! Roles, with all that hangs on them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

use aws_sdk_iam::{
    operation::{create_role::builders::CreateRoleFluentBuilder, update_role::builders::UpdateRoleFluentBuilder},
    types::Role as Raw,
};
use futures::future::try_join_all;
use serde_json::Value;
use statewright_planner::{Detail, Fingerprint, Present, Refusal, operation::role::RoleOperation};
use statewright_spec::{Arn, Kind, Resource, Tags, kind::role::Role};

use super::{
    Read, gone,
    policy::{labels, tag_list},
    required, signed, unless_missing, unsigned,
};
use crate::{
    Connection, document,
    pages::{self, Page},
    refusal,
    tagging::Labels,
};

/// AWS's default, in seconds.
const SESSION: i32 = 3_600;

/// `GetRole`, `ListAttachedRolePolicies` and `ListRolePolicies` at the same time, then `GetRolePolicy` for each.
pub(crate) async fn read(c: &Connection, name: &str) -> Read {
    let get = async { unless_missing(c.send("iam:GetRole", c.iam.get_role().role_name(name).send()).await) };
    let inline = async { inline_documents(c, name, inline_names(c, name).await?).await };
    let (role, attachments, inline) = futures::join!(get, attachments(c, name), inline);
    // A role that is not there fails all three; GetRole's word counts.
    let Some(found) = role? else { return Ok(None) };
    let role = required("iam:GetRole", "role", found.role)?;
    let arn = c.own_arn("iam:GetRole", Kind::Role, name, role.arn())?;
    map(arn, role, attachments?, inline?).map(Some)
}

/// The time since a role was made, by our clock; `None` where there is no role of that name.
pub(crate) async fn age(c: &Connection, name: &str) -> Result<Option<Duration>, Refusal> {
    let found = unless_missing(c.send("iam:GetRole", c.iam.get_role().role_name(name).send()).await)?;
    let Some(role) = found.and_then(|found| found.role) else { return Ok(None) };
    let made = SystemTime::try_from(role.create_date).unwrap_or(SystemTime::UNIX_EPOCH);
    // A clock that is behind makes it brand new.
    Ok(Some(SystemTime::now().duration_since(made).unwrap_or_default()))
}

async fn attachments(c: &Connection, name: &str) -> Result<BTreeSet<Arn>, Refusal> {
    const CALL: &str = "iam:ListAttachedRolePolicies";
    let all = pages::all(CALL, |marker| async move {
        let request = c.iam.list_attached_role_policies().role_name(name).set_marker(marker);
        let answer = c.send(CALL, request.send()).await?;
        let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
        Ok(Page::marked(answer.attached_policies.unwrap_or_default(), is_truncated, marker))
    });
    let arns = all.await?.into_iter().map(|policy| policy.policy_arn.unwrap_or_default());
    arns.map(|text| Arn::parse(&text).ok_or_else(|| refusal::malformed(CALL, format!("`{text}` is not an ARN"))))
        .collect()
}

async fn inline_names(c: &Connection, name: &str) -> Result<Vec<String>, Refusal> {
    pages::all("iam:ListRolePolicies", |marker| async move {
        let request = c.iam.list_role_policies().role_name(name).set_marker(marker);
        let answer = c.send("iam:ListRolePolicies", request.send()).await?;
        let (is_truncated, marker) = (answer.is_truncated(), answer.marker().map(str::to_owned));
        Ok(Page::marked(answer.policy_names, is_truncated, marker))
    })
    .await
}

async fn inline_documents(c: &Connection, name: &str, names: Vec<String>) -> Result<BTreeMap<String, Value>, Refusal> {
    const CALL: &str = "iam:GetRolePolicy";
    let reads = names.into_iter().map(|policy| async move {
        let request = c.iam.get_role_policy().role_name(name).policy_name(&policy);
        // One that went away between the two calls is not there.
        let Some(answer) = unless_missing(c.send(CALL, request.send()).await)? else { return Ok(None) };
        let document = document::decoded(CALL, &format!("the inline policy {policy}"), &answer.policy_document)?;
        Ok(Some((policy, document)))
    });
    Ok(try_join_all(reads).await?.into_iter().flatten().collect())
}

fn map(arn: Arn, role: Raw, attachments: BTreeSet<Arn>, inline: BTreeMap<String, Value>) -> Result<Present, Refusal> {
    const CALL: &str = "iam:GetRole";
    let trust = required(CALL, "trust policy", role.assume_role_policy_document())?;
    let trust = document::decoded(CALL, "the trust policy", trust)?;
    let boundary = role.permissions_boundary.and_then(|b| b.permissions_boundary_arn).filter(|text| !text.is_empty());
    let permissions_boundary = boundary
        .map(|text| Arn::parse(&text).ok_or_else(|| refusal::malformed(CALL, format!("`{text}` is not an ARN"))))
        .transpose()?;
    let Labels { tags, owner, markers } = labels(role.tags.unwrap_or_default());
    // IAM gives a role no revision. What hangs on it shows in the changes, or is left to others.
    let fingerprint = Fingerprint(BTreeMap::from([("id".to_owned(), role.role_id.clone())]));
    let resource = Role {
        trust,
        attachments,
        inline,
        permissions_boundary,
        path: role.path,
        description: role.description.unwrap_or_default(),
        max_session_seconds: unsigned(CALL, "the session's length", role.max_session_duration.unwrap_or(SESSION))?,
        tags,
    };
    Ok(Present {
        resource: Resource::Role(resource),
        arn,
        owner,
        markers,
        fingerprint,
        detail: Detail::Role { id: role.role_id },
    })
}

pub(crate) fn create(c: &Connection, name: &str, role: &Role, tags: &Tags) -> Result<CreateRoleFluentBuilder, Refusal> {
    Ok(c.iam
        .create_role()
        .role_name(name)
        .path(&role.path)
        .assume_role_policy_document(document::compact(&role.trust))
        .set_description((!role.description.is_empty()).then(|| role.description.clone()))
        .max_session_duration(signed(role.max_session_seconds))
        .set_permissions_boundary(role.permissions_boundary.as_ref().map(|arn| arn.as_str().to_owned()))
        .set_tags(Some(tag_list("iam:CreateRole", tags)?)))
}

/// Both are always sent: what is omitted keeps its value.
pub(crate) fn update(c: &Connection, name: &str, description: &str, session_seconds: u32) -> UpdateRoleFluentBuilder {
    c.iam.update_role().role_name(name).description(description).max_session_duration(signed(session_seconds))
}

/// Makes one call.
pub(crate) async fn perform(c: &Connection, operation: &RoleOperation) -> Result<(), Refusal> {
    match operation {
        RoleOperation::Create { name, role, tags } => {
            c.send("iam:CreateRole", create(c, name, role, tags)?.send()).await.map(drop)
        }
        RoleOperation::UpdateTrust { name, document } => {
            let request =
                c.iam.update_assume_role_policy().role_name(name).policy_document(document::compact(document));
            c.send("iam:UpdateAssumeRolePolicy", request.send()).await.map(drop)
        }
        RoleOperation::UpdateSettings { name, description, max_session_seconds } => {
            c.send("iam:UpdateRole", update(c, name, description, *max_session_seconds).send()).await.map(drop)
        }
        RoleOperation::PutBoundary { name, boundary } => {
            let request = c.iam.put_role_permissions_boundary().role_name(name).permissions_boundary(boundary.as_str());
            c.send("iam:PutRolePermissionsBoundary", request.send()).await.map(drop)
        }
        RoleOperation::DeleteBoundary { name } => {
            let request = c.iam.delete_role_permissions_boundary().role_name(name);
            gone(c.send("iam:DeleteRolePermissionsBoundary", request.send()).await.map(drop))
        }
        RoleOperation::Attach { name, policy } => {
            let request = c.iam.attach_role_policy().role_name(name).policy_arn(policy.as_str());
            c.send("iam:AttachRolePolicy", request.send()).await.map(drop)
        }
        RoleOperation::Detach { name, policy } => {
            let request = c.iam.detach_role_policy().role_name(name).policy_arn(policy.as_str());
            gone(c.send("iam:DetachRolePolicy", request.send()).await.map(drop))
        }
        RoleOperation::PutInline { name, policy, document } => {
            let request = c
                .iam
                .put_role_policy()
                .role_name(name)
                .policy_name(policy)
                .policy_document(document::compact(document));
            c.send("iam:PutRolePolicy", request.send()).await.map(drop)
        }
        RoleOperation::DeleteInline { name, policy } => {
            let request = c.iam.delete_role_policy().role_name(name).policy_name(policy);
            gone(c.send("iam:DeleteRolePolicy", request.send()).await.map(drop))
        }
        RoleOperation::Tag { name, tags } => {
            const CALL: &str = "iam:TagRole";
            let request = c.iam.tag_role().role_name(name).set_tags(Some(tag_list(CALL, tags)?));
            c.send(CALL, request.send()).await.map(drop)
        }
        RoleOperation::Untag { name, keys } => {
            let request = c.iam.untag_role().role_name(name).set_tag_keys(Some(keys.clone()));
            gone(c.send("iam:UntagRole", request.send()).await.map(drop))
        }
        RoleOperation::Delete { name } => {
            gone(c.send("iam:DeleteRole", c.iam.delete_role().role_name(name).send()).await.map(drop))
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_iam::types::AttachedPermissionsBoundary;
    use aws_smithy_types::DateTime;
    use serde_json::json;

    use super::*;

    fn raw() -> aws_sdk_iam::types::builders::RoleBuilder {
        Raw::builder()
            .path("/")
            .role_name("R")
            .role_id("AROA1")
            .arn("arn:aws:iam::123456789012:role/R")
            .create_date(DateTime::from_secs(0))
            .assume_role_policy_document("%7B%22Statement%22%3A%5B%5D%7D")
    }

    fn mapped(role: Raw) -> Result<Present, Refusal> {
        let arn = Arn::parse("arn:aws:iam::123456789012:role/R").unwrap();
        let policy = Arn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
        map(arn, role, BTreeSet::from([policy]), BTreeMap::from([("I".to_owned(), json!({}))]))
    }

    #[test]
    fn defaults_are_filled_in() {
        let present = mapped(raw().build().unwrap()).unwrap();
        let Resource::Role(role) = present.resource else { panic!("{present:?}") };
        assert_eq!((role.max_session_seconds, role.description.as_str()), (3600, ""));
        assert_eq!(role.trust, json!({"Statement": []}));
        assert_eq!(role.permissions_boundary, None);
        assert_eq!(present.detail, Detail::Role { id: "AROA1".into() });
        assert_eq!(present.fingerprint.0, BTreeMap::from([("id".into(), "AROA1".into())]));
    }

    #[test]
    fn a_boundary_that_is_no_arn_is_malformed() {
        let boundary = AttachedPermissionsBoundary::builder().permissions_boundary_arn("nonsense").build();
        let refusal = mapped(raw().permissions_boundary(boundary).build().unwrap()).unwrap_err();
        assert_eq!(refusal.to_string(), "iam:GetRole: `nonsense` is not an ARN");
    }
}
