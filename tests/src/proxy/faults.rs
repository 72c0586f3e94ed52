use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;

use super::{Break, Effect, Layer, Next, Operation, Proxy, Reply, Request, Service};

/// The calls that a fault looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// All.
    #[default]
    Any,
    /// Those that may change something.
    Mutating,
    /// Those that change nothing.
    Reading,
    /// One operation, `service:Operation`; or those whose name begins so, `iam:Get*`.
    Operation(String),
}

impl Which {
    pub(super) fn covers(&self, operation: &Operation) -> bool {
        match self {
            Self::Any => true,
            Self::Mutating => operation.effect() == Effect::Write,
            Self::Reading => operation.effect() == Effect::Read,
            Self::Operation(name) => match name.strip_suffix('*') {
                Some(begin) => operation.to_string().starts_with(begin),
                None => operation.to_string() == *name,
            },
        }
    }
}

/// Which of them it strikes, counted from 1 since it was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nth {
    /// That one only.
    Only(usize),
    /// The first so many.
    First(usize),
    /// That one and all later ones.
    From(usize),
}

impl Nth {
    fn strikes(self, count: usize) -> bool {
        match self {
            Self::Only(n) => count == n,
            Self::First(n) => count <= n,
            Self::From(n) => count >= n,
        }
    }
}

/// On which side of the emulator a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// The emulator never sees the call.
    Before,
    /// The emulator has carried it out; the client does not learn of it.
    After,
}

/// What happens to a call that is struck.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// The client ([`Faults::set_victim`]) gets SIGKILL.
    Kill(When),
    /// The client gets another signal, and the call goes on: 2 is SIGINT, 15 is SIGTERM.
    Signal(i32),
    /// The emulator does not see the call, and the client gets this refusal in its service's own words.
    Refuse {
        /// The status.
        status: u16,
        /// The error code.
        code: String,
        /// The message.
        message: String,
    },
    /// The call is held back for so long, then goes on.
    #[serde(rename = "delay_ms", deserialize_with = "milliseconds")]
    Delay(Duration),
    /// The call breaks so. One that hangs does so for ten seconds.
    Break(Break),
    /// The emulator does not see the call, and the client gets this answer in its service's protocol: for what no emulator does.
    Answer(Value),
    /// Something is done behind the client's back.
    #[serde(rename = "by_hand")]
    ByHand(ByHand),
}

/// A call that another person makes at that moment, in the client's account and region.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// Before the client's call, or between it and its answer.
    pub when: When,
    /// The service, by its signing name.
    #[serde(deserialize_with = "service")]
    pub service: Service,
    /// The operation.
    pub operation: String,
    /// Its parameters, as AWS's API reference has them.
    #[serde(default)]
    pub parameters: Value,
}

fn service<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Service, D::Error> {
    String::deserialize(deserializer).map(|name| Service::from_signing_name(&name))
}

impl ByHand {
    /// Whether it can be done is not the client's affair.
    async fn act(&self, request: &Request, next: &Next) {
        let request = Request { client: Proxy::BY_HAND.to_owned(), ..request.clone() };
        let _ = next.ask(&request, &self.service, &self.operation, self.parameters.clone()).await;
    }
}

fn milliseconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

/// A fault as it stands in a request to the control path: `{"which": "mutating", "nth": {"only": 3}, "act": {"kill": "before"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    which: Which,
    nth: Nth,
    act: Act,
}

/// Something that is to go wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    which: Which,
    nth: Nth,
    act: Act,
}

impl Fault {
    /// `act` happens to the `nth` of `which`.
    pub fn new(which: Which, nth: Nth, act: Act) -> Self {
        Self { which, nth, act }
    }

    /// SIGKILL at the `k`-th mutating call (from 1), before the emulator sees it or after it has carried it out.
    pub fn kill_at_mutation(k: usize, when: When) -> Self {
        Self::new(Which::Mutating, Nth::Only(k), Act::Kill(when))
    }

    /// SIGKILL at the `k`-th call (from 1), reads too.
    pub fn kill_at_call(k: usize, when: When) -> Self {
        Self::new(Which::Any, Nth::Only(k), Act::Kill(when))
    }

    /// Another person makes a call beside the `nth` call of `operation`.
    pub fn by_hand(operation: &str, nth: Nth, by_hand: ByHand) -> Self {
        Self::new(Which::Operation(operation.to_owned()), nth, Act::ByHand(by_hand))
    }

    /// Every call takes at least so long, so that calls made at the same time also run at the same time, however fast the emulator is:
    /// what a test needs that counts the longest chain.
    pub fn latency(time: Duration) -> Self {
        Self::new(Which::Any, Nth::From(1), Act::Delay(time))
    }

