//! Log groups.

use aws_sdk_cloudwatchlogs::{
    operation::create_log_group::builders::CreateLogGroupFluentBuilder,
    types::{LogGroup as Raw, LogGroupClass},
};
use statewright_planner::{Detail, Fingerprint, Present, Refusal, operation::log_group::LogGroupOperation};
use statewright_spec::{Arn, Kind, Resource, Tags, kind::log_group::LogGroup};

use super::{Read, gone, required, signed, unsigned};
use crate::{
    Connection,
    pages::{self, Page},
    refusal,
    tagging::{Labels, to_map},
};

/// `DescribeLogGroups` by prefix and `ListTagsForResource` at the same time.
pub(crate) async fn read(c: &Connection, name: &str, arn: &Arn) -> Read {
    let tags = async {
        let request = c.logs.list_tags_for_resource().resource_arn(arn.as_str());
        c.send("logs:ListTagsForResource", request.send()).await
    };
    let (group, tags) = futures::join!(find(c, name), tags);
    let Some(group) = group? else { return Ok(None) };
    map(c, name, &group, Labels::of_map(tags?.tags)).map(Some)
}

/// The group of exactly this name. AWS sorts by name, so it stands first where its name is the whole prefix.
pub(crate) async fn find(c: &Connection, name: &str) -> Result<Option<Raw>, Refusal> {
    let all = pages::all("logs:DescribeLogGroups", |token| async move {
        let request = c.logs.describe_log_groups().log_group_name_prefix(name).limit(50).set_next_token(token);
        let answer = c.send("logs:DescribeLogGroups", request.send()).await?;
        let found = answer.log_groups.unwrap_or_default().into_iter().find(|g| g.log_group_name() == Some(name));
        // Found: the rest of the list is not asked for.
        let next = answer.next_token.filter(|_| found.is_none());
        Ok(Page::new(found.into_iter().collect(), next))
    });
    Ok(all.await?.into_iter().next())
}

fn map(c: &Connection, name: &str, group: &Raw, labels: Labels) -> Result<Present, Refusal> {
    const CALL: &str = "logs:DescribeLogGroups";
    let arn = group.log_group_arn.as_deref().or(group.arn.as_deref()).unwrap_or_default();
    let arn = c.own_arn(CALL, Kind::LogGroup, name, arn.strip_suffix(":*").unwrap_or(arn))?;
    let key = group.kms_key_id.as_deref().filter(|text| !text.is_empty());
    let kms_key = key
        .map(|text| Arn::parse(text).ok_or_else(|| refusal::malformed(CALL, format!("the key `{text}` is not an ARN"))))
        .transpose()?;
    let class = group.log_group_class.as_ref().map_or(LogGroup::DEFAULT_CLASS, LogGroupClass::as_str).to_owned();
    // AWS itself bounds what a DELIVERY group keeps, and lets nobody set it: no retention of the spec's.
    let retention = group.retention_in_days.filter(|days| *days != 0 && class != "DELIVERY");
    let resource = LogGroup {
        retention_days: retention.map(|days| unsigned(CALL, "the retention", days)).transpose()?,
        kms_key,
        class,
        deletion_protection: group.deletion_protection_enabled.unwrap_or_default(),
        tags: labels.tags,
    };
    let mut fingerprint = Fingerprint::default();
    let created = required(CALL, "creation time", group.creation_time)?;
    fingerprint.0.insert("created".to_owned(), created.to_string());
    fingerprint.0.insert("retention".to_owned(), retention.unwrap_or_default().to_string());
    Ok(Present {
        resource: Resource::LogGroup(resource),
        arn,
        owner: labels.owner,
        markers: labels.markers,
        fingerprint,
        detail: Detail::LogGroup,
    })
}

pub(crate) fn create(c: &Connection, name: &str, group: &LogGroup, tags: &Tags) -> CreateLogGroupFluentBuilder {
    c.logs
        .create_log_group()
        .log_group_name(name)
        .log_group_class(LogGroupClass::from(group.class.as_str()))
        .set_kms_key_id(group.kms_key.as_ref().map(|key| key.as_str().to_owned()))
        .set_deletion_protection_enabled(group.deletion_protection.then_some(true))
        .set_tags(Some(to_map(tags)))
}

