//! How large a job is: what its command and Glue's version let it have, and what AWS gives it where nothing is said.

use statewright_source::{Diagnostic, Severity, visible};

use super::doc::{Command, ExecutionClass, JobDoc};
use crate::{
    codes,
    context::Context,
    kind::limit::{self, ascii_or},
};

/// Glue's versions, newest first. <https://docs.aws.amazon.com/glue/latest/dg/release-notes.html>
const VERSIONS: [&str; 4] = ["5.1", "5.0", "4.0", "3.0"];
/// Out of service for Spark. <https://docs.aws.amazon.com/glue/latest/dg/glue-version-support-policy.html>
const FORMER_VERSIONS: [&str; 3] = ["2.0", "1.0", "0.9"];
/// `WorkerType` of the service's model.
const WORKERS: [&str; 13] =
    ["G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X", "G.025X", "Z.2X", "Standard"];

/// A Glue version as two numbers; `None` where nothing or something unreadable is said.
pub(super) type Version = Option<(u32, u32)>;

/// Reads Glue's version, and says what is wrong with it.
pub(super) fn version(ctx: &mut Context<'_>, doc: &JobDoc, command: Command) -> Version {
    let pointer = "/glue_version";
    let Some(text) = &doc.glue_version else {
        if command != Command::PythonShell {
            let title = format!("a job of command `{}` needs `glue_version`", command.as_str());
            let place = if doc.command.is_some() { ctx.value_span("/command") } else { ctx.name_span() };
            let found = Diagnostic::error(codes::MISSING_PARTNER, title)
                .at(place, "of which version?")
                .help("write `glue_version: \"5.0\"`: what AWS takes where nothing is said changes with time");
            ctx.report(found);
        }
        return None;
    };
    let parsed = text.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let spark = matches!(command, Command::GlueEtl | Command::GlueStreaming);
    if FORMER_VERSIONS.contains(&text.as_str()) {
        if spark {
            let title = format!("Glue {text} is no longer supported for Spark");
            let found = Diagnostic::new(codes::OUTDATED, Severity::Warning, title)
                .at(ctx.value_span(pointer), "no longer kept up by AWS")
                .help(format!("use `\"{}\"`", VERSIONS[0]));
            ctx.report(found);
        }
    } else {
        limit::member(ctx, pointer, text, &VERSIONS, parsed.is_some());
    }
    if command == Command::GlueRay && parsed.is_some_and(|v| v < (4, 0)) {
        let title = format!("Ray needs Glue 4.0 or newer, not {}", visible(text));
        limit::bad_form(ctx, pointer, &title, "write `glue_version: \"4.0\"`");
    }
    parsed
}

/// What a job gets to run on.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Capacity {
    /// Workers.
    Workers(String, u32),
    /// Data processing units.
    Units(f64),
}

/// The size, with AWS's defaults: 10 `G.1X` for Spark, a sixteenth of a unit for a Python shell.
pub(super) fn capacity(ctx: &mut Context<'_>, doc: &JobDoc, command: Command, version: Version) -> Option<Capacity> {
    let of_workers = if doc.worker_type.is_some() { "/worker_type" } else { "/workers" };
    let has_workers = doc.worker_type.is_some() || doc.workers.is_some();
    if doc.max_capacity.is_some() && has_workers {
        let why = "a job has workers or a capacity";
        limit::exclusive(
            ctx,
            "/max_capacity",
            of_workers,
            why,
            "remove `max_capacity`: workers say the same more exactly",
        );
        return None;
    }
    let old = version.is_some_and(|v| v < (2, 0));
    match command {
        Command::PythonShell => {
            if has_workers {
                let because = "a Python shell runs on a part of one machine";
                limit::out_of_place(ctx, of_workers, because, "write `max_capacity: 0.0625` or `max_capacity: 1`");
            }
            let units = doc.max_capacity.unwrap_or(0.0625);
            if !is(units, 0.0625) && !is(units, 1.0) {
                let title = format!("`max_capacity` is {units}; a Python shell takes 0.0625 or 1");
                limit::bad_form(ctx, "/max_capacity", &title, "the default is 0.0625");
            }
            Some(Capacity::Units(units))
        }
        Command::GlueEtl | Command::GlueStreaming if old && !has_workers => {
            let units = doc.max_capacity.unwrap_or(10.0);
            if !(2.0..=100.0).contains(&units) || !is(units.fract(), 0.0) {
                let title = format!("`max_capacity` is {units}; Spark takes 2 to 100, without a fraction");
                limit::bad_form(ctx, "/max_capacity", &title, "the default is 10");
            }
            Some(Capacity::Units(units))
        }
        Command::GlueEtl | Command::GlueStreaming | Command::GlueRay => {
            if doc.max_capacity.is_some() {
                let because = "only Python shells and Glue 1.0 have a capacity";
                limit::out_of_place(ctx, "/max_capacity", because, "write `worker_type` and `workers`");
                return None;
            }
            workers(ctx, doc, command, version)
        }
    }
}

