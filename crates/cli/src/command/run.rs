//! `statewright run`

use std::{io::Read, path::Path, process::ExitCode, time::Duration};

use statewright_aws::{
    Connection, Settings,
    run::{Execution, ExecutionStatus},
};
use statewright_planner::RefusalKind;
use statewright_source::{Sources, visible};
use statewright_spec::{Address, Arn, Kind, Loaded};
use tokio::time::Instant;

use crate::{
    args::{Global, RunArgs},
    error::{CliError, Result},
    output,
    signals::Signals,
    stage::{read, request},
    view::run::Told,
};

/// The largest input that Step Functions takes, in bytes (256 KiB).
const MAX_INPUT: usize = 262_144;
/// The first pause between two looks; they grow to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The exit code for an execution that was left running.
const LEFT_RUNNING: u8 = 130;

/// Starts an execution, waits for its end, and says how it ended.
pub(crate) async fn run(args: &RunArgs, global: &Global) -> Result<ExitCode> {
    let input = input(&args.input)?;
    let (connection, machine) = machine(args, global).await?;
    let execution = connection.start_execution(&machine, args.name.as_deref(), &input).await.map_err(|refusal| {
        let missing = refusal.kind == RefusalKind::NotFound;
        let error = CliError::from(refusal);
        if missing { error.hint(format!("no state machine {machine}: was it applied?")) } else { error }
    })?;
    let told = Told::new(args.format);
    told.started(&machine, &execution);
    if args.no_follow {
        return Ok(ExitCode::SUCCESS);
    }
    let signals = Signals::listen_quietly()?;
    let ended = tokio::select! {
        ended = follow(&connection, &execution, args.timeout) => ended?,
        () = signals.raised() => None,
    };
    let Some(ended) = ended else {
        told.left_running(&execution);
        return Ok(LEFT_RUNNING.into());
    };
    told.ended(&ended);
    Ok(match ended.status {
        ExecutionStatus::Succeeded => ExitCode::SUCCESS,
        ExecutionStatus::Failed => 3.into(),
        ExecutionStatus::TimedOut => 4.into(),
        ExecutionStatus::Aborted => 5.into(),
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => LEFT_RUNNING.into(),
    })
}

/// Looks, less and less often, until the execution has ended or the time is over (`None`).
async fn follow(connection: &Connection, execution: &Arn, timeout: Option<Duration>) -> Result<Option<Execution>> {
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    let mut pause = FIRST_PAUSE;
    loop {
        match connection.describe_execution(execution).await {
            Ok(state) if state.status != ExecutionStatus::Running => return Ok(Some(state)),
            Ok(_) => {}
            // The execution goes on whether or not it can be seen.
            Err(refusal) if matches!(refusal.kind, RefusalKind::Throttled | RefusalKind::Unreachable) => {
                output::say(&format!("cannot look just now: {}\n", visible(&refusal.to_string())));
            }
            Err(refusal) => {
                return Err(CliError::from(refusal).hint(format!("the execution goes on: {execution}")));
            }
        }
        let next = Instant::now() + pause;
        if let Some(deadline) = deadline.filter(|deadline| *deadline < next) {
            tokio::time::sleep_until(deadline).await;
            return Ok(None);
        }
        tokio::time::sleep_until(next).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The input as text, checked before anything starts.
fn input(given: &str) -> Result<String> {
    let (text, from) = if given == "-" {
        let mut text = String::new();
        let read = std::io::stdin().take(MAX_INPUT as u64 + 1).read_to_string(&mut text);
        read.map_err(|error| CliError::user(format!("cannot read the input from stdin: {error}")))?;
        (text, "stdin".to_owned())
    } else if let Some(path) = given.strip_prefix('@') {
        let text = std::fs::read_to_string(path);
        (text.map_err(|error| CliError::user(format!("cannot read the input {path}: {error}")))?, path.to_owned())
    } else {
        (given.to_owned(), "--input".to_owned())
    };
    if text.len() > MAX_INPUT {
        return Err(CliError::user(format!("the input has {} bytes; Step Functions takes {MAX_INPUT}", text.len()))
            .hint("put it into S3 and give the execution its place"));
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(CliError::user(format!("the input ({from}) is not JSON: {error}"))),
    }
}

/// The machine that is meant, and the connection to where it is.
async fn machine(args: &RunArgs, global: &Global) -> Result<(Connection, Arn)> {
    let mut settings = Settings {
        profile: global.profile.clone(),
        region: global.region.clone(),
        endpoint_url: global.endpoint_url.clone(),
        assume_role: None,
        parallelism: usize::from(global.parallelism),
    };
    if args.target.starts_with("arn:") {
        let arn = Arn::parse(&args.target)
            .filter(|arn| arn.service() == "states" && arn.resource().starts_with("stateMachine:"));
        let arn = arn.ok_or_else(|| CliError::user(format!("{} is not the ARN of a state machine", args.target)))?;
        settings.region = Some(arn.region().to_owned());
        let connection = Connection::open(&settings).await?;
        let account = connection.identity().account.as_str();
        if arn.account() != account {
            return Err(CliError::user(format!(
                "{arn} is of account {}, and the caller's account is {account}",
                arn.account()
            ))
            .hint("choose the profile of that account with --profile"));
        }
        return Ok((connection, arn));
    }
    let mut sources = Sources::default();
    let spec = spec(&mut sources, &args.target, global)?;
    let connection = Connection::open(&crate::stage::settings(spec.aws(), global)).await?;
    let faults = spec.check_guards(connection.identity());
    if !faults.is_empty() {
        return Err(CliError::findings(sources, faults));
    }
    let machines = spec.machines(connection.identity());
    let stack = spec.stack().unwrap_or(&args.target);
    let name = match (&args.machine, machines.as_slice()) {
        (Some(name), machines) if machines.contains(name) => name.clone(),
        (Some(name), machines) => {
            return Err(CliError::user(format!("stack {stack} has no state machine {name}"))
                .hint(format!("it has {}", machines.join(", "))));
        }
        (None, [only]) => only.clone(),
        (None, []) => return Err(CliError::user(format!("stack {stack} declares no state machine"))),
        (None, several) => {
            return Err(CliError::user(format!("stack {stack} has several state machines"))
                .hint(format!("name one with --machine: {}", several.join(", "))));
        }
    };
    let arn = connection.identity().arn(&Address::new(Kind::StateMachine, name), "/");
    Ok((connection, arn))
}

/// The spec that is meant: a file, or the one among the usual specs whose stack has this name.
fn spec(sources: &mut Sources, target: &str, global: &Global) -> Result<Loaded> {
    if Path::new(target).is_file() {
        let loaded = statewright_spec::load(sources, &request(target.into(), global, false));
        return loaded.map_err(|findings| CliError::findings(std::mem::take(sources), findings));
    }
    // Another stack's spec may be broken without being in the way of this one.
    let (specs, _) = read(sources, &[], global);
    let stacks: Vec<String> = specs.iter().filter_map(|spec| spec.stack().map(str::to_owned)).collect();
    specs.into_iter().find(|spec| spec.stack() == Some(target)).ok_or_else(|| {
        let error = CliError::user(format!("`{target}` is no stack of the specs here, no spec file and no ARN"));
        if stacks.is_empty() { error } else { error.hint(format!("stacks here: {}", stacks.join(", "))) }
    })
}
