//! Customer-managed policies: the document is a version, five of which are kept; tags can change; the rest cannot.

use statewright_iam::{equivalent, quota};
use statewright_spec::{Arn, Tags, kind::policy::Policy};

use super::{Part, Update, owned};
use crate::{
    Operation,
    compare::Differences,
    grants::{Pace, Transition},
    operation::policy::PolicyOperation,
};

/// IAM has no call that changes them.
pub(crate) const IMMUTABLE: &[&str] = &["path", "description"];

pub(crate) fn differences(before: Option<&Policy>, after: &Policy) -> Differences {
    let Policy { document, path, description, tags } = after;
    let mut d = Differences::default();
    if before.is_none_or(|before| !equivalent(&before.document, document)) {
        d.document("document", None, before.map(|b| &b.document), Some(document));
    }
    d.value("path", before.map(|b| &b.path), path, &"/".to_owned());
    d.value("description", before.map(|b| &b.description), description, &String::new());
    d.map("tags", before.map(|b| &b.tags), tags);
    d
}

pub(crate) fn create(name: &str, policy: &Policy, ours: &Tags) -> Vec<Operation> {
    let tags = owned(&policy.tags, ours);
    vec![Operation::Policy(PolicyOperation::Create { name: name.to_owned(), policy: Box::new(policy.clone()), tags })]
}

/// The versions of a policy, oldest first, as a change of its document goes on.
pub(crate) struct Versions {
    /// Oldest first.
    pub(crate) all: Vec<String>,
    /// The one in force.
    pub(crate) default: String,
}

impl Versions {
    /// The calls that put `document` in force, the oldest version pruned where there is no room for another.
    fn put(&mut self, arn: &Arn, document: &serde_json::Value) -> Vec<Operation> {
        let mut operations = Vec::new();
        while self.all.len() >= quota::VERSIONS {
            let Some(oldest) = self.all.iter().position(|version| *version != self.default) else { break };
            let version = self.all.remove(oldest);
            operations.push(Operation::Policy(PolicyOperation::DeleteVersion { arn: arn.clone(), version }));
        }
        operations
            .push(Operation::Policy(PolicyOperation::CreateVersion { arn: arn.clone(), document: document.clone() }));
        // Its number is IAM's to choose; it is the default now, and the others may be pruned.
        "the new one".clone_into(&mut self.default);
        self.all.push(self.default.clone());
        operations
    }
}

pub(crate) fn update(
    arn: &Arn,
    before: &Policy,
    after: &Policy,
    versions: Versions,
    retags: (Tags, Vec<String>),
    pace: Pace,
) -> Update {
    let mut versions = versions;
    let mut update = Update::default();
    let mut shrinks = false;
    match pace.transition(&before.document, &after.document, quota::MANAGED) {
        Transition::Same => {}
        Transition::Grow => update.grow.operations = versions.put(arn, &after.document),
        Transition::Shrink => {
            shrinks = true;
            update.shrink.operations = versions.put(arn, &after.document);
            update.shrink.title.push("narrow the document".to_owned());
        }
        Transition::Both(both) => {
            update.grow.operations = versions.put(arn, &both);
            update.shrink.operations = versions.put(arn, &after.document);
            update.shrink.title.push("take away what is no longer granted".to_owned());
        }
        Transition::AtOnce(why) => {
            update.grow.operations = versions.put(arn, &after.document);
            update.risk.push(format!("grants come and go in one call: {why}"));
        }
    }
    let differences = differences(Some(before), after);
    let (document, rest): (Vec<_>, Vec<_>) = differences.0.into_iter().partition(|d| d.field == "document");
    let home = if shrinks { &mut update.shrink } else { &mut update.grow };
    if !document.is_empty() && !shrinks {
        home.title.push("document".to_owned());
    }
    home.differences.0.extend(document);
    update.grow.differences.0.extend(rest);
    tags(&mut update.grow, arn, retags);
    update
}

fn tags(part: &mut Part, arn: &Arn, (set, gone): (Tags, Vec<String>)) {
    if !set.is_empty() || !gone.is_empty() {
        part.title.push("tags".to_owned());
    }
    if !set.is_empty() {
        part.operations.push(Operation::Policy(PolicyOperation::Tag { arn: arn.clone(), tags: set }));
    }
    if !gone.is_empty() {
        part.operations.push(Operation::Policy(PolicyOperation::Untag { arn: arn.clone(), keys: gone }));
    }
}

/// The other versions first: IAM refuses to delete a policy that has more than its default one.
pub(crate) fn delete(arn: &Arn, versions: &Versions) -> Vec<Operation> {
    let others = versions.all.iter().filter(|version| **version != versions.default);
    others
        .map(|version| PolicyOperation::DeleteVersion { arn: arn.clone(), version: version.clone() })
        .chain([PolicyOperation::Delete { arn: arn.clone() }])
        .map(Operation::Policy)
        .collect()
}

/// What a write makes of it.
pub(crate) fn written(policy: &mut Policy, operation: &PolicyOperation) -> bool {
    match operation {
        PolicyOperation::CreateVersion { document, .. } => policy.document.clone_from(document),
        PolicyOperation::DeleteVersion { .. } | PolicyOperation::Tag { .. } | PolicyOperation::Untag { .. } => {}
        PolicyOperation::Create { .. } | PolicyOperation::Delete { .. } => return false,
    }
    true
}
