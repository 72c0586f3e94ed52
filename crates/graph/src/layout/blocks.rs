//! From blocks to one picture.

use super::{Item, Point, Rect, Size, Wire, layered, spacing::Spacing};
use crate::{Chart, Link, LinkKind, Node};

/// What a picture is drawn on: how large things are there.
pub(crate) trait Medium {
    /// How far things stay from each other.
    fn spacing(&self) -> Spacing;
    /// The start's mark.
    fn start(&self) -> Size;
    /// A state's box, around what it contains.
    fn node(&self, chart: &Chart, node: &Node, inside: Option<Size>) -> Shape;
    /// How large a way's label is, with the room between it and its line; `None` if it has none.
    fn label(&self, chart: &Chart, link: &Link) -> Option<Size>;
    /// How much taller a box is whose state leads to itself.
    fn loop_room(&self) -> i32;
    /// Around a block within its container: at its sides, and above and below.
    fn padding(&self) -> Size;
    /// A row of branches is no wider, if there are several.
    fn widest_row(&self) -> i32;
}

/// How a state's box is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) size: Size,
    /// Where what it contains begins, from its top.
    pub(crate) head: i32,
    /// The mark of an end, below.
    pub(crate) tail: i32,
}

/// A chart in its places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrangement {
    pub(crate) size: Size,
    /// By state.
    pub(crate) nodes: Vec<Rect>,
    /// By block: the room that it takes in its container, and of the machine: all.
    pub(crate) blocks: Vec<Rect>,
    /// By block: the mark of its start, and the way from it.
    pub(crate) starts: Vec<Option<(Rect, Vec<Point>)>>,
    /// By link.
    pub(crate) links: Vec<(Vec<Point>, Option<Rect>)>,
}

/// Places everything of a chart.
pub(crate) fn arrange(chart: &Chart, medium: &impl Medium) -> Arrangement {
    let mut out = Arrangement {
        size: Size::default(),
        nodes: vec![Rect::default(); chart.nodes().len()],
        blocks: vec![Rect::default(); chart.blocks().len()],
        starts: vec![None; chart.blocks().len()],
        links: vec![(Vec::new(), None); chart.links().len()],
    };
    let mut links: Vec<Vec<usize>> = vec![Vec::new(); chart.blocks().len()];
    for (index, link) in chart.links().iter().enumerate() {
        links[chart.nodes()[link.from].block].push(index);
    }
    let mut local = vec![0; chart.nodes().len()];
    // A container stands before what it contains, so the last blocks are the innermost.
    let mut sizes = vec![Size::default(); chart.blocks().len()];
    let mut shapes: Vec<Option<Shape>> = vec![None; chart.nodes().len()];
    let mut rows: Vec<Vec<(usize, Point)>> = vec![Vec::new(); chart.nodes().len()];
    for block in (0..chart.blocks().len()).rev() {
        let found = &chart.blocks()[block];
        let mut items = Vec::with_capacity(found.nodes.len() + 1);
        let begins = i32::from(found.start.is_some());
        if found.start.is_some() {
            items.push(Item { size: medium.start(), tail: 0 });
        }
        for index in &found.nodes {
            let node = &chart.nodes()[*index];
            let inside = (!node.contains.is_empty()).then(|| {
                let (places, size) = beside(&node.contains, &sizes, medium);
                rows[*index] = places;
                size
            });
            let mut shape = medium.node(chart, node, inside);
            if links[block].iter().any(|l| chart.links()[*l].from == *index && chart.links()[*l].to == *index) {
                shape.size.h += medium.loop_room();
            }
            shapes[*index] = Some(shape);
            local[*index] = items.len();
            items.push(Item { size: shape.size, tail: shape.tail });
        }
        let mut wires = Vec::with_capacity(links[block].len() + 1);
        wires.extend(found.start.map(|start| Wire { from: 0, to: local[start], caught: false, label: None }));
        for index in &links[block] {
            let link = &chart.links()[*index];
            let label = medium.label(chart, link);
            wires.push(Wire {
                from: local[link.from],
                to: local[link.to],
                caught: link.kind == LinkKind::Catch,
                label,
            });
        }
        let placed = layered(&items, &wires, &medium.spacing());
        sizes[block] = placed.size;
        for index in &found.nodes {
            out.nodes[*index] = placed.items[local[*index]];
        }
        let mut ways = placed.wires.into_iter();
        if begins > 0 {
            out.starts[block] = ways.next().map(|way| (placed.items[0], way.points));
        }
        for (index, way) in links[block].iter().zip(ways) {
            out.links[*index] = (way.points, way.label);
        }
    }
    out.size = sizes.first().copied().unwrap_or_default();
    // From the outside in, everything moves to where its block is.
    for block in 0..chart.blocks().len() {
        let found = &chart.blocks()[block];
        let by = match found.owner {
            None => Point::default(),
            Some(owner) => {
                let frame = out.nodes[owner];
                let shape = shapes[owner].map_or(0, |s| s.head);
                let (_, at) = rows[owner].iter().find(|(b, _)| *b == block).copied().unwrap_or_default();
                // A head that is wider than what is inside has that in its middle.
                let (_, inside) = beside(&chart.nodes()[owner].contains, &sizes, medium);
                Point { x: frame.x + (frame.w - inside.w) / 2 + at.x, y: frame.y + shape + at.y }
            }
        };
        out.blocks[block] = Rect { x: by.x, y: by.y, w: sizes[block].w, h: sizes[block].h };
        let shift = |points: &mut Vec<Point>| {
            for point in points {
                (point.x, point.y) = (point.x + by.x, point.y + by.y);
            }
        };
        for index in &found.nodes {
            out.nodes[*index] = out.nodes[*index].moved(by);
        }
        if let Some((mark, points)) = &mut out.starts[block] {
            *mark = mark.moved(by);
            shift(points);
        }
        for index in &links[block] {
            let (points, label) = &mut out.links[*index];
            shift(points);
            *label = label.map(|l| l.moved(by));
        }
    }
    out
}

/// Blocks side by side, in rows of about the same width where one row would be too wide.
fn beside(blocks: &[usize], sizes: &[Size], medium: &impl Medium) -> (Vec<(usize, Point)>, Size) {
    let padding = medium.padding();
    let wide = |block: usize| sizes[block].w + 2 * padding.w;
    let total: i32 = blocks.iter().map(|b| wide(*b)).sum();
    let rows = (total + medium.widest_row() - 1) / medium.widest_row().max(1);
    let target = total / rows.max(1);
    let mut places = Vec::with_capacity(blocks.len());
    let (mut at, mut tallest, mut size) = (Point::default(), 0, Size::default());
    for block in blocks {
        if at.x > 0 && rows > 1 && at.x + wide(*block) / 2 > target {
            at = Point { x: 0, y: at.y + tallest };
            tallest = 0;
        }
        places.push((*block, Point { x: at.x + padding.w, y: at.y + padding.h }));
        at.x += wide(*block);
        tallest = tallest.max(sizes[*block].h + 2 * padding.h);
        size = Size { w: size.w.max(at.x), h: size.h.max(at.y + tallest) };
    }
    (places, size)
}
