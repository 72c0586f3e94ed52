//! From what the spec says of a function to what AWS shall have.

use std::collections::{BTreeMap, BTreeSet};

use statewright_source::{Diagnostic, Severity, visible};

use super::{
    Code, Function, FunctionLogging, ObjectCode, Vpc,
    doc::{Architecture, CodeDoc, FileSystemDoc, FunctionDoc, FunctionLoggingDoc, LogFormat, ObjectDoc, VpcDoc},
    runtime,
};
use crate::{
    Arn, Lookup, Secret,
    archive::{Packed, pack},
    codes,
    context::Context,
    kind::{
        limit::{self, Text, ascii_or},
        log_group,
    },
};

/// What Lambda takes as the name of a function.
const NAME: Text =
    Text { may_be_empty: false, most: 64, takes: |c| ascii_or(c, "-_"), words: "letters, digits, `-` and `_`" };
/// All environment variables together, in bytes of JSON: what Lambda measures.
const MAX_ENVIRONMENT: usize = 4_096;

/// What the function shall be in AWS.
pub(crate) fn resolve(name: &str, doc: &FunctionDoc, ctx: &mut Context<'_>) -> Option<Function> {
    NAME.check_name(ctx, name);
    // What is missing was said: the rest is looked at all the same.
    if let Some(runtime) = &doc.runtime {
        runtime::check(ctx, runtime);
    }
    if let Some(handler) = &doc.handler {
        runtime::check_handler(ctx, doc.runtime.as_deref().unwrap_or_default(), handler);
    }
    let role = doc.role.as_ref().and_then(|role| ctx.role(role, "/role"));
    let code = code(ctx, doc);
    let memory = doc.memory.unwrap_or(Function::DEFAULT_MEMORY);
    limit::number(ctx, "/memory", memory, &(128..=10_240), "MB");
    let timeout = doc.timeout.unwrap_or(Function::DEFAULT_TIMEOUT);
    limit::number(ctx, "/timeout", timeout, &(1..=900), "seconds");
    let ephemeral_storage = doc.ephemeral_storage.unwrap_or(Function::DEFAULT_EPHEMERAL_STORAGE);
    limit::number(ctx, "/ephemeral_storage", ephemeral_storage, &(512..=10_240), "MB");
    let description = doc.description.clone().unwrap_or_default();
    Text::of_any(256).check(ctx, "/description", &description);
    let environment = environment(ctx, &doc.environment);
    let kms_key = doc.kms_key.as_ref().map_or(Some(None), |text| kms_key(ctx, text).map(Some));
    let layers = layers(ctx, &doc.layers);
    let dead_letter = doc.dead_letter.as_ref().map_or(Some(None), |text| dead_letter(ctx, text).map(Some));
    let vpc = doc.vpc.as_ref().map(|v| vpc(ctx, v));
    let file_systems = file_systems(ctx, doc);
    let logging = logging(ctx, name, doc.logging.as_ref());
    if doc.snap_start {
        snap_start(ctx, doc, ephemeral_storage);
    }
    let tags = ctx.tags(&doc.tags);
    Some(Function {
        runtime: doc.runtime.clone()?,
        handler: doc.handler.clone()?,
        role: role?,
        code: code?,
        memory,
        timeout,
        description,
        environment,
        kms_key: kms_key?,
        layers: layers?,
        architecture: doc.architecture.map_or(Function::DEFAULT_ARCHITECTURE, Architecture::as_str).to_owned(),
        ephemeral_storage,
        tracing: doc.tracing,
        dead_letter: dead_letter?,
        vpc,
        file_systems: file_systems?,
        logging,
        snap_start: doc.snap_start,
        tags,
    })
}

fn code(ctx: &mut Context<'_>, doc: &FunctionDoc) -> Option<Code> {
    let path = match doc.code.as_ref()? {
        CodeDoc::Object(object) => return object_code(ctx, object).map(Code::Object),
        CodeDoc::Path(path) => path,
    };
    if path.is_empty() {
        limit::bad_form(ctx, "/code", "`code` is empty", "name the file or the directory that holds the code");
        return None;
    }
    let real = ctx.path(path, "/code")?;
    match pack(&real) {
        Ok(Packed { archive, names }) => {
            find_handler(ctx, doc, path, &names);
            Some(Code::Archive(archive))
        }
        Err(faults) => {
            for fault in faults {
                // Below the directory the sentence begins with the file; else with the path that the spec names.
                let title = if fault.path.as_os_str().is_empty() {
                    format!("`{}` {fault}", visible(path))
                } else {
                    format!("in `{}` {fault}", visible(path))
                };
                let found = Diagnostic::error(codes::CODE, visible(&title).into_owned())
                    .at(ctx.value_span("/code"), "cannot be packed")
                    .help(fault.kind.help());
                ctx.report(found);
            }
            None
        }
    }
}

