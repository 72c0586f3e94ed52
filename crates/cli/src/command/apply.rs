//! `statewright apply`, and the carrying out that `destroy` shares.

use std::{
    io::BufRead,
    path::{Path, PathBuf},
    process::ExitCode,
};

use statewright_applier::{Journal, Options, apply as carry_out};
use statewright_planner::Plan;
use statewright_source::{Severity, Sources};

use crate::{
    args::{ApplyArgs, EventFormat, Global, Running},
    command::plan::intent,
    confirm::confirm,
    error::{CliError, Result},
    output,
    saved::{self, SavedStack},
    signals::Signals,
    stage::{Intent, Staged, denied, stage},
    view,
};

/// Shows the plan, asks, and carries it out.
pub(crate) async fn apply(args: &ApplyArgs, global: &Global) -> Result<ExitCode> {
    let intent = intent(&args.scope)?;
    let signals = Signals::listen()?;
    let staging = async {
        match &args.plan {
            None => stage(&args.specs.paths, global, &intent).await,
            Some(file) => planned(file, &args.specs.paths, global, &intent).await,
        }
    };
    let staged = Box::pin(signals.or_leave(staging)).await?;
    let consent = Consent { question: "apply these changes", broadening: args.allow_broadening };
    converge(staged, &args.run, global, &consent, &signals).await
}

/// What is asked before anything is done.
pub(super) struct Consent {
    /// What shall really be done.
    pub(super) question: &'static str,
    /// Whether permissions may broaden without a question of their own.
    pub(super) broadening: bool,
}

/// Plans again, and demands that it is the saved plan, step for step. Nothing of the file is carried out.
async fn planned(file: &Path, paths: &[PathBuf], global: &Global, intent: &Intent) -> Result<Staged> {
    let saved = saved::read(file).map_err(|unread| unread.of(file))?;
    let stale = |reasons: Vec<String>| CliError::stale(file.display().to_string(), reasons);
    let made = saved::Made::with(intent, global);
    if let Some(other) = saved::version(&saved.made, &made) {
        return Err(stale(vec![other]).hint("apply it with the Statewright that made it, or plan again with --out"));
    }
    let flags = saved::flags(&saved.made, &made);
    if !flags.is_empty() {
        return Err(stale(flags).hint("give the same options, or plan again with --out"));
    }
    let paths = if paths.is_empty() { saved.specs(file)? } else { paths.to_vec() };
    let staged = stage(&paths, global, intent).await?;
    match saved::plans(&saved.stacks, &stacks(&staged.plans, &staged.sources)?) {
        reasons if reasons.is_empty() => Ok(staged),
        reasons => Err(stale(reasons).hint("plan again with --out, and look at what it says now")),
    }
}

/// Plans as they are held against each other.
fn stacks(plans: &[Plan], sources: &Sources) -> Result<Vec<SavedStack>> {
    plans.iter().map(|plan| SavedStack::of(plan, sources)).collect()
}

/// Plans again after a question, which may have stood for an hour, and demands that the plans are those that were shown,
/// step for step: what was agreed to is done whole, or not begun.
async fn still_so(staged: &mut Staged, signals: &Signals) -> Result<()> {
    let again = signals.or_leave(async { Ok(staged.plans_again().await) }).await?;
    let mut reasons = saved::plans(&stacks(&staged.plans, &staged.sources)?, &stacks(&again, &staged.sources)?);
    for (shown, now) in staged.plans.iter().zip(&again) {
        let stops = now.findings.iter().filter(|finding| finding.severity == Severity::Error);
        reasons.extend(stops.map(|finding| finding.title.clone()));
        // Of what is only named no step shows how it changed.
        if reasons.is_empty() && shown.access != now.access {
            reasons.push(format!("what {} allows changes otherwise", now.stack));
        }
    }
    if !reasons.is_empty() {
        return Err(CliError::stale("the plan that was shown", reasons)
            .hint("something else writes here too; run it again, and look at what it says now"));
    }
    // The later reading is what the look before each write is held against.
    staged.plans = again;
    Ok(())
}

/// Carries out what was staged: shown first, and asked about unless `--yes`.
pub(super) async fn converge(
    mut staged: Staged,
    running: &Running,
    global: &Global,
    consent: &Consent,
    signals: &Signals,
) -> Result<ExitCode> {
    let shown: Vec<_> = staged.plans.iter().map(|plan| view::plan::text(plan, &staged.sources)).collect();
    match running.format {
        EventFormat::Text => output::data(&shown.join("\n")),
        // stdout is for events alone.
        EventFormat::Json => output::say(&shown.join("\n")),
    }
    if staged.plans.iter().any(|plan| denied(&plan.findings, None)) {
        return Err(CliError::said(1));
    }
    if !consent.broadening {
        broadening(&staged.plans, running.yes, signals).await?;
    }
    if !staged.plans.iter().all(Plan::is_empty) && !running.yes {
        ask(consent.question, signals).await?;
        Box::pin(still_so(&mut staged, signals)).await?;
    }
    let options =
        Options { parallelism: usize::from(global.parallelism), patience: running.timeout, ..Options::default() }
            .at_pace(global.pace);
    signals.finish_what_begins();
    let mut complete = true;
    for (at, (plan, connection)) in staged.plans.iter().zip(&staged.connections).enumerate() {
        let progress = view::progress::progress(plan, staged.mode(), running.format);
        if plan.is_empty() {
            progress.journal(&Journal::default());
            continue;
        }
        let sink = |event| progress.event(&event);
        let apply = carry_out(plan, connection.as_ref(), &options, signals.interrupt(), &sink);
        let Some(journal) = signals.unless_insisted(apply).await else { return Ok(signals.exit_code()) };
        progress.journal(&journal);
        complete &= journal.is_complete();
        if journal.is_complete()
            && let Err(error) = confirm(&staged, at, &options, signals).await
        {
            output::say(&error.render());
            complete = false;
        }
        // No return once interrupted: the stacks that follow begin nothing, and each says in its journal what is left.
    }
    if signals.is_raised() {
        return Ok(signals.exit_code());
    }
    Ok(if complete { ExitCode::SUCCESS } else { 1.into() })
}

/// Permissions that broaden are asked about on their own; with `--yes` they pass, unless the spec guards against them.
async fn broadening(plans: &[Plan], yes: bool, signals: &Signals) -> Result<()> {
    let minded = plans.iter().filter(|plan| !yes || plan.is_guarded());
    let names: Vec<String> = minded.flat_map(Plan::broadened).map(ToString::to_string).collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.join(", ");
    if yes {
        let title =
            format!("nothing was changed: the plan broadens what {names} allows, and the spec guards against it");
        return Err(CliError::user(title)
            .hint("look at what `+` marks under Permissions, then run it again with --yes --allow-broadening"));
    }
    ask(&format!("broaden what {names} allows"), signals).await
}

/// Asks on the terminal; anything but `yes` is a no.
async fn ask(question: &str, signals: &Signals) -> Result<()> {
    if !output::can_ask() {
        return Err(CliError::user(format!("there is no terminal on which to ask whether to {question}"))
            .hint("look at the plan first, then run it again with --yes"));
    }
    output::say(&format!("\nReally {question}? Only `yes` is taken for a yes: "));
    // On a thread of its own, which a signal leaves behind.
    let read = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).map(|_| answer)
    });
    let answer = signals.or_leave(async { Ok(read.await) }).await?;
    if matches!(answer, Ok(Ok(answer)) if answer.trim() == "yes") {
        output::say("\n");
        Ok(())
    } else {
        output::say("Nothing was changed.\n");
        Err(CliError::said(1))
    }
}
