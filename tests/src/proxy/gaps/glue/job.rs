use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::super::Intercepted;
use crate::proxy::Reply;

const JOB: &str = "glue.job";

/// What `CreateJob` and `JobUpdate` set and `GetJob` answers, from botocore's service model. What is not here (`Name`, `CreatedOn` …)
/// is the service's own.
const WRITABLE: [&str; 23] = [
    "JobMode",
    "JobRunQueuingEnabled",
    "Description",
    "LogUri",
    "Role",
    "ExecutionProperty",
    "Command",
    "DefaultArguments",
    "NonOverridableArguments",
    "Connections",
    "MaxRetries",
    "AllocatedCapacity",
    "Timeout",
    "MaxCapacity",
    "SecurityConfiguration",
    "NotificationProperty",
    "GlueVersion",
    "NumberOfWorkers",
    "WorkerType",
    "CodeGenConfigurationNodes",
    "ExecutionClass",
    "SourceControlDetails",
    "MaintenanceWindow",
];

/// Keeps what was written and answers that, with AWS's defaults in what was left out: an update overwrites the lot.
pub(super) async fn as_written(call: Intercepted) -> Reply {
    match call.operation() {
        "CreateJob" => {
            let reply = call.forward().await;
            if reply.succeeded() {
                call.remember(JOB, call.text("Name"), written(&call.request.operation.parameters));
            }
            reply
        }
        "UpdateJob" => {
            let reply = call.forward().await;
            if reply.succeeded() {
                let mut job = written(call.given("JobUpdate").unwrap_or(&Value::Null));
                job["LastModifiedOn"] = now();
                call.remember(JOB, call.text("JobName"), job);
            }
            reply
        }
        "DeleteJob" => {
            let reply = call.forward().await;
            if reply.succeeded() {
                call.forget(JOB, call.text("JobName"));
            }
            reply
        }
        _ => call.forward().await.edit_json(|answer| {
            if let Some(job) = answer.get_mut("Job") {
                correct(&call, job);
            }
            for job in answer.get_mut("Jobs").and_then(Value::as_array_mut).into_iter().flatten() {
                correct(&call, job);
            }
        }),
    }
}

/// Says that the job is updated, if there is one: what it now is, [`as_written`] keeps.
pub(super) async fn update_in_its_stead(call: Intercepted) -> Reply {
    match call.emulator.glue("GetJob", json!({"JobName": call.text("JobName")})).await {
        Ok(_) => call.succeed(&json!({"JobName": call.text("JobName")})),
        Err(_) => call.refuse(400, "EntityNotFoundException", &format!("Job {} is not found.", call.text("JobName"))),
    }
}

/// `BatchGetJobs` and `ListJobs` out of `GetJobs`.
pub(super) async fn several(call: Intercepted) -> Reply {
    let all = match call.emulator.glue("GetJobs", json!({})).await {
        Ok(answer) => answer["Jobs"].as_array().cloned().unwrap_or_default(),
        Err(refusal) => return call.refuse(refusal.status, &refusal.code, &refusal.message),
    };
    if call.operation() == "ListJobs" {
        let mut names = Vec::new();
        for job in all {
            let arn = super::tags::arn(&call, job["Name"].as_str().unwrap_or_default());
            let tags = call.emulator.glue("GetTags", json!({"ResourceArn": arn})).await.unwrap_or_default();
            let wanted = call.given("Tags").and_then(Value::as_object).cloned().unwrap_or_default();
            if wanted.iter().all(|(key, value)| tags["Tags"].get(key) == Some(value)) {
                names.push(job["Name"].clone());
            }
        }
        return call.succeed(&json!({"JobNames": names}));
    }
    let asked = call.given("JobNames").and_then(Value::as_array).cloned().unwrap_or_default();
    let missing: Vec<_> = asked.iter().filter(|name| !all.iter().any(|job| job["Name"] == **name)).collect();
    let found: Vec<_> = all.iter().filter(|job| asked.contains(&job["Name"])).collect();
    call.succeed(&json!({"Jobs": found, "JobsNotFound": missing}))
}

fn written(parameters: &Value) -> Value {
    let given = WRITABLE.iter().filter_map(|field| Some(((*field).to_owned(), parameters.get(field)?.clone())));
    Value::Object(given.filter(|(_, value)| !value.is_null()).collect())
}

/// Makes of the emulator's job what AWS answers: its own fields, the written ones, and defaults.
fn correct(call: &Intercepted, job: &mut Value) {
    let Some(Value::Object(written)) = job["Name"].as_str().and_then(|name| call.recall(JOB, name)) else {
        // Made before this proxy was there.
        return;
    };
    let mut corrected: Map<String, Value> = job.as_object().cloned().unwrap_or_default();
    corrected.retain(|field, _| !WRITABLE.contains(&field.as_str()));
    corrected.insert("JobMode".to_owned(), "SCRIPT".into());
    corrected.insert("JobRunQueuingEnabled".to_owned(), false.into());
    corrected.insert("ExecutionProperty".to_owned(), json!({"MaxConcurrentRuns": 1}));
    corrected.insert("MaxRetries".to_owned(), 0.into());
    if let Some(timeout) = default_timeout(&written) {
        corrected.insert("Timeout".to_owned(), timeout.into());
    }
    let capacity = capacity(&written);
    corrected.insert("MaxCapacity".to_owned(), capacity.into());
    #[expect(clippy::cast_possible_truncation, reason = "a count of workers")]
    corrected.insert("AllocatedCapacity".to_owned(), (capacity.trunc() as i64).into());
    corrected.extend(written);
    *job = Value::Object(corrected);
}

/// In minutes: 2,880 up to Glue 4.0, 480 from 5.0 (the API reference of `Job`, `Timeout`); a streaming job has none.
fn default_timeout(job: &Map<String, Value>) -> Option<i64> {
    if job.get("Command").is_some_and(|command| command["Name"] == "gluestreaming") {
        return None;
    }
    let version = job.get("GlueVersion").and_then(Value::as_str).unwrap_or("0.9");
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok()).unwrap_or(0);
    Some(if major >= 5 { 480 } else { 2880 })
}

/// The units of capacity that AWS answers also where only workers were given (boto/boto3#2644).
fn capacity(job: &Map<String, Value>) -> f64 {
    if let Some(capacity) = job.get("MaxCapacity").and_then(Value::as_f64) {
        return capacity;
    }
    let Some(worker) = job.get("WorkerType").and_then(Value::as_str) else {
        let shell = job.get("Command").is_some_and(|command| command["Name"] == "pythonshell");
        return if shell { 0.0625 } else { 10.0 };
    };
    let each = match worker {
        "G.025X" => 0.25,
        "G.2X" | "Z.2X" | "R.2X" => 2.0,
        "G.4X" | "R.4X" => 4.0,
        "G.8X" | "R.8X" => 8.0,
        "G.12X" => 12.0,
        "G.16X" => 16.0,
        _ => 1.0,
    };
    job.get("NumberOfWorkers").and_then(Value::as_f64).unwrap_or(1.0) * each
}

fn now() -> Value {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    json!((seconds * 1000.0).round() / 1000.0)
}
