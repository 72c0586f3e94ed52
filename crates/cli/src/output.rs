//! The two ways out: data to stdout, everything else to stderr. A reader that goes away ends us quietly.

use std::io::{IsTerminal, Write};

use serde::Serialize;

/// Writes data.
pub(crate) fn data(text: &str) {
    write(&mut anstream::stdout(), text);
}

/// Writes what is said about it.
pub(crate) fn say(text: &str) {
    write(&mut anstream::stderr(), text);
}

/// A line of JSON, as data.
pub(crate) fn json_line(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        data(&format!("{text}\n"));
    }
}

/// A JSON document, as data.
pub(crate) fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        data(&format!("{text}\n"));
    }
}

/// Whether a person reads stderr and can answer on stdin.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Whether stderr is a terminal, on which lines may be redrawn.
pub(crate) fn is_live() -> bool {
    std::io::stderr().is_terminal()
}

/// How many columns stdout has, where it is a terminal.
pub(crate) fn width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

fn write(to: &mut impl Write, text: &str) {
    // Nobody is left to tell when a pipe is closed, and the work in hand goes on.
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
