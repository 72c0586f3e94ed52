//! A plan for people, for programs and for reviewers: one file a format.

mod definition;
mod json;
mod markdown;
mod text;
mod value;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub(crate) use json::{PlanOutput, for_saving, json};
pub(crate) use markdown::markdown;
pub(crate) use text::text;

use statewright_planner::{Plan, Step};

/// The calls of a plan by step: `iam:CreateRole`, `iam:AttachRolePolicy ×2`.
fn calls(step: &Step) -> Vec<String> {
    let mut counted: Vec<(&'static str, usize)> = Vec::new();
    for call in step.operations.iter().filter_map(|operation| operation.calls().first().copied()) {
        match counted.last_mut() {
            Some((last, count)) if *last == call => *count += 1,
            _ => counted.push((call, 1)),
        }
    }
    counted.into_iter().map(|(call, n)| if n == 1 { call.to_owned() } else { format!("{call} ×{n}") }).collect()
}

/// `Plan: 1 to create, 2 to update, 0 to replace, 0 to delete, 2 unchanged.` Addresses, not steps.
fn counts(plan: &Plan) -> String {
    let s = plan.summary();
    let mut parts = vec![
        format!("{} to create", s.create),
        format!("{} to update", s.update),
        format!("{} to replace", s.replace),
        format!("{} to delete", s.delete),
    ];
    parts.extend((s.adopt > 0).then(|| format!("{} to adopt", s.adopt)));
    parts.extend((s.forget > 0).then(|| format!("{} to forget", s.forget)));
    parts.push(format!("{} unchanged", s.unchanged));
    format!("Plan: {}.", parts.join(", "))
}
