//! Where an emulator is not AWS, and how the proxy mends it.
//!
//! `emulator-gaps.toml` has a row for each gap; its `repair` names code in this folder, and its `id` names the probe, a few calls that
//! tell whether an emulator is right. A test asks each probe twice: of the bare emulator, which must still be wrong, and through the
//! proxy, which must be right.

mod assumable;
mod glue;
mod iam;
mod intercepted;
mod lambda;
mod logs;
mod s3;
mod states;
mod sts;
mod table;
mod tagging;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;

pub(crate) use intercepted::Intercepted;
pub(super) use lambda::{each_configuration, name as function_name};
pub use table::{Gap, GapTable, GapTableError};

use super::{Layer, Memory, Next, Reply, Request, Service, Upstream};
use crate::wire::{Aws, Refusal};

/// What a repair does with a call: it may answer itself, or send it on and change the answer.
type Handle = fn(Intercepted) -> BoxFuture<'static, Reply>;

/// A repair: the calls that it looks at, and what it does with them.
pub(crate) struct Repair {
    name: &'static str,
    service: Service,
    operations: &'static [&'static str],
    handle: Handle,
}

/// Why an emulator is not as AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub String);

/// What a probe finds.
pub type Verdict = Result<(), Wrong>;

/// A few calls that tell whether an emulator does one thing as AWS does it.
pub type Probe = fn(Aws) -> BoxFuture<'static, Verdict>;

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.to_string())
    }
}

/// Repairs are tried in this order: those that refuse a call before those that carry it out in the emulator's stead.
static REPAIRS: &[&[Repair]] = &[
    iam::REPAIRS,
    sts::REPAIRS,
    lambda::REPAIRS,
    glue::REPAIRS,
    logs::REPAIRS,
    states::REPAIRS,
    s3::REPAIRS,
    tagging::REPAIRS,
];

type Probes = &'static [(&'static str, Probe)];

static PROBES: &[Probes] = &[
    iam::PROBES,
    sts::PROBES,
    lambda::PROBES,
    glue::PROBES,
    logs::PROBES,
    states::PROBES,
    s3::PROBES,
    tagging::PROBES,
];

/// All probes, each with its gap's id.
pub fn probes() -> impl Iterator<Item = (&'static str, Probe)> {
    PROBES.iter().flat_map(|probes| probes.iter().copied())
}

/// The probe of the gap `id`.
pub fn probe(id: &str) -> Option<Probe> {
    probes().find(|(name, _)| *name == id).map(|(_, probe)| probe)
}

/// The layers that mend what `table` lists, in the order of the code.
pub(super) fn layers(table: &GapTable, upstream: &Upstream, memory: &Arc<Memory>) -> Vec<Arc<dyn Layer>> {
    let wanted = table.repairs();
    REPAIRS
        .iter()
        .flat_map(|repairs| repairs.iter())
        .filter(|repair| wanted.contains(repair.name))
        .map(|repair| {
            Arc::new(Mending { repair, upstream: upstream.clone(), memory: memory.clone() }) as Arc<dyn Layer>
        })
        .collect()
}

fn repair_exists(name: &str) -> bool {
    REPAIRS.iter().flat_map(|repairs| repairs.iter()).any(|repair| repair.name == name)
}

struct Mending {
    repair: &'static Repair,
    upstream: Upstream,
    memory: Arc<Memory>,
}

impl Layer for Mending {
    fn handle(self: Arc<Self>, request: Request, next: Next) -> BoxFuture<'static, Reply> {
        let operation = &request.operation;
        if operation.service != self.repair.service || !self.repair.operations.contains(&operation.name.as_str()) {
            return next.run(request);
        }
        let emulator = self.upstream.caller(&request.account, &request.region);
        (self.repair.handle)(Intercepted::new(request, next, emulator, self.memory.clone()))
    }
}

/// `future!(f)` is `f`, boxed, for the tables of repairs and probes.
macro_rules! future {
    ($function:path) => {
        |argument| Box::pin($function(argument))
    };
}
use future;

/// A probe's assertion: what the emulator answers is what AWS answers.
#[expect(clippy::needless_pass_by_value, reason = "probes compare what they have just read")]
fn same<T: PartialEq + std::fmt::Debug>(actual: T, expect: T) -> Verdict {
    if actual == expect { Ok(()) } else { Err(Wrong(format!("answers {actual:?} where AWS answers {expect:?}"))) }
}

/// A probe's assertion: the call is refused with `code`.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Refusal>, code: &str) -> Verdict {
    match outcome {
        Err(refusal) if refusal.code == code => Ok(()),
        Err(refusal) => Err(Wrong(format!("refuses with {refusal} where AWS says {code}"))),
        Ok(answer) => Err(Wrong(format!("accepts with {answer:?} what AWS refuses with {code}"))),
    }
}

/// A text in the form of a UUID that this process has not given before.
fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("00000000-0000-4000-8000-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed))
}
