//! Where the lines run: straight down where they can, else across between two layers, each on a track of its own.

use super::{
    Point, Wire,
    net::{Kind, Layered, Pin, Side, Vertex},
    place::pin,
    spacing::Spacing,
};

/// Everything in its place.
#[derive(Debug, Clone)]
pub(super) struct Routed {
    /// The top of each layer.
    pub(super) tops: Vec<i32>,
    /// By wire, from its source to its target.
    pub(super) ways: Vec<Vec<Point>>,
    pub(super) height: i32,
}

/// Where each pin of a link is.
struct Ends {
    tops: Vec<i32>,
    bottoms: Vec<i32>,
    /// Of those that are beside a box: which line, from the box outwards, and of how many.
    top_slots: Vec<Slot>,
    bottom_slots: Vec<Slot>,
    /// Which track; `None` for a straight line.
    track: Option<usize>,
}

/// Which of the lines beside a box.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    at: i32,
    of: i32,
}

pub(super) fn route(graph: &Layered, wires: &[Wire], back: &[bool], xs: &[i32], spacing: &Spacing) -> Routed {
    let mut ends: Vec<Vec<Ends>> = ports(graph, xs, spacing);
    let mut tops = Vec::with_capacity(graph.layers.len());
    let mut channel_tops = Vec::with_capacity(graph.channels.len());
    let mut y = 0;
    for (row, layer) in graph.layers.iter().enumerate() {
        tops.push(y);
        y += layer.iter().map(|v| graph.vertices[*v].size.h).max().unwrap_or(0);
        channel_tops.push(y);
        if let Some(links) = ends.get_mut(row) {
            let tracks = tracks(links, spacing);
            y += height(graph, row, tracks, spacing);
        }
    }
    let ways = wires
        .iter()
        .enumerate()
        .map(|(index, wire)| {
            if wire.from == wire.to {
                return around(graph, wire, xs, &tops, spacing);
            }
            way(graph, index, wire, back[index], xs, &tops, &channel_tops, &ends, spacing)
        })
        .collect();
    Routed { tops, ways, height: y }
}

/// How much room there is between a layer and the next.
fn height(graph: &Layered, row: usize, tracks: usize, spacing: &Spacing) -> i32 {
    let labels = |row: usize| graph.layers[row].iter().any(|v| matches!(graph.vertices[*v].kind, Kind::Label(_)));
    let tracks = i32::try_from(tracks).unwrap_or(i32::MAX / 1000);
    let across = if tracks == 0 { 0 } else { spacing.above + (tracks - 1) * spacing.track };
    match (labels(row), labels(row + 1), tracks) {
        (_, true, 0) => spacing.label,
        (_, true, _) => across + spacing.label.max(1),
        (_, false, 0) => spacing.plain,
        (_, false, _) => across + spacing.below,
    }
}

/// Deals out the places at which lines meet the boxes: below each other where the box is wide enough.
fn ports(graph: &Layered, xs: &[i32], spacing: &Spacing) -> Vec<Vec<Ends>> {
    let nominal =
        |p: &Pin| xs[p.vertex] + pin(&graph.vertices[p.vertex], p.side, graph.box_width(p.vertex, spacing), spacing);
    let mut ends: Vec<Vec<Ends>> = graph
        .channels
        .iter()
        .map(|channel| {
            let of = |pins: &[Pin]| pins.iter().map(nominal).collect();
            let none = |pins: &[Pin]| vec![Slot { at: 0, of: 1 }; pins.len()];
            let ends = channel.iter().map(|l| Ends {
                tops: of(&l.tops),
                bottoms: of(&l.bottoms),
                top_slots: none(&l.tops),
                bottom_slots: none(&l.bottoms),
                track: None,
            });
            ends.collect()
        })
        .collect();
    for (row, links) in graph.channels.iter().enumerate() {
        for upper in [true, false] {
            let mut pins: Vec<(usize, u8, i32, usize, usize)> = Vec::new();
            for (index, link) in links.iter().enumerate() {
                let (own, other) = if upper {
                    (&link.tops, &ends[row][index].bottoms)
                } else {
                    (&link.bottoms, &ends[row][index].tops)
                };
                for (at, p) in own.iter().enumerate() {
                    let toward = if let [only] = other[..] {
                        only
                    } else {
                        // Where several join, they meet near the middle, on the side of most.
                        let mean = other.iter().sum::<i32>() / i32::try_from(other.len()).unwrap_or(1).max(1);
                        mean.clamp(nominal(p) - spacing.port, nominal(p) + spacing.port)
                    };
                    if matches!(graph.vertices[p.vertex].kind, Kind::Item(_)) {
                        let side = match p.side {
                            Side::Left => 0,
                            Side::Face => 1,
                            Side::Right => 2,
                        };
                        pins.push((p.vertex, side, toward, index, at));
                    }
                }
            }
            pins.sort_unstable();
            let mut start = 0;
            while start < pins.len() {
                let (vertex, side) = (pins[start].0, pins[start].1);
                let end = start + pins[start..].iter().take_while(|p| (p.0, p.1) == (vertex, side)).count();
                let group = &mut pins[start..end];
                if let [only] = group
                    && side == 1
                    && (if upper { &ends[row][only.3].bottoms } else { &ends[row][only.3].tops }).len() > 1
                {
                    only.2 = nominal(&Pin { vertex, side: Side::Face });
                }
                let dealt = deal(graph, vertex, side, &group.iter().map(|p| p.2).collect::<Vec<_>>(), xs, spacing);
                for ((_, _, _, link, at), (x, slot)) in group.iter().zip(dealt) {
                    let found = &mut ends[row][*link];
                    if upper {
                        (found.tops[*at], found.top_slots[*at]) = (x, slot);
                    } else {
                        (found.bottoms[*at], found.bottom_slots[*at]) = (x, slot);
                    }
                }
                start = end;
            }
        }
    }
    ends
}

