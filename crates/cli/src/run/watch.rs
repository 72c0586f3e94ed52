//! The reading side: looks at its own pace and sends what is new.

use std::{sync::Arc, time::Duration};

use statewright_aws::{
    Connection,
    run::{Execution as Described, Follow, HistoryEvent, Pace, Source},
};
use statewright_execution::{EventKind, MapRun, Phase};
use statewright_planner::{Refusal, RefusalKind};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// What the reading side has to say.
pub(super) enum Seen {
    /// Events, in order; none where nothing is new.
    Events(Vec<HistoryEvent>),
    /// How far a Map run is.
    MapRun(MapRun),
    /// It could not look, and goes on trying.
    Trouble(Refusal),
    /// It cannot look any more; the execution goes on.
    Blind(Refusal),
    /// The history may not be read; only this is known.
    Ended(Box<Described>),
}

/// Starts to read. `map_runs` are the Map runs that are at work: whoever folds the events knows them.
pub(super) fn watch(connection: Arc<Connection>, follow: Follow, map_runs: Receiver<Vec<String>>) -> Receiver<Seen> {
    let (send, seen) = channel(2);
    tokio::spawn(async move {
        let mut watching = Watching {
            connection,
            follow,
            map_runs,
            pace: Pace::history(),
            blind: false,
            runs: Vec::new(),
            over: false,
        };
        watching.until_the_end(&send).await;
    });
    seen
}

struct Watching {
    connection: Arc<Connection>,
    follow: Follow,
    map_runs: Receiver<Vec<String>>,
    pace: Pace,
    /// The history may not be read.
    blind: bool,
    runs: Vec<String>,
    /// Whether the last that the execution told of itself is its end.
    over: bool,
}

impl Watching {
    async fn until_the_end(&mut self, send: &Sender<Seen>) {
        loop {
            let looked = if self.blind { self.describe(send).await } else { self.look(send).await };
            let pause = match looked {
                Ok(Looked::Over) => return,
                Ok(Looked::New) if self.follow.is_catching_up() => Duration::ZERO,
                Ok(looked) => self.pace.after(matches!(looked, Looked::New)),
                Err(refusal) => match refusal.kind {
                    // The execution goes on whether or not it can be seen.
                    RefusalKind::Throttled | RefusalKind::Unreachable | RefusalKind::Busy => {
                        let _ = send.send(Seen::Trouble(refusal)).await;
                        self.pace.after_trouble()
                    }
                    RefusalKind::Denied if !self.blind && *self.follow.source() == Source::History => {
                        self.blind = true;
                        let _ = send.send(Seen::Trouble(refusal)).await;
                        Duration::ZERO
                    }
                    _ => {
                        let _ = send.send(Seen::Blind(refusal)).await;
                        return;
                    }
                },
            };
            if send.is_closed() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn look(&mut self, send: &Sender<Seen>) -> Result<Looked, Refusal> {
        let events = self.follow.look(&self.connection).await?;
        let new = !events.is_empty();
        // The last event of the execution itself tells: a redrive follows an end, and some emulators go on telling of states.
        let own = events.iter().rev().find_map(|event| match event.kind() {
            EventKind::Execution(phase) => Some(phase),
            _ => None,
        });
        if let Some(phase) = own {
            self.over = matches!(phase, Phase::Succeeded | Phase::Failed | Phase::TimedOut | Phase::Aborted);
        }
        let over = self.over && !self.follow.is_catching_up();
        if send.send(Seen::Events(events)).await.is_err() {
            return Ok(Looked::Over);
        }
        self.look_at_map_runs(send).await;
        Ok(match (over, new) {
            (true, _) => Looked::Over,
            (false, true) => Looked::New,
            (false, false) => Looked::Nothing,
        })
    }

    /// At most four a look; those that are no longer at work once more, for the last counts.
    async fn look_at_map_runs(&mut self, send: &Sender<Seen>) {
        while let Ok(at_work) = self.map_runs.try_recv() {
            for run in at_work {
                if !self.runs.contains(&run) {
                    self.runs.push(run);
                }
            }
        }
        let mut over = Vec::new();
        for run in self.runs.iter().take(4) {
            match self.connection.map_run(run).await {
                Ok(map_run) => {
                    if map_run.status.is_final() {
                        over.push(run.clone());
                    }
                    if send.send(Seen::MapRun(map_run)).await.is_err() {
                        return;
                    }
                }
                Err(refusal) if matches!(refusal.kind, RefusalKind::Throttled | RefusalKind::Unreachable) => {}
                // What may not be read is left out.
                Err(_) => over.push(run.clone()),
            }
        }
        self.runs.retain(|run| !over.contains(run));
        let turn = self.runs.len().min(4);
        self.runs.rotate_left(turn);
    }

    async fn describe(&mut self, send: &Sender<Seen>) -> Result<Looked, Refusal> {
        let described = self.connection.describe_execution(self.follow.execution()).await?;
        if !described.status.is_final() {
            return Ok(Looked::Nothing);
        }
        let _ = send.send(Seen::Ended(Box::new(described))).await;
        Ok(Looked::Over)
    }
}

enum Looked {
    New,
    Nothing,
    Over,
}
