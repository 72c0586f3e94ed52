//! Log groups: retention, key, protection and tags each have calls of their own.

use statewright_spec::{Arn, Tags, kind::log_group::LogGroup};

use super::{Part, Update, owned};
use crate::{Operation, compare::Differences, operation::log_group::LogGroupOperation};

/// `CreateLogGroup` alone sets the class.
pub(crate) const IMMUTABLE: &[&str] = &["class"];

pub(crate) fn differences(before: Option<&LogGroup>, after: &LogGroup) -> Differences {
    let LogGroup { retention_days, kms_key, class, deletion_protection, tags } = after;
    let mut d = Differences::default();
    d.value("retention_days", before.map(|b| &b.retention_days), retention_days, &None);
    d.value("kms_key", before.map(|b| &b.kms_key), kms_key, &None);
    d.value("class", before.map(|b| &b.class), class, &"STANDARD".to_owned());
    d.value("deletion_protection", before.map(|b| &b.deletion_protection), deletion_protection, &false);
    d.map("tags", before.map(|b| &b.tags), tags);
    d
}

pub(crate) fn create(name: &str, group: &LogGroup, ours: &Tags) -> Vec<Operation> {
    let tags = owned(&group.tags, ours);
    let create = LogGroupOperation::Create { name: name.to_owned(), group: Box::new(group.clone()), tags };
    let retention = group.retention_days.map(|_| retention(name, group));
    std::iter::once(create).chain(retention).map(Operation::LogGroup).collect()
}

fn retention(name: &str, group: &LogGroup) -> LogGroupOperation {
    let name = name.to_owned();
    // A delivery group keeps events for a day whatever is asked: it has no retention to take away.
    match group.retention_days {
        Some(days) => LogGroupOperation::PutRetention { name, days },
        None => LogGroupOperation::DeleteRetention { name },
    }
}

pub(crate) fn update(
    name: &str,
    arn: &Arn,
    before: &LogGroup,
    after: &LogGroup,
    (set, gone): (Tags, Vec<String>),
) -> Update {
    let differences = differences(Some(before), after);
    let mut operations = Vec::new();
    if differences.has("retention_days") {
        operations.push(retention(name, after));
    }
    if differences.has("kms_key") {
        let name = name.to_owned();
        operations.push(match &after.kms_key {
            Some(key) => LogGroupOperation::AssociateKey { name, key: key.clone() },
            None => LogGroupOperation::DisassociateKey { name },
        });
    }
    if differences.has("deletion_protection") {
        operations.push(LogGroupOperation::Protect { name: name.to_owned(), on: after.deletion_protection });
    }
    if !set.is_empty() {
        operations.push(LogGroupOperation::Tag { arn: arn.clone(), tags: set });
    }
    if !gone.is_empty() {
        operations.push(LogGroupOperation::Untag { arn: arn.clone(), keys: gone });
    }
    let title = differences.parts();
    let operations = operations.into_iter().map(Operation::LogGroup).collect();
    Update { grow: Part { differences, operations, title }, ..Update::default() }
}

pub(crate) fn delete(name: &str) -> Vec<Operation> {
    vec![Operation::LogGroup(LogGroupOperation::Delete { name: name.to_owned() })]
}

/// What a write makes of it.
pub(crate) fn written(group: &mut LogGroup, operation: &LogGroupOperation) -> bool {
    match operation {
        LogGroupOperation::PutRetention { days, .. } => group.retention_days = Some(*days),
        LogGroupOperation::DeleteRetention { .. } => group.retention_days = None,
        LogGroupOperation::AssociateKey { key, .. } => group.kms_key = Some(key.clone()),
        LogGroupOperation::DisassociateKey { .. } => group.kms_key = None,
        LogGroupOperation::Protect { on, .. } => group.deletion_protection = *on,
        LogGroupOperation::Tag { .. } | LogGroupOperation::Untag { .. } => {}
        LogGroupOperation::Create { .. } | LogGroupOperation::Delete { .. } => return false,
    }
    true
}
