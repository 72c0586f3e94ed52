//! What is told of an execution while it is followed: on a terminal, in a log, to a program.

mod ending;
mod json;
mod lines;
mod live;
pub(crate) mod output;
mod report;
mod rows;
mod screen;
#[cfg(test)]
mod tests;
pub(crate) mod words;

pub(crate) use ending::{shell, started};

use std::{
    fmt::Write as _,
    time::{Duration, Instant, SystemTime},
};

use statewright_execution::{BlockRole, Change, Execution, Visit, VisitId};
use statewright_planner::Refusal;
use statewright_source::visible;
use statewright_spec::Arn;

use crate::{args::EventFormat, run::beside::Aside};

/// After so long without a word a log says that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Which execution it is, and how it is spoken of.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) machine: Arn,
    pub(crate) execution: Arn,
    /// The execution's name.
    pub(crate) name: String,
    /// The command that leads here again: `statewright run shop`.
    pub(crate) command: String,
    /// Where AWS's console shows it.
    pub(crate) console: Option<String>,
    pub(crate) is_express: bool,
}

/// What is asked of who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// After Ctrl-C.
    LeaveOrStop,
    /// After the key that stops.
    Stop,
}

/// Somebody who is told of an execution.
pub(crate) trait RunView: Send {
    /// Whether it redraws itself.
    fn is_live(&self) -> bool {
        false
    }
    /// It begins; whether keys are heard.
    fn started(&mut self, about: &About, keys: bool);
    /// An event has changed something.
    fn changed(&mut self, execution: &Execution, changes: &[Change], at: SystemTime);
    /// All that was new has been told.
    fn settled(&mut self, execution: &Execution);
    /// Something was read beside a state.
    fn aside(&mut self, execution: &Execution, aside: &Aside);
    /// It cannot be looked just now.
    fn trouble(&mut self, refusal: &Refusal);
    /// Time has passed.
    fn tick(&mut self, execution: &Execution);
    /// A question stands, or no longer.
    fn asking(&mut self, question: Option<Question>);
    /// Somebody wants to see inputs and outputs.
    fn show_texts(&mut self, _: &Execution) {}
    /// Somebody wants to see the link to the console.
    fn show_console(&mut self) {}
    /// Somebody wants to know the keys.
    fn show_help(&mut self) {}
    /// The execution has ended.
    fn ended(&mut self, execution: &Execution, about: &About);
    /// It is no longer followed, and goes on.
    fn left(&mut self, execution: &Execution, about: &About);
}

/// The view for a format and for where the output goes. `show` are the states whose input and output are shown.
pub(crate) fn view(about: &About, format: EventFormat, plain: bool, show: Vec<String>) -> Box<dyn RunView> {
    match format {
        EventFormat::Json => Box::new(json::Json::new(about, show)),
        EventFormat::Text if !plain && crate::output::is_live() && !is_log() => {
            Box::new(live::Live::on_terminal(about, show))
        }
        EventFormat::Text => Box::new(lines::Lines::new(show)),
    }
}

/// Some systems of CI give a terminal to what is a log, and some terminals cannot move their cursor.
fn is_log() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false");
    set("CI") || std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}

/// When something was said last.
struct Beat(Instant);

impl Default for Beat {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Beat {
    fn now(&mut self) {
        self.0 = Instant::now();
    }

    fn is_due(&self) -> bool {
        self.0.elapsed() >= HEARTBEAT
    }
}

/// The states at work that hold no others at work.
fn at_work(execution: &Execution) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for visit in execution.visits().iter().filter(|visit| visit.status.is_running()) {
        if !names.iter().any(|name| **name == *visit.state) && names.len() < 20 {
            names.push(visit.state.to_string());
        }
    }
    names
}

/// A state with what is around it, unless it stands at the top: `Ship #17 Pack`.
fn place(execution: &Execution, id: VisitId) -> String {
    let mut out = String::new();
    for (owner, role) in execution.path(id) {
        if let Some(owner) = execution.visit(owner) {
            let _ = write!(out, "{} ", visible(&owner.state));
        }
        let _ = match role {
            BlockRole::Machine => Ok(()),
            BlockRole::Branch(index) => write!(out, "branch {} ", index + 1),
            BlockRole::Iteration(index) => write!(out, "#{index} "),
        };
    }
    if let Some(visit) = execution.visit(id) {
        out.push_str(&visible(&visit.state));
    }
    out
}

/// Whether a state's input and output are to be shown.
fn wants(show: &[String], state: &str) -> bool {
    show.iter().any(|wanted| wanted == state || wanted == "*")
}

/// A visit's input and output, in lines.
fn texts(execution: &Execution, visit: &Visit, most: usize) -> Vec<String> {
    let mut out = Vec::new();
    for (name, id) in [("input", visit.input), ("output", visit.output)] {
        let Some(id) = id else { continue };
        for (index, line) in words::lines_of(execution.text(id), most).into_iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            out.push(format!("{name:<6} {line}"));
        }
    }
    if out.is_empty() {
        out.push("it shows no input: the log or the key does not let it".to_owned());
    }
    out
}
