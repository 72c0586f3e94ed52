//! A chart in Graphviz' DOT. Clusters with splines: orthogonal edges break where clusters are.

use std::fmt::Write as _;

use statewright_asl::{ContainerRole, StateType};
use statewright_source::visible;

use crate::{Chart, Link, LinkKind, Mark, Node, Paint, Status};

/// The chart in DOT.
pub fn dot(chart: &Chart, paint: &Paint) -> String {
    let mut out = String::from(
        "digraph machine {\n  compound=true\n  rankdir=TB\n  splines=true\n  fontname=\"Helvetica\"\n  \
         node [shape=box, style=\"rounded,filled\", fillcolor=\"#FFFFFF\", fontname=\"Helvetica\", fontsize=11]\n  \
         edge [fontname=\"Helvetica\", fontsize=10]\n",
    );
    block(chart, paint, 0, 1, &mut out);
    for link in chart.links() {
        edge(chart, paint, link, &mut out);
    }
    out.push_str("}\n");
    out
}

fn block(chart: &Chart, paint: &Paint, index: usize, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let block = &chart.blocks()[index];
    if let Some(start) = block.start {
        let _ = writeln!(out, "{pad}b{index} [shape=circle, label=\"start\", fontsize=9]");
        ends(chart, &format!("b{index}"), start, None, &pad, "", out);
    }
    for node in &block.nodes {
        state(chart, paint, *node, depth, out);
    }
}

fn state(chart: &Chart, paint: &Paint, index: usize, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let node = &chart.nodes()[index];
    let label = label(node, paint);
    let style = style(node, paint);
    if node.contains.is_empty() {
        let shape = match node.kind {
            Some(StateType::Choice) => ", shape=hexagon",
            Some(StateType::Succeed | StateType::Fail) => ", shape=oval",
            _ => "",
        };
        let _ = writeln!(out, "{pad}s{index} [label={label}{shape}{style}]");
    } else {
        let _ = writeln!(out, "{pad}subgraph cluster_s{index} {{");
        let _ = writeln!(out, "{pad}  label={label}\n{pad}  style=\"rounded,filled\"\n{pad}  fillcolor=\"#FFFFFF\"");
        // A cluster with nothing in it is not drawn, and an edge needs a node to lead to.
        let _ = writeln!(out, "{pad}  s{index} [shape=point, style=invis]");
        for inner in &node.contains {
            let title = match chart.blocks()[*inner].role {
                ContainerRole::Branch(n) => format!("branch {}", n + 1),
                ContainerRole::Machine | ContainerRole::Inline | ContainerRole::Distributed => "each item".to_owned(),
            };
            let _ =
                writeln!(out, "{pad}  subgraph cluster_c{inner} {{\n{pad}    label=\"{title}\"\n{pad}    style=dashed");
            block(chart, paint, *inner, depth + 2, out);
            let _ = writeln!(out, "{pad}  }}");
        }
        let _ = writeln!(out, "{pad}}}");
    }
    if node.terminal {
        let _ = writeln!(out, "{pad}e{index} [shape=doublecircle, label=\"end\", fontsize=9]");
        let tail = if node.contains.is_empty() { String::new() } else { format!(" [ltail=cluster_s{index}]") };
        let _ = writeln!(out, "{pad}s{index} -> e{index}{tail}");
    }
}

fn label(node: &Node, paint: &Paint) -> String {
    let mut lines = vec![visible(&node.name).into_owned(), node.caption.clone()];
    if !node.details.is_empty() {
        lines.push(node.details.join(", "));
    }
    match paint {
        Paint::Plain => {}
        Paint::Run(run) => lines.push(match run.states.get(&node.name) {
            Some(run) => format!("{} {}", run.status.glyph(), visible(&run.words())),
            None => format!("{} {}", Status::NotReached.glyph(), Status::NotReached.word()),
        }),
        Paint::Plan(plan) => {
            lines.extend(plan.states.get(&node.name).map(|m| format!("{} {}", m.mark.glyph(), visible(&m.words()))));
        }
    }
    quoted(&lines)
}

