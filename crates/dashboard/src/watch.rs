//! What was read last, and when. A page shows that at once and never waits for AWS; it is read again while somebody looks.
//!
//! Frugal: a survey costs a dozen calls a stack and is made every few minutes; listings of executions go round, at most two
//! calls a second, far inside `ListExecutions`' five
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use statewright_planner::Refusal;
use tokio::sync::watch;

use crate::{
    backend::{Backend, Recent, Survey, Version},
    chart::Drawn,
    follow::Follow,
};

/// How old a survey may be while somebody looks.
const SURVEY: Duration = Duration::from_mins(5);
/// How old a listing may be while somebody looks.
const LISTING: Duration = Duration::from_secs(5);
/// The pause between two listings.
const BETWEEN: Duration = Duration::from_millis(500);
/// How long after the last look it is read on.
const ATTENTION: Duration = Duration::from_secs(30);
/// How many executions of a machine are listed.
pub(crate) const LISTED: usize = 50;

/// Something of AWS's, as it was read last.
#[derive(Debug, Clone)]
pub(crate) struct Known<T> {
    /// What was read, though it may be old.
    pub(crate) value: Option<T>,
    /// When that was.
    pub(crate) at: Option<SystemTime>,
    /// Why it could not be read again.
    pub(crate) trouble: Option<Refusal>,
    asked: Option<Instant>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { value: None, at: None, trouble: None, asked: None }
    }
}

impl<T> Known<T> {
    pub(crate) fn take(&mut self, read: Result<T, Refusal>) {
        match read {
            Ok(value) => {
                (self.value, self.at, self.trouble) = (Some(value), Some(SystemTime::now()), None);
            }
            Err(refusal) => self.trouble = Some(refusal),
        }
    }

    /// Whether it is to be asked for again; if so, it counts as asked.
    fn is_due(&mut self, age: Duration) -> bool {
        let due = self.asked.is_none_or(|asked| asked.elapsed() >= age);
        if due {
            self.asked = Some(Instant::now());
        }
        due
    }
}

/// Everything that was read last.
pub(crate) struct Watch<B> {
    backend: Arc<B>,
    surveyed: Mutex<Surveyed>,
    listings: Mutex<BTreeMap<String, Known<Vec<Recent>>>>,
    versions: Mutex<BTreeMap<String, Known<Vec<Version>>>>,
    runs: Mutex<HashMap<String, Arc<Follow>>>,
    drawn: Mutex<HashMap<String, Arc<Drawn>>>,
    /// Counts what changed; streams wait for it.
    changed: watch::Sender<u64>,
    looked: Mutex<Instant>,
}

#[derive(Default)]
struct Surveyed {
    survey: Option<Arc<Survey>>,
    asked: Option<Instant>,
    running: bool,
}

impl<B: Backend> Watch<B> {
    pub(crate) fn new(backend: B) -> Self {
        Self {
            backend: Arc::new(backend),
            surveyed: Mutex::default(),
            listings: Mutex::default(),
            versions: Mutex::default(),
            runs: Mutex::default(),
            drawn: Mutex::default(),
            changed: watch::Sender::new(0),
            looked: Mutex::new(Instant::now()),
        }
    }

    pub(crate) fn backend(&self) -> &Arc<B> {
        &self.backend
    }

    /// Tells of every change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Where the changes are told that a page made now does not show.
    pub(crate) fn stream(&self) -> String {
        format!("/stream?seen={}", *self.changed.borrow())
    }

    /// Somebody looks.
    pub(crate) fn look(&self) {
        *lock(&self.looked) = Instant::now();
    }

    /// The survey as it was made last; `None` before the first.
    pub(crate) fn survey(&self) -> Option<Arc<Survey>> {
        lock(&self.surveyed).survey.clone()
    }

    /// Whether a survey is being made.
    pub(crate) fn is_surveying(&self) -> bool {
        lock(&self.surveyed).running
    }

    /// The executions of a machine as they were listed last.
    pub(crate) fn listing(&self, machine: &str) -> Known<Vec<Recent>> {
        lock(&self.listings).get(machine).cloned().unwrap_or_default()
    }

