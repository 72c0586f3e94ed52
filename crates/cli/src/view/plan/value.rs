//! How a value of a plan is shown: on one line where it fits, as a unified diff where it does not.

use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use statewright_planner::{Change, Shown};
use statewright_source::visible;

/// The longest value that is compared on one line, in characters: longer ones are shown as a diff.
const LINE: usize = 72;
/// The longest value that is shown on one line where there is nothing to compare it with: an ARN is shown whole.
const LONGEST: usize = 120;

/// How one change is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Display {
    /// `60 → 300`
    Inline {
        /// `None` where there was nothing.
        before: Option<String>,
        /// `None` where nothing shall be.
        after: Option<String>,
    },
    /// A unified diff, three lines of context.
    Diff(Vec<Line>),
}

/// A line of a diff.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) sign: Sign,
    pub(super) text: String,
}

/// What happens to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Added,
    Removed,
    Context,
    /// Lines were left out here.
    Gap,
}

impl Sign {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Removed => "-",
            Self::Context => " ",
            Self::Gap => "…",
        }
    }
}

/// Chooses the form.
pub(super) fn display(change: &Change) -> Display {
    if let (Shown::Absent, Shown::Value(value)) = (&change.before, &change.after) {
        if let Some(lines) = statements(value) {
            return Display::Diff(lines);
        }
        if let Some(machine) = machine(value) {
            return Display::Inline { before: None, after: Some(machine) };
        }
    }
    if let (Some(before), Some(after)) = (lines(&change.before), lines(&change.after)) {
        let fits = |text: &str| !text.contains('\n') && text.chars().count() <= LINE;
        if !(fits(&before) && fits(&after)) {
            return Display::Diff(unified(&before, &after));
        }
    }
    Display::Inline { before: inline(&change.before), after: inline(&change.after) }
}

/// A new policy document, a statement a line.
fn statements(value: &Value) -> Option<Vec<Line>> {
    value.get("Statement")?;
    let nothing = json!({ "Version": value.get("Version"), "Statement": [] });
    let told = statewright_iam::describe(&statewright_iam::diff(&nothing, value));
    let lines: Option<Vec<_>> = told
        .iter()
        .map(|line| Some(Line { sign: Sign::Added, text: visible(line.strip_prefix("+ ")?).into_owned() }))
        .collect();
    lines.filter(|lines| !lines.is_empty())
}

/// A new definition, in a few words.
fn machine(value: &Value) -> Option<String> {
    let states = value.get("States")?.as_object()?.len();
    let start = value.get("StartAt")?.as_str()?;
    Some(format!("{states} state{}, from {}", if states == 1 { "" } else { "s" }, quoted(start)))
}

/// What a value is compared by, line by line; `None` for what has no lines.
fn lines(shown: &Shown) -> Option<String> {
    match shown {
        Shown::Absent | Shown::Sensitive => None,
        Shown::Default(value) | Shown::Value(value) => Some(match value {
            Value::String(text) => text.clone(),
            Value::Object(_) | Value::Array(_) if compact(value).chars().count() > LINE => pretty(value),
            other => compact(other),
        }),
    }
}

/// One line for a value that may not fit: what does not is cut and counted.
fn inline(shown: &Shown) -> Option<String> {
    let text = match shown {
        Shown::Absent => return None,
        Shown::Sensitive => return Some("(sensitive)".to_owned()),
        Shown::Default(value) => format!("{} (default)", compact(value)),
        Shown::Value(value) => compact(value),
    };
    let count = text.chars().count();
    Some(if count > LONGEST {
        format!("{}… ({count} characters)", text.chars().take(LINE - 12).collect::<String>())
    } else {
        text
    })
}

/// JSON on one line, with a space behind colons and commas; other people's control characters are made visible.
fn compact(value: &Value) -> String {
    match value {
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let inside: Vec<_> = map.iter().map(|(k, v)| format!("{}: {}", quoted(k), compact(v))).collect();
            format!("{{ {} }}", inside.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(", ")),
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn quoted(text: &str) -> String {
    visible(&Value::from(text).to_string()).into_owned()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

fn unified(before: &str, after: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (group, ops) in diff.grouped_ops(3).iter().enumerate() {
        let skipped = ops.first().is_some_and(|op| op.old_range().start > 0);
        if group > 0 || skipped {
            lines.push(Line { sign: Sign::Gap, text: String::new() });
        }
        for change in ops.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Insert => Sign::Added,
                ChangeTag::Delete => Sign::Removed,
                ChangeTag::Equal => Sign::Context,
            };
            let text = visible(change.value().trim_end_matches(['\n', '\r'])).into_owned();
            lines.push(Line { sign, text });
        }
    }
    lines
}