/// Where lines leave a side of a box, wanted in this order.
fn deal(graph: &Layered, vertex: usize, side: u8, wanted: &[i32], xs: &[i32], spacing: &Spacing) -> Vec<(i32, Slot)> {
    let found = &graph.vertices[vertex];
    let (left, width) = (xs[vertex] + found.left, graph.box_width(vertex, spacing));
    let count = i32::try_from(wanted.len()).unwrap_or(i32::MAX);
    let layer = &graph.layers[found.layer];
    let place = layer.iter().position(|v| *v == vertex).unwrap_or(0);
    // Beside a box there is room as far as the neighbour.
    let (from, to, apart) = match side {
        0 => {
            let neighbour = place.checked_sub(1).map(|at| layer[at]).filter(|_| !found.has_loop(spacing));
            let nobody = if found.has_loop(spacing) { i32::MAX / 2 } else { i32::MIN / 2 };
            let free = neighbour.map_or(nobody, |n| xs[n] + graph.vertices[n].size.w + spacing.lines);
            (free.min(left - count * spacing.stub), left - spacing.stub, spacing.stub)
        }
        2 => {
            let free = layer.get(place + 1).map_or(i32::MAX / 2, |n| xs[*n] - spacing.lines);
            (left + width + spacing.stub, free.max(left + width + count * spacing.stub), spacing.stub)
        }
        _ => {
            let inset = spacing.inset.min(width / 2);
            let (from, to) = (left + inset, left + width - inset);
            (from, to, if count > 1 { spacing.port.min((to - from) / (count - 1)).max(1) } else { 0 })
        }
    };
    let mut dealt: Vec<i32> = Vec::with_capacity(wanted.len());
    for x in wanted {
        let least = dealt.last().map_or(from, |last| last + apart);
        dealt.push((*x).clamp(from, to.max(from)).max(least));
    }
    let mut most = to;
    for x in dealt.iter_mut().rev() {
        *x = (*x).min(most);
        most = *x - apart;
    }
    let slot = |n: i32| Slot { at: if side == 0 { count - 1 - n } else { n }, of: count };
    (0..).map(slot).zip(dealt).map(|(slot, x)| (x, slot)).collect()
}

/// Puts the lines that run across onto tracks; gives how many there are.
fn tracks(links: &mut [Ends], spacing: &Spacing) -> usize {
    let across: Vec<usize> = (0..links.len())
        .filter(|l| {
            let first = links[*l].tops[0];
            links[*l].tops.iter().chain(&links[*l].bottoms).any(|x| *x != first)
        })
        .collect();
    let span = |l: usize| {
        let all = || links[l].tops.iter().chain(&links[l].bottoms);
        (all().min().copied().unwrap_or(0), all().max().copied().unwrap_or(0))
    };
    let count = across.len();
    // How much it costs when the first is above the second.
    let cost = |a: usize, b: usize| -> i64 {
        let ((a_from, a_to), (b_from, b_to)) = (span(a), span(b));
        let crossed = links[b].tops.iter().filter(|x| (a_from..=a_to).contains(x)).count()
            + links[a].bottoms.iter().filter(|x| (b_from..=b_to).contains(x)).count();
        // Then one would run along the other.
        let along =
            links[a].bottoms.iter().filter(|x| links[b].tops.iter().any(|y| (*x - y).abs() < spacing.lines / 2));
        i64::try_from(crossed + 1000 * along.count()).unwrap_or(i64::MAX)
    };
    let mut above = vec![0_i64; count * count];
    for a in 0..count {
        for b in a + 1..count {
            let prefers = cost(across[b], across[a]) - cost(across[a], across[b]);
            above[a * count + b] = prefers.max(0);
            above[b * count + a] = (-prefers).max(0);
        }
    }
    let order = sequence(count, &above);
    let mut given: Vec<(usize, usize)> = Vec::with_capacity(count);
    let mut most = 0;
    for index in order {
        let (from, to) = span(across[index]);
        let free = given
            .iter()
            .filter(|(other, _)| {
                let (f, t) = span(across[*other]);
                f <= to + spacing.lines && from <= t + spacing.lines
            })
            .map(|(_, track)| track + 1)
            .max()
            .unwrap_or(0);
        given.push((index, free));
        most = most.max(free + 1);
    }
    for (index, track) in given {
        links[across[index]].track = Some(track);
    }
    most
}

