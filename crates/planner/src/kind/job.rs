//! Jobs: one call overwrites all of it; the script is an object of its own, and the job's marks tell of it from before its upload
//! until it is gone.

use std::collections::BTreeMap;

use serde_json::{Number, Value};
use statewright_spec::{
    Arn, Owner, Tags,
    kind::job::{Job, Script, SourceControl},
};

use super::{Part, Update, owned};
use crate::{
    Operation,
    compare::{Differences, Json},
    operation::job::{JobOperation, MARK_FORMER, MARK_SCRIPT, Over},
};

pub(crate) fn differences(before: Option<&Job>, after: &Job) -> Differences {
    let wanted = normal(after);
    let live = before.map(|before| settled(normal(before), &wanted));
    let before = live.as_ref();
    let Job {
        command,
        script_location,
        script,
        python_version,
        runtime,
        role,
        description,
        job_mode,
        run_queuing,
        log_uri,
        max_concurrent_runs,
        arguments,
        fixed_arguments,
        connections,
        max_retries,
        timeout,
        max_capacity,
        worker_type,
        workers,
        security_configuration,
        notify_delay_after,
        glue_version,
        execution_class,
        source_control,
        maintenance_window,
        tags,
    } = &wanted;
    let mut d = Differences::default();
    d.value("command", before.map(|b| &b.command), command, &"glueetl".to_owned());
    d.value("script.location", before.map(|b| &b.script_location), script_location, &String::new());
    // Without a script in the spec its content is not ours to look at.
    if script.is_some() {
        let content = |script: &Option<Script>| script.as_ref().map(|s| format!("sha256:{}", s.sha256));
        d.value("script.content", before.map(|b| content(&b.script)).as_ref(), &content(script), &None);
    }
    d.value("python_version", before.map(|b| &b.python_version), python_version, &None);
    d.value("runtime", before.map(|b| &b.runtime), runtime, &None);
    d.value("role", before.map(|b| Some(&b.role)).as_ref(), &Some(role), &None);
    d.value("description", before.map(|b| &b.description), description, &String::new());
    d.value("job_mode", before.map(|b| &b.job_mode), job_mode, &"SCRIPT".to_owned());
    d.value("run_queuing", before.map(|b| &b.run_queuing), run_queuing, &false);
    d.value("log_uri", before.map(|b| &b.log_uri), log_uri, &None);
    d.value("max_concurrent_runs", before.map(|b| &b.max_concurrent_runs), max_concurrent_runs, &1);
    d.secrets("arguments", before.map(|b| &b.arguments), arguments);
    d.secrets("fixed_arguments", before.map(|b| &b.fixed_arguments), fixed_arguments);
    d.value("connections", before.map(|b| &b.connections), connections, &Vec::new());
    d.value("max_retries", before.map(|b| &b.max_retries), max_retries, &0);
    d.value("timeout", before.map(|b| &b.timeout), timeout, &default_timeout(&wanted));
    d.value("max_capacity", before.map(|b| &b.max_capacity), max_capacity, &default_capacity(&wanted));
    d.value("worker_type", before.map(|b| &b.worker_type), worker_type, &None);
    d.value("workers", before.map(|b| &b.workers), workers, &None);
    d.value("security_configuration", before.map(|b| &b.security_configuration), security_configuration, &None);
    d.value("notify_delay_after", before.map(|b| &b.notify_delay_after), notify_delay_after, &None);
    d.value("glue_version", before.map(|b| &b.glue_version), glue_version, &None);
    d.value("execution_class", before.map(|b| &b.execution_class), execution_class, &default_class(&wanted));
    d.value("source_control", before.map(|b| &b.source_control), source_control, &None);
    d.value("maintenance_window", before.map(|b| &b.maintenance_window), maintenance_window, &None);
    d.map("tags", before.map(|b| &b.tags), tags);
    d
}

/// With what Glue fills in where nothing is said, and without what it only computes.
fn normal(job: &Job) -> Job {
    let mut job = job.clone();
    if job.worker_type.is_some() {
        // GetJob tells the capacity of the workers, and UpdateJob refuses both (boto/boto3#2644).
        job.max_capacity = None;
    }
    job.timeout = job.timeout.or_else(|| default_timeout(&job));
    job.max_capacity = match job.max_capacity.take() {
        None => default_capacity(&job),
        given => given.as_ref().and_then(Number::as_f64).and_then(Number::from_f64),
    };
    job.execution_class = job.execution_class.clone().or_else(|| default_class(&job));
    job
}

