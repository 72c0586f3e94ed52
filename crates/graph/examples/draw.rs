//! Draws definitions, for a look at them: `cargo run -p statewright-graph --example draw -- FILE.asl.json > picture.svg`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of ours, run by hand")]

use statewright_asl::Definition;
use statewright_graph::{Chart, Paint, TextOptions, Theme, layout, svg, text};
use statewright_source::{FileId, parse_json, parse_yaml};

fn main() {
    for path in std::env::args().skip(1) {
        let source = std::fs::read_to_string(&path).unwrap();
        let parsed = if source.trim_start().starts_with('{') {
            parse_json(FileId(0), &source)
        } else {
            parse_yaml(FileId(0), &source)
        };
        let root = parsed.root.unwrap();
        let chart = Chart::of(&Definition::of(&root));
        if std::env::var_os("TEXT").is_some() {
            let width = std::env::var("COLUMNS").ok().and_then(|w| w.parse().ok());
            println!(
                "{}",
                text(&chart, &Paint::Plain, TextOptions { width, ascii: std::env::var_os("ASCII").is_some() })
            );
            continue;
        }
        let placed = layout(&chart, &Paint::Plain);
        println!("{}", svg(&chart, &placed, &Paint::Plain, Theme::Auto, &path));
    }
}
