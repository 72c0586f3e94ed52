//! S3 objects: a put replaces the tags too.

use serde_json::json;

use super::{Intercepted, Probe, Repair, Verdict, future, same};
use crate::proxy::{Reply, Service};
use crate::wire::Aws;

pub(super) static REPAIRS: &[Repair] =
    &[Repair { name: "s3.put_replaces_tags", service: Service::S3, operations: &["PutObject"], handle: future!(put) }];

async fn put(call: Intercepted) -> Reply {
    let reply = call.forward().await;
    if reply.succeeded() && call.given("Tagging").is_none() {
        let object = json!({"Bucket": call.text("Bucket"), "Key": call.text("Key")});
        if let Err(refusal) = call.emulator.s3("DeleteObjectTagging", object).await {
            return call.refuse(refusal.status, &refusal.code, &refusal.message);
        }
    }
    reply
}

pub(super) static PROBES: &[(&str, Probe)] = &[("s3.put_keeps_tags", future!(put_keeps_tags))];

async fn put_keeps_tags(aws: Aws) -> Verdict {
    let bucket = format!("bucket-{}", aws.account());
    let object = json!({"Bucket": bucket, "Key": "a b/key", "Body": "1"});
    let mut tagged = object.clone();
    tagged["Tagging"] = "a=b".into();
    aws.s3("CreateBucket", json!({"Bucket": bucket})).await?;
    aws.s3("PutObject", tagged).await?;
    let tags = aws.s3("GetObjectTagging", object.clone()).await?;
    same(&tags["TagSet"], &json!([{"Key": "a", "Value": "b"}]))?;
    aws.s3("PutObject", object.clone()).await?;
    same(&aws.s3("GetObjectTagging", object).await?["TagSet"], &json!(""))
}
