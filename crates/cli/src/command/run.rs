//! `statewright run`

use std::{path::Path, process::ExitCode, sync::Arc, time::SystemTime};

use statewright_aws::{
    Connection,
    run::{Execution as Described, ExecutionStatus, Follow, Machine, Source},
};
use statewright_execution::{Execution, Outline};
use statewright_planner::{Refusal, RefusalKind};
use statewright_source::visible;
use statewright_spec::Arn;

use crate::{
    args::{EventFormat, Global, RunArgs},
    error::{CliError, Result},
    output,
    run::{Ending, Leaving, Session, Target, beside::Beside, execution_arn, input, target},
    view::run::{About, RunView, output as result, shell, started, view},
};

/// The exit code for an execution that was left running.
const LEFT_RUNNING: u8 = 130;

/// Starts an execution, or joins one, follows it, and says how it ended.
pub(crate) async fn run(args: &RunArgs, global: &Global) -> Result<ExitCode> {
    // All that can be wrong is told before anything starts.
    let input = input(&args.input)?;
    if let Some(path) = &args.output {
        result::check(path)?;
    }
    let Target { connection, machine } = target(args, global).await?;
    if args.sync {
        return synchronously(args, global, &connection, &machine, &input).await;
    }
    let (execution, joined) = match (&args.follow, &args.redrive) {
        (Some(given), _) => (execution_arn(&machine, given)?, true),
        (None, Some(given)) => {
            let execution = execution_arn(&machine, given)?;
            redrive(&connection, &machine, &execution).await?;
            (execution, true)
        }
        (None, None) => (start(&connection, &machine, args.name.as_deref(), &input).await?, false),
    };
    let about = about(args, global, &connection, &machine, &execution);
    if args.no_follow {
        match args.format {
            EventFormat::Json => view(&about, args.format, true, Vec::new()).started(&about, false),
            EventFormat::Text => output::say(&started(&about)),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let view = view(&about, args.format, args.plain, args.show.clone());
    let (follow, outline) = if about.is_express {
        express(&connection, &about).await?
    } else {
        standard(&connection, &about, joined).await?
    };
    let mut session = Session {
        connection: Arc::new(connection),
        execution: Execution::new(Arc::new(outline)),
        beside: Beside::new(args.logs),
        view,
        timeout: args.timeout,
        fail_fast: args.fail_fast,
        about,
    };
    let ending = Box::pin(session.follow(follow)).await?;
    let Session { mut view, execution, about, .. } = session;
    Ok(match ending {
        Ending::Ended => {
            view.ended(&execution, &about);
            result::write(&execution, args.output.as_deref(), args.format)?;
            code(execution.status())
        }
        Ending::Doomed => {
            view.left(&execution, &about);
            code(ExecutionStatus::Failed)
        }
        Ending::Left(why) => {
            if let Leaving::Blind(refusal) = &why {
                blind(refusal);
            }
            view.left(&execution, &about);
            if matches!(why, Leaving::Terminated) { 143.into() } else { LEFT_RUNNING.into() }
        }
    })
}

fn code(status: ExecutionStatus) -> ExitCode {
    match status {
        ExecutionStatus::Succeeded => ExitCode::SUCCESS,
        ExecutionStatus::Failed => 3.into(),
        ExecutionStatus::TimedOut => 4.into(),
        ExecutionStatus::Aborted => 5.into(),
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => LEFT_RUNNING.into(),
    }
}

async fn start(connection: &Connection, machine: &Arn, name: Option<&str>, input: &str) -> Result<Arn> {
    connection.start_execution(machine, name, input).await.map_err(|refusal| not_started(machine, name, refusal))
}

fn not_started(machine: &Arn, name: Option<&str>, refusal: Refusal) -> CliError {
    let kind = refusal.kind;
    let error = CliError::from(refusal);
    match (kind, name) {
        (RefusalKind::NotFound, _) => error.hint(format!("no state machine {machine}: was it applied?")),
        (RefusalKind::Busy, _) => {
            error.hint("AWS is deleting this machine; when it is gone, `apply` makes it anew. Nothing was started")
        }
        (RefusalKind::Exists, Some(name)) => error.hint(format!(
            "a name is used once in 90 days: choose another --name, or look at that one with --follow {name}"
        )),
        _ => error,
    }
}

async fn redrive(connection: &Connection, machine: &Arn, execution: &Arn) -> Result<()> {
    match connection.redrive_execution(execution).await {
        Ok(()) => Ok(()),
        Err(refusal) if refusal.kind == RefusalKind::NotFound => Err(missing(connection, machine, execution).await),
        Err(refusal) => Err(CliError::from(refusal).hint(
            "AWS starts a STANDARD execution again that failed, timed out or was aborted, within 14 days of its end",
        )),
    }
}

/// Says that there is no such execution, and which ones there are.
async fn missing(connection: &Connection, machine: &Arn, execution: &Arn) -> CliError {
    let name = execution.resource().rsplit(':').next().unwrap_or_default();
    let error = CliError::user(format!("there is no execution {name} of {machine}"));
    match connection.list_executions(machine, None, 5).await {
        Ok(last) if last.is_empty() => error.hint("it has none, or they ended more than 90 days ago"),
        Ok(last) => {
            let names: Vec<_> = last.iter().map(|execution| execution.name.as_str()).collect();
            error.hint(format!("its last ones: {}", names.join(", ")))
        }
        Err(refusal) if refusal.kind == RefusalKind::NotFound => {
            error.hint(format!("there is no state machine {machine} either: was it applied?"))
        }
        Err(_) => error,
    }
}

fn about(args: &RunArgs, global: &Global, connection: &Connection, machine: &Arn, execution: &Arn) -> About {
    let mut parts = execution.resource().split(':');
    let is_express = parts.next() == Some("express");
    let name = if is_express { parts.nth(1) } else { parts.next_back() };
    // What chose the machine chooses it again; variables may be secrets and are not needed for that.
    let chosen = [("--machine", &args.machine), ("--env", &global.environment), ("--profile", &global.profile)];
    let chosen = chosen.into_iter().filter_map(|(name, value)| Some(format!(" {name} {}", shell(value.as_ref()?))));
    let chosen: String = chosen.collect();
    About {
        name: name.unwrap_or_default().to_owned(),
        command: format!("statewright run {}{chosen}", shell(&args.target)),
        console: connection.endpoint().is_none().then(|| console(execution)).flatten(),
        machine: machine.clone(),
        execution: execution.clone(),
        is_express,
    }
}

/// Where AWS's console shows an execution.
fn console(execution: &Arn) -> Option<String> {
    let domain = match execution.partition() {
        "aws" => "console.aws.amazon.com",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        "aws-cn" => "console.amazonaws.cn",
        _ => return None,
    };
    let (region, kind) = (execution.region(), execution.resource().split(':').next()?);
    let page = if kind == "express" { "express-executions" } else { "executions" };
    Some(format!("https://{region}.{domain}/states/home?region={region}#/v2/{page}/details/{execution}"))
}

async fn standard(connection: &Connection, about: &About, joined: bool) -> Result<(Follow, Outline)> {
    // The definition that it runs on, not the one that the machine has by now.
    let definition = connection.definition_of(&about.execution).await;
    let outline = match definition {
        Ok(Some(definition)) => Outline::parse(&definition),
        Ok(None) if joined => return Err(missing(connection, &about.machine, &about.execution).await),
        Err(refusal) if refusal.kind == RefusalKind::Denied => {
            output::say(&format!("going on without the definition: {}\n", visible(&refusal.to_string())));
            None
        }
        Err(refusal) if joined => return Err(refusal.into()),
        Ok(None) | Err(_) => None,
    };
    let follow = Follow::new(about.execution.clone(), Source::History, SystemTime::now());
    Ok((follow, outline.unwrap_or_default()))
}

/// EXPRESS machines keep no history: their log group tells, if every event is logged.
async fn express(connection: &Connection, about: &About) -> Result<(Follow, Outline)> {
    let machine: Option<Machine> = connection.machine(&about.machine).await?;
    let Some(machine) = machine else { return Err(missing(connection, &about.machine, &about.execution).await) };
    let Some(group) = machine.log_group.filter(|_| machine.logs_everything) else {
        output::say(&format!("started {}\n", visible(about.execution.as_str())));
        return Err(CliError::ending(
            LEFT_RUNNING,
            "an EXPRESS machine keeps no history, and this one does not log every event: its execution goes on unseen",
        )
        .hint("start it with --sync to get its result, or give the machine `logging: { level: ALL, … }`"));
    };
    let since = SystemTime::now().checked_sub(std::time::Duration::from_mins(6)).unwrap_or(SystemTime::UNIX_EPOCH);
    let outline = Outline::parse(&machine.definition).unwrap_or_default();
    Ok((Follow::new(about.execution.clone(), Source::Logs { group }, since), outline))
}

/// An EXPRESS machine's execution, started and waited for in one call.
async fn synchronously(
    args: &RunArgs,
    global: &Global,
    connection: &Connection,
    machine: &Arn,
    input: &str,
) -> Result<ExitCode> {
    let ended = tokio::select! {
        ended = connection.start_sync_execution(machine, args.name.as_deref(), input) => ended,
        _ = tokio::signal::ctrl_c() => {
            output::say("It was started and goes on; nobody waits for its result any more.\n");
            return Ok(LEFT_RUNNING.into());
        }
    };
    let ended: Described = ended.map_err(|refusal| {
        let standard = refusal.code == "StateMachineTypeNotSupported";
        let error = not_started(machine, args.name.as_deref(), refusal);
        if standard { error.hint("only EXPRESS machines are started synchronously: leave out --sync") } else { error }
    })?;
    let about = about(args, global, connection, machine, &ended.arn);
    let mut execution = Execution::new(Arc::default());
    execution.begin(ended.started_at);
    let at = ended.stopped_at.unwrap_or(ended.started_at);
    let _ = execution.end(ended.status, at, ended.error, ended.cause, ended.output);
    let mut view: Box<dyn RunView> = view(&about, args.format, true, Vec::new());
    view.started(&about, false);
    view.ended(&execution, &about);
    result::write(&execution, args.output.as_deref().map(Path::new), args.format)?;
    Ok(code(execution.status()))
}

fn blind(refusal: &Refusal) {
    let words = match refusal.kind {
        RefusalKind::Credentials => "The credentials are no longer good; sign in again, and go on watching as below.",
        _ => "It cannot be watched any longer.",
    };
    output::say(&format!("{words}\n  {}\n", visible(&refusal.to_string())));
}
