//! A plan for a pull request: a summary first, the changes folded behind it.

use std::fmt::Write as _;

use statewright_asl::ChangeKind;
use statewright_planner::{Change, Plan, Step};
use statewright_source::{Sources, visible};

use crate::view::{
    finding,
    permissions::{self, Line},
};

use super::{
    calls, counts,
    definition::{self, Row},
    value::{Display, display},
};

/// The plan as GitHub-flavoured Markdown. Other people's text stands in code spans or fenced blocks that it cannot close.
pub(crate) fn markdown(plan: &Plan, sources: &Sources) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "### {} in {}\n", code(&plan.owner.to_string()), code(plan.identity.account.as_str()));
    let _ = writeln!(out, "**{}**\n", counts(plan));
    if !plan.steps.is_empty() {
        let _ = writeln!(out, "| | | address | what | calls |\n|--:|:-:|---|---|---|");
    }
    for step in &plan.steps {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            step.id.0,
            step.action.glyph(),
            code(&step.address.to_string()),
            cell(&definition::title(plan, step)),
            calls(step).iter().map(|call| code(call)).collect::<Vec<_>>().join(", "),
        );
    }
    for step in plan.steps.iter().filter(|step| !step.changes.is_empty()) {
        write_changes(&mut out, plan, step);
    }
    let risks: Vec<_> = plan.steps.iter().filter_map(|step| Some((step, step.risk.as_ref()?))).collect();
    if !risks.is_empty() {
        let _ = writeln!(out);
        for (step, risk) in risks {
            let _ = writeln!(out, "- ⚠ {}: {}", code(&step.address.to_string()), cell(risk));
        }
    }
    let lines: Vec<String> = permissions::summary(plan).iter().map(Line::plain).collect();
    if !lines.is_empty() {
        let shown = lines.join("\n");
        let _ = writeln!(out, "\n<details><summary>Permissions</summary>\n\n{}\n</details>", fenced("", shown.trim()));
    }
    let (found, rest) = (finding::for_plan(&plan.findings), finding::rest(&plan.findings));
    if !found.is_empty() {
        let shown = finding::plain(sources, &found);
        let _ = writeln!(out, "\n<details open><summary>Findings</summary>\n\n{}\n</details>", fenced("", &shown));
    }
    if !rest.is_empty() {
        let _ = write!(out, "\n{rest}");
    }
    out
}

fn write_changes(out: &mut String, plan: &Plan, step: &Step) {
    let mut body = String::new();
    let (changes, rows) = definition::split(plan, step);
    for change in changes {
        write_change(&mut body, change);
    }
    for row in &rows {
        match row {
            Row::Change(change) => write_change(&mut body, change),
            Row::State { label, what, note } => {
                let (sign, word) = match what {
                    ChangeKind::Added => ("+", "added "),
                    ChangeKind::Removed => ("-", "removed "),
                    ChangeKind::Renamed => ("+", "renamed "),
                    ChangeKind::Changed => ("+", ""),
                };
                let _ = writeln!(body, "{sign} {}: {word}{}", visible(label), visible(note));
            }
        }
    }
    let _ = writeln!(
        out,
        "\n<details><summary>{} <code>{}</code></summary>\n\n{}\n</details>",
        step.action.glyph(),
        html(&step.address.to_string()),
        fenced("diff", &body)
    );
}

fn write_change(body: &mut String, change: &Change) {
    let path = visible(&change.path);
    match display(change) {
        Display::Inline { before, after } => {
            let same = before == after;
            if let Some(before) = before {
                let _ = writeln!(body, "- {path}: {before}");
            }
            if let Some(after) = after {
                let after = if same && after == "(sensitive)" { "(sensitive, changed)" } else { &after };
                let _ = writeln!(body, "+ {path}: {after}");
            }
        }
        Display::Diff(lines) => {
            let _ = writeln!(body, "  {path}:");
            for line in lines {
                let _ = writeln!(body, "{}", format!("{} {}", line.sign.as_str(), line.text).trim_end());
            }
        }
    }
}

/// A fenced block whose fence is longer than any run of backticks inside.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// A code span that a pipe, a newline or a backtick inside cannot leave.
fn code(text: &str) -> String {
    let text = visible(text).replace('|', "\\|").replace(['\n', '\r'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// Plain text in a table's cell.
fn cell(text: &str) -> String {
    html(text)
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
        .replace('`', "'")
        .replace('*', "\\*")
        .replace('_', "\\_")
        .replace('[', "\\[")
}

fn html(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
