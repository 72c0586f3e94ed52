//! Log groups.

use super::{LiveLogGroup, World, exists, missing, refusal};
use crate::{Refusal, RefusalKind, operation::log_group::LogGroupOperation};

impl World {
    pub(super) fn log_group(&mut self, operation: &LogGroupOperation) -> Result<(), Refusal> {
        let call = operation.calls()[0];
        let name = match operation {
            LogGroupOperation::Create { name, .. }
            | LogGroupOperation::PutRetention { name, .. }
            | LogGroupOperation::DeleteRetention { name }
            | LogGroupOperation::AssociateKey { name, .. }
            | LogGroupOperation::DisassociateKey { name }
            | LogGroupOperation::Protect { name, .. }
            | LogGroupOperation::Delete { name } => name.as_str(),
            LogGroupOperation::Tag { arn, .. } | LogGroupOperation::Untag { arn, .. } => {
                arn.resource().strip_prefix("log-group:").unwrap_or_default()
            }
        };
        if let LogGroupOperation::Create { group, tags, .. } = operation {
            if self.log_groups.contains_key(name) {
                return Err(exists(call, name));
            }
            let mut group = (**group).clone();
            group.retention_days = None;
            self.log_groups.insert(name.to_owned(), LiveLogGroup { group, tags: tags.clone() });
            return Ok(());
        }
        let live = self.log_groups.get_mut(name).ok_or_else(|| missing(call, name))?;
        match operation {
            LogGroupOperation::Create { .. } => {}
            LogGroupOperation::PutRetention { days, .. } => live.group.retention_days = Some(*days),
            LogGroupOperation::DeleteRetention { .. } => live.group.retention_days = None,
            LogGroupOperation::AssociateKey { key, .. } => live.group.kms_key = Some(key.clone()),
            LogGroupOperation::DisassociateKey { .. } => live.group.kms_key = None,
            LogGroupOperation::Protect { on, .. } => live.group.deletion_protection = *on,
            LogGroupOperation::Tag { tags, .. } => live.tags.extend(tags.clone()),
            LogGroupOperation::Untag { keys, .. } => live.tags.retain(|key, _| !keys.contains(key)),
            LogGroupOperation::Delete { .. } => {
                if live.group.deletion_protection {
                    return Err(refusal(RefusalKind::Invalid, call, "ValidationException", "it is protected"));
                }
                self.log_groups.remove(name);
            }
        }
        Ok(())
    }
}
