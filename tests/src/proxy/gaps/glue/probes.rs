use serde_json::{Value, json};

use super::super::{Probe, Verdict, future, refused, same};
use crate::wire::{Aws, Refusal};

pub(in super::super) static PROBES: &[(&str, Probe)] = &[
    ("glue.create_drops_tags", future!(create_drops_tags)),
    ("glue.tags_outlive_the_job", future!(tags_outlive_the_job)),
    ("glue.tags_of_nothing", future!(tags_of_nothing)),
    ("glue.update_merges", future!(update_merges)),
    ("glue.update_fails", future!(update_fails)),
    ("glue.dropped_fields", future!(dropped_fields)),
    ("glue.default_timeout", future!(default_timeout)),
    ("glue.default_capacity", future!(default_capacity)),
    ("glue.capacity_beside_workers", future!(capacity_beside_workers)),
    ("glue.role_is_not_checked", future!(role_is_not_checked)),
    ("glue.create_overwrites", future!(create_overwrites)),
    ("glue.batch_get_unknown", future!(batch_get_unknown)),
    ("glue.list_jobs_unknown", future!(list_jobs_unknown)),
];

fn command() -> Value {
    json!({"Name": "glueetl", "ScriptLocation": "s3://bucket/script.py", "PythonVersion": "3"})
}

async fn create(aws: &Aws, mut job: Value) -> Result<(), Refusal> {
    job["Name"] = "job".into();
    job["Role"] = aws.make_role("JobRole", "glue.amazonaws.com").await?.into();
    job["Command"] = command();
    aws.glue("CreateJob", job).await.map(|_| ())
}

async fn get(aws: &Aws) -> Result<Value, Refusal> {
    Ok(aws.glue("GetJob", json!({"JobName": "job"})).await?["Job"].take())
}

fn arn(aws: &Aws) -> String {
    format!("arn:aws:glue:{}:{}:job/job", aws.region(), aws.account())
}

async fn create_drops_tags(aws: Aws) -> Verdict {
    create(&aws, json!({"Tags": {"a": "b", "empty": ""}})).await?;
    let tags = aws.glue("GetTags", json!({"ResourceArn": arn(&aws)})).await?;
    same(&tags["Tags"], &json!({"a": "b", "empty": ""}))
}

async fn tags_outlive_the_job(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    aws.glue("TagResource", json!({"ResourceArn": arn(&aws), "TagsToAdd": {"a": "b"}})).await?;
    aws.glue("DeleteJob", json!({"JobName": "job"})).await?;
    let role = format!("arn:aws:iam::{}:role/JobRole", aws.account());
    aws.glue("CreateJob", json!({"Name": "job", "Role": role, "Command": command()})).await?;
    let tags = aws.glue("GetTags", json!({"ResourceArn": arn(&aws)})).await?;
    same(&tags["Tags"], &json!({}))
}

async fn tags_of_nothing(aws: Aws) -> Verdict {
    refused(aws.glue("GetTags", json!({"ResourceArn": arn(&aws)})).await, "EntityNotFoundException")
}

async fn update_merges(aws: Aws) -> Verdict {
    create(&aws, json!({"Description": "d", "DefaultArguments": {"--a": "b"}, "MaxRetries": 2, "Timeout": 7})).await?;
    let role = format!("arn:aws:iam::{}:role/JobRole", aws.account());
    let update = json!({"Role": role, "Command": command(), "Timeout": 8});
    aws.glue("UpdateJob", json!({"JobName": "job", "JobUpdate": update})).await?;
    let job = get(&aws).await?;
    let seen = [&job["Description"], &job["DefaultArguments"], &job["MaxRetries"], &job["Timeout"]];
    same(seen, [&Value::Null, &Value::Null, &json!(0), &json!(8)])
}

