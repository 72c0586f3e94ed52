use serde_json::{Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;

/// The ARN of a job, which no call of Glue answers.
pub(super) fn arn(call: &Intercepted, job: &str) -> String {
    format!("arn:aws:glue:{}:{}:job/{job}", call.request.region, call.request.account)
}

/// Sets the tags that `CreateJob` was given.
pub(super) async fn of_create(call: Intercepted) -> Reply {
    let reply = call.forward().await;
    if let Some(tags) = call.given("Tags").filter(|_| reply.succeeded()) {
        let tagged = json!({"ResourceArn": arn(&call, call.text("Name")), "TagsToAdd": tags});
        if let Err(refusal) = call.emulator.glue("TagResource", tagged).await {
            return call.refuse(refusal.status, &refusal.code, &refusal.message);
        }
    }
    reply
}

/// Takes the tags off a job that has been deleted.
pub(super) async fn die_with_the_job(call: Intercepted) -> Reply {
    let reply = call.forward().await;
    if reply.succeeded() {
        let arn = arn(&call, call.text("JobName"));
        let tags = call.emulator.glue("GetTags", json!({"ResourceArn": arn})).await.unwrap_or_default();
        let keys: Vec<&String> = tags["Tags"].as_object().into_iter().flat_map(|tags| tags.keys()).collect();
        if !keys.is_empty() {
            // The emulator forgets them as if there were a job.
            let _ = call.emulator.glue("UntagResource", json!({"ResourceArn": arn, "TagsToRemove": keys})).await;
        }
    }
    reply
}

/// Refuses to speak of the tags of a job that is not there.
pub(super) async fn of_nothing(call: Intercepted) -> Reply {
    let arn = call.text("ResourceArn").to_owned();
    if let Some((_, job)) = arn.split_once(":job/") {
        let found: Result<Value, _> = call.emulator.glue("GetJob", json!({"JobName": job})).await;
        if found.is_err() {
            return call.refuse(400, "EntityNotFoundException", &format!("Entity not found: {arn}"));
        }
    }
    call.forward().await
}
