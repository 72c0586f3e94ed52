//! Which addresses a plan may touch where targets are given.

use std::collections::BTreeSet;

use statewright_source::{Diagnostic, Severity};
use statewright_spec::{Address, Resource};

use crate::{
    Mode, Observed, codes, kind,
    notes::{Notes, finding},
    survey::Survey,
};

impl<'a> Survey<'a> {
    /// The targets with what they need (or, for a destroy, what needs them); `None` for all.
    pub(crate) fn chosen(&self, notes: &mut Notes) -> Option<BTreeSet<Address>> {
        let targets = &self.options.targets;
        if targets.is_empty() {
            return None;
        }
        let mut chosen: BTreeSet<Address> = BTreeSet::new();
        for target in targets {
            let ours = self.present(target).is_some();
            if self.desired.resources.contains_key(target) || ours {
                chosen.insert(target.clone());
            } else {
                notes.find_plain(self.unknown_target(target));
            }
        }
        let needs: BTreeSet<(Address, Address)> = self.needs().collect();
        loop {
            let mut more: Vec<Address> = needs
                .iter()
                .filter_map(|(from, to)| match self.mode {
                    Mode::Apply => (chosen.contains(from) && !chosen.contains(to)).then(|| to.clone()),
                    Mode::Destroy => (chosen.contains(to) && !chosen.contains(from)).then(|| from.clone()),
                })
                .collect();
            more.extend(self.given_anew(&chosen).filter(|function| !chosen.contains(*function)).cloned());
            if more.is_empty() {
                break;
            }
            chosen.extend(more);
        }
        let ours = self.ours().map(|(address, _)| address);
        let left: BTreeSet<&Address> =
            self.desired.resources.keys().chain(ours).filter(|address| !chosen.contains(*address)).collect();
        if !left.is_empty() {
            let names = left.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let title = format!(
                "the plan is limited to targets and leaves out {}",
                kind::count(left.len(), "resource", "resources")
            );
            notes.find_plain(finding(codes::TARGETED, Severity::Note, title).help(format!("left out: {names}")));
        }
        Some(chosen)
    }

    /// Functions of a chosen role that is made anew: they are given it in the same plan, as the next one sees the same ARN.
    fn given_anew<'s>(&'s self, chosen: &'s BTreeSet<Address>) -> impl Iterator<Item = &'a Address> + 's {
        let made_anew = |role: &Address| match (self.live.observed.get(role), self.desired.resources.get(role)) {
            (Some(Observed::Absent), Some(_)) => true,
            (Some(Observed::Present(present)), Some(declared)) => {
                declared.may_replace && !kind::immutable(&present.resource, &declared.resource).is_empty()
            }
            (Some(Observed::Unreadable(_)) | None, _) | (_, None) => false,
        };
        self.desired.resources.iter().filter_map(move |(address, declared)| {
            let (Resource::Function(before), Resource::Function(after)) =
                (&self.present(address)?.resource, &declared.resource)
            else {
                return None;
            };
            let role = self.by_arn(&after.role).filter(|_| self.mode == Mode::Apply && before.role == after.role)?;
            (chosen.contains(role) && made_anew(role)).then_some(address)
        })
    }

    fn unknown_target(&self, target: &Address) -> Diagnostic {
        let known: Vec<String> = self.desired.resources.keys().map(ToString::to_string).collect();
        let near = statewright_source::nearest(&target.to_string(), known.iter().map(String::as_str));
        let error =
            Diagnostic::error(codes::UNKNOWN_TARGET, format!("the target {target} is neither declared nor ours"));
        match near {
            Some(near) => error.help(format!("did you mean {near}?")),
            None => error.help("a target is written as in the plan: role.NAME, state_machine.NAME"),
        }
    }
}
