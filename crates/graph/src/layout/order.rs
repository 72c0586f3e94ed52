//! Which ways go back, and which layer each item is in.

use super::Wire;

/// What [`layers`] finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layers {
    /// Of each wire, whether it leads back to where its run came from (to itself, too).
    pub(super) back: Vec<bool>,
    /// Of each item, how many layers are above it.
    pub(super) layer: Vec<usize>,
}

/// Depth first from the first item, in the order of the wires: what leads to an item that is still open goes back. Then the
/// longest way from the start, so that what joins stands below all that it joins.
pub(super) fn layers(items: usize, wires: &[Wire]) -> Layers {
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); items];
    for (index, wire) in wires.iter().enumerate() {
        leaving[wire.from].push(index);
    }
    let mut back = vec![false; wires.len()];
    let mut state = vec![State::New; items];
    let mut closed: Vec<usize> = Vec::with_capacity(items);
    for root in 0..items {
        if state[root] != State::New {
            continue;
        }
        state[root] = State::Open;
        let mut stack = vec![(root, 0)];
        while let Some((item, next)) = stack.last_mut() {
            let Some(wire) = leaving[*item].get(*next) else {
                state[*item] = State::Closed;
                closed.push(*item);
                stack.pop();
                continue;
            };
            *next += 1;
            let to = wires[*wire].to;
            match state[to] {
                State::Open => back[*wire] = true,
                State::New => {
                    state[to] = State::Open;
                    stack.push((to, 0));
                }
                State::Closed => {}
            }
        }
    }
    let mut layer = vec![0; items];
    for item in closed.into_iter().rev() {
        for wire in &leaving[item] {
            if !back[*wire] {
                let to = wires[*wire].to;
                layer[to] = layer[to].max(layer[item] + 1);
            }
        }
    }
    Layers { back, layer }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Closed,
}
