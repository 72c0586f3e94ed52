//! What a picture shows beyond the machine itself: a run, or a plan, and never both.

mod status;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    time::Duration,
};

pub use status::{Mark, Status};

/// What is painted onto a chart.
///
/// An enum, so that nobody paints a run's colours over a plan's, which use the same ones for other things.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Paint {
    /// The machine alone.
    #[default]
    Plain,
    /// What an execution did. A state that it does not name was not reached.
    Run(RunPaint),
    /// What a plan changes. A state that it does not name stays as it is.
    Plan(PlanPaint),
}

/// What an execution did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunPaint {
    /// By the state's name, which is unique in a machine that AWS takes.
    pub states: BTreeMap<String, NodeRun>,
    /// The ways that were taken: the names of the states that they leave and enter. The state that was entered by a
    /// container's or the machine's start is not among them.
    pub taken: BTreeSet<(String, String)>,
}

/// What happened to one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRun {
    /// What it is at, or how it ended. Of a state that was entered often: the worst of all ([`Status::worse`]).
    pub status: Status,
    /// How often it was entered; shown from 2.
    pub times: u64,
    /// Its tries, where it has a `Retry` that was used.
    pub tries: Option<Tries>,
    /// A Map's items.
    pub items: Option<Items>,
    /// From its first entry to its last exit; of a running one: so far.
    pub took: Option<Duration>,
    /// A few words more: an error's name, a Glue job run's state.
    pub note: Option<String>,
}

/// Where a state with retries is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// Which try, from 1.
    pub this: u64,
    /// The most that its `Retry` allows; absent where that cannot be known.
    pub most: Option<u64>,
    /// When the next one begins.
    pub next_in: Option<Duration>,
}

/// How far a Map is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Items {
    /// Ended well.
    pub succeeded: u64,
    /// Ended badly, timed out and aborted ones included.
    pub failed: u64,
    /// Under way.
    pub running: u64,
    /// Not begun.
    pub pending: u64,
}

/// What a plan changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanPaint {
    /// By the state's name (its new one).
    pub states: BTreeMap<String, NodeMark>,
    /// By the ends of the way and what it is.
    pub links: BTreeMap<LinkKey, Mark>,
}

/// A way between two states: the names of what it leaves and enters, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkKey {
    /// The state that it leaves.
    pub from: String,
    /// The state that it enters.
    pub to: String,
    /// What it is.
    pub kind: crate::LinkKind,
}

/// What happens to one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeMark {
    /// What happens.
    pub mark: Mark,
    /// The fields that change.
    pub fields: Vec<String>,
    /// Its old name.
    pub was: Option<String>,
}

impl NodeRun {
    /// A state of this status, entered once, with nothing else to say.
    pub const fn new(status: Status) -> Self {
        Self { status, times: 1, tries: None, items: None, took: None, note: None }
    }

    /// What is said of it in a line: `failed ×3 31s, Lambda.Unknown`.
    pub fn words(&self) -> String {
        let mut words = self.status.word().to_owned();
        if self.times > 1 {
            let _ = write!(words, " ×{}", self.times);
        }
        if let Some(took) = self.took {
            words.push(' ');
            words.push_str(&duration(took));
        }
        let mut more: Vec<String> = Vec::new();
        if let Some(Tries { this, most, next_in }) = self.tries {
            more.push(match most {
                Some(most) => format!("try {this}/{most}"),
                None => format!("try {this}"),
            });
            more.extend(next_in.map(|next| format!("next in {}", duration(next))));
        }
        if let Some(items) = self.items {
            more.extend(items.words());
        }
        more.extend(self.note.clone());
        for part in more {
            words.push_str(", ");
            words.push_str(&part);
        }
        words
    }
}

impl Items {
    /// How many there are.
    pub const fn total(&self) -> u64 {
        self.succeeded + self.failed + self.running + self.pending
    }

    /// `8120 ok`, `41 failed`, `500 running`, `1339 to come`; what is none is left out.
    fn words(&self) -> impl Iterator<Item = String> {
        let all =
            [(self.succeeded, "ok"), (self.failed, "failed"), (self.running, "running"), (self.pending, "to come")];
        all.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"))
    }
}

impl NodeMark {
    /// What is said of it in a line: `changed: Retry, TimeoutSeconds`.
    pub fn words(&self) -> String {
        let mut words = self.mark.word().to_owned();
        if let Some(was) = &self.was {
            words.push_str(" from ");
            words.push_str(was);
        }
        if !self.fields.is_empty() {
            words.push_str(": ");
            words.push_str(&self.fields.join(", "));
        }
        words
    }
}

impl PlanPaint {
    /// What happens to a way.
    pub fn link(&self, from: &str, to: &str, kind: crate::LinkKind) -> Mark {
        let key = LinkKey { from: from.to_owned(), to: to.to_owned(), kind };
        self.links.get(&key).copied().unwrap_or(Mark::Unchanged)
    }
}

/// `0.8s`, `4.1s`, `31s`, `1m 42s`, `2h 3m`, `5d 4h`.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..=9 => format!("{}.{}s", seconds, time.subsec_millis() / 100),
        10..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m {}s", seconds / 60, seconds % 60),
        3600..=86_399 => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_in_a_line() {
        let mut run = NodeRun::new(Status::Failed);
        assert_eq!(run.words(), "failed");
        run.times = 3;
        run.took = Some(Duration::from_millis(31_400));
        run.note = Some("Lambda.Unknown".to_owned());
        assert_eq!(run.words(), "failed ×3 31s, Lambda.Unknown");
        let waits = Tries { this: 2, most: Some(4), next_in: Some(Duration::from_secs(8)) };
        let run = NodeRun { tries: Some(waits), ..NodeRun::new(Status::Retrying) };
        assert_eq!(run.words(), "retrying, try 2/4, next in 8.0s");
        let items = Items { succeeded: 8120, failed: 41, running: 0, pending: 7 };
        let run = NodeRun { items: Some(items), ..NodeRun::new(Status::Running) };
        assert_eq!(run.words(), "running, 8120 ok, 41 failed, 7 to come");
        assert_eq!(items.total(), 8168);
        let mark = NodeMark { mark: Mark::Renamed, fields: vec!["Retry".to_owned()], was: Some("Old".to_owned()) };
        assert_eq!(mark.words(), "renamed from Old: Retry");
    }

    #[test]
    fn durations() {
        for (ms, text) in [
            (0, "0.0s"),
            (840, "0.8s"),
            (9_999, "9.9s"),
            (10_000, "10s"),
            (102_000, "1m 42s"),
            (7_400_000, "2h 3m"),
            (446_400_000, "5d 4h"),
        ] {
            assert_eq!(duration(Duration::from_millis(ms)), text);
        }
    }
}
