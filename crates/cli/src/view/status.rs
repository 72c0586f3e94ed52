//! Stacks and their machines at a glance. `docs/schema/status-1.json` is made from these types.

#[cfg(test)]
mod tests;

use std::{
    io::{IsTerminal as _, Write as _},
    time::SystemTime,
};

use schemars::JsonSchema;
use serde::Serialize;
use statewright_aws::run::Execution;
use statewright_execution::{ExecutionStatus, rfc3339};
use statewright_planner::{Action, Plan, Refusal};
use statewright_source::visible;
use statewright_spec::{Arn, kind::state_machine::MachineType};
use unicode_width::UnicodeWidthStr as _;

use super::{
    FORMAT_VERSION,
    run::words::duration,
    style::{ADDED, CHANGED, QUIET, REMOVED, STRONG, paint},
};

/// A stack.
pub(crate) struct StackStatus {
    stack: String,
    owner: String,
    account: String,
    region: String,
    /// Addresses that differ from the spec.
    drift: usize,
    machines: Vec<MachineStatus>,
}

/// A machine.
pub(crate) struct MachineStatus {
    pub(crate) name: String,
    pub(crate) arn: Arn,
    pub(crate) machine_type: MachineType,
    /// What an apply would do to it.
    pub(crate) action: Option<Action>,
    pub(crate) runs: Runs,
}

/// A machine's executions.
pub(crate) enum Runs {
    /// There is no such machine yet.
    Absent,
    /// An EXPRESS machine keeps none.
    Express,
    /// AWS would not say.
    Unreadable(Refusal),
    /// The newest first.
    Listed {
        /// Those that count.
        last: Vec<Execution>,
        /// How many run, of those that were listed.
        running: usize,
        /// Whether the oldest that was listed still runs: then there may be more.
        more: bool,
    },
}

impl Runs {
    /// Of a listing that had at most `limit`.
    pub(crate) fn of(mut executions: Vec<Execution>, last: usize, limit: usize) -> Self {
        let is_running = |execution: &Execution| !execution.status.is_final();
        let running = executions.iter().filter(|execution| is_running(execution)).count();
        let more = executions.len() >= limit && executions.last().is_some_and(is_running);
        executions.truncate(last);
        Self::Listed { last: executions, running, more }
    }

    /// Of those that have ended how many failed, timed out or were aborted, and how many ended.
    fn failed(&self) -> (usize, usize) {
        let Self::Listed { last, .. } = self else { return (0, 0) };
        let ended = last.iter().filter(|execution| execution.status.is_final());
        let failed = ended.clone().filter(|execution| execution.status != ExecutionStatus::Succeeded);
        (failed.count(), ended.count())
    }
}

impl StackStatus {
    /// Of a plan of it.
    pub(crate) fn of(plan: &Plan, machines: Vec<MachineStatus>) -> Self {
        let drift: std::collections::BTreeSet<_> = plan.steps.iter().map(|step| &step.address).collect();
        Self {
            stack: plan.stack.clone(),
            owner: plan.owner.as_str().to_owned(),
            account: plan.identity.account.to_string(),
            region: plan.identity.region.to_string(),
            drift: drift.len(),
            machines,
        }
    }
}

/// The document that `status --format json` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct StatusOutput {
    /// Unknown fields are to be ignored, an unknown major is to be refused.
    format_version: &'static str,
    stacks: Vec<StackJson>,
}

/// A stack.
#[derive(Serialize, JsonSchema)]
struct StackJson {
    stack: String,
    /// The value of the owner's tag: `shop@us-east-1`, or `shop/prod@us-east-1` with an environment.
    owner: String,
    account: String,
    region: String,
    /// How many resources differ from the spec, or are not there; 0 is in sync.
    drift: usize,
    machines: Vec<MachineJson>,
}

/// A machine.
#[derive(Serialize, JsonSchema)]
struct MachineJson {
    name: String,
    arn: String,
    /// `STANDARD` or `EXPRESS`.
    #[serde(rename = "type")]
    machine_type: &'static str,
    /// What an apply would do to it: `create`, `update`, `replace`; null where it is in sync.
    action: Option<String>,
    /// How many executions run, of the newest hundred; null where it cannot be said.
    running: Option<usize>,
    /// The newest first; empty for EXPRESS machines, which keep none.
    last: Vec<RunJson>,
    /// Of those of `last` that have ended, how many did not succeed.
    failed: usize,
    /// That, as a part of one; null where none has ended.
    error_rate: Option<f64>,
    /// Why its executions could not be listed.
    error: Option<String>,
}

