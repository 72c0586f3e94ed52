//! Server-sent events that say one thing: look again. A page looks by fetching itself, so there is one way to render it.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse, Response,
    sse::{Event, KeepAlive, Sse},
};
use futures::stream::{Stream, unfold};
use tokio::sync::watch;

/// At least so much time is between two events of a stream: what happens meanwhile is seen at one look.
const BETWEEN: Duration = Duration::from_millis(250);
/// After so much time without an event a comment is sent, so that a connection that died is noticed.
const ALIVE: Duration = Duration::from_secs(15);

/// A stream of changes that ends with the server. What changed since a page was made that had `seen` so many is told at once:
/// between the page and its stream nothing is lost.
pub(crate) fn stream(mut changes: watch::Receiver<u64>, seen: Option<u64>, closing: watch::Receiver<bool>) -> Response {
    if seen.is_some_and(|seen| seen != *changes.borrow()) {
        changes.mark_changed();
    }
    Sse::new(events(changes, closing)).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
}

fn events(
    changes: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    unfold((changes, closing), |(mut changes, mut closing)| async move {
        let count = tokio::select! {
            changed = changes.changed() => {
                changed.ok()?;
                tokio::time::sleep(BETWEEN).await;
                *changes.borrow_and_update()
            }
            () = async { drop(closing.wait_for(|closing| *closing).await) } => return None,
        };
        Some((Ok(Event::default().event("change").id(count.to_string()).data(count.to_string())), (changes, closing)))
    })
}