    /// The `nth` call of `operation` (`service:Operation`) is answered so, whatever the emulator would say.
    pub fn answer(operation: &str, nth: Nth, answer: Value) -> Self {
        Self::new(Which::Operation(operation.to_owned()), nth, Act::Answer(answer))
    }

    /// The `nth` call of `operation` (`service:Operation`) is refused.
    pub fn refuse(operation: &str, nth: Nth, status: u16, code: &str, message: &str) -> Self {
        let act = Act::Refuse { status, code: code.to_owned(), message: message.to_owned() };
        Self::new(Which::Operation(operation.to_owned()), nth, act)
    }
}

impl From<Outage> for Fault {
    fn from(Outage { which, nth, act }: Outage) -> Self {
        Self { which, nth, act }
    }
}

/// How often a fault has struck.
#[derive(Clone, Debug)]
pub struct Fired(Arc<AtomicUsize>);

impl Fired {
    /// How often, so far.
    pub fn times(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Whether it has struck at all.
    pub fn fired(&self) -> bool {
        self.times() > 0
    }
}

/// The process that faults kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Victim(Pid);

impl Victim {
    /// The process `pid`; none for 0 and what is no process id.
    pub fn new(pid: u32) -> Option<Self> {
        i32::try_from(pid).ok().filter(|pid| *pid > 0).and_then(Pid::from_raw).map(Self)
    }
}

/// All that is to go wrong.
#[derive(Default)]
pub struct Faults {
    armed: Mutex<Vec<Armed>>,
    victim: watch::Sender<Option<Victim>>,
}

struct Armed {
    fault: Fault,
    seen: usize,
    fired: Fired,
}

impl Faults {
    /// How long a call that is to kill waits to learn whom.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Adds a fault; what it gives says whether it has struck, so that a test knows when it has tried every call.
    pub fn add(&self, fault: Fault) -> Fired {
        let fired = Fired(Arc::default());
        self.armed().push(Armed { fault, seen: 0, fired: fired.clone() });
        fired
    }

    /// Nothing goes wrong any more; the victim is forgotten.
    pub fn clear(&self) {
        self.armed().clear();
        self.victim.send_replace(None);
    }

    /// The process that is killed. A call that is to kill waits until this is known.
    pub fn set_victim(&self, victim: Victim) {
        self.victim.send_replace(Some(victim));
    }

    /// Forgets the process: it has ended, and its number may become another's.
    pub fn forget_victim(&self) {
        self.victim.send_replace(None);
    }

    fn strike(&self, operation: &Operation) -> Vec<Act> {
        let mut acts = Vec::new();
        for armed in self.armed().iter_mut().filter(|armed| armed.fault.which.covers(operation)) {
            armed.seen += 1;
            if armed.fault.nth.strikes(armed.seen) {
                armed.fired.0.fetch_add(1, Ordering::SeqCst);
                acts.push(armed.fault.act.clone());
            }
        }
        acts
    }

    async fn signal(&self, signal: Signal) {
        let mut victim = self.victim.subscribe();
        let known = tokio::time::timeout(Self::PATIENCE, victim.wait_for(Option::is_some)).await;
        if let Ok(Ok(victim)) = known
            && let Some(Victim(pid)) = *victim
        {
            // It may have ended by itself, which is what was wanted.
            let _ = kill_process(pid, signal);
        }
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Layer for Faults {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        Box::pin(async move {
            let mut kill_after = false;
            let mut broken = None;
            let mut afterwards = Vec::new();
            for act in self.strike(&request.operation) {
                match act {
                    Act::Delay(time) => tokio::time::sleep(time).await,
                    Act::Refuse { status, code, message } => {
                        return Reply::refusal(&request.operation.service, status, &code, &message);
                    }
                    Act::Answer(answer) => return Reply::json(&request.operation.service, &answer),
                    Act::Signal(number) => {
                        if let Some(signal) = Signal::from_named_raw(number) {
                            self.signal(signal).await;
                        }
                    }
                    Act::Kill(When::Before) => {
                        self.signal(Signal::KILL).await;
                        return Reply::Hangup;
                    }
                    Act::Kill(When::After) => kill_after = true,
                    Act::Break(how) => broken = Some(how),
                    Act::ByHand(other) if other.when == When::Before => other.act(&request, &next).await,
                    Act::ByHand(other) => afterwards.push(other),
                }
            }
            let reply = match broken {
                Some(how) => how.strike(request.clone(), next.clone(), Self::PATIENCE).await,
                None => next.clone().run(request.clone()).await,
            };
            for other in afterwards {
                other.act(&request, &next).await;
            }
            if kill_after {
                self.signal(Signal::KILL).await;
                return Reply::Hangup;
            }
            reply
        })
    }
}