fn workers(ctx: &mut Context<'_>, doc: &JobDoc, command: Command, version: Version) -> Option<Capacity> {
    let ray = command == Command::GlueRay;
    let worker = doc.worker_type.clone().unwrap_or_else(|| if ray { "Z.2X" } else { "G.1X" }.to_owned());
    if doc.worker_type.is_some() {
        worker_type(ctx, &worker, command, version);
    }
    let Some(workers) = doc.workers.or((!ray).then_some(10)) else {
        let title = "a job of command `glueray` needs `workers`";
        let found = Diagnostic::error(codes::MISSING_PARTNER, title)
            .at(ctx.value_span("/command"), "how many?")
            .help("write `workers: 5`");
        ctx.report(found);
        return None;
    };
    limit::number(ctx, "/workers", workers, &(1..=i32::MAX.unsigned_abs()), "");
    if workers == 1 && !ray {
        let found = Diagnostic::new(codes::BAD_VALUE, Severity::Warning, "Spark needs a worker beside its driver")
            .at(ctx.value_span("/workers"), "Glue may refuse one")
            .help("write `workers: 2` or more");
        ctx.report(found);
    }
    Some(Capacity::Workers(worker, workers))
}

fn worker_type(ctx: &mut Context<'_>, worker: &str, command: Command, version: Version) {
    let pointer = "/worker_type";
    let shaped = worker.split_once('.').is_some_and(|(family, size)| {
        family.len() == 1
            && family.chars().all(|c| c.is_ascii_uppercase())
            && size.strip_suffix('X').is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
    });
    if !limit::member(ctx, pointer, worker, &WORKERS, shaped) {
        return;
    }
    let ray = command == Command::GlueRay;
    let (because, help) = match worker {
        "Z.2X" if !ray => ("`Z.2X` is for Ray", "write `G.1X`"),
        "Z.2X" => return,
        _ if ray => ("Ray runs on `Z.2X`", "write `Z.2X`"),
        "G.025X" if command != Command::GlueStreaming => ("`G.025X` is for streaming jobs", "write `G.1X`"),
        "G.025X" | "G.4X" | "G.8X" if version.is_some_and(|v| v < (3, 0)) => {
            ("it needs Glue 3.0 or newer", "raise `glue_version`")
        }
        "Standard" if version.is_some_and(|v| v >= (2, 0)) => ("`Standard` is for Glue 1.0 and older", "write `G.1X`"),
        _ => return,
    };
    let found = Diagnostic::error(codes::EXCLUSIVE, format!("`worker_type: {worker}` may not stand here: {because}"))
        .at(ctx.value_span(pointer), "refused by AWS")
        .help(help);
    ctx.report(found);
}

/// Minutes: 2,880 up to Glue 4.0, 480 from 5.0. A streaming job has none: it runs on. A Python shell is of 3.0 at most.
/// <https://docs.aws.amazon.com/glue/latest/webapi/API_Job.html>
pub(super) fn default_timeout(command: Command, version: Version) -> Option<u32> {
    match command {
        Command::GlueStreaming => None,
        _ if version.is_some_and(|v| v >= (5, 0)) => Some(480),
        _ => Some(2_880),
    }
}

/// `STANDARD` for Spark where nothing is said; other commands have no class.
pub(super) fn execution_class(
    ctx: &mut Context<'_>,
    class: Option<ExecutionClass>,
    command: Command,
    version: Version,
) -> Option<String> {
    if class == Some(ExecutionClass::Flex) {
        let help = "remove `execution_class`";
        if command != Command::GlueEtl {
            limit::out_of_place(ctx, "/execution_class", "only `glueetl` can be flexible", help);
        } else if version.is_some_and(|v| v < (3, 0)) {
            limit::out_of_place(ctx, "/execution_class", "`FLEX` needs Glue 3.0 or newer", help);
        }
    }
    match command {
        Command::GlueEtl => Some(class.unwrap_or(ExecutionClass::Standard).as_str().to_owned()),
        _ => None,
    }
}

/// Python's version: what the command knows.
pub(super) fn python_version(ctx: &mut Context<'_>, doc: &JobDoc, command: Command, version: Version) -> String {
    let (known, default): (&[&str], &str) = match command {
        Command::GlueEtl | Command::GlueStreaming if version.is_some_and(|v| v < (2, 0)) => (&["3", "2"], "3"),
        Command::GlueEtl | Command::GlueStreaming => (&["3"], "3"),
        Command::PythonShell => (&["3.9", "3", "2"], "3.9"),
        Command::GlueRay => (&["3.9"], "3.9"),
    };
    let Some(text) = &doc.python_version else { return default.to_owned() };
    if !known.contains(&text.as_str()) {
        // Written as a number of one part or two, it may be one that Glue has learnt since.
        let shaped = !text.is_empty() && text.split('.').count() <= 2 && text.chars().all(|c| ascii_or(c, ".")) && {
            text.split('.').all(|p| p.parse::<u32>().is_ok()) && !matches!(text.as_str(), "2" | "3" | "3.9")
        };
        if shaped {
            limit::member(ctx, "/python_version", text, known, true);
        } else {
            let title = format!("a job of command `{}` has no Python {}", command.as_str(), visible(text));
            limit::bad_form(ctx, "/python_version", &title, &format!("it has {}", known.join(", ")));
        }
    }
    text.clone()
}

fn is(a: f64, b: f64) -> bool {
    (a - b).abs() < f64::EPSILON
}
