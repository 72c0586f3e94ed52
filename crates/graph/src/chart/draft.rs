//! A chart before it is put into order.

use std::collections::HashMap;

use statewright_asl::{ContainerRole, Definition, EdgeKind, Flow};
use statewright_source::visible;

use super::{Block, Chart, Link, LinkKind, Node, caption};

/// Nodes, blocks and links in any order; indices are into these lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) nodes: Vec<Node>,
    pub(super) blocks: Vec<Block>,
    pub(super) links: Vec<Link>,
}

impl Draft {
    pub(super) fn of(definition: &Definition<'_>) -> Self {
        let flow = Flow::of(definition);
        let mut nodes: Vec<Node> = flow
            .states
            .iter()
            .zip(definition.states())
            .map(|(found, state)| Node {
                name: found.name.clone(),
                kind: found.kind,
                caption: caption::caption(state),
                details: caption::details(state, &found.retries),
                comment: found.comment.clone(),
                block: found.container,
                contains: found.contains.clone(),
                terminal: found.terminal,
                reachable: found.reachable,
            })
            .collect();
        let mut links: Vec<Link> = Vec::new();
        let mut known: HashMap<(usize, usize, LinkKind), usize> = HashMap::new();
        let mut rules = vec![0_usize; nodes.len()];
        for edge in flow.edges.iter().filter(|edge| matches!(edge.kind, EdgeKind::Choice { .. })) {
            rules[edge.from] += 1;
        }
        for edge in &flow.edges {
            let Some(to) = edge.to else {
                nodes[edge.from].details.push(format!("{} is not there", visible(&edge.target)));
                continue;
            };
            let (kind, label) = words(&edge.kind, rules[edge.from] > 1);
            let index = *known.entry((edge.from, to, kind)).or_insert_with(|| {
                links.push(Link { from: edge.from, to, kind, labels: Vec::new() });
                links.len() - 1
            });
            links[index].labels.extend(label.filter(|l| !l.is_empty()));
        }
        let blocks = flow
            .containers
            .into_iter()
            .map(|c| Block { owner: c.owner, role: c.role, start: c.start, nodes: c.states })
            .collect();
        Self { nodes, blocks, links }
    }

    /// Numbers everything anew, in the order in which a run comes to it: what is never come to stands last, by name.
    pub(super) fn ordered(self) -> Chart {
        let mut order: Vec<usize> = Vec::with_capacity(self.nodes.len());
        let mut block_order: Vec<usize> = Vec::with_capacity(self.blocks.len());
        let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for link in &self.links {
            leaving[link.from].push(link.to);
        }
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.blocks.len()];
        if !self.blocks.is_empty() {
            self.visit(0, &leaving, &mut order, &mut block_order, &mut members);
        }
        let place = |list: &[usize], of: usize| {
            let mut places = vec![usize::MAX; of];
            for (new, old) in list.iter().enumerate() {
                places[*old] = new;
            }
            places
        };
        let (node_at, block_at) = (place(&order, self.nodes.len()), place(&block_order, self.blocks.len()));
        let nodes: Vec<Node> = order
            .iter()
            .map(|old| {
                let node = self.nodes[*old].clone();
                let contains = contained(&self.blocks, &node).into_iter().map(|b| block_at[b]).collect();
                Node { block: block_at[node.block], contains, ..node }
            })
            .collect();
        let blocks = block_order.iter().map(|old| {
            let Block { owner, role, start, .. } = self.blocks[*old];
            let nodes = members[*old].iter().map(|n| node_at[*n]).collect();
            Block { owner: owner.map(|o| node_at[o]), role, start: start.map(|s| node_at[s]), nodes }
        });
        let mut links: Vec<(usize, Link)> = self
            .links
            .iter()
            .enumerate()
            .map(|(i, link)| (i, Link { from: node_at[link.from], to: node_at[link.to], ..link.clone() }))
            .collect();
        // Stable within a state: `Next`, rules, `Default`, catchers, as they are tried.
        links.sort_by_key(|(i, link)| (link.from, *i));
        Chart { blocks: blocks.collect(), links: links.into_iter().map(|(_, link)| link).collect(), nodes }
    }

    /// One block: its states depth first from its start, each followed by what it contains.
    fn visit(
        &self,
        block: usize,
        leaving: &[Vec<usize>],
        order: &mut Vec<usize>,
        blocks: &mut Vec<usize>,
        members: &mut [Vec<usize>],
    ) {
        blocks.push(block);
        let inside = &self.blocks[block];
        let mut rest = inside.nodes.clone();
        rest.sort_by(|a, b| self.nodes[*a].name.cmp(&self.nodes[*b].name).then(a.cmp(b)));
        let mut seen = vec![false; self.nodes.len()];
        for root in inside.start.into_iter().chain(rest) {
            let mut stack = vec![root];
            while let Some(node) = stack.pop() {
                if std::mem::replace(&mut seen[node], true) {
                    continue;
                }
                order.push(node);
                members[block].push(node);
                stack.extend(leaving[node].iter().rev());
                for inner in contained(&self.blocks, &self.nodes[node]) {
                    self.visit(inner, leaving, order, blocks, members);
                }
            }
        }
    }
}

/// The blocks of a state, in the order of its branches.
fn contained(blocks: &[Block], node: &Node) -> Vec<usize> {
    let mut inside = node.contains.clone();
    inside.sort_by_key(|b| match blocks[*b].role {
        ContainerRole::Branch(index) => (0, index),
        ContainerRole::Machine | ContainerRole::Inline | ContainerRole::Distributed => (1, *b),
    });
    inside
}

fn words(kind: &EdgeKind, many: bool) -> (LinkKind, Option<String>) {
    match kind {
        EdgeKind::Next => (LinkKind::Next, None),
        EdgeKind::Choice { index, condition } => {
            let condition = visible(condition);
            // The order counts only where there are several.
            (LinkKind::Choice, Some(if many { format!("{} {condition}", index + 1) } else { condition.into_owned() }))
        }
        EdgeKind::Default => (LinkKind::Default, Some("default".to_owned())),
        EdgeKind::Catch { errors, .. } => {
            let errors = errors.join(", ");
            (LinkKind::Catch, Some(format!("catch {}", visible(&errors)).trim_end().to_owned()))
        }
    }
}