/// An execution.
#[derive(Serialize, JsonSchema)]
struct RunJson {
    arn: String,
    status: ExecutionStatus,
    /// RFC 3339, UTC.
    start: String,
    /// RFC 3339, UTC.
    stop: Option<String>,
}

/// For programs.
pub(crate) fn json(stacks: &[StackStatus]) -> StatusOutput {
    StatusOutput { format_version: FORMAT_VERSION, stacks: stacks.iter().map(stack_json).collect() }
}

fn stack_json(stack: &StackStatus) -> StackJson {
    StackJson {
        stack: stack.stack.clone(),
        owner: stack.owner.clone(),
        account: stack.account.clone(),
        region: stack.region.clone(),
        drift: stack.drift,
        machines: stack.machines.iter().map(machine_json).collect(),
    }
}

#[allow(clippy::cast_precision_loss, reason = "at most a hundred")]
fn machine_json(machine: &MachineStatus) -> MachineJson {
    let (failed, ended) = machine.runs.failed();
    let (last, running, error) = match &machine.runs {
        Runs::Listed { last, running, .. } => (last.as_slice(), Some(*running), None),
        Runs::Absent => (Default::default(), Some(0), None),
        Runs::Express => (Default::default(), None, None),
        Runs::Unreadable(refusal) => (Default::default(), None, Some(refusal.to_string())),
    };
    let run = |execution: &Execution| RunJson {
        arn: execution.arn.to_string(),
        status: execution.status,
        start: rfc3339(execution.started_at),
        stop: execution.stopped_at.map(rfc3339),
    };
    MachineJson {
        name: machine.name.clone(),
        arn: machine.arn.to_string(),
        machine_type: machine.machine_type.as_str(),
        action: machine.action.map(|action| action.as_str().to_owned()),
        running,
        last: last.iter().map(run).collect(),
        failed,
        error_rate: (ended > 0).then(|| failed as f64 / ended as f64),
        error,
    }
}

/// A cell: its words, and how they are painted.
type Cell = (anstyle::Style, String);

/// For people.
pub(crate) fn table(stacks: &[StackStatus], now: SystemTime) -> String {
    rows(stacks, now).into_iter().map(|row| row + "\n").collect()
}

fn rows(stacks: &[StackStatus], now: SystemTime) -> Vec<String> {
    let plain = anstyle::Style::new();
    let heading = ["STACK", "MACHINE", "DRIFT", "RUNNING", "LAST", "FAILED", "LATEST"];
    let mut table: Vec<Vec<Cell>> = vec![heading.iter().map(|word| (QUIET, (*word).to_owned())).collect()];
    for stack in stacks {
        if stack.machines.is_empty() {
            table.push(vec![
                (STRONG, visible(&stack.stack).into_owned()),
                (QUIET, "none".to_owned()),
                drift(stack.drift),
            ]);
        }
        for (index, machine) in stack.machines.iter().enumerate() {
            // The drift is the stack's: a machine's own stands with its name.
            let (name, of_stack) = if index == 0 {
                (visible(&stack.stack).into_owned(), drift(stack.drift))
            } else {
                (String::new(), (plain, String::new()))
            };
            let own = match machine.action {
                None => (plain, visible(&machine.name).into_owned()),
                Some(action) => (CHANGED, format!("{} ({})", visible(&machine.name), action.as_str())),
            };
            let mut row = vec![(STRONG, name), own, of_stack];
            row.extend(runs(&machine.runs, now));
            table.push(row);
        }
    }
    aligned(&table)
}

fn drift(count: usize) -> Cell {
    match count {
        0 => (ADDED, "in sync".to_owned()),
        1 => (CHANGED, "1 differs".to_owned()),
        count => (CHANGED, format!("{count} differ")),
    }
}

fn runs(runs: &Runs, now: SystemTime) -> Vec<Cell> {
    let plain = anstyle::Style::new();
    match runs {
        Runs::Absent => vec![(QUIET, "-".to_owned()), (QUIET, "not there".to_owned())],
        Runs::Express => vec![(QUIET, "-".to_owned()), (QUIET, "EXPRESS".to_owned())],
        Runs::Unreadable(refusal) => {
            vec![(QUIET, "?".to_owned()), (REMOVED, visible(&refusal.to_string()).into_owned())]
        }
        Runs::Listed { last, running, more } => {
            let count = format!("{running}{}", if *more { "+" } else { "" });
            let glyphs: String = last.iter().map(|execution| glyph(execution.status)).collect();
            let (failed, ended) = runs.failed();
            let rate =
                if ended == 0 { "-".to_owned() } else { format!("{}% of {ended}", (failed * 100).div_ceil(ended)) };
            let latest = last.first().map(|execution| latest(execution, now)).unwrap_or_default();
            let glyphs = if glyphs.is_empty() { (QUIET, "never ran".to_owned()) } else { (plain, glyphs) };
            vec![
                (if *running > 0 { STRONG } else { QUIET }, count),
                glyphs,
                (if failed > 0 { REMOVED } else { plain }, rate),
                (plain, latest),
            ]
        }
    }
}

