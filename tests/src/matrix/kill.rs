use std::sync::OnceLock;

use super::stack::{Meaning, Stack, Version};
use super::{Point, Verdict, at_once};
use crate::proxy::{Fault, When};

/// A command that is broken off, and the account in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// The first apply.
    Create,
    /// An apply that changes each kind.
    Update,
    /// An apply that replaces a role, a policy and a machine.
    Replace,
    /// A destroy.
    Destroy,
}

impl Case {
    pub(super) const ALL: [Self; 4] = [Self::Create, Self::Update, Self::Replace, Self::Destroy];

    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Create | Self::Update | Self::Replace => "apply",
            Self::Destroy => "destroy",
        }
    }

    /// An account in which the command is about to be given, with others in it or not.
    pub(super) fn ready(self, others: bool) -> Stack {
        let stack = Stack::beside(others);
        let (stack, version) = match self {
            Self::Create => (stack, Version::First),
            Self::Update => (stack.with_first(), Version::Changed),
            Self::Replace => (stack.with_first(), Version::Replaced),
            Self::Destroy => (stack.with_first(), Version::First),
        };
        stack.write(version);
        stack.world.forget_calls();
        stack
    }

    /// How many calls each command makes, and what the account holds then; found out once, all at the same time.
    pub(super) fn measured() -> &'static [(Self, usize, Meaning)] {
        static MEASURED: OnceLock<Vec<(Case, usize, Meaning)>> = OnceLock::new();
        MEASURED.get_or_init(|| {
            at_once(Self::ALL.map(|case| {
                move || {
                    let stack = case.ready(true);
                    let _ = stack.run(case.command()).expect(0);
                    (case, stack.world.calls().count(), stack.meaning())
                }
            }))
        })
    }

    /// The same command again, undisturbed: the same end, and a plan that finds nothing to do.
    fn again(self, when: When, stack: &Stack, end: &Meaning, verdict: &mut Verdict) {
        stack.world.faults().clear();
        let again = stack.run(self.command());
        verdict.look(&again);
        if again.code() != Some(0) {
            verdict.fail(format!("again: {again}"));
        }
        stack.expect(verdict, end, &again);
        // Once a call is enough: what is there before it is there after the one before.
        if self.command() == "apply" && when == When::After {
            stack.expect_no_changes(verdict);
        }
    }
}

/// SIGKILL before and after every call of each case, reads too; then the same again.
pub(super) fn points() -> Vec<Point> {
    let mut points = Vec::new();
    for &(case, calls, ref end) in Case::measured() {
        for k in 1..=calls {
            for when in [When::Before, When::After] {
                points.push(Point::new(format!("{case:?} {when:?} {k}"), move |verdict| {
                    let stack = case.ready(true);
                    let struck = stack.world.faults().add(Fault::kill_at_call(k, when));
                    let outcome = stack.run(case.command());
                    verdict.look(&outcome);
                    if !struck.fired() {
                        return verdict.miss();
                    }
                    if !outcome.was_killed() {
                        verdict.fail(format!("it was not killed: {outcome}"));
                    }
                    case.again(when, &stack, end, verdict);
                }));
            }
        }
    }
    points
}
