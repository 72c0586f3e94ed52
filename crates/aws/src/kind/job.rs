//! Glue jobs and their scripts.

mod map;
pub(crate) mod request;

use std::sync::OnceLock;

use statewright_planner::{
    Answer, Question, Refusal, ScriptObject,
    operation::job::{JobOperation, Over},
};
use statewright_spec::Arn;

use super::{Read, gone, required, unless_missing};
use crate::{
    Connection, refusal,
    s3::{Found, Place},
    tagging::{Labels, to_map},
};

/// Where the spec uploads a script.
#[derive(Debug)]
pub(crate) struct Upload {
    bucket: String,
    key: String,
    /// What is there, once it was read: a job that does not exist does not tell it, and a create or a delete would ask again.
    there: OnceLock<ScriptObject>,
}

impl Upload {
    /// `location` is `s3://bucket/key`.
    pub(crate) fn to(location: &str) -> Option<Self> {
        let Place { bucket, key } = Place::parse(location)?;
        Some(Self { bucket: bucket.to_owned(), key: key.to_owned(), there: OnceLock::new() })
    }

    /// The question that reading the job has answered.
    pub(crate) fn answered(self) -> Option<(Question, Answer)> {
        let Self { bucket, key, there } = self;
        Some((Question::ScriptObject { bucket, key }, Answer::ScriptObject(there.into_inner()?)))
    }
}

/// `GetJob`, `GetTags` and the script's object at the same time. `script` is the place to which the spec uploads; what an
/// orphan or a move leaves behind is a question of its own.
pub(crate) async fn read(c: &Connection, name: &str, arn: &Arn, script: Option<&Upload>) -> Read {
    let tags = c.send("glue:GetTags", c.glue.get_tags().resource_arn(arn.as_str()).send());
    let script = async {
        match script {
            Some(Upload { bucket, key, there }) => {
                let found = c.script_object(Place { bucket, key }).await;
                let _ = there.set(found.object.clone());
                found
            }
            None => Found { object: ScriptObject::NotManaged, sha256: None },
        }
    };
    let (job, tags, script) = futures::join!(get(c, name), tags, script);
    let Some(job) = job? else { return Ok(None) };
    let labels = Labels::of_map(tags?.tags);
    map::present(c, arn.clone(), job, labels, script).map(Some)
}

/// `None` where there is none.
pub(crate) async fn get(c: &Connection, name: &str) -> Result<Option<aws_sdk_glue::types::Job>, Refusal> {
    const CALL: &str = "glue:GetJob";
    let answer = unless_missing(c.send(CALL, c.glue.get_job().job_name(name).send()).await)?;
    let Some(found) = answer else { return Ok(None) };
    let job = required(CALL, "job", found.job)?;
    match job.name() {
        Some(other) if other != name => {
            Err(refusal::malformed(CALL, format!("the answer is of the job {other} instead of {name}")))
        }
        _ => Ok(Some(job)),
    }
}

/// Makes one call.
pub(crate) async fn perform(c: &Connection, operation: &JobOperation) -> Result<(), Refusal> {
    match operation {
        JobOperation::UploadScript { bucket, key, body, sha256, tags, over } => {
            c.upload(Place { bucket, key }, body, sha256, tags, *over == Over::Nothing).await
        }
        JobOperation::DeleteScript { bucket, key } => c.delete_object(Place { bucket, key }).await,
        JobOperation::ReleaseScript { bucket, key } => c.release_object(Place { bucket, key }).await,
        JobOperation::Create { name, job, tags } => {
            let request = request::create(c.glue.create_job(), name, job, tags);
            c.send("glue:CreateJob", request.send()).await.map(drop)
        }
        JobOperation::Update { name, job } => {
            let request = c.glue.update_job().job_name(name).job_update(request::update(job));
            c.send("glue:UpdateJob", request.send()).await.map(drop)
        }
        JobOperation::Tag { arn, tags } => {
            let request = c.glue.tag_resource().resource_arn(arn.as_str()).set_tags_to_add(Some(to_map(tags)));
            c.send("glue:TagResource", request.send()).await.map(drop)
        }
        JobOperation::Untag { arn, keys } => {
            let request = c.glue.untag_resource().resource_arn(arn.as_str()).set_tags_to_remove(Some(keys.clone()));
            gone(c.send("glue:UntagResource", request.send()).await.map(drop))
        }
        JobOperation::Delete { name } => {
            gone(c.send("glue:DeleteJob", c.glue.delete_job().job_name(name).send()).await.map(drop))
        }
    }
}