/// Lambda takes code without its handler, and every call fails.
fn find_handler(ctx: &mut Context<'_>, doc: &FunctionDoc, path: &str, names: &[String]) {
    let (Some(runtime), Some(handler)) = (&doc.runtime, &doc.handler) else { return };
    let wanted = runtime::files(runtime, handler);
    let there = |file: &String| {
        let stem = file.strip_suffix(".so");
        names.iter().any(|n| n == file || stem.is_some_and(|s| n.strip_prefix(s).is_some_and(is_extension_module)))
    };
    // A layer may bring the file, or a handler of its own that wraps the function's.
    if wanted.is_empty() || !doc.layers.is_empty() || wanted.iter().any(there) {
        return;
    }
    let title = match wanted.as_slice() {
        [one] => format!("`{}` holds no `{one}`, so calls will fail", visible(path)),
        [first, ..] => format!("`{}` holds no `{first}` for the handler, so calls will fail", visible(path)),
        [] => return,
    };
    let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    let found = Diagnostic::new(codes::HANDLER, Severity::Runtime, visible(&title).into_owned())
        .at(ctx.value_span("/handler"), "not in the code")
        .related(ctx.value_span("/code"), "packed from here")
        .help(visible(&format!("it holds {}{more}", shown.join(", "))).into_owned());
    ctx.report(found);
}

/// `.so`, `.cpython-312-x86_64-linux-gnu.so`.
fn is_extension_module(rest: &str) -> bool {
    let middle = rest.strip_suffix(".so").unwrap_or("?");
    middle.is_empty() || (middle.starts_with(".cpython-") && !middle.contains('/'))
}

fn object_code(ctx: &mut Context<'_>, doc: &ObjectDoc) -> Option<ObjectCode> {
    let ObjectDoc { bucket, key, version } = doc.clone();
    if let Some(bucket) = &bucket {
        let rule =
            Text { may_be_empty: true, most: 63, takes: |c| ascii_or(c, ".-_"), words: "letters, digits and `.-_`" };
        rule.check(ctx, "/code/s3/bucket", bucket);
        if bucket.len() < 3 {
            let title = format!("`{}` is no bucket", visible(bucket));
            limit::bad_form(ctx, "/code/s3/bucket", &title, "a bucket's name has 3 to 63 characters");
        }
    }
    for (pointer, text) in [("/code/s3/key", &key), ("/code/s3/version", &version)] {
        if let Some(text) = text {
            Text::of_any(1024).not_empty().check(ctx, pointer, text);
        }
    }
    let code = ObjectCode { bucket: bucket?, key: key?, version };
    let ObjectCode { bucket, key, version } = code.clone();
    ctx.mention(Lookup::Object { bucket, key, version }, "/code/s3");
    Some(code)
}

fn environment(ctx: &mut Context<'_>, doc: &BTreeMap<String, String>) -> BTreeMap<String, Secret> {
    let mut sampled = serde_json::Map::new();
    for (name, value) in doc {
        let pointer = format!("/environment/{}", name.replace('~', "~0").replace('/', "~1"));
        if let Err(why) = runtime::environment_name(&ctx.sample(name)) {
            let title = format!("`{}` is no name of an environment variable: {why}", visible(name));
            let found = Diagnostic::error(codes::NAME, title).at(ctx.key_span(&pointer), "refused by Lambda");
            ctx.report(found);
        }
        sampled.insert(name.clone(), ctx.sample(value).into());
    }
    let size = serde_json::Value::Object(sampled).to_string().len();
    if size > MAX_ENVIRONMENT {
        let title = format!("the environment has {size} bytes as JSON; Lambda takes {MAX_ENVIRONMENT}");
        let found = Diagnostic::error(codes::TOO_LONG, title)
            .at(ctx.key_span("/environment"), "too large")
            .help("keep large values in SSM parameters or in a file of the code, and their names here");
        ctx.report(found);
    }
    doc.iter().map(|(name, value)| (name.clone(), Secret::new(value))).collect()
}

