use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Probe, Verdict, Wrong, future, refused, same};
use crate::wire::{Aws, Refusal};

pub(in super::super) static PROBES: &[(&str, Probe)] = &[
    ("lambda.fields_dropped", future!(fields_dropped)),
    ("lambda.fields_not_changed", future!(fields_not_changed)),
    ("lambda.mounts_and_snapshots", future!(mounts_and_snapshots)),
    ("lambda.architecture_not_changed", future!(architecture_not_changed)),
    ("lambda.no_revision", future!(no_revision)),
    ("lambda.log_group_forgotten", future!(log_group_forgotten)),
    ("lambda.bad_names", future!(bad_names)),
    ("lambda.role_is_not_checked", future!(role_is_not_checked)),
    ("lambda.change_in_progress", future!(change_in_progress)),
    ("lambda.dry_run_writes", future!(dry_run_writes)),
    ("lambda.code_in_s3_is_missing", future!(code_in_s3_is_missing)),
    ("lambda.layer_by_arn", future!(layer_by_arn)),
    ("lambda.layer_is_missing", future!(layer_is_missing)),
];

/// An archive of one empty file, `app.py`, stored.
const ZIP: &str = "UEsDBBQAAAAAAAAAIVgAAAAAAAAAAAAAAAAGAAAAYXBwLnB5UEsBAhQDFAAAAAAAAAAhWAAAAAAAAAAAAAAAAAYAAAAAAAAAAAAAAKSBAAAAAGFwcC5weVBLBQYAAAAAAQABADQAAAAkAAAAAAA=";
/// The same with `b.py`.
const OTHER_ZIP: &str = "UEsDBBQAAAAAAAAAIVgAAAAAAAAAAAAAAAAEAAAAYi5weVBLAQIUAxQAAAAAAAAAIVgAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAACkgQAAAABiLnB5UEsFBgAAAAABAAEAMgAAACIAAAAAAA==";

async fn create(aws: &Aws, mut function: Value) -> Result<Value, Refusal> {
    let role = format!("arn:aws:iam::{}:role/FunctionRole", aws.account());
    if aws.iam("GetRole", json!({"RoleName": "FunctionRole"})).await.is_err() {
        aws.make_role("FunctionRole", "lambda.amazonaws.com").await?;
    }
    for (field, value) in [
        ("FunctionName", json!("function")),
        ("Runtime", json!("python3.12")),
        ("Handler", json!("app.handler")),
        ("Role", json!(role)),
        ("Code", json!({"ZipFile": ZIP})),
    ] {
        if function[field].is_null() {
            function[field] = value;
        }
    }
    aws.lambda("CreateFunction", function).await
}

/// The configuration, once nothing is in progress.
async fn settled(aws: &Aws) -> Result<Value, Wrong> {
    for _ in 0..200 {
        let configuration = aws.lambda("GetFunctionConfiguration", json!({"FunctionName": "function"})).await?;
        if configuration["State"] != "Pending" && configuration["LastUpdateStatus"] != "InProgress" {
            return Ok(configuration);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Wrong("the function does not settle within ten seconds".to_owned()))
}

async fn change(aws: &Aws, mut configuration: Value) -> Result<Value, Refusal> {
    configuration["FunctionName"] = "function".into();
    aws.lambda("UpdateFunctionConfiguration", configuration).await
}

fn fields(aws: &Aws) -> Value {
    let queue = format!("arn:aws:sqs:us-east-1:{}:queue", aws.account());
    let key = format!("arn:aws:kms:us-east-1:{}:key/11111111-2222-3333-4444-555555555555", aws.account());
    json!({
        "DeadLetterConfig": {"TargetArn": queue},
        "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN", "LogGroup": "/own"},
        "TracingConfig": {"Mode": "Active"},
        "EphemeralStorage": {"Size": 1024},
        "KMSKeyArn": key,
    })
}

fn only(configuration: &Value, fields: &Value) -> Value {
    fields.as_object().into_iter().flatten().map(|(field, _)| (field.clone(), configuration[field].clone())).collect()
}

async fn fields_dropped(aws: Aws) -> Verdict {
    let fields = fields(&aws);
    create(&aws, fields.clone()).await?;
    same(only(&settled(&aws).await?, &fields), fields)
}

async fn fields_not_changed(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    settled(&aws).await?;
    let fields = fields(&aws);
    change(&aws, fields.clone()).await?;
    same(only(&settled(&aws).await?, &fields), fields)?;
    change(
        &aws,
        json!({"DeadLetterConfig": {"TargetArn": ""}, "KMSKeyArn": "", "TracingConfig": {"Mode": "PassThrough"}}),
    )
    .await?;
    let configuration = settled(&aws).await?;
    let clear = |value: &Value| value.as_str().unwrap_or_default().is_empty();
    let seen = (
        clear(&configuration["DeadLetterConfig"]["TargetArn"]),
        clear(&configuration["KMSKeyArn"]),
        &configuration["TracingConfig"]["Mode"],
    );
    same(seen, (true, true, &json!("PassThrough")))
}