/// Where the spec leaves to Glue which version of what to run, what Glue chose is right: its choice changes with time and
/// cannot be told from a choice of ours.
fn settled(mut live: Job, wanted: &Job) -> Job {
    let Job { python_version, runtime, glue_version, .. } = wanted;
    live.python_version = python_version.as_ref().and(live.python_version);
    live.runtime = runtime.as_ref().and(live.runtime);
    live.glue_version = glue_version.as_ref().and(live.glue_version);
    live
}

/// Minutes: 2,880 up to Glue 4.0, 480 from 5.0; a streaming job has none.
fn default_timeout(job: &Job) -> Option<u32> {
    let major = job.glue_version.as_deref().and_then(|v| v.split('.').next()).and_then(|v| v.parse::<u32>().ok());
    match job.command.as_str() {
        "gluestreaming" => None,
        _ if major.is_some_and(|major| major >= 5) => Some(480),
        _ => Some(2_880),
    }
}

/// DPUs: 10 for Spark, a sixteenth for a Python shell, where no workers are named.
fn default_capacity(job: &Job) -> Option<Number> {
    match (job.worker_type.is_some(), job.command.as_str()) {
        (false, "glueetl" | "gluestreaming") => Number::from_f64(10.0),
        (false, "pythonshell") => Number::from_f64(0.0625),
        _ => None,
    }
}

fn default_class(job: &Job) -> Option<String> {
    (job.command == "glueetl").then(|| "STANDARD".to_owned())
}

/// The bucket and key of `s3://bucket/key`.
pub(crate) fn place(location: &str) -> Option<(String, String)> {
    let (bucket, key) = location.strip_prefix("s3://")?.split_once('/')?;
    (!bucket.is_empty() && !key.is_empty()).then(|| (bucket.to_owned(), key.to_owned()))
}

/// What happens to the objects of a job.
#[derive(Default)]
pub(crate) struct Scripts {
    /// The script goes up, over this.
    pub(crate) upload: Option<Over>,
    /// Objects of ours that the job no longer runs; `None` where that was not looked at, and what names them has to stay.
    pub(crate) remove: Option<Vec<(String, String)>>,
    /// The marks as they are.
    pub(crate) marks: Marks,
}

/// The objects that a job's tags name, each `bucket/key`.
#[derive(Default, Clone)]
pub(crate) struct Marks {
    /// The one that it runs, or is about to.
    pub(crate) script: Option<String>,
    /// Those before, by their tag.
    pub(crate) former: BTreeMap<String, String>,
}

impl Marks {
    /// From the tags that are ours.
    pub(crate) fn of(markers: &BTreeMap<String, String>) -> Self {
        let former =
            |key: &str| key.strip_prefix(MARK_FORMER).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        Self {
            script: markers.get(MARK_SCRIPT).cloned(),
            former: markers.iter().filter(|(key, _)| former(key)).map(|(key, at)| (key.clone(), at.clone())).collect(),
        }
    }

    /// All that are named.
    pub(crate) fn places(&self) -> impl Iterator<Item = &String> {
        self.script.iter().chain(self.former.values())
    }

    /// The tags to set before the script goes up at `place`, so that no object is forgotten wherever the move is cut short.
    fn moving(&mut self, place: &str) -> Tags {
        let Some(was) = self.script.replace(place.to_owned()).filter(|was| was != place) else {
            return Tags::from([(MARK_SCRIPT.to_owned(), place.to_owned())]);
        };
        // Back to where it was: the two change places.
        let key = self.former.iter().find(|(_, at)| *at == place).map(|(key, _)| key.clone());
        let key = key.unwrap_or_else(|| {
            let numbered = (2..).map(|n| format!("{MARK_FORMER}.{n}"));
            let mut keys = std::iter::once(MARK_FORMER.to_owned()).chain(numbered);
            keys.find(|key| !self.former.contains_key(key)).unwrap_or_default()
        });
        self.former.insert(key.clone(), was.clone());
        Tags::from([(MARK_SCRIPT.to_owned(), place.to_owned()), (key, was)])
    }
}

/// The mark that a job carries whose script we upload.
pub(crate) fn mark(job: &Job) -> Option<String> {
    job.script.as_ref()?;
    place(&job.script_location).map(|(bucket, key)| format!("{bucket}/{key}"))
}

fn upload(job: &Job, over: Over, owner: &Owner) -> Option<JobOperation> {
    let Script { sha256, bytes } = job.script.as_ref()?;
    let (bucket, key) = place(&job.script_location)?;
    let tags = Tags::from([(Owner::TAG.to_owned(), owner.as_str().to_owned())]);
    Some(JobOperation::UploadScript { bucket, key, body: bytes.clone()?, sha256: sha256.clone(), tags, over })
}

