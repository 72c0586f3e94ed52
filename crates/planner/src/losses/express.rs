//! Express executions: nobody can list them, and none runs longer than five minutes.

use statewright_source::Severity;
use statewright_spec::{
    Address, Arn, Resource,
    kind::state_machine::{MachineType, StateMachine},
};

use super::{Granted, Way, distinct, goes, is_on, lost};
use crate::{
    Revision, codes,
    notes::{Notes, finding},
    permissions::actions_on,
    survey::Survey,
};

/// The Express machines whose executions may still need what a role will not grant. What they lose by the definition that
/// is live is told; one before it, of an apply that was cut short, is not known any more, so a drain waits for all of them.
pub(super) fn check(
    survey: &Survey<'_>,
    (role, arn): (&Address, &Arn),
    way: Way,
    (was, shall): (&Granted, &Granted),
    notes: &mut Notes,
) -> Vec<Arn> {
    let mut machines = Vec::new();
    for (machine, user) in survey.ours().filter(|(_, user)| is_on(survey, MachineType::Express, user, arn, way)) {
        let Resource::StateMachine(live) = &user.resource else { continue };
        if goes(survey, machine) {
            // That its executions cannot be counted is said there.
            continue;
        }
        machines.push(user.arn.clone());
        let stays = match survey.wanted(machine).map(|declared| &declared.resource) {
            Some(Resource::StateMachine(wanted)) => wanted.role == *arn && wanted.definition == live.definition,
            _ => live.role == *arn,
        };
        // What runs the definition that stays is looked at with the permissions of that.
        let rows = if live.role == *arn && (way == Way::Gap || !stays) {
            lost(survey, machine, live, &revision(live), was, shall)
        } else {
            Vec::new()
        };
        if rows.is_empty() {
            continue;
        }
        let what = actions_on(distinct(&rows).into_iter());
        let (severity, title, help) = match way {
            Way::Shrinks if survey.options.drain => (
                Severity::Note,
                format!("Express executions of {machine} may still need what {role} no longer grants: {what}"),
                "they cannot be counted: --drain keeps it for five minutes after the update, the longest that they run",
            ),
            Way::Shrinks => (
                Severity::Warning,
                format!("Express executions of {machine} that still run then will lose a grant of {role}: {what}"),
                "they cannot be counted, and run for five minutes at most: apply with --drain to keep the grant so long",
            ),
            Way::Gap => (
                Severity::Warning,
                format!(
                    "Express executions of {machine} will be without a grant of {role} while it is made anew: {what}"
                ),
                "they cannot be counted: apply when none runs, or rely on a Retry",
            ),
        };
        let place = survey.place(role);
        notes.find(role, place.on(finding(codes::LOSES_GRANT, severity, title).help(help), "", "declared here"));
    }
    if way == Way::Gap { Vec::new() } else { machines }
}

fn revision(live: &StateMachine) -> Revision {
    Revision { role: live.role.clone(), definition: live.definition.clone(), count: 0 }
}
