//! The order within each layer: the one with the fewest crossings that a few sweeps find.

use super::net::{Kind, Layered, Side};

/// So many times down and up.
const SWEEPS: usize = 6;

/// Orders every layer.
pub(super) fn order(graph: &mut Layered) {
    let lines = Lines::of(graph);
    let mut place = first(graph, &lines);
    let mut best = (lines.crossings(&place, None), graph.layers.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        let rows: Vec<usize> =
            if sweep % 2 == 0 { (0..graph.layers.len()).rev().collect() } else { (0..graph.layers.len()).collect() };
        for row in rows {
            let toward = if sweep % 2 == 0 { &lines.below } else { &lines.above };
            sort(&mut graph.layers[row], toward, &mut place);
            exchange(&mut graph.layers[row], &lines, &mut place);
        }
        let found = lines.crossings(&place, None);
        if found < best.0 {
            best = (found, graph.layers.clone());
        }
    }
    graph.layers = best.1;
}

/// The lines of the graph, by vertex.
struct Lines {
    /// To the layer above: vertex, side there, side here.
    above: Vec<Vec<(usize, i64, i64)>>,
    below: Vec<Vec<(usize, i64, i64)>>,
    channels: Vec<Vec<[(usize, i64); 2]>>,
}

const fn side(side: Side) -> i64 {
    match side {
        Side::Left => -1,
        Side::Face => 0,
        Side::Right => 1,
    }
}

impl Lines {
    fn of(graph: &Layered) -> Self {
        let mut above = vec![Vec::new(); graph.vertices.len()];
        let mut below = vec![Vec::new(); graph.vertices.len()];
        let mut channels = Vec::with_capacity(graph.channels.len());
        for channel in &graph.channels {
            let mut all = Vec::new();
            for link in channel {
                for top in &link.tops {
                    for bottom in &link.bottoms {
                        above[bottom.vertex].push((top.vertex, side(top.side), side(bottom.side)));
                        below[top.vertex].push((bottom.vertex, side(bottom.side), side(top.side)));
                        all.push([(top.vertex, side(top.side)), (bottom.vertex, side(bottom.side))]);
                    }
                }
            }
            channels.push(all);
        }
        Self { above, below, channels }
    }

    fn crossings(&self, place: &[i64], channel: Option<usize>) -> usize {
        let at = |(vertex, side): (usize, i64)| place[vertex] * 4 + side;
        let of = |lines: &Vec<[(usize, i64); 2]>| {
            let mut ends: Vec<(i64, i64)> = lines.iter().map(|[top, bottom]| (at(*top), at(*bottom))).collect();
            ends.sort_unstable();
            inversions(&ends)
        };
        match channel {
            Some(channel) => of(&self.channels[channel]),
            None => self.channels.iter().map(of).sum(),
        }
    }
}

/// Pairs that stand the other way round below; the ends are sorted by their tops.
fn inversions(ends: &[(i64, i64)]) -> usize {
    let mut sorted: Vec<i64> = Vec::with_capacity(ends.len());
    let mut count = 0;
    for (_, bottom) in ends {
        let at = sorted.partition_point(|b| b <= bottom);
        count += sorted.len() - at;
        sorted.insert(at, *bottom);
    }
    count
}

/// The first order: from the top, each vertex below what leads to it, ties as the machine tries its ways.
fn first(graph: &mut Layered, lines: &Lines) -> Vec<i64> {
    let mut place = vec![0_i64; graph.vertices.len()];
    for row in 0..graph.layers.len() {
        let rank = |vertex: &usize| match graph.vertices[*vertex].kind {
            Kind::Item(index) => (1, index),
            Kind::Label(wire) => (0, wire),
            Kind::Via => (0, usize::MAX - graph.vertices.len() + vertex),
        };
        let mut layer = std::mem::take(&mut graph.layers[row]);
        layer.sort_by_cached_key(|v| (mean(&lines.above[*v], &place).unwrap_or(i64::MAX), rank(v)));
        settle(&layer, &mut place);
        graph.layers[row] = layer;
    }
    place
}

fn settle(layer: &[usize], place: &mut [i64]) {
    for (at, vertex) in (0..).zip(layer) {
        place[*vertex] = at;
    }
}

/// The mean place of the neighbours, in fractions.
fn mean(lines: &[(usize, i64, i64)], place: &[i64]) -> Option<i64> {
    let count = i64::try_from(lines.len()).ok().filter(|n| *n > 0)?;
    let sum: i64 = lines.iter().map(|(vertex, there, here)| place[*vertex] * 4 + there - here).sum();
    Some(sum * 1000 / count)
}

/// Sorts by the mean place of the neighbours; what has none keeps its place.
fn sort(layer: &mut [usize], toward: &[Vec<(usize, i64, i64)>], place: &mut [i64]) {
    let mut moving: Vec<(i64, usize)> = layer.iter().filter_map(|v| Some((mean(&toward[*v], place)?, *v))).collect();
    moving.sort_by_key(|(key, _)| *key);
    let mut sorted = moving.into_iter().map(|(_, v)| v);
    let fixed: Vec<bool> = layer.iter().map(|v| toward[*v].is_empty()).collect();
    for (slot, fixed) in layer.iter_mut().zip(fixed) {
        if !fixed && let Some(vertex) = sorted.next() {
            *slot = vertex;
        }
    }
    settle(layer, place);
}

/// Swaps neighbours as long as that saves crossings.
fn exchange(layer: &mut [usize], lines: &Lines, place: &mut [i64]) {
    for _ in 0..4 {
        let mut better = false;
        for at in 1..layer.len() {
            let (left, right) = (layer[at - 1], layer[at]);
            if saved(left, right, lines, place) > 0 {
                layer.swap(at - 1, at);
                (place[left], place[right]) = (place[right], place[left]);
                better = true;
            }
        }
        if !better {
            return;
        }
    }
}

/// How many crossings fewer there are when two neighbours change places.
fn saved(left: usize, right: usize, lines: &Lines, place: &[i64]) -> i64 {
    let mut saved = 0;
    for side in [&lines.above, &lines.below] {
        for (a, side_a, _) in &side[left] {
            for (b, side_b, _) in &side[right] {
                let (a, b) = (place[*a] * 4 + side_a, place[*b] * 4 + side_b);
                saved += i64::from(a > b) - i64::from(a < b);
            }
        }
    }
    saved
}
