//! The live region: what is at work, and how far, in so many lines and columns. A pure function of the execution.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    time::SystemTime,
};

use anstyle::{AnsiColor, Style};
use statewright_execution::{BlockRole, Execution, MapProgress, Status, Visit, VisitId};
use statewright_source::visible;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{
    About, Question,
    words::{duration, execution_face, face, seconds, tries},
};
use crate::view::style::{QUIET, STRONG};

/// Lines of the region, at most.
pub(super) const MOST: usize = 20;
/// Cells of a bar.
const BAR: usize = 20;

/// A line in parts.
pub(super) type Line = Vec<(Style, String)>;

/// What was read beside states and is shown with them.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The last line of a function's log.
    pub(super) log: BTreeMap<VisitId, String>,
    /// How a job run stands.
    pub(super) job: BTreeMap<VisitId, String>,
    /// Why it cannot be looked just now.
    pub(super) trouble: Option<String>,
}

/// What the region shows.
pub(super) struct Scene<'a> {
    pub(super) execution: &'a Execution,
    pub(super) about: &'a About,
    pub(super) notes: &'a Notes,
    pub(super) now: SystemTime,
    pub(super) keys: bool,
    pub(super) question: Option<Question>,
}

/// A state at work, as lines that belong together.
struct Entry {
    status: Status,
    lines: Vec<Line>,
    /// How many of them go together where there is little room: a Map's bar says more than its iterations.
    core: usize,
}

