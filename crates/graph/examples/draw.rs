//! Draws definitions, for a look at them: `cargo run -p statewright-graph --example draw -- FILE.asl.json > picture.svg`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of ours, run by hand")]

use statewright_asl::Definition;
use statewright_graph::{Chart, Paint, Theme, layout, svg};
use statewright_source::{FileId, parse_json, parse_yaml};

fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = if text.trim_start().starts_with('{') {
            parse_json(FileId(0), &text)
        } else {
            parse_yaml(FileId(0), &text)
        };
        let root = parsed.root.unwrap();
        let chart = Chart::of(&Definition::of(&root));
        let placed = layout(&chart, &Paint::Plain);
        println!("{}", svg(&chart, &placed, &Paint::Plain, Theme::Auto, &path));
    }
}
