//! What readers of a plan see.

use insta::assert_snapshot;
use statewright_source::Sources;

use super::{json, markdown, samples::plan, text};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn in_a_terminal() {
    assert_snapshot!(plain(&text(&plan(), &Sources::default())));
}

#[test]
fn in_a_pull_request() {
    assert_snapshot!(markdown(&plan(), &Sources::default()));
}

#[test]
fn for_programs() {
    let shown = serde_json::to_string_pretty(&json(&[plan()], &Sources::default())).unwrap();
    assert_snapshot!(shown);
}

#[test]
fn several_stacks_for_programs() {
    let shown = serde_json::to_value(json(&[plan(), plan()], &Sources::default())).unwrap();
    assert_eq!(shown["stacks"].as_array().map(Vec::len), Some(2));
    assert_eq!(shown["format_version"], "1.0");
}
