//! A terminal: finished states are printed once and stay, what is at work is redrawn beneath them.

use std::{
    io::Write,
    time::{Instant, SystemTime},
};

use anstyle::Style;
use statewright_asl::StateType;
use statewright_execution::{BlockRole, Change, Execution, Status, Visit, VisitId};
use statewright_planner::Refusal;
use statewright_source::visible;

use super::{
    About, Question, RunView, ending,
    report::Report,
    rows::{Line, MOST, Notes, Scene},
    screen::Screen,
    texts, wants,
    words::{duration, face, lines_of, tries, way},
};
use crate::{
    output,
    run::beside::Aside,
    view::style::{QUIET, STRONG},
};

/// Lines of an input or output that a key shows.
const TEXT: usize = 20;

/// Draws on stderr.
pub(super) struct Live<W> {
    screen: Screen<W>,
    about: About,
    report: Report,
    notes: Notes,
    show: Vec<String>,
    keys: bool,
    question: Option<Question>,
    /// What is to be printed above.
    above: Vec<Line>,
    size: fn() -> Option<(usize, usize)>,
    drawn_at: Option<Instant>,
    clock: fn() -> SystemTime,
}

impl Live<std::io::Stderr> {
    pub(super) fn on_terminal(about: &About, show: Vec<String>) -> Self {
        let size = || {
            let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok()?;
            (size.ws_col > 0 && size.ws_row > 0).then(|| (size.ws_col.into(), size.ws_row.into()))
        };
        let (columns, rows) = size().unwrap_or((80, 24));
        let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        let fixed =
            std::env::var_os("XTERM_VERSION").is_some() || std::env::var_os("TERM").is_some_and(|t| t == "linux");
        let screen = Screen::new(std::io::stderr(), columns, rows, !fixed, colour);
        Self::new(screen, about, show, size, SystemTime::now)
    }
}

impl<W: Write> Live<W> {
    pub(super) fn new(
        screen: Screen<W>,
        about: &About,
        show: Vec<String>,
        size: fn() -> Option<(usize, usize)>,
        clock: fn() -> SystemTime,
    ) -> Self {
        Self {
            screen,
            about: about.clone(),
            report: Report::default(),
            notes: Notes::default(),
            show,
            keys: false,
            question: None,
            above: Vec::new(),
            size,
            drawn_at: None,
            clock,
        }
    }

    fn draw(&mut self, execution: &Execution) {
        if let Some((columns, rows)) = (self.size)() {
            self.screen.resize(columns, rows);
        }
        let scene = Scene {
            execution,
            about: &self.about,
            notes: &self.notes,
            now: (self.clock)(),
            keys: self.keys,
            question: self.question,
        };
        let (columns, rows) = self.screen.room();
        let region = scene.region(columns, rows.min(MOST));
        if self.above.is_empty() {
            self.screen.draw(&region);
        } else {
            let above = std::mem::take(&mut self.above);
            self.screen.print(&above, &region);
        }
        self.drawn_at = Some(Instant::now());
    }

    fn say(&mut self, style: Style, text: impl Into<String>) {
        self.above.push(vec![(style, text.into())]);
    }

    #[cfg(test)]
    pub(super) fn out(&mut self) -> &mut W {
        self.screen.out()
    }
}

impl<W: Write + Send> RunView for Live<W> {
    fn is_live(&self) -> bool {
        true
    }

    fn started(&mut self, about: &About, keys: bool) {
        self.keys = keys;
        self.say(QUIET, visible(about.execution.as_str()));
    }

    fn changed(&mut self, execution: &Execution, changes: &[Change], _: SystemTime) {
        for id in self.report.of(execution, changes) {
            let Some(visit) = execution.visit(id) else { continue };
            if visit.status.is_running() {
                continue;
            }
            self.notes.log.remove(&id);
            if is_printed(execution, id, visit) {
                self.above.push(finished(execution, id, visit));
            }
            if wants(&self.show, &visit.state) {
                for line in texts(execution, visit, usize::MAX) {
                    self.say(QUIET, format!("           {line}"));
                }
            }
        }
        if changes.contains(&Change::Redriven) {
            self.say(STRONG, "redriven");
        }
    }

    fn settled(&mut self, execution: &Execution) {
        self.report.maps();
        self.notes.trouble = None;
        self.draw(execution);
    }

    fn aside(&mut self, execution: &Execution, aside: &Aside) {
        match aside {
            Aside::Log { visit, lines, .. } => {
                let Some(seen) = execution.visit(*visit) else { return };
                let last = lines.last().map(|line| visible(&line.message).into_owned()).unwrap_or_default();
                if seen.status.is_running() {
                    self.notes.log.insert(*visit, last);
                    return;
                }
                let state = visible(&seen.state).into_owned();
                for line in lines {
                    self.say(QUIET, format!("           {state} │ {}", visible(&line.message)));
                }
            }
            Aside::Job { visit, run } => {
                let words = format!("Glue {} {} {}", visible(&run.job), visible(&run.id), visible(&run.status));
                let running = execution.visit(*visit).is_some_and(|visit| visit.status.is_running());
                if running && !run.is_final() {
                    self.notes.job.insert(*visit, words);
                    return;
                }
                self.notes.job.remove(visit);
                let style = if run.error.is_some() { face(Status::Failed).style } else { QUIET };
                self.say(style, format!("           {words}"));
                if let Some(error) = &run.error {
                    self.say(style, format!("           {}", visible(error)));
                }
            }
            Aside::Without { what, why } => {
                self.say(QUIET, format!("going on without {what}: {}", visible(&why.to_string())));
            }
        }
    }

