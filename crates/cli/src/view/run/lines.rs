//! A line an event, for pipes and logs of CI: no escapes, nothing redrawn.

use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};

use statewright_execution::{Change, Execution, Status, Visit, VisitId};
use statewright_planner::Refusal;
use statewright_source::visible;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    About, Beat, Question, RunView, at_work, ending,
    report::Report,
    texts, wants,
    words::{duration, face, seconds, short},
};
use crate::{output, run::beside::Aside};

/// Writes lines on stderr.
pub(super) struct Lines {
    report: Report,
    beat: Beat,
    show: Vec<String>,
}

impl Lines {
    pub(super) fn new(show: Vec<String>) -> Self {
        Self { report: Report::default(), beat: Beat::default(), show }
    }

    fn say(&mut self, at: SystemTime, words: &str) {
        output::say(&format!("{} {words}\n", stamp(at)));
        self.beat.now();
    }
}

impl RunView for Lines {
    fn started(&mut self, about: &About, _: bool) {
        self.say(SystemTime::now(), &format!("FOLLOWING {}", visible(about.execution.as_str())));
    }

    fn changed(&mut self, execution: &Execution, changes: &[Change], at: SystemTime) {
        for id in self.report.of(execution, changes) {
            let Some(visit) = execution.visit(id).filter(|visit| is_told(execution, id, visit)) else { continue };
            self.say(at, &line(execution, id, visit));
            if !visit.status.is_running() && wants(&self.show, &visit.state) {
                for line in texts(execution, visit, usize::MAX) {
                    output::say(&format!("    {line}\n"));
                }
            }
        }
        if changes.contains(&Change::Redriven) {
            self.say(at, "REDRIVEN execution");
        }
    }

    fn settled(&mut self, _: &Execution) {}

    fn aside(&mut self, execution: &Execution, aside: &Aside) {
        match aside {
            Aside::Log { visit, lines, .. } => {
                let state = execution.visit(*visit).map(|visit| visit.state.clone()).unwrap_or_default();
                for logged in lines {
                    self.say(logged.at, &format!("LOG {} | {}", visible(&state), visible(&logged.message)));
                }
            }
            Aside::Job { visit, run } => {
                let state = execution.visit(*visit).map(|visit| visit.state.clone()).unwrap_or_default();
                let mut says =
                    format!("JOB {} {} run={} {}", visible(&state), visible(&run.job), visible(&run.id), run.status);
                if let Some(error) = &run.error {
                    let _ = write!(says, " error={}", quoted(error));
                }
                self.say(SystemTime::now(), &says);
            }
            Aside::Without { what, why } => {
                output::say(&format!("going on without {what}: {}\n", visible(&why.to_string())));
            }
        }
    }

    fn trouble(&mut self, refusal: &Refusal) {
        output::say(&format!("cannot look just now: {}\n", visible(&refusal.to_string())));
    }

    fn tick(&mut self, execution: &Execution) {
        if !self.beat.is_due() {
            return;
        }
        let mut says = format!("HEARTBEAT running={}", quoted(&at_work(execution).join(",")));
        for map in execution.visits().iter().filter(|visit| visit.status.is_running()).filter_map(|v| v.map.as_ref()) {
            let _ =
                write!(says, " items={}/{}", map.done(), map.total.map_or("?".to_owned(), |total| total.to_string()));
        }
        self.say(SystemTime::now(), &says);
    }

    fn asking(&mut self, _: Option<Question>) {}

    fn ended(&mut self, execution: &Execution, about: &About) {
        output::say(&ending::block(execution, about));
    }

    fn left(&mut self, execution: &Execution, about: &About) {
        output::say(&ending::left(execution, about));
    }
}

/// Of what is inside iterations only what is not as it should be: there may be thousands. States that are over at once are
/// told when they are.
fn is_told(execution: &Execution, id: VisitId, visit: &Visit) -> bool {
    use statewright_asl::StateType::{Choice, Fail, Pass, Succeed};
    let iterates =
        execution.path(id).iter().any(|(_, role)| matches!(role, statewright_execution::BlockRole::Iteration(_)));
    let fine = matches!(visit.status, Status::Running | Status::Succeeded | Status::WaitingForToken);
    let at_once = matches!(visit.kind, Pass | Choice | Succeed | Fail) && visit.status == Status::Running;
    !(at_once || iterates && fine)
}

fn line(execution: &Execution, id: VisitId, visit: &Visit) -> String {
    let mut out = format!("{} {}", face(visit.status).shout, super::place(execution, id));
    if visit.times > 1 {
        let _ = write!(out, " times={}", visit.times);
    }
    if visit.tried() > 1 || visit.status == Status::Retrying {
        let _ = match visit.tries_allowed {
            Some(allowed) => write!(out, " try={}/{allowed}", visit.tried()),
            None => write!(out, " try={}", visit.tried()),
        };
    }
    if let Some(wait) = visit.wait() {
        let _ = write!(out, " wait={}", seconds(wait));
    }
    if let Some(error) = visit.failure.as_ref().and_then(|failure| failure.error.as_ref()) {
        let _ = write!(out, " error={}", quoted(error));
    }
    if let Some(cause) = visit.failure.as_ref().and_then(|failure| failure.cause)
        && visit.status != Status::Aborted
    {
        let _ = write!(out, " cause={}", quoted(&short(execution.text(cause).text, 200)));
    }
    if let Some(next) = &visit.next {
        let _ = write!(out, " next={}", quoted(&next.state));
    }
    if let Some(map) = &visit.map
        && !visit.status.is_running()
    {
        let _ = write!(out, " items={}/{}", map.done(), map.total.unwrap_or_else(|| map.done()));
        if map.failed > 0 {
            let _ = write!(out, " failed={}", map.failed);
        }
    }
    let ended = visit.ended_at.or_else(|| visit.tries.last().filter(|_| !visit.status.is_running())?.ended_at);
    if let Some(took) = ended.and_then(|end| end.duration_since(visit.entered_at).ok()) {
        let _ = write!(out, " dur={}", duration(took));
    }
    out
}

/// A word as it is; with a space in it, in quotes.
pub(super) fn quoted(text: &str) -> String {
    let text = visible(text);
    if text.contains([' ', '"', '=']) || text.is_empty() { format!("{text:?}") } else { text.into_owned() }
}

fn stamp(at: SystemTime) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let whole = SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs());
    OffsetDateTime::from(whole).format(&Rfc3339).unwrap_or_default()
}
