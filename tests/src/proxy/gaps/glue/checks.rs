use serde_json::{Value, json};

use super::super::Intercepted;
use super::super::assumable::is_assumable;
use crate::proxy::Reply;

/// What AWS checks before it writes a job.
pub(super) async fn check(call: Intercepted) -> Reply {
    let create = call.operation() == "CreateJob";
    let job = if create { Some(&call.request.operation.parameters) } else { call.given("JobUpdate") };
    let job = job.cloned().unwrap_or(Value::Null);
    if job.get("WorkerType").is_some() && (job.get("MaxCapacity").is_some() || job.get("AllocatedCapacity").is_some()) {
        let message = "Please set only Allocated Capacity or Max Capacity, or worker type and number of workers";
        return call.refuse(400, "InvalidInputException", message);
    }
    if !is_assumable(&call.emulator, job["Role"].as_str().unwrap_or_default(), "glue.amazonaws.com").await {
        let message = "Role should be given assume role permissions for Glue Service. (Service: AWSGlueJobExecutor; \
                       Error Code: InvalidInputException)";
        return call.refuse(400, "InvalidInputException", message);
    }
    if create && call.emulator.glue("GetJob", json!({"JobName": call.text("Name")})).await.is_ok() {
        let message = format!("Job with name: {} already exists.", call.text("Name"));
        return call.refuse(400, "AlreadyExistsException", &message);
    }
    call.forward().await
}