fn layers(ctx: &mut Context<'_>, doc: &[String]) -> Option<Vec<Arn>> {
    limit::count(ctx, "/layers", doc.len(), 5);
    let mut layers: Vec<Arn> = Vec::new();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut whole = true;
    for (index, text) in doc.iter().enumerate() {
        let pointer = format!("/layers/{index}");
        let Some(arn) = ctx.arn(text, &pointer, "lambda") else {
            whole = false;
            continue;
        };
        let parts: Vec<&str> = arn.resource().split(':').collect();
        let is_version = matches!(parts[..], ["layer", name, version]
            if !name.is_empty() && !version.is_empty() && version.chars().all(|c| c.is_ascii_digit()));
        if !is_version {
            whole = false;
            let found = Diagnostic::error(codes::BAD_ARN, format!("`{}` is not a version of a layer", visible(text)))
                .at(ctx.value_span(&pointer), "its resource is not `layer:NAME:VERSION`")
                .help("a layer is named with its version: `…:layer:NAME:1`");
            ctx.report(found);
            continue;
        }
        let layer = arn.as_str().rsplit_once(':').map_or("", |(layer, _)| layer).to_owned();
        if let Some(earlier) = first.get(&layer) {
            let found =
                Diagnostic::error(codes::BAD_VALUE, format!("the layer `{}` is there twice", visible(parts[1])))
                    .at(ctx.value_span(&pointer), "again here")
                    .related(ctx.value_span(&format!("/layers/{earlier}")), "first here")
                    .help("a function has one version of a layer: remove one");
            ctx.report(found);
        } else {
            first.insert(layer, index);
        }
        limit::same_region(ctx, &arn, &pointer);
        ctx.mention(Lookup::Layer(arn.clone()), &pointer);
        layers.push(arn);
    }
    whole.then_some(layers)
}

fn kms_key(ctx: &mut Context<'_>, text: &str) -> Option<Arn> {
    let arn = ctx.arn(text, "/kms_key", "kms")?;
    limit::same_region(ctx, &arn, "/kms_key");
    Some(arn)
}

fn dead_letter(ctx: &mut Context<'_>, text: &str) -> Option<Arn> {
    let pointer = "/dead_letter";
    let service = Arn::parse(text).map_or_else(String::new, |arn| arn.service().to_owned());
    if !service.is_empty() && service != "sqs" && service != "sns" {
        let title = format!("`{}` is neither a queue nor a topic", visible(text));
        let found = Diagnostic::error(codes::BAD_ARN, title)
            .at(ctx.value_span(pointer), format!("an ARN of `{}`", visible(&service)))
            .help("name an SQS queue or an SNS topic");
        ctx.report(found);
        return None;
    }
    let arn = ctx.arn(text, pointer, if service == "sns" { "sns" } else { "sqs" })?;
    limit::same_region(ctx, &arn, pointer);
    Some(arn)
}

fn vpc(ctx: &mut Context<'_>, doc: &VpcDoc) -> Vpc {
    let ids = |ctx: &mut Context<'_>, list: Option<&[String]>, pointer: &str, prefix: &str, most: usize| {
        let Some(list) = list else { return BTreeSet::new() };
        limit::count(ctx, pointer, list.len(), most);
        if list.is_empty() {
            let title = format!("`{}` is empty; a function in a VPC needs at least one", limit::key(pointer));
            limit::bad_form(ctx, pointer, &title, "add one, or remove `vpc`");
        }
        for (index, id) in list.iter().enumerate() {
            let fits =
                id.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| ascii_or(c, "")));
            if !fits {
                let title = format!("`{}` is not an id that begins with `{prefix}`", visible(id));
                limit::bad_form(ctx, &format!("{pointer}/{index}"), &title, "write the id, not the name");
            }
        }
        list.iter().cloned().collect::<BTreeSet<String>>()
    };
    Vpc {
        subnets: ids(ctx, doc.subnets.as_deref(), "/vpc/subnets", "subnet-", 16),
        security_groups: ids(ctx, doc.security_groups.as_deref(), "/vpc/security_groups", "sg-", 5),
        ipv6: doc.ipv6,
    }
}

