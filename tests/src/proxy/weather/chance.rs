use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use fastrand::Rng;

use crate::proxy::Request;

/// Luck that a seed decides: the n-th time that the same thing is asked it falls the same way, whatever is asked beside it and in
/// whatever order, so that a run can be made again.
#[derive(Debug, Default)]
pub(super) struct Chance {
    seed: u64,
    /// How often the same was asked.
    asked: Mutex<HashMap<u64, u64>>,
}

impl Chance {
    /// Each layer of one weather has luck of its own: `what` tells them apart.
    pub(super) fn new(seed: u64, what: &str) -> Self {
        Self { seed: hash(&(seed, what)), asked: Mutex::default() }
    }

    /// The dice for this request. An account's number is not part of it: each run has another.
    pub(super) fn dice(&self, request: &Request) -> Rng {
        let parameters = request.operation.parameters.to_string().replace(&request.account, "");
        let asked = hash(&(self.seed, request.operation.to_string(), &request.region, parameters));
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(asked).or_default();
        *times += 1;
        Rng::with_seed(hash(&(asked, *times)))
    }
}

/// Whether it falls so, with a probability of `rate`.
pub(super) fn falls(dice: &mut Rng, rate: f64) -> bool {
    dice.f64() < rate
}

fn hash(value: &impl Hash) -> u64 {
    // With fixed keys, other than that of a map.
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
