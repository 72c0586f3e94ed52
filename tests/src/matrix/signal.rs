use serde_json::Value;

use super::Point;
use super::kill::Case;
use super::stack::SPEC;
use crate::Outcome;
use crate::proxy::{Act, Fault, Nth, Which};

/// SIGINT and SIGTERM with the exit codes that they bring.
const SIGNALS: [(i32, &str, i32); 2] = [(2, "SIGINT", 130), (15, "SIGTERM", 143)];

/// A signal at every call of each case: calls in flight end, no other begins, the journal says what is left. That it goes
/// on from there is what the kills try.
pub(super) fn points() -> Vec<Point> {
    let mut points = Vec::new();
    for &(case, calls, _) in Case::measured() {
        for k in 1..=calls {
            for (number, name, code) in SIGNALS {
                points.push(Point::new(format!("{case:?} {name} {k}"), move |verdict| {
                    let stack = case.ready(false);
                    let fault = Fault::new(Which::Any, Nth::Only(k), Act::Signal(number));
                    let struck = stack.world.faults().add(fault);
                    let outcome = stack.command(SPEC, case.command(), &["--format", "json"]).run();
                    verdict.look(&outcome);
                    if !struck.fired() {
                        return verdict.miss();
                    }
                    if outcome.code() != Some(code) {
                        verdict.fail(format!("it should end with {code}: {outcome}"));
                    }
                    let wrote = stack.world.calls().mutating().count() > 0;
                    if wrote && !has_journal(&outcome) {
                        verdict.fail(format!("it says nothing of what is done and what is not: {outcome}"));
                    }
                }));
            }
        }
    }
    points
}

fn has_journal(outcome: &Outcome) -> bool {
    let mut lines = outcome.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.next_back().is_some_and(|line| line["what"] == "journal")
}
