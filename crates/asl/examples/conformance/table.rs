//! The table that is printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use statewright_source::Severity;

use crate::case::{Label, Outcome};

#[derive(Default)]
struct Row {
    valid: usize,
    alarms: usize,
    invalid: usize,
    found: usize,
    aws: usize,
    as_aws: usize,
    places: usize,
    met: usize,
    unknown: usize,
    refused: usize,
}

/// The table by source and by query language, and the cases that did not come out as their label says.
pub(crate) fn render(outcomes: &[Outcome<'_>]) -> String {
    let mut text = String::new();
    by(&mut text, "source", outcomes, |o| o.case.source.clone());
    text.push('\n');
    by(&mut text, "language", outcomes, |o| o.case.language.clone());
    list(&mut text, "False alarms (labelled valid, refused here)", outcomes, |o| {
        o.case.label == Label::Valid && o.refused()
    });
    list(&mut text, "Misses (labelled invalid, accepted here)", outcomes, |o| {
        o.case.label == Label::Invalid && !o.refused()
    });
    list(&mut text, "Refused, but not with AWS's code and place", outcomes, |o| {
        o.case.label == Label::Invalid && o.refused() && !o.as_aws()
    });
    list(&mut text, "Places of the language service that are not met", outcomes, |o| {
        o.places_met() < o.case.places.len()
    });
    let mut times: Vec<f64> = outcomes.iter().map(|o| o.took.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let worst = times.last().copied().unwrap_or_default();
    let _ = writeln!(text, "\n{} cases; median {median:.3} ms, slowest {worst:.3} ms", outcomes.len());
    text
}

fn by(text: &mut String, name: &str, outcomes: &[Outcome<'_>], key: impl Fn(&Outcome<'_>) -> String) {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for outcome in outcomes {
        for key in [key(outcome), "all".to_owned()] {
            add(rows.entry(key).or_default(), outcome);
        }
    }
    let _ = writeln!(
        text,
        "{name:<36} {:>6} {:>7} {:>8} {:>6} {:>9} {:>12} {:>16}",
        "valid", "alarms", "invalid", "found", "as AWS", "places", "unknown/refused"
    );
    let all = rows.remove("all");
    for (key, row) in rows.iter().map(|(k, r)| (k.as_str(), r)).chain(all.iter().map(|r| ("all", r))) {
        let _ = writeln!(
            text,
            "{key:<36} {:>6} {:>7} {:>8} {:>6} {:>9} {:>12} {:>16}",
            row.valid,
            row.alarms,
            row.invalid,
            row.found,
            format!("{}/{}", row.as_aws, row.aws),
            format!("{}/{}", row.met, row.places),
            format!("{}/{}", row.unknown, row.refused),
        );
    }
}

fn add(row: &mut Row, outcome: &Outcome<'_>) {
    match outcome.case.label {
        Label::Valid => {
            row.valid += 1;
            row.alarms += usize::from(outcome.refused());
        }
        Label::Invalid => {
            row.invalid += 1;
            row.found += usize::from(outcome.refused());
            if !outcome.case.aws.is_empty() {
                row.aws += 1;
                row.as_aws += usize::from(outcome.as_aws());
            }
        }
        Label::Unknown => {
            row.unknown += 1;
            row.refused += usize::from(outcome.refused());
        }
    }
    row.places += outcome.case.places.len();
    row.met += outcome.places_met();
}

fn list(text: &mut String, title: &str, outcomes: &[Outcome<'_>], which: impl Fn(&Outcome<'_>) -> bool) {
    let chosen: Vec<_> = outcomes.iter().filter(|o| which(o)).collect();
    if chosen.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}: {}", chosen.len());
    for outcome in chosen {
        let errors: Vec<String> = outcome
            .findings
            .iter()
            .filter(|f| f.diagnostic.severity == Severity::Error)
            .take(3)
            .map(|f| format!("{} {}", f.diagnostic.code, f.diagnostic.title))
            .collect();
        let _ = writeln!(text, "  {}  {}", outcome.case.file, errors.join("; "));
    }
}