fn file_systems(ctx: &mut Context<'_>, doc: &FunctionDoc) -> Option<BTreeMap<Arn, String>> {
    limit::count(ctx, "/file_systems", doc.file_systems.len(), 1);
    if !doc.file_systems.is_empty() && doc.vpc.is_none() {
        let title = "a function with a file system must run in a VPC";
        limit::needs(
            ctx,
            "/file_systems",
            title,
            "add `vpc` with the subnets that have the file system's mount targets",
        );
    }
    let mut found = BTreeMap::new();
    for (index, FileSystemDoc { access_point, mount }) in doc.file_systems.iter().enumerate() {
        if let Some(mount) = mount {
            check_mount(ctx, mount, &format!("/file_systems/{index}/mount"));
        }
        let pointer = format!("/file_systems/{index}/access_point");
        let access_point = access_point.as_deref()?;
        // Of EFS `access-point/fsap-…`, of S3 Files `file-system/fs-…/access-point/fsap-…`.
        let of_s3 = Arn::parse(access_point).is_some_and(|arn| arn.service() == "s3files");
        let arn = ctx.arn(access_point, &pointer, if of_s3 { "s3files" } else { "elasticfilesystem" })?;
        if !arn.resource().contains("access-point/") {
            let title = format!("`{}` is not an access point", visible(access_point));
            let bad = Diagnostic::error(codes::BAD_ARN, title)
                .at(ctx.value_span(&pointer), "its resource has no `access-point/`")
                .help("make an access point of the file system, and name that");
            ctx.report(bad);
        }
        limit::same_region(ctx, &arn, &pointer);
        found.insert(arn, mount.clone()?);
    }
    Some(found)
}

fn check_mount(ctx: &mut Context<'_>, mount: &str, pointer: &str) {
    let rule =
        Text { may_be_empty: true, most: 160, takes: |c| ascii_or(c, "/-_."), words: "letters, digits and `-_.`" };
    rule.check(ctx, pointer, mount);
    if !mount.strip_prefix("/mnt/").is_some_and(|name| !name.is_empty() && !name.contains('/')) {
        let title = format!("`{}` is not a directory below `/mnt`", visible(mount));
        limit::bad_form(ctx, pointer, &title, "for example `/mnt/data`");
    }
}

fn logging(ctx: &mut Context<'_>, name: &str, doc: Option<&FunctionLoggingDoc>) -> FunctionLogging {
    let mut logging = FunctionLogging::of_function(name);
    if let Some(doc) = doc {
        let format = doc.format.unwrap_or(LogFormat::Text);
        format.as_str().clone_into(&mut logging.format);
        logging.application_level = doc.application_level.map(|l| l.as_str().to_owned());
        logging.system_level = doc.system_level.map(|l| l.as_str().to_owned());
        for (key, there) in
            [("application_level", doc.application_level.is_some()), ("system_level", doc.system_level.is_some())]
        {
            if there && format == LogFormat::Text {
                let because = "Lambda sorts logs by level only where they are JSON";
                limit::out_of_place(
                    ctx,
                    &format!("/logging/{key}"),
                    because,
                    "add `format: JSON`, or remove the level",
                );
            }
        }
        if let Some(group) = &doc.log_group {
            let pointer = "/logging/log_group";
            if group.starts_with("arn:") {
                limit::bad_form(
                    ctx,
                    pointer,
                    "Lambda wants the name of a log group, not its ARN",
                    "write what follows `log-group:`",
                );
            } else {
                log_group::NAME.check(ctx, pointer, group);
            }
            logging.log_group.clone_from(group);
        }
    }
    logging.with_defaults()
}

fn snap_start(ctx: &mut Context<'_>, doc: &FunctionDoc, ephemeral_storage: u32) {
    if let Some(runtime) = doc.runtime.as_deref().filter(|r| !runtime::has_snap_start(r)) {
        let because = format!("`{}` has no SnapStart", visible(runtime));
        limit::out_of_place(ctx, "/snap_start", &because, "Java 11, Python 3.12, .NET 8 and newer have it");
    }
    if ephemeral_storage > Function::DEFAULT_EPHEMERAL_STORAGE {
        let why = "a snapshot holds 512 MB of `/tmp`";
        limit::exclusive(ctx, "/snap_start", "/ephemeral_storage", why, "remove one of them");
    }
    if !doc.file_systems.is_empty() {
        limit::exclusive(ctx, "/snap_start", "/file_systems", "a snapshot cannot hold a mount", "remove one of them");
    }
}
