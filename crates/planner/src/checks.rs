//! What holds for a plan as a whole.

use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Address, Kind};

use crate::{
    Mode, codes,
    kind::count,
    notes::{Notes, finding},
    survey::{Standing, Survey},
};

/// All checks that look at more than one address.
pub(crate) fn check(survey: &Survey<'_>, notes: &mut Notes) {
    name_case(survey, notes);
    deletes_all(survey, notes);
    search(survey, notes);
    retained_needs(survey, notes);
}

/// What is retained would not work without what it uses, and IAM refuses to delete a policy that it holds. Nor is what it
/// uses made anew in the same apply: cut short, nothing would give it back to what is nobody's by then.
fn retained_needs(survey: &Survey<'_>, notes: &mut Notes) {
    for (user, standing) in &survey.standing {
        let Standing::Forgotten { present } = standing else { continue };
        for used in survey.uses(&present.resource).into_iter().filter(|used| *used != user) {
            let (what, help) = match survey.standing.get(used) {
                Some(Standing::Leaving { .. }) => (
                    "go",
                    format!(
                        "retain {used} as well (declare it with `retain: true` and apply, then take it out), or declare \
                         {user} without `retain`, apply, and let both go"
                    ),
                ),
                Some(Standing::Replaced { .. }) => {
                    ("be replaced", format!("let {user} go in an apply of its own, and replace {used} after"))
                }
                _ => continue,
            };
            let title = format!("{used} cannot {what}: {user} uses it, and is retained");
            let error = survey.place(used).on(Diagnostic::error(codes::RETAINED_NEEDS, title), "", "declared here");
            notes.find(used, error.help(help));
        }
    }
}

/// Two names that IAM takes for one: the new cannot come before the old is gone, and the old goes after what moves to the
/// new.
fn name_case(survey: &Survey<'_>, notes: &mut Notes) {
    let iam = |address: &Address| matches!(address.kind, Kind::Role | Kind::Policy);
    for new in
        survey.standing.keys().filter(|a| iam(a) && matches!(survey.standing.get(*a), Some(Standing::New { .. })))
    {
        for old in survey.ours().map(|(address, _)| address).filter(|a| a.kind == new.kind && *a != new) {
            if old.name.eq_ignore_ascii_case(&new.name) {
                let title = format!("{new} cannot be made while {old} is there: IAM takes the two names for one");
                let error = survey.place(new).on(Diagnostic::error(codes::NAME_CASE, title), "", "declared here");
                let help =
                    format!("keep the spelling {}, or take {} out of the spec and apply before", old.name, old.name);
                notes.find(new, error.help(help));
            }
        }
    }
}

/// A copied spec, or a second repository with the same stack name, would take everything away.
fn deletes_all(survey: &Survey<'_>, notes: &mut Notes) {
    if survey.mode == Mode::Destroy || survey.options.allow_delete_all {
        return;
    }
    // What is renamed stays, under its new name.
    let goes = |address: &Address| survey.is_going(address) && survey.renamed_to(address).is_none();
    let leaving: Vec<&Address> = survey.standing.keys().filter(|address| goes(address)).collect();
    let keeps = survey.tagged().any(|(address, _)| !goes(address));
    if leaving.is_empty() || keeps {
        return;
    }
    let (owner, names) =
        (&survey.desired.owner, leaving.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    let what = count(leaving.len(), "resource", "resources");
    let forgets = leaving.iter().any(|address| !survey.is_leaving(address));
    let verb = if forgets { "delete or forget" } else { "delete" };
    let title = format!("the plan would {verb} all that belongs to {owner} ({what}) and keep nothing");
    let help = format!(
        "{names}: if another spec has the same stack name, give this one another; to go on, --allow-delete-all; to take the stack away, destroy"
    );
    notes.find_plain(Diagnostic::error(codes::DELETES_ALL, title).help(help));
}

/// What left the spec may still be there where the search could not look.
fn search(survey: &Survey<'_>, notes: &mut Notes) {
    for part in &survey.live.search.incomplete {
        let title = "the search for resources that left the spec is incomplete";
        notes.find_plain(finding(codes::SEARCH_INCOMPLETE, Severity::Note, title).help(part.clone()));
    }
}
