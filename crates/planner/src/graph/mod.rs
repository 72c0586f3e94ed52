//! Which share of the plan comes before which, and an order that holds.
//!
//! Edges go from a share to those that must be done before it. Preparing depends on nothing, growing on that and on
//! growing, shrinking on growing and on
//! what is deleted, deleting on all of them; within one phase the uses of resources have no circle. So the edges have
//! none, and a preference that would close one is dropped.

mod references;
mod sort;
mod waits;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use statewright_spec::{Address, Kind};

use self::{references::References, sort::sorted};
use crate::{
    Step, StepId,
    draft::{Draft, Phase},
    survey::{Standing, Survey},
};

/// A share: its phase and address.
type Node = (Phase, Address);

/// The edges between the shares that there are.
struct Edges<'a, 's> {
    survey: &'s Survey<'a>,
    nodes: BTreeSet<Node>,
    /// What must be done before.
    before: BTreeMap<Node, BTreeSet<Node>>,
    needs: BTreeMap<Address, BTreeSet<Address>>,
    references: References,
}

/// Puts the shares in order, numbers them, and adds the waits that the order asks for.
pub(crate) fn order(survey: &Survey<'_>, drafts: Vec<Draft>) -> Vec<Step> {
    let mut drafts: BTreeMap<Node, Draft> =
        drafts.into_iter().map(|draft| ((draft.phase, draft.address.clone()), draft)).collect();
    let mut needs: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for (from, to) in survey.needs() {
        needs.entry(from).or_default().insert(to);
    }
    let nodes = drafts.keys().cloned().collect();
    let mut edges = Edges { survey, nodes, before: BTreeMap::new(), needs, references: References::of(survey) };
    edges.needed();
    edges.preferred();
    waits::before_changing(&edges.before, &mut drafts);
    waits::before_shrinking(survey, &edges.before, &mut drafts);
    let sorted = sorted(&edges.nodes, &edges.before);
    let ids: BTreeMap<&Node, StepId> = sorted.iter().zip(1..).map(|(node, number)| (node, StepId(number))).collect();
    let step = |node: &Node| {
        let draft = drafts.remove(node)?;
        let before = edges.before.get(node).into_iter().flatten();
        Some(Step {
            id: ids[node],
            address: draft.address,
            action: draft.action,
            title: draft.title,
            changes: draft.changes,
            needs: before.map(|before| ids[before]).filter(|id| *id < ids[node]).collect(),
            expects: draft.before.as_ref().map(|before| before.fingerprint().clone()).unwrap_or_default(),
            before: draft.before,
            why: draft.why,
            risk: (!draft.risk.is_empty()).then(|| draft.risk.join("; ")),
            operations: draft.operations,
            read_back: draft.read_back,
            ours: draft.ours,
        })
    };
    sorted.iter().filter_map(step).collect()
}

impl Edges<'_, '_> {
    fn needed(&mut self) {
        for node in self.nodes.clone() {
            let before = match node.0 {
                Phase::Prepare => BTreeSet::new(),
                Phase::Grow => self.before_growing(&node.1),
                Phase::Shrink => self.before_shrinking(&node.1),
                Phase::Delete => self.before_deleting(&node.1),
            };
            let before = before.into_iter().filter(|b| *b != node && self.nodes.contains(b)).collect();
            self.before.insert(node, before);
        }
    }

    /// What it needs grows first; what does not change passes the question on.
    fn before_growing(&self, address: &Address) -> BTreeSet<Node> {
        let mut found: BTreeSet<Node> = self.rehanging(address).collect();
        found.insert((Phase::Prepare, address.clone()));
        if address.kind == Kind::Role {
            found.extend(self.references.users(address).into_iter().map(|user| (Phase::Prepare, user.clone())));
        }
        let mut seen: BTreeSet<&Address> = BTreeSet::new();
        let mut queue: VecDeque<&Address> = VecDeque::from([address]);
        while let Some(next) = queue.pop_front() {
            for need in self.needs.get(next).into_iter().flatten().filter(|need| seen.insert(need)) {
                let node = (Phase::Grow, need.clone());
                if self.nodes.contains(&node) {
                    found.insert(node);
                } else {
                    queue.push_back(need);
                }
            }
        }
        found
    }

    /// The replacing of a policy takes it off the roles that hold it.
    fn rehanging(&self, role: &Address) -> impl Iterator<Item = Node> {
        let held = self.survey.present(role).map(|present| self.survey.uses(&present.resource)).unwrap_or_default();
        let replaced = held.into_iter().filter(|used| {
            used.kind == Kind::Policy && matches!(self.survey.standing.get(*used), Some(Standing::Replaced { .. }))
        });
        replaced.map(|policy| (Phase::Grow, policy.clone())).collect::<Vec<_>>().into_iter()
    }