pub(crate) fn create(name: &str, job: &Job, scripts: Scripts, owner: &Owner, ours: &Tags) -> Vec<Operation> {
    let mut tags = owned(&job.tags, ours);
    tags.extend(mark(job).map(|place| (MARK_SCRIPT.to_owned(), place)));
    // The job first: whoever loses the race to make it has uploaded nothing that nobody would find again. Glue does not look for
    // the script before a run.
    let upload = scripts.upload.and_then(|over| upload(job, over, owner));
    let create = JobOperation::Create { name: name.to_owned(), job: Box::new(job.clone()), tags };
    std::iter::once(create).chain(upload).map(Operation::Job).collect()
}

pub(crate) fn update(
    name: &str,
    arn: &Arn,
    before: &Job,
    after: &Job,
    scripts: Scripts,
    owner: &Owner,
    (set, gone): (Tags, Vec<String>),
) -> Update {
    let differences = differences(Some(before), after);
    let mut operations: Vec<JobOperation> = Vec::new();
    let (mut set, mut keys) = (set, gone);
    let mut marks = scripts.marks;
    match mark(after) {
        Some(place) if marks.script.as_ref() != Some(&place) => {
            let mut tags = std::mem::take(&mut set);
            tags.extend(marks.moving(&place));
            operations.push(JobOperation::Tag { arn: arn.clone(), tags });
        }
        None if marks.script.is_some() && scripts.remove.is_some() => keys.push(MARK_SCRIPT.to_owned()),
        Some(_) | None => {}
    }
    operations.extend(scripts.upload.and_then(|over| upload(after, over, owner)));
    if differences.beyond(&["script.content", "tags"]) {
        operations.push(JobOperation::Update { name: name.to_owned(), job: Box::new(after.clone()) });
    }
    let mut title = differences.parts();
    if let Some(remove) = scripts.remove {
        if !remove.is_empty() {
            title.push("remove the former script".to_owned());
        }
        operations.extend(remove.into_iter().map(|(bucket, key)| JobOperation::DeleteScript { bucket, key }));
        // Last: what they name is gone now.
        keys.extend(marks.former.into_keys());
    }
    if !set.is_empty() {
        operations.push(JobOperation::Tag { arn: arn.clone(), tags: set });
    }
    if !keys.is_empty() {
        operations.push(JobOperation::Untag { arn: arn.clone(), keys });
    }
    if title.is_empty() && !operations.is_empty() {
        title.push("the mark of its script".to_owned());
    }
    let operations = operations.into_iter().map(Operation::Job).collect();
    let why = (differences.is_empty() && after.script.is_none())
        .then(|| "the spec no longer uploads its script; the object stays".to_owned());
    Update { why, grow: Part { differences, operations, title }, ..Update::default() }
}

/// The script first: once the job is gone nothing tells of it.
pub(crate) fn delete(name: &str, scripts: Vec<(String, String)>) -> Vec<Operation> {
    let scripts = scripts.into_iter().map(|(bucket, key)| JobOperation::DeleteScript { bucket, key });
    scripts.chain([JobOperation::Delete { name: name.to_owned() }]).map(Operation::Job).collect()
}

impl Json for SourceControl {
    fn json(&self) -> Option<Value> {
        let Self { provider, repository, owner, branch, folder, last_commit_id, auth_strategy, auth_token } = self;
        let parts = [
            ("provider", provider.json()),
            ("repository", repository.json()),
            ("owner", owner.json()),
            ("branch", branch.json()),
            ("folder", folder.json()),
            ("last_commit_id", last_commit_id.json()),
            ("auth_strategy", auth_strategy.json()),
            ("auth_token", auth_token.as_ref().map(|_| "(sensitive)".into())),
        ];
        let given = parts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Some(Value::Object(given.collect()))
    }
}

/// What a write makes of it. The script is an object of its own.
pub(crate) fn written(live: &mut Job, operation: &JobOperation) -> bool {
    match operation {
        JobOperation::Update { job, .. } => *live = Job { tags: std::mem::take(&mut live.tags), ..Job::clone(job) },
        JobOperation::UploadScript { .. }
        | JobOperation::DeleteScript { .. }
        | JobOperation::ReleaseScript { .. }
        | JobOperation::Tag { .. }
        | JobOperation::Untag { .. } => {}
        JobOperation::Create { .. } | JobOperation::Delete { .. } => return false,
    }
    true
}
