//! One execution that somebody looks at: read once for all who look, from its last event on, until it ends or nobody looks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use statewright_execution::{Execution, HistoryEvent, Linked, VisitId};
use statewright_planner::{Refusal, RefusalKind};
use tokio::sync::watch;

use crate::{
    backend::{Backend, Beside, Described},
    chart::Drawn,
    watch::lock,
};

/// Between two looks: the first, growing while nothing happens.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(5);
/// How long after the last look it is read on, and then remembered.
const ATTENTION: Duration = Duration::from_secs(30);
const MEMORY: Duration = Duration::from_mins(10);
/// How old what happens elsewhere may be.
const BESIDE: Duration = Duration::from_secs(4);
/// The longest text of an event that is kept for the list of events, in bytes.
const NOTE: usize = 160;
/// How many Map runs are asked for at a look.
const MAP_RUNS: usize = 5;

/// An execution that somebody looks at.
pub(crate) struct Follow {
    arn: String,
    drawn: Mutex<Arc<Drawn>>,
    seen: Mutex<Seen>,
    changed: watch::Sender<u64>,
    looked: Mutex<Instant>,
}

/// What is known of it.
pub(crate) struct Seen {
    /// As AWS describes it; `None` before the first answer.
    pub(crate) described: Option<Described>,
    /// Its history, folded.
    pub(crate) execution: Execution,
    /// Its events, a line each.
    pub(crate) events: Vec<EventLine>,
    /// When it was read last.
    pub(crate) at: Option<SystemTime>,
    /// Why it could not be read again.
    pub(crate) trouble: Option<Refusal>,
    beside: HashMap<(VisitId, usize), Elsewhere>,
}

/// An event in the list of events.
#[derive(Debug, Clone)]
pub(crate) struct EventLine {
    pub(crate) id: i64,
    pub(crate) previous: i64,
    pub(crate) at: SystemTime,
    pub(crate) kind: String,
    pub(crate) state: Option<String>,
    pub(crate) note: String,
}

#[derive(Default, Clone)]
struct Elsewhere {
    known: Option<Result<Beside, Refusal>>,
    asked: Option<Instant>,
    asking: bool,
}

impl Follow {
    pub(crate) fn new(arn: &str, drawn: &Arc<Drawn>) -> Self {
        let outline = drawn.outline();
        Self {
            arn: arn.to_owned(),
            drawn: Mutex::new(Arc::clone(drawn)),
            seen: Mutex::new(Seen {
                described: None,
                execution: Execution::new(Arc::new(outline)),
                events: Vec::new(),
                at: None,
                trouble: None,
                beside: HashMap::new(),
            }),
            changed: watch::Sender::new(0),
            looked: Mutex::new(Instant::now()),
        }
    }

    /// The definition that it runs on.
    pub(crate) fn drawn(&self) -> Arc<Drawn> {
        Arc::clone(&lock(&self.drawn))
    }

    /// Somebody looks.
    pub(crate) fn look(&self) {
        *lock(&self.looked) = Instant::now();
    }

    /// Tells of every change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// How many changes there were.
    pub(crate) fn count(&self) -> u64 {
        *self.changed.borrow()
    }

