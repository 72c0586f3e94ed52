//! What is promised, tried everywhere: matrices of runs of the real binary in which AWS, another person or the user's own hand breaks
//! something, and what became of the account afterwards. `make faults` tries all points; `make test` a seeded part of them.

mod figures;
mod kill;
mod prepared;
mod race;
mod signal;
mod stack;
mod storm;
mod verdict;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use figures::Figures;
pub use verdict::{Tally, Verdict};

/// Which matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matrix {
    /// SIGKILL before and after every call.
    Kill,
    /// SIGINT and SIGTERM at every call.
    Signal,
    /// Two at once: two applies, or a person beside one.
    Race,
    /// Everything that AWS does, together.
    Weather,
}

impl Matrix {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kill, Self::Signal, Self::Race, Self::Weather];

    /// Its name on command lines and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Signal => "signal",
            Self::Race => "race",
            Self::Weather => "weather",
        }
    }

    fn points(self, size: Size) -> Vec<Point> {
        match self {
            Self::Kill => kill::points(),
            Self::Signal => signal::points(),
            Self::Race => race::points(size.races),
            Self::Weather => storm::points(size.storms),
        }
    }

    /// Tries its points, or the part of them that `share` takes, so many at the same time. What is found is told as it is found.
    pub fn run(self, size: Size, share: &Share, jobs: usize, tell: &(dyn Fn(&str) + Sync)) -> Tally {
        let mut points = self.points(size);
        points.retain(|point| share.takes(self, &point.name));
        let next = AtomicUsize::new(0);
        let tally = Mutex::new(Tally::default());
        std::thread::scope(|scope| {
            for _ in 0..jobs.max(1) {
                scope.spawn(|| {
                    while let Some(point) = points.get(next.fetch_add(1, Ordering::SeqCst)) {
                        let verdict = point.judge();
                        if let Some(why) = verdict.fault() {
                            tell(&format!("{} {}: {why}", self.name(), point.name));
                        }
                        if let Ok(mut tally) = tally.lock() {
                            tally.add(&point.name, &verdict);
                        }
                    }
                });
            }
        });
        tally.into_inner().unwrap_or_default()
    }
}

/// All of these, at the same time.
///
/// # Panics
/// As one of them does.
fn at_once<T: Send>(all: impl IntoIterator<Item = impl FnOnce() -> T + Send>) -> Vec<T> {
    std::thread::scope(|scope| {
        let spawn = |one| std::thread::Builder::new().name("before the points".to_owned()).spawn_scoped(scope, one);
        let all: Vec<_> = all.into_iter().map(spawn).collect();
        let join = |thread: std::io::Result<std::thread::ScopedJoinHandle<'_, T>>| {
            let thread = thread.unwrap_or_else(|error| panic!("no thread: {error}"));
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        all.into_iter().map(join).collect()
    })
}

/// How large the matrices are that have no natural size.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Races.
    pub races: u64,
    /// Storms.
    pub storms: u64,
}

impl Default for Size {
    fn default() -> Self {
        Self { races: 210, storms: 50 }
    }
}

/// Which part of the points is tried: a seed takes another part each time, and the same seed the same.
#[derive(Clone, Debug)]
pub struct Share {
    /// From 0 to 1.
    pub part: f64,
    /// Which.
    pub seed: u64,
    /// Only points whose name begins so.
    pub only: Option<String>,
}

impl Share {
    fn takes(&self, matrix: Matrix, point: &str) -> bool {
        if self.only.as_ref().is_some_and(|only| !point.starts_with(only.as_str())) {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        (self.seed, matrix, point).hash(&mut hasher);
        #[expect(clippy::cast_precision_loss, reason = "a part need not be exact")]
        let at = hasher.finish() as f64 / u64::MAX as f64;
        at <= self.part
    }
}

/// One thing to try, in a world of its own.
struct Point {
    name: String,
    run: Box<dyn Fn(&mut Verdict) + Send + Sync>,
}

impl Point {
    fn new(name: impl Into<String>, run: impl Fn(&mut Verdict) + Send + Sync + 'static) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }

    /// A harness that gives up (a run that does not end) is a failure of the point, not of the matrix.
    fn judge(&self) -> Verdict {
        let mut verdict = Verdict::default();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (self.run)(&mut verdict))) {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
            verdict.fail(format!("the harness gave up: {}", words.unwrap_or_default()));
        }
        verdict
    }
}
