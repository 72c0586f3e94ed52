//! Words, glyphs and colours of an execution: the glyph, the word and the colour say the same.

use std::{borrow::Cow, time::Duration};

use anstyle::{AnsiColor, Style};
use statewright_asl::EdgeKind;
use statewright_execution::{Execution, ExecutionStatus, Status, Text, Visit};
use statewright_source::visible;

/// A status as it is shown.
pub(super) struct Face {
    pub(super) glyph: &'static str,
    /// In a terminal.
    pub(super) word: &'static str,
    /// In a line of a log.
    pub(super) shout: &'static str,
    pub(super) style: Style,
}

const fn of(glyph: &'static str, word: &'static str, shout: &'static str, style: Style) -> Face {
    Face { glyph, word, shout, style }
}

/// Of a state.
pub(super) const fn face(status: Status) -> Face {
    let plain = Style::new();
    match status {
        Status::NotReached => of("·", "next", "NOT_REACHED", plain.dimmed()),
        Status::Running => of("▶", "running", "RUNNING", AnsiColor::Blue.on_default()),
        Status::WaitingForToken => of("⏸", "waiting", "WAITING_FOR_TOKEN", AnsiColor::Blue.on_default()),
        Status::Retrying => of("▶", "retrying", "RETRYING", AnsiColor::Blue.on_default().bold()),
        Status::Succeeded => of("✓", "done", "SUCCEEDED", AnsiColor::Green.on_default()),
        Status::Caught => of("!", "caught", "CAUGHT", AnsiColor::Yellow.on_default()),
        Status::Failed => of("✕", "FAILED", "FAILED", AnsiColor::Red.on_default().bold()),
        Status::TimedOut => of("◷", "TIMED OUT", "TIMED_OUT", AnsiColor::Red.on_default().bold()),
        Status::Aborted => of("■", "aborted", "ABORTED", AnsiColor::Magenta.on_default()),
    }
}

/// Of an execution.
pub(super) const fn execution_face(status: ExecutionStatus) -> Face {
    match status {
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => face(Status::Running),
        ExecutionStatus::Succeeded => face(Status::Succeeded),
        ExecutionStatus::Failed => face(Status::Failed),
        ExecutionStatus::TimedOut => face(Status::TimedOut),
        ExecutionStatus::Aborted => face(Status::Aborted),
    }
}

/// `0.8s`, `41s`, `1m42s`, `2h05m`.
pub(crate) fn duration(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..10 => format!("{}.{}s", seconds, took.subsec_millis() / 100),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `4s`, `1.5s`.
pub(super) fn seconds(wait: f64) -> String {
    format!("{}s", (wait * 10.0).round() / 10.0)
}

/// Where a visit led, and by which way: `default -> Pay`.
pub(super) fn way(execution: &Execution, visit: &Visit) -> Option<String> {
    let next = visit.next.as_ref()?;
    let edges = execution.outline().flow().map(|flow| flow.edges.as_slice()).unwrap_or_default();
    let mut labels: Vec<String> = Vec::new();
    for edge in next.edges.iter().filter_map(|index| edges.get(*index)) {
        let label = match &edge.kind {
            EdgeKind::Next => continue,
            EdgeKind::Choice { condition, .. } => short(condition, 48).into_owned(),
            EdgeKind::Default => "default".to_owned(),
            EdgeKind::Catch { errors, .. } => format!("catch {}", short(&errors.join(", "), 48)),
        };
        labels.push(label);
    }
    let label = labels.join(" or ");
    let space = if label.is_empty() { "" } else { " " };
    Some(format!("{}{space}-> {}", visible(&label), visible(&next.state)))
}

/// `try 2/4`, where there is more than one.
pub(super) fn tries(visit: &Visit) -> Option<String> {
    let tried = visit.tried() as u64;
    match visit.tries_allowed {
        Some(allowed) if allowed > 1 => Some(format!("try {tried}/{allowed}")),
        _ if tried > 1 => Some(format!("try {tried}")),
        _ => None,
    }
}

/// A text in one line, its middle left out where it is long.
pub(super) fn short(text: &str, most: usize) -> Cow<'_, str> {
    let count = text.chars().count();
    if count <= most {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (most.saturating_sub(1).div_ceil(2), most.saturating_sub(1) / 2);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    Cow::Owned(format!("{start}…{end}"))
}

/// A text of AWS's in lines to be shown: JSON is laid out, an exception's JSON becomes its words and its trace.
pub(super) fn lines_of(text: Text<'_>, most: usize) -> Vec<String> {
    let json = text.is_whole().then(|| serde_json::from_str::<serde_json::Value>(text.text).ok()).flatten();
    let whole = match &json {
        Some(value) if value["errorMessage"].is_string() => exception(value),
        Some(value) if value.is_object() || value.is_array() => format!("{value:#}"),
        _ => text.text.to_owned(),
    };
    let mut lines: Vec<String> = whole.lines().map(|line| visible(line).into_owned()).collect();
    if lines.len() > most {
        let more = lines.len() - most;
        lines.truncate(most);
        lines.push(format!("… {more} more lines"));
    }
    if !text.is_whole() {
        lines.push(format!("… of {} bytes", text.bytes));
    }
    lines
}

/// What Lambda makes of an exception.
fn exception(value: &serde_json::Value) -> String {
    let mut out = value["errorMessage"].as_str().unwrap_or_default().to_owned();
    for line in
        value["stackTrace"].as_array().into_iter().flatten().chain(value["trace"].as_array().into_iter().flatten())
    {
        out.push('\n');
        out.push_str(line.as_str().unwrap_or_default().trim_end());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_parts_at_most() {
        let check = |ms: u64, expect: &str| assert_eq!(duration(Duration::from_millis(ms)), expect);
        check(0, "0.0s");
        check(840, "0.8s");
        check(41_900, "41s");
        check(102_000, "1m42s");
        check(7_500_000, "2h05m");
    }

    #[test]
    fn the_middle_goes_first() {
        assert_eq!(short("abc", 3), "abc");
        assert_eq!(short("abcdefgh", 5), "ab…gh");
    }

    #[test]
    fn an_exception_is_its_words_and_its_trace() {
        let text =
            r#"{"errorMessage": "no such day", "errorType": "ValueError", "stackTrace": ["  File \"app.py\"\n"]}"#;
        let lines = lines_of(Text { text, bytes: text.len() }, 9);
        assert_eq!(lines, ["no such day", "  File \"app.py\""]);
        assert_eq!(lines_of(Text { text: "\u{1b}[31mred", bytes: 99 }, 9), ["\\u{1b}[31mred", "… of 99 bytes"]);
    }
}
