//! Published versions that an alias leads to: each starts executions of its own definition with its own role, whatever the
//! machine has become.

use statewright_iam::permissions::Row;
use statewright_source::Severity;
use statewright_spec::{Address, Arn, Resource};

use super::{Granted, Way, distinct, goes, lost, states, unknown};
use crate::{
    Answer, Published, Question, Revision, codes,
    notes::{Notes, finding},
    permissions::actions_on,
    survey::{Survey, is_deleting},
};

/// Tells of each version that will start executions which lack what the role does not grant any more. Nothing waits for
/// them: they are no executions yet, and there is no end to them.
pub(super) fn check(
    survey: &Survey<'_>,
    (role, arn): (&Address, &Arn),
    way: Way,
    (was, shall): (&Granted, &Granted),
    notes: &mut Notes,
) {
    for (machine, user) in survey.ours().filter(|(_, user)| !is_deleting(user)) {
        let Resource::StateMachine(live) = &user.resource else { continue };
        if goes(survey, machine) {
            // They go with it.
            continue;
        }
        let question = Question::Published(user.arn.clone());
        let versions = match survey.live.answers.get(&question) {
            Some(Answer::Published(versions)) => versions,
            Some(Answer::Unreadable(refusal)) => {
                unknown(survey, notes, "versions", (role, machine), refusal);
                continue;
            }
            _ => {
                notes.asked.insert(question);
                continue;
            }
        };
        for version in versions.iter().filter(|version| version.role == *arn) {
            let revision = Revision { role: arn.clone(), definition: version.definition.clone(), count: 0 };
            let rows = lost(survey, machine, live, &revision, was, shall);
            if !rows.is_empty() {
                tell(survey, notes, (role, machine), version, (way, &rows));
            }
        }
    }
}

fn tell(
    survey: &Survey<'_>,
    notes: &mut Notes,
    (role, machine): (&Address, &Address),
    version: &Published,
    (way, rows): (Way, &[Row]),
) {
    let aliases: Vec<&str> = version.aliases.iter().map(String::as_str).collect();
    let (aliases, start) = match *aliases {
        [alias] => (format!("alias {alias}"), "starts"),
        _ => (format!("aliases {}", aliases.join(", ")), "start"),
    };
    let number = &version.number;
    let what = actions_on(distinct(rows).into_iter());
    let which = format!("{aliases} of {machine} {start} version {number}, which");
    let (title, help) = match way {
        Way::Shrinks => (
            format!("{which} will lose a grant of {role}: {what}"),
            format!("its executions will fail at {}: keep the grant until no alias leads to it", states(rows)),
        ),
        Way::Gap => (
            format!("{which} will be without a grant of {role} while it is made anew: {what}"),
            format!("a call of {} in that gap fails", states(rows)),
        ),
    };
    let finding = finding(codes::LOSES_GRANT, Severity::Warning, title).help(help);
    notes.find(role, survey.place(role).on(finding, "", "declared here"));
}
