//! The cases of `../shared/corpus/iam`, where it is there.

use std::path::PathBuf;

use serde_json::Value;

/// The rows of a file, or `None` where the corpus is absent.
pub(super) fn rows(file: &str) -> Option<Vec<Value>> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/iam")).join(file);
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn every_row_of_equivalence() {
    let Some(rows) = rows("equivalence.jsonl") else { return };
    let wrong: Vec<_> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| crate::equivalent(&row["a"], &row["b"]) != row["equal"].as_bool().unwrap())
        .map(|(at, row)| (at, row["name"].clone()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
