//! An order that holds.

use std::collections::{BTreeMap, BTreeSet};

use statewright_spec::Kind;

use super::Node;
use crate::draft::Phase;

/// The first that may come next. There is always one while the edges have no circle; should they ever have one, it is
/// broken at its first share, for a step that is left out would never be done.
fn next<'a, K: Ord>(
    ready: &mut BTreeMap<K, &'a Node>,
    waiting: &BTreeMap<&'a Node, usize>,
    rank: impl Fn(&Node) -> K,
) -> Option<&'a Node> {
    ready.pop_first().map(|(_, node)| node).or_else(|| waiting.keys().copied().min_by_key(|node| rank(node)))
}

/// An order in which each comes after all that it waits for; among those that may come next, the kinds in the order of
/// [`Kind`] (for deletes the other way round), then by name.
pub(super) fn sorted(nodes: &BTreeSet<Node>, before: &BTreeMap<Node, BTreeSet<Node>>) -> Vec<Node> {
    let rank = |(phase, address): &Node| {
        let place = Kind::ALL.iter().position(|kind| *kind == address.kind).unwrap_or_default();
        (*phase, if *phase <= Phase::Grow { place } else { Kind::ALL.len() - place }, address.name.clone())
    };
    let mut waiting: BTreeMap<&Node, usize> =
        nodes.iter().map(|n| (n, before.get(n).map_or(0, BTreeSet::len))).collect();
    let mut ready: BTreeMap<(Phase, usize, String), &Node> =
        waiting.iter().filter(|(_, n)| **n == 0).map(|(node, _)| (rank(node), *node)).collect();
    let mut after: BTreeMap<&Node, Vec<&Node>> = BTreeMap::new();
    for (node, before) in before {
        for first in before {
            after.entry(first).or_default().push(node);
        }
    }
    let mut sorted = Vec::with_capacity(nodes.len());
    while let Some(node) = next(&mut ready, &waiting, rank) {
        waiting.remove(node);
        sorted.push(node.clone());
        for next in after.get(node).into_iter().flatten() {
            if let Some(left) = waiting.get_mut(*next) {
                *left -= 1;
                if *left == 0 {
                    ready.insert(rank(next), *next);
                }
            }
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use statewright_spec::Address;

    use super::*;

    fn node(name: &str) -> Node {
        (Phase::Delete, Address::new(Kind::Role, name))
    }

    fn order_of(edges: &[(&str, &str)]) -> Vec<String> {
        let mut before: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
        for (after, first) in edges {
            before.entry(node(after)).or_default().insert(node(first));
            before.entry(node(first)).or_default();
        }
        let nodes = before.keys().cloned().collect();
        sorted(&nodes, &before).into_iter().map(|(_, address)| address.name).collect()
    }

    #[test]
    fn each_after_what_it_waits_for() {
        assert_eq!(order_of(&[("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]), ["c", "b", "a", "d"]);
    }

    #[test]
    fn a_circle_leaves_nothing_out() {
        assert_eq!(order_of(&[("a", "b"), ("b", "a"), ("c", "a"), ("d", "e")]), ["e", "d", "a", "b", "c"]);
    }
}