    /// Looks at what is known.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&lock(&self.seen))
    }

    /// Whether nobody has looked for so long that it need not be remembered.
    pub(crate) fn is_forgotten(&self) -> bool {
        self.changed.receiver_count() == 0 && lock(&self.looked).elapsed() > MEMORY
    }

    /// Waits a moment for the first answer, so that the first page need not be an empty one.
    pub(crate) async fn first(&self, patience: Duration) {
        let mut changes = self.changes();
        let first = changes.wait_for(|count| *count > 0);
        let _ = tokio::time::timeout(patience, first).await;
    }

    /// What a visit has to do with elsewhere, as it was read last; reads it again when that is old and it is at work.
    pub(crate) fn beside<B: Backend>(
        self: &Arc<Self>,
        backend: &Arc<B>,
        visit: VisitId,
    ) -> Option<(Linked, Option<Result<Beside, Refusal>>)> {
        let mut seen = lock(&self.seen);
        let (linked, key, running) = {
            let told = seen.execution.visit(visit)?;
            (seen.execution.linked(told)?, (visit, told.tries.len()), told.ended_at.is_none())
        };
        let elsewhere = seen.beside.entry(key).or_default();
        // Logs arrive late: what has just ended is looked at once more.
        let old = elsewhere.asked.is_none_or(|asked| asked.elapsed() >= BESIDE);
        let lacks = !matches!(&elsewhere.known, Some(Ok(beside)) if !running && !beside.is_empty());
        if old && lacks && !elsewhere.asking {
            (elsewhere.asking, elsewhere.asked) = (true, Some(Instant::now()));
            let (follow, backend, linked) = (Arc::clone(self), Arc::clone(backend), linked.clone());
            tokio::spawn(async move {
                let read = backend.beside(&follow.arn, &linked).await;
                let changed = {
                    let mut seen = lock(&follow.seen);
                    let elsewhere = seen.beside.entry(key).or_default();
                    elsewhere.asking = false;
                    let changed = elsewhere.known.as_ref() != Some(&read);
                    elsewhere.known = Some(read);
                    changed
                };
                if changed {
                    follow.tell();
                }
            });
        }
        Some((linked, elsewhere.known.clone()))
    }

    /// Reads until it has ended; waits while nobody looks, and ends when it is forgotten.
    pub(crate) async fn read<B: Backend>(self: Arc<Self>, backend: Arc<B>) {
        let mut pause = SHORTEST;
        let mut reader = None;
        self.ask_for_definition(backend.as_ref()).await;
        loop {
            let (news, ended) = self.look_once(backend.as_ref(), &mut reader).await;
            if news {
                self.tell();
                pause = SHORTEST;
            } else {
                pause = (pause * 3 / 2).min(LONGEST);
            }
            if ended {
                return;
            }
            tokio::time::sleep(pause).await;
            while self.changed.receiver_count() == 0 && lock(&self.looked).elapsed() > ATTENTION {
                if self.is_forgotten() {
                    return;
                }
                tokio::time::sleep(SHORTEST).await;
            }
        }
    }

    /// An execution runs on the definition that its machine had when it started; what AWS does not tell stays the machine's.
    async fn ask_for_definition<B: Backend>(&self, backend: &B) {
        let Ok(Some(definition)) = backend.definition(&self.arn).await else { return };
        if !self.drawn().is_of(&definition) {
            let drawn = Arc::new(Drawn::of(&definition));
            lock(&self.seen).execution = Execution::new(Arc::new(drawn.outline()));
            *lock(&self.drawn) = drawn;
        }
    }

    /// One look: whether there is anything new, and whether that was the last.
    async fn look_once<B: Backend>(&self, backend: &B, reader: &mut Option<B::Reader>) -> (bool, bool) {
        let (first, runs) = self.with(|seen| (seen.described.is_none(), seen.execution.map_runs_at_work()));
        // The description first: an end that it tells has all its events in the history by then.
        let described = backend.describe(&self.arn).await;
        let events = match &described {
            Ok(described) => {
                let reader = reader.get_or_insert_with(|| backend.reader(&self.arn, described.recent.started));
                all_new(backend, reader).await
            }
            Err(_) => Ok(Vec::new()),
        };
        let mut maps = Vec::new();
        for run in runs.iter().take(MAP_RUNS) {
            maps.extend(backend.map_run(run).await.ok());
        }
        let mut seen = lock(&self.seen);
        let trouble = described.as_ref().err().or(events.as_ref().err()).cloned();
        let mut news = first || seen.trouble != trouble;
        let is_gone = trouble.as_ref().is_some_and(|refusal| {
            matches!(refusal.kind, RefusalKind::NotFound | RefusalKind::Invalid | RefusalKind::Denied)
        });
        if trouble.is_none() {
            seen.at = Some(SystemTime::now());
        }
        seen.trouble = trouble;
        if let Ok(events) = events {
            news |= !events.is_empty();
            seen.events.extend(events.iter().map(EventLine::of));
            seen.execution.append(events);
        }
        for run in maps {
            news |= !seen.execution.set_map_run(run).is_empty();
        }
        let Ok(described) = described else { return (news, is_gone) };
        let ended = described.recent.status.is_final();
        if ended {
            let Described { recent, output, error, cause, .. } = described.clone();
            let at = recent.stopped.unwrap_or_else(SystemTime::now);
            news |= !seen.execution.end(recent.status, at, error, cause, output).is_empty();
        }
        news |= seen.described.as_ref() != Some(&described);
        seen.described = Some(described);
        (news, ended)
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

/// Everything that is new, however many pages that are.
async fn all_new<B: Backend>(backend: &B, reader: &mut B::Reader) -> Result<Vec<HistoryEvent>, Refusal> {
    let mut events = Vec::new();
    loop {
        match backend.look(reader).await {
            Ok((mut page, more)) => {
                events.append(&mut page);
                if !more {
                    return Ok(events);
                }
            }
            // What was read is not read again.
            Err(_) if !events.is_empty() => return Ok(events),
            Err(refusal) => return Err(refusal),
        }
    }
}

impl Beside {
    fn is_empty(&self) -> bool {
        self.log.is_empty() && self.job_run.is_none()
    }
}

impl EventLine {
    fn of(event: &HistoryEvent) -> Self {
        let text = [&event.error, &event.cause, &event.output, &event.input, &event.resource];
        let text = text.into_iter().flatten().next().map(String::as_str).unwrap_or_default();
        let cut = text.floor_char_boundary(NOTE);
        let mut note = text[..cut].to_owned();
        if cut < text.len() {
            note.push('…');
        }
        Self {
            id: event.id,
            previous: event.previous_id,
            at: event.at,
            kind: event.event_type.clone(),
            state: event.state.clone(),
            note,
        }
    }
}