    fn trouble(&mut self, refusal: &Refusal) {
        self.notes.trouble = Some(refusal.to_string());
    }

    fn tick(&mut self, execution: &Execution) {
        // Durations have tenths of a second at first and seconds later; a size that changed is seen at once.
        let fresh = self.drawn_at.is_some_and(|at| at.elapsed().as_millis() < 95);
        if !fresh {
            self.draw(execution);
        }
    }

    fn asking(&mut self, question: Option<Question>) {
        self.question = question;
        self.drawn_at = None;
    }

    fn show_texts(&mut self, execution: &Execution) {
        let last = execution.visits().iter().rposition(|visit| !visit.status.is_running() && visit.output.is_some());
        let shown = execution.visits().iter().enumerate();
        let shown: Vec<_> =
            shown.filter(|(index, visit)| Some(*index) == last || visit.status.is_running()).take(6).collect();
        for (_, visit) in shown {
            let face = face(visit.status);
            self.above.push(vec![(face.style, format!("{} {}", face.glyph, visible(&visit.state)))]);
            for line in texts(execution, visit, TEXT) {
                self.say(QUIET, format!("           {line}"));
            }
        }
    }

    fn show_console(&mut self) {
        let link = self.about.console.clone();
        self.say(Style::new(), link.unwrap_or_else(|| "AWS's console does not show what stands in for AWS".to_owned()));
    }

    fn show_help(&mut self) {
        for line in [
            "q       leave it running and go",
            "x       stop the execution",
            "i       input and output of the states at work, and of the last one that is done",
            "o       the link to AWS's console",
            "Ctrl-C  asks whether to leave it running or to stop it",
            "--plain writes a line an event instead, --format json one for programs",
        ] {
            self.say(QUIET, line);
        }
    }

    fn ended(&mut self, execution: &Execution, about: &About) {
        self.last(execution);
        output::say(&ending::block(execution, about));
    }

    fn left(&mut self, execution: &Execution, about: &About) {
        self.last(execution);
        output::say(&ending::left(execution, about));
    }
}

impl<W: Write> Live<W> {
    fn last(&mut self, execution: &Execution) {
        if !self.above.is_empty() {
            self.draw(execution);
        }
        self.screen.finish();
    }
}

/// Whether a state that is over gets a line of its own: inside iterations only what is not as it should be.
fn is_printed(execution: &Execution, id: VisitId, visit: &Visit) -> bool {
    let iterates = execution.path(id).iter().any(|(_, role)| matches!(role, BlockRole::Iteration(_)));
    !iterates || matches!(visit.status, Status::Failed | Status::TimedOut | Status::Caught)
}

/// `✓ done     Charge  0.8s  try 2/4  -> Ship`
fn finished(execution: &Execution, id: VisitId, visit: &Visit) -> Line {
    let face = face(visit.status);
    let mut line =
        vec![(face.style, format!("{} {:<9}", face.glyph, face.word)), (Style::new(), super::place(execution, id))];
    let ended = visit.ended_at.or_else(|| visit.tries.last()?.ended_at);
    let took = ended.and_then(|end| end.duration_since(visit.entered_at).ok());
    let instant = matches!(visit.kind, StateType::Choice | StateType::Pass | StateType::Succeed | StateType::Fail);
    if let Some(took) = took.filter(|_| !instant) {
        line.push((QUIET, format!("  {}", duration(took))));
    }
    if visit.times > 1 {
        line.push((Style::new(), format!("  ×{}", visit.times)));
    }
    if let Some(tries) = tries(visit) {
        line.push((Style::new(), format!("  {tries}")));
    }
    if let Some(map) = &visit.map
        && map.done() > 0
    {
        line.push((Style::new(), format!("  {} of {} ok", map.succeeded, map.total.unwrap_or_else(|| map.done()))));
        if map.failed > 0 {
            line.push((super::words::face(Status::Failed).style, format!("  {} failed", map.failed)));
        }
    }
    if let Some(failure) = visit.failure.as_ref().filter(|_| visit.status != Status::Aborted) {
        let error = failure.error.as_deref().unwrap_or("an error without a name");
        line.push((face.style, format!("  {}", visible(error))));
        if let Some(cause) = failure.cause
            && visit.status == Status::Caught
        {
            let first = lines_of(execution.text(cause), 1).into_iter().next().unwrap_or_default();
            line.push((QUIET, format!(": {}", super::words::short(&first, 60))));
        }
    }
    // A Next is no choice, and the next line says it.
    if let Some(way) = way(execution, visit).filter(|way| !way.starts_with("->")) {
        line.push((Style::new(), format!("  {way}")));
    }
    line
}
