//! The layered graph: what stands in each layer, and which lines run between two neighbouring ones.
//!
//! Ways to one target are one net: they join into one trunk, so that fifty `Catch` to one state take one column and not fifty.
//! Labels are vertices of layers of their own, so that nothing else can be where they are.

use std::collections::HashMap;

use super::{Item, Size, Wire, order::Layers, spacing::Spacing};

/// What stands in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An item, with room beside its box for what leaves it sideways.
    Item(usize),
    /// A wire's label. Its line runs along the left of it.
    Label(usize),
    /// A line that passes.
    Via,
}

/// Something in a layer.
#[derive(Debug, Clone)]
pub(super) struct Vertex {
    pub(super) kind: Kind,
    pub(super) layer: usize,
    pub(super) size: Size,
    /// Where the box begins, from the left of the vertex.
    pub(super) left: i32,
    /// How many lines run beside it on the left, and on the right.
    pub(super) lefts: i32,
    pub(super) rights: i32,
    /// Without the mark of an end below it.
    pub(super) box_height: i32,
}

impl Vertex {
    /// Whether its item leads to itself: then there is more room on its left than passing lines take.
    pub(super) const fn has_loop(&self, spacing: &Spacing) -> bool {
        self.left > self.lefts * spacing.stub
    }

    const fn bare(kind: Kind, layer: usize, size: Size) -> Self {
        Self { kind, layer, size, left: 0, lefts: 0, rights: 0, box_height: size.h }
    }
}

/// Where a line meets a vertex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) vertex: usize,
    pub(super) side: Side,
}

/// At which side of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// At its top or bottom.
    Face,
    /// Beside it, on the left: loops.
    Left,
    /// Beside it, on the right: what is caught.
    Right,
}

/// The lines of one net between two neighbouring layers.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) tops: Vec<Pin>,
    pub(super) bottoms: Vec<Pin>,
    /// How much it shall be straight.
    pub(super) weight: i32,
}

/// A wire's way through the channels: downwards, also where the wire itself leads back.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    /// Channel, link in it, and which of its tops and bottoms.
    pub(super) hops: Vec<(usize, usize, usize, usize)>,
    /// The vertex of its label.
    pub(super) label: Option<usize>,
}

/// The layered graph.
#[derive(Debug, Clone, Default)]
pub(super) struct Layered {
    pub(super) vertices: Vec<Vertex>,
    pub(super) layers: Vec<Vec<usize>>,
    /// Channel `n` lies between layer `n` and the next.
    pub(super) channels: Vec<Vec<Link>>,
    /// By wire; of one that leads to its own item: none.
    pub(super) ways: Vec<Way>,
}

/// Ways into the same item, of the same kind and direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    to: usize,
    caught: bool,
    back: bool,
}

pub(super) fn build(items: &[Item], wires: &[Wire], found: &Layers, spacing: &Spacing) -> Layered {
    let mut built = Layered { ways: vec![Way::default(); wires.len()], ..Layered::default() };
    let rows = Rows::of(wires, found);
    built.layers = vec![Vec::new(); rows.count];
    built.channels = vec![Vec::new(); rows.count.saturating_sub(1)];
    for (index, item) in items.iter().enumerate() {
        let stubs = Stubs::of(index, wires, found);
        let own = wires.iter().filter(|w| w.from == index && w.to == index).map(|w| w.label.map_or(0, |l| l.w)).max();
        let left = stubs.left * spacing.stub + own.map_or(0, |label| spacing.stub + label + spacing.lines);
        let size = Size { w: left + item.size.w + stubs.right * spacing.stub, h: item.size.h + item.tail };
        let bare = Vertex::bare(Kind::Item(index), rows.item(found.layer[index]), size);
        built.add(Vertex { left, lefts: stubs.left, rights: stubs.right, box_height: item.size.h, ..bare });
    }
    let mut nets: Vec<(Key, Vec<usize>)> = Vec::new();
    let mut known: HashMap<Key, usize> = HashMap::new();
    for (index, wire) in wires.iter().enumerate().filter(|(_, w)| w.from != w.to) {
        let key = Key { to: wire.to, caught: wire.caught, back: found.back[index] };
        let net = *known.entry(key).or_insert_with(|| {
            nets.push((key, Vec::new()));
            nets.len() - 1
        });
        nets[net].1.push(index);
    }
    for (key, members) in &nets {
        if key.back {
            built.upward(*key, members, wires, found, &rows);
        } else {
            built.downward(*key, members, wires, found, &rows);
        }
    }
    built
}

/// Which row a layer of items, or the labels beside one, are in: rows of labels exist only where there is a label.
struct Rows {
    row: Vec<Option<usize>>,
    count: usize,
}

impl Rows {
    fn of(wires: &[Wire], found: &Layers) -> Self {
        let last = found.layer.iter().max().copied().unwrap_or(0);
        let mut used: Vec<bool> = (0..=2 * last).map(|n| n % 2 == 0).collect();
        for (wire, back) in wires.iter().zip(&found.back).filter(|(w, _)| w.from != w.to && w.label.is_some()) {
            let at = 2 * found.layer[wire.from];
            used[if *back { at - 1 } else { at + 1 }] = true;
        }
        let mut count = 0;
        let row = used.into_iter().map(|used| {
            count += usize::from(used);
            used.then(|| count - 1)
        });
        let row = row.collect();
        Self { row, count }
    }

    fn item(&self, layer: usize) -> usize {
        self.row[2 * layer].unwrap_or(0)
    }
}

/// How many lines leave or enter an item beside its box.
struct Stubs {
    left: i32,
    right: i32,
}

