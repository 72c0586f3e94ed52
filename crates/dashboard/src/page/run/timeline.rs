//! The visits of an execution, one under another, each with a bar in the execution's time.

use std::time::{Duration, SystemTime};

use maud::{Markup, html};
use statewright_execution::{Execution, Visit, VisitId};
use statewright_source::visible;

use crate::{
    chart, link,
    view::{
        status,
        time::{between, took},
    },
};

/// How many visits are shown; what failed or runs comes first where there are more.
const SHOWN: usize = 200;
/// The width of the time, in units of the drawing.
const WIDTH: f64 = 400.0;

pub(super) fn of(here: &str, execution: &Execution, chosen: Option<VisitId>) -> Markup {
    let Some(start) = execution.started_at().or_else(|| execution.visits().first().map(|visit| visit.entered_at))
    else {
        return html! { p.quiet { "Nothing has happened yet." } };
    };
    let end = execution.stopped_at().unwrap_or_else(|| {
        if execution.status().is_final() { execution.last_at().unwrap_or(start) } else { SystemTime::now() }
    });
    let whole = end.duration_since(start).unwrap_or_default().max(Duration::from_millis(1));
    let scale = Scale { start, end, whole };
    let mut rows: Vec<(VisitId, &Visit)> = execution
        .visits()
        .iter()
        .enumerate()
        .map(|(n, visit)| (VisitId(u32::try_from(n).unwrap_or(u32::MAX)), visit))
        .filter(|(_, visit)| execution.is_current(visit.block))
        .collect();
    let left_out = rows.len().saturating_sub(SHOWN);
    if left_out > 0 {
        rows.sort_by_key(|(id, visit)| {
            (!(visit.status.is_failure() || visit.status.is_running()), std::cmp::Reverse(*id))
        });
        rows.truncate(SHOWN);
        rows.sort_by_key(|(id, _)| *id);
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label="Table of visits" {
            table.timeline {
                thead { tr { th scope="col" { "State" } th scope="col" { "Status" } th scope="col" { "Took" } th scope="col" { "0 to " (took(whole)) } } }
                tbody {
                    @for (id, visit) in rows {
                        @let depth = execution.path(id).len().min(6);
                        tr aria-current=[(Some(id) == chosen).then_some("true")] {
                            th scope="row" class={ "in-" (depth) } {
                                a href=(format!("{}&visit={}#detail", link::at_state(here, &visit.state), id.0)) data-select { (visible(&visit.state)) }
                                @if visit.times > 1 { " " span.quiet { "×" (visit.times) } }
                                @if let Some(at) = iteration(execution, id) { " " span.quiet { "#" (at) } }
                            }
                            td { (status::state(execution.shown(id))) @if visit.tried() > 1 { " " span.quiet { "try " (visit.tried()) @if let Some(most) = visit.tries_allowed { "/" (most) } } } }
                            td.number { (took(between(visit.entered_at, visit.ended_at.or(execution.status().is_final().then_some(end))))) }
                            td.lane { (scale.lane(execution, id, visit)) }
                        }
                    }
                }
            }
        }
        @if left_out > 0 { p.quiet { (left_out) " more visits; failed and running ones are all here." } }
    }
}

/// The number of the iteration that a visit is in.
fn iteration(execution: &Execution, id: VisitId) -> Option<usize> {
    execution.path(id).iter().rev().find_map(|(_, role)| match role {
        statewright_execution::BlockRole::Iteration(n) => Some(*n),
        _ => None,
    })
}

/// From times to places.
struct Scale {
    start: SystemTime,
    end: SystemTime,
    whole: Duration,
}

impl Scale {
    fn x(&self, at: SystemTime) -> f64 {
        let since = at.duration_since(self.start).unwrap_or_default();
        (since.as_secs_f64() / self.whole.as_secs_f64()).min(1.0) * WIDTH
    }

    /// The tries as bars, the whole visit as a line behind them: what is only line is waiting for the next try.
    fn lane(&self, execution: &Execution, id: VisitId, visit: &Visit) -> Markup {
        let key = chart::status(execution.shown(id)).key();
        let (from, until) = (self.x(visit.entered_at), self.x(visit.ended_at.unwrap_or(self.end)));
        let tries = visit.tries.iter().filter(|_| visit.tries.len() > 1).map(|attempt| {
            let status = if attempt.failure.is_some() { "failed" } else { key };
            (self.x(attempt.began_at), self.x(attempt.ended_at.unwrap_or(self.end)), status)
        });
        let mut bars: Vec<(f64, f64, &str)> = tries.collect();
        if bars.is_empty() {
            bars.push((from, until, key));
        }
        html! {
            svg.lane width="400" height="14" viewBox="0 0 400 14" preserveAspectRatio="none" aria-hidden="true" {
                path.track d=(format!("M{from:.1} 7H{until:.1}")) {}
                @for (from, until, status) in bars {
                    rect data-status=(status) x=(format!("{from:.1}")) y="1" width=(format!("{:.1}", (until - from).max(2.0))) height="12" rx="2" {}
                }
            }
        }
    }
}
