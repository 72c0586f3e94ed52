//! A chart as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.

use std::fmt::Write as _;

use statewright_asl::{ContainerRole, StateType};
use statewright_source::visible;

use crate::{Chart, Link, LinkKind, Mark, Node, Paint, Status};

/// Mermaid refuses a chart of more edges unless its page says otherwise (its `maxEdges`).
pub const MERMAID_MOST_EDGES: usize = 500;

/// The chart in Mermaid's language. One direction everywhere: a subgraph's own is not applied once an edge touches it.
pub fn mermaid(chart: &Chart, paint: &Paint) -> String {
    let mut out = String::from("flowchart TD\n");
    block(chart, paint, 0, 1, &mut out);
    for link in chart.links() {
        edge(chart, paint, link, &mut out);
    }
    classes(chart, paint, &mut out);
    out
}

fn block(chart: &Chart, paint: &Paint, index: usize, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let block = &chart.blocks()[index];
    if let Some(start) = block.start {
        let _ = writeln!(out, "{pad}b{index}((start)) --> s{start}");
    }
    for node in &block.nodes {
        state(chart, paint, *node, depth, out);
    }
}

fn state(chart: &Chart, paint: &Paint, index: usize, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let node = &chart.nodes()[index];
    let label = joined(&lines(node, paint));
    if node.contains.is_empty() {
        let (open, close) = match node.kind {
            Some(StateType::Choice) => ("{{\"", "\"}}"),
            Some(StateType::Succeed | StateType::Fail) => ("([\"", "\"])"),
            _ => ("[\"", "\"]"),
        };
        let _ = writeln!(out, "{pad}s{index}{open}{label}{close}");
    } else {
        let _ = writeln!(out, "{pad}subgraph s{index}[\"{label}\"]");
        for inner in &node.contains {
            let title = match chart.blocks()[*inner].role {
                ContainerRole::Branch(n) => format!("branch {}", n + 1),
                ContainerRole::Machine | ContainerRole::Inline | ContainerRole::Distributed => "each item".to_owned(),
            };
            let _ = writeln!(out, "{pad}  subgraph c{inner}[\"{title}\"]");
            block(chart, paint, *inner, depth + 2, out);
            let _ = writeln!(out, "{pad}  end");
        }
        let _ = writeln!(out, "{pad}end");
    }
    if node.terminal {
        let _ = writeln!(out, "{pad}s{index} --> e{index}(((end)))");
    }
}

/// The lines of a box: its name, what it is, what there is to know, what the paint says.
fn lines(node: &Node, paint: &Paint) -> Vec<String> {
    let mut lines = vec![visible(&node.name).into_owned(), node.caption.clone()];
    if !node.details.is_empty() {
        lines.push(node.details.join(", "));
    }
    match paint {
        Paint::Plain => {}
        Paint::Run(run) => match run.states.get(&node.name) {
            Some(run) => lines.push(format!("{} {}", run.status.glyph(), visible(&run.words()))),
            None => lines.push(format!("{} {}", Status::NotReached.glyph(), Status::NotReached.word())),
        },
        Paint::Plan(plan) => {
            if let Some(mark) = plan.states.get(&node.name) {
                lines.push(format!("{} {}", mark.mark.glyph(), visible(&mark.words())));
            }
        }
    }
    lines
}

fn edge(chart: &Chart, paint: &Paint, link: &Link, out: &mut String) {
    let taken = match paint {
        Paint::Run(run) => {
            let name = |node: usize| chart.nodes()[node].name.clone();
            run.taken.contains(&(name(link.from), name(link.to)))
        }
        Paint::Plain | Paint::Plan(_) => false,
    };
    let arrow = match (link.kind, taken) {
        (LinkKind::Catch, false) => "-.->",
        (_, false) => "-->",
        (_, true) => "==>",
    };
    let mark = mark(chart, paint, link).filter(|m| *m != Mark::Unchanged);
    let lines: Vec<String> =
        mark.map(|m| format!("{} {}", m.glyph(), m.word())).into_iter().chain(link.labels.iter().cloned()).collect();
    let label = if lines.is_empty() { String::new() } else { format!("|\"{}\"|", joined(&lines)) };
    let _ = writeln!(out, "  s{} {arrow}{label} s{}", link.from, link.to);
}

fn mark(chart: &Chart, paint: &Paint, link: &Link) -> Option<Mark> {
    let Paint::Plan(plan) = paint else { return None };
    Some(plan.link(&chart.nodes()[link.from].name, &chart.nodes()[link.to].name, link.kind))
}

/// The classes of painted states: the colours of the light theme, which both of Mermaid's take.
fn classes(chart: &Chart, paint: &Paint, out: &mut String) {
    let named = |node: &Node| -> Option<&'static str> {
        match paint {
            Paint::Plain => None,
            Paint::Run(run) => Some(match run.states.get(&node.name).map_or(Status::NotReached, |r| r.status) {
                Status::NotReached => "idle",
                Status::Succeeded => "good",
                Status::Caught => "warn",
                Status::Aborted => "away",
                Status::Running | Status::WaitingForToken | Status::Retrying => "busy",
                Status::TimedOut | Status::Failed => "bad",
            }),
            Paint::Plan(plan) => plan.states.get(&node.name).and_then(|m| match m.mark {
                Mark::Unchanged => None,
                Mark::Added => Some("good"),
                Mark::Removed => Some("bad"),
                Mark::Changed => Some("warn"),
                Mark::Renamed => Some("away"),
            }),
        }
    };
    for (class, style) in [
        ("good", "fill:#E2F2EB,stroke:#0B5D45,color:#1B1F24,stroke-width:2px"),
        ("bad", "fill:#FCE8E6,stroke:#8E0808,color:#1B1F24,stroke-width:4px"),
        ("warn", "fill:#FDF4E3,stroke:#A65C00,color:#1B1F24,stroke-width:3px,stroke-dasharray:6 3"),
        ("away", "fill:#F0E9F7,stroke:#4A2170,color:#1B1F24,stroke-width:2px,stroke-dasharray:2 2"),
        ("busy", "fill:#EDF3FE,stroke:#1B62EE,color:#1B1F24,stroke-width:3px"),
        ("idle", "fill:#F6F8FA,stroke:#626873,color:#1B1F24,stroke-dasharray:4 4"),
    ] {
        let members: Vec<String> = (0..chart.nodes().len())
            .filter(|n| named(&chart.nodes()[*n]) == Some(class))
            .map(|n| format!("s{n}"))
            .collect();
        if !members.is_empty() {
            let _ = writeln!(out, "  classDef {class} {style}");
            let _ = writeln!(out, "  class {} {class}", members.join(","));
        }
    }
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>")
}

/// Text within quotes. Mermaid takes Markdown and HTML there, so all but the plainest characters become entities.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || " .,:-/()=+×✓✕▶■◷⏸↻·−»≥≤".contains(c) {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}
