//! One execution, followed to its end, or as far as somebody wants.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use futures::future::OptionFuture;
use statewright_aws::{Connection, run::Follow};
use statewright_execution::{Change, Execution, VisitId};
use statewright_planner::Refusal;
use tokio::{sync::mpsc::channel, task::JoinHandle, time::Instant};

use super::{
    beside::{Answer, Beside},
    keys::{Key, Keys},
    watch::{Seen, watch},
};
use crate::{
    error::Result,
    signals::Signals,
    view::run::{About, Question, RunView},
};

/// How often a view may redraw itself.
const TICK: Duration = Duration::from_millis(100);
/// How long logs are waited for after an execution failed: a line is in `CloudWatch` a few seconds late.
const PATIENCE: Duration = Duration::from_secs(6);

/// Why following ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The execution has ended.
    Ended,
    /// It goes on, and must fail.
    Doomed,
    /// It goes on.
    Left(Leaving),
}

/// Why an execution that runs is left.
#[derive(Debug)]
pub(crate) enum Leaving {
    /// Somebody wanted so: with Ctrl-C, or a key.
    Asked,
    /// SIGTERM.
    Terminated,
    /// The time to wait was over.
    Timeout,
    /// It cannot be seen any more.
    Blind(Refusal),
}

/// What is followed, and how.
pub(crate) struct Session<'a> {
    pub(crate) connection: Arc<Connection>,
    pub(crate) about: About,
    pub(crate) execution: Execution,
    pub(crate) beside: Beside,
    pub(crate) view: Box<dyn RunView + 'a>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) fail_fast: bool,
}

