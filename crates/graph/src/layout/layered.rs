//! Boxes and the ways between them, in layers from top to bottom, after Sugiyama: layers, crossings, places, lines.

use super::{Point, Rect, Size, crossing, net, order, place, route, spacing::Spacing};

/// A box to be placed. The first one is the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) size: Size,
    /// Room below it that belongs to it: the mark of an end.
    pub(crate) tail: i32,
}

/// A way to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// An error is caught: it leaves its box on the right.
    pub(crate) caught: bool,
    /// How large its label is.
    pub(crate) label: Option<Size>,
}

/// Where everything is, from 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Placed {
    pub(crate) items: Vec<Rect>,
    pub(crate) wires: Vec<Way>,
    pub(crate) size: Size,
}

/// A way, drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    pub(crate) points: Vec<Point>,
    pub(crate) label: Option<Rect>,
}

/// Places everything.
pub(crate) fn layered(items: &[Item], wires: &[Wire], spacing: &Spacing) -> Placed {
    if items.is_empty() {
        return Placed::default();
    }
    let found = order::layers(items.len(), wires);
    let mut graph = net::build(items, wires, &found, spacing);
    crossing::order(&mut graph);
    let xs = place::place(&graph, spacing);
    let routed = route::route(&graph, wires, &found.back, &xs, spacing);
    let top = |vertex: usize| routed.tops[graph.vertices[vertex].layer];
    let boxes = items.iter().enumerate().map(|(i, item)| Rect {
        x: xs[i] + graph.vertices[i].left,
        y: top(i),
        w: item.size.w,
        h: item.size.h,
    });
    let ways = wires.iter().zip(routed.ways).enumerate().map(|(index, (wire, points))| {
        let label = wire.label.map(|size| {
            let corner = if let Some(vertex) = graph.ways[index].label {
                Point { x: xs[vertex], y: top(vertex) }
            } else {
                // A way to its own item has its label on the left of the loop.
                let outer = points.iter().map(|p| p.x).min().unwrap_or(0);
                Point { x: outer - size.w - spacing.lines / 2, y: top(wire.from) }
            };
            Rect { x: corner.x, y: corner.y, w: size.w, h: size.h }
        });
        Way { points, label }
    });
    let items = boxes.collect();
    let wires = ways.collect();
    let width = (0..graph.vertices.len()).map(|v| xs[v] + graph.vertices[v].size.w).max().unwrap_or(0);
    // A line can run where no vertex is: at the left of a loop's target.
    Placed { items, wires, size: Size { w: width, h: routed.height } }
}
