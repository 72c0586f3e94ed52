//! How this crate does on cases that others wrote: a corpus of recorded answers of AWS and of peers, one JSON object a line.
//!
//! The functions here take text and give verdicts; `examples/conformance.rs` reads and writes the files.

mod documents;
mod machines;
mod requests;

use serde::Serialize;
use serde_json::Value;

/// The answer for one row.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// The file, as `iam/equivalence.jsonl`.
    pub file: String,
    /// The row, from 0.
    pub row: usize,
    /// What we say.
    pub verdict: Value,
    /// The row's own name.
    #[serde(skip)]
    pub name: String,
    /// Whether it is what the row expects; `None` where the row is not scored.
    #[serde(skip)]
    pub right: Option<bool>,
    /// What was expected, and why a row is not scored.
    #[serde(skip)]
    pub note: String,
}

/// The files of a corpus that this crate answers.
pub const FILES: [&str; 7] = [
    "equivalence.jsonl",
    "evaluation.jsonl",
    "widening.jsonl",
    "lint.jsonl",
    "iam-api-truth.jsonl",
    "managed-policies.jsonl",
    "cdk-synth.jsonl",
];

/// The answers for a file of [`FILES`], given its text. A line that is no JSON is answered as `null` and not scored.
pub fn answer(file: &str, text: &str) -> Vec<Case> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .enumerate()
        .map(|(at, line)| {
            let row: Value = serde_json::from_str(line).unwrap_or_default();
            let (verdict, expected) = match file {
                "equivalence.jsonl" => documents::equivalence(&row),
                "evaluation.jsonl" => requests::evaluation(&row),
                "widening.jsonl" => documents::widening(&row),
                "lint.jsonl" => documents::lint(&row),
                "iam-api-truth.jsonl" => documents::api_truth(&row),
                "managed-policies.jsonl" => documents::managed(&row),
                "cdk-synth.jsonl" => machines::cdk_synth(&row),
                _ => (Value::Null, Expected::Nothing("not a file of ours")),
            };
            let name = ["id", "name", "policy_name", "test"].iter().find_map(|key| row[*key].as_str()).unwrap_or("");
            let (right, note) = match expected {
                Expected::Nothing(why) => (None, why.to_owned()),
                Expected::Right(right, what) => (row.get("skip").is_none().then_some(right), what),
            };
            Case { file: format!("iam/{file}"), row: at, verdict, name: name.to_owned(), right, note }
        })
        .collect()
}

/// Whether a verdict is what a row expects.
enum Expected {
    /// The row says nothing that could be compared.
    Nothing(&'static str),
    /// Right or not, and what was expected.
    Right(bool, String),
}

/// How many of the scored rows are right, and how many rows are scored.
pub fn score(cases: &[Case]) -> (usize, usize) {
    let scored = cases.iter().filter_map(|c| c.right);
    (scored.clone().filter(|right| *right).count(), scored.count())
}