async fn mounts_and_snapshots(aws: Aws) -> Verdict {
    let point = format!("arn:aws:elasticfilesystem:us-east-1:{}:access-point/fsap-0123456789abcdef0", aws.account());
    let mounts = json!([{"Arn": point, "LocalMountPath": "/mnt/one"}]);
    let vpc =
        json!({"SubnetIds": ["subnet-12345678"], "SecurityGroupIds": ["sg-12345678"], "Ipv6AllowedForDualStack": true});
    let seen = |c: &Value| {
        let vpc = &c["VpcConfig"];
        let ipv6 = vpc["Ipv6AllowedForDualStack"] == true;
        let mounts = if c["FileSystemConfigs"].is_null() { json!([]) } else { c["FileSystemConfigs"].clone() };
        json!([mounts, c["SnapStart"]["ApplyOn"], vpc["SubnetIds"].as_array().map_or(0, Vec::len), ipv6])
    };
    let on = json!({"FileSystemConfigs": mounts, "SnapStart": {"ApplyOn": "PublishedVersions"}, "VpcConfig": vpc});
    create(&aws, on.clone()).await?;
    same(seen(&settled(&aws).await?), json!([mounts, "PublishedVersions", 1, true]))?;
    let nothing = json!({"SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": false});
    change(&aws, json!({"FileSystemConfigs": [], "SnapStart": {"ApplyOn": "None"}, "VpcConfig": nothing})).await?;
    same(seen(&settled(&aws).await?), json!([[], "None", 0, false]))?;
    change(&aws, on).await?;
    same(seen(&settled(&aws).await?), json!([mounts, "PublishedVersions", 1, true]))
}

async fn architecture_not_changed(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    settled(&aws).await?;
    let code = json!({"FunctionName": "function", "ZipFile": ZIP, "Architectures": ["arm64"]});
    aws.lambda("UpdateFunctionCode", code).await?;
    same(&settled(&aws).await?["Architectures"], &json!(["arm64"]))
}

async fn no_revision(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let first = settled(&aws).await?["RevisionId"].take();
    change(&aws, json!({"Description": "d"})).await?;
    let second = settled(&aws).await?["RevisionId"].take();
    same(first.is_string() && second.is_string() && first != second, true)?;
    let stale = json!({"Description": "e", "RevisionId": first});
    refused(change(&aws, stale).await, "PreconditionFailedException")?;
    change(&aws, json!({"Description": "e", "RevisionId": second})).await?;
    Ok(())
}

async fn log_group_forgotten(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    settled(&aws).await?;
    change(&aws, json!({"LoggingConfig": {"LogFormat": "JSON"}})).await?;
    same(&settled(&aws).await?["LoggingConfig"]["LogGroup"], &json!("/aws/lambda/function"))
}

async fn bad_names(aws: Aws) -> Verdict {
    for name in ["with space", "dot.ted", &"x".repeat(65)] {
        refused(create(&aws, json!({"FunctionName": name})).await, "ValidationException")?;
    }
    Ok(())
}

async fn role_is_not_checked(aws: Aws) -> Verdict {
    let untrusting = aws.make_role("NotForLambda", "states.amazonaws.com").await?;
    let missing = format!("arn:aws:iam::{}:role/Missing", aws.account());
    for role in [untrusting, missing] {
        refused(create(&aws, json!({"Role": role})).await, "InvalidParameterValueException")?;
    }
    Ok(())
}

async fn change_in_progress(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let mut verdict = Ok(());
    // On a busy machine a change may come after the one before it has ended; hardly so ten times in a row.
    for n in 0..10 {
        settled(&aws).await?;
        change(&aws, json!({"Description": format!("in time {n}")})).await?;
        verdict = refused(change(&aws, json!({"Description": "too soon"})).await, "ResourceConflictException");
        if verdict.is_ok() {
            break;
        }
    }
    verdict
}

async fn dry_run_writes(aws: Aws) -> Verdict {
    create(&aws, json!({})).await?;
    let before = settled(&aws).await?["CodeSha256"].take();
    let code = json!({"FunctionName": "function", "ZipFile": OTHER_ZIP, "DryRun": true});
    aws.lambda("UpdateFunctionCode", code).await?;
    same(settled(&aws).await?["CodeSha256"].take(), before)
}

async fn code_in_s3_is_missing(aws: Aws) -> Verdict {
    let code = json!({"S3Bucket": format!("missing-{}", aws.account()), "S3Key": "code.zip"});
    refused(create(&aws, json!({"Code": code})).await, "InvalidParameterValueException")?;
    create(&aws, json!({})).await?;
    settled(&aws).await?;
    let mut update = code;
    update["FunctionName"] = "function".into();
    refused(aws.lambda("UpdateFunctionCode", update).await, "InvalidParameterValueException")
}

async fn layer_by_arn(aws: Aws) -> Verdict {
    let layer = json!({"LayerName": "layer", "Content": {"ZipFile": ZIP}});
    let arn = aws.lambda("PublishLayerVersion", layer).await?["LayerVersionArn"].take();
    let found = aws.lambda("GetLayerVersionByArn", json!({"Arn": arn})).await?;
    same(&found["LayerVersionArn"], &arn)?;
    let missing = json!({"Arn": format!("{}2", arn.as_str().unwrap_or_default())});
    refused(aws.lambda("GetLayerVersionByArn", missing).await, "ResourceNotFoundException")
}

async fn layer_is_missing(aws: Aws) -> Verdict {
    let layer = format!("arn:aws:lambda:{}:{}:layer:missing:1", aws.region(), aws.account());
    refused(create(&aws, json!({"Layers": [layer]})).await, "InvalidParameterValueException")
}
