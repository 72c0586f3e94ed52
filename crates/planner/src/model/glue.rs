//! Jobs and their scripts.

use statewright_spec::{Owner, kind::job::Job};

use super::{LiveJob, LiveObject, World, exists, missing, refusal};
use crate::{
    Refusal, RefusalKind,
    operation::job::{JobOperation, Over},
};

impl World {
    pub(super) fn job(&mut self, operation: &JobOperation) -> Result<(), Refusal> {
        let call = operation.calls()[0];
        let revision = self.counter;
        match operation {
            JobOperation::UploadScript { bucket, key, sha256, tags, over, .. } => {
                let place = (bucket.clone(), key.clone());
                if *over == Over::Nothing && self.objects.contains_key(&place) {
                    return Err(exists(call, key));
                }
                let owner = tags.get(Owner::TAG).map(Owner::from_tag);
                self.objects.insert(place, LiveObject { owner, sha256: sha256.clone() });
            }
            JobOperation::ReleaseScript { bucket, key } => {
                if let Some(object) = self.objects.get_mut(&(bucket.clone(), key.clone())) {
                    object.owner = None;
                }
            }
            JobOperation::DeleteScript { bucket, key } => {
                self.objects.remove(&(bucket.clone(), key.clone()));
            }
            JobOperation::Create { name, job, tags } => {
                if self.jobs.contains_key(name) {
                    return Err(exists(call, name));
                }
                self.assumable(call, job)?;
                let job = (**job).clone();
                self.jobs.insert(name.clone(), LiveJob { job, revision, tags: tags.clone() });
            }
            JobOperation::Update { name, job } => {
                self.assumable(call, job)?;
                let live = self.jobs.get_mut(name).ok_or_else(|| missing(call, name))?;
                (live.job, live.revision) = ((**job).clone(), revision);
            }
            JobOperation::Tag { arn, tags } => {
                let live = self.jobs.get_mut(arn.name()).ok_or_else(|| missing(call, arn.name()))?;
                live.tags.extend(tags.clone());
            }
            JobOperation::Untag { arn, keys } => {
                let live = self.jobs.get_mut(arn.name()).ok_or_else(|| missing(call, arn.name()))?;
                live.tags.retain(|key, _| !keys.contains(key));
            }
            // It succeeds where there is none.
            JobOperation::Delete { name } => {
                self.jobs.remove(name);
            }
        }
        Ok(())
    }

    fn assumable(&self, call: &str, job: &Job) -> Result<(), Refusal> {
        if self.role_exists(&job.role) {
            return Ok(());
        }
        Err(refusal(
            RefusalKind::Propagating(crate::Unseen::Trust),
            call,
            "InvalidInputException",
            "the role cannot be assumed",
        ))
    }
}