impl Scene<'_> {
    /// The region, at most so high and wide.
    pub(super) fn region(&self, width: usize, height: usize) -> Vec<Line> {
        let mut out = vec![self.header()];
        let mut foot: Vec<Line> = Vec::new();
        foot.extend(self.next());
        foot.extend(
            self.notes
                .trouble
                .as_ref()
                .map(|why| vec![(AnsiColor::Yellow.on_default(), format!("cannot look just now: {}", visible(why)))]),
        );
        foot.extend(self.footer());
        let room = height.saturating_sub(out.len() + foot.len());
        let mut entries = Vec::new();
        self.entries(statewright_execution::BlockId::MACHINE, 0, None, &mut entries);
        out.extend(fit(entries, room));
        out.extend(foot);
        out.truncate(height.max(1));
        out.into_iter().map(|line| cut(line, width)).collect()
    }

    fn header(&self) -> Line {
        let execution = self.execution;
        let face = execution_face(execution.status());
        let mut line = vec![
            (STRONG, format!("{} ", machine_name(self.about))),
            (QUIET, format!("{}  ", visible(&self.about.name))),
            (face.style.bold(), face.shout.replace('_', " ")),
        ];
        let mut rest = String::new();
        if let Some(started) = execution.started_at() {
            let until = execution.stopped_at().unwrap_or(self.now);
            let _ = write!(rest, "  {}", duration(until.duration_since(started).unwrap_or_default()));
        }
        let _ = write!(rest, "  {}/25000 events", execution.events());
        line.push((Style::new(), rest));
        let totals = execution.totals();
        if totals.failed > 0 {
            line.push((face_style(Status::Failed), format!("  {} failed", totals.failed)));
        }
        if totals.caught > 0 {
            line.push((face_style(Status::Caught), format!("  {} caught", totals.caught)));
        }
        if !execution.redrives().is_empty() {
            line.push((Style::new(), format!("  redrive {}", execution.redrives().len())));
        }
        line
    }

    /// What is at work in a block, each container before what it holds.
    fn entries(&self, block: statewright_execution::BlockId, depth: usize, label: Option<&str>, out: &mut Vec<Entry>) {
        let Some(block) = self.execution.block(block) else { return };
        for id in &block.visits {
            let Some(visit) = self.execution.visit(*id) else { continue };
            let open = visit.status.is_running() || (visit.status.is_failure() && !self.execution.status().is_final());
            if !open {
                continue;
            }
            let lines = self.visit(*id, visit, depth, label);
            let core = if visit.map.is_some() { lines.len().min(2) } else { 1 };
            out.push(Entry { status: visit.status, lines, core });
            for inside in &visit.blocks {
                let Some(held) = self.execution.block(*inside).filter(|held| held.status.is_running()) else {
                    continue;
                };
                let label = match held.role {
                    BlockRole::Iteration(index) => Some(format!("#{index} ")),
                    BlockRole::Branch(_) | BlockRole::Machine => None,
                };
                self.entries(*inside, depth + 1, label.as_deref(), out);
            }
        }
    }

    fn visit(&self, id: VisitId, visit: &Visit, depth: usize, label: Option<&str>) -> Vec<Line> {
        let face = face(visit.status);
        let indent = "  ".repeat(depth);
        let took = self.now.duration_since(visit.entered_at).unwrap_or_default();
        let mut first = vec![
            (face.style, format!("{} {:<9}", face.glyph, face.word)),
            (Style::new(), format!("{indent}{}{}", label.unwrap_or_default(), visible(&visit.state))),
            (Style::new(), format!("  {}", duration(took))),
        ];
        let mut details = String::new();
        if visit.times > 1 {
            let _ = write!(details, "  ×{}", visit.times);
        }
        if let Some(tries) = tries(visit) {
            let _ = write!(details, "  {tries}");
        }
        if let Some(wait) = visit.wait() {
            let since = visit.tries.last().and_then(|last| last.ended_at);
            let gone = since.and_then(|since| self.now.duration_since(since).ok()).unwrap_or_default();
            let left = (wait - gone.as_secs_f64()).max(0.0);
            let _ = write!(details, ", next in {}", seconds(left.ceil()));
        }
        first.push((Style::new(), details));
        if let Some(error) = visit.failure.as_ref().and_then(|failure| failure.error.as_ref()) {
            first.push((face.style, format!("  {}", visible(error))));
        }
        let mut lines = vec![first];
        if let Some(map) = &visit.map
            && (map.total.is_some() || map.done() + map.running > 0)
        {
            lines.push(with_indent(depth, bar(map)));
            if let Some(tolerated) = self.tolerated(visit) {
                lines.push(with_indent(depth, vec![(QUIET, tolerated)]));
            }
        }
        if let Some(job) = self.notes.job.get(&id) {
            lines.push(with_indent(depth, vec![(QUIET, job.clone())]));
        }
        if let Some(log) = self.notes.log.get(&id) {
            lines.push(with_indent(depth, vec![(QUIET, format!("│ {log}"))]));
        }
        lines
    }

    #[allow(clippy::cast_precision_loss, reason = "a percentage with one digit")]
    fn tolerated(&self, visit: &Visit) -> Option<String> {
        let run = self.execution.map_run(visit)?;
        let used = if run.total == 0 { 0.0 } else { run.failed as f64 * 100.0 / run.total as f64 };
        match (run.tolerated_percentage, run.tolerated_count) {
            (Some(percent), _) => Some(format!("tolerates {percent}%, used {used:.1}%")),
            (None, Some(count)) => Some(format!("tolerates {count}, used {}", run.failed)),
            (None, None) => None,
        }
    }

    /// What may come yet, in the order of the definition.
    fn next(&self) -> Option<Line> {
        let names = ahead(self.execution);
        if names.is_empty() {
            return None;
        }
        let face = face(Status::NotReached);
        Some(vec![(face.style, format!("{} {:<9}{}", face.glyph, face.word, visible(&names.join(", "))))])
    }

    fn footer(&self) -> Option<Line> {
        let bold = |text: &str| (STRONG, text.to_owned());
        let quiet = |text: &str| (QUIET, text.to_owned());
        match self.question {
            Some(Question::LeaveOrStop) => Some(vec![
                bold("Leave it running, or stop it?  "),
                bold("l"),
                quiet(" leave  "),
                bold("s"),
                quiet(" stop it  any other key: go on watching"),
            ]),
            Some(Question::Stop) => {
                Some(vec![bold("Stop the execution?  "), bold("y"), quiet(" stop it  any other key: go on watching")])
            }
            None if self.keys => Some(vec![quiet("q detach  x stop  i input/output  o console  ? help")]),
            None => None,
        }
    }
}

