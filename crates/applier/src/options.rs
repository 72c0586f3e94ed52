//! How an apply is carried out: never what it does.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::sync::watch;

/// Patience and pace.
#[derive(Debug, Clone)]
pub struct Options {
    /// Steps that run at the same time.
    pub parallelism: usize,
    /// How long one call or one wait may take in all, propagation included. AWS's own worst on record is 15 minutes.
    pub patience: Duration,
    /// How long a call is made again though IAM has had all that it needs for long: the cause is another one then.
    pub doubt: Duration,
    /// How long IAM must say that something will never be before that is believed: its reads lag behind its writes.
    pub certainty: Duration,
    /// How far a read may lag behind a write.
    pub lag: Duration,
    /// How long an update that is shown must have been shown before nothing uses what was before. Source: "All
    /// `StartExecution` calls within a few seconds use the updated definition and roleArn", `UpdateStateMachine`.
    pub settling: Duration,
    /// How long IAM takes to make what it was told hold everywhere, before what relies on it changes. Nothing shows it:
    /// reads come from where it was written. Source: "changes … can take time to become visible everywhere", *IAM User
    /// Guide*, Troubleshooting; seconds in the trackers of others.
    pub spreading: Duration,
    /// How long an Express execution runs at most. Source: *Step Functions service quotas*, maximum execution time.
    pub express: Duration,
    /// The pause before a call is first made again, or a condition first looked at again; pauses grow from it.
    pub pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long what was deleted must stay gone where something else may make it anew: Lambda writes a function's last lines
    /// some seconds after the function is gone, into a group that it makes anew, without our tag.
    pub steady: Duration,
    /// How often a waiting step says so again.
    pub reminder: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            parallelism: 10,
            patience: Duration::from_mins(15),
            doubt: Duration::from_mins(2),
            certainty: Duration::from_secs(5),
            lag: Duration::from_secs(30),
            settling: Duration::from_secs(5),
            spreading: Duration::from_secs(10),
            express: Duration::from_mins(5),
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
            steady: Duration::from_secs(10),
            reminder: Duration::from_secs(10),
        }
    }
}

impl Options {
    /// The same with a part of each wait that is AWS's doing; what the user bounded stays.
    #[must_use]
    pub fn at_pace(self, pace: f64) -> Self {
        let part = |wait: Duration| wait.mul_f64(pace);
        Self {
            parallelism: self.parallelism,
            patience: self.patience,
            doubt: part(self.doubt),
            certainty: part(self.certainty),
            lag: part(self.lag),
            settling: part(self.settling),
            spreading: part(self.spreading),
            express: part(self.express),
            pause: part(self.pause),
            longest_pause: part(self.longest_pause),
            steady: part(self.steady),
            reminder: self.reminder,
        }
    }

    /// Pauses that double, without an end and with jitter, so that many steps do not ask at the same instant.
    pub(crate) fn pauses(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::default()
            .with_min_delay(self.pause)
            .with_max_delay(self.longest_pause)
            .without_max_times()
            .with_jitter()
            .build()
    }
}

/// The user's wish to stop: calls in flight end, no other begins.
#[derive(Debug, Clone)]
pub struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// An interrupt and what raises it (send `true`).
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Whether it was raised.
    pub fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is raised; for ever, where nobody can raise it any more.
    pub async fn raised(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|raised| *raised).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Sleeps, or wakes at once when the interrupt is raised.
    pub(crate) async fn sleep(&self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.raised() => {}
        }
    }
}
