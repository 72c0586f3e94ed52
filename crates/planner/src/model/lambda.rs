//! Functions.

use statewright_spec::{
    Arn,
    kind::function::{Code, Function},
};

use super::{LiveFunction, World, exists, missing, refusal};
use crate::{
    Refusal, RefusalKind,
    operation::function::{FunctionOperation, MARK_CODE},
};

impl World {
    pub(super) fn function(&mut self, operation: &FunctionOperation) -> Result<(), Refusal> {
        let call = operation.calls()[0];
        let name = match operation {
            FunctionOperation::Create { name, .. }
            | FunctionOperation::UpdateCode { name, .. }
            | FunctionOperation::UpdateConfiguration { name, .. }
            | FunctionOperation::MarkCode { name, .. }
            | FunctionOperation::Delete { name } => name.as_str(),
            FunctionOperation::Tag { arn, .. } | FunctionOperation::Untag { arn, .. } => arn.name(),
        };
        let revision = self.counter;
        if let FunctionOperation::Create { function, tags, .. } = operation {
            if self.functions.contains_key(name) {
                return Err(exists(call, name));
            }
            let role_id = self.assumed(call, &function.role)?;
            let (sha256, function) = (deployed(&function.code), (**function).clone());
            let live =
                LiveFunction { function, sha256, role_id, busy: true, failed: false, revision, tags: tags.clone() };
            self.functions.insert(name.to_owned(), live);
            return Ok(());
        }
        let role = match operation {
            FunctionOperation::UpdateConfiguration { function, .. } => Some(self.assumed(call, &function.role)?),
            _ => None,
        };
        let live = self.functions.get_mut(name).ok_or_else(|| missing(call, name))?;
        if live.busy && !matches!(operation, FunctionOperation::Delete { .. }) {
            return Err(refusal(RefusalKind::Busy, call, "ResourceConflictException", "an update is in progress"));
        }
        match operation {
            FunctionOperation::Create { .. } => {}
            FunctionOperation::UpdateCode { code, architecture, .. } => {
                live.sha256 = deployed(code);
                live.function.architecture.clone_from(architecture);
                (live.busy, live.failed, live.revision) = (true, false, revision);
            }
            FunctionOperation::UpdateConfiguration { function, .. } => {
                let architecture = live.function.architecture.clone();
                live.function = Function { architecture, ..(**function).clone() };
                live.role_id = role.unwrap_or_default();
                (live.busy, live.failed, live.revision) = (true, false, revision);
            }
            FunctionOperation::MarkCode { source, .. } => {
                live.tags.insert(MARK_CODE.to_owned(), format!("{source}:{}", live.sha256));
            }
            FunctionOperation::Tag { tags, .. } => live.tags.extend(tags.clone()),
            FunctionOperation::Untag { keys, .. } => live.tags.retain(|key, _| !keys.contains(key)),
            FunctionOperation::Delete { .. } => {
                self.functions.remove(name);
            }
        }
        Ok(())
    }

    /// The id of a role that a service assumes; another account's has none here.
    fn assumed(&self, call: &str, role: &Arn) -> Result<String, Refusal> {
        let there = self.roles.values().find(|live| live.arn == *role);
        match there {
            Some(live) => Ok(live.id.clone()),
            None if role.account() == self.identity.account.as_str() => Err(refusal(
                RefusalKind::Propagating(crate::Unseen::Trust),
                call,
                "InvalidParameterValueException",
                "the role",
            )),
            None => Ok(String::new()),
        }
    }
}

/// What `CodeSha256` is made of here: the content, or the place in S3.
fn deployed(code: &Code) -> String {
    match code {
        Code::Archive(archive) => archive.sha256.clone(),
        Code::Object(object) => format!("of {}/{}@{:?}", object.bucket, object.key, object.version),
        Code::Deployed { sha256, .. } => sha256.clone(),
    }
}
