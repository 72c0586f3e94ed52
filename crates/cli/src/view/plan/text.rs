//! A plan in a terminal.

use std::fmt::Write as _;

use statewright_asl::ChangeKind;
use statewright_planner::{Change, Plan, Step};
use statewright_source::{Sources, visible};

use super::{
    calls, counts,
    definition::{self, Row},
    value::{Display, Sign, display},
};
use crate::view::{
    finding, permissions,
    style::{self, paint},
};

/// How wide a plan is drawn where lines are filled.
const WIDTH: usize = 100;

/// The plan, styled with ANSI escapes; whoever prints it strips them where they are not wanted.
pub(crate) fn text(plan: &Plan, sources: &Sources) -> String {
    let mut out = String::new();
    let where_ = format!("{} · {}", plan.owner, plan.identity.account);
    let gap = " ".repeat(WIDTH.saturating_sub(where_.chars().count() + plan.spec_name.chars().count()).max(2));
    let _ = writeln!(out, "{}{gap}{}\n", paint(style::STRONG, &where_), paint(style::QUIET, visible(&plan.spec_name)));
    let numbers = plan.steps.len().to_string().len();
    let names = plan.steps.iter().map(|s| s.address.to_string().chars().count()).max().unwrap_or(0).min(56);
    for step in &plan.steps {
        write_step(&mut out, plan, step, numbers, names);
    }
    match plan.unchanged.len() {
        0 => {}
        n => {
            let _ = writeln!(out, "  {:numbers$} = {n} unchanged", "");
        }
    }
    for line in permissions::summary(plan) {
        let _ = writeln!(out, "{}", line.painted());
    }
    let (shown, rest) = (finding::for_plan(&plan.findings), finding::rest(&plan.findings));
    if !shown.is_empty() {
        let _ =
            writeln!(out, "\n{}\n\n{}", paint(style::STRONG, "Forecast"), finding::text(sources, &shown).trim_end());
    }
    if !rest.is_empty() {
        let _ = write!(out, "\n{}", paint(style::QUIET, rest));
    }
    if !plan.steps.is_empty() {
        let _ = write!(out, "\n{}", call_lines(plan));
    }
    let _ = writeln!(out, "\n{}", paint(style::STRONG, counts(plan)));
    out
}

fn write_step(out: &mut String, plan: &Plan, step: &Step, numbers: usize, names: usize) {
    let painted = style::action(step.action);
    let name = step.address.to_string();
    let pad = " ".repeat(names.saturating_sub(name.chars().count()));
    let _ = writeln!(
        out,
        "  {} {} {}{pad}  {}",
        paint(style::QUIET, format!("{:>numbers$}", step.id.0)),
        paint(painted, step.action.glyph()),
        paint(painted, visible(&name)),
        visible(&definition::title(plan, step)),
    );
    let indent = " ".repeat(numbers + 7);
    let (changes, rows) = definition::split(plan, step);
    let wide = |path: &str| path.chars().count();
    let inside = rows.iter().map(|row| match row {
        Row::Change(change) => wide(&change.path),
        Row::State { label, .. } => wide(label),
    });
    let paths = changes.iter().map(|change| wide(&change.path)).chain(inside).max().unwrap_or(0).min(44);
    for change in changes {
        write_change(out, change, &indent, paths);
    }
    for row in &rows {
        match row {
            Row::Change(change) => write_change(out, change, &indent, paths),
            Row::State { label, what, note } => write_state(out, (label, *what, note), &indent, paths),
        }
    }
    if let Some(risk) = &step.risk {
        let _ = writeln!(out, "{indent}{} {}", paint(style::CHANGED, "!"), visible(risk));
    }
}

fn write_state(out: &mut String, (label, what, note): (&str, ChangeKind, &str), indent: &str, paths: usize) {
    let label = visible(label);
    let pad = " ".repeat(paths.saturating_sub(label.chars().count()));
    let (style, said) = match what {
        ChangeKind::Added => (style::ADDED, format!("+ added {note}")),
        ChangeKind::Removed => (style::REMOVED, format!("- removed {note}")),
        ChangeKind::Renamed => (style::CHANGED, format!("renamed {note}")),
        ChangeKind::Changed => (style::CHANGED, note.to_owned()),
    };
    let _ = writeln!(out, "{indent}{label}{pad}  {}", paint(style, visible(&said)));
}

fn write_change(out: &mut String, change: &Change, indent: &str, paths: usize) {
    let path = visible(&change.path);
    let pad = " ".repeat(paths.saturating_sub(path.chars().count()));
    match display(change) {
        Display::Inline { before: None, after: Some(after) } => {
            let _ = writeln!(out, "{indent}{path}{pad}  {}", paint(style::ADDED, format!("+ {after}")));
        }
        Display::Inline { before: Some(before), after: None } => {
            let _ = writeln!(out, "{indent}{path}{pad}  {}", paint(style::REMOVED, format!("- {before}")));
        }
        Display::Inline { before, after } => {
            let [before, after] = [before, after].map(Option::unwrap_or_default);
            let after =
                if before == after && before == "(sensitive)" { "(sensitive, changed)".to_owned() } else { after };
            let _ = writeln!(
                out,
                "{indent}{path}{pad}  {} → {}",
                paint(style::REMOVED, before),
                paint(style::ADDED, after)
            );
        }
        Display::Diff(lines) => {
            let _ = writeln!(out, "{indent}{path}");
            for line in lines {
                let painted = match line.sign {
                    Sign::Added => style::ADDED,
                    Sign::Removed => style::REMOVED,
                    Sign::Context | Sign::Gap => style::QUIET,
                };
                let _ = writeln!(
                    out,
                    "{indent}  {}",
                    paint(painted, format!("{} {}", line.sign.as_str(), line.text).trim_end())
                );
            }
        }
    }
}

/// `Calls: 1 iam:CreatePolicy  2 iam:CreateRole, iam:AttachRolePolicy ×2`, filled to the width.
fn call_lines(plan: &Plan) -> String {
    let mut lines = vec!["Calls:".to_owned()];
    for step in &plan.steps {
        let calls = calls(step);
        if calls.is_empty() {
            continue;
        }
        let item = format!("{} {}", step.id.0, calls.join(", "));
        let line = lines.last_mut().map_or(0, |l| l.chars().count());
        if line + 2 + item.chars().count() > WIDTH && line > 6 {
            lines.push("      ".to_owned());
        }
        if let Some(last) = lines.last_mut() {
            let gap = if last.trim_end().len() <= 6 { " " } else { "  " };
            *last = format!("{last}{gap}{item}");
        }
    }
    lines.join("\n") + "\n"
}
