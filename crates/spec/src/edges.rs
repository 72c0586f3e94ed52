//! Who needs whom.

use std::collections::{BTreeMap, BTreeSet};

use statewright_source::{Diagnostic, Span, visible};

use crate::{Address, codes};

/// A finding for each circle of needs, with every place that is a part of it.
pub(crate) fn circles(needs: &BTreeMap<Address, BTreeMap<Address, Span>>) -> Vec<Diagnostic> {
    let mut left: BTreeSet<&Address> = needs.keys().collect();
    let mut out = Vec::new();
    loop {
        // What needs nothing that is left is in no circle.
        loop {
            let free: Vec<&Address> = left
                .iter()
                .copied()
                .filter(|a| needs.get(*a).is_none_or(|on| !on.keys().any(|o| left.contains(o))))
                .collect();
            if free.is_empty() {
                break;
            }
            for address in free {
                left.remove(address);
            }
        }
        let Some(start) = left.first().copied() else { return out };
        // Everything that is left needs something that is left: following the first need runs into a circle.
        let mut way: Vec<(&Address, Span)> = Vec::new();
        let mut at = start;
        let circle = loop {
            let next = needs.get(at).and_then(|on| on.iter().find(|(o, _)| left.contains(o)));
            let Some((next, span)) = next else { return out };
            way.push((at, *span));
            if let Some(from) = way.iter().position(|(a, _)| *a == next) {
                break way.split_off(from);
            }
            at = next;
        };
        out.extend(finding(&circle));
        for (address, _) in circle {
            left.remove(address);
        }
    }
}

fn finding(circle: &[(&Address, Span)]) -> Option<Diagnostic> {
    let ((first, span), rest) = circle.split_first()?;
    let name = |address: &Address| format!("`{}`", visible(&address.to_string()));
    let Some((second, _)) = rest.first() else {
        let title = format!("{} needs itself before it exists", name(first));
        return Some(
            Diagnostic::error(codes::CIRCLE, title)
                .at(*span, "AWS refuses it")
                .help("make it without this first; or name the account's root and limit it with a condition"),
        );
    };
    let chain: Vec<String> = circle.iter().map(|(a, _)| name(a)).chain([name(first)]).collect();
    let title = format!("resources need each other in a circle: {}", chain.join(" → "));
    let mut found = Diagnostic::error(codes::CIRCLE, title)
        .at(*span, format!("{} needs {}", name(first), name(second)))
        .help("AWS makes neither without the other: take one of these out");
    for (i, (address, span)) in rest.iter().enumerate() {
        let next = rest.get(i + 1).map_or(*first, |(a, _)| *a);
        found = found.related(*span, format!("{} needs {}", name(address), name(next)));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use statewright_source::FileId;

    use super::*;
    use crate::Kind;

    fn graph(edges: &[(u8, u8)]) -> BTreeMap<Address, BTreeMap<Address, Span>> {
        let address = |n: u8| Address::new(Kind::Role, format!("r{n}"));
        let mut out: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for (a, b) in edges {
            out.entry(address(*b)).or_default();
            out.entry(address(*a)).or_default().insert(address(*b), Span::new(FileId(0), 0, 0));
        }
        out
    }

    fn check(edges: &[(u8, u8)], expect: &[&str]) {
        let titles: Vec<String> = circles(&graph(edges)).into_iter().map(|d| d.title).collect();
        assert_eq!(titles, expect);
    }

    #[test]
    fn circles_are_found_once() {
        check(&[(1, 2), (2, 3), (1, 3)], &[]);
        check(&[(1, 1)], &["`role.r1` needs itself before it exists"]);
        check(&[(1, 2), (2, 1)], &["resources need each other in a circle: `role.r1` → `role.r2` → `role.r1`"]);
        check(
            &[(0, 1), (1, 2), (2, 1), (3, 4), (4, 3)],
            &[
                "resources need each other in a circle: `role.r1` → `role.r2` → `role.r1`",
                "resources need each other in a circle: `role.r3` → `role.r4` → `role.r3`",
            ],
        );
    }

    proptest! {
        #[test]
        fn a_graph_that_goes_up_has_none(edges in prop::collection::vec((0u8..10, 1u8..10), 0..30)) {
            let up: Vec<(u8, u8)> = edges.into_iter().map(|(a, d)| (a, a + d)).collect();
            prop_assert!(circles(&graph(&up)).is_empty());
        }

        #[test]
        fn any_graph_ends(edges in prop::collection::vec((0u8..6, 0u8..6), 0..20)) {
            let _ = circles(&graph(&edges));
        }
    }
}