/// The order from above to below that goes against the fewest wishes.
fn sequence(count: usize, above: &[i64]) -> Vec<usize> {
    let mut wants_out: Vec<i64> = (0..count).map(|a| (0..count).map(|b| above[a * count + b]).sum()).collect();
    let mut wants_in: Vec<i64> = (0..count).map(|a| (0..count).map(|b| above[b * count + a]).sum()).collect();
    let mut rest: Vec<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while !rest.is_empty() {
        let free = rest.iter().position(|l| wants_in[*l] == 0);
        let best = free.unwrap_or_else(|| {
            (0..rest.len())
                .max_by_key(|i| (wants_out[rest[*i]] - wants_in[rest[*i]], std::cmp::Reverse(*i)))
                .unwrap_or(0)
        });
        let chosen = rest.remove(best);
        for other in &rest {
            wants_in[*other] -= above[chosen * count + other];
            wants_out[*other] -= above[other * count + chosen];
        }
        order.push(chosen);
    }
    order
}

/// Where a loop comes in on the left: in the lower half, for its line comes from below. Where the item leads to itself too, that
/// has the middle.
fn coming(vertex: &Vertex, at: i32, of: i32, spacing: &Spacing) -> i32 {
    let (h, share) = (vertex.box_height, of - at);
    let y = if vertex.has_loop(spacing) {
        2 * h / 3 + h * share / (3 * (of + 1))
    } else {
        h / 2 + h / 2 * share / (of + 1)
    };
    inside(h, y)
}

/// Where a loop goes out on the left: in the upper half, for its line goes up.
fn going(vertex: &Vertex, at: i32, of: i32, spacing: &Spacing) -> i32 {
    let (h, share) = (vertex.box_height, at + 1);
    let y = if vertex.has_loop(spacing) { h * share / (3 * (of + 1)) } else { h / 2 * share / (of + 1) };
    inside(h, y)
}

/// A place on a box's side, off its corners.
fn inside(height: i32, at: i32) -> i32 {
    let corner = (height / 4).clamp(1, 10);
    at.clamp(corner, (height - 1 - corner).max(corner))
}

#[allow(clippy::too_many_arguments, reason = "all that a way depends on")]
fn way(
    graph: &Layered,
    index: usize,
    wire: &Wire,
    back: bool,
    xs: &[i32],
    tops: &[i32],
    channel_tops: &[i32],
    ends: &[Vec<Ends>],
    spacing: &Spacing,
) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let (first, last) = if back { (wire.to, wire.from) } else { (wire.from, wire.to) };
    let top_of = |vertex: usize| tops[graph.vertices[vertex].layer];
    let height = |vertex: usize| graph.vertices[vertex].box_height;
    for (step, (row, link, top, bottom)) in graph.ways[index].hops.iter().enumerate() {
        let found = &ends[*row][*link];
        let (from, to) = (found.tops[*top], found.bottoms[*bottom]);
        if step == 0 {
            let y = top_of(first);
            let x = xs[first] + graph.vertices[first].left;
            if back {
                // The loop's head: below the middle, so that what leaves upwards has the other half.
                let Slot { at, of } = found.top_slots[*top];
                let y = y + coming(&graph.vertices[first], at, of, spacing);
                points.extend([Point { x, y }, Point { x: from, y }]);
            } else if wire.caught {
                let Slot { at, of } = found.top_slots[*top];
                let x = x + graph.box_width(first, spacing);
                let y = y + inside(height(first), height(first) * (of - at) / (of + 1));
                points.extend([Point { x, y }, Point { x: from, y }]);
            } else {
                points.push(Point { x: from, y: y + height(first) });
            }
        }
        if from != to {
            let track = i32::try_from(found.track.unwrap_or(0)).unwrap_or(0);
            let y = channel_tops[*row] + spacing.above + track * spacing.track;
            points.extend([Point { x: from, y }, Point { x: to, y }]);
        }
        if step + 1 == graph.ways[index].hops.len() {
            let y = top_of(last);
            if back {
                let Slot { at, of } = found.bottom_slots[*bottom];
                let y = y + going(&graph.vertices[last], at, of, spacing);
                points.extend([Point { x: to, y }, Point { x: xs[last] + graph.vertices[last].left, y }]);
            } else {
                points.push(Point { x: to, y });
            }
        }
    }
    if back {
        points.reverse();
    }
    simple(points)
}

/// The way of a wire that leads to its own item: out of its left side and in again.
fn around(graph: &Layered, wire: &Wire, xs: &[i32], tops: &[i32], spacing: &Spacing) -> Vec<Point> {
    let found = &graph.vertices[wire.from];
    let right = xs[wire.from] + found.left;
    let x = right - found.lefts * spacing.stub - spacing.stub;
    let top = tops[found.layer];
    let (low, high) = (top + found.box_height * 7 / 12, top + found.box_height * 5 / 12);
    vec![Point { x: right, y: low }, Point { x, y: low }, Point { x, y: high }, Point { x: right, y: high }]
}

/// Without points between which nothing turns.
fn simple(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = kept[..]
            && ((a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y))
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}