    /// The versions of a machine as they were listed last; reads them when they are old.
    pub(crate) fn versions(self: &Arc<Self>, machine: &str) -> Known<Vec<Version>> {
        let mut versions = lock(&self.versions);
        let known = versions.entry(machine.to_owned()).or_default();
        if known.is_due(SURVEY) {
            let (watch, machine) = (Arc::clone(self), machine.to_owned());
            tokio::spawn(async move {
                let read = watch.backend.versions(&machine).await;
                lock(&watch.versions).entry(machine).or_default().take(read);
                watch.tell();
            });
        }
        known.clone()
    }

    /// Lists the executions of a machine now, so that what was just started is seen.
    pub(crate) fn list_soon(self: &Arc<Self>, machine: &str) {
        let (watch, machine) = (Arc::clone(self), machine.to_owned());
        tokio::spawn(async move { watch.list(&machine).await });
    }

    /// Makes a survey now, unless one is being made.
    pub(crate) fn survey_soon(self: &Arc<Self>) {
        {
            let mut surveyed = lock(&self.surveyed);
            if surveyed.running {
                return;
            }
            (surveyed.running, surveyed.asked) = (true, Some(Instant::now()));
        }
        let watch = Arc::clone(self);
        tokio::spawn(async move {
            let survey = watch.backend.survey().await;
            {
                let mut surveyed = lock(&watch.surveyed);
                (surveyed.survey, surveyed.running) = (Some(Arc::new(survey)), false);
            }
            watch.tell();
        });
    }

    /// Follows an execution from now on; who followed it before goes on.
    pub(crate) fn follow(self: &Arc<Self>, execution: &str, drawn: &Arc<Drawn>) -> Arc<Follow> {
        let mut runs = lock(&self.runs);
        runs.retain(|_, follow| !follow.is_forgotten());
        if let Some(follow) = runs.get(execution) {
            follow.look();
            return Arc::clone(follow);
        }
        let follow = Arc::new(Follow::new(execution, drawn));
        runs.insert(execution.to_owned(), Arc::clone(&follow));
        tokio::spawn(Arc::clone(&follow).read(Arc::clone(&self.backend)));
        follow
    }

    /// A definition of a machine, drawn: what it was drawn from before is not laid out again.
    pub(crate) fn drawn(&self, machine: &str, definition: &serde_json::Value) -> Arc<Drawn> {
        let mut all = lock(&self.drawn);
        if let Some(known) = all.get(machine).filter(|known| known.is_of(definition)) {
            return Arc::clone(known);
        }
        let fresh = Arc::new(Drawn::of(definition));
        all.insert(machine.to_owned(), Arc::clone(&fresh));
        fresh
    }

    /// Reads on while somebody looks. Never ends; whoever spawned it ends it.
    pub(crate) async fn keep(self: Arc<Self>) {
        loop {
            if self.is_looked_at() {
                let old = lock(&self.surveyed).asked.is_none_or(|asked| asked.elapsed() >= SURVEY);
                if old {
                    self.survey_soon();
                }
                if let Some(machine) = self.oldest_listing() {
                    self.list(&machine).await;
                }
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    fn is_looked_at(&self) -> bool {
        self.changed.receiver_count() > 0 || lock(&self.looked).elapsed() < ATTENTION
    }

    /// The machine whose listing is the oldest, if that is old enough.
    fn oldest_listing(&self) -> Option<String> {
        let survey = self.survey()?;
        let mut listings = lock(&self.listings);
        let machines = survey.stacks.iter().flat_map(|stack| &stack.machines).filter(|m| m.exists && !m.express);
        let machine = machines.min_by_key(|machine| listings.get(&machine.arn).and_then(|known| known.asked))?;
        listings.entry(machine.arn.clone()).or_default().is_due(LISTING).then(|| machine.arn.clone())
    }

    async fn list(&self, machine: &str) {
        let read = self.backend.recent(machine, LISTED).await;
        {
            let mut listings = lock(&self.listings);
            let known = listings.entry(machine.to_owned()).or_default();
            let same = read.as_ref().is_ok_and(|read| known.value.as_ref() == Some(read)) && known.trouble.is_none();
            known.asked = Some(Instant::now());
            known.take(read);
            if same {
                return;
            }
        }
        self.tell();
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

/// The lock, though a thread may have died with it: what it guards is replaced whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
