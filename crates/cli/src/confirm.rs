//! After an apply: does what was written stand? There is no lock, so another apply or a person may have written too, and then two
//! that both came to their end would leave behind what neither wanted. The last of them to look sees it.

use std::time::Instant;

use statewright_applier::Options;
use statewright_planner::{Plan, Step};
use statewright_source::Severity;

use crate::{
    error::{CliError, Result},
    signals::Signals,
    stage::Staged,
};

/// Differences that are named.
const NAMED: usize = 10;

/// Plans the `at`-th spec again, until there is nothing left to do. A difference is believed when it was seen for as long as
/// a read may lag behind a write.
///
/// # Errors
/// When something is left for as long as a read may be stale, in words: what, and where.
pub(crate) async fn confirm(staged: &Staged, at: usize, options: &Options, signals: &Signals) -> Result<()> {
    let since = Instant::now();
    let mut pause = options.pause;
    loop {
        // A look that is throttled for long may show what was when it began.
        let began = since.elapsed();
        let left = staged.plan_again(at).await;
        let Some(why) = left_over(&left) else { return Ok(()) };
        if signals.is_raised() {
            return Err(CliError::user(format!("interrupted before it was certain that {} stands: {why}", left.stack)));
        }
        if began >= options.lag {
            return Err(CliError::user(format!("{} was applied and does not stand: {why}", left.stack)).hint(
                "something else writes here too, for there is no lock; look with `statewright plan`, and apply again when it is done",
            ));
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = signals.raised() => {}
        }
        pause = (pause * 2).min(options.longest_pause);
    }
}

/// What a plan would still do, or why it does not know; nothing where all stands.
fn left_over(plan: &Plan) -> Option<String> {
    let unknown = plan.findings.iter().find(|finding| finding.severity == Severity::Error);
    if let Some(finding) = unknown {
        return Some(finding.title.clone());
    }
    let mut named: Vec<String> = plan.steps.iter().take(NAMED).map(step).collect();
    if plan.steps.len() > NAMED {
        named.push(format!("and {} more", plan.steps.len() - NAMED));
    }
    (!named.is_empty()).then(|| named.join("; "))
}

fn step(step: &Step) -> String {
    let paths: Vec<&str> = step.changes.iter().take(3).map(|change| change.path.as_str()).collect();
    match paths[..] {
        [] => format!("{} ({})", step.address, step.title),
        _ => format!("{} ({} differs)", step.address, paths.join(", ")),
    }
}