/// Makes one call.
pub(crate) async fn perform(c: &Connection, operation: &LogGroupOperation) -> Result<(), Refusal> {
    match operation {
        LogGroupOperation::Create { name, group, tags } => {
            c.send("logs:CreateLogGroup", create(c, name, group, tags).send()).await.map(drop)
        }
        LogGroupOperation::PutRetention { name, days } => {
            let request = c.logs.put_retention_policy().log_group_name(name).retention_in_days(signed(*days));
            c.send("logs:PutRetentionPolicy", request.send()).await.map(drop)
        }
        LogGroupOperation::DeleteRetention { name } => {
            let request = c.logs.delete_retention_policy().log_group_name(name);
            gone(c.send("logs:DeleteRetentionPolicy", request.send()).await.map(drop))
        }
        LogGroupOperation::AssociateKey { name, key } => {
            let request = c.logs.associate_kms_key().log_group_name(name).kms_key_id(key.as_str());
            c.send("logs:AssociateKmsKey", request.send()).await.map(drop)
        }
        LogGroupOperation::DisassociateKey { name } => {
            let request = c.logs.disassociate_kms_key().log_group_name(name);
            gone(c.send("logs:DisassociateKmsKey", request.send()).await.map(drop))
        }
        LogGroupOperation::Protect { name, on } => {
            let request =
                c.logs.put_log_group_deletion_protection().log_group_identifier(name).deletion_protection_enabled(*on);
            c.send("logs:PutLogGroupDeletionProtection", request.send()).await.map(drop)
        }
        LogGroupOperation::Tag { arn, tags } => {
            let request = c.logs.tag_resource().resource_arn(arn.as_str()).set_tags(Some(to_map(tags)));
            c.send("logs:TagResource", request.send()).await.map(drop)
        }
        LogGroupOperation::Untag { arn, keys } => {
            let request = c.logs.untag_resource().resource_arn(arn.as_str()).set_tag_keys(Some(keys.clone()));
            gone(c.send("logs:UntagResource", request.send()).await.map(drop))
        }
        LogGroupOperation::Delete { name } => {
            gone(c.send("logs:DeleteLogGroup", c.logs.delete_log_group().log_group_name(name).send()).await.map(drop))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(group: &Raw, expect: LogGroup) {
        let present = map(&Connection::offline(), "/aws/lambda/f", group, Labels::default()).unwrap();
        assert_eq!(present.arn.as_str(), "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f");
        assert_eq!(present.resource, Resource::LogGroup(expect));
    }

    #[test]
    fn both_shapes_of_arn_and_all_defaults() {
        let expect = LogGroup {
            retention_days: None,
            kms_key: None,
            class: "STANDARD".into(),
            deletion_protection: false,
            tags: std::collections::BTreeMap::new(),
        };
        let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f";
        check(&Raw::builder().creation_time(1).arn(format!("{arn}:*")).build(), expect.clone());
        check(&Raw::builder().creation_time(1).log_group_arn(arn).retention_in_days(0).build(), expect.clone());
        let key = "arn:aws:kms:us-east-1:123456789012:key/k";
        check(
            &Raw::builder()
                .creation_time(1)
                .log_group_arn(arn)
                .retention_in_days(30)
                .kms_key_id(key)
                .log_group_class(LogGroupClass::InfrequentAccess)
                .deletion_protection_enabled(true)
                .build(),
            LogGroup {
                retention_days: Some(30),
                kms_key: Arn::parse(key),
                class: "INFREQUENT_ACCESS".into(),
                deletion_protection: true,
                ..expect
            },
        );
    }

    #[test]
    fn a_group_of_another_account_is_malformed() {
        let group =
            Raw::builder().creation_time(1).log_group_arn("arn:aws:logs:us-east-1:999999999999:log-group:g").build();
        let refusal = map(&Connection::offline(), "g", &group, Labels::default()).unwrap_err();
        assert_eq!(refusal.kind, statewright_planner::RefusalKind::Malformed);
    }
}
