//! After an apply: does what was written stand? There is no lock, so another apply or a person may have written too, and then two
//! that both came to their end would leave behind what neither wanted. The last of them to look sees it.

use std::time::{Duration, Instant};

use statewright_planner::{Plan, Step};
use statewright_source::Severity;

use crate::{
    error::{CliError, Result},
    signals::Signals,
    stage::Staged,
};

/// How long a difference must be seen before it is believed: AWS's reads lag behind its writes.
const LAG: Duration = Duration::from_secs(15);
/// The pause before the second look, and the longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Differences that are named.
const NAMED: usize = 10;

/// Plans the `at`-th spec again, until there is nothing left to do.
///
/// # Errors
/// When something is left for as long as a read may be stale, in words: what, and where.
pub(crate) async fn confirm(staged: &Staged, at: usize, signals: &Signals) -> Result<()> {
    let since = Instant::now();
    let mut pause = PAUSE;
    loop {
        let left = staged.plan_again(at).await;
        let Some(why) = left_over(&left) else { return Ok(()) };
        if signals.is_raised() {
            return Err(CliError::user(format!("interrupted before it was certain that {} stands: {why}", left.stack)));
        }
        if since.elapsed() >= LAG {
            return Err(CliError::user(format!("{} was applied and does not stand: {why}", left.stack)).hint(
                "something else writes here too, for there is no lock; look with `statewright plan`, and apply again when it is done",
            ));
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = signals.raised() => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
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
