//! Where everything stands from left to right: lines that pass are straight, and what is joined is near, as far as
//! nothing stands too close.

use std::collections::HashMap;

use super::{
    net::{Kind, Layered, Link, Pin, Side, Vertex},
    separation::{Gap, project},
    spacing::Spacing,
};

/// So many times everything moves towards what it is joined to.
const ROUNDS: usize = 36;
/// In the last rounds what is nearly straight becomes straight: a line with a small kink is ugly.
const SNAPS: usize = 14;

/// The left edge of each vertex.
pub(super) fn place(graph: &Layered, spacing: &Spacing) -> Vec<i32> {
    let columns = Columns::of(graph, spacing);
    let gaps = columns.gaps(graph, spacing);
    let pulls = columns.pulls(graph, spacing);
    let mut at = project(&vec![0.0; columns.count], &vec![1.0; columns.count], &gaps);
    for round in 0..ROUNDS {
        let near = (round + SNAPS >= ROUNDS).then_some(f64::from(spacing.stub));
        let mut weights = vec![0.01_f64; columns.count];
        let wanted: Vec<f64> = (0..columns.count)
            .map(|column| {
                let (mut sum, mut total) = (0.0, 0.0);
                for pull in &pulls[column] {
                    let weight = pull.weight * pull.urgency(at[column], at[pull.other], near);
                    sum += (at[pull.other] + pull.aim(at[column], at[pull.other], near)) * weight;
                    total += weight;
                }
                if total == 0.0 {
                    return at[column];
                }
                weights[column] = total;
                // Half way: two columns that pull at each other would else change places for ever.
                f64::midpoint(sum / total, at[column])
            })
            .collect();
        at = project(&wanted, &weights, &gaps);
    }
    let least = at.iter().zip(&columns.least).map(|(x, least)| x + f64::from(*least)).fold(f64::INFINITY, f64::min);
    // Gaps are whole, so rounding every column alike keeps them.
    #[allow(clippy::cast_possible_truncation, reason = "a picture is far smaller than two thousand million pixels")]
    let whole = |column: usize| (at[column] - least + 0.5).floor() as i32;
    (0..graph.vertices.len()).map(|v| whole(columns.of[v]) + columns.offset[v]).collect()
}

/// How far a pin can be from the middle of its box.
fn slack(graph: &Layered, pin: Pin, joined: usize, spacing: &Spacing) -> f64 {
    let is_item = matches!(graph.vertices[pin.vertex].kind, Kind::Item(_));
    if is_item && pin.side == Side::Face && joined == 1 {
        f64::from((graph.box_width(pin.vertex, spacing) / 2 - spacing.inset).max(0))
    } else {
        0.0
    }
}

/// Where a pin is, from the left of its vertex, before the ports of a box are dealt out.
pub(super) fn pin(vertex: &Vertex, side: Side, box_width: i32, spacing: &Spacing) -> i32 {
    match (vertex.kind, side) {
        (Kind::Label(_) | Kind::Via, _) => 0,
        (Kind::Item(_), Side::Face) => vertex.left + box_width / 2,
        (Kind::Item(_), Side::Left) => vertex.left - spacing.stub,
        (Kind::Item(_), Side::Right) => vertex.left + box_width + spacing.stub,
    }
}

/// Vertices that keep their places to each other: the lines between them are straight.
struct Columns {
    count: usize,
    of: Vec<usize>,
    offset: Vec<i32>,
    /// The least offset in each.
    least: Vec<i32>,
}

struct Pull {
    other: usize,
    /// Where this column would be, from the other one.
    apart: f64,
    /// How far a line can leave a box from its middle and be as straight.
    slack: f64,
    weight: f64,
}

impl Pull {
    /// How far a column is from where the line would be straight.
    fn off(&self, own: f64, other: f64) -> f64 {
        let off = own - (other + self.apart);
        off - off.clamp(-self.slack, self.slack)
    }

    /// Where the column should be, from the other: with ports that move, the nearest place where the line is straight.
    fn aim(&self, own: f64, other: f64, near: Option<f64>) -> f64 {
        let off = own - (other + self.apart);
        if near.is_some_and(|near| (off - off.clamp(-self.slack, self.slack)).abs() < near) {
            self.apart + off.clamp(-self.slack, self.slack)
        } else {
            self.apart
        }
    }