    /// Grants go after what gives others in their place, and after all that works with the role.
    fn before_shrinking(&self, address: &Address) -> BTreeSet<Node> {
        let mut found = BTreeSet::from([(Phase::Grow, address.clone())]);
        let roles: BTreeSet<Address> = match address.kind {
            Kind::Role => BTreeSet::from([address.clone()]),
            _ => self.references.users(address).into_iter().filter(|user| user.kind == Kind::Role).cloned().collect(),
        };
        for role in roles {
            found.extend(self.rehanging(&role));
            found.insert((Phase::Grow, role.clone()));
            let wanted = self.survey.wanted(&role).map(|declared| self.survey.uses(&declared.resource));
            found.extend(wanted.into_iter().flatten().map(|policy| (Phase::Grow, policy.clone())));
            for user in self.references.users(&role) {
                found.extend([Phase::Grow, Phase::Delete].map(|phase| (phase, user.clone())));
            }
        }
        found
    }

    /// What used it lets go of it first.
    fn before_deleting(&self, address: &Address) -> BTreeSet<Node> {
        let mut found: BTreeSet<Node> = self.rehanging(address).collect();
        found.insert((Phase::Prepare, address.clone()));
        for user in self.references.live_users(address) {
            found.extend([Phase::Grow, Phase::Shrink, Phase::Delete].map(|phase| (phase, user.clone())));
        }
        let reversed = self.needs.iter().filter(|(_, needs)| needs.contains(address)).map(|(user, _)| user);
        found.extend(reversed.map(|user| (Phase::Delete, user.clone())));
        if matches!(address.kind, Kind::Function | Kind::Job) {
            let callers = self.references.live_naming(&address.name);
            found.extend(callers.flat_map(|caller| [Phase::Grow, Phase::Delete].map(|phase| (phase, caller.clone()))));
        }
        found
    }

    /// References that AWS does not check: taken in turn, each unless it would close a circle.
    fn preferred(&mut self) {
        let mut wishes: Vec<(Node, Node)> = Vec::new();
        for (from, to) in self.survey.desired.prefers.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
        {
            // A document may name what is not there yet, and the sooner IAM has it the sooner it is seen everywhere.
            if matches!(from.kind, Kind::Policy | Kind::Role) {
                continue;
            }
            wishes.push(((Phase::Grow, from.clone()), (Phase::Grow, to.clone())));
            wishes.push(((Phase::Delete, to.clone()), (Phase::Delete, from.clone())));
        }
        for node in self.nodes.iter().filter(|(phase, a)| *phase == Phase::Grow && a.kind == Kind::StateMachine) {
            let named = self.nodes.iter().filter(|(phase, address)| {
                *phase == Phase::Grow
                    && matches!(address.kind, Kind::Function | Kind::Job)
                    && self.references.names(&node.1, &address.name)
            });
            wishes.extend(named.map(|named| (node.clone(), named.clone())));
        }
        for machine in self.nodes.iter().filter(|(phase, a)| *phase == Phase::Delete && a.kind == Kind::StateMachine) {
            for caller in self.references.live_naming(&machine.1.name) {
                for phase in [Phase::Grow, Phase::Delete] {
                    wishes.push((machine.clone(), (phase, caller.clone())));
                }
            }
        }
        for node in self.nodes.iter().filter(|(phase, a)| *phase == Phase::Delete && a.kind == Kind::Role) {
            // A trust that names a role that is gone names nobody any more.
            let Some(role) = self.survey.present(&node.1) else { continue };
            for other in self.references.live_naming(role.arn.as_str()).filter(|other| other.kind == Kind::Role) {
                for phase in [Phase::Grow, Phase::Shrink, Phase::Delete] {
                    wishes.push((node.clone(), (phase, other.clone())));
                }
            }
        }
        for (after, before) in wishes {
            let both = self.nodes.contains(&after) && self.nodes.contains(&before);
            if both && after != before && !self.leads(&before, &after) {
                self.before.entry(after).or_default().insert(before);
            }
        }
    }

    /// Whether `from` must wait for `to`, at once or in the end.
    fn leads(&self, from: &Node, to: &Node) -> bool {
        let mut seen: BTreeSet<&Node> = BTreeSet::new();
        let mut queue = vec![from];
        while let Some(node) = queue.pop() {
            if node == to {
                return true;
            }
            queue.extend(self.before.get(node).into_iter().flatten().filter(|n| seen.insert(n)));
        }
        false
    }
}
