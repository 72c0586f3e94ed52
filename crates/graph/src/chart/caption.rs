//! What a state is and does, in a few words.

use std::fmt::Write as _;

use statewright_asl::{Retrier, State, StateType};
use statewright_source::{Node, Value, visible};

use super::resource;

/// Line two of a box.
pub(super) fn caption(state: &State<'_>) -> String {
    match state.kind {
        None => match state.text("Type") {
            Some(word) => format!("unknown type {}", visible(word)),
            None => "no type".to_owned(),
        },
        Some(StateType::Task) => resource::in_words(state),
        Some(StateType::Wait) => wait(state),
        Some(StateType::Pass) => pass(state),
        Some(StateType::Choice) => format!("Choice, {}", counted(state.get("Choices"), "rule", "rules")),
        Some(StateType::Succeed) => "Succeed".to_owned(),
        Some(StateType::Fail) => fail(state),
        Some(StateType::Parallel) => format!("Parallel, {}", counted(state.get("Branches"), "branch", "branches")),
        Some(StateType::Map) => map(state),
    }
}

/// What else there is to know of it.
pub(super) fn details(state: &State<'_>, retries: &[Retrier]) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(most) = retries.iter().map(|r| r.max_attempts).max().filter(|most| *most > 0) {
        found.push(format!("retry ×{most}"));
    }
    let seconds = [("TimeoutSeconds", "timeout"), ("HeartbeatSeconds", "heartbeat")];
    for (field, word) in seconds {
        if let Some(value) = either(state, field) {
            let unit = if value.chars().all(|c| c.is_ascii_digit()) { "s" } else { "" };
            found.push(format!("{word} {value}{unit}"));
        }
    }
    if state.kind == Some(StateType::Map) {
        found.extend(state.get("ItemReader").and_then(resource::of_map).map(|words| format!("reads {words}")));
        found.extend(state.get("ResultWriter").and_then(resource::of_map).map(|words| format!("writes {words}")));
        found.extend(either(state, "ToleratedFailurePercentage").map(|n| format!("tolerates {n}%")));
        found.extend(either(state, "ToleratedFailureCount").map(|n| format!("tolerates {n} failed")));
    }
    found
}

fn wait(state: &State<'_>) -> String {
    if let Some(seconds) = state.get("Seconds") {
        let text = plain(seconds);
        let unit = if text.chars().all(|c| c.is_ascii_digit()) { "s" } else { " seconds" };
        return format!("Wait {text}{unit}");
    }
    if let Some(path) = state.text("SecondsPath") {
        return format!("Wait {} seconds", visible(path));
    }
    let until = state.get("Timestamp").or_else(|| state.get("TimestampPath"));
    until.map_or_else(|| "Wait".to_owned(), |until| format!("Wait until {}", plain(until)))
}

fn pass(state: &State<'_>) -> String {
    let set = ["Result", "Parameters", "Output"].iter().find_map(|field| state.get(field));
    match set.map(|node| &node.value) {
        Some(Value::Map(entries)) => match entries.len() {
            1 => "Pass, sets 1 field".to_owned(),
            n => format!("Pass, sets {n} fields"),
        },
        Some(_) => "Pass, sets its output".to_owned(),
        None => match state.get("Assign").and_then(Node::as_map) {
            Some([one]) => format!("Pass, assigns {}", visible(one.key.trim_end_matches(".$"))),
            Some(entries) => format!("Pass, assigns {} variables", entries.len()),
            None => "Pass".to_owned(),
        },
    }
}

fn fail(state: &State<'_>) -> String {
    match either(state, "Error") {
        Some(error) => format!("Fail {error}"),
        None => "Fail".to_owned(),
    }
}

fn map(state: &State<'_>) -> String {
    let processor = state.get("ItemProcessor").or_else(|| state.get("Iterator"));
    let distributed = processor
        .and_then(|p| p.get("ProcessorConfig"))
        .and_then(|c| c.get("Mode"))
        .and_then(Node::as_str)
        .is_some_and(|mode| mode == "DISTRIBUTED");
    let mut words = if distributed { "Distributed Map" } else { "Map" }.to_owned();
    if let Some(items) = state.get("Items").or_else(|| state.get("ItemsPath")) {
        words.push_str(" over ");
        let _ = match &items.value {
            Value::Seq(list) => write!(words, "{} items", list.len()),
            _ => write!(words, "{}", plain(items)),
        };
    }
    if let Some(most) = either(state, "MaxConcurrency").filter(|n| n != "0") {
        let _ = write!(words, ", {most} at once");
    }
    words
}

/// A field, or the one that gives its path.
fn either(state: &State<'_>, field: &str) -> Option<String> {
    state.get(field).or_else(|| state.get(&format!("{field}Path"))).map(plain)
}

/// A value as it is read: a string without its quotes, an expression without its brackets.
fn plain(node: &Node) -> String {
    match node.as_str() {
        Some(text) => {
            let inner = text.strip_prefix("{%").and_then(|t| t.strip_suffix("%}")).map_or(text, str::trim);
            visible(inner).into_owned()
        }
        None => visible(&node.to_json().to_string()).into_owned(),
    }
}

fn counted(list: Option<&Node>, one: &str, many: &str) -> String {
    match list.and_then(Node::as_seq).unwrap_or_default().len() {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}