    fn urgency(&self, own: f64, other: f64, near: Option<f64>) -> f64 {
        let off = self.off(own, other).abs();
        near.filter(|near| off < *near).map_or(1.0, |near| near / off.max(0.25))
    }
}

fn nominal(graph: &Layered, pin_: Pin, spacing: &Spacing) -> i32 {
    let vertex = &graph.vertices[pin_.vertex];
    pin(vertex, pin_.side, graph.box_width(pin_.vertex, spacing), spacing)
}

impl Layered {
    /// The width of a vertex' box, without the room beside it.
    pub(super) fn box_width(&self, vertex: usize, spacing: &Spacing) -> i32 {
        let found = &self.vertices[vertex];
        found.size.w - found.left - found.rights * spacing.stub
    }
}

impl Columns {
    fn of(graph: &Layered, spacing: &Spacing) -> Self {
        let mut place = vec![0; graph.vertices.len()];
        for layer in &graph.layers {
            for (at, vertex) in layer.iter().enumerate() {
                place[*vertex] = at;
            }
        }
        let mut below: Vec<Option<(usize, i32)>> = vec![None; graph.vertices.len()];
        let mut has_above = vec![false; graph.vertices.len()];
        for channel in &graph.channels {
            let mut taken: Vec<(usize, usize)> = Vec::new();
            let mut pairs: Vec<(u8, Pin, Pin)> = channel.iter().filter_map(|l| straight(graph, l)).collect();
            let middles = middles(channel, &place);
            pairs.retain(|(_, top, bottom)| {
                top.side != Side::Face || middles.get(&top.vertex).is_none_or(|m| *m == Some(bottom.vertex))
            });
            pairs.sort_by_key(|(rank, top, bottom)| (*rank, place[top.vertex], place[bottom.vertex]));
            for (_, top, bottom) in pairs {
                let ends = (place[top.vertex], place[bottom.vertex]);
                let crosses = taken.iter().any(|t| (t.0 < ends.0) != (t.1 < ends.1) || t.0 == ends.0 || t.1 == ends.1);
                if crosses || below[top.vertex].is_some() || has_above[bottom.vertex] {
                    continue;
                }
                taken.push(ends);
                let shift = nominal(graph, top, spacing) - nominal(graph, bottom, spacing);
                below[top.vertex] = Some((bottom.vertex, shift));
                has_above[bottom.vertex] = true;
            }
        }
        let mut columns = Self {
            count: 0,
            of: vec![usize::MAX; graph.vertices.len()],
            offset: vec![0; graph.vertices.len()],
            least: Vec::new(),
        };
        for start in graph.layers.iter().flatten().filter(|v| !has_above[**v]) {
            let (mut vertex, mut offset, mut least) = (*start, 0, 0);
            loop {
                columns.of[vertex] = columns.count;
                columns.offset[vertex] = offset;
                least = least.min(offset);
                let Some((next, shift)) = below[vertex] else { break };
                offset += shift;
                vertex = next;
            }
            columns.least.push(least);
            columns.count += 1;
        }
        columns
    }