fn style(node: &Node, paint: &Paint) -> &'static str {
    match paint {
        Paint::Plain => "",
        Paint::Run(run) => match run.states.get(&node.name).map_or(Status::NotReached, |r| r.status) {
            Status::NotReached => ", style=\"rounded,filled,dashed\", color=\"#626873\", fillcolor=\"#F6F8FA\"",
            Status::Succeeded => ", color=\"#0B5D45\", fillcolor=\"#E2F2EB\", penwidth=2",
            Status::Caught => ", style=\"rounded,filled,dashed\", color=\"#A65C00\", fillcolor=\"#FDF4E3\", penwidth=3",
            Status::Aborted => {
                ", style=\"rounded,filled,dotted\", color=\"#4A2170\", fillcolor=\"#F0E9F7\", penwidth=2"
            }
            Status::Running | Status::WaitingForToken | Status::Retrying => {
                ", color=\"#1B62EE\", fillcolor=\"#EDF3FE\", penwidth=3"
            }
            Status::TimedOut | Status::Failed => {
                ", color=\"#8E0808\", fillcolor=\"#FCE8E6\", penwidth=4, peripheries=2"
            }
        },
        Paint::Plan(plan) => match plan.states.get(&node.name).map_or(Mark::Unchanged, |m| m.mark) {
            Mark::Unchanged => "",
            Mark::Added => ", color=\"#0B5D45\", fillcolor=\"#E2F2EB\", penwidth=2",
            Mark::Removed => ", color=\"#8E0808\", fillcolor=\"#FCE8E6\", penwidth=4",
            Mark::Changed => ", style=\"rounded,filled,dashed\", color=\"#A65C00\", fillcolor=\"#FDF4E3\", penwidth=3",
            Mark::Renamed => ", style=\"rounded,filled,dotted\", color=\"#4A2170\", fillcolor=\"#F0E9F7\", penwidth=2",
        },
    }
}

fn edge(chart: &Chart, paint: &Paint, link: &Link, out: &mut String) {
    let name = |node: usize| chart.nodes()[node].name.as_str();
    let mut style = match link.kind {
        LinkKind::Next | LinkKind::Choice => String::new(),
        LinkKind::Default => "style=\"dashed\"".to_owned(),
        LinkKind::Catch => "style=\"dotted\"".to_owned(),
    };
    let mut lines = link.labels.clone();
    match paint {
        Paint::Plain => {}
        Paint::Run(run) => {
            if run.taken.contains(&(name(link.from).to_owned(), name(link.to).to_owned())) {
                style.push_str(", penwidth=2.5");
            }
        }
        Paint::Plan(plan) => {
            let mark = plan.link(name(link.from), name(link.to), link.kind);
            if mark != Mark::Unchanged {
                lines.insert(0, format!("{} {}", mark.glyph(), mark.word()));
            }
        }
    }
    if !lines.is_empty() {
        let _ = write!(style, "{}label={}", if style.is_empty() { "" } else { ", " }, quoted(&lines));
    }
    ends(chart, &format!("s{}", link.from), link.to, Some(link.from), "  ", style.trim_start_matches(", "), out);
}

/// An edge, from and to the border of a cluster where an end is one.
fn ends(chart: &Chart, from: &str, to: usize, tail: Option<usize>, pad: &str, style: &str, out: &mut String) {
    let is_cluster = |node: usize| !chart.nodes()[node].contains.is_empty();
    let mut parts: Vec<String> = Vec::new();
    parts.extend((!style.is_empty()).then(|| style.to_owned()));
    // Within one and the same cluster, Graphviz refuses to cut an edge at its border.
    if tail != Some(to) {
        parts.extend(tail.filter(|n| is_cluster(*n)).map(|n| format!("ltail=cluster_s{n}")));
        parts.extend(is_cluster(to).then(|| format!("lhead=cluster_s{to}")));
    }
    let attributes = if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) };
    let _ = writeln!(out, "{pad}{from} -> s{to}{attributes}");
}

/// A string of DOT: no escape of a name is obeyed.
fn quoted(lines: &[String]) -> String {
    let escaped = lines.iter().map(|line| line.replace('\\', "\\\\").replace('"', "\\\""));
    format!("\"{}\"", escaped.collect::<Vec<_>>().join("\\n"))
}