const fn glyph(status: ExecutionStatus) -> char {
    match status {
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => '●',
        ExecutionStatus::Succeeded => '✓',
        ExecutionStatus::Failed => '✗',
        ExecutionStatus::TimedOut => '◷',
        ExecutionStatus::Aborted => '■',
    }
}

/// `succeeded 5m02s ago, took 1m20s`
fn latest(execution: &Execution, now: SystemTime) -> String {
    let word = match execution.status {
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => "running",
        ExecutionStatus::Succeeded => "succeeded",
        ExecutionStatus::Failed => "failed",
        ExecutionStatus::TimedOut => "timed out",
        ExecutionStatus::Aborted => "aborted",
    };
    let since = |then: SystemTime| ago(now.duration_since(then).unwrap_or_default());
    match execution.stopped_at {
        Some(stop) => {
            let took = stop.duration_since(execution.started_at).unwrap_or_default();
            format!("{word} {} ago, took {}", since(stop), duration(took))
        }
        None => format!("{word} for {}", since(execution.started_at)),
    }
}

fn ago(since: std::time::Duration) -> String {
    let hours = since.as_secs() / 3600;
    if hours >= 48 { format!("{} days", hours / 24) } else { duration(since) }
}

fn aligned(table: &[Vec<Cell>]) -> Vec<String> {
    let columns = table.iter().map(Vec::len).max().unwrap_or_default();
    // What is long in the last cell of a row, an error, widens no column.
    let width = |column: usize| {
        let cells = table.iter().filter(|row| column + 1 < row.len()).map(|row| row[column].1.width());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<Cell>| {
        let mut out = String::new();
        for (column, (style, text)) in row.iter().enumerate() {
            out.push_str(&if text.is_empty() { String::new() } else { paint(*style, text) });
            if column + 1 < row.len() {
                out.push_str(&" ".repeat(widths[column].saturating_sub(text.width()) + 2));
            }
        }
        out.trim_end().to_owned()
    };
    table.iter().map(line).collect()
}

/// The table, shown again and again: in place on a terminal, one after the other elsewhere.
pub(crate) struct Watching {
    in_place: bool,
    trouble: Option<String>,
}

/// For where the output goes.
pub(crate) fn watching() -> Watching {
    Watching { in_place: std::io::stdout().is_terminal(), trouble: None }
}

impl Watching {
    /// Shows it anew.
    pub(crate) fn show(&mut self, stacks: &[StackStatus]) {
        let now = SystemTime::now();
        let mut lines = rows(stacks, now);
        if let Some(trouble) = self.trouble.take() {
            lines.extend(trouble.lines().map(str::to_owned));
        }
        if !self.in_place {
            crate::output::data(&format!("{}\n{}\n\n", rfc3339(now), lines.join("\n")));
            return;
        }
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok();
        let most = size.map_or(24, |size| usize::from(size.ws_row)).saturating_sub(2).max(2);
        let more = lines.len().saturating_sub(most);
        if more > 0 {
            lines.truncate(most - 1);
            lines.push(paint(QUIET, format!("+{} more", more + 1)));
        }
        lines.push(paint(QUIET, format!("{}  Ctrl-C ends", rfc3339(now).get(11..19).unwrap_or_default())));
        // The whole screen is the table: it is another one, so that scrollback keeps none of its frames.
        crate::output::data(&format!("\x1b[?1049h\x1b[H\x1b[?7l{}\x1b[J", lines.join("\x1b[K\n")));
    }

    /// What is wrong, shown beneath the next table.
    pub(crate) fn trouble(&mut self, why: &str) {
        self.trouble = Some(why.to_owned());
    }

    /// Gives the terminal back.
    pub(crate) fn end(&self) {
        if self.in_place {
            let mut out = std::io::stdout();
            let _ = out.write_all(b"\x1b[?7h\x1b[?1049l").and_then(|()| out.flush());
        }
    }
}