async fn update_fails(aws: Aws) -> Verdict {
    create(&aws, json!({"Timeout": 7})).await?;
    let role = format!("arn:aws:iam::{}:role/JobRole", aws.account());
    let update = json!({"JobName": "job", "JobUpdate": {"Role": role, "Command": command(), "Timeout": 8}});
    aws.glue("UpdateJob", update.clone()).await?;
    same(&get(&aws).await?["Timeout"], &json!(8))?;
    let mut other = update;
    other["JobName"] = "other".into();
    refused(aws.glue("UpdateJob", other).await, "EntityNotFoundException")
}

async fn dropped_fields(aws: Aws) -> Verdict {
    let written = json!({
        "JobMode": "NOTEBOOK",
        "JobRunQueuingEnabled": true,
        "LogUri": "s3://bucket/logs",
        "ExecutionProperty": {"MaxConcurrentRuns": 3},
        "NotificationProperty": {"NotifyDelayAfter": 5},
        "ExecutionClass": "FLEX",
        "SourceControlDetails": {"Provider": "GITHUB", "Repository": "r", "Branch": "main"},
        "MaintenanceWindow": "Sun:10",
    });
    create(&aws, written.clone()).await?;
    let job = get(&aws).await?;
    let kept: Value =
        written.as_object().into_iter().flatten().map(|(field, _)| (field.clone(), job[field].clone())).collect();
    same(kept, written)
}

async fn default_timeout(aws: Aws) -> Verdict {
    create(&aws, json!({"GlueVersion": "5.0", "WorkerType": "G.1X", "NumberOfWorkers": 2})).await?;
    same(&get(&aws).await?["Timeout"], &json!(480))
}

async fn default_capacity(aws: Aws) -> Verdict {
    create(&aws, json!({"GlueVersion": "4.0", "WorkerType": "G.2X", "NumberOfWorkers": 3})).await?;
    let job = get(&aws).await?;
    let seen = (&job["MaxCapacity"], &job["ExecutionProperty"]["MaxConcurrentRuns"], &job["MaxRetries"]);
    same(seen, (&json!(6.0), &json!(1), &json!(0)))
}

async fn capacity_beside_workers(aws: Aws) -> Verdict {
    let job = json!({"MaxCapacity": 2.0, "WorkerType": "G.1X", "NumberOfWorkers": 2});
    refused(create(&aws, job).await, "InvalidInputException")
}

async fn role_is_not_checked(aws: Aws) -> Verdict {
    let trusted_by_another = aws.make_role("NotForGlue", "lambda.amazonaws.com").await?;
    for role in ["Missing", &trusted_by_another] {
        let job = json!({"Name": "job", "Role": role, "Command": command()});
        refused(aws.glue("CreateJob", job).await, "InvalidInputException")?;
    }
    Ok(())
}

async fn create_overwrites(aws: Aws) -> Verdict {
    create(&aws, json!({"Description": "first"})).await?;
    let role = format!("arn:aws:iam::{}:role/JobRole", aws.account());
    let again = json!({"Name": "job", "Role": role, "Command": command(), "Description": "second"});
    refused(aws.glue("CreateJob", again).await, "AlreadyExistsException")?;
    same(&get(&aws).await?["Description"], &json!("first"))
}

async fn batch_get_unknown(aws: Aws) -> Verdict {
    create(&aws, json!({"Description": "d", "LogUri": "s3://bucket/logs"})).await?;
    let answer = aws.glue("BatchGetJobs", json!({"JobNames": ["job", "other"]})).await?;
    same((&answer["Jobs"][0]["Description"], &answer["JobsNotFound"]), (&json!("d"), &json!(["other"])))
}

async fn list_jobs_unknown(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    aws.glue("TagResource", json!({"ResourceArn": arn(&aws), "TagsToAdd": {"a": "b"}})).await?;
    same(&aws.glue("ListJobs", json!({"Tags": {"a": "b"}})).await?["JobNames"], &json!(["job"]))?;
    same(&aws.glue("ListJobs", json!({"Tags": {"a": "c"}})).await?["JobNames"], &json!([]))
}
