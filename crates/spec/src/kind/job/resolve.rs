//! From what the spec says of a job to what AWS shall have.

use std::{collections::BTreeMap, fmt::Write as _};

use sha2::Digest as _;
use statewright_source::{Diagnostic, Severity, visible};

use super::{
    Job, Script, SourceControl,
    capacity::{self, Capacity},
    doc::{AuthStrategy, Command, JobDoc, JobMode, Provider, ScriptDoc, SourceControlDoc, UploadDoc},
};
use crate::{
    Lookup, Secret, codes,
    context::Context,
    kind::limit::{self, Text, ascii_or},
};

/// What Glue takes on one line.
const LINE: Text = Text {
    may_be_empty: false,
    most: 255,
    takes: |c| c == '\t' || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}')),
    words: "text of one line, without control characters",
};
/// The same on several lines.
const LINES: Text = Text {
    may_be_empty: true,
    most: 2_048,
    takes: |c| matches!(c, '\t' | '\n' | '\r') || (LINE.takes)(c),
    words: "text without control characters",
};
/// The largest script that is uploaded, in bytes: more is no script.
const MAX_SCRIPT: u64 = 16 * 1024 * 1024;
/// A week, in minutes.
const MAX_TIMEOUT: u32 = 10_080;

/// What the job shall be in AWS.
pub(crate) fn resolve(name: &str, doc: &JobDoc, ctx: &mut Context<'_>) -> Option<Job> {
    LINE.check_name(ctx, name);
    let command = doc.command.unwrap_or(Command::GlueEtl);
    let version = capacity::version(ctx, doc, command);
    let capacity = capacity::capacity(ctx, doc, command, version);
    let (worker_type, workers, max_capacity) = match &capacity {
        Some(Capacity::Workers(worker, count)) => (Some(worker.clone()), Some(*count), None),
        Some(Capacity::Units(units)) => (None, None, serde_json::Number::from_f64(*units)),
        None => (None, None, None),
    };
    // What is missing was said: the rest is looked at all the same.
    let role = doc.role.as_ref().and_then(|role| ctx.role(role, "/role"));
    let script = doc.script.as_ref().and_then(|s| script(ctx, s));
    let python_version = capacity::python_version(ctx, doc, command, version);
    let runtime = runtime(ctx, doc, command);
    let execution_class = capacity::execution_class(ctx, doc.execution_class, command, version);
    numbers(ctx, doc);
    texts(ctx, doc);
    arguments(ctx, doc);
    maintenance_window(ctx, doc, command);
    let source_control = doc.source_control.as_ref().map(|s| source_control(ctx, s));
    let tags = ctx.tags(&doc.tags);
    let (script_location, script) = script?;
    capacity?;
    let secrets = |map: &BTreeMap<String, String>| {
        map.iter().map(|(k, v)| (k.clone(), Secret::new(v))).collect::<BTreeMap<_, _>>()
    };
    Some(Job {
        command: command.as_str().to_owned(),
        script_location,
        script,
        python_version: Some(python_version),
        runtime,
        role: role?,
        description: doc.description.clone().unwrap_or_default(),
        job_mode: doc.job_mode.unwrap_or(JobMode::Script).as_str().to_owned(),
        run_queuing: doc.run_queuing,
        log_uri: doc.log_uri.clone(),
        max_concurrent_runs: doc.max_concurrent_runs.unwrap_or(1),
        arguments: secrets(&doc.arguments),
        fixed_arguments: secrets(&doc.fixed_arguments),
        connections: doc.connections.clone(),
        max_retries: doc.max_retries.unwrap_or(0),
        timeout: doc.timeout.or_else(|| capacity::default_timeout(command, version)),
        max_capacity,
        worker_type,
        workers,
        security_configuration: doc.security_configuration.clone(),
        notify_delay_after: doc.notify_delay_after,
        glue_version: doc.glue_version.clone(),
        execution_class,
        source_control,
        maintenance_window: doc.maintenance_window.clone(),
        tags,
    })
}