impl Stubs {
    fn of(item: usize, wires: &[Wire], found: &Layers) -> Self {
        let (mut out, mut caught_in, mut plain_in, mut right) = (0, 0, 0, 0);
        for (wire, back) in wires.iter().zip(&found.back).filter(|(w, _)| w.from != w.to) {
            match (wire.from == item, wire.to == item, back) {
                (true, _, true) => out += 1,
                (true, _, false) if wire.caught => right += 1,
                (_, true, true) if wire.caught => caught_in = 1,
                (_, true, true) => plain_in = 1,
                _ => {}
            }
        }
        Self { left: out.max(caught_in + plain_in), right }
    }
}

impl Layered {
    fn add(&mut self, vertex: Vertex) -> usize {
        self.layers[vertex.layer].push(self.vertices.len());
        self.vertices.push(vertex);
        self.vertices.len() - 1
    }

    fn via(&mut self, layer: usize) -> Pin {
        let vertex = self.add(Vertex::bare(Kind::Via, layer, Size { w: 0, h: 0 }));
        Pin { vertex, side: Side::Face }
    }

    fn label(&mut self, wire: usize, size: Size, layer: usize) -> Pin {
        let vertex = self.add(Vertex::bare(Kind::Label(wire), layer, size));
        self.ways[wire].label = Some(vertex);
        Pin { vertex, side: Side::Face }
    }

    fn link(&mut self, channel: usize, tops: Vec<Pin>, bottoms: Vec<Pin>, weight: i32) -> usize {
        self.channels[channel].push(Link { tops, bottoms, weight });
        self.channels[channel].len() - 1
    }

    /// A net whose target is below its sources.
    fn downward(&mut self, key: Key, members: &[usize], wires: &[Wire], found: &Layers, rows: &Rows) {
        let target = rows.item(found.layer[key.to]);
        let weight = if key.caught { 1 } else { 4 };
        // Where each wire joins the trunk.
        let mut joins: Vec<(usize, usize, Pin)> = Vec::new();
        for index in members {
            let wire = &wires[*index];
            let row = rows.item(found.layer[wire.from]);
            let source = Pin { vertex: wire.from, side: if key.caught { Side::Right } else { Side::Face } };
            if let Some(size) = wire.label {
                let pin = self.label(*index, size, row + 1);
                let link = self.link(row, vec![source], vec![pin], 4);
                self.ways[*index].hops.push((row, link, 0, 0));
                joins.push((row + 1, *index, pin));
            } else {
                joins.push((row, *index, source));
            }
        }
        joins.sort_by_key(|(row, index, _)| (*row, *index));
        let Some(first) = joins.first().map(|j| j.0) else { return };
        let mut passing: Option<Pin> = None;
        let mut on_trunk: Vec<usize> = Vec::new();
        let mut next = 0;
        for row in first..target {
            let mut tops: Vec<Pin> = passing.into_iter().collect();
            let mut joined: Vec<(usize, usize)> = on_trunk.iter().map(|w| (*w, 0)).collect();
            while let Some((_, wire, pin)) = joins.get(next).filter(|j| j.0 == row) {
                joined.push((*wire, tops.len()));
                tops.push(*pin);
                on_trunk.push(*wire);
                next += 1;
            }
            let bottom = if row + 1 == target { Pin { vertex: key.to, side: Side::Face } } else { self.via(row + 1) };
            let link = self.link(row, tops, vec![bottom], weight);
            for (wire, top) in joined {
                self.ways[wire].hops.push((row, link, top, 0));
            }
            passing = Some(bottom);
        }
    }

    /// A net whose target is above its sources: its lines run down the left of the target, and its wires up along them.
    fn upward(&mut self, key: Key, members: &[usize], wires: &[Wire], found: &Layers, rows: &Rows) {
        let target = rows.item(found.layer[key.to]);
        let mut leaves: Vec<(usize, usize, Pin)> = Vec::new();
        let mut last: Vec<(usize, usize, usize)> = Vec::new();
        for index in members {
            let wire = &wires[*index];
            let row = rows.item(found.layer[wire.from]);
            let source = Pin { vertex: wire.from, side: Side::Left };
            if let Some(size) = wire.label {
                let pin = self.label(*index, size, row - 1);
                let link = self.link(row - 1, vec![pin], vec![source], 4);
                last.push((*index, row - 1, link));
                leaves.push((row - 1, *index, pin));
            } else {
                leaves.push((row, *index, source));
            }
        }
        leaves.sort_by_key(|(row, index, _)| (*row, *index));
        let mut top = Pin { vertex: key.to, side: Side::Left };
        let mut next = 0;
        let mut row = target;
        while next < leaves.len() {
            let mut bottoms: Vec<Pin> = Vec::new();
            let mut left: Vec<(usize, usize)> = Vec::new();
            while let Some((_, wire, pin)) = leaves.get(next).filter(|l| l.0 == row + 1) {
                left.push((*wire, bottoms.len()));
                bottoms.push(*pin);
                next += 1;
            }
            let on = bottoms.len();
            let mut via = None;
            if next < leaves.len() {
                let pin = self.via(row + 1);
                via = Some(pin);
                bottoms.push(pin);
            }
            let link = self.link(row, vec![top], bottoms, 1);
            for (wire, bottom) in left {
                self.ways[wire].hops.push((row, link, 0, bottom));
            }
            for (_, wire, _) in &leaves[next..] {
                self.ways[*wire].hops.push((row, link, 0, on));
            }
            if let Some(pin) = via {
                top = pin;
            }
            row += 1;
        }
        for (wire, row, link) in last {
            self.ways[wire].hops.push((row, link, 0, 0));
        }
    }
}
