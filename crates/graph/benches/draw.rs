//! How long a picture takes: an ordinary machine, and one as large as people dare, also with many catchers of one state.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::{fmt::Write as _, hint::black_box};

use criterion::{Criterion, criterion_group, criterion_main};
use statewright_asl::Definition;
use statewright_graph::{Chart, Paint, TextOptions, Theme, dot, layout, mermaid, svg, text};
use statewright_source::{FileId, parse_json};

/// Tasks in a row with a Choice every seventh, of which the first few have a `Catch` to one and the same state.
fn machine(states: usize, catches: usize) -> String {
    let mut text = String::from(r#"{"StartAt":"State 0","States":{"#);
    for n in 0..states {
        let next = n + 1;
        let catch = if n < catches { r#","Catch":[{"ErrorEquals":["States.ALL"],"Next":"Failed"}]"# } else { "" };
        let _ = if n % 7 == 3 && n >= catches {
            write!(
                text,
                r#""State {n}":{{"Type":"Choice","Choices":[{{"Variable":"$.n","NumericGreaterThan":{n},"Next":"State {}"}},{{"Variable":"$.m","IsPresent":true,"Next":"State {}"}}],"Default":"State {next}"}},"#,
                (n + 3).min(states),
                n.saturating_sub(2)
            )
        } else {
            write!(
                text,
                r#""State {n}":{{"Type":"Task","Resource":"arn:aws:lambda:eu-central-1:123456789012:function:f{n}"{catch},"Next":"State {next}"}},"#
            )
        };
    }
    let _ = write!(text, r#""State {states}":{{"Type":"Succeed"}},"Failed":{{"Type":"Fail"}}}}}}"#);
    text
}

fn drawn(text: &str) -> usize {
    let root = parse_json(FileId(0), text).root.unwrap();
    let chart = Chart::of(&Definition::of(&root));
    let plain = Paint::Plain;
    svg(&chart, &layout(&chart, &plain), &plain, Theme::Auto, "a machine").len()
}

fn benches(c: &mut Criterion) {
    let ordinary = include_str!("../tests/machines/orders.asl.json");
    c.bench_function("definition to svg, 13 states", |b| b.iter(|| drawn(black_box(ordinary))));
    for catches in [0, 50, 400] {
        let large = machine(500, catches);
        let mut group = c.benchmark_group(format!("500 states, {catches} catchers of one"));
        group.sample_size(10);
        group.bench_function("definition to svg", |b| b.iter(|| drawn(black_box(&large))));
        let root = parse_json(FileId(0), &large).root.unwrap();
        let chart = Chart::of(&Definition::of(&root));
        let plain = Paint::Plain;
        group.bench_function("chart", |b| b.iter(|| Chart::of(&Definition::of(black_box(&root))).nodes().len()));
        group.bench_function("layout", |b| b.iter(|| layout(black_box(&chart), &plain).size()));
        group.bench_function("text", |b| b.iter(|| text(black_box(&chart), &plain, TextOptions::default()).len()));
        group.bench_function("mermaid and dot", |b| {
            b.iter(|| mermaid(black_box(&chart), &plain).len() + dot(&chart, &plain).len());
        });
        group.finish();
    }
}

criterion_group!(all, benches);
criterion_main!(all);
