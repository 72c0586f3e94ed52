use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::{Operation, Service, unescape};

/// S3, path style: `/BUCKET/KEY`. The headers that say how an object is written become parameters under AWS's names.
pub(super) fn decode(method: &Method, path: &str, query: &str, headers: &HeaderMap) -> Operation {
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let asked: Vec<(&str, &str)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    // SDKs name the operation in the query.
    let named = asked.iter().find(|(key, _)| *key == "x-id").map(|(_, name)| (*name).to_owned());
    let has = |name: &str| asked.iter().any(|(key, _)| *key == name);
    let name = named.unwrap_or_else(|| name(method, bucket, key, has));

    let mut parameters = Map::new();
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            parameters.insert(name.to_owned(), Value::String(value));
        }
    };
    put("Bucket", unescape(bucket));
    put("Key", unescape(key));
    for (header, parameter) in [
        ("x-amz-tagging", "Tagging"),
        ("if-none-match", "IfNoneMatch"),
        ("if-match", "IfMatch"),
        ("content-type", "ContentType"),
        ("x-amz-server-side-encryption", "ServerSideEncryption"),
    ] {
        put(parameter, headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned());
    }
    let metadata: Map<String, Value> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().strip_prefix("x-amz-meta-")?, value.to_str().ok()?)))
        .map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())))
        .collect();
    if !metadata.is_empty() {
        parameters.insert("Metadata".to_owned(), Value::Object(metadata));
    }
    Operation { service: Service::S3, name, parameters: Value::Object(parameters) }
}

fn name(method: &Method, bucket: &str, key: &str, has: impl Fn(&str) -> bool) -> String {
    let verb = match method.as_str() {
        "PUT" => "Put",
        "DELETE" => "Delete",
        "HEAD" => "Head",
        _ => "Get",
    };
    let name = match (method.as_str(), bucket.is_empty(), key.is_empty()) {
        ("GET", true, _) => "ListBuckets",
        ("PUT", _, true) if !has("tagging") && !has("versioning") && !has("policy") => "CreateBucket",
        ("GET", _, true) if has("location") => "GetBucketLocation",
        ("GET", _, true) if has("list-type") => "ListObjectsV2",
        ("GET", _, true) if has("versions") => "ListObjectVersions",
        ("GET", _, true) if !has("tagging") && !has("versioning") && !has("policy") => "ListObjects",
        ("POST", _, true) if has("delete") => "DeleteObjects",
        ("POST", _, false) if has("uploads") => "CreateMultipartUpload",
        ("POST", _, false) if has("uploadId") => "CompleteMultipartUpload",
        ("PUT", _, false) if has("partNumber") => "UploadPart",
        ("DELETE", _, false) if has("uploadId") => "AbortMultipartUpload",
        (_, _, bucket_level) => {
            let what = if bucket_level { "Bucket" } else { "Object" };
            let part = [
                ("tagging", "Tagging"),
                ("versioning", "Versioning"),
                ("policy", "Policy"),
                ("attributes", "Attributes"),
            ]
            .into_iter()
            .find_map(|(query, part)| has(query).then_some(part));
            return format!("{verb}{what}{}", part.unwrap_or_default());
        }
    };
    name.to_owned()
}
