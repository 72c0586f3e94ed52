//! Two definitions in one chart.

use std::collections::{HashMap, HashSet};

use statewright_asl::{ChangeKind, ContainerRole, Definition, diff};

use super::{Block, Link, LinkKind, draft::Draft};
use crate::{LinkKey, Mark, NodeMark, PlanPaint};

/// The draft of `after`, with what only `before` has put where it stood.
pub(super) fn of(before: &Definition<'_>, after: &Definition<'_>) -> (Draft, PlanPaint) {
    let changes = diff(before, after);
    let (old, mut union) = (Draft::of(before), Draft::of(after));
    let mut paint = PlanPaint::default();
    let mut to_new: HashMap<String, String> = HashMap::new();
    let mut gone: HashSet<&str> = HashSet::new();
    for change in &changes.states {
        let mark = match change.change {
            ChangeKind::Added => Mark::Added,
            ChangeKind::Removed => Mark::Removed,
            ChangeKind::Changed => Mark::Changed,
            ChangeKind::Renamed => Mark::Renamed,
        };
        if mark == Mark::Removed {
            gone.insert(&change.name);
        }
        if let Some(was) = &change.was {
            to_new.insert(was.clone(), change.name.clone());
        }
        let found = NodeMark { mark, fields: change.fields.clone(), was: change.was.clone() };
        paint.states.insert(change.name.clone(), found);
    }
    let mut merge = Merge { old: &old, union: &mut union, to_new: &to_new, places: HashMap::new() };
    for (index, node) in merge.union.nodes.iter().enumerate() {
        merge.places.entry(node.name.clone()).or_insert(index);
    }
    merge.states(&gone);
    merge.links(&mut paint);
    (union, paint)
}

struct Merge<'d> {
    old: &'d Draft,
    union: &'d mut Draft,
    to_new: &'d HashMap<String, String>,
    /// Where a state of the union is, by its (new) name.
    places: HashMap<String, usize>,
}

impl Merge<'_> {
    /// Where a state of the old definition is in the union.
    fn place(&self, old: usize) -> Option<usize> {
        let name = &self.old.nodes[old].name;
        self.places.get(self.to_new.get(name).unwrap_or(name)).copied()
    }

    /// Puts the states that go into the blocks in which they stood. A container stands before what it contains, so its
    /// own place is known by then.
    fn states(&mut self, gone: &HashSet<&str>) {
        for (index, node) in self.old.nodes.iter().enumerate() {
            if !gone.contains(node.name.as_str()) || self.places.contains_key(&node.name) {
                continue;
            }
            let Some(block) = self.block(node.block) else { continue };
            let new = self.union.nodes.len();
            let mut node = node.clone();
            (node.block, node.contains) = (block, Vec::new());
            self.places.insert(node.name.clone(), new);
            self.union.nodes.push(node);
            self.union.blocks[block].nodes.push(new);
            if self.union.blocks[block].start.is_none()
                && self.old.blocks[self.old.nodes[index].block].start == Some(index)
            {
                self.union.blocks[block].start = Some(new);
            }
        }
    }

    /// The union's block for one of the old definition; made if the new one has none.
    fn block(&mut self, old: usize) -> Option<usize> {
        let Block { owner, role, .. } = &self.old.blocks[old];
        let Some(owner) = owner else { return Some(0) };
        let owner = self.place(*owner)?;
        let is_map = |role: &ContainerRole| matches!(role, ContainerRole::Inline | ContainerRole::Distributed);
        let fits = |b: &Block| b.owner == Some(owner) && (b.role == *role || (is_map(&b.role) && is_map(role)));
        if let Some(found) = self.union.blocks.iter().position(fits) {
            return Some(found);
        }
        let new = self.union.blocks.len();
        self.union.blocks.push(Block { owner: Some(owner), role: *role, start: None, nodes: Vec::new() });
        self.union.nodes[owner].contains.push(new);
        Some(new)
    }

    /// Marks the ways that come, adds and marks those that go.
    fn links(&mut self, paint: &mut PlanPaint) {
        let mut before: HashMap<(usize, usize, LinkKind), &Link> = HashMap::new();
        for link in &self.old.links {
            if let (Some(from), Some(to)) = (self.place(link.from), self.place(link.to)) {
                before.insert((from, to, link.kind), link);
            }
        }
        let mut after: HashSet<(usize, usize, LinkKind)> = HashSet::new();
        for link in &self.union.links {
            let ends = (link.from, link.to, link.kind);
            after.insert(ends);
            if !before.contains_key(&ends) {
                paint.links.insert(self.key(ends), Mark::Added);
            }
        }
        for link in &self.old.links {
            let (Some(from), Some(to)) = (self.place(link.from), self.place(link.to)) else { continue };
            let ends = (from, to, link.kind);
            // A state that moved to another container leaves no way to where it was.
            let together = self.union.nodes[from].block == self.union.nodes[to].block;
            if together && !after.contains(&ends) {
                paint.links.insert(self.key(ends), Mark::Removed);
                self.union.links.push(Link { from, to, ..link.clone() });
            }
        }
    }

    fn key(&self, (from, to, kind): (usize, usize, LinkKind)) -> LinkKey {
        let name = |node: usize| self.union.nodes[node].name.clone();
        LinkKey { from: name(from), to: name(to), kind }
    }
}
