//! The first round of reading: everything that a plan needs, concurrently, nothing twice.

use std::collections::BTreeMap;

use futures::future::join_all;
use statewright_planner::{Live, Observed, Reading};
use statewright_spec::Address;

use crate::{
    Connection,
    kind::{Hints, job::Upload, policy::Names},
    search::{Searched, Tagged},
};

impl Connection {
    /// Reads what `reading` names, looks up what is only mentioned, and searches for what else is the owner's, all at the
    /// same time; at most [`Settings::parallelism`](crate::Settings::parallelism) calls are in flight. It never fails as a
    /// whole: what AWS would not say stands as [`Observed::Unreadable`],
    /// [`Found::Unreadable`](statewright_planner::Found::Unreadable) or in
    /// [`Search::incomplete`](statewright_planner::Search::incomplete). `answers` holds what was read on the way: for the rest see
    /// [`Connection::answer`].
    pub async fn observe(&self, reading: &Reading) -> Live {
        let names = Names::default();
        let tagged = Tagged::of(reading);
        let uploads: BTreeMap<&Address, Upload> =
            reading.scripts.iter().filter_map(|(address, place)| Some((address, Upload::to(place)?))).collect();
        let resources = self.resources(reading, &names, &tagged, &uploads);
        let lookups =
            join_all(reading.lookups.iter().map(|target| async { (target.clone(), self.look_up(target).await) }));
        let (mut observed, lookups, searched) =
            futures::join!(Box::pin(resources), Box::pin(lookups), Box::pin(self.search(reading, &tagged)));
        let Searched { found, search } = searched;
        // What is declared was read by its own read; a hit on it tells nothing more.
        for (address, hit) in found {
            observed.entry(address).or_insert(hit);
        }
        Live {
            identity: self.identity.clone(),
            observed,
            lookups: lookups.into_iter().collect(),
            answers: uploads.into_values().filter_map(Upload::answered).collect(),
            search,
        }
    }

    async fn resources(
        &self,
        reading: &Reading,
        names: &Names,
        tagged: &Tagged<'_>,
        uploads: &BTreeMap<&Address, Upload>,
    ) -> BTreeMap<Address, Observed> {
        let reads = reading.resources.iter().map(|(address, arn)| async move {
            let script = uploads.get(address);
            let hints = Hints { script, names: Some(names), tagged: Some(tagged) };
            (address.clone(), self.observe_one(address, arn, hints).await)
        });
        join_all(reads).await.into_iter().collect()
    }
}
