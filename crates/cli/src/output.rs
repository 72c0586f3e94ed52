//! The two ways out: data to stdout, everything else to stderr. A reader that goes away ends us quietly.

use std::{
    borrow::Cow,
    io::{IsTerminal, Write},
    sync::{PoisonError, RwLock},
};

use serde::Serialize;
use serde_json::Value;
use statewright_source::visible;
use statewright_spec::Secret;

use crate::secrets::{Keys, Secrets};

/// What no output holds.
static CONCEALED: RwLock<Secrets> = RwLock::new(Secrets::none());
/// A shorter one is a part of too many words: it is redacted where it stands, and nowhere else.
const SHORTEST: usize = 4;

/// From now on no output holds these, whoever says them.
pub(crate) fn conceal(secrets: &[Secret]) {
    CONCEALED.write().unwrap_or_else(PoisonError::into_inner).add(secrets, SHORTEST);
}

/// The text without what is concealed.
pub(crate) fn concealed(text: &str) -> Cow<'_, str> {
    CONCEALED.read().unwrap_or_else(PoisonError::into_inner).out_of(text)
}

/// A writer of whole lines without what is concealed: for the log.
pub(crate) struct Concealing<W>(pub(crate) W);

impl<W: Write> Write for Concealing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write_all(concealed(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Writes data.
pub(crate) fn data(text: &str) {
    write(&mut anstream::stdout(), &concealed(text));
}

/// Writes what is said about it.
pub(crate) fn say(text: &str) {
    write(&mut anstream::stderr(), &concealed(text));
}

/// A line of JSON, as data.
pub(crate) fn json_line(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        let text = harmless(&concealed_json(&text, Value::to_string));
        write(&mut anstream::stdout(), &format!("{text}\n"));
    }
}

/// A JSON document, as data.
pub(crate) fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        let text = harmless(&concealed_json(&text, |value| format!("{value:#}")));
        write(&mut anstream::stdout(), &format!("{text}\n"));
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

/// The same for JSON, whose keys are ours: only values are searched.
fn concealed_json(text: &str, print: impl Fn(&Value) -> String) -> Cow<'_, str> {
    let Cow::Owned(replaced) = concealed(text) else { return Cow::Borrowed(text) };
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return Cow::Owned(replaced) };
    conceal_values(&mut value);
    Cow::Owned(print(&value))
}

/// JSON in which what a terminal would act on, or nobody can see, is escaped: it stands in strings alone, so it says the
/// same.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() || matches!(visible(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_)) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// The same in every value of a document, whose keys are ours.
pub(crate) fn conceal_values(value: &mut Value) {
    CONCEALED.read().unwrap_or_else(PoisonError::into_inner).out_of_value(value, Keys::Ours);
}

fn write(to: &mut impl Write, text: &str) {
    // Nobody is left to tell when a pipe is closed, and the work in hand goes on.
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_concealed_is_in_no_output() {
        conceal(&["hunter2-\"quoted\"\nline", "swordfish", "abc"].map(Secret::new));
        assert_eq!(concealed("a swordfish, abc"), "a (sensitive), abc");
        assert_eq!(concealed("nothing"), "nothing");
        let document = json!({ "swordfish": "swordfish", "list": ["x swordfish", 1, "hunter2-\"quoted\"\nline"] });
        let text = document.to_string();
        let shown: Value = serde_json::from_str(&concealed_json(&text, Value::to_string)).unwrap();
        // A key of ours is never taken for a secret, or nobody could read the document.
        assert_eq!(shown, json!({ "swordfish": "(sensitive)", "list": ["x (sensitive)", 1, "(sensitive)"] }));
        assert_eq!(concealed(&visible("hunter2-\"quoted\"\nline")), "(sensitive)");
        let hidden = json!({ "a": "x\u{202e}y\u{e0041}é" });
        assert_eq!(harmless(&hidden.to_string()), "{\"a\":\"x\\u202ey\\udb40\\udc41é\"}");
        assert_eq!(serde_json::from_str::<Value>(&harmless(&hidden.to_string())).unwrap(), hidden);
        let mut log = Concealing(Vec::new());
        log.write_all(b"sent swordfish\n").unwrap();
        assert_eq!(log.0, b"sent (sensitive)\n");
    }
}