/// States at the top that are not reached and can be, from what is at work.
fn ahead(execution: &Execution) -> Vec<String> {
    let Some(flow) = execution.outline().flow() else { return Vec::new() };
    let visits = execution.visits();
    let visited: BTreeSet<usize> = visits.iter().filter_map(|visit| execution.outline().index(&visit.state)).collect();
    let last = execution.blocks().first().and_then(|machine| machine.visits.last());
    let mut stack: Vec<usize> = match last.and_then(|last| execution.visit(*last)) {
        Some(visit) => execution.outline().index(&visit.state).into_iter().collect(),
        None => flow.containers.first().and_then(|machine| machine.start).into_iter().collect(),
    };
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    while let Some(at) = stack.pop() {
        if seen.insert(at) {
            // What only an error leads to is no plan.
            let on = flow.edges.iter().filter(|edge| edge.from == at);
            let on = on.filter(|edge| !matches!(edge.kind, statewright_asl::EdgeKind::Catch { .. }));
            stack.extend(on.filter_map(|edge| edge.to));
        }
    }
    seen.difference(&visited).map(|index| flow.states[*index].name.clone()).collect()
}

/// As many as there is room for: failed ones first, then those that are tried again, then the rest; in their order.
fn fit(entries: Vec<Entry>, room: usize) -> Vec<Line> {
    let all: usize = entries.iter().map(|entry| entry.lines.len()).sum();
    if all <= room {
        return entries.into_iter().flat_map(|entry| entry.lines).collect();
    }
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(entries[*index].status), *index));
    let room = room.saturating_sub(1);
    let (mut kept, mut used) = (BTreeSet::new(), 0);
    for index in order {
        // What stands beneath a state goes before the state does.
        let core = entries[index].core;
        if used + core <= room {
            kept.insert(index);
            used += core;
        }
    }
    let more = entries.len() - kept.len();
    let mut spare = room - used;
    let mut out = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        if kept.contains(&index) {
            let beneath = (entry.lines.len() - entry.core).min(spare);
            spare -= beneath;
            out.extend(entry.lines.into_iter().take(entry.core + beneath));
        }
    }
    if more > 0 {
        out.push(vec![(QUIET, format!("  +{more} more"))]);
    }
    out
}

fn with_indent(depth: usize, mut line: Line) -> Line {
    line.insert(0, (Style::new(), " ".repeat(11 + 2 * depth)));
    line
}

/// `████▓✕░░  8120 ok  41 failed  500 running  1339 pending`
fn bar(map: &MapProgress) -> Line {
    let known = map.running + map.done();
    let total = map.total.unwrap_or(known).max(known).max(1);
    let cells = |count: u64| {
        let share = u128::from(count) * BAR as u128 / u128::from(total);
        usize::try_from(share).unwrap_or(BAR).max(usize::from(count > 0))
    };
    let failed = cells(map.failed);
    let running = cells(map.running).min(BAR - failed.min(BAR));
    let done = cells(map.succeeded).min(BAR.saturating_sub(failed + running));
    let rest = BAR.saturating_sub(done + running + failed);
    let mut line = vec![
        (face_style(Status::Succeeded), "█".repeat(done)),
        (face_style(Status::Running), "▓".repeat(running)),
        (face_style(Status::Failed), "✕".repeat(failed)),
        (QUIET, "░".repeat(rest)),
        (Style::new(), format!("  {} of {total} ok", map.succeeded)),
    ];
    for (count, word) in [
        (map.failed, "failed"),
        (map.running, "running"),
        (map.pending().unwrap_or_default(), "pending"),
        (map.aborted, "aborted"),
    ] {
        if count > 0 {
            line.push((Style::new(), format!("  {count} {word}")));
        }
    }
    line
}

fn face_style(status: Status) -> Style {
    face(status).style
}

/// The machine's name, from its ARN.
pub(super) fn machine_name(about: &About) -> String {
    let resource = about.machine.resource();
    let name = resource.strip_prefix("stateMachine:").unwrap_or(resource);
    visible(name.split(':').next().unwrap_or(name)).into_owned()
}

/// A line no wider than that: a line that wraps is two, and the region would be counted wrong.
fn cut(line: Line, width: usize) -> Line {
    let total: usize = line.iter().map(|(_, text)| text.width()).sum();
    if total <= width {
        return line;
    }
    let mut left = width.saturating_sub(1);
    let mut out = Line::new();
    for (style, text) in line {
        let mut part = String::new();
        for c in text.chars() {
            let wide = c.width().unwrap_or(0);
            if wide > left {
                part.push('…');
                out.push((style, part));
                return out;
            }
            left -= wide;
            part.push(c);
        }
        out.push((style, part));
    }
    out
}

/// How wide a line is.
pub(super) fn width(line: &Line) -> usize {
    line.iter().map(|(_, text)| text.width()).sum()
}
