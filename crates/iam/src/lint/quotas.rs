//! What a document leaves of its quota.

use statewright_source::{Diagnostic, Severity};

use super::finding;
use crate::{codes, document::Kind, size::quota};

/// A finding where `size` characters ([`size`](crate::size())) are more than the quota, or nine tenths of it. `inline_total`
/// says that they are all inline policies of one role together and not one managed policy.
pub fn forecast(size: usize, kind: Kind, inline_total: bool) -> Option<Diagnostic> {
    let (most, what, next) = match (kind, inline_total) {
        (Kind::Trust, _) => {
            (quota::TRUST, "a trust policy", "ask AWS for more (up to 4,096), or trust fewer principals")
        }
        (_, true) => (
            quota::INLINE_TOTAL,
            "the inline policies of a role together",
            "move some to a managed policy, which has its own quota",
        ),
        (Kind::Identity | Kind::Boundary, false) => {
            (quota::MANAGED, "a managed policy", "split it: a role can have ten")
        }
        (Kind::Resource, _) => return None,
    };
    let percent = size * 100 / most;
    if size > most {
        return Some(
            finding(
                codes::SIZE,
                Severity::Error,
                None,
                format!("{size} characters are more than the {most} of {what}"),
            )
            .help(next),
        );
    }
    (percent >= 90).then(|| {
        finding(
            codes::NEARLY_FULL,
            Severity::Note,
            None,
            format!("{size} of the {most} characters of {what} are used ({percent} %)"),
        )
        .help(next)
    })
}