/// Where the script is, and the script itself where the spec holds it.
fn script(ctx: &mut Context<'_>, doc: &ScriptDoc) -> Option<(String, Option<Script>)> {
    match doc {
        ScriptDoc::Object(location) => {
            let (bucket, key) = place(ctx, location, "/script")?;
            ctx.mention(Lookup::Object { bucket, key, version: None }, "/script");
            Some((location.clone(), None))
        }
        ScriptDoc::Upload(UploadDoc { file, to }) => {
            let placed = to.as_ref().and_then(|to| place(ctx, to, "/script/to").map(|_| to));
            if let Some(to) = placed {
                fits_tag(ctx, to);
            }
            let bytes = ctx.bytes(file.as_ref()?, "/script/file", MAX_SCRIPT)?;
            let sha256 = sha2::Sha256::digest(&bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
                // Writing to a string cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            Some((placed?.clone(), Some(Script { sha256, bytes: Some(bytes) })))
        }
    }
}

/// The bucket and the key of `s3://bucket/key`.
fn place(ctx: &mut Context<'_>, location: &str, pointer: &str) -> Option<(String, String)> {
    let parts = location.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
    let is_bucket = |bucket: &str| {
        let sample = ctx.sample(bucket);
        (3..=63).contains(&sample.len()) && sample.chars().all(|c| ascii_or(c, ".-_"))
    };
    match parts {
        Some((bucket, key)) if is_bucket(bucket) && !key.is_empty() && key.len() <= 1024 && !key.ends_with('/') => {
            Some((bucket.to_owned(), key.to_owned()))
        }
        _ => {
            let title = format!("`{}` is not the place of an object in S3", visible(location));
            let help = match location.strip_prefix("s3a://").or_else(|| location.strip_prefix("s3n://")) {
                Some(rest) => format!("write `s3://{}`", visible(rest)),
                None => "it looks like `s3://my-bucket/jobs/transform.py`".to_owned(),
            };
            limit::bad_form(ctx, pointer, &title, &help);
            None
        }
    }
}

/// The place of an uploaded script is kept in a tag of the job, so that it can be deleted with it.
fn fits_tag(ctx: &mut Context<'_>, to: &str) {
    let Some(value) = to.strip_prefix("s3://") else { return };
    let length = ctx.sample(value).chars().count();
    if length > 256 {
        let title = format!("bucket and key have {length} characters together; 256 are kept in a tag of the job");
        let found = Diagnostic::error(codes::TOO_LONG, title)
            .at(ctx.value_span("/script/to"), "too long")
            .help(format!("shorten the key by {}", length - 256));
        ctx.report(found);
    }
    let words = "letters, digits, spaces and `+-=._:/@`, since the place is kept in a tag of the job";
    Text { may_be_empty: true, most: usize::MAX, takes: |c| c.is_alphanumeric() || " +-=._:/@".contains(c), words }
        .check(ctx, "/script/to", to);
}

fn runtime(ctx: &mut Context<'_>, doc: &JobDoc, command: Command) -> Option<String> {
    if command == Command::GlueRay {
        return Some(doc.runtime.clone().unwrap_or_else(|| "Ray2.4".to_owned()));
    }
    if doc.runtime.is_some() {
        let because = format!("`{}` has none: it is Ray's", command.as_str());
        limit::out_of_place(ctx, "/runtime", &because, "remove it; `glue_version` says what Spark runs on");
    }
    None
}

fn numbers(ctx: &mut Context<'_>, doc: &JobDoc) {
    const ANY: u32 = i32::MAX.unsigned_abs();
    let checks = [
        ("/timeout", doc.timeout, 1..=MAX_TIMEOUT, "minutes"),
        ("/max_retries", doc.max_retries, 0..=10, ""),
        ("/max_concurrent_runs", doc.max_concurrent_runs, 1..=ANY, ""),
        ("/notify_delay_after", doc.notify_delay_after, 1..=ANY, "minutes"),
    ];
    for (pointer, value, range, unit) in checks {
        if let Some(value) = value {
            limit::number(ctx, pointer, value, &range, unit);
        }
    }
}

fn texts(ctx: &mut Context<'_>, doc: &JobDoc) {
    LINES.check(ctx, "/description", doc.description.as_deref().unwrap_or_default());
    if let Some(name) = &doc.security_configuration {
        LINE.check(ctx, "/security_configuration", name);
    }
    limit::count(ctx, "/connections", doc.connections.len(), 1000);
    for (index, name) in doc.connections.iter().enumerate() {
        LINE.check(ctx, &format!("/connections/{index}"), name);
    }
    if let Some(uri) = &doc.log_uri {
        Text::of_any(1024).not_empty().check(ctx, "/log_uri", uri);
    }
    if let Some(runtime) = &doc.runtime {
        Text::of_any(64).not_empty().check(ctx, "/runtime", runtime);
    }
}

/// What Glue sets itself. <https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html>
const INTERNAL: [&str; 3] = ["--debug", "--mode", "--JOB_NAME"];

fn arguments(ctx: &mut Context<'_>, doc: &JobDoc) {
    for (section, map) in [("/arguments", &doc.arguments), ("/fixed_arguments", &doc.fixed_arguments)] {
        for name in map.keys() {
            let pointer = format!("{section}/{}", name.replace('~', "~0").replace('/', "~1"));
            let (title, help) = if name.is_empty() {
                ("an argument needs a name".to_owned(), "write `--NAME: VALUE`".to_owned())
            } else if !name.starts_with("--") {
                let title =
                    format!("the argument `{}` does not begin with `--`: a script does not find it", visible(name));
                (title, format!("write `--{}`", visible(name.trim_start_matches('-'))))
            } else if INTERNAL.contains(&name.as_str()) {
                (format!("`{name}` is Glue's own argument"), "remove it".to_owned())
            } else {
                continue;
            };
            let found = Diagnostic::new(codes::ARGUMENT, Severity::Warning, title)
                .at(ctx.key_span(&pointer), "not passed on as written")
                .help(help);
            ctx.report(found);
        }
    }
    for name in doc.arguments.keys().filter(|name| doc.fixed_arguments.contains_key(*name)) {
        let token = name.replace('~', "~0").replace('/', "~1");
        let title = format!("`{}` stands in `arguments` and in `fixed_arguments`", visible(name));
        let found = Diagnostic::new(codes::ARGUMENT, Severity::Warning, title)
            .at(ctx.key_span(&format!("/arguments/{token}")), "never takes effect")
            .related(ctx.key_span(&format!("/fixed_arguments/{token}")), "wins")
            .help("remove one of the two");
        ctx.report(found);
    }
}

fn maintenance_window(ctx: &mut Context<'_>, doc: &JobDoc, command: Command) {
    let Some(window) = &doc.maintenance_window else { return };
    let pointer = "/maintenance_window";
    if command != Command::GlueStreaming {
        limit::out_of_place(
            ctx,
            pointer,
            "only a streaming job is restarted",
            "remove it, or write `command: gluestreaming`",
        );
    }
    let fits = window.split_once(':').is_some_and(|(day, hour)| {
        ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].contains(&day)
            && (1..=2).contains(&hour.len())
            && hour.chars().all(|c| c.is_ascii_digit())
            && hour.parse::<u32>().is_ok_and(|h| h < 24)
    });
    if !fits {
        let title = format!("`{}` is no day and hour", visible(window));
        limit::bad_form(ctx, pointer, &title, "for example `Sun:10`: the hours 0 to 23, in GMT");
    }
}

fn source_control(ctx: &mut Context<'_>, doc: &SourceControlDoc) -> SourceControl {
    let texts = [
        ("repository", &doc.repository),
        ("owner", &doc.owner),
        ("branch", &doc.branch),
        ("folder", &doc.folder),
        ("last_commit_id", &doc.last_commit_id),
        ("auth_token", &doc.auth_token),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            let pointer = format!("/source_control/{key}");
            Text::of_any(512).not_empty().check(ctx, &pointer, text);
        }
    }
    SourceControl {
        provider: doc.provider.map(|p| Provider::as_str(p).to_owned()),
        repository: doc.repository.clone(),
        owner: doc.owner.clone(),
        branch: doc.branch.clone(),
        folder: doc.folder.clone(),
        last_commit_id: doc.last_commit_id.clone(),
        auth_strategy: doc.auth_strategy.map(|a| AuthStrategy::as_str(a).to_owned()),
        auth_token: doc.auth_token.as_ref().map(Secret::new),
    }
}