impl Session<'_> {
    /// Follows until the execution has ended or is left.
    pub(crate) async fn follow(&mut self, follow: Follow) -> Result<Ending> {
        let signals = Signals::listen()?;
        let mut keys = if self.view.is_live() { Keys::listen() } else { None };
        self.view.started(&self.about, keys.is_some());
        let (tell_runs, map_runs) = channel(4);
        let mut seen = watch(Arc::clone(&self.connection), follow, map_runs);
        let deadline = self.timeout.map(|timeout| Instant::now() + timeout);
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut reading: Option<JoinHandle<Vec<Answer>>> = None;
        let mut asked: Option<Question> = None;
        loop {
            tokio::select! {
                news = seen.recv() => match news {
                    Some(Seen::Events(events)) => {
                        for event in events {
                            let at = event.at;
                            let changes = self.execution.apply(event);
                            self.changed(&changes, at);
                        }
                        self.view.settled(&self.execution);
                        // The receiver may have ended with the execution.
                        let _ = tell_runs.try_send(self.execution.map_runs_at_work());
                    }
                    Some(Seen::MapRun(run)) => {
                        let changes = self.execution.set_map_run(run);
                        self.changed(&changes, SystemTime::now());
                        self.view.settled(&self.execution);
                    }
                    Some(Seen::Trouble(refusal)) => self.view.trouble(&refusal),
                    Some(Seen::Blind(refusal)) => return Ok(Ending::Left(Leaving::Blind(refusal))),
                    Some(Seen::Ended(described)) => {
                        let at = described.stopped_at.unwrap_or_else(SystemTime::now);
                        let changes = self.execution.end(
                            described.status, at, described.error, described.cause, described.output,
                        );
                        self.changed(&changes, at);
                        self.view.settled(&self.execution);
                    }
                    None => {
                        drop(keys);
                        self.late_reads(reading).await;
                        return Ok(Ending::Ended);
                    }
                },
                Some(answers) = OptionFuture::from(reading.as_mut()) => {
                    reading = None;
                    self.told(answers.unwrap_or_default());
                }
                Some(Some(key)) = OptionFuture::from(keys.as_mut().map(Keys::next)) => {
                    match self.pressed(key, &mut asked) {
                        Pressed::GoOn => {}
                        Pressed::Leave => return Ok(Ending::Left(Leaving::Asked)),
                        Pressed::Stop => self.stop().await,
                    }
                }
                () = signals.raised() => {
                    return Ok(Ending::Left(if signals.is_termination() { Leaving::Terminated } else { Leaving::Asked }));
                }
                _ = tick.tick() => {
                    self.view.tick(&self.execution);
                    if reading.is_none() && self.beside.due().is_some_and(|due| due <= Instant::now()) {
                        reading = self.beside.take(&self.connection).map(tokio::spawn);
                    }
                }
                Some(()) = OptionFuture::from(deadline.map(tokio::time::sleep_until)) => {
                    return Ok(Ending::Left(Leaving::Timeout));
                }
            }
            if self.fail_fast && !self.execution.status().is_final() && self.execution.doomed().is_some() {
                drop(keys);
                self.late_reads(reading).await;
                return Ok(Ending::Doomed);
            }
        }
    }

    fn changed(&mut self, changes: &[Change], at: SystemTime) {
        self.view.changed(&self.execution, changes, at);
        for change in changes {
            match change {
                Change::State(id) => self.note(*id),
                Change::Ended => self.beside.end(),
                Change::Started | Change::Map(_) | Change::Redriven => {}
            }
        }
    }

    fn note(&mut self, id: VisitId) {
        if let Some(aside) = self.beside.note(&self.execution, id) {
            self.view.aside(&self.execution, &aside);
        }
    }

    fn told(&mut self, answers: Vec<Answer>) {
        for answer in answers {
            if let Some(aside) = self.beside.told(answer) {
                self.view.aside(&self.execution, &aside);
            }
        }
    }

    /// What is still to be read when it is over: all that is there at once, and of what failed what comes late.
    async fn late_reads(&mut self, reading: Option<JoinHandle<Vec<Answer>>>) {
        if let Some(reading) = reading {
            self.told(reading.await.unwrap_or_default());
        }
        let failed = self.execution.totals().failed > 0;
        let limit = Instant::now() + if failed { PATIENCE } else { Duration::from_millis(500) };
        while self.beside.is_owed() {
            let Some(due) = self.beside.due().filter(|due| *due <= limit) else { return };
            tokio::time::sleep_until(due).await;
            let Some(read) = self.beside.take(&self.connection) else { return };
            let answers = read.await;
            self.told(answers);
            if Instant::now() > limit {
                return;
            }
        }
    }

    fn pressed(&mut self, key: Key, asked: &mut Option<Question>) -> Pressed {
        let answered = asked.take();
        let (question, pressed) = match (answered, key) {
            (Some(Question::LeaveOrStop), Key::Char('s')) | (Some(Question::Stop), Key::Char('y')) => {
                (None, Pressed::Stop)
            }
            // Twice Ctrl-C is no wish to stop something that costs: it is left.
            (Some(Question::LeaveOrStop), Key::Char('l' | 'q') | Key::Interrupt) | (None, Key::Char('q')) => {
                (None, Pressed::Leave)
            }
            (None, Key::Interrupt) => (Some(Question::LeaveOrStop), Pressed::GoOn),
            (None, Key::Char('x')) => (Some(Question::Stop), Pressed::GoOn),
            (None, Key::Char('i')) => {
                self.view.show_texts(&self.execution);
                (None, Pressed::GoOn)
            }
            (None, Key::Char('o')) => {
                self.view.show_console();
                (None, Pressed::GoOn)
            }
            (None, Key::Char('?' | 'h')) => {
                self.view.show_help();
                (None, Pressed::GoOn)
            }
            // Any other key answers a question with no.
            (_, _) => (None, Pressed::GoOn),
        };
        *asked = question;
        self.view.asking(question);
        pressed
    }

    async fn stop(&mut self) {
        let cause = "stopped by hand while it was followed";
        let execution = &self.about.execution;
        if let Err(refusal) = self.connection.stop_execution(execution, "Statewright.Stopped", cause).await {
            self.view.trouble(&refusal);
        }
    }
}

enum Pressed {
    GoOn,
    Leave,
    Stop,
}
