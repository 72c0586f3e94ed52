//! Objects in S3: scripts of jobs, archives of functions. A bucket may live in any region.

use std::{future::Future, time::Duration};

use aws_sdk_s3::{
    Client,
    primitives::ByteStream,
    types::{Tag, Tagging},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::{error::metadata::ProvideErrorMetadata, timeout::TimeoutConfig};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use statewright_planner::{Refusal, ScriptObject};
use statewright_spec::{TAG_PREFIX, Tags};

use crate::{
    Connection,
    kind::{built, gone, unless_missing},
    tagging::Labels,
};

/// The key of the metadata that holds a script's SHA-256, hexadecimal.
const SHA256: &str = "sha256";
/// Uploads may be large and lines slow; a stalled stream is ended by the SDK.
pub(crate) const UPLOAD: Duration = Duration::from_mins(10);

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
}

impl<'a> Place<'a> {
    /// Reads `s3://bucket/key` (also `s3a://`, which Spark writes) or `bucket/key`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (bucket, key) = rest.split_once('/')?;
        (!bucket.is_empty() && !key.is_empty()).then_some(Self { bucket, key })
    }
}

/// An object's whose and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) object: ScriptObject,
    /// Of its metadata.
    pub(crate) sha256: Option<String>,
}

impl Connection {
    /// `HeadObject` and `GetObjectTagging` at the same time.
    pub(crate) async fn script_object(&self, place: Place<'_>) -> Found {
        let Place { bucket, key } = place;
        let tags = self.on_bucket("s3:GetObjectTagging", bucket, |s3: Client| async move {
            s3.get_object_tagging().bucket(bucket).key(key).send().await
        });
        let (head, tags) = futures::join!(self.head(place, None), async { unless_missing(tags.await) });
        let unreadable = |refusal| Found { object: ScriptObject::Unreadable(refusal), sha256: None };
        let sha256 = match head {
            Ok(None) => return Found { object: ScriptObject::Absent, sha256: None },
            Err(refusal) => return unreadable(refusal),
            Ok(Some(metadata)) => metadata,
        };
        match tags {
            Err(refusal) => unreadable(refusal),
            Ok(tags) => {
                let pairs = tags.into_iter().flat_map(|answer| answer.tag_set).map(|tag| (tag.key, tag.value));
                Found { object: ScriptObject::Present { owner: Labels::of(pairs).owner }, sha256 }
            }
        }
    }

    /// `HeadObject`: `None` where there is no such object, else the SHA-256 of its metadata, if we wrote one.
    pub(crate) async fn head(
        &self,
        place: Place<'_>,
        version: Option<&str>,
    ) -> Result<Option<Option<String>>, Refusal> {
        let Place { bucket, key } = place;
        let answer = self
            .on_bucket("s3:HeadObject", bucket, |s3: Client| async move {
                s3.head_object().bucket(bucket).key(key).set_version_id(version.map(str::to_owned)).send().await
            })
            .await;
        Ok(unless_missing(answer)?.map(|head| head.metadata.unwrap_or_default().remove(SHA256)))
    }

    /// `PutObject`. Where `new`, nothing may be there.
    pub(crate) async fn upload(
        &self,
        place: Place<'_>,
        body: &[u8],
        sha256: &str,
        tags: &Tags,
        new: bool,
    ) -> Result<(), Refusal> {
        let Place { bucket, key } = place;
        let query = tagging(tags);
        let query = &query;
        self.on_bucket("s3:PutObject", bucket, |s3: Client| async move {
            let patient = aws_sdk_s3::config::Builder::new()
                .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(UPLOAD).build());
            s3.put_object()
                .bucket(bucket)
                .key(key)
                .body(ByteStream::from(body.to_vec()))
                .metadata(SHA256, sha256)
                .tagging(query)
                .set_if_none_match(new.then(|| "*".to_owned()))
                .customize()
                .config_override(patient)
                .send()
                .await
        })
        .await
        .map(drop)
    }

    /// `GetObjectTagging`, then `PutObjectTagging` or, where no tag is left, `DeleteObjectTagging`: our tags are taken off.
    /// There is no call that takes off one tag.
    pub(crate) async fn release_object(&self, place: Place<'_>) -> Result<(), Refusal> {
        const CALL: &str = "s3:PutObjectTagging";
        let Place { bucket, key } = place;
        let tags = self.on_bucket("s3:GetObjectTagging", bucket, |s3: Client| async move {
            s3.get_object_tagging().bucket(bucket).key(key).send().await
        });
        let Some(tags) = unless_missing(tags.await)? else { return Ok(()) };
        let rest: Vec<Tag> = tags.tag_set.into_iter().filter(|tag| !tag.key().starts_with(TAG_PREFIX)).collect();
        if rest.is_empty() {
            let deleted = self.on_bucket("s3:DeleteObjectTagging", bucket, |s3: Client| async move {
                s3.delete_object_tagging().bucket(bucket).key(key).send().await
            });
            return gone(deleted.await.map(drop));
        }
        let set = &built(CALL, Tagging::builder().set_tag_set(Some(rest)).build())?;
        let put = self.on_bucket(CALL, bucket, |s3: Client| async move {
            s3.put_object_tagging().bucket(bucket).key(key).tagging(set.clone()).send().await
        });
        gone(put.await.map(drop))
    }

    /// `DeleteObject`; it succeeds where there is none.
    pub(crate) async fn delete_object(&self, place: Place<'_>) -> Result<(), Refusal> {
        let Place { bucket, key } = place;
        let answer = self
            .on_bucket("s3:DeleteObject", bucket, |s3: Client| async move {
                s3.delete_object().bucket(bucket).key(key).send().await
            })
            .await;
        gone(answer.map(drop))
    }

    /// Sends a request to the region where the bucket lives: S3 tells it in its refusal, once a bucket.
    async fn on_bucket<T, E, F>(
        &self,
        call: &'static str,
        bucket: &str,
        request: impl Fn(Client) -> F,
    ) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        T: Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match self.attempt(call, request(self.s3_of(bucket))).await {
            Ok(answer) => Ok(answer),
            Err((None, refusal)) => Err(refusal),
            Err((Some(region), _)) => {
                tracing::debug!(bucket, region, "the bucket lives in another region");
                self.remember_bucket(bucket, &region);
                self.send(call, request(self.s3_of(bucket))).await
            }
        }
    }
}

/// As the header `x-amz-tagging` wants it: a query string.
fn tagging(tags: &Tags) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    tags.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        let check = |text, expect: Option<(&str, &str)>| {
            assert_eq!(Place::parse(text).map(|p| (p.bucket, p.key)), expect, "{text}");
        };
        check("s3://b/k/l.py", Some(("b", "k/l.py")));
        check("s3a://b/k", Some(("b", "k")));
        check("b/k", Some(("b", "k")));
        check("s3://b", None);
        check("s3://b/", None);
        check("s3:///k", None);
    }

    #[test]
    fn tags_travel_as_a_query() {
        let tags =
            Tags::from([("statewright:stack".to_owned(), "s/e@r".to_owned()), ("x".to_owned(), "a&b=c +é".to_owned())]);
        assert_eq!(tagging(&tags), "statewright%3Astack=s%2Fe%40r&x=a%26b%3Dc%20%2B%C3%A9");
    }
}