    fn gaps(&self, graph: &Layered, spacing: &Spacing) -> Vec<Gap> {
        let mut widest: HashMap<(usize, usize), i32> = HashMap::new();
        let mut order: Vec<(usize, usize)> = Vec::new();
        for layer in &graph.layers {
            for pair in layer.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                let between = match (graph.vertices[a].kind, graph.vertices[b].kind) {
                    (Kind::Item(_), Kind::Item(_)) => spacing.items,
                    _ => spacing.lines,
                };
                let apart = self.offset[a] + graph.vertices[a].size.w + between - self.offset[b];
                let key = (self.of[a], self.of[b]);
                widest.entry(key).and_modify(|gap| *gap = (*gap).max(apart)).or_insert_with(|| {
                    order.push(key);
                    apart
                });
            }
        }
        let mut gaps: Vec<Gap> =
            order.into_iter().map(|key| Gap { left: key.0, right: key.1, apart: f64::from(widest[&key]) }).collect();
        self.sides(graph, spacing, &mut gaps);
        gaps
    }

    /// What leaves a box on the right stays on the right of where it leaves, and loops stay on the left: a line that turned back
    /// under its box would be hard to follow. Left out where the order of the layers says otherwise.
    fn sides(&self, graph: &Layered, spacing: &Spacing, gaps: &mut Vec<Gap>) {
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); self.count];
        for gap in gaps.iter() {
            after[gap.left].push(gap.right);
        }
        for link in graph.channels.iter().flatten() {
            let ([top], [bottom]) = (&link.tops[..], &link.bottoms[..]) else { continue };
            let (left, right) = match (top.side, bottom.side) {
                (Side::Left, _) => (bottom, top),
                (Side::Right, _) | (_, Side::Left) => (top, bottom),
                _ => continue,
            };
            let (from, to) = (self.of[left.vertex], self.of[right.vertex]);
            if from == to || leads(&after, to, from) {
                continue;
            }
            let x = |p: &Pin| self.offset[p.vertex] + nominal(graph, *p, spacing);
            after[from].push(to);
            gaps.push(Gap { left: from, right: to, apart: f64::from(x(left) - x(right)) });
        }
    }

    fn pulls(&self, graph: &Layered, spacing: &Spacing) -> Vec<Vec<Pull>> {
        let mut pulls: Vec<Vec<Pull>> = (0..self.count).map(|_| Vec::new()).collect();
        for link in graph.channels.iter().flatten() {
            let share = f64::from(link.weight)
                / f64::from(u16::try_from(link.tops.len() * link.bottoms.len()).unwrap_or(u16::MAX));
            for top in &link.tops {
                for bottom in &link.bottoms {
                    let (a, b) = (self.of[top.vertex], self.of[bottom.vertex]);
                    if a == b {
                        continue;
                    }
                    let x = |p: &Pin| self.offset[p.vertex] + nominal(graph, *p, spacing);
                    let apart = f64::from(x(top) - x(bottom));
                    let slack = slack(graph, *top, link.bottoms.len(), spacing)
                        + slack(graph, *bottom, link.tops.len(), spacing);
                    pulls[b].push(Pull { other: a, apart, slack, weight: share });
                    pulls[a].push(Pull { other: b, apart: -apart, slack, weight: share });
                }
            }
        }
        pulls
    }
}

/// The ends of a link that shall stand one above the other, the most urgent first.
fn straight(graph: &Layered, link: &Link) -> Option<(u8, Pin, Pin)> {
    let is_via = |p: &&Pin| graph.vertices[p.vertex].kind == Kind::Via;
    let is_item = |p: &&Pin| matches!(graph.vertices[p.vertex].kind, Kind::Item(_));
    let one = |pins: &[Pin]| -> Option<Pin> {
        if let [only] = pins {
            return Some(*only);
        }
        // What joins or parts stands below or above the main line, where there is one: a box before a line that passes.
        let mut items = pins.iter().filter(is_item);
        let mut vias = pins.iter().filter(is_via);
        match (items.next(), items.next(), vias.next(), vias.next()) {
            (Some(item), None, ..) => Some(*item),
            (None, None, Some(via), None) => Some(*via),
            _ => None,
        }
    };
    let via = |pins: &[Pin]| pins.iter().find(is_via).copied();
    if let (Some(top), Some(bottom)) = (via(&link.tops), via(&link.bottoms)) {
        return Some((0, top, bottom));
    }
    let (top, bottom) = (one(&link.tops)?, one(&link.bottoms)?);
    Some((if top.side == Side::Face && bottom.side == Side::Face { 1 } else { 2 }, top, bottom))
}

/// Of a box with several ways down, the middle one is straight, if there is one.
fn middles(channel: &[Link], place: &[usize]) -> HashMap<usize, Option<usize>> {
    let mut below: HashMap<usize, Vec<usize>> = HashMap::new();
    for link in channel {
        for top in link.tops.iter().filter(|p| p.side == Side::Face) {
            below.entry(top.vertex).or_default().extend(link.bottoms.iter().map(|p| p.vertex));
        }
    }
    let middle = |mut found: Vec<usize>| {
        found.sort_by_key(|v| place[*v]);
        (found.len() % 2 == 1).then(|| found[found.len() / 2])
    };
    below.into_iter().map(|(vertex, found)| (vertex, middle(found))).collect()
}

/// Whether one column is somewhere to the left of another already.
fn leads(after: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; after.len()];
    let mut stack = vec![from];
    while let Some(column) = stack.pop() {
        if column == to {
            return true;
        }
        if !std::mem::replace(&mut seen[column], true) {
            stack.extend(&after[column]);
        }
    }
    false
}
